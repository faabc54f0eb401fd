//! Detected beats against those that experts annotated, record by record of a WFDB database.

mod detect;
mod list;
mod rows;
mod table;

#[cfg(test)]
mod tests;

pub use detect::{EvaluateError, evaluate};
pub use list::records;
pub use rows::{Row, rows};
pub use table::table;

use pathema_physio::compare::{Comparison, Criteria};
use serde::Serialize;

/// What detectors found in the records of a folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The folder.
    pub folder: String,
    /// How beats were compared; each gives a table.
    pub criteria: Vec<Criteria>,
    /// Record by record.
    pub records: Vec<Evaluated>,
}

/// One record.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluated {
    /// Its name.
    pub record: String,
    /// What each detector found; empty where the record could not be read.
    pub detectors: Vec<Detected>,
    /// Why the record could not be read, or a detector not be judged.
    pub error: Option<String>,
}

/// What one detector found.
#[derive(Clone, Debug, PartialEq)]
pub struct Detected {
    /// Which detector.
    pub detector: Detector,
    /// The signal it was given, by name.
    pub signal: String,
    /// Seconds by which pulses follow the annotated beats, taken off before they are compared; 0 for an ECG.
    pub delay: f64,
    /// The comparisons, one for each of the criteria.
    pub comparisons: Vec<Comparison>,
}

/// A detector of beats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Detector {
    /// [`pathema_physio::r_peaks`] on an ECG.
    #[serde(rename = "r_peaks")]
    RPeaks,
    /// [`pathema_physio::pulse_peaks`] on a blood volume pulse.
    #[serde(rename = "pulse_peaks")]
    PulsePeaks,
}

impl Detector {
    /// Both.
    pub const ALL: [Detector; 2] = [Detector::RPeaks, Detector::PulsePeaks];

    /// Its name, that of the function.
    pub fn name(self) -> &'static str {
        match self {
            Detector::RPeaks => "r_peaks",
            Detector::PulsePeaks => "pulse_peaks",
        }
    }
}
