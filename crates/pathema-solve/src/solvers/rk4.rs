use crate::Tableau;
use crate::tableau::Dense;

/// The classic Runge–Kutta method: order 4, four evaluations a step.
pub const RK4: Tableau = Tableau {
    name: "rk4",
    order: 4,
    a: &[&[0.5], &[0.0, 0.5], &[0.0, 0.0, 1.0]],
    diagonal: &[],
    predictor: &[],
    b: &[1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0],
    c: &[0.0, 0.5, 0.5, 1.0],
    error: &[],
    dense: Dense::Hermite,
};
