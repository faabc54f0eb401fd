//! What can keep a file from being read or written, in any format.

use std::fmt;
use std::io;

use crate::wesad::WesadError;

/// Why a file could not be read or written. Every message names the file, what stands there and the way out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The file system refused, or the bytes ended or broke on the way.
    #[error("{file}: {source}; {}", advice(source))]
    Io {
        /// Which file.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// A file that should be there is not.
    #[error("{file} is missing: {needed}")]
    Missing {
        /// Which file.
        file: String,
        /// What it is needed for, and the way out.
        needed: String,
    },
    /// Something stands there that the format does not allow.
    #[error("{file}{place}: {found}, expected {expected}; {way_out}")]
    Content {
        /// Which file.
        file: String,
        /// Where in it.
        place: Place,
        /// What stands there.
        found: String,
        /// What should.
        expected: String,
        /// What to do about it.
        way_out: String,
    },
    /// The file is shorter than its head says.
    #[error("{file} ends after {found} {unit}, expected {expected}; copy or fetch it again")]
    Truncated {
        /// Which file.
        file: String,
        /// How many there are.
        found: u64,
        /// How many there should be.
        expected: u64,
        /// Of what (`bytes`, `samples`, `data records`).
        unit: &'static str,
    },
    /// A zip that cannot be read.
    #[error("{file} is a zip cut short or damaged ({source}); fetch it again and compare its size")]
    Zip {
        /// Which file.
        file: String,
        /// Why.
        source: zip::result::ZipError,
    },
    /// A member of a zip that is not what it says, or not to be unpacked.
    #[error("{file}: {problem}; fetch the archive from its own source and unpack this one nowhere")]
    Unsafe {
        /// Which archive.
        file: String,
        /// What is wrong.
        problem: String,
    },
    /// The file is larger than any of its kind.
    #[error("{file} has more than {limit} bytes, which no file of its kind has; {way_out}")]
    TooLarge {
        /// Which file.
        file: String,
        /// The most that is read.
        limit: u64,
        /// What to do about it.
        way_out: String,
    },
    /// A recording cannot be written in a format without loss.
    #[error("{what} cannot be written as {format}: {problem}; {way_out}")]
    Unwritable {
        /// Which channel or annotation.
        what: String,
        /// The format.
        format: &'static str,
        /// What the format cannot hold.
        problem: String,
        /// What to do about it.
        way_out: String,
    },
    /// A data set in WESAD's layout.
    #[error(transparent)]
    Wesad(Box<WesadError>),
    /// No format is known that the file or folder is in.
    #[error(
        "{file} is in no format that is known here ({looked_for}); give the file or folder itself, or convert it to CSV with a schema"
    )]
    Unrecognised {
        /// Which file or folder.
        file: String,
        /// What was looked for.
        looked_for: String,
    },
}

impl From<WesadError> for FormatError {
    fn from(error: WesadError) -> FormatError {
        FormatError::Wesad(Box::new(error))
    }
}

impl FormatError {
    /// Something that the format does not allow.
    pub(crate) fn content(
        file: &str,
        place: Place,
        found: impl Into<String>,
        expected: impl Into<String>,
        way_out: impl Into<String>,
    ) -> FormatError {
        FormatError::Content {
            file: file.to_owned(),
            place,
            found: found.into(),
            expected: expected.into(),
            way_out: way_out.into(),
        }
    }

    /// What the file system said of a file; for `map_err`.
    pub(crate) fn io(file: impl fmt::Display) -> impl FnOnce(io::Error) -> FormatError {
        move |source| FormatError::Io {
            file: file.to_string(),
            source,
        }
    }
}

/// Where in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nowhere in particular.
    Whole,
    /// A line, from 1.
    Line(u64),
    /// A line and a column of it, both from 1.
    Cell(u64, u32),
    /// A byte, from 0.
    Byte(u64),
    /// A data record, from 1.
    Record(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Whole => Ok(()),
            Place::Line(line) => write!(f, ", line {line}"),
            Place::Cell(line, column) => write!(f, ", line {line}, column {column}"),
            Place::Byte(byte) => write!(f, ", byte {byte}"),
            Place::Record(record) => write!(f, ", data record {record}"),
        }
    }
}

/// A stretch of a file for a message: short, and without control characters that would reach a terminal.
pub(crate) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    let rest = if short.len() < text.len() { "…" } else { "" };
    format!("\"{}{rest}\"", short.escape_debug())
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "check the path",
        io::ErrorKind::PermissionDenied => "give yourself the right to it, or take a copy",
        io::ErrorKind::StorageFull => "free some space, or choose another folder",
        io::ErrorKind::IsADirectory => "give a file, not a folder",
        io::ErrorKind::NotADirectory => "give a folder, not a file",
        _ => "copy or fetch it again",
    }
}
