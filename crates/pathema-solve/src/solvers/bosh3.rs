use crate::Tableau;
use crate::tableau::Dense;

/// Bogacki & Shampine 1989, *A 3(2) pair of Runge–Kutta formulas*: order 3, three evaluations a step, the last of
/// which serves the next step.
pub const BOSH3: Tableau = Tableau {
    name: "bosh3",
    order: 3,
    a: &[
        &[1.0 / 2.0],
        &[0.0, 3.0 / 4.0],
        &[2.0 / 9.0, 1.0 / 3.0, 4.0 / 9.0],
    ],
    diagonal: &[],
    predictor: &[],
    b: &[2.0 / 9.0, 1.0 / 3.0, 4.0 / 9.0, 0.0],
    c: &[0.0, 1.0 / 2.0, 3.0 / 4.0, 1.0],
    error: &[-5.0 / 72.0, 1.0 / 12.0, 1.0 / 9.0, -1.0 / 8.0],
    dense: Dense::Hermite,
};
