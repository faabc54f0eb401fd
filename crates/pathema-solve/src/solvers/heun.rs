use crate::Tableau;
use crate::tableau::Dense;

/// Heun's method (the explicit trapezoidal rule): order 2, two evaluations a step, with Euler's method embedded.
pub const HEUN: Tableau = Tableau {
    name: "heun",
    order: 2,
    a: &[&[1.0]],
    diagonal: &[],
    predictor: &[],
    b: &[1.0 / 2.0, 1.0 / 2.0],
    c: &[0.0, 1.0],
    error: &[1.0 / 2.0, -1.0 / 2.0],
    dense: Dense::Hermite,
};
