//! How long steps are.

mod controller;
mod norm;

pub use norm::Norm;
pub use pathema_kernel::Controller;

use pathema_path::Depth;

use crate::error::Cause;

/// Where steps end.
#[derive(Clone, Copy, Debug)]
pub enum Steps {
    /// At each sample's own knots and at the save times, one step between two: as many evaluations for every batch,
    /// nothing of the path is stepped over, and the fastest to train. For controlled equations only.
    Knots,
    /// This far apart, and at the save times. A control path enters by its increment over each step (the log-ODE
    /// method of depth 1, Morrill et al. 2021, *Neural rough differential equations*), so nothing of it is lost
    /// on the way either.
    Every(f64),
    /// This far apart, and at the save times, by the log-ODE method: over each step the path enters by its log-signature
    /// up to a depth, and the Runge–Kutta method takes one step along dz/ds = F(z), F made of the field's brackets (Morrill
    /// et al. 2021; Walker et al. 2024, *Log neural controlled differential equations*). Depth 1 is
    /// [`Every`](Self::Every). For long paths, of which a step sees more than the increment. Gradients to the times of
    /// a path reach through the log-signatures only: ends of steps do not move with the knots.
    LogOde {
        /// The length of a step.
        length: f64,
        /// Of the log-signatures.
        depth: Depth,
    },
    /// Where the error allows, and at the knots.
    Adaptive(Adaptive),
}

/// Steps whose length an error estimate controls.
///
/// ```
/// use pathema_solve::{Adaptive, Controller, Sharing};
///
/// let steps = Adaptive {
///     controller: Controller::PI,
///     sharing: Sharing::Sample,
///     ..Adaptive::new(1e-6, 1e-8)
/// };
/// assert_eq!(steps.max_steps, 100_000);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Adaptive {
    /// Error allowed relative to the state.
    pub rtol: f64,
    /// Error allowed where the state is near zero.
    pub atol: f64,
    /// From errors to steps.
    pub controller: Controller,
    /// From errors to one error.
    pub norm: Norm,
    /// Who shares a step.
    pub sharing: Sharing,
    /// Whether steps end at the knots of a control path. Without, they pass those at which its slope does not jump (all
    /// of smooth schemes, none of linear ones): fewer steps where the error allows long ones; gradients do not reach
    /// the path then.
    pub at_knots: bool,
    /// The first step; chosen by itself where there is none (Hairer, Nørsett & Wanner II.4).
    pub first_step: Option<f64>,
    /// Steps tried before the solve is given up; of each sample, where they have steps of their own.
    pub max_steps: usize,
    /// Lets the last step pass the last time and interpolates back, as torchdiffeq does; otherwise, and where every
    /// step is saved or an event looked for, no time after the last is ever asked for.
    pub overshoot: bool,
}

/// Who shares a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// The whole batch. Steps end at every knot of every sample, so it is for samples that share their knots.
    Batch,
    /// Nobody: each sample has steps of its own and ends at its own knots; all are evaluated together, and those
    /// that are done are left out. One that fails does not stop the others.
    Sample,
}

impl Adaptive {
    /// Relative and absolute error allowed; an I controller, the RMS norm, one step for the batch, at most 100,000
    /// steps.
    pub fn new(rtol: f64, atol: f64) -> Adaptive {
        Adaptive {
            rtol,
            atol,
            controller: Controller::I,
            norm: Norm::Rms,
            sharing: Sharing::Batch,
            at_knots: true,
            first_step: None,
            max_steps: 100_000,
            overshoot: false,
        }
    }

    pub(crate) fn check(&self) -> Result<(), Cause> {
        let settings = [
            ("relative tolerance", self.rtol),
            ("absolute tolerance", self.atol),
            ("first step", self.first_step.unwrap_or(1.0)),
        ];
        for (name, value) in settings {
            if !(value.is_finite() && value > 0.0) {
                return Err(Cause::Setting {
                    name,
                    value,
                    expected: "finite and above 0",
                });
            }
        }
        controller::check(&self.controller)
    }
}
