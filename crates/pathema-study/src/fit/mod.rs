//! Networks fitted in a fold, and what they say.

mod batches;
mod predict;
mod reference;
mod train;

pub use predict::{Judge, Output};
pub use reference::reference;
pub use train::{FitError, Fitted, Member, fit};
