use crate::Tableau;

/// Euler's method: order 1, one evaluation a step.
pub const EULER: Tableau = Tableau {
    name: "euler",
    order: 1,
    a: &[],
    b: &[1.0],
    c: &[0.0],
    error: &[],
    middle: &[],
};
