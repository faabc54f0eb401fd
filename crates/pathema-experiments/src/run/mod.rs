//! The run folder: everything that a run was told, did and found.

mod finish;
mod folder;
mod manifest;
pub mod records;
pub mod tensorboard;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

pub use finish::{SCHEMA, finish};
pub use folder::{FoldResult, RunError, RunFolder};
pub use manifest::{DataManifest, Machine, Manifest, Versions};

/// How a study ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every fold is done.
    Finished,
    /// It was asked to stop; the run folder can be gone on with.
    Interrupted,
}

/// Writes a file so that it is there whole or not at all.
///
/// # Errors
/// What the system says.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let written = File::create(part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    match written.and_then(|()| fs::rename(part, path)) {
        Ok(()) => Ok(()),
        Err(error) => {
            // A part of a file must not fill a disk that is full.
            let _ = fs::remove_file(part);
            Err(error)
        }
    }
}

/// What to do when a file of a run could not be written.
pub(crate) fn way_out(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull => {
            ": free some space and go on with the run by --resume; what was finished is kept"
        }
        io::ErrorKind::PermissionDenied => ": choose a folder that you may write to by --out",
        _ => "",
    }
}
