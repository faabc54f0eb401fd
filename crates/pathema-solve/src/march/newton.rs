//! The equations of implicit stages (Hairer & Wanner II, IV.8).

use pathema_autograd::{Graph, is_grad_enabled, vjp, with_grad};
use tch::{Kind, Tensor};

use crate::error::Cause;
use crate::flow::{Drive, Flow, Length, epsilon};
use crate::solution::Status;

/// How exactly the equations are solved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Newton {
    pub(crate) rtol: f64,
    pub(crate) atol: f64,
    /// Whether an equation that a held Jacobian does not solve is tried with that of each iterate: for steps that cannot be
    /// made smaller.
    pub(crate) insists: bool,
}

/// An equation that was not solved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unsolved {
    pub(crate) row: usize,
    pub(crate) stage: usize,
    pub(crate) correction: f64,
    pub(crate) evaluations: usize,
}

impl Unsolved {
    /// How a solve ends for it, its step starting at `time`.
    pub(crate) fn status(&self, time: f64) -> Status {
        Status::DidNotConverge {
            time,
            stage: self.stage,
            correction: self.correction,
        }
    }
}

pub(crate) struct Solved {
    pub(crate) state: Tensor,
    pub(crate) slope: Tensor,
    pub(crate) evaluations: usize,
}

impl Solved {
    /// Of a stage whose state was found before.
    pub(crate) fn from(
        flow: &dyn Flow,
        drive: &Drive,
        stage: usize,
        own: f64,
        base: &Tensor,
        state: Tensor,
    ) -> Result<Solved, Cause> {
        let (state, evaluations) = differentiable(flow, drive, stage, own, base, state)?;
        Ok(Solved {
            slope: drive.length.divide(&((&state - base) / own)),
            state,
            evaluations,
        })
    }
}

/// Corrections are made until one is as small as this, relative to the tolerance: what is left of the equation's error
/// must not be seen in the estimate of the step's.
const SOLVED: f64 = 1e-3;
const MOST: usize = 12;
/// Corrections of so many units in the last place are rounding.
const ROUNDING: f64 = 4.0;

impl Newton {
    /// For steps whose error nobody estimates.
    pub(crate) const TIGHT: Newton = Newton {
        rtol: 1e-9,
        atol: 1e-11,
        insists: true,
    };

    /// The largest root mean square of a row relative to the tolerance, and whose it is.
    fn largest(&self, correction: &Tensor, y: &Tensor) -> Result<(f64, usize), Cause> {
        let scale = y.abs() * self.rtol + self.atol;
        let rows = y.size()[0];
        let sizes = (correction / scale).f_view([rows, -1])?.square();
        let sizes = sizes
            .f_mean_dim([1_i64].as_slice(), false, Kind::Double)?
            .sqrt();
        let sizes: Vec<f64> = Vec::try_from(sizes)?;
        let worst = sizes
            .into_iter()
            .map(|size| if size.is_nan() { f64::INFINITY } else { size })
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(&b.1));
        Ok(worst.map_or((0.0, 0), |(row, size)| (size, row)))
    }

    pub(crate) fn for_step(&self) -> Chord<'_> {
        Chord {
            newton: self,
            inverse: None,
        }
    }
}

/// y = base + hγ f(y).
struct Equation<'a> {
    flow: &'a dyn Flow,
    control: &'a Tensor,
    length: &'a Length,
    own: f64,
    base: &'a Tensor,
}

/// Whose Jacobian corrections are made with, as (I − hγJ)⁻¹.
enum Jacobian<'a> {
    /// One for all of them.
    Held(&'a Tensor),
    /// That of each iterate.
    Own,
}

struct Found {
    /// The solution, or the last correction and whose it was.
    outcome: Result<Tensor, (f64, usize)>,
    evaluations: usize,
}

impl Found {
    fn is_unsolved(&self) -> bool {
        self.outcome.is_err()
    }
}

impl Equation<'_> {
    fn solve(
        &self,
        newton: &Newton,
        guess: &Tensor,
        jacobian: Jacobian<'_>,
    ) -> Result<Found, Cause> {
        let mut y = guess.detach();
        let mut found = Found {
            outcome: Err((f64::INFINITY, 0)),
            evaluations: 0,
        };
        let mut before = f64::INFINITY;
        for _ in 0..MOST {
            found.evaluations += 1;
            let change = self.length.times(&self.flow.slope(self.control, &y)?) * self.own;
            let own;
            let inverse = match jacobian {
                Jacobian::Held(inverse) => inverse,
                Jacobian::Own => {
                    found.evaluations += 1;
                    own = inverse(self.flow, self.control, &y, self.length, self.own)?;
                    &own
                }
            };
            let correction = apply(inverse, &(&y - self.base - &change));
            // No correction is more exact than what it is made of.
            let terms = y.abs() + self.base.abs() + change.abs();
            y -= &correction;
            let (size, row) = newton.largest(&correction, &y)?;
            found.outcome = Err((size, row));
            if !size.is_finite() || size > 2.0 * before {
                break;
            }
            // What is left is as much smaller as this correction was than the one before.
            let rate = if before.is_finite() {
                (size / before).min(1.0)
            } else {
                1.0
            };
            if size * rate / (1.0 - rate).max(1e-3) <= SOLVED
                || size <= SOLVED * 1e-3
                || is_rounding(&correction, &terms)
            {
                found.outcome = Ok(y);
                break;
            }
            before = size;
        }
        Ok(found)
    }
}

/// Newton's iteration with the Jacobian of the step's start for all stages, which share their coefficient.
pub(crate) struct Chord<'a> {
    newton: &'a Newton,
    /// (I − hγJ)⁻¹, [rows, size, size].
    inverse: Option<Tensor>,
}

