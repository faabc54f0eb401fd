use pathema_experiments::config::Interpolation;
use serde::{Deserialize, Serialize};

use super::is_zero;

/// The control path of a neural CDE, and how its equation is solved.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PathSpec {
    /// The spline through each channel's own observations.
    pub interpolation: Interpolation,
    /// What drives a step.
    pub drive: Drive,
    /// Seconds of a step.
    pub step: f64,
    /// The Runge–Kutta method of a step.
    pub method: StepMethod,
    /// Whether the count of observations is a channel.
    pub intensity: bool,
    /// Whether the integrals of the data are channels.
    pub integrals: bool,
    /// Error that a step of the solver may make, relative to the state and where it is near zero alike: each increment is then taken in
    /// as many steps as that asks for. 0 for one step an increment.
    #[serde(skip_serializing_if = "is_zero")]
    pub tolerance: f64,
    /// How gradients are found.
    pub adjoint: Adjoint,
    /// Seconds of a grid that observations are resampled to before the path goes through them, gaps of more than 5 s left out; 0 for
    /// observations at their own times.
    #[serde(skip_serializing_if = "is_zero")]
    pub grid: f64,
}

/// What drives a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drive {
    /// The path's increment over the step: the log-ODE method of depth 1 (Morrill et al. 2021).
    Increments,
    /// Increment and areas: the log-ODE method of depth 2, of time, count and data; integrals, which tell levels, are left out of it, since
    /// every channel more makes a word with each other.
    Areas,
    /// The path's derivative at the method's nodes.
    Slopes,
}

/// The Runge–Kutta method of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepMethod {
    /// Order 1.
    Euler,
    /// Order 2.
    Midpoint,
    /// Order 4.
    Rk4,
}

/// How gradients of a solve are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Adjoint {
    /// From a record of every evaluation.
    Direct,
    /// From states at a few points.
    Checkpointed,
    /// From the end of two coupled solutions, undone.
    Reversible,
}

impl Default for PathSpec {
    fn default() -> Self {
        PathSpec {
            interpolation: Interpolation::Linear,
            drive: Drive::Increments,
            step: 2.0,
            method: StepMethod::Midpoint,
            intensity: true,
            integrals: true,
            tolerance: 0.0,
            adjoint: Adjoint::Direct,
            grid: 0.0,
        }
    }
}
