//! Skin conductance and temperature.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

use pathema_experiments::data::Track;

use super::channels::Sensor;
use super::exponential::{LeakyMean, LowPass};
use super::rows::Rows;
use super::spread::RunningSpread;

/// Seconds between samples; an E4's own.
const SPACING: f64 = 0.25;
/// Part of a block's samples that must have been observed.
const LEAST_SHARE: f64 = 0.25;

/// µS. Below, the electrodes have no contact (the E4 then stores 0); above is beyond skin and sensors.
const CONDUCTANCE: RangeInclusive<f64> = 1e-3..=100.0;
/// Seconds by which the level is smoothed.
const LEVEL_TAU: f64 = 0.3;
/// Seconds. Two equal low passes of first order together lose 3 dB at √(√2 − 1) / (2πτ): 0.05 Hz.
pub(super) const SLOW_TAU: f64 = 2.0486;
/// µS by which level and slow level can differ.
const LARGEST_PHASIC: f64 = 5.0;
/// Slopes are µS in so many seconds.
const SLOPE_UNIT: f64 = 0.5;
/// Seconds over which a slope is taken.
const SLOPE_SPAN: RangeInclusive<f64> = 0.5 - HAIR..=2.0 + HAIR;
/// µS in half a second, faster than which no skin is.
const STEEPEST: f64 = 5.0;
/// Seconds after which activity is forgotten.
const ACTIVITY_TAU: f64 = 10.0;
const LONG_ACTIVITY_TAU: f64 = 30.0;
/// µS in half a second: about what a step of the E4's converter is.
const ACTIVITY_FLOOR: f64 = 1e-3;

/// Seconds over which the logarithm of the level spreads, and what a steady level has of it.
const SPREAD: f64 = 30.0;
const SPREAD_FLOOR: f64 = 2e-3;

/// °C of a wrist or chest in a room, sensor on or off.
const TEMPERATURE: RangeInclusive<f64> = 15.0..=45.0;
/// Seconds: 0.1 Hz.
const TEMPERATURE_TAU: f64 = 1.6;
/// Seconds over which a change of temperature is told, and how old the value may be to which it is told.
const CHANGE_UNIT: f64 = 30.0;
const CHANGE_SPAN: RangeInclusive<f64> = CHANGE_UNIT - HAIR..=35.0 + HAIR;
/// °C in 30 s, faster than which only a sensor that is put on or taken off is.
const LARGEST_CHANGE: f64 = 3.0;

/// Seconds of slack for the rounding of times.
const HAIR: f64 = 1e-6;

pub(super) fn track(
    eda: &Sensor<'_>,
    temperature: Option<&Sensor<'_>>,
    derived: bool,
    rows: Rows,
) -> Track {
    let eda = samples(eda, CONDUCTANCE);
    let temperature = temperature.map(|sensor| samples(sensor, TEMPERATURE));
    if derived {
        let temperature = temperature.map(|samples| warmth(&samples));
        rows.merge(&conductance(&eda), &temperature.unwrap_or_default())
    } else {
        let log: Vec<_> = eda.iter().map(|&(time, x)| (time, [x.ln()])).collect();
        let temperature = temperature.unwrap_or_default();
        let temperature: Vec<_> = temperature.iter().map(|&(time, x)| (time, [x])).collect();
        rows.merge(&log, &temperature)
    }
}

/// The samples that were observed and can be, or the means of them in blocks of a quarter of a second.
fn samples(sensor: &Sensor<'_>, possible: RangeInclusive<f64>) -> Vec<(f64, f64)> {
    let per_block = sensor.samples(SPACING);
    let least = ((LEAST_SHARE * per_block as f64).ceil() as usize).max(1);
    let values = sensor.channel.all();
    let mut found = Vec::with_capacity(values.len() / per_block);
    for (range, span) in sensor.channel.segments() {
        for (block, values) in values[range].chunks(per_block).enumerate() {
            let (mut sum, mut count, mut last) = (0.0, 0, 0);
            for (index, value) in values.iter().enumerate() {
                if possible.contains(value) {
                    sum += value;
                    count += 1;
                    last = index;
                }
            }
            if count >= least {
                let time = span.start + (block * per_block + last) as f64 / sensor.rate;
                found.push((time, sum / count as f64));
            }
        }
    }
    found
}

