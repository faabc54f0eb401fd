//! Networks fitted in a fold, and what they say.

mod batches;
mod ends;
mod predict;
mod probe;
mod reference;
mod train;

pub(crate) use predict::place;
pub use predict::{Judge, Output};
pub use probe::{Noted, Notes, Probe, States};
pub use reference::reference;
pub(crate) use reference::{causal_past, levels};
pub use train::{FitError, Fitted, Member, fit};
