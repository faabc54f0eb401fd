use pathema_kernel::{KernelError, Method, Norm as Measure, Tolerance};

use super::drive::Searched;
use super::numbers::{Number, Start, kernel};
use super::over_grids::Counts;
use crate::error::Cause;
use crate::flow::{Control, Standard};
use crate::gradient::{Gradient, Problem};
use crate::march::grid::Grids;
use crate::save::SaveAt;
use crate::{Adaptive, Norm};

/// The steps that each sample's error allows; none where some sample does not come to its end. Steps have to end at the
/// samples' stops, where dX/dt may jump.
pub(super) fn steps<T: Number>(
    problem: &Problem<'_>,
    standard: &Standard<'_>,
    from: &Start<T>,
    (how, stops, jumps): (&Adaptive, &[Vec<f64>], bool),
    gradient: Gradient,
) -> Result<Option<(Grids, Counts)>, Cause> {
    how.check()?;
    let (method, direction) = (problem.method, problem.direction());
    let start = problem.start * direction;
    let saves = problem.save.ahead(direction);
    let every_step = matches!(problem.save, SaveAt::Steps(_));
    let course = Searched {
        paths: standard.path.paths(),
        at_knots: standard.control == Control::Derivative,
        start,
        end: problem.save.end().map_or(start, |end| end * direction),
        stops,
        saves: &saves,
        land: matches!(gradient, Gradient::Reversible { .. }),
        whole: every_step,
        direction,
    };
    let hidden = problem.z0.size()[1] as usize;
    let tolerance = Tolerance {
        rtol: how.rtol,
        atol: how.atol,
        error: method.error,
        order: method.order,
        controller: how.controller,
        norm: match how.norm {
            Norm::Max => Measure::Max,
            Norm::Seminorm(features) => Measure::Rms(features as usize),
            _ => Measure::Rms(hidden),
        },
        first_step: how.first_step,
        max_steps: how.max_steps,
        jumps,
    };
    let whole = Method {
        a: method.a,
        b: method.b,
        c: method.c,
        dense: &[],
    };
    let field = from.weights.field();
    let found = kernel().find_steps(&field, &whole, &course, &tolerance, &from.z0);
    let found = match found {
        Ok(found) => found,
        Err(KernelError::Steps { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let counts = Counts {
        evaluations: found.evaluations,
        rejected: found.rejected.iter().sum(),
        own_steps: true,
    };
    let grids = Grids::found(start, found.ends, &saves, direction);
    let grids = if every_step {
        grids.saving_all()
    } else {
        grids
    };
    Ok(Some((grids, counts)))
}
