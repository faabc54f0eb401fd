//! How solutions are differentiated.

mod checkpointed;
mod continuous;
mod problem;
mod reversible;
mod stretches;
mod sums;
mod vjp_step;

use tch::Tensor;

use crate::error::Cause;
use crate::fused::{self, Fused};
use crate::march::{March, Plan, Record};
use crate::save::SaveAt;
use crate::solve::Work;
use crate::{Adaptive, Solution, SolveError};
use problem::Mode;
pub(crate) use problem::Problem;
pub(crate) use reversible::coupling_of;
pub(crate) use sums::Sums;

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
    /// Through every operation of the solve, all of which are remembered: fastest while memory lasts. By
    /// [`Engine::General`](crate::Engine::General) it has second derivatives too; those through implicit stages end there.
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
        /// way back; by itself 0.999, or so near to 1 that they grow no more than threefold. Beside that they grow as
        /// much as the equation itself parts solutions backward: of a stiff one, or of a path far outside its knots,
        /// gradients lose digits.
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
    let work = match fused::solve(problem, work, gradient)? {
        Fused::Solved(solution) => return Ok(*solution),
        Fused::Left(work) => work,
    };
    match gradient {
        Gradient::Direct => {
            let (march, z, times) = problem.states(&work, Mode::Graph)?;
            problem.finished(march, z, times)
        }
        Gradient::Checkpointed { snapshots } => {
            let _guard = tch::no_grad_guard();
            let (mut march, z, times) = problem.states(&work, Mode::Recorded)?;
            let newton = work.newton();
            let plan = plan(work, &mut march, problem);
            let backward = checkpointed::backward(problem, plan, newton, snapshots, &march.stats)?;
            problem.attached("checkpointed solve", march, z, times, backward)
        }
        Gradient::Reversible { coupling } => {
            let _guard = tch::no_grad_guard();
            let mut march = match &work {
                // The steps are known already, and the coupled states are others.
                Work::Grids(_) => March::at_start(problem.batch()),
                Work::Adaptive { .. } => problem.march(&work, Mode::Landed)?,
            };
            let times = problem.times(work.grids(), &march);
            let plan = plan(work, &mut march, problem);
            let slots = problem.slots(&times);
            let (z, backward) = reversible::forward(problem, plan, coupling, slots, &mut march)?;
            problem.attached("reversible solve", march, z, times, backward)
        }
        Gradient::Continuous { backward } => {
            if let Some(steps) = &backward {
                steps.check()?;
            }
            let _guard = tch::no_grad_guard();
            let (march, z, times) = problem.states(&work, Mode::Plain)?;
            let backward = continuous::backward(problem, work, backward, &z, &times, &march)?;
            problem.attached("continuous adjoint", march, z, times, backward)
        }
    }
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
