use crate::Tableau;
use crate::tableau::Dense;

/// Kværnø 2004, *Singly diagonally implicit Runge–Kutta methods with an explicit first stage*: order 3(2), four
/// stages, L-stable: for stiff fields at loose tolerances.
pub const KVAERNO3: Tableau = Tableau {
    name: "kvaerno3",
    order: 3,
    a: &[
        &[0.4358665215],
        &[0.4905633884191081, 0.07357009008089188],
        &[0.30880996997303606, 1.4905633882541078, -1.235239879727144],
    ],
    diagonal: &[0.0, 0.4358665215, 0.4358665215, 0.4358665215],
    predictor: &[
        &[1.0],
        &[-0.14714018016178376, 1.1471401801617838],
        &[0.4905633884191081, 0.07357009008089188, 0.4358665215],
    ],
    b: &[
        0.30880996997303606,
        1.4905633882541078,
        -1.235239879727144,
        0.4358665215,
    ],
    c: &[0.0, 0.871733043, 1.0, 1.0],
    error: &[
        -0.18175341844607207,
        1.416993298173216,
        -1.671106401227144,
        0.4358665215,
    ],
    dense: Dense::Hermite,
};
