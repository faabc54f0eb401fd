//! Tables of named columns: features, predictions, scores, as Parquet or as CSV.
//!
//! A [`Table`] has a name and a description, and each [`Column`] a name, a unit, a description and [`Values`] of one kind, any
//! of which may be missing. A missing number is not NaN: both are kept, and told apart.
//!
//! | Values | In Parquet | In CSV |
//! |---|---|---|
//! | `F64`, `F32` | `DOUBLE`, `FLOAT` | the shortest decimal that reads back; `NaN`, `inf`, `-inf` |
//! | `I64` | `INT64` | decimal |
//! | `Bool` | `BOOLEAN` | `true`, `false` |
//! | `Text` | `BYTE_ARRAY` as UTF-8 | in quotes |
//! | missing | null; every column is optional | nothing between the delimiters |
//!
//! Names, units and descriptions are JSON under the key `pathema.table` of a Parquet file's metadata, and in a file
//! `features.csv.json` beside a `features.csv`. Other readers pass them over, and see a plain table.
//!
//! Parquet needs the crate's feature `parquet`, which is on by default: without Arrow it is some 20 small crates, half a minute
//! on one core, and what it spares is conversions in every notebook that opens a result. Pages are packed with Snappy, whose
//! crate is the smallest. Turn the feature off where the build must be light and CSV is enough.

mod column;
mod text;

#[cfg(feature = "parquet")]
mod parquet;

pub use column::{Column, Table, Values};
