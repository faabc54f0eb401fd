//! The recogniser: a neural CDE per modality, fused by cross-modal attention, and a head.

mod encoder;
mod lift;
mod recogniser;
mod standardise;
mod weights;

pub use encoder::Encoder;
pub use lift::{Lift, path_channels};
pub(crate) use recogniser::probabilities;
pub use recogniser::{Logits, ModelError, Recogniser, Regularisation};
pub use standardise::Standardiser;
pub use weights::{Weights, WeightsError, read as read_weights, write as write_weights};
