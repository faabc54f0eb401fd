//! Steps whose length an error estimate controls.

use pathema_kernel::Judged;
use tch::Tensor;

use super::first_step::first_steps;
use super::lanes::{Active, Lane, Way};
use super::{Known, March, Newton, Taken, marked, rows_of, sick_rows, step};
use crate::dense::Trajectory;
use crate::error::Cause;
use crate::event::Event;
use crate::flow::{Drive, Flow, Span, cut_and_drive, index};
use crate::save::Put;
use crate::solution::Status;
use crate::{Adaptive, Tableau};

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

/// The place of the event's state, where there is an event; others follow.
pub(crate) const EVENT_SLOT: usize = 0;

impl Route<'_> {
    /// The place of the first state saved.
    pub(crate) fn first_slot(&self) -> usize {
        usize::from(self.event.is_some())
    }
}

/// A step that was kept, for those who look on.
pub(crate) struct Kept<'a> {
    pub(crate) span: &'a Span,
    pub(crate) drive: &'a Drive,
    pub(crate) taken: &'a Taken,
    /// Of each row, whether the step was kept.
    pub(crate) rows: &'a [bool],
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

pub(super) struct Walk<'a> {
    pub(super) flow: &'a dyn Flow,
    pub(super) route: &'a Route<'a>,
    pub(super) tableau: &'a Tableau,
    pub(super) how: &'a Adaptive,
    pub(super) direction: f64,
    pub(super) batch: usize,
    pub(super) newton: Newton,
    pub(super) lanes: Vec<Lane>,
    pub(super) active: Active,
    /// Rows of the active lanes.
    pub(super) z: Tensor,
    /// The slope at `z`, where it is known.
    pub(super) slope: Option<Tensor>,
    /// The event's condition at `z`.
    pub(super) conditions: Vec<f64>,
    pub(super) out: March,
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
        // What happens after the last time is none of the solution's.
        let overshoot = how.overshoot && !route.every_step && route.event.is_none();
        let lanes: Vec<Lane> = route
            .ways
            .iter()
            .map(|way| way.lane(route.land, overshoot))
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
                insists: false,
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
                step_times: vec![Vec::new(); count],
                trajectory: route.dense.then(|| Trajectory::new(z0, route.direction)),
                ..March::at_start(batch)
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
            let rows = self.active.rows(place, self.batch);
            let mut slots: Vec<usize> = lane
                .due(lane.at.time)
                .into_iter()
                .map(|(slot, _)| self.route.first_slot() + slot)
                .collect();
            if self.route.every_step {
                slots.push(self.route.first_slot());
                self.out.step_times[place].push(lane.at.time * self.direction);
            }
            for slot in slots {
                let puts: Vec<Put> = rows
                    .clone()
                    .map(|row| Put::at_end(row, row, slot))
                    .collect();
                self.out.shelf.put_rows(&self.z, &puts)?;
            }
            if lane.is_done(self.route.every_step) {
                lane.status = Some(Status::Done);
            }
        }
        self.leave_out_the_done()?;
        if let Some(event) = self.route.event {
            let times = self.each(|lane| lane.at.time * self.direction);
            self.conditions = event.values(&times, &self.z)?;
        }
        Ok(())
    }

    fn choose_first_steps(&mut self) -> Result<(), Cause> {
        let ends: Vec<(f64, f64)> =
            self.each(|lane| (lane.at.time, next(lane.at.time, lane.at.stop())));
        let span = self.active.span(&ends, self.direction);
        let drive = cut_and_drive(self.flow, &span, &[0.0], false)?;
        let slope = self.flow.slope(&drive.controls[0], &self.z)?;
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
            self.lanes[lane].at.natural = step;
        }
        for row in sick {
            let place = if self.active.whole { 0 } else { row };
            self.out.culprit = self.out.culprit.or(self.active.whole.then_some(row));
            let lane = &mut self.lanes[self.active.lanes[place]];
            lane.status.get_or_insert(Status::NonFinite {
                time: lane.at.time * self.direction,
                what: "the vector field",
            });
        }
        self.slope = Some(slope);
        self.leave_out_the_done()
    }

    /// Tries one step of every active lane.
    fn step(&mut self, onlooker: &mut Option<Onlooker<'_>>) -> Result<(), Cause> {
        let steps: Vec<(f64, f64)> = self.each(|lane| lane.at.next_step());
        let ends: Vec<(f64, f64)> = self
            .active
            .lanes
            .iter()
            .zip(&steps)
            .map(|(&lane, &(_, to))| (self.lanes[lane].at.time, to))
            .collect();
        let span = self.active.span(&ends, self.direction);
        let drive = cut_and_drive(self.flow, &span, self.tableau.c, false)?;
        let tried = step(
            self.flow,
            self.tableau,
            &drive,
            &self.z,
            Known {
                first: self.slope.as_ref(),
                states: &[],
            },
            &self.newton,
        )?;
        let taken = match tried {
            Ok(taken) => taken,
            Err(unsolved) => {
                self.out.stats.evaluations += unsolved.evaluations;
                // The others try the same step once more.
                let place = if self.active.whole { 0 } else { unsolved.row };
                let lane = &mut self.lanes[self.active.lanes[place]];
                lane.at.tried += 1;
                let status = unsolved.status(lane.at.time * self.direction);
                self.out.stats.rejected += 1;
                if !lane.at.shrink(steps[place].0 * 0.5) {
                    self.out.culprit = self.active.whole.then_some(unsolved.row);
                    self.lanes[self.active.lanes[place]].status = Some(status);
                }
                return Ok(());
            }
        };
        for &lane in &self.active.lanes {
            self.lanes[lane].at.tried += 1;
        }
        self.out.stats.evaluations += taken.evaluations;
        let errors = tch::no_grad(|| self.errors(&taken, &drive))?;
        let mut accepted = vec![false; steps.len()];
        for (place, (&error, &(length, _))) in errors.iter().zip(&steps).enumerate() {
            let lane = &mut self.lanes[self.active.lanes[place]];
            let (controller, order) = (&self.how.controller, self.tableau.order);
            match lane.at.judge(length, error, controller, order) {
                Judged::Accepted => {
                    accepted[place] = true;
                    self.out.stats.accept(length);
                    lane.accepted += 1;
                }
                Judged::Again => self.out.stats.rejected += 1,
                Judged::Stuck => {
                    self.out.stats.rejected += 1;
                    let status = self.stuck(place, &taken)?;
                    self.lanes[self.active.lanes[place]].status = Some(status);
                }
            }
        }
        if accepted.contains(&true) {
            let taken = self.without_those_taken_back(&span, taken, &accepted)?;
            self.keep(span, drive, taken, &steps, &accepted, onlooker)?;
        } else {
            // The slope at the start stays what it is.
            self.slope = Some(taken.slopes[0].shallow_clone());
        }
        Ok(())
    }

    /// The step with the rows taken back left out of its graph, by taking it anew for the others: what a wild trial's
    /// derivatives are, zero times, need not be zero. Those rows' stages after the first hold zeros.
    fn without_those_taken_back(
        &mut self,
        span: &Span,
        taken: Taken,
        accepted: &[bool],
    ) -> Result<Taken, Cause> {
        if accepted.iter().all(|&kept| kept) || !taken.end.requires_grad() {
            return Ok(taken);
        }
        let rows: Vec<usize> = (0..accepted.len()).filter(|&row| accepted[row]).collect();
        let own = span.of(&rows);
        let drive = cut_and_drive(self.flow, &own, self.tableau.c, false)?;
        let first = rows_of(&taken.slopes[0], &rows)?;
        let states: Result<Vec<Tensor>, Cause> =
            taken.inputs.iter().map(|x| rows_of(x, &rows)).collect();
        let z = rows_of(&self.z, &rows)?;
        let again = step(
            self.flow,
            self.tableau,
            &drive,
            &z,
            Known {
                first: Some(&first),
                states: &states?,
            },
            &self.newton,
        )?;
        let Ok(again) = again else { return Ok(taken) };
        self.out.stats.evaluations += again.evaluations;
        let index = index(rows.iter().copied(), self.z.device());
        // Values stay what they were, to the last bit: the steps that follow hang on them.
        let spread = |whole: &Tensor, own: &Tensor| -> Result<Tensor, Cause> {
            let values = marked(accepted, &whole.detach(), &whole.f_zeros_like()?);
            Ok(values.f_index_add(0, &index, &(own - own.detach()))?)
        };
        let later = |whole: &[Tensor], own: &[Tensor]| -> Result<Vec<Tensor>, Cause> {
            let first = whole[..1].iter().map(|first| Ok(first.shallow_clone()));
            let others = whole.iter().zip(own).skip(1);
            first
                .chain(others.map(|(whole, own)| spread(whole, own)))
                .collect()
        };
        Ok(Taken {
            end: spread(&taken.end, &again.end)?,
            slopes: later(&taken.slopes, &again.slopes)?,
            inputs: later(&taken.inputs, &again.inputs)?,
            evaluations: taken.evaluations,
        })
    }

    /// Why a lane finds no step small enough.
    fn stuck(&mut self, place: usize, taken: &Taken) -> Result<Status, Cause> {
        let lane = &self.lanes[self.active.lanes[place]];
        let time = lane.at.time * self.direction;
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
            step: lane.at.natural,
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

/// A time after `time`, in the piece that begins there.
fn next(time: f64, stop: f64) -> f64 {
    if stop.is_finite() { stop } else { time }
}
