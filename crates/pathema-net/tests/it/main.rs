//! Gradients against differences, layers against peers, and laws of operations.

mod check;
mod differential;
mod golden;
mod laws;
mod layers;
mod operations;
mod training;
