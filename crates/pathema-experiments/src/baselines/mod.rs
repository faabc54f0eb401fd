//! What a recogniser is measured against.
//!
//! [`Majority`] knows how often each state occurs, [`Clock`] knows the time; they look at no signal. The classifiers of the WESAD
//! baseline learn from features of windows: [`Learnt`] fits them in one fold, [`study`] in every fold of a cohort. All are fitted on the
//! training subjects of a fold, as a recogniser is.

mod clock;
mod learnt;
mod majority;
mod silent;
mod study;

pub use clock::Clock;
pub use learnt::{Classical, Learnt, SeenFeatures};
pub use majority::Majority;
pub use silent::without_signals;
pub use study::{Progress, study};
