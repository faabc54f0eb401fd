//! Fitting the recogniser, fold by fold.

mod adamw;
mod checkpoint;
mod error;
mod fit;
mod loss;
mod schedule;
mod study;

pub use adamw::{AdamW, AdamWConfig};
pub use error::TrainError;
pub use fit::{Fitted, Place, fit};
pub use schedule::one_cycle;
pub use study::{Observer, Silent, Workers, study};
