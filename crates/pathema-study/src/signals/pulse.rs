//! Beats on a control path through the samples.

use std::ops::RangeInclusive;

use pathema_physio::filter::{FilterError, Sos};
use pathema_physio::intervals::{Plausibility, plausible};
use pathema_physio::{BeatError, pulse_peaks, r_peaks};
use pathema_signal::{Channel, Conversion, Modality, Placement, Recording, Samples};

use super::SignalsError;
use super::channels::Sensor;

/// Seconds between neighbouring samples up to which the line between them is followed. A pulse's band ends at 4 Hz; a QRS complex lasts
/// 0.08 s.
const PULSE_BRIDGE: f64 = 0.3;
const ECG_BRIDGE: f64 = 0.03;

/// Hz and order: the band in which pulse peaks are placed.
const BAND: [f64; 2] = [0.6, 4.0];
const ORDER: usize = 3;
/// Seconds before a peak in which its foot lies.
const FOOT_REACH: f64 = 1.5;
/// Seconds from foot to peak.
const RISE: RangeInclusive<f64> = 0.05..=0.8;

/// Intervals whose median tells whether the last of them can be trusted, itself among them.
const NEIGHBOURS: usize = 11;

/// A heart beat, and what is known of it when it comes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pulse {
    /// Seconds since the start of the recording.
    pub(super) time: f64,
    /// Above zero; NaN where unknown.
    pub(super) amplitude: f64,
    /// Seconds from the foot to the peak; NaN where unknown.
    pub(super) rise: f64,
    /// Seconds since the beat before, if no gap lies between and the rhythm so far agrees.
    pub(super) interval: Option<f64>,
    /// The same, where the rhythm around agrees, what comes included.
    pub(super) settled: Option<f64>,
}

/// A stretch of one sensor's samples as a path.
#[derive(Debug)]
pub(super) struct Stretch {
    /// Seconds since the start of the recording.
    pub(super) start: f64,
    /// Samples as they were taken, NaN where missing.
    pub(super) recorded: Vec<f64>,
    /// The same, with short gaps crossed in straight lines.
    pub(super) path: Vec<f64>,
}

/// The segments of a sensor as paths.
pub(super) fn stretches(sensor: &Sensor<'_>) -> Vec<Stretch> {
    let steps = reach(sensor.channel.modality, sensor.rate);
    let stretch = |(range, span): (_, pathema_signal::Span)| {
        let recorded = sensor.channel.values(range).into_owned();
        Stretch {
            start: span.start,
            path: bridged(&recorded, steps),
            recorded,
        }
    };
    sensor.channel.segments().into_iter().map(stretch).collect()
}

/// The recording, short gaps of its pulse crossed as those that networks' beats are sought on.
pub(super) fn joined(recording: &Recording, placement: Placement) -> Recording {
    let channels = recording.channels.iter().map(|channel| {
        let rate = channel.rate().filter(|_| {
            channel.placement == placement
                && matches!(channel.modality, Modality::Bvp | Modality::Ecg)
        });
        match rate {
            None => channel.clone(),
            Some(rate) => Channel {
                samples: Samples::F64(bridged(&channel.all(), reach(channel.modality, rate))),
                conversion: Conversion::None,
                ..channel.clone()
            },
        }
    });
    Recording {
        channels: channels.collect(),
        ..recording.clone()
    }
}

/// Samples up to which a gap is crossed.
fn reach(modality: Modality, rate: f64) -> usize {
    let seconds = match modality {
        Modality::Ecg => ECG_BRIDGE,
        _ => PULSE_BRIDGE,
    };
    (seconds * rate + 1e-9).floor() as usize
}

/// The samples, and the lines between neighbours at most `steps` samples apart.
pub(super) fn bridged(samples: &[f64], steps: usize) -> Vec<f64> {
    let mut path = samples.to_vec();
    let mut last: Option<usize> = None;
    for (index, &value) in samples.iter().enumerate() {
        if value.is_nan() {
            continue;
        }
        if let Some(last) = last.filter(|last| index - last <= steps) {
            let (from, span) = (samples[last], (index - last) as f64);
            for (step, between) in path[last + 1..index].iter_mut().enumerate() {
                *between = from + (value - from) * (step + 1) as f64 / span;
            }
        }
        last = Some(index);
    }
    path
}

