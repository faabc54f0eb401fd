//! Cells of an experiment, one after the other.

mod data;
mod networks;
mod protocol;

pub use data::Data;
pub use networks::{FoldOutcome, Judged, network};
pub use protocol::Held;
