//! From signals to a table of features.

use std::ops::Range;

use super::acc::Acceleration;
use super::eda::SkinConductance;
use super::emg::Muscle;
use super::heart::Heart;
use super::resp::Breathing;
use super::set::{FeatureSet, Modality};
use super::signals::{FeatureError, Signal, Signals, Windows};
use super::table::FeatureTable;
use super::temp::Warmth;
use crate::{Undefined, Value};

/// Part of a window that must be present for statistics of it: of less than half a window they would tell of the gaps.
const COVERAGE: f64 = 0.5;

/// The features of one modality, window by window.
pub(super) trait Part {
    /// Computes the window of `length` seconds from `start` on into `row`, and says which part of it is present.
    ///
    /// Given the length itself, windows at any starts are of one length to the last bit.
    fn window(&mut self, start: f64, length: f64, row: &mut [Value]) -> f64;
}

/// Everything that a window's features take, prepared once for a recording.
///
/// What can be computed over the whole recording is: beats, breaths, sums. A window then costs what it shares with no other.
/// The decomposition of skin conductance is made in each window by itself: over a whole recording it would look hours ahead.
/// Beats and breaths are found by filters that look some seconds beyond a window's ends.
///
/// ```
/// use pathema_physio::features::{Extraction, FeatureSet, Signal, Signals};
/// // Two minutes of a wrist at rest: no beat is to be seen.
/// let acc = [0.0, 0.0, 1.0].repeat(120 * 32);
/// let (bvp, eda, temp) = (vec![0.0; 120 * 64], vec![2.0; 120 * 4], vec![33.5; 120 * 4]);
/// let signal = |samples, rate| Some(Signal { samples, rate });
/// let signals = Signals {
///     acc: signal(&acc, 32.0),
///     bvp: signal(&bvp, 64.0),
///     eda: signal(&eda, 4.0),
///     temp: signal(&temp, 4.0),
///     ..Signals::default()
/// };
/// let set = FeatureSet::named("schmidt2018-wrist")?;
/// let mut extraction = Extraction::new(&set, &signals)?;
/// let window = extraction.window(30.0, 60.0);
/// let value = |name| window.values[set.features().position(|feature| feature.name == name).unwrap()];
/// assert_eq!(value("temp_mean"), Ok(33.5));
/// assert_eq!(value("bvp_hr_mean").unwrap_err().to_string(), "0 intervals are too few: it takes 1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Extraction<'a> {
    set: FeatureSet,
    parts: Vec<Box<dyn Part + 'a>>,
    values: Vec<Value>,
    coverage: Vec<f64>,
    duration: f64,
}

/// The features of one window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row<'a> {
    /// A value a feature, or why it has none, in the order of the set.
    pub values: &'a [Value],
    /// Which part of the window each modality covers, from 0 to 1.
    pub coverage: &'a [f64],
}

impl<'a> Extraction<'a> {
    /// Prepares the signals that `set` needs.
    ///
    /// # Errors
    /// [`FeatureError`] if a signal is missing, its rate does not serve, or a sample is infinite.
    pub fn new(set: &FeatureSet, signals: &Signals<'a>) -> Result<Extraction<'a>, FeatureError> {
        let mut duration = 0f64;
        let mut parts: Vec<Box<dyn Part + 'a>> = Vec::with_capacity(set.modalities.len());
        for modality in set.modalities {
            let signal = signals.take(set.name, modality.name)?;
            let axes = match modality.name {
                "acc" => 3,
                _ => 1,
            };
            let samples = signal.samples.len() / axes;
            duration = duration.max(samples as f64 / signal.rate);
            parts.push(part(modality, signal)?);
        }
        Ok(Extraction {
            values: vec![Err(NOT_YET); set.features().count()],
            coverage: vec![0.0; parts.len()],
            set: *set,
            parts,
            duration,
        })
    }

    /// Seconds that the longest of the signals lasts.
    pub fn duration(&self) -> f64 {
        self.duration
    }

    /// The window of `length` seconds that starts at `start`. What lies outside the recording is missing; a
    /// window whose length is not above 0 covers nothing.
    pub fn window(&mut self, start: f64, length: f64) -> Row<'_> {
        let mut rest = &mut self.values[..];
        for ((modality, part), coverage) in self
            .set
            .modalities
            .iter()
            .zip(&mut self.parts)
            .zip(&mut self.coverage)
        {
            let (row, after) = rest.split_at_mut(modality.features.len());
            *coverage = part.window(start, length, row);
            rest = after;
        }
        Row {
            values: &self.values,
            coverage: &self.coverage,
        }
    }
}

