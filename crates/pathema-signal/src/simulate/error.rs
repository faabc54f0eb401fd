use std::io;
use std::path::{Path, PathBuf};

use super::MAX_SUBJECTS;

/// Why a simulation was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SimulateError {
    /// The number of subjects is zero or too large.
    #[error(
        "a simulation of {found} subjects was asked for: choose 1 to {}",
        MAX_SUBJECTS
    )]
    Subjects {
        /// What was asked for.
        found: usize,
    },
    /// Drives that cannot be.
    #[error(
        "{drives} drives by {drivers} drivers at {length} of their length were asked for: choose 1 to {most} drives, 1 driver \
         or more but not more than drives, and a length of 0.1 to 10", most = super::affective_road::MAX_DRIVES
    )]
    Road {
        /// Drives asked for.
        drives: u32,
        /// Drivers asked for.
        drivers: u32,
        /// Part of a drive's usual length.
        length: f64,
    },
    /// The folder to make is already there; it is never overwritten.
    #[error("{} already exists: remove it, or choose another folder", path.display())]
    Exists {
        /// The folder that was to be made.
        path: PathBuf,
    },
    /// A file or folder could not be written.
    #[error("cannot write {}: {source}; {}", path.display(), way_out(.source))]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An array is longer than a protocol 2 pickle can hold.
    #[error(
        "array {array} of {subject} has {bytes} bytes, and the pickle format holds at most {}: choose a shorter protocol",
        i32::MAX
    )]
    TooLong {
        /// Whose recording.
        subject: String,
        /// The array inside the pickle.
        array: String,
        /// Its size.
        bytes: usize,
    },
}

impl SimulateError {
    pub(super) fn writing(path: &Path) -> impl FnOnce(io::Error) -> SimulateError {
        let path = path.to_path_buf();
        move |source| SimulateError::Write { path, source }
    }
}

fn way_out(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some space, simulate fewer subjects, or choose a folder on another disk"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "choose a folder that you may write to"
        }
        io::ErrorKind::NotADirectory => "choose a path on which no part is a file",
        _ => "check the path and the disk, or choose another folder",
    }
}
