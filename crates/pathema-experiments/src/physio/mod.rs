//! What the body did in whole recordings: beats, heart rate variability and skin conductance, as a table for the
//! terminal, as JSON and as a page with everything drawn.
//!
//! [`gather`] reads a recording into memory and [`analyse()`] fills a [`Body`]; [`table()`] and [`page()`] show it.
//! [`Features`] are those of its windows, [`evaluate`] compares detected beats to those that experts annotated.

mod analyse;
pub mod evaluate;
mod features;
mod heart;
mod measures;
mod page;
mod signal;
mod skin;
mod table;

#[cfg(test)]
mod tests;

pub use analyse::{HEART_AND_SKIN, analyse};
pub use features::{Features, FeaturesError, check_ending, write_table};
pub use heart::{Correction, Heart, Intervals, Quality, Spectrum, Strip};
pub use measures::{Cell, Measure, Measures, Over, Reason};
pub use page::page;
pub use signal::{Gathered, Signal, SignalError, gather};
pub use skin::{Certificate, Response, Skin, Traces};
pub use table::table;

use serde::Serialize;

/// What was found at a path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Physiology {
    /// What was looked at.
    pub path: String,
    /// Its format, in words.
    pub format: String,
    /// Whether the files say that they are simulated.
    pub simulated: bool,
    /// Recording by recording.
    pub recordings: Vec<Examined>,
}

/// One recording.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Examined {
    /// Its name in the data set.
    pub name: String,
    /// What the body did, if the recording can be read.
    pub body: Option<Body>,
    /// Why it cannot be read.
    pub error: Option<String>,
}

/// What the body did in one recording. All times are seconds since the start of the recording.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Body {
    /// Seconds until the last sample of any signal.
    pub duration: f64,
    /// The signals that are known to physiology, whether or not they were analysed.
    pub signals: Vec<Present>,
    /// What the person was doing.
    pub labels: Vec<Stretch>,
    /// Beats and their variability, one a sensor of the heart.
    pub hearts: Vec<Heart>,
    /// Skin conductance, one a sensor.
    pub skins: Vec<Skin>,
    /// What could not be analysed and why, and what is odd about the files.
    pub odd: Vec<String>,
}

/// A signal that is there.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Present {
    /// What the file calls it.
    pub name: String,
    /// Where the sensor was worn.
    pub placement: &'static str,
    /// What it measured.
    pub modality: &'static str,
    /// Samples per second; `None` where each has its own time.
    pub rate: Option<f64>,
    /// From its first sample to its last, gaps included, in seconds.
    pub seconds: f64,
    /// Which part of its samples is there, from 0 to 1.
    pub present: f64,
}

/// A stretch of a recording under one label.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stretch {
    /// WESAD's code.
    pub code: u8,
    /// What the label is called.
    pub name: &'static str,
    /// Its first instant.
    pub start: f64,
    /// The instant after its last.
    pub end: f64,
}
