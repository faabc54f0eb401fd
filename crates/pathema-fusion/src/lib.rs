//! Cross-modal attention over latent trajectories.
//!
//! Each modality's trajectory is sampled at common instants, mapped to a shared dimension, and asks the
//! trajectories of the other modalities what they hold ([`CrossModalFusion`]).

mod attend;
mod attention;
mod error;

pub use attention::{CrossModalFusion, FusionConfig};
pub use error::FusionError;
