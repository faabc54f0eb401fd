//! What is odd about a subject's files and yet lets them be read.

use std::fmt;

/// Something odd about a subject's files that does not keep them from being read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Finding {
    /// The pickle names another subject than its folder, or none.
    Subject {
        /// The folder's name, which was taken.
        folder: String,
        /// What the pickle says.
        pickle: Option<String>,
    },
    /// A channel that the device has is not in the pickle.
    MissingChannel {
        /// Its place in the pickle (`signal.wrist.TEMP`).
        name: String,
    },
    /// The pickle holds entries that are not known; they were passed over.
    UnknownKeys {
        /// The dict that holds them.
        dict: &'static str,
        /// The first of them.
        first: String,
        /// How many there are.
        count: usize,
    },
    /// Some values are not finite; they count as missing.
    NotFinite {
        /// The array's place in the pickle.
        name: String,
        /// How many values.
        count: usize,
    },
    /// An array ends up to a second before or after the others.
    UnevenEnd {
        /// The array's place in the pickle.
        name: String,
        /// Seconds that it lasts.
        seconds: f64,
        /// Seconds that most of the others last.
        others: f64,
    },
    /// The pickle's file goes on after the pickle has ended.
    TrailingBytes {
        /// How many bytes follow.
        count: u64,
    },
    /// A text file is not there.
    MissingFile {
        /// Its name.
        file: String,
    },
    /// A line of the readme that does not read; it was passed over.
    ReadmeLine {
        /// Which line, from 1.
        line: usize,
        /// The line.
        text: String,
    },
    /// A label run does not last as long as the questionnaire says.
    RunDuration {
        /// The questionnaire's name of the condition.
        condition: String,
        /// Seconds labelled.
        labelled: f64,
        /// Seconds of the questionnaire's interval less 10 s at each end.
        expected: f64,
    },
    /// A label has more or fewer runs than the questionnaire has conditions.
    RunCount {
        /// What the label means.
        phase: &'static str,
        /// Runs in the label array.
        runs: usize,
        /// Conditions in the questionnaire.
        conditions: usize,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::Subject {
                folder,
                pickle: Some(named),
            } => write!(
                f,
                "the pickle says {named:?}, its folder {folder}, which was taken"
            ),
            Finding::Subject {
                folder,
                pickle: None,
            } => write!(
                f,
                "the pickle names no subject; its folder's name {folder} was taken"
            ),
            Finding::MissingChannel { name } => write!(f, "{name} is missing"),
            Finding::UnknownKeys { dict, first, count } => write!(
                f,
                "{dict} has {count} entries that are not known, first {first:?}; they were passed over"
            ),
            Finding::NotFinite { name, count } => {
                write!(f, "{name} has {count} values that are NaN or infinite")
            }
            Finding::UnevenEnd {
                name,
                seconds,
                others,
            } => write!(f, "{name} lasts {seconds:.3} s, the others {others:.3} s"),
            Finding::TrailingBytes { count } => {
                write!(f, "{count} bytes follow after the end of the pickle")
            }
            Finding::MissingFile { file } => write!(f, "{file} is missing"),
            Finding::ReadmeLine { line, text } => {
                write!(f, "line {line} of the readme was passed over: {text:?}")
            }
            Finding::RunDuration {
                condition,
                labelled,
                expected,
            } => write!(
                f,
                "{condition} is labelled for {labelled:.3} s, by the questionnaire it is {expected} s"
            ),
            Finding::RunCount {
                phase,
                runs,
                conditions,
            } => write!(
                f,
                "{phase} is labelled {runs} times, by the questionnaire it is {conditions}"
            ),
        }
    }
}
