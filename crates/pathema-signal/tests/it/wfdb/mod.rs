//! WFDB records and annotation files.

mod annotations;
mod bad_files;
mod golden;
mod laws;
mod mitdb;
mod streams;

use std::collections::BTreeMap;

use pathema_signal::{Recording, wfdb::Reader};

/// The files of a record in memory.
fn files(files: &[(&str, &[u8])]) -> BTreeMap<String, Vec<u8>> {
    let owned = files
        .iter()
        .map(|&(name, bytes)| (name.to_owned(), bytes.to_vec()));
    owned.collect()
}

/// Reads the record `r` of these files, or says why not.
fn read(given: &[(&str, &[u8])]) -> Result<(Recording, Reader), String> {
    let said = |error: pathema_signal::FormatError| error.to_string();
    let mut reader = Reader::in_memory(files(given), "r").map_err(said)?;
    let recording = reader.read_frames(0..reader.frames()).map_err(said)?;
    Ok((recording, reader))
}
