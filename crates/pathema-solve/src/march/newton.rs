//! The equations of implicit stages (Hairer & Wanner II, IV.8).

use pathema_autograd::{Graph, is_grad_enabled, vjp, with_grad};
use tch::{Kind, Tensor};

use crate::error::Cause;
use crate::flow::{Drive, Flow, Length};
use crate::solution::Status;

/// How exactly the equations are solved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Newton {
    pub(crate) rtol: f64,
    pub(crate) atol: f64,
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

/// Corrections are made until one is as small as this, relative to the tolerance: what is left of the equation's error
/// must not be seen in the estimate of the step's.
const SOLVED: f64 = 1e-3;
const MOST: usize = 12;

impl Newton {
    /// For steps whose error nobody estimates.
    pub(crate) const TIGHT: Newton = Newton {
        rtol: 1e-9,
        atol: 1e-11,
    };

    pub(crate) fn for_step(&self) -> Chord<'_> {
        Chord {
            newton: self,
            inverse: None,
        }
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
        let times_own = |slope: &Tensor| drive.length.times(slope) * own;
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
            let mut y = guess.detach();
            let mut before = f64::INFINITY;
            let mut outcome = None;
            for _ in 0..MOST {
                evaluations += 1;
                let residual = &y - base - times_own(&flow.slope(control, &y)?);
                let correction = apply(&inverse, &residual);
                y -= &correction;
                let (size, row) = self.largest(&correction, &y)?;
                if !size.is_finite() || size > 2.0 * before {
                    outcome = Some(Err((size, row)));
                    break;
                }
                // What is left is as much smaller as this correction was than the one before.
                let rate = if before.is_finite() {
                    (size / before).min(1.0)
                } else {
                    1.0
                };
                if size * rate / (1.0 - rate).max(1e-3) <= SOLVED || size <= SOLVED * 1e-3 {
                    outcome = Some(Ok(()));
                    break;
                }
                before = size;
                outcome = Some(Err((size, row)));
            }
            self.inverse = Some(inverse);
            match outcome {
                Some(Ok(())) => y,
                Some(Err((correction, row))) => {
                    return Ok(Err(Unsolved {
                        row,
                        stage,
                        correction,
                        evaluations,
                    }));
                }
                None => y,
            }
        };
        let state = self.differentiable(flow, drive, stage, own, base, solved)?;
        let slope = drive.length.divide(&((&state - base) / own));
        Ok(Ok(Solved {
            state,
            slope,
            evaluations,
        }))
    }

    fn differentiable(
        &self,
        flow: &dyn Flow,
        drive: &Drive,
        stage: usize,
        own: f64,
        base: &Tensor,
        solved: Tensor,
    ) -> Result<Tensor, Cause> {
        if !is_grad_enabled() {
            return Ok(solved);
        }
        let control = &drive.controls[stage];
        let slope = flow.slope(control, &solved)?;
        if !slope.requires_grad() && !base.requires_grad() {
            return Ok(solved);
        }
        let residual = &solved - base - drive.length.times(&slope) * own;
        let inverse = tch::no_grad(|| inverse(flow, control, &solved, &drive.length, own))?;
        // Its value stays as it was found, as it is where nothing is remembered.
        let correction = apply(&inverse, &residual);
        Ok(&solved + (correction.detach() - correction))
    }

    /// The largest root mean square of a row relative to the tolerance, and whose it is.
    fn largest(&self, correction: &Tensor, y: &Tensor) -> Result<(f64, usize), Cause> {
        let scale = y.abs() * self.newton.rtol + self.newton.atol;
        let rows = y.size()[0];
        let sizes = (correction / scale).f_view([rows, -1])?.square();
        let sizes = sizes
            .f_mean_dim([1_i64].as_slice(), false, Kind::Double)?
            .sqrt();
        let sizes: Vec<f64> = Vec::try_from(sizes)?;
        let worst = sizes
            .into_iter()
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(&b.1));
        Ok(worst.map_or((0.0, 0), |(row, size)| (size, row)))
    }
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
