use std::fmt;

use crate::empatica;

/// Something odd about a drive's files that does not keep them from being read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Finding {
    /// About the files of one E4.
    Wrist {
        /// Its folder or zip (`Left`, `Right`, `Left1`, …).
        side: String,
        /// What is odd.
        finding: empatica::Finding,
    },
    /// A file is not there.
    MissingFile {
        /// Its name.
        file: String,
    },
    /// Values of a column are missing; they are NaN.
    MissingValues {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// How many.
        count: usize,
    },
    /// A device has no marks, so that its samples were put at the start of the E4's.
    Unaligned {
        /// The annotation file that has none of this drive.
        file: String,
    },
    /// The marks of a device do not lie as those of the E4.
    MarksDisagree {
        /// The annotation file.
        file: String,
        /// Seconds by which the worst of them is off.
        seconds: f64,
    },
    /// A part of the road ends after the recording.
    MarkOutside {
        /// The part.
        part: String,
    },
    /// Nobody said who drove: the drive is a group of its own.
    NoDriver,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::Wrist { side, finding } => write!(f, "{side}: {finding}"),
            Finding::MissingFile { file } => write!(f, "{file} is missing"),
            Finding::MissingValues {
                file,
                column,
                count,
            } => write!(f, "{file} has {count} missing values in column {column}"),
            Finding::Unaligned { file } => write!(
                f,
                "{file} has no marks of this drive: the samples were put at the start of the E4's"
            ),
            Finding::MarksDisagree { file, seconds } => write!(
                f,
                "marks of {file} lie up to {seconds:.1} s from where the E4's do"
            ),
            Finding::MarkOutside { part } => {
                write!(f, "{part} ends after the recording has ended")
            }
            Finding::NoDriver => f.write_str(
                "no map says who drove: the drive is a group of its own, and one person may be in several groups",
            ),
        }
    }
}
