use pathema_kernel::first_step;
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
        .map(|(&d0, &d1)| first_step::probe(d0, d1))
        .collect();
    let lanes = active.lanes.iter().map(|&lane| &lanes[lane]);
    let ends: Vec<(f64, f64)> = lanes
        .zip(&euler)
        .map(|(lane, step)| (lane.at.time, lane.at.time + step))
        .collect();
    let span = active.span(&ends, direction);
    let drive = cut_and_drive(flow, &span, &[1.0], false)?;
    let batch = z.size()[0] as usize;
    let moves: Vec<f64> = euler.iter().map(|step| step * direction).collect();
    let moves = column(&active.spread(&moves, batch), z);
    let probe = flow.slope(&drive.controls[0], &(z + slope * moves))?;
    let d2 = how.norm.of(&((probe - slope) / scale), groups)?;
    Ok((0..groups)
        .map(|lane| first_step::choose(euler[lane], d1[lane], d2[lane], order))
        .collect())
}
