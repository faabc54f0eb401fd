//! Cells of an experiment, one after the other.

mod classical;
mod data;
mod job;
mod networks;
mod protocol;
mod road;
mod select;
mod study;

pub use classical::{classifier, without};
pub use data::Data;
pub use job::{Fitted, Found, Job, Part, Setting};
pub use networks::{FoldOutcome, Judged, network};
pub use protocol::Held;
pub use select::{Chosen, choice_for, choose, fits};
pub use study::{Observer, Workshop};
