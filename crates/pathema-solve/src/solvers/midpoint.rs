use crate::Tableau;

/// The explicit midpoint method: order 2, two evaluations a step.
pub const MIDPOINT: Tableau = Tableau {
    name: "midpoint",
    order: 2,
    a: &[&[0.5]],
    b: &[0.0, 1.0],
    c: &[0.0, 0.5],
    error: &[],
    middle: &[],
};
