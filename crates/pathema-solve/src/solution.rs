use tch::{Kind, Tensor};

use crate::SolveStats;
use crate::dense::Trajectory;
use crate::error::Cause;
use crate::event::Event;
use crate::flow::{Flow, index, tensor};
use crate::march::adaptive::EVENT_SLOT;
use crate::march::rows_of;

/// States at the times asked for, and the work that they took.
#[derive(Debug)]
pub struct Solution {
    /// [batch, saved, …]; NaN where a sample failed or its event had happened before.
    pub z: Tensor,
    /// The time of each saved state, of each sample.
    times: Vec<Vec<f64>>,
    /// The work.
    pub stats: SolveStats,
    /// How it ended for each sample.
    pub status: Vec<Status>,
    /// The solution in between, where it was asked for.
    pub trajectory: Option<Trajectory>,
    /// When the event happened, where there was one to look for.
    pub event: Option<EventTimes>,
}

/// How a solve ended for a sample.
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    /// At its last time.
    Done,
    /// With the event.
    Event,
    /// The state or the vector field ceased to be finite.
    NonFinite {
        /// When it was first seen.
        time: f64,
        /// Of what.
        what: &'static str,
    },
    /// The error asks for steps that time's precision does not resolve.
    StepTooSmall {
        /// Where.
        time: f64,
        /// The step asked for.
        step: f64,
    },
    /// The allowed number of steps did not suffice.
    MaxSteps {
        /// Steps allowed.
        limit: usize,
        /// Time reached.
        time: f64,
        /// Time to be reached.
        end: f64,
    },
    /// The equation of an implicit stage was not solved.
    DidNotConverge {
        /// Where the step starts.
        time: f64,
        /// Which stage.
        stage: usize,
        /// Norm of the last correction relative to the tolerance.
        correction: f64,
    },
}

/// When an event happened and in which state.
#[derive(Debug)]
pub struct EventTimes {
    /// `[batch]`, double precision, NaN where it did not happen. Gradients flow through it: it moves with whatever moves the solution.
    pub times: Tensor,
    /// The states at these times, [batch, …].
    pub z: Tensor,
    /// Whether it happened.
    pub happened: Vec<bool>,
}

/// Where an event was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Happening {
    pub(crate) time: f64,
}

impl Solution {
    pub(crate) fn new(
        z: Tensor,
        times: Vec<Vec<f64>>,
        stats: SolveStats,
        status: Vec<Status>,
    ) -> Solution {
        Solution {
            z,
            times,
            stats,
            status,
            trajectory: None,
            event: None,
        }
    }

    /// Finds samples that seem to have gone well and have a saved state that is not finite.
    pub(crate) fn note_sick(&mut self) -> Result<(), Cause> {
        let finite = self.z.isfinite();
        if bool::try_from(finite.all())? {
            return Ok(());
        }
        let size = self.z.size();
        let finite = finite.f_view([size[0], size[1], -1])?.f_all_dim(2, false)?;
        for sample in 0..self.status.len() {
            let own: Vec<bool> = Vec::try_from(finite.f_select(0, sample as i64)?)?;
            let saved = own.iter().zip(self.times(sample));
            let sick = saved
                .filter(|(finite, _)| !**finite)
                .map(|(_, &time)| time)
                .next();
            if let (Status::Done, Some(time)) = (&self.status[sample], sick) {
                self.status[sample] = Status::NonFinite {
                    time,
                    what: "the state",
                };
            }
        }
        Ok(())
    }

    /// Takes the event's states, saved in the first place, and lets times and states move with the solution.
    ///
    /// With g the condition, the event's time moves by −δg / ġ, ġ = ∂g/∂t + ∂g/∂z · f, when the solution there
    /// changes g by δg; and its state by that time's f.
    pub(crate) fn split_event(
        &mut self,
        flow: &dyn Flow,
        event: &Event<'_>,
        happenings: &[Option<Happening>],
        direction: f64,
    ) -> Result<(), Cause> {
        let z = self.z.f_select(1, EVENT_SLOT as i64)?;
        let others = self.z.size()[1] - 1;
        self.z = self.z.f_narrow(1, 1, others)?;
        let happened: Vec<bool> = happenings.iter().map(Option::is_some).collect();
        let times: Vec<f64> = happenings
            .iter()
            .map(|happening| happening.map_or(f64::NAN, |happening| happening.time))
            .collect();
        let rows: Vec<usize> = (0..happened.len()).filter(|&row| happened[row]).collect();
        let mut found = EventTimes {
            times: tensor(&times, Kind::Double, z.device()),
            z: z.shallow_clone(),
            happened,
        };
        if !rows.is_empty() {
            let own: Vec<f64> = rows.iter().map(|&row| times[row]).collect();
            let (moved_times, moved) =
                event.moving(flow, &rows, &own, &rows_of(&z, &rows)?, direction)?;
            let index = index(rows.iter().copied(), z.device());
            found.times = found.times.f_index_copy(0, &index, &moved_times)?;
            found.z = z.f_index_copy(0, &index, &moved)?;
            if let Some(trajectory) = &mut self.trajectory {
                for (&row, &time) in rows.iter().zip(&own) {
                    trajectory.end(row, time, found.z.f_narrow(0, row as i64, 1)?);
                }
            }
        }
        self.event = Some(found);
        Ok(())
    }

    /// The times of a sample's saved states. Where every step is saved, samples with steps of their own may have
    /// fewer than there are places in `z`.
    pub fn times(&self, sample: usize) -> &[f64] {
        // All samples save at the same times unless each saves its own steps.
        self.times
            .get(sample)
            .or(self.times.first())
            .map_or(&[], Vec::as_slice)
    }
}

impl Status {
    /// The error that this is of a sample; `None` if all went well.
    pub(crate) fn cause(&self, sample: usize) -> Option<Cause> {
        Some(match *self {
            Status::Done | Status::Event => return None,
            Status::NonFinite { time, what } => Cause::NonFinite { sample, time, what },
            Status::StepTooSmall { time, step } => Cause::StepTooSmall { sample, time, step },
            Status::MaxSteps { limit, time, end } => Cause::MaxSteps {
                sample,
                limit,
                time,
                end,
            },
            Status::DidNotConverge {
                time,
                stage,
                correction,
            } => Cause::DidNotConverge {
                sample,
                time,
                stage,
                correction,
            },
        })
    }
}
