//! What the solvers must hold.

mod adjoints;
mod gradients;
mod order;
mod reference;
mod refusals;
mod samples;
