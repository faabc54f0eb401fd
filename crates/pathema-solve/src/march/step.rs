use tch::Tensor;

use super::newton::{Newton, Solved, Unsolved};
use crate::Tableau;
use crate::error::Cause;
use crate::flow::{Drive, Flow};

/// A step that was tried.
pub(crate) struct Taken {
    pub(crate) end: Tensor,
    /// The slopes at the stages.
    pub(crate) slopes: Vec<Tensor>,
    /// The states at the stages.
    pub(crate) inputs: Vec<Tensor>,
    /// Evaluations of the field.
    pub(crate) evaluations: usize,
}

/// What is known of a step beforehand.
#[derive(Clone, Copy, Default)]
pub(crate) struct Known<'a> {
    /// The slope at its start.
    pub(crate) first: Option<&'a Tensor>,
    /// The states at its stages, to which equations of implicit stages need no other solution.
    pub(crate) states: &'a [Tensor],
}

/// One step from `z`.
pub(crate) fn step(
    flow: &dyn Flow,
    tableau: &Tableau,
    drive: &Drive,
    z: &Tensor,
    known: Known<'_>,
    newton: &Newton,
) -> Result<Result<Taken, Unsolved>, Cause> {
    let stages = tableau.stages();
    let tried = stages_until(stages, flow, tableau, drive, z, known, newton)?;
    Ok(tried.map(|taken| Taken {
        end: if tableau.is_fsal() {
            taken.inputs[stages - 1].shallow_clone()
        } else {
            drive.length.advance(z, tableau.b, &taken.slopes)
        },
        ..taken
    }))
}

/// As [`step`], without the last stage where only the next step needs it.
pub(crate) fn step_alone(
    flow: &dyn Flow,
    tableau: &Tableau,
    drive: &Drive,
    z: &Tensor,
    newton: &Newton,
) -> Result<Result<Taken, Unsolved>, Cause> {
    let needed = tableau.stages_needed();
    let tried = stages_until(needed, flow, tableau, drive, z, Known::default(), newton)?;
    Ok(tried.map(|taken| Taken {
        end: drive.length.advance(z, tableau.b, &taken.slopes),
        ..taken
    }))
}

fn stages_until(
    stages: usize,
    flow: &dyn Flow,
    tableau: &Tableau,
    drive: &Drive,
    z: &Tensor,
    known: Known<'_>,
    newton: &Newton,
) -> Result<Result<Taken, Unsolved>, Cause> {
    let mut taken = Taken {
        end: z.shallow_clone(),
        slopes: Vec::with_capacity(stages),
        inputs: Vec::with_capacity(stages),
        evaluations: 0,
    };
    let mut solver = newton.for_step();
    for j in 0..stages {
        let base = drive.length.advance(z, tableau.row(j), &taken.slopes);
        let control = &drive.controls[j];
        let (input, slope) = match (known.first, tableau.own(j)) {
            (Some(first), _) if j == 0 => (base, first.shallow_clone()),
            (_, 0.0) => {
                taken.evaluations += 1;
                let slope = flow.slope(control, &base)?;
                (base, slope)
            }
            (_, own) if known.states.len() > j => {
                let state = known.states[j].detach();
                let solved = Solved::from(flow, drive, j, own, &base, state)?;
                taken.evaluations += solved.evaluations;
                (solved.state, solved.slope)
            }
            (_, own) => {
                let guess = drive.length.advance(
                    &base,
                    scaled(tableau.predictor[j - 1], own).as_slice(),
                    &taken.slopes,
                );
                match solver.stage(flow, drive, z, j, own, &base, guess)? {
                    Ok(solved) => {
                        taken.evaluations += solved.evaluations;
                        (solved.state, solved.slope)
                    }
                    Err(unsolved) => return Ok(Err(unsolved)),
                }
            }
        };
        taken.inputs.push(input);
        taken.slopes.push(slope);
    }
    Ok(Ok(taken))
}

fn scaled(weights: &[f64], by: f64) -> Vec<f64> {
    weights.iter().map(|weight| weight * by).collect()
}
