//! Solves that native code takes in one piece.

mod dense;
mod drive;
mod numbers;
mod over_grids;
mod search;

use pathema_path::Depth;
use tch::{Device, Kind, Tensor};

use crate::flow::{Control, Standard};
use crate::gradient::{Gradient, Problem};
use crate::save::SaveAt;
use crate::solve::Work;
use crate::tableau::Dense;
use crate::{Engine, Norm, Sharing, Solution, SolveError};
use numbers::{Number, Start, Weights};
use over_grids::Counts;

/// What became of the work.
pub(crate) enum Fused {
    Solved(Box<Solution>),
    /// It is the general engine's.
    Left(Work),
}

/// Solves if the engine can.
pub(crate) fn solve(
    problem: &Problem<'_>,
    work: Work,
    gradient: Gradient,
) -> Result<Fused, SolveError> {
    let standard = problem.flow.standard();
    let fits =
        |standard: &Standard<'_>| fits(problem, standard, gradient) && steps_fit(problem, &work);
    let Some(standard) = standard.filter(fits) else {
        return Ok(Fused::Left(work));
    };
    match problem.z0.kind() {
        Kind::Float => solve_in::<f32>(problem, &standard, work, gradient),
        _ => solve_in::<f64>(problem, &standard, work, gradient),
    }
}

fn fits(problem: &Problem<'_>, standard: &Standard<'_>, gradient: Gradient) -> bool {
    let (config, kind) = (standard.field.config(), problem.z0.kind());
    let parameters = problem.flow.parameters();
    let wholes = problem.flow.wholes();
    let alike = |tensor: &Tensor| tensor.kind() == kind && tensor.device() == Device::Cpu;
    let sizes = [config.hidden, config.channels];
    problem.engine == Engine::Fused
        && problem.event.is_none()
        && !matches!(gradient, Gradient::Continuous { .. })
        && !matches!(problem.save, SaveAt::Dense(_))
        && standard.control != Control::LogSignature(Depth::Three)
        && !problem.method.is_implicit()
        && matches!(kind, Kind::Float | Kind::Double)
        && alike(problem.z0)
        && parameters.iter().chain(&wholes).all(alike)
        && !(problem.remembers && wholes.iter().any(Tensor::requires_grad))
        && sizes == [problem.z0.size()[1], standard.path.channels()]
        && sizes.iter().all(|&size| size > 0)
}

/// Fixed steps, or each sample's own as its error allows.
fn steps_fit(problem: &Problem<'_>, work: &Work) -> bool {
    let Work::Adaptive { steps, .. } = work else {
        return true;
    };
    let (method, hidden) = (problem.method, problem.z0.size()[1]);
    steps.sharing == Sharing::Sample
        && !steps.overshoot
        && method.is_embedded()
        // States inside a step are made of its slopes, so the slope at its end must be one of them.
        && (method.is_fsal() || matches!(method.dense, Dense::Stages(_)))
        && match steps.norm {
            Norm::Rms | Norm::Max => true,
            Norm::Seminorm(features) => (1..=hidden).contains(&features),
            Norm::Own(_) => false,
        }
}

fn solve_in<T: Number>(
    problem: &Problem<'_>,
    standard: &Standard<'_>,
    work: Work,
    gradient: Gradient,
) -> Result<Fused, SolveError> {
    let start = Start {
        weights: Weights::<T>::of(standard)?,
        z0: pathema_autograd::numbers(problem.z0)?,
    };
    let (grids, counts) = match work {
        Work::Grids(grids) => (grids, Counts::default()),
        Work::Adaptive {
            ref steps,
            ref stops,
            jumps,
        } => match search::steps(problem, standard, &start, (steps, stops, jumps), gradient)? {
            Some(found) => found,
            // Samples that do not come to their ends are told apart there.
            None => return Ok(Fused::Left(work)),
        },
    };
    let solution = over_grids::solve(problem, standard, &start, grids, counts, gradient)?;
    Ok(Fused::Solved(Box::new(solution)))
}
