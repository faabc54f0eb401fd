//! Features of windows, by name.
//!
//! A [`FeatureSet`] names what is computed of each modality; its page, `docs/features.md`, tells name, unit, formula and
//! source of each feature. [`FeatureSet::extract`] computes them for all windows of a recording, and an [`Extraction`] for one
//! window at a time, where each value is a number or the reason why it is undefined. The signals are slices: whatever reads
//! them can be used.

mod acc;
mod eda;
mod emg;
mod extract;
mod heart;
mod resp;
mod schmidt2018;
mod set;
mod signals;
mod table;
mod temp;

pub use extract::{Extraction, Row};
pub use set::{Feature, FeatureSet, Modality, SETS, UnknownSet, page};
pub use signals::{FeatureError, Signal, Signals, Windows};
pub use table::{FeatureTable, TableError};
