//! What becomes of a step that is kept.

use tch::Tensor;

use super::adaptive::{EVENT_SLOT, Kept, Onlooker, Walk};
use super::{Recorded, Taken, marked};
use crate::dense::Interpolant;
use crate::error::Cause;
use crate::flow::{Clock, Drive, Span, cut_and_drive};
use crate::save::{Put, Shelf};
use crate::solution::{Happening, Status};

impl Walk<'_> {
    /// Moves the lanes on whose step is kept: saves, looks for the event, and takes over state and slope.
    pub(super) fn keep(
        &mut self,
        span: Span,
        drive: Drive,
        taken: Taken,
        steps: &[(f64, f64)],
        accepted: &[bool],
        onlooker: &mut Option<Onlooker<'_>>,
    ) -> Result<(), Cause> {
        let kept = self.active.spread(accepted, self.batch);
        let mut end_slope = self
            .tableau
            .is_fsal()
            .then(|| taken.slopes[taken.slopes.len() - 1].shallow_clone());
        let wants_inside = self.wants_inside(steps, accepted);
        let mut interpolant = None;
        if wants_inside {
            let slope = match &end_slope {
                Some(slope) => slope.shallow_clone(),
                None => self.slope_at_the_end(&span, &taken.end)?,
            };
            end_slope.get_or_insert_with(|| slope.shallow_clone());
            interpolant = Some(Interpolant::new(
                self.tableau,
                &self.z,
                &taken,
                &drive,
                &slope,
            ));
        }
        let happened = self.look_for_event(&span, &taken, interpolant.as_ref(), &kept)?;
        let mut span = span;
        let puts = self.due(&mut span, steps, accepted, &happened);
        shelve(&mut self.out.shelf, &puts, &taken.end, interpolant.as_ref())?;
        if let Some(onlooker) = onlooker {
            onlooker(&Kept {
                span: &span,
                drive: &drive,
                taken: &taken,
                rows: &kept,
            })?;
        }
        if self.route.record {
            self.out
                .plan
                .push(recorded(&span, puts, &kept, self.active.whole));
        }
        if let (Some(trajectory), Some(interpolant)) = (&mut self.out.trajectory, interpolant) {
            let rows: Vec<usize> = (0..kept.len()).filter(|&row| kept[row]).collect();
            trajectory.push(&span, interpolant, &rows);
        }
        // A slope taken before a stop is not that after it, where slopes jump; and that of an implicit stage is as good
        // only as its equation was solved.
        let mut at_jump = self.tableau.is_implicit();
        for (place, &(_, to)) in steps.iter().enumerate() {
            if accepted[place] {
                let lane = &mut self.lanes[self.active.lanes[place]];
                at_jump |= lane.at.reach(to) && self.route.jumps;
                if lane.is_done(self.route.every_step) {
                    lane.status = Some(Status::Done);
                }
            }
        }
        let all = accepted.iter().all(|&accepted| accepted);
        self.slope = match end_slope {
            Some(slope) if !at_jump && all => Some(slope),
            Some(slope) if !at_jump => Some(marked(&kept, &slope, &taken.slopes[0])),
            _ => None,
        };
        self.z = if all {
            taken.end
        } else {
            marked(&kept, &taken.end, &self.z)
        };
        for (row, theta) in happened {
            let lane = self.active.lanes[row];
            let (from, to) = (span.from.at(row), span.to.at(row));
            let time = if self.route.land {
                to
            } else {
                from + theta * (to - from)
            };
            self.out.happenings[lane] = Some(Happening { time });
            self.lanes[lane].status = Some(Status::Event);
        }
        Ok(())
    }

    /// Whether anything inside the step is asked for.
    fn wants_inside(&self, steps: &[(f64, f64)], accepted: &[bool]) -> bool {
        self.out.trajectory.is_some()
            || self.route.event.is_some()
            || self.active.lanes.iter().zip(steps).zip(accepted).any(
                |((&lane, &(_, to)), &accepted)| {
                    let lane = &self.lanes[lane];
                    accepted
                        && lane
                            .saves
                            .get(lane.next_save)
                            .is_some_and(|&save| save < to)
                },
            )
    }

    /// Of methods whose last stage is not the end; it serves the next step too.
    fn slope_at_the_end(&mut self, span: &Span, end: &Tensor) -> Result<Tensor, Cause> {
        let drive = cut_and_drive(self.flow, span, &[1.0], false)?;
        self.out.stats.evaluations += 1;
        self.flow.slope(&drive.controls[0], end)
    }

    /// Rows in which the event happens, and where in the step.
    fn look_for_event(
        &mut self,
        span: &Span,
        taken: &Taken,
        interpolant: Option<&Interpolant>,
        kept: &[bool],
    ) -> Result<Vec<(usize, f64)>, Cause> {
        let (Some(event), Some(interpolant)) = (self.route.event, interpolant) else {
            return Ok(Vec::new());
        };
        let times: Vec<f64> = (0..kept.len()).map(|row| span.to.at(row)).collect();
        let after = event.values(&times, &taken.end)?;
        let crossed = |row: &usize| kept[*row] && event.crossed(self.conditions[*row], after[*row]);
        let rows: Vec<usize> = (0..kept.len()).filter(crossed).collect();
        let mut found = Vec::new();
        if !rows.is_empty() {
            let ends: Vec<(f64, f64)> = rows
                .iter()
                .map(|&row| (span.from.at(row), span.to.at(row)))
                .collect();
            let values: Vec<(f64, f64)> = rows
                .iter()
                .map(|&row| (self.conditions[row], after[row]))
                .collect();
            let thetas = event.locate(interpolant, &rows, &ends, &values)?;
            found = rows.into_iter().zip(thetas).collect();
        }
        for row in (0..kept.len()).filter(|&row| kept[row]) {
            self.conditions[row] = after[row];
        }
        Ok(found)
    }

    /// What is saved in this step. Where an event ends a row's step and states are to lie at ends, the span ends there.
    fn due(
        &mut self,
        span: &mut Span,
        steps: &[(f64, f64)],
        accepted: &[bool],
        happened: &[(usize, f64)],
    ) -> Vec<Put> {
        let mut puts = Vec::new();
        let first_slot = self.route.first_slot();
        for (place, &(length, to)) in steps.iter().enumerate() {
            if !accepted[place] {
                continue;
            }
            let lane = &mut self.lanes[self.active.lanes[place]];
            let from = lane.at.time;
            let event = happened
                .iter()
                .find(|(row, _)| *row == place)
                .map(|&(_, theta)| theta);
            let reached = event.map_or(to, |theta| from + theta * length);
            let mut due: Vec<(usize, f64)> = lane
                .due(reached)
                .into_iter()
                .map(|(slot, at)| {
                    (
                        first_slot + slot,
                        if at == to { 1.0 } else { (at - from) / length },
                    )
                })
                .collect();
            if self.route.every_step {
                due.push((first_slot + lane.accepted, event.unwrap_or(1.0)));
                self.out.step_times[self.active.lanes[place]].push(reached * self.direction);
            }
            if let Some(theta) = event {
                due.push((EVENT_SLOT, if self.route.land { 1.0 } else { theta }));
                if self.route.land
                    && let Clock::Each(times) = &mut span.to
                {
                    times[place] = reached * self.direction;
                }
            }
            let rows = self.active.rows(place, self.batch);
            for (slot, theta) in due {
                puts.extend(rows.clone().map(|row| Put {
                    row,
                    theta,
                    sample: self.active.sample(row),
                    slot,
                }));
            }
        }
        puts
    }
}

