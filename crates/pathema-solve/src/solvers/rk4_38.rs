use crate::Tableau;
use crate::tableau::Dense;

/// Kutta's 3/8 rule: order 4, four evaluations a step; what torchdiffeq calls `rk4`.
pub const RK4_38: Tableau = Tableau {
    name: "rk4_38",
    order: 4,
    a: &[&[1.0 / 3.0], &[-1.0 / 3.0, 1.0], &[1.0, -1.0, 1.0]],
    diagonal: &[],
    predictor: &[],
    b: &[1.0 / 8.0, 3.0 / 8.0, 3.0 / 8.0, 1.0 / 8.0],
    c: &[0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0],
    error: &[],
    dense: Dense::Hermite,
};
