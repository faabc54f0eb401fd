//! Skin conductance.

use std::borrow::Cow;

use super::extract::{Part, covered, samples_within};
use super::signals::{FeatureError, Signal};
use crate::eda::{Scr, ScrSettings, responses, smoothness};
use crate::resample::{Polyphase, resample};
use crate::statistics::SlidingMoments;
use crate::{Undefined, Value};

/// Hz. Faster signals are brought down to 4–8 Hz, whose 2 Hz are more than sweat glands follow.
const RATE: f64 = 4.0;
/// Hz, between the tonic level and the phasic part.
const CUTOFF: f64 = 0.05;
/// The largest factor that a rate is brought down by.
const LARGEST_FACTOR: f64 = 20_000.0;

/// The level, its trend, and the responses of a window.
///
/// Tonic and phasic parts are parted by a smoothness prior in each window by itself (Choi et al. 2012, whom the baseline
/// follows): a decomposition of the whole recording would tell a window of what comes hours later.
pub(super) struct SkinConductance<'a> {
    rate: f64,
    moments: SlidingMoments<'a>,
}

impl<'a> SkinConductance<'a> {
    pub(super) const LOWEST_RATE: f64 = 1.0;

    pub(super) fn new(signal: Signal<'a>) -> Result<SkinConductance<'a>, FeatureError> {
        let factor = (signal.rate / RATE).floor().clamp(1.0, LARGEST_FACTOR);
        let samples = match factor as usize {
            1 => Cow::Borrowed(signal.samples),
            factor => Cow::Owned(resample(signal.samples, 1, factor, &Polyphase::default())?),
        };
        Ok(SkinConductance {
            rate: signal.rate / factor,
            moments: SlidingMoments::new(samples),
        })
    }
}

impl Part for SkinConductance<'_> {
    fn window(&mut self, start: f64, length: f64, row: &mut [Value]) -> f64 {
        let end = start + length;
        let (range, whole) = samples_within(start, end, self.rate, self.moments.signal().len());
        let of = self.moments.window(range.clone());
        let (coverage, enough) = covered(of.count(), whole, row);
        if enough {
            let (level, parts) = row.split_at_mut(6);
            level.copy_from_slice(&[
                of.mean(),
                of.std(),
                of.min(),
                of.max(),
                of.slope(self.rate),
                of.range(),
            ]);
            parted(&self.moments.signal()[range], self.rate, parts);
        }
        coverage
    }
}

/// What tonic and phasic parts of a window say.
fn parted(window: &[f64], rate: f64, row: &mut [Value]) {
    let split = smoothness(window, rate, CUTOFF).and_then(|split| {
        let found = responses(&split.phasic, rate, &ScrSettings::default())?;
        Ok((split, found))
    });
    let Ok((split, found)) = split else {
        row.fill(Err(Undefined::Absent {
            what: "decomposition of this window",
        }));
        return;
    };
    let tonic = SlidingMoments::new(&split.tonic).window(0..window.len());
    let phasic = SlidingMoments::new(&split.phasic).window(0..window.len());
    let (mut amplitudes, mut durations, mut areas) = (0.0, 0.0, 0.0);
    for (index, response) in found.iter().enumerate() {
        let next = found.get(index + 1).map(|next| next.onset);
        let end = ends(response, next, &split.phasic, rate);
        amplitudes += response.amplitude;
        durations += end - response.onset;
        areas += area(&split.phasic, response.onset, end, rate);
    }
    row.copy_from_slice(&[
        tonic.mean(),
        tonic.std(),
        correlation_with_time(&split.tonic),
        phasic.mean(),
        phasic.std(),
        Ok(found.len() as f64),
        Ok(amplitudes),
        Ok(durations),
        Ok(areas),
    ]);
}

/// When a response has lost half of its amplitude; else when the next one starts, or nothing more is present.
fn ends(response: &Scr, next: Option<f64>, phasic: &[f64], rate: f64) -> f64 {
    if let Ok(recovery) = response.half_recovery {
        return response.peak + recovery;
    }
    let peak = (response.peak * rate).round() as usize;
    let present = phasic[peak.min(phasic.len())..]
        .iter()
        .take_while(|value| value.is_finite());
    let last = (peak + present.count()) as f64 / rate;
    next.unwrap_or(f64::INFINITY).min(last)
}

/// Above the level at the onset, which lies between two samples.
fn area(phasic: &[f64], onset: f64, end: f64, rate: f64) -> f64 {
    let (range, _) = samples_within(onset, end, rate, phasic.len());
    let at = onset * rate;
    let before = at.floor() as usize;
    let (Some(&level), Some(&next)) = (phasic.get(before), phasic.get(before + 1)) else {
        return 0.0;
    };
    let level = level + at.fract() * (next - level);
    phasic[range]
        .iter()
        .map(|value| (value - level).max(0.0))
        .sum::<f64>()
        / rate
}

/// Pearson's coefficient, over the samples that are present.
fn correlation_with_time(tonic: &[f64]) -> Value {
    let present = || {
        tonic
            .iter()
            .enumerate()
            .filter(|(_, value)| value.is_finite())
            .map(|(index, &value)| (index as f64, value))
    };
    let count = present().count();
    if count < 3 {
        return Err(Undefined::TooFew {
            what: "samples",
            found: count,
            needed: 3,
        });
    }
    let mean = |of: fn((f64, f64)) -> f64| present().map(of).sum::<f64>() / count as f64;
    let (time, level) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let (mut products, mut times, mut levels) = (0.0, 0.0, 0.0);
    for (at, value) in present() {
        products += (at - time) * (value - level);
        times += (at - time).powi(2);
        levels += (value - level).powi(2);
    }
    // Rounding of the level leaves a spread of its own.
    if levels.sqrt() <= 1e-9 * (count as f64).sqrt() * level.abs() {
        return Err(Undefined::Constant {
            what: "tonic levels",
        });
    }
    Ok((products / (times * levels).sqrt()).clamp(-1.0, 1.0))
}
