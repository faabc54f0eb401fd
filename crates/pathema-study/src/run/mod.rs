//! Cells of an experiment, one after the other.

mod asks;
mod cells;
mod classical;
mod data;
mod effort;
mod found;
mod gather;
mod job;
mod networks;
mod protocol;
mod road;
pub(crate) mod seen;
mod select;
mod study;

pub use cells::cells;
pub use classical::{classifier, without};
pub use data::Data;
pub use effort::Reckoned;
pub use gather::{Gathered, text};
pub use job::{Fitted, Found, Job, METHOD, Part, Setting};
pub use networks::{FoldOutcome, Judged, network};
pub use protocol::Held;
pub use select::{Chosen, choice_for, choose, fits};
pub use study::{Observer, Workshop};
