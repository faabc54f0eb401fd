use crate::Tableau;
use crate::tableau::Dense;

/// Euler's method: order 1, one evaluation a step.
pub const EULER: Tableau = Tableau {
    name: "euler",
    order: 1,
    a: &[],
    diagonal: &[],
    predictor: &[],
    b: &[1.0],
    c: &[0.0],
    error: &[],
    dense: Dense::Hermite,
};
