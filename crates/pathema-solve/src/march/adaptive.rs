//! Steps whose length an error estimate controls.

use tch::Tensor;

use super::first_step::first_steps;
use super::lanes::{Active, Lane};
use super::{March, Newton, Recorded, Taken, marked, rows_of, sick_rows, step};
use crate::dense::{Interpolant, Trajectory};
use crate::error::Cause;
use crate::event::Event;
use crate::flow::{Drive, Flow, Span};
use crate::save::{Put, Shelf};
use crate::solution::{Happening, Status};
use crate::{Adaptive, SolveStats, Tableau};

/// What an adaptive solve has to do.
pub(crate) struct Route<'a> {
    /// 1 forward in time, −1 backward.
    pub(crate) direction: f64,
    /// Where each lane goes.
    pub(crate) ways: Vec<Way>,
    /// Whether the one lane is the whole batch.
    pub(crate) whole: bool,
    /// Whether every step is saved.
    pub(crate) every_step: bool,
    /// Whether the solution in between is kept.
    pub(crate) dense: bool,
    /// Whether the slope jumps at the stops.
    pub(crate) jumps: bool,
    pub(crate) event: Option<&'a Event<'a>>,
    /// Whether the steps are to be told.
    pub(crate) record: bool,
    /// Whether every state saved has to be the end of a step.
    pub(crate) land: bool,
}

/// A step that was kept, for those who look on.
pub(crate) struct Kept<'a> {
    pub(crate) span: &'a Span,
    pub(crate) drive: &'a Drive,
    pub(crate) taken: &'a Taken,
    /// Of each row, whether the step was kept.
    pub(crate) rows: &'a [bool],
}

/// Where a lane goes; times are in the direction of the solve.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) start: f64,
    pub(crate) end: f64,
    /// Times at which a step has to end, increasing.
    pub(crate) stops: Vec<f64>,
    pub(crate) saves: Vec<f64>,
}

pub(crate) type Onlooker<'a> = &'a mut dyn FnMut(&Kept<'_>) -> Result<(), Cause>;

/// Solves from `z0`.
pub(crate) fn march(
    flow: &dyn Flow,
    z0: &Tensor,
    route: &Route<'_>,
    tableau: &Tableau,
    how: &Adaptive,
    onlooker: Option<Onlooker<'_>>,
) -> Result<March, Cause> {
    how.check()?;
    if !tableau.is_embedded() {
        return Err(Cause::Conflict {
            what: "an adaptive step",
            with: tableau.name,
            way_out: "take a method that estimates its error (dopri5, tsit5, …), or fixed steps",
        });
    }
    Walk::new(flow, z0, route, tableau, how).run(onlooker)
}

struct Walk<'a> {
    flow: &'a dyn Flow,
    route: &'a Route<'a>,
    tableau: &'a Tableau,
    how: &'a Adaptive,
    direction: f64,
    batch: usize,
    newton: Newton,
    lanes: Vec<Lane>,
    active: Active,
    /// Rows of the active lanes.
    z: Tensor,
    /// The slope at `z`, where it is known.
    slope: Option<Tensor>,
    /// The event's condition at `z`.
    conditions: Vec<f64>,
    out: March,
}

