//! What a recogniser is measured against: models that look at no signal.
//!
//! [`Majority`] knows how often each state occurs, [`Clock`] knows the time. Both are fitted on the training subjects
//! of a fold, as a recogniser is.

mod clock;
mod majority;

pub use clock::Clock;
pub use majority::Majority;
