//! What the solvers must hold.

mod gradients;
mod order;
mod reference;
mod refusals;
mod samples;
