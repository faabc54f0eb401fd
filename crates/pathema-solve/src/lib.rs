//! Solvers for neural ordinary and controlled differential equations on tensors.
//!
//! [`cdeint`] follows dz = f(z) dX along a batch of control paths, each with knots of its own, and
//! [`odeint`] follows dz/dt = f(t, z). Steps are taken by an explicit Runge–Kutta method given as a
//! [`Tableau`]: with fixed steps from knot to knot, or with steps that an error estimate controls.
//! Gradients flow straight through libtorch's autograd.

pub mod adaptive;
mod cdeint;
mod dense;
mod error;
pub mod field;
mod fixed;
mod grid;
mod odeint;
mod path;
pub mod solvers;
mod stats;
mod tableau;

pub use adaptive::Tolerance;
pub use cdeint::{Method, Solution, Steps, cdeint};
pub use error::SolveError;
pub use field::VectorField;
pub use odeint::{OdeMethod, odeint};
pub use path::BatchPath;
pub use stats::SolveStats;
pub use tableau::Tableau;
