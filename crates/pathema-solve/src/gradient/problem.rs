use pathema_autograd::{Wanted, attach, with_grad};
use tch::Tensor;

use super::Backward;
use super::sums::Sums;
use crate::dense::Trajectory;
use crate::error::Cause;
use crate::event::Event;
use crate::flow::Flow;
use crate::march::adaptive::Route;
use crate::march::grid::Grids;
use crate::march::lanes::Way;
use crate::march::{self, March, adaptive};
use crate::save::{Put, SaveAt};
use crate::solve::Work;
use crate::{Engine, Sharing, Solution, SolveError, Tableau};

/// What is to be solved.
pub(crate) struct Problem<'a> {
    pub(crate) flow: &'a dyn Flow,
    pub(crate) z0: &'a Tensor,
    pub(crate) start: f64,
    pub(crate) save: SaveAt<'a>,
    pub(crate) event: Option<&'a Event<'a>>,
    pub(crate) method: &'static Tableau,
    pub(crate) engine: Engine,
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
    pub(crate) fn direction(&self) -> f64 {
        self.save.direction(self.start)
    }

    pub(crate) fn batch(&self) -> usize {
        self.z0.size()[0] as usize
    }

    /// Solves: how far it came, the saved states and their times.
    pub(super) fn states(
        &self,
        work: &Work,
        mode: Mode,
    ) -> Result<(March, Tensor, Vec<Vec<f64>>), Cause> {
        let mut march = self.march(work, mode)?;
        let times = self.times(work.grids(), &march);
        let shelf = std::mem::take(&mut march.shelf);
        let z = shelf.finish(self.z0, self.slots(&times))?;
        Ok((march, z, times))
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

    /// The place of the first state saved; before it comes that of the event's.
    pub(super) fn first_slot(&self) -> usize {
        usize::from(self.event.is_some())
    }

    /// Places for saved states.
    pub(crate) fn slots(&self, times: &[Vec<f64>]) -> usize {
        self.first_slot() + times.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// The times of the saved states, of each sample or of all.
    pub(crate) fn times(&self, grids: Option<&Grids>, march: &March) -> Vec<Vec<f64>> {
        match (self.save, grids) {
            (SaveAt::Steps(_), Some(grids)) => grids.times(),
            (SaveAt::Steps(_), None) => march.step_times.clone(),
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
            .map(|sample| Put::at_end(sample, sample, self.first_slot()))
            .collect()
    }

    /// The solution with its gradient, from states that have none.
    pub(crate) fn attached(
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
        if !self.remembers {
            return self.finished(march, z, times);
        }
        let backward = move |gradients: &[Option<Tensor>], _: &Wanted<'_>| {
            let mut sums = wanted.zeros();
            if let Some(gradient) = &gradients[0] {
                backward(gradient, &mut sums)?;
            }
            Ok(sums.into_gradients())
        };
        with_grad(|| {
            let attached = attach(name, &inputs, vec![z.shallow_clone()], backward)?.pop();
            self.finished(march, attached.unwrap_or(z), times)
        })
    }

    pub(super) fn finished(
        &self,
        march: March,
        z: Tensor,
        times: Vec<Vec<f64>>,
    ) -> Result<Solution, SolveError> {
        let mut solution = Solution::new(z, times, march.stats, march.statuses);
        solution.trajectory = march.trajectory;
        if let Some(event) = self.event {
            solution.split_event(self.flow, event, &march.happenings, self.direction())?;
        }
        solution.note_sick()?;
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
