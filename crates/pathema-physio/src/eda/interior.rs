//! A primal–dual interior-point method (Mehrotra 1992; Nocedal & Wright, *Numerical Optimization*, ch. 16.6).

use crate::eda::model::Model;
use crate::eda::newton::State;
use crate::eda::point::Point;

/// Iterations without progress after which the method ends: far from the optimum, and near it, where rounding is all that
/// is left.
const PATIENCE: [usize; 2] = [20, 2];
/// What is near.
const NEAR: f64 = 1e-9;

/// Where the method ended.
#[derive(Debug)]
pub(crate) struct Optimum {
    pub(crate) point: Point,
    /// λ of each sample; 0 where a row is left out.
    pub(crate) dual: Vec<f64>,
    pub(crate) iterations: usize,
}

/// Minimises over `y` (missing samples are ignored), given in multiples of `unit`, until nothing above `tolerance` is
/// lacking, or no more can be had.
pub(crate) fn minimise(
    model: &Model,
    y: &[f64],
    unit: f64,
    tolerance: f64,
    most: usize,
) -> Optimum {
    let mut state = State::new(model, y, unit);
    state.start();
    let mut best: Option<(f64, Point, Vec<f64>)> = None;
    let mut since = 0;
    let mut iterations = 0;
    loop {
        let lack = state.measure();
        if best.as_ref().is_none_or(|(worst, ..)| lack.worst < *worst) {
            best = Some((lack.worst, state.point.clone(), state.dual.clone()));
            since = 0;
        } else {
            since += 1;
        }
        let near = best.as_ref().is_some_and(|(worst, ..)| *worst < NEAR);
        let patience = PATIENCE[usize::from(near)];
        if lack.worst <= tolerance || iterations >= most || since >= patience {
            break;
        }
        iterations += 1;
        if !state.step(lack) {
            break;
        }
    }
    let (point, dual) = match best {
        Some((_, point, dual)) => (point, dual),
        None => (state.point, state.dual),
    };
    Optimum {
        point,
        dual,
        iterations,
    }
}
