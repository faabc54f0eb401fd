//! How solutions are differentiated.

mod checkpointed;
mod continuous;
mod reversible;
mod sums;
mod vjp_step;

use pathema_autograd::attach;
use tch::Tensor;

use crate::dense::Trajectory;
use crate::error::Cause;
use crate::event::Event;
use crate::flow::Flow;
use crate::march::adaptive::{Route, Way};
use crate::march::{self, March, Plan, Record, adaptive};
use crate::save::SaveAt;
use crate::solve::Work;
use crate::{Adaptive, Sharing, Solution, SolveError, SolveStats, Tableau};
use sums::Sums;

/// How gradients are taken. All reach the initial state, the field's parameters, and the values and times of a
/// path that was fitted to tensors.
///
/// | gradient | memory in the number of steps n | evaluations | exact for |
/// |---|---|---|---|
/// | [`Direct`](Self::Direct) | O(n) | 1 × | the steps taken |
/// | [`Checkpointed`](Self::Checkpointed) | O(log n) | 2 × and more | the steps taken |
/// | [`Reversible`](Self::Reversible) | O(1) | 4 × | steps of its own kind |
/// | [`Continuous`](Self::Continuous) | O(1) | 2 × and more | the equation, to the tolerance |
#[derive(Clone, Copy, Debug)]
pub enum Gradient {
    /// Through every operation of the solve, which libtorch remembers: fastest while memory lasts.
    Direct,
    /// A few states are kept, and steps are taken again from there (Griewank & Walther 2000, *Algorithm 799:
    /// revolve*).
    Checkpointed {
        /// States kept at any time, at least 1; by itself as many as the number of steps has binary digits.
        snapshots: Option<usize>,
    },
    /// Two coupled solutions whose steps are undone on the way back (McCallum & Foster 2024, *Efficient, accurate and
    /// stable gradients for neural ODEs*), with any explicit method. Solutions differ from those of the other
    /// gradients within the method's order.
    Reversible {
        /// λ, from 0 to 1: how strongly the two are drawn together. Rounding errors grow like λ to the power −n on the
        /// way back; by itself 0.999, or so near to 1 that they grow no more than threefold.
        coupling: Option<f64>,
    },
    /// The adjoint equation, solved backward (Chen et al. 2018, *Neural ordinary differential equations*). It starts
    /// anew from the solution at every saved time; parameters are no part of its state, so they do not control its
    /// steps (the seminorm of Kidger, Chen & Lyons 2021).
    Continuous {
        /// Steps of the way back where they are adaptive; by itself those of the way forward.
        backward: Option<Adaptive>,
    },
}

impl Gradient {
    /// [`Gradient::Checkpointed`] with as many snapshots as it chooses.
    pub const fn checkpointed() -> Gradient {
        Gradient::Checkpointed { snapshots: None }
    }

    /// [`Gradient::Reversible`] with the coupling that it chooses.
    pub const fn reversible() -> Gradient {
        Gradient::Reversible { coupling: None }
    }

    /// [`Gradient::Continuous`] with the steps of the way forward.
    pub const fn continuous() -> Gradient {
        Gradient::Continuous { backward: None }
    }
}

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

