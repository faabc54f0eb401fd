use crate::Tableau;
use crate::tableau::Dense;

/// The explicit midpoint method: order 2, two evaluations a step, with Euler's method embedded.
pub const MIDPOINT: Tableau = Tableau {
    name: "midpoint",
    order: 2,
    a: &[&[1.0 / 2.0]],
    diagonal: &[],
    predictor: &[],
    b: &[0.0, 1.0],
    c: &[0.0, 1.0 / 2.0],
    error: &[1.0, -1.0],
    dense: Dense::Hermite,
};
