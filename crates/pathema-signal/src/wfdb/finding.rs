//! What is odd about a record and yet lets it be read.

use std::fmt;

/// Something odd about a record's files that does not keep them from being read.
///
/// A checksum that is not right is one, not an error: the samples are there, and old headers are known to hold wrong ones. Whoever
/// wants none of it refuses a record that has findings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Finding {
    /// The header names another record than its file does; the file was renamed.
    RecordName {
        /// The header's file.
        file: String,
        /// What the header says.
        header: String,
    },
    /// Something in a header that does not read as what should stand there; it was passed over.
    Unread {
        /// The header's file.
        file: String,
        /// The text.
        text: String,
    },
    /// A signal has no gain, or 0, which both mean that it was not calibrated; WFDB's 200 a unit was taken.
    Uncalibrated {
        /// The header's file.
        file: String,
        /// The signal's name.
        signal: String,
    },
    /// The first sample is not what the header says.
    InitialValue {
        /// The header's file.
        file: String,
        /// The signal's name.
        signal: String,
        /// What the header says.
        header: i32,
        /// What the signal file holds.
        found: i32,
    },
    /// The samples do not add up to what the header says: something was changed or damaged.
    Checksum {
        /// The header's file.
        file: String,
        /// The signal's name.
        signal: String,
        /// What the header says, modulo 2¹⁶.
        header: u16,
        /// The sum of all samples of the signal file, modulo 2¹⁶.
        found: u16,
    },
    /// A file goes on after what the header speaks of.
    TrailingBytes {
        /// Which file.
        file: String,
        /// How many bytes follow.
        count: u64,
    },
    /// A signal is calibrated otherwise in one segment than in another: its values are in its unit, not as stored.
    MixedCalibration {
        /// The signal's name.
        signal: String,
    },
    /// An annotation file does not end with the mark of its end: it may have been cut.
    NoEndMark {
        /// Which file.
        file: String,
    },
    /// Annotations do not stand in the order of their times.
    Unordered {
        /// Which file.
        file: String,
        /// How many come before the one that stands before them.
        count: usize,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::RecordName { file, header } => {
                write!(
                    f,
                    "{file} names another record, {header:?}; the file's name was taken"
                )
            }
            Finding::Unread { file, text } => {
                write!(f, "{file}: {text:?} does not read and was passed over")
            }
            Finding::Uncalibrated { file, signal } => write!(
                f,
                "{file}: {signal} is not calibrated; 200 steps a unit were taken, as WFDB has it"
            ),
            Finding::InitialValue {
                file,
                signal,
                header,
                found,
            } => write!(
                f,
                "{file}: the first sample of {signal} should be {header} and is {found}"
            ),
            Finding::Checksum {
                file,
                signal,
                header,
                found,
            } => write!(
                f,
                "{file}: the samples of {signal} should add up to {header} and add up to {found} (modulo 65536)"
            ),
            Finding::TrailingBytes { file, count } => {
                write!(f, "{file} goes on for {count} bytes after its end")
            }
            Finding::MixedCalibration { signal } => write!(
                f,
                "{signal} is calibrated differently in some segments; its values are given in its unit"
            ),
            Finding::NoEndMark { file } => {
                write!(
                    f,
                    "{file} does not end with the mark of its end; it may have been cut"
                )
            }
            Finding::Unordered { file, count } => {
                write!(
                    f,
                    "{file}: {count} annotations come before the one that stands before them"
                )
            }
        }
    }
}
