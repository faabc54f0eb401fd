//! What the solvers must hold.

mod adjoints;
mod edges;
mod examples;
mod gradients;
mod order;
mod parity;
mod problems;
mod reference;
mod refusals;
mod samples;
mod work;
