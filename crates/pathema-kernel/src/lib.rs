//! Whole solves of neural controlled differential equations, attention, and their gradients in one call, on plain slices.
//!
//! Small models pay for dispatch, not arithmetic: here a group of samples goes through all steps without leaving native
//! code, and back. The field's matrix is never written out for a batch.

mod adaptive;
mod areas;
mod attention;
pub mod checkpoints;
mod compiled;
mod drive;
mod engine;
mod error;
mod evaluate;
mod field;
mod fixed;
mod method;
mod parameters;
mod product;
mod reversible;
mod simd;
mod solve;
mod spare;
mod task;

pub use adaptive::{
    Controller, Course, Errors, Judged, Lane, Norm, Steps, Tolerance, Way, first_step,
};
pub use attention::{Attended, Attention, AttentionGradients};
pub use drive::{Drive, Saves};
pub use error::KernelError;
pub use field::{Activation, Layer, Mlp};
pub use method::Method;
pub use simd::{InstructionSet, Loops, Real};
pub use solve::{Engine, Gradient, Gradients, Solved};
