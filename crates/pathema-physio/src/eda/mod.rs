//! Sweat: the tonic level and the phasic responses of an electrodermal signal.
//!
//! [`CvxEda::decompose`] takes a skin conductance apart by convex optimisation, into a slow tonic level and phasic responses
//! with the driver behind them; [`smoothness`] does it by a plain smoothness prior. [`responses`] finds the single skin
//! conductance responses in the phasic part of either. Missing samples are NaN, and stay so.
//!
//! Every optimum comes with its certificate, [`Kkt`]: what the point lacks to be optimal, computed from the problem's
//! definition. It needs no reference to compare with.

mod certificate;
mod decimate;
mod decompose;
mod direction;
mod error;
mod front;
mod interior;
mod model;
mod newton;
mod point;
mod responses;
mod settings;
mod smoothness;
mod solution;

pub use certificate::Kkt;
pub use decompose::{Decomposition, Scale, Stretch};
pub use error::EdaError;
pub use responses::{Scr, ScrSettings, responses};
pub use settings::{CvxEda, Dialect, Scaling};
pub use smoothness::{Detrended, smoothness};
pub use solution::Solution;
