use crate::Tableau;
use crate::tableau::Dense;

/// Ralston 1962 (*Runge–Kutta methods with minimum error bounds*): order 2, two evaluations a step, the smallest
/// error of its kind, with Euler's method embedded.
pub const RALSTON: Tableau = Tableau {
    name: "ralston",
    order: 2,
    a: &[&[2.0 / 3.0]],
    diagonal: &[],
    predictor: &[],
    b: &[1.0 / 4.0, 3.0 / 4.0],
    c: &[0.0, 2.0 / 3.0],
    error: &[3.0 / 4.0, -3.0 / 4.0],
    dense: Dense::Hermite,
};
