//! Solvers for neural ordinary and controlled differential equations on tensors.
//!
//! [`cdeint`] follows dz = f(z) dX along a batch of control paths, each with knots of its own, and
//! [`odeint`] follows dz/dt = f(t, z). How is said by a [`Solve`]: one of the [`solvers`], [`Steps`] and a
//! [`Gradient`]. What is saved is said by a [`SaveAt`], what ends a solve early by an [`Event`].

mod dense;
mod error;
mod event;
pub mod field;
mod flow;
mod fused;
mod gradient;
mod march;
mod path;
mod save;
mod solution;
mod solve;
pub mod solvers;
mod stats;
mod steps;
pub mod tableau;

pub use dense::Trajectory;
pub use error::{Cause, SolveError};
pub use event::{Crossing, Event};
pub use field::{OdeField, VectorField};
pub use gradient::Gradient;
pub use path::BatchPath;
pub use save::SaveAt;
pub use solution::{EventTimes, Solution, Status};
pub use solve::{Engine, Solve, cdeint, cdeint_until, odeint, odeint_until};
pub use stats::SolveStats;
pub use steps::{Adaptive, Controller, Norm, Sharing, Steps};
pub use tableau::Tableau;

/// The README's example, run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
