use tch::Tensor;

use super::lanes::{Active, Lane};
use crate::Adaptive;
use crate::error::Cause;
use crate::flow::{Flow, column, cut_and_drive};

/// Hairer, Nørsett & Wanner II.4: a step in which an Euler step changes little, for each lane.
#[allow(clippy::too_many_arguments, reason = "the parts of one formula")]
pub(crate) fn first_steps(
    flow: &dyn Flow,
    lanes: &[Lane],
    active: &Active,
    direction: f64,
    z: &Tensor,
    slope: &Tensor,
    order: u32,
    how: &Adaptive,
) -> Result<Vec<f64>, Cause> {
    let _guard = tch::no_grad_guard();
    let groups = active.lanes.len();
    let scale = z.abs() * how.rtol + how.atol;
    let d0 = how.norm.of(&(z / &scale), groups)?;
    let d1 = how.norm.of(&(slope / &scale), groups)?;
    let euler: Vec<f64> = d0
        .iter()
        .zip(&d1)
        .map(|(&d0, &d1)| {
            if d0 < 1e-5 || d1 < 1e-5 || !d0.is_finite() || !d1.is_finite() {
                1e-6
            } else {
                0.01 * d0 / d1
            }
        })
        .collect();
    let lanes = active.lanes.iter().map(|&lane| &lanes[lane]);
    let ends: Vec<(f64, f64)> = lanes
        .zip(&euler)
        .map(|(lane, step)| (lane.time, lane.time + step))
        .collect();
    let span = active.span(&ends, direction);
    let drive = cut_and_drive(flow, &span, &[1.0], false)?;
    let batch = z.size()[0] as usize;
    let moves: Vec<f64> = euler.iter().map(|step| step * direction).collect();
    let moves = column(&active.spread(&moves, batch), z);
    let probe = flow.slope(&drive.controls[0], &(z + slope * moves))?;
    let d2 = how.norm.of(&((probe - slope) / scale), groups)?;
    Ok((0..groups)
        .map(|lane| {
            let (h0, d1, d2) = (euler[lane], d1[lane], d2[lane] / euler[lane]);
            let h1 = if d1 <= 1e-15 && d2 <= 1e-15 {
                (h0 * 1e-3).max(1e-6)
            } else {
                (0.01 / d1.max(d2)).powf(1.0 / f64::from(order))
            };
            (100.0 * h0).min(h1)
        })
        .map(|step| {
            if step.is_finite() && step > 0.0 {
                step
            } else {
                1e-6
            }
        })
        .collect())
}
