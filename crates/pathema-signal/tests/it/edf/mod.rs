//! EDF and BDF: what is written is read back, as pyedflib reads it, and what is damaged is refused.

#![allow(
    clippy::result_large_err,
    reason = "an error's texts weigh nothing where each ends a test"
)]

mod bad;
mod golden;
mod laws;
mod odd;

use std::io::Cursor;

use pathema_signal::edf::{self, Options, Reader};
use pathema_signal::{FormatError, Recording};

/// The bytes of a recording as a file.
fn bytes(recording: &Recording, options: &Options) -> Result<Vec<u8>, FormatError> {
    let mut bytes = Vec::new();
    edf::write_to(recording, &mut bytes, "memory", options)?;
    Ok(bytes)
}

fn open(bytes: Vec<u8>) -> Result<Reader, FormatError> {
    Reader::new(Cursor::new(bytes), "night.edf".to_owned())
}

fn read(bytes: Vec<u8>) -> Result<Recording, FormatError> {
    open(bytes)?.read_all()
}
