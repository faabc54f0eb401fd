//! Which records a folder holds.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use pathema_signal::FormatError;
use pathema_signal::open::{Format, Opened};

/// The records of a folder: those that its file `RECORDS` lists, else all that have a header.
///
/// # Errors
/// If the folder is not there or holds no record.
pub fn records(folder: &Path) -> Result<Vec<String>, FormatError> {
    let list = folder.join("RECORDS");
    match fs::read_to_string(&list) {
        Ok(text) => {
            let lines = text.lines().map(str::trim);
            let names: Vec<String> = lines
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect();
            if !names.is_empty() {
                return Ok(names);
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => {
            return Err(FormatError::Io {
                file: list.display().to_string(),
                source: error,
            });
        }
    }
    let opened = Opened::at(folder)?;
    match opened.format() {
        Format::Wfdb => Ok(opened.names()),
        other => Err(FormatError::Unrecognised {
            file: folder.display().to_string(),
            looked_for: format!("WFDB records, and found {other}"),
        }),
    }
}
