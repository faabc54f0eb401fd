//! Sweat: the tonic level and the phasic responses of an electrodermal signal.

mod certificate;
mod error;
mod front;
mod interior;
mod model;
mod settings;
mod solution;

pub use certificate::Kkt;
pub use error::EdaError;
pub use settings::{CvxEda, Dialect, Scaling};
pub use solution::Solution;
