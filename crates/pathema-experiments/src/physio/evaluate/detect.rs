//! One record: detectors run, their beats compared.

use std::path::Path;

use pathema_physio::compare::{CompareError, Comparison, Criteria};
use pathema_physio::{Beat, BeatError, pulse_peaks, r_peaks};
use pathema_signal::wfdb;
use pathema_signal::{Channel, FormatError, Modality, Recording};
use thiserror::Error;

use super::{Detected, Detector, Evaluated};
use crate::physio::{Signal, SignalError};

/// The lead that is taken where a record has it: databases annotate it.
const FAVOURED: &str = "MLII";
/// Seconds within which a pulse follows its heart beat.
const LATEST_PULSE: f64 = 0.8;

/// Why a record could not be judged.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// Its files cannot be read.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// It has a signal too long for memory.
    #[error(transparent)]
    Signal(#[from] SignalError),
    /// No beat can be looked for in one of its signals.
    #[error("{signal}: {source}")]
    Beats {
        /// The signal.
        signal: String,
        /// Why.
        source: BeatError,
    },
    /// Beats could not be compared.
    #[error(transparent)]
    Compare(#[from] CompareError),
    /// Nothing in it beats.
    #[error(
        "there is neither an ECG nor a blood volume pulse among its signals ({signals}); name leads as WFDB does"
    )]
    NoSignal {
        /// What there is.
        signals: String,
    },
    /// Its annotations mark no beat.
    #[error(
        "{file} marks no beat among its {annotations} annotations; give the annotations of a database's experts"
    )]
    NoBeats {
        /// The annotation file.
        file: String,
        /// How many annotations it has.
        annotations: usize,
    },
}

/// Detects the beats of one record of a folder and compares them, by each of `criteria`, to those of its annotator `atr`.
/// Whatever keeps it from being judged is told in the result.
pub fn evaluate(folder: &Path, record: &str, criteria: &[Criteria]) -> Evaluated {
    let mut evaluated = Evaluated {
        record: record.to_owned(),
        detectors: Vec::new(),
        error: None,
    };
    if let Err(error) = judge(folder, record, criteria, &mut evaluated.detectors) {
        evaluated.error = Some(error.to_string());
    }
    evaluated
}

fn judge(
    folder: &Path,
    record: &str,
    criteria: &[Criteria],
    detectors: &mut Vec<Detected>,
) -> Result<(), EvaluateError> {
    let read = wfdb::read(&folder.join(record))?;
    let reference = reference(&folder.join(format!("{record}.atr")), read.header.rate)?;
    let leads = [
        (Detector::RPeaks, ecg(&read.recording)),
        (Detector::PulsePeaks, of(&read.recording, Modality::Bvp)),
    ];
    if leads.iter().all(|(_, channel)| channel.is_none()) {
        let names = read.recording.channels.iter();
        let names: Vec<&str> = names.map(|channel| channel.name.as_str()).collect();
        return Err(EvaluateError::NoSignal {
            signals: names.join(", "),
        });
    }
    for (detector, channel) in leads {
        if let Some(channel) = channel {
            detectors.push(detected(detector, channel, &reference, criteria)?);
        }
    }
    Ok(())
}

/// When the annotated beats are, in seconds.
fn reference(file: &Path, rate: f64) -> Result<Vec<f64>, EvaluateError> {
    let annotations = wfdb::read_annotations(file)?;
    let ticks = annotations.resolution.unwrap_or(rate);
    let beats = annotations.items.iter().filter(|item| item.is_beat());
    let mut times: Vec<f64> = beats.map(|item| item.sample as f64 / ticks).collect();
    if times.is_empty() {
        return Err(EvaluateError::NoBeats {
            file: file.display().to_string(),
            annotations: annotations.items.len(),
        });
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}

fn ecg(recording: &Recording) -> Option<&Channel> {
    let favoured = |channel: &&Channel| {
        channel.modality == Modality::Ecg && channel.name.eq_ignore_ascii_case(FAVOURED)
    };
    let mut channels = recording.channels.iter();
    channels
        .find(favoured)
        .or_else(|| of(recording, Modality::Ecg))
}

/// The first signal of a modality that has a rate.
fn of(recording: &Recording, modality: Modality) -> Option<&Channel> {
    recording
        .channels
        .iter()
        .find(|channel| channel.modality == modality && channel.rate().is_some())
}

fn detected(
    detector: Detector,
    channel: &Channel,
    reference: &[f64],
    criteria: &[Criteria],
) -> Result<Detected, EvaluateError> {
    let beats = |find: fn(&[f64], f64) -> Result<Vec<Beat>, BeatError>| {
        let Some(signal) = Signal::of(channel)? else {
            return Ok(Vec::new());
        };
        let beats = find(&signal.values, signal.rate).map_err(|source| EvaluateError::Beats {
            signal: channel.name.clone(),
            source,
        })?;
        let times = beats.iter().map(|beat| signal.start + beat.time);
        Ok::<Vec<f64>, EvaluateError>(times.collect())
    };
    let (mut found, delay) = match detector {
        Detector::RPeaks => (beats(r_peaks)?, 0.0),
        Detector::PulsePeaks => {
            let found = beats(pulse_peaks)?;
            let delay = delay(reference, &found);
            (found, delay)
        }
    };
    for time in &mut found {
        *time -= delay;
    }
    let comparisons = criteria
        .iter()
        .map(|criteria| Comparison::new(reference, &found, criteria))
        .collect::<Result<Vec<Comparison>, CompareError>>()?;
    Ok(Detected {
        detector,
        signal: channel.name.clone(),
        delay,
        comparisons,
    })
}

/// How long after a heart beat its pulse comes, in the middle; 0 where none does.
fn delay(reference: &[f64], found: &[f64]) -> f64 {
    let mut delays: Vec<f64> = found
        .iter()
        .filter_map(|&time| {
            let before = reference.partition_point(|&beat| beat <= time);
            let delay = time - reference[before.checked_sub(1)?];
            (delay <= LATEST_PULSE).then_some(delay)
        })
        .collect();
    delays.sort_by(f64::total_cmp);
    delays.get(delays.len() / 2).copied().unwrap_or(0.0)
}