impl Chord<'_> {
    /// Solves y = base + hγ f(y) for the stage's state.
    ///
    /// The iteration is not differentiated: where a gradient is wanted, one more correction with the Jacobian at the
    /// solution makes it that of the implicit function.
    #[allow(clippy::too_many_arguments, reason = "the parts of one equation")]
    pub(crate) fn stage(
        &mut self,
        flow: &dyn Flow,
        drive: &Drive,
        z: &Tensor,
        stage: usize,
        own: f64,
        base: &Tensor,
        guess: Tensor,
    ) -> Result<Result<Solved, Unsolved>, Cause> {
        let control = &drive.controls[stage];
        let mut evaluations = 0;
        let solved = {
            let _guard = tch::no_grad_guard();
            let inverse = match self.inverse.take() {
                Some(inverse) => inverse,
                None => {
                    evaluations += 1;
                    inverse(flow, &drive.controls[0], z, &drive.length, own)?
                }
            };
            let equation = Equation {
                flow,
                control,
                length: &drive.length,
                own,
                base,
            };
            let mut found = equation.solve(self.newton, &guess, Jacobian::Held(&inverse))?;
            self.inverse = Some(inverse);
            if found.is_unsolved() && self.newton.insists {
                evaluations += found.evaluations;
                found = equation.solve(self.newton, &guess, Jacobian::Own)?;
            }
            evaluations += found.evaluations;
            match found.outcome {
                Ok(y) => y,
                Err((correction, row)) => {
                    return Ok(Err(Unsolved {
                        row,
                        stage,
                        correction,
                        evaluations,
                    }));
                }
            }
        };
        let solved = Solved::from(flow, drive, stage, own, base, solved)?;
        Ok(Ok(Solved {
            evaluations: evaluations + solved.evaluations,
            ..solved
        }))
    }
}

/// The solution of a stage's equation as a function of what it depends on, and the evaluations that took.
///
/// Each correction with the Jacobian at the solution, taken for a constant, makes derivatives of one order more those of
/// the implicit function: two make second derivatives right. Values stay as they were found, as they are where nothing is
/// remembered.
fn differentiable(
    flow: &dyn Flow,
    drive: &Drive,
    stage: usize,
    own: f64,
    base: &Tensor,
    solved: Tensor,
) -> Result<(Tensor, usize), Cause> {
    // What the equation depends on was in the first stage's slope already, and that is in the base of all others.
    if !is_grad_enabled() || !base.requires_grad() {
        return Ok((solved, 0));
    }
    let control = &drive.controls[stage];
    let mut state = solved.shallow_clone();
    let mut inverted = None;
    for _ in 0..2 {
        let slope = flow.slope(control, &state)?;
        let inverse = match inverted.take() {
            Some(inverse) => inverse,
            None => tch::no_grad(|| inverse(flow, control, &solved, &drive.length, own))?,
        };
        let correction = apply(
            &inverse,
            &(&state - base - drive.length.times(&slope) * own),
        );
        state = &state + (correction.detach() - correction);
        inverted = Some(inverse);
    }
    Ok((state, 3))
}

/// Whether a correction is no larger than the rounding of the terms that it was made of.
fn is_rounding(correction: &Tensor, terms: &Tensor) -> bool {
    let rounding = terms * (ROUNDING * epsilon(terms.kind()));
    correction.abs().le_tensor(&rounding).all().is_nonzero()
}

fn apply(inverse: &Tensor, x: &Tensor) -> Tensor {
    let flat = x.reshape([x.size()[0], -1, 1]);
    inverse.matmul(&flat).view(x.size().as_slice())
}

/// (I − hγJ)⁻¹ of each row.
fn inverse(
    flow: &dyn Flow,
    control: &Tensor,
    z: &Tensor,
    length: &Length,
    own: f64,
) -> Result<Tensor, Cause> {
    let jacobian = jacobian(flow, control, z)?;
    let size = jacobian.size()[1];
    let scaled = match length {
        Length::Shared(length) => jacobian * (*length * own),
        Length::Each(length) => jacobian * (length.reshape([-1, 1, 1]) * own),
    };
    let identity = Tensor::f_eye(size, (z.kind(), z.device()))?;
    let (inverse, _) = Tensor::f_linalg_inv_ex(&(identity - scaled), false)?;
    Ok(inverse)
}

/// ∂f/∂z of each row, [rows, size, size]: one evaluation of a batch in which each row stands once for every component.
fn jacobian(flow: &dyn Flow, control: &Tensor, z: &Tensor) -> Result<Tensor, Cause> {
    let rows = z.size()[0];
    let size = z.numel() as i64 / rows.max(1);
    let repeated = |x: &Tensor| {
        let mut times = vec![1_i64; x.dim()];
        times[0] = size;
        x.detach().repeat(times.as_slice())
    };
    let control = if control.dim() == 0 {
        control.detach()
    } else {
        repeated(control)
    };
    let z = repeated(z).set_requires_grad(true);
    let slope = with_grad(|| flow.slope(&control, &z))?;
    let options = (z.kind(), z.device());
    if !slope.requires_grad() {
        return Ok(Tensor::f_zeros([rows, size, size], options)?);
    }
    let unit = Tensor::f_eye(size, options)?.f_repeat_interleave_self_int(rows, 0, None)?;
    let products = vjp(
        &[slope],
        &[&z],
        &[unit.f_view(z.size().as_slice())?],
        Graph::Free,
    )?;
    match &products[0] {
        Some(product) => Ok(product.f_view([size, rows, size])?.f_transpose(0, 1)?),
        None => Ok(Tensor::f_zeros([rows, size, size], options)?),
    }
}