/// Puts saved rows on the shelf: ends of steps as they are, others from the interpolant.
fn shelve(
    shelf: &mut Shelf,
    puts: &[Put],
    end: &Tensor,
    interpolant: Option<&Interpolant>,
) -> Result<(), Cause> {
    let (at_end, inside): (Vec<Put>, Vec<Put>) = puts.iter().partition(|put| put.theta == 1.0);
    shelf.put_rows(end, &at_end)?;
    if let Some(interpolant) = interpolant.filter(|_| !inside.is_empty()) {
        shelf.put_each(&interpolant.saved(&inside)?, &inside);
    }
    Ok(())
}

/// The step as it was kept: of rows whose step was taken back nothing is told.
fn recorded(span: &Span, puts: Vec<Put>, kept: &[bool], whole: bool) -> Recorded {
    if whole || kept.iter().all(|&kept| kept) {
        return Recorded {
            span: span.clone(),
            puts,
        };
    }
    let rows: Vec<usize> = (0..kept.len()).filter(|&row| kept[row]).collect();
    let place = |row: usize| rows.iter().position(|&own| own == row).unwrap_or(0);
    let puts = puts.into_iter().map(|put| Put {
        row: place(put.row),
        ..put
    });
    Recorded {
        puts: puts.collect(),
        span: span.of(&rows),
    }
}
