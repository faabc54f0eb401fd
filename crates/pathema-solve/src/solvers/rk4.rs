use crate::Tableau;

/// The classic Runge–Kutta method: order 4, four evaluations a step.
pub const RK4: Tableau = Tableau {
    name: "rk4",
    order: 4,
    a: &[&[0.5], &[0.0, 0.5], &[0.0, 0.0, 1.0]],
    b: &[1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0],
    c: &[0.0, 0.5, 0.5, 1.0],
    error: &[],
    middle: &[],
};