/// The beats of a stretch.
pub(super) fn beats(sensor: &Sensor<'_>, stretch: &Stretch) -> Result<Vec<Pulse>, SignalsError> {
    let rate = sensor.rate;
    let failed = |source| SignalsError::Beats {
        subject: sensor.subject.to_owned(),
        source,
    };
    let is_ecg = sensor.channel.modality == Modality::Ecg;
    let found = match is_ecg {
        true => r_peaks(&stretch.path, rate),
        false => pulse_peaks(&stretch.path, rate),
    }
    .map_err(failed)?;
    let wave = match is_ecg {
        true => None,
        false => Some(wave(&stretch.path, rate).map_err(|source| {
            failed(BeatError::Filter {
                signal: "BVP",
                source,
            })
        })?),
    };

    let sample = |time: f64| ((time * rate).round() as usize).min(stretch.path.len() - 1);
    let mut beats: Vec<Pulse> = Vec::with_capacity(found.len());
    // Seconds since the beat before, whatever the rhythm.
    let mut raw: Vec<Option<f64>> = Vec::with_capacity(found.len());
    let mut before: Option<f64> = None;
    for beat in found {
        if before.is_some_and(|before| beat.time <= before) {
            continue;
        }
        let whole = |from: f64| {
            let between = &stretch.path[sample(from)..=sample(beat.time)];
            between.iter().all(|value| value.is_finite())
        };
        raw.push(
            before
                .filter(|&from| whole(from))
                .map(|from| beat.time - from),
        );
        let rise = wave.as_ref().map_or(f64::NAN, |wave| {
            let first = before.map_or(0, |before| sample(before) + 1);
            rise(wave, rate, beat.time, first)
        });
        let amplitude = beat.amplitude.abs();
        beats.push(Pulse {
            time: stretch.start + beat.time,
            amplitude: if amplitude > 0.0 { amplitude } else { f64::NAN },
            rise,
            interval: None,
            settled: beat.interval,
        });
        before = Some(beat.time);
    }
    let limits = Plausibility {
        // Centred on the last of the intervals so far.
        neighbours: 2 * NEIGHBOURS - 1,
        ..if is_ecg {
            Plausibility::ECG
        } else {
            Plausibility::PULSE
        }
    };
    for (index, beat) in beats.iter_mut().enumerate() {
        let so_far = &raw[(index + 1).saturating_sub(NEIGHBOURS)..=index];
        beat.interval = plausible(so_far, &limits).last().copied().flatten();
    }
    Ok(beats)
}

/// The wave whose peaks are beats.
fn wave(path: &[f64], rate: f64) -> Result<Vec<f64>, FilterError> {
    let [low, high] = BAND;
    let filter = Sos::butterworth_band_pass(ORDER, low, high, rate)?;
    // Long enough for the filter to forget how it started.
    Ok(filter.zero_phase_with_padding(path, (2.0 / low * rate).round() as usize))
}

/// Seconds from the lowest point before a peak, not before the sample `first`, to the peak at `time`.
fn rise(wave: &[f64], rate: f64, time: f64, first: usize) -> f64 {
    let peak = (time * rate).round() as usize;
    let first = first.max(peak.saturating_sub((FOOT_REACH * rate) as usize));
    let lowest = (first..peak.min(wave.len())).min_by(|&a, &b| wave[a].total_cmp(&wave[b]));
    // A minimum at the start of the search is a slope cut off, not a foot.
    let Some(foot) = lowest.filter(|&foot| foot > first && foot + 1 < wave.len()) else {
        return f64::NAN;
    };
    let (before, bottom, after) = (wave[foot - 1], wave[foot], wave[foot + 1]);
    let curvature = before - 2.0 * bottom + after;
    let offset = if curvature > 0.0 {
        (0.5 * (before - after) / curvature).clamp(-0.5, 0.5)
    } else {
        0.0
    };
    let rise = time - (foot as f64 + offset) / rate;
    if RISE.contains(&rise) { rise } else { f64::NAN }
}