/// Log level, phasic, signed root slope, log activity over two times, and log spread.
fn conductance(samples: &[(f64, f64)]) -> Vec<(f64, [f64; 6])> {
    let mut level = LowPass::<1>::new(LEVEL_TAU);
    let mut slow = LowPass::<2>::new(SLOW_TAU);
    let mut activity = [ACTIVITY_TAU, LONG_ACTIVITY_TAU].map(LeakyMean::new);
    let mut spread = RunningSpread::new(SPREAD, (LEAST_SHARE * SPREAD / SPACING) as usize);
    let mut past = Past::new(SLOPE_SPAN);
    let mut before: Option<f64> = None;
    let mut rows = Vec::with_capacity(samples.len());
    for &(time, sample) in samples {
        let (now, _) = level.push(time, sample);
        let (base, anew) = slow.push(time, now);
        // A filter that has just started says nothing yet.
        let phasic = match anew {
            true => f64::NAN,
            false => (now - base).clamp(-LARGEST_PHASIC, LARGEST_PHASIC),
        };
        let slope = past.push(time, now).map_or(f64::NAN, |(span, then)| {
            ((now - then) / span * SLOPE_UNIT).clamp(-STEEPEST, STEEPEST)
        });
        let moved = before
            .filter(|_| !slope.is_nan())
            .map_or([f64::NAN; 2], |before| {
                let lasted = (time - before).min(*SLOPE_SPAN.end());
                let mean = |own: &mut LeakyMean| own.push(time, lasted, slope.abs());
                activity
                    .each_mut()
                    .map(|own| (mean(own) + ACTIVITY_FLOOR).ln())
            });
        before = Some(time);
        let rooted = slope.signum() * slope.abs().sqrt();
        let wandered = (spread.push(time, [now.ln()]) + SPREAD_FLOOR).ln();
        let [moved, moved_long] = moved;
        let row = [now.ln(), phasic, rooted, moved, moved_long, wandered];
        rows.push((time, row));
    }
    rows
}

/// Temperature and its change.
fn warmth(samples: &[(f64, f64)]) -> Vec<(f64, [f64; 2])> {
    let mut filter = LowPass::<1>::new(TEMPERATURE_TAU);
    let mut past = Past::new(CHANGE_SPAN);
    let row = |&(time, sample): &(f64, f64)| {
        let (now, _) = filter.push(time, sample);
        let change = past.push(time, now).map_or(f64::NAN, |(span, then)| {
            let change = (now - then) / span * CHANGE_UNIT;
            change.clamp(-LARGEST_CHANGE, LARGEST_CHANGE)
        });
        (time, [now, change])
    };
    samples.iter().map(row).collect()
}

/// What was seen a while ago.
struct Past {
    age: RangeInclusive<f64>,
    seen: VecDeque<(f64, f64)>,
}

impl Past {
    fn new(age: RangeInclusive<f64>) -> Past {
        Past {
            age,
            seen: VecDeque::new(),
        }
    }

    /// Remembers a value, and gives the youngest one that is old enough and not too old, with its age.
    fn push(&mut self, time: f64, value: f64) -> Option<(f64, f64)> {
        self.seen.push_back((time, value));
        while self
            .seen
            .get(1)
            .is_some_and(|(next, _)| time - next >= *self.age.start())
        {
            self.seen.pop_front();
        }
        let &(then, value) = self.seen.front()?;
        self.age
            .contains(&(time - then))
            .then_some((time - then, value))
    }
}