/// What computes the features of a modality.
fn part<'a>(modality: &Modality, signal: Signal<'a>) -> Result<Box<dyn Part + 'a>, FeatureError> {
    Ok(match modality.name {
        "acc" => Box::new(Acceleration::new(signal, modality.last)?),
        "ecg" => Box::new(Heart::electric(signal)?),
        "bvp" => Box::new(Heart::pulse(signal)?),
        "eda" => Box::new(SkinConductance::new(signal)?),
        "emg" => Box::new(Muscle::new(signal, modality.last)?),
        "resp" => Box::new(Breathing::new(signal)?),
        _ => Box::new(Warmth::new(signal)),
    })
}

impl FeatureSet {
    /// The features of all windows of a recording, from its start to the end of its longest signal.
    ///
    /// # Errors
    /// As [`Extraction::new`], and [`FeatureError::Windows`] for windows that cannot be laid.
    pub fn extract(
        &self,
        signals: &Signals,
        windows: &Windows,
    ) -> Result<FeatureTable, FeatureError> {
        let least = self
            .modalities
            .iter()
            .filter_map(|modality| modality.last)
            .fold(1.0, f64::max);
        let mut extraction = Extraction::new(self, signals)?;
        let starts = windows.starts(extraction.duration, least)?;
        let names: Vec<&'static str> = self.features().map(|feature| feature.name).collect();
        let modalities: Vec<&'static str> = self
            .modalities
            .iter()
            .map(|modality| modality.name)
            .collect();
        let mut values = Vec::with_capacity(starts.len() * names.len());
        let mut coverage = Vec::with_capacity(starts.len() * modalities.len());
        for &start in &starts {
            let row = extraction.window(start, windows.length);
            values.extend(row.values.iter().map(|value| value.unwrap_or(f64::NAN)));
            coverage.extend_from_slice(row.coverage);
        }
        let table = FeatureTable::new(names, modalities, windows.length, starts, values, coverage);
        Ok(table?)
    }
}

/// Before the first window.
const NOT_YET: Undefined = Undefined::TooFew {
    what: "windows",
    found: 0,
    needed: 1,
};

/// The samples from `start` to `end` (seconds), as many as there are of `len`, and how many there would be of an endless
/// recording.
pub(super) fn samples_within(start: f64, end: f64, rate: f64, len: usize) -> (Range<usize>, usize) {
    // A hair of slack, for times that rounding pushed across a sample.
    let place = |time: f64| (time * rate - 1e-6).ceil();
    let (first, last) = (place(start), place(end));
    let whole = (last - first).max(0.0) as usize;
    let (first, last) = (
        (first.max(0.0) as usize).min(len),
        (last.max(0.0) as usize).min(len),
    );
    (first..last.max(first), whole)
}

/// Whether enough is present; else the row says that it is not.
pub(super) fn covered(present: usize, whole: usize, row: &mut [Value]) -> (f64, bool) {
    let found = match whole {
        0 => 0.0,
        _ => (present as f64 / whole as f64).min(1.0),
    };
    let enough = found >= COVERAGE;
    if !enough {
        row.fill(Err(Undefined::Coverage {
            found,
            needed: COVERAGE,
        }));
    }
    (found, enough)
}
