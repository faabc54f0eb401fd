//! What a custom autograd function must hold.

use tch::Tensor;

mod cuda;
mod example;
mod failures;
mod gradients;
mod lifetime;
mod products;
mod reentrance;
mod refusals;
mod twice;

/// A tensor of doubles that requires a gradient.
fn leaf(values: &[f64]) -> Tensor {
    Tensor::from_slice(values).set_requires_grad(true)
}
