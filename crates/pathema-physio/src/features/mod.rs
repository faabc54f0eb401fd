//! Features of windows, by name.

mod table;

pub use table::{FeatureTable, TableError};
