//! The solvers beside diffrax, torchdiffeq, torchcde and SciPy, number by number: what `tests/it/golden/make.py` wrote down.
//!
//! Where an algorithm is the same, values agree to rounding and counts of steps and evaluations are equal; where it is not,
//! the test says what differs and compares with the truth.

#[path = "../it/problems.rs"]
mod problems;

mod detest;
mod diffrax;
mod events;
mod references;
mod sharing;
mod tally;
mod torchcde;
mod torchdiffeq;