pub(crate) fn solve(
    problem: &Problem<'_>,
    work: Work,
    gradient: Gradient,
) -> Result<Solution, SolveError> {
    if !matches!(gradient, Gradient::Direct) && matches!(problem.save, SaveAt::Dense(_)) {
        return Err(Cause::Conflict {
            what: "SaveAt::Dense",
            with: "a gradient that solves anew",
            way_out: "save at the times needed, or take Gradient::Direct",
        }
        .into());
    }
    let slots = |march: &March, work: &Work| problem.slots(march, work);
    match gradient {
        Gradient::Direct => {
            let mut march = problem.march(&work, Mode::Graph)?;
            let slots = slots(&march, &work);
            let z = std::mem::take(&mut march.shelf).finish(problem.z0, slots)?;
            problem.finish(&work, march, z)
        }
        Gradient::Checkpointed { snapshots } => {
            let _guard = tch::no_grad_guard();
            let mut march = problem.march(&work, Mode::Recorded)?;
            let slots = slots(&march, &work);
            let z = std::mem::take(&mut march.shelf).finish(problem.z0, slots)?;
            let times = problem.times(&work, &march);
            let newton = work.newton();
            let plan = plan(work, &mut march, problem);
            let backward = checkpointed::backward(problem, plan, newton, snapshots, &march.stats)?;
            problem.attached("checkpointed solve", march, z, times, backward)
        }
        Gradient::Reversible { coupling } => {
            let _guard = tch::no_grad_guard();
            let (mut march, times, plan) = match work {
                Work::Grids(grids) => {
                    let march = March::nothing(problem.z0);
                    let work = Work::Grids(grids);
                    let times = problem.times(&work, &march);
                    let mut march = march;
                    let plan = plan(work, &mut march, problem);
                    (march, times, plan)
                }
                work => {
                    let mut march = problem.march(&work, Mode::Landed)?;
                    let times = problem.times(&work, &march);
                    let plan = plan(work, &mut march, problem);
                    (march, times, plan)
                }
            };
            let slots = times.iter().map(Vec::len).max().unwrap_or(0)
                + usize::from(problem.event.is_some());
            let (z, backward) = reversible::forward(problem, plan, coupling, slots, &mut march)?;
            problem.attached("reversible solve", march, z, times, backward)
        }
        Gradient::Continuous { backward } => {
            let _guard = tch::no_grad_guard();
            let mut march = problem.march(&work, Mode::Plain)?;
            let slots = slots(&march, &work);
            let z = std::mem::take(&mut march.shelf).finish(problem.z0, slots)?;
            let times = problem.times(&work, &march);
            let backward = continuous::backward(problem, work, backward, &z, &march)?;
            problem.attached("continuous adjoint", march, z, times, backward)
        }
    }
}

/// What a first solve is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// To be differentiated through, operation by operation.
    Graph,
    /// For its states only.
    Plain,
    /// To be gone through again.
    Recorded,
    /// As that, with every saved state at the end of a step.
    Landed,
}

/// The steps that were taken, to be taken again.
fn plan(work: Work, march: &mut March, problem: &Problem<'_>) -> Box<dyn Plan> {
    match work {
        Work::Grids(grids) => Box::new(grids),
        Work::Adaptive { .. } => Box::new(Record {
            first: problem.first_puts(),
            steps: std::mem::take(&mut march.plan),
        }),
    }
}

/// From the gradient of the saved states to those of what they were made of.
pub(crate) type Backward = Box<dyn Fn(&Tensor, &mut Sums) -> Result<(), Cause> + Send>;

impl Problem<'_> {
    fn direction(&self) -> f64 {
        self.save.direction(self.start)
    }

    fn batch(&self) -> usize {
        self.z0.size()[0] as usize
    }

    fn march(&self, work: &Work, mode: Mode) -> Result<March, Cause> {
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

    fn trajectory(&self) -> Option<Trajectory> {
        let dense = matches!(self.save, SaveAt::Dense(_));
        dense.then(|| Trajectory::new(self.z0, self.direction()))
    }

    /// Places for saved states, one more for the event's.
    fn slots(&self, march: &March, work: &Work) -> usize {
        let longest = self.times(work, march).iter().map(Vec::len).max();
        longest.unwrap_or(0) + usize::from(self.event.is_some())
    }

    fn times(&self, work: &Work, march: &March) -> Vec<Vec<f64>> {
        match (self.save, work) {
            (SaveAt::Steps(_), Work::Grids(grids)) => grids.times(),
            (SaveAt::Steps(_), Work::Adaptive { .. }) => march.step_times.clone(),
            (SaveAt::Times(times), _) => vec![times.to_vec()],
            (SaveAt::End(end) | SaveAt::Dense(end), _) => vec![vec![end]],
        }
    }

    /// What an adaptive solve saves before its first step.
    fn first_puts(&self) -> Vec<crate::save::Put> {
        let at_start = match self.save {
            SaveAt::Steps(_) => true,
            SaveAt::Times(times) => times.first() == Some(&self.start),
            SaveAt::End(end) | SaveAt::Dense(end) => end == self.start,
        };
        let samples = if at_start { 0..self.batch() } else { 0..0 };
        samples
            .map(|sample| crate::save::Put {
                row: sample,
                theta: 1.0,
                sample,
                slot: 0,
            })
            .collect()
    }

    /// The solution with its gradient, from states that have none.
    fn attached(
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

    fn finish(&self, work: &Work, march: March, z: Tensor) -> Result<Solution, SolveError> {
        let times = self.times(work, &march);
        self.finished(march, z, times)
    }

    fn finished(
        &self,
        march: March,
        z: Tensor,
        times: Vec<Vec<f64>>,
    ) -> Result<Solution, SolveError> {
        let mut solution = Solution::new(z, times, march.stats, march.statuses);
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
    fn nothing(z0: &Tensor) -> March {
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
