//! What the solvers must hold.

mod adjoints;
mod edges;
mod examples;
mod fused;
mod gradients;
mod order;
#[allow(dead_code, reason = "the other suite reads all of it")]
mod problems;
mod reference;
mod refusals;
mod samples;
mod work;
