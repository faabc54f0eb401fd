use pathema_autograd::attach;
use tch::Tensor;

use super::Backward;
use super::sums::Sums;
use crate::dense::Trajectory;
use crate::error::Cause;
use crate::event::Event;
use crate::flow::Flow;
use crate::march::adaptive::Route;
use crate::march::lanes::Way;
use crate::march::{self, March, adaptive};
use crate::save::{Put, SaveAt};
use crate::solve::Work;
use crate::{Sharing, Solution, SolveError, SolveStats, Tableau};

/// What is to be solved.
pub(crate) struct Problem<'a> {
    pub(crate) flow: &'a dyn Flow,
    pub(crate) z0: &'a Tensor,
    pub(crate) start: f64,
    pub(crate) save: SaveAt<'a>,
    pub(crate) event: Option<&'a Event<'a>>,
    pub(crate) method: &'static Tableau,
    /// Whether libtorch is to remember what is done.
    pub(crate) remembers: bool,
}

/// What a first solve is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// To be differentiated through, operation by operation.
    Graph,
    /// For its states only.
    Plain,
    /// To be gone through again.
    Recorded,
    /// As that, with every saved state at the end of a step.
    Landed,
}

impl Problem<'_> {
    pub(super) fn direction(&self) -> f64 {
        self.save.direction(self.start)
    }

    pub(super) fn batch(&self) -> usize {
        self.z0.size()[0] as usize
    }

    pub(super) fn march(&self, work: &Work, mode: Mode) -> Result<March, Cause> {
        match work {
            Work::Grids(grids) => {
                let graph = mode == Mode::Graph && self.remembers;
                march::fixed::march(
                    self.flow,
                    self.z0,
                    grids,
                    self.method,
                    self.trajectory(),
                    graph,
                )
            }
            Work::Adaptive {
                steps,
                stops,
                jumps,
            } => {
                let direction = self.direction();
                let start = self.start * direction;
                let whole = steps.sharing == Sharing::Batch && self.event.is_none();
                let way = |lane: usize| Way {
                    start,
                    end: self.save.end().map_or(start, |end| end * direction),
                    stops: stops.get(lane).cloned().unwrap_or_default(),
                    saves: self.save.ahead(direction),
                };
                let route = Route {
                    direction,
                    ways: (0..if whole { 1 } else { self.batch() }).map(way).collect(),
                    whole,
                    every_step: matches!(self.save, SaveAt::Steps(_)),
                    dense: matches!(self.save, SaveAt::Dense(_)),
                    jumps: *jumps,
                    event: self.event,
                    record: matches!(mode, Mode::Recorded | Mode::Landed),
                    land: mode == Mode::Landed,
                };
                adaptive::march(self.flow, self.z0, &route, self.method, steps, None)
            }
        }
    }

    pub(super) fn trajectory(&self) -> Option<Trajectory> {
        let dense = matches!(self.save, SaveAt::Dense(_));
        dense.then(|| Trajectory::new(self.z0, self.direction()))
    }

    /// Places for saved states, one more for the event's.
    pub(super) fn slots(&self, march: &March, work: &Work) -> usize {
        let longest = self.times(work, march).iter().map(Vec::len).max();
        longest.unwrap_or(0) + usize::from(self.event.is_some())
    }

    pub(super) fn times(&self, work: &Work, march: &March) -> Vec<Vec<f64>> {
        match (self.save, work) {
            (SaveAt::Steps(_), Work::Grids(grids)) => grids.times(),
            (SaveAt::Steps(_), Work::Adaptive { .. }) => march.step_times.clone(),
            (SaveAt::Times(times), _) => vec![times.to_vec()],
            (SaveAt::End(end) | SaveAt::Dense(end), _) => vec![vec![end]],
        }
    }

    /// What an adaptive solve saves before its first step.
    pub(super) fn first_puts(&self) -> Vec<Put> {
        let at_start = match self.save {
            SaveAt::Steps(_) => true,
            SaveAt::Times(times) => times.first() == Some(&self.start),
            SaveAt::End(end) | SaveAt::Dense(end) => end == self.start,
        };
        let samples = if at_start { 0..self.batch() } else { 0..0 };
        samples
            .map(|sample| Put {
                row: sample,
                theta: 1.0,
                sample,
                slot: 0,
            })
            .collect()
    }

    /// The solution with its gradient, from states that have none.
    pub(super) fn attached(
        &self,
        name: &str,
        march: March,
        z: Tensor,
        times: Vec<Vec<f64>>,
        backward: Backward,
    ) -> Result<Solution, SolveError> {
        let (wholes, parameters) = (self.flow.wholes(), self.flow.parameters());
        let inputs: Vec<&Tensor> = std::iter::once(self.z0)
            .chain(&wholes)
            .chain(&parameters)
            .collect();
        let wanted = Sums::wanted(&wholes, &parameters);
        let attached = pathema_autograd::with_grad(|| {
            if !self.remembers {
                return Ok(vec![z.shallow_clone()]);
            }
            attach(
                name,
                &inputs,
                vec![z.shallow_clone()],
                move |gradients, _| {
                    let Some(gradient) = &gradients[0] else {
                        return Ok(Vec::new());
                    };
                    let mut sums = wanted.zeros();
                    backward(gradient, &mut sums)?;
                    Ok(sums.into_gradients())
                },
            )
        });
        let z = attached?.pop().unwrap_or(z);
        self.finished(march, z, times)
    }

    pub(super) fn finish(
        &self,
        work: &Work,
        march: March,
        z: Tensor,
    ) -> Result<Solution, SolveError> {
        let times = self.times(work, &march);
        self.finished(march, z, times)
    }

    pub(super) fn finished(
        &self,
        march: March,
        z: Tensor,
        times: Vec<Vec<f64>>,
    ) -> Result<Solution, SolveError> {
        let mut solution = Solution::new(z, times, march.stats, march.statuses);
        solution.note_sick()?;
        solution.trajectory = march.trajectory;
        if let Some(event) = self.event {
            solution.split_event(self.flow, event, &march.happenings)?;
        }
        let failed = solution.status.iter().enumerate();
        let failed = failed
            .filter_map(|(sample, status)| status.cause(march.culprit.unwrap_or(sample)))
            .next();
        match failed {
            Some(cause) => Err(SolveError::new(cause, Some(solution))),
            None => Ok(solution),
        }
    }
}

impl March {
    /// Before any step.
    pub(super) fn nothing(z0: &Tensor) -> March {
        let batch = z0.size()[0] as usize;
        March {
            shelf: Default::default(),
            step_times: Vec::new(),
            stats: SolveStats::new(),
            statuses: vec![crate::Status::Done; batch],
            culprit: None,
            plan: Vec::new(),
            trajectory: None,
            happenings: vec![None; batch],
        }
    }
}
