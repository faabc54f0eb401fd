//! The heart: what beats say, and how far they can be trusted.

use std::collections::VecDeque;

use pathema_experiments::data::Track;
use pathema_signal::Modality;

use super::SignalsError;
use super::channels::Sensor;
use super::concentration::Concentration;
use super::pulse::{Pulse, Stretch, beats, stretches};
use super::rows::Rows;

/// Successive differences in an RMSSD: how many at most and at least, and how old, in seconds.
const MOST_DIFFERENCES: usize = 12;
const LEAST_DIFFERENCES: usize = 3;
const OLDEST_DIFFERENCE: f64 = 30.0;
/// Seconds: about what placing beats between samples leaves of noise.
const RMSSD_FLOOR: f64 = 5e-3;

/// Beats in a running median, and how old they may be, in seconds.
const MEDIAN_BEATS: usize = 5;
const MEDIAN_AGE: f64 = 10.0;
/// Units of the sensor (BVP, whose largest sample is some thousands) or mV (ECG).
const LEAST_AMPLITUDE: f64 = 1e-2;
const LARGEST_AMPLITUDE: f64 = 1e4;

/// Seconds between the rows that say how far beats can be trusted, and over which coverage is taken.
const TICK: f64 = 1.0;
const COVERAGE: f64 = 5.0;

pub(super) fn track(
    sensor: &Sensor<'_>,
    derived: bool,
    mut rows: Rows,
) -> Result<Track, SignalsError> {
    let has_foot = sensor.channel.modality != Modality::Ecg;
    for stretch in stretches(sensor) {
        let beats = beats(sensor, &stretch)?;
        if !derived {
            for beat in &beats {
                let interval = beat.settled.map_or(f64::NAN, f64::ln);
                rows.push(beat.time, 0, &[interval, log_amplitude(beat.amplitude)]);
            }
            continue;
        }
        // Channels that a beat has come first; those of ticks follow.
        let width = if has_foot { 4 } else { 3 };
        let mut told = derive(&beats).into_iter().peekable();
        for (time, trust) in ticks(sensor, &stretch, &beats, has_foot) {
            while let Some((time, row)) = told.next_if(|(beat, _)| *beat <= time) {
                rows.push(time, 0, &row[..width]);
            }
            rows.push(time, width, if has_foot { &trust } else { &trust[..1] });
        }
        for (time, row) in told {
            rows.push(time, 0, &row[..width]);
        }
    }
    Ok(rows.track())
}

/// Log heart rate, log RMSSD, log amplitude and rise time of each beat.
fn derive(beats: &[Pulse]) -> Vec<(f64, [f64; 4])> {
    let mut variability = Variability::default();
    let mut amplitude = RunningMedian::default();
    let mut rise = RunningMedian::default();
    beats
        .iter()
        .map(|beat| {
            let rate = beat
                .interval
                .map_or(f64::NAN, |interval| (60.0 / interval).ln());
            let row = [
                rate,
                variability.push(beat),
                log_amplitude(amplitude.push(beat.time, beat.amplitude)),
                rise.push(beat.time, beat.rise),
            ];
            (beat.time, row)
        })
        .collect()
}

fn log_amplitude(amplitude: f64) -> f64 {
    amplitude.clamp(LEAST_AMPLITUDE, LARGEST_AMPLITUDE).ln()
}

/// RMSSD so far.
#[derive(Debug, Default)]
struct Variability {
    before: Option<f64>,
    squares: VecDeque<(f64, f64)>,
}

impl Variability {
    /// Log RMSSD if the beat adds a difference to it, and there are enough.
    fn push(&mut self, beat: &Pulse) -> f64 {
        let difference = beat
            .interval
            .zip(self.before)
            .map(|(now, before)| now - before);
        self.before = beat.interval;
        let Some(difference) = difference else {
            return f64::NAN;
        };
        self.squares.push_back((beat.time, difference * difference));
        while self.squares.len() > MOST_DIFFERENCES
            || self
                .squares
                .front()
                .is_some_and(|(time, _)| beat.time - time > OLDEST_DIFFERENCE)
        {
            self.squares.pop_front();
        }
        if self.squares.len() < LEAST_DIFFERENCES {
            return f64::NAN;
        }
        let sum: f64 = self.squares.iter().map(|(_, square)| square).sum();
        ((sum / self.squares.len() as f64).sqrt() + RMSSD_FLOOR).ln()
    }
}

/// Median of the last few values.
#[derive(Debug, Default)]
struct RunningMedian(VecDeque<(f64, f64)>);

impl RunningMedian {
    /// The median with `value`; NaN if that is.
    fn push(&mut self, time: f64, value: f64) -> f64 {
        if value.is_nan() {
            return f64::NAN;
        }
        self.0.push_back((time, value));
        while self.0.len() > MEDIAN_BEATS
            || self
                .0
                .front()
                .is_some_and(|(then, _)| time - then > MEDIAN_AGE)
        {
            self.0.pop_front();
        }
        let mut sorted: Vec<f64> = self.0.iter().map(|(_, value)| *value).collect();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        match sorted.len() % 2 {
            1 => sorted[middle],
            _ => 0.5 * (sorted[middle - 1] + sorted[middle]),
        }
    }
}

/// Coverage and, where there is a foot, spectral concentration at each tick.
fn ticks(
    sensor: &Sensor<'_>,
    stretch: &Stretch,
    beats: &[Pulse],
    concentration: bool,
) -> Vec<(f64, [f64; 2])> {
    let length = stretch.path.len() as f64 / sensor.rate;
    let count = (length / TICK + 1e-9) as usize;
    let spectrum = concentration.then(|| Concentration::new(stretch, sensor.rate));
    let (mut first, mut next) = (0, 0);
    (1..=count)
        .map(|tick| {
            let since = tick as f64 * TICK;
            let time = stretch.start + since;
            while beats.get(next).is_some_and(|beat| beat.time <= time) {
                next += 1;
            }
            while beats
                .get(first)
                .is_some_and(|beat| beat.time <= time - COVERAGE)
            {
                first += 1;
            }
            let covered: f64 = beats[first.min(next)..next]
                .iter()
                .filter_map(|beat| Some((beat.time, beat.interval?)))
                .map(|(end, interval)| end - (end - interval).max(time - COVERAGE))
                .fold(0.0, |covered, part| covered + part);
            let share = (covered / COVERAGE).min(1.0);
            let concentration = spectrum
                .as_ref()
                .map_or(f64::NAN, |spectrum| spectrum.at(since));
            (time, [share, concentration])
        })
        .collect()
}
