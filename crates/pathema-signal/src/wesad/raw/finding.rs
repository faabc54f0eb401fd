use std::fmt;

use crate::{empatica, respiban};

/// Something odd about a subject's raw files that does not keep them from being read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum RawFinding {
    /// About the chest's file.
    Chest(respiban::Finding),
    /// About the wrist's files.
    Wrist(empatica::Finding),
    /// The alignment cannot be trusted, and was taken all the same, as was asked for.
    Unsure {
        /// Correlation at the best lag.
        peak: f64,
        /// That, over the next best.
        ratio: f64,
        /// Windows that agree.
        windows: usize,
    },
    /// The clocks drift apart by more than a sample of the wrist's acceleration, which was left as it is.
    Drift {
        /// Seconds at the ends of the session.
        seconds: f64,
    },
    /// A file that can be gone without is not there.
    MissingFile {
        /// Its name.
        file: String,
    },
}

impl fmt::Display for RawFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RawFinding::Chest(finding) => write!(f, "chest: {finding}"),
            RawFinding::Wrist(finding) => write!(f, "wrist: {finding}"),
            RawFinding::Unsure {
                peak,
                ratio,
                windows,
            } => write!(
                f,
                "wrist and chest may not be aligned: their movements correlate by {peak:.2}, {ratio:.2} times the next best, \
                 and agree in {windows} windows"
            ),
            RawFinding::Drift { seconds } => write!(
                f,
                "the clocks are {seconds:.3} s apart at the ends of the session, which was left as it is"
            ),
            RawFinding::MissingFile { file } => write!(f, "{file} is missing"),
        }
    }
}