impl<'a> Walk<'a> {
    fn new(
        flow: &'a dyn Flow,
        z0: &Tensor,
        route: &'a Route<'a>,
        tableau: &'a Tableau,
        how: &'a Adaptive,
    ) -> Walk<'a> {
        let batch = z0.size()[0] as usize;
        let lanes: Vec<Lane> = route
            .ways
            .iter()
            .map(|way| way.lane(route.land, how.overshoot))
            .collect();
        let count = lanes.len();
        Walk {
            flow,
            route,
            tableau,
            how,
            direction: route.direction,
            batch,
            newton: Newton {
                rtol: how.rtol,
                atol: how.atol,
            },
            active: Active {
                lanes: (0..count).collect(),
                whole: route.whole,
            },
            lanes,
            z: z0.shallow_clone(),
            slope: None,
            conditions: Vec::new(),
            out: March {
                shelf: Shelf::default(),
                step_times: vec![Vec::new(); count],
                stats: SolveStats::new(),
                statuses: Vec::new(),
                culprit: None,
                plan: Vec::new(),
                trajectory: route.dense.then(|| Trajectory::new(z0, route.direction)),
                happenings: vec![None; batch],
            },
        }
    }

    fn run(mut self, mut onlooker: Option<Onlooker<'_>>) -> Result<March, Cause> {
        self.begin()?;
        if !self.active.lanes.is_empty() {
            self.choose_first_steps()?;
        }
        while !self.active.lanes.is_empty() {
            self.step(&mut onlooker)?;
            self.leave_out_the_done()?;
        }
        let status = |lane: &Lane| lane.status.clone().unwrap_or(Status::Done);
        self.out.statuses = if self.active.whole {
            vec![status(&self.lanes[0]); self.batch]
        } else {
            self.lanes.iter().map(status).collect()
        };
        Ok(self.out)
    }

    /// Saves what is due at the start.
    fn begin(&mut self) -> Result<(), Cause> {
        for (place, lane) in self.lanes.iter_mut().enumerate() {
            let rows: Vec<usize> = self.active.rows(place, self.batch).collect();
            let mut slots: Vec<usize> = lane
                .due(lane.time)
                .into_iter()
                .map(|(slot, _)| slot)
                .collect();
            if self.route.every_step {
                slots.push(0);
                self.out.step_times[place].push(lane.time * self.direction);
            }
            for slot in slots {
                let z = rows_of(&self.z, &rows)?;
                let places = rows.iter().enumerate();
                self.out
                    .shelf
                    .put(&z, places.map(|(k, &row)| (k, row, slot)));
            }
            if lane.is_done(self.route.every_step) {
                lane.status = Some(Status::Done);
            }
        }
        self.leave_out_the_done()?;
        if let Some(event) = self.route.event {
            let times = self.each(|lane| lane.time * self.direction);
            self.conditions = event.values(&times, &self.z)?;
        }
        Ok(())
    }

    fn choose_first_steps(&mut self) -> Result<(), Cause> {
        let ends: Vec<(f64, f64)> = self.each(|lane| (lane.time, next(lane.time, lane.stop())));
        let spans = [self.active.span(&ends, self.direction)];
        let drive = self
            .flow
            .drives(&spans, &[0.0], &self.flow.cut(&spans)?, false)?;
        let slope = self.flow.slope(&drive[0].controls[0], &self.z)?;
        self.out.stats.evaluations += 1;
        let sick = sick_rows(&slope)?;
        let steps = match self.how.first_step {
            Some(step) => vec![step; self.active.lanes.len()],
            None => {
                self.out.stats.evaluations += 1;
                let (direction, order) = (self.direction, self.tableau.order);
                first_steps(
                    self.flow,
                    &self.lanes,
                    &self.active,
                    direction,
                    &self.z,
                    &slope,
                    order,
                    self.how,
                )?
            }
        };
        for (&lane, step) in self.active.lanes.iter().zip(steps) {
            self.lanes[lane].natural = step;
        }
        for row in sick {
            let lane = if self.active.whole {
                0
            } else {
                self.active.lanes[row]
            };
            self.out.culprit = self.out.culprit.or(self.active.whole.then_some(row));
            let lane = &mut self.lanes[lane];
            lane.status.get_or_insert(Status::NonFinite {
                time: lane.time * self.direction,
                what: "the vector field",
            });
        }
        self.slope = Some(slope);
        self.leave_out_the_done()
    }

    /// Tries one step of every active lane.
    fn step(&mut self, onlooker: &mut Option<Onlooker<'_>>) -> Result<(), Cause> {
        let steps: Vec<(f64, f64)> = self.each(Lane::next_step);
        let ends: Vec<(f64, f64)> = self
            .active
            .lanes
            .iter()
            .zip(&steps)
            .map(|(&lane, &(_, to))| (self.lanes[lane].time, to))
            .collect();
        let spans = [self.active.span(&ends, self.direction)];
        let cut = self.flow.cut(&spans)?;
        let mut drives = self.flow.drives(&spans, self.tableau.c, &cut, false)?;
        let ([span], Some(drive)) = (spans, drives.pop()) else {
            return Ok(());
        };
        let tried = step(
            self.flow,
            self.tableau,
            &drive,
            &self.z,
            self.slope.as_ref(),
            &self.newton,
        )?;
        for &lane in &self.active.lanes {
            self.lanes[lane].tried += 1;
        }
        let taken = match tried {
            Ok(taken) => taken,
            Err(unsolved) => {
                self.out.stats.evaluations += unsolved.evaluations;
                for (place, &(length, _)) in steps.iter().enumerate() {
                    if !self.take_back(place, length * 0.5) {
                        let lane = &mut self.lanes[self.active.lanes[place]];
                        lane.status = Some(Status::DidNotConverge {
                            time: lane.time * self.direction,
                            stage: unsolved.stage,
                            correction: unsolved.correction,
                        });
                    }
                }
                return Ok(());
            }
        };
        self.out.stats.evaluations += taken.evaluations;
        let errors = tch::no_grad(|| self.errors(&taken, &drive))?;
        let mut accepted = vec![false; steps.len()];
        for (place, (&error, &(length, to))) in errors.iter().zip(&steps).enumerate() {
            let lane = &mut self.lanes[self.active.lanes[place]];
            // Not a number is no error that could be accepted.
            accepted[place] = error <= 1.0;
            let factor = self.how.controller.factor(
                error,
                accepted[place],
                self.tableau.order,
                &mut lane.past,
            );
            if accepted[place] {
                self.out.stats.accept(length);
                lane.accepted += 1;
                // The step that the error asks for is remembered when a stop has cut it short.
                let cut_short = length < lane.natural;
                let asked = length * factor;
                lane.natural = if cut_short {
                    lane.natural.max(asked)
                } else {
                    asked
                };
                debug_assert!(to >= lane.time);
            } else {
                if !self.take_back(place, length * factor) {
                    let status = self.stuck(place, &taken)?;
                    self.lanes[self.active.lanes[place]].status = Some(status);
                }
            }
        }
        if accepted.contains(&true) {
            self.keep(span, drive, taken, &steps, &accepted, onlooker)?;
        } else {
            // The slope at the start stays what it is.
            self.slope = Some(taken.slopes[0].shallow_clone());
        }
        Ok(())
    }

    /// Moves the lanes on whose step is kept: saves, looks for the event, and takes over state and slope.
    fn keep(
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
                at_jump |= lane.reach(to) && self.route.jumps;
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
        let spans = [span.clone()];
        let drive = self
            .flow
            .drives(&spans, &[1.0], &self.flow.cut(&spans)?, false)?;
        self.out.stats.evaluations += 1;
        self.flow.slope(&drive[0].controls[0], end)
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
        let event_slot = self.route.ways.first().map_or(0, |way| way.saves.len());
        for (place, &(length, to)) in steps.iter().enumerate() {
            if !accepted[place] {
                continue;
            }
            let lane = &mut self.lanes[self.active.lanes[place]];
            let from = lane.time;
            let event = happened
                .iter()
                .find(|(row, _)| *row == place)
                .map(|&(_, theta)| theta);
            let reached = event.map_or(to, |theta| from + theta * length);
            let mut due: Vec<(usize, f64)> = lane
                .due(reached)
                .into_iter()
                .map(|(slot, at)| (slot, if at == to { 1.0 } else { (at - from) / length }))
                .collect();
            if self.route.every_step {
                due.push((lane.accepted, event.unwrap_or(1.0)));
                self.out.step_times[self.active.lanes[place]].push(reached * self.direction);
            }
            if let Some(theta) = event {
                due.push((event_slot, if self.route.land { 1.0 } else { theta }));
                if self.route.land
                    && let crate::flow::Clock::Each(times) = &mut span.to
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

    /// Shrinks the step of a lane; whether that leaves a step to be taken.
    fn take_back(&mut self, place: usize, natural: f64) -> bool {
        self.out.stats.rejected += 1;
        let lane = &mut self.lanes[self.active.lanes[place]];
        lane.natural = natural;
        lane.time + natural > lane.time + 4.0 * f64::EPSILON * lane.time.abs()
    }

    /// Why a lane finds no step small enough.
    fn stuck(&mut self, place: usize, taken: &Taken) -> Result<Status, Cause> {
        let lane = &self.lanes[self.active.lanes[place]];
        let time = lane.time * self.direction;
        let rows = self.active.rows(place, self.batch);
        let last_slope = &taken.slopes[taken.slopes.len() - 1];
        for (x, what) in [(&taken.end, "the state"), (last_slope, "the vector field")] {
            if let Some(row) = sick_rows(x)?.into_iter().find(|row| rows.contains(row)) {
                self.out.culprit = self.active.whole.then_some(row);
                return Ok(Status::NonFinite { time, what });
            }
        }
        Ok(Status::StepTooSmall {
            time,
            step: lane.natural,
        })
    }

    fn errors(&self, taken: &Taken, drive: &Drive) -> Result<Vec<f64>, Cause> {
        let error = drive.length.total(self.tableau.error, &taken.slopes);
        let error = error.unwrap_or_else(|| taken.end.zeros_like());
        let scale = self.z.abs().maximum(&taken.end.abs()) * self.how.rtol + self.how.atol;
        self.how.norm.of(&(error / scale), self.active.lanes.len())
    }

    fn each<T>(&self, of: impl Fn(&Lane) -> T) -> Vec<T> {
        self.active
            .lanes
            .iter()
            .map(|&lane| of(&self.lanes[lane]))
            .collect()
    }

    fn leave_out_the_done(&mut self) -> Result<(), Cause> {
        let limit = self.how.max_steps;
        for &lane in &self.active.lanes {
            let lane = &mut self.lanes[lane];
            if lane.status.is_none() {
                lane.check_limit(limit, self.direction);
            }
        }
        let open = |lane: &usize| self.lanes[*lane].status.is_none();
        let rows: Vec<usize> = (0..self.active.lanes.len())
            .filter(|&place| open(&self.active.lanes[place]))
            .collect();
        if rows.len() == self.active.lanes.len() {
            return Ok(());
        }
        if !self.active.whole && !rows.is_empty() {
            self.z = rows_of(&self.z, &rows)?;
            self.slope = match &self.slope {
                Some(slope) => Some(rows_of(slope, &rows)?),
                None => None,
            };
            if !self.conditions.is_empty() {
                self.conditions = rows.iter().map(|&row| self.conditions[row]).collect();
            }
        }
        self.active.lanes = rows.iter().map(|&place| self.active.lanes[place]).collect();
        Ok(())
    }
}

impl Lane {
    fn is_done(&self, every_step: bool) -> bool {
        if every_step {
            self.time >= self.end
        } else {
            self.next_save == self.saves.len()
        }
    }

    fn check_limit(&mut self, limit: usize, direction: f64) {
        if self.tried >= limit && self.status.is_none() {
            let end = self.saves.last().copied().unwrap_or(self.end);
            self.status = Some(Status::MaxSteps {
                limit,
                time: self.time * direction,
                end: end * direction,
            });
        }
    }
}

impl Way {
    fn lane(&self, land: bool, overshoot: bool) -> Lane {
        let mut stops = self.stops.clone();
        if land {
            stops.extend(&self.saves);
            stops.sort_by(f64::total_cmp);
        }
        let end = if overshoot && !land {
            f64::INFINITY
        } else {
            self.end
        };
        Lane::new(self.start, end, stops, self.saves.clone())
    }
}

/// A time after `time`, in the piece that begins there.
fn next(time: f64, stop: f64) -> f64 {
    if stop.is_finite() { stop } else { time }
}

/// Puts saved rows on the shelf: ends of steps as they are, others from the interpolant.
fn shelve(
    shelf: &mut Shelf,
    puts: &[Put],
    end: &Tensor,
    interpolant: Option<&Interpolant>,
) -> Result<(), Cause> {
    let (at_end, inside): (Vec<&Put>, Vec<&Put>) = puts.iter().partition(|put| put.theta == 1.0);
    if !at_end.is_empty() {
        shelf.put(
            end,
            at_end.iter().map(|put| (put.row, put.sample, put.slot)),
        );
    }
    let Some(interpolant) = interpolant.filter(|_| !inside.is_empty()) else {
        return Ok(());
    };
    let rows: Vec<usize> = inside.iter().map(|put| put.row).collect();
    let thetas: Vec<f64> = inside.iter().map(|put| put.theta).collect();
    let z = interpolant.rows_at(&rows, &thetas)?;
    shelf.put(
        &z,
        inside
            .iter()
            .enumerate()
            .map(|(row, put)| (row, put.sample, put.slot)),
    );
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
    use crate::flow::Clock;
    let rows: Vec<usize> = (0..kept.len()).filter(|&row| kept[row]).collect();
    let place = |row: usize| rows.iter().position(|&own| own == row).unwrap_or(0);
    let puts = puts.into_iter().map(|put| Put {
        row: place(put.row),
        ..put
    });
    Recorded {
        puts: puts.collect(),
        span: Span {
            from: Clock::Each(rows.iter().map(|&row| span.from.at(row)).collect()),
            to: Clock::Each(rows.iter().map(|&row| span.to.at(row)).collect()),
            samples: Some(rows.iter().map(|&row| span.sample(row)).collect()),
        },
    }
}
