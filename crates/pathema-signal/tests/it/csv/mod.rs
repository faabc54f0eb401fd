//! CSV with a schema: what is written is read back, in whatever layout, and what is off is refused with its line.
#![allow(
    clippy::result_large_err,
    reason = "an error's texts weigh nothing where each ends a test"
)]

mod bad;
mod clock;
mod laws;
mod layouts;

use std::io::Cursor;

use pathema_signal::csv::{Reader, Schema};
use pathema_signal::{FormatError, Recording};

fn open(text: &[u8], schema: &str) -> Result<Reader, FormatError> {
    let source = Box::new(Cursor::new(text.to_vec()));
    Reader::new(
        vec![(source, "rows.csv".to_owned())],
        &Schema::from_toml(schema)?,
    )
}

fn read(text: &str, schema: &str) -> Result<Recording, FormatError> {
    open(text.as_bytes(), schema)?.read_all()
}
