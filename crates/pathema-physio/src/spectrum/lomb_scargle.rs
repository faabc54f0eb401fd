//! Least-squares fits of sines to values at any times.

use std::f64::consts::TAU;

use super::error::check_frequencies;
use super::{Spectrum, SpectrumError};
use crate::Undefined;

/// Frequencies over which a sine is turned on by a fixed step before it is computed anew.
const TURNS: usize = 32;

/// What the squared amplitudes are scaled to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Normalisation {
    /// A one-sided power spectral density, in unit²/Hz: twice the power times the mean interval between values. At
    /// evenly spaced times and the frequencies of a periodogram it equals that.
    #[default]
    Density,
    /// N A² / 4 for N values of a sine of amplitude A: `scipy.signal.lombscargle(…, normalize=False)`.
    Power,
    /// The part of the squares that the sine explains, from 0 to 1: `scipy.signal.lombscargle(…, normalize=True)`.
    Explained,
}

/// How a Lomb–Scargle spectrum is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LombScargle {
    /// What the result is scaled to.
    pub normalisation: Normalisation,
    /// Whether a constant is fitted with each sine (Zechmeister & Kürster 2009), instead of the mean being taken away
    /// beforehand. It matters where few periods fit into the record.
    pub floating_mean: bool,
}

/// The spectrum of `values` at `times` (seconds, in any order) at the given `frequencies` (Hz), by fitting a sine to them
/// at each (Lomb 1976; Scargle 1982). Missing values are left out.
///
/// The mean is taken away first. It equals `scipy.signal.lombscargle(times, values − mean, 2π · frequencies)`, with
/// `floating_mean` and `normalize` as in [`LombScargle`].
///
/// A frequency beyond what the times resolve has a value too: with irregular times there is no sharp limit, and none is
/// checked.
///
/// # Errors
/// As many times as values are needed, a finite one for each value that is present, and finite, positive, rising
/// frequencies. The spectrum is undefined with fewer than three values, and if all are at one time; scaled to what is
/// explained also if they do not vary.
///
/// ```
/// use pathema_physio::spectrum::{LombScargle, lomb_scargle};
/// // A sine of 0.25 Hz, seen at uneven times.
/// let times: Vec<f64> = (0..200).map(|i| 0.8 * f64::from(i) + 0.1 * f64::from(i).sin()).collect();
/// let values: Vec<f64> = times.iter().map(|t| (std::f64::consts::TAU * 0.25 * t).sin()).collect();
/// let frequencies: Vec<f64> = (1..=500).map(|i| 0.001 * f64::from(i)).collect();
/// let spectrum = lomb_scargle(&times, &values, &frequencies, &LombScargle::default())?;
/// assert!((spectrum.peak(0.0, 0.5)? - 0.25).abs() < 1e-9);
/// assert!((spectrum.power(0.2, 0.3)? - 0.5).abs() < 0.05);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn lomb_scargle(
    times: &[f64],
    values: &[f64],
    frequencies: &[f64],
    settings: &LombScargle,
) -> Result<Spectrum, SpectrumError> {
    check_frequencies(frequencies)?;
    let samples = present(times, values)?;
    let count = samples.len() as f64;
    let span = samples.iter().map(|sample| sample.time).fold(0.0, f64::max);
    let squares = samples
        .iter()
        .map(|sample| sample.value * sample.value)
        .sum::<f64>()
        / count;
    // Less a mean that is rounded, equal values may not be zero, but they are still equal.
    let varied = samples
        .iter()
        .any(|sample| sample.value != samples[0].value);
    let scale = match settings.normalisation {
        Normalisation::Power => 0.5 * count,
        // The mean interval is that between neighbours, of which there is one less than values.
        Normalisation::Density => count * span / (count - 1.0),
        Normalisation::Explained if varied && squares > 0.0 => 1.0 / squares,
        Normalisation::Explained => return Err(Undefined::Constant { what: "values" }.into()),
    };
    let step = even_step(frequencies);
    let mut turning = vec![Turning::default(); samples.len()];
    let density = frequencies
        .iter()
        .enumerate()
        .map(|(index, frequency)| {
            turn(&mut turning, &samples, index, *frequency, step);
            scale * explained(&samples, &turning, settings.floating_mean)
        })
        .collect();
    Ok(Spectrum {
        frequencies: frequencies.to_vec(),
        density,
    })
}

/// A value that is present, less the mean, and its time after the first.
struct Sample {
    time: f64,
    value: f64,
}

/// The sine and cosine of one time, and those of the step to the next frequency.
#[derive(Clone, Copy, Default)]
struct Turning {
    sine: f64,
    cosine: f64,
    step_sine: f64,
    step_cosine: f64,
}

fn present(times: &[f64], values: &[f64]) -> Result<Vec<Sample>, SpectrumError> {
    if times.len() != values.len() {
        return Err(SpectrumError::Lengths {
            times: times.len(),
            values: values.len(),
        });
    }
    let mut samples = Vec::with_capacity(values.len());
    for (index, (&time, &value)) in times.iter().zip(values).enumerate() {
        if value.is_finite() {
            if !time.is_finite() {
                return Err(SpectrumError::Time { index, time });
            }
            samples.push(Sample { time, value });
        }
    }
    if samples.len() < 3 {
        return Err(Undefined::TooFew {
            what: "values",
            found: samples.len(),
            needed: 3,
        }
        .into());
    }
    // Times count from the first: seconds since 1970 would cost sines seven digits.
    let first = samples
        .iter()
        .map(|sample| sample.time)
        .fold(f64::INFINITY, f64::min);
    let mean = samples.iter().map(|sample| sample.value).sum::<f64>() / samples.len() as f64;
    for sample in &mut samples {
        sample.time -= first;
        sample.value -= mean;
    }
    if samples.iter().all(|sample| sample.time == 0.0) {
        return Err(Undefined::Constant { what: "times" }.into());
    }
    Ok(samples)
}

/// The distance between evenly spaced frequencies.
fn even_step(frequencies: &[f64]) -> Option<f64> {
    let (first, last) = (frequencies.first()?, frequencies.last()?);
    let step = (last - first) / (frequencies.len().checked_sub(1)?.max(1)) as f64;
    let even = |(index, frequency): (usize, &f64)| {
        // An error in frequency is an error in phase, which must stay in the noise of the arithmetic.
        (frequency - (first + index as f64 * step)).abs() <= 4.0 * f64::EPSILON * last
    };
    frequencies.iter().enumerate().all(even).then_some(step)
}

/// Turns all phases to the next frequency: by the step where frequencies are even, which is far cheaper than a sine.
fn turn(
    turning: &mut [Turning],
    samples: &[Sample],
    index: usize,
    frequency: f64,
    step: Option<f64>,
) {
    for (turn, sample) in turning.iter_mut().zip(samples) {
        if index == 0
            && let Some(step) = step
        {
            (turn.step_sine, turn.step_cosine) = (TAU * step * sample.time).sin_cos();
        }
        if step.is_none() || index.is_multiple_of(TURNS) {
            (turn.sine, turn.cosine) = (TAU * frequency * sample.time).sin_cos();
        } else {
            let Turning {
                sine,
                cosine,
                step_sine,
                step_cosine,
            } = *turn;
            turn.sine = sine * step_cosine + cosine * step_sine;
            turn.cosine = cosine * step_cosine - sine * step_sine;
        }
    }
}

/// The mean square that the best sine takes from the values.
fn explained(samples: &[Sample], turning: &[Turning], floating_mean: bool) -> f64 {
    let count = samples.len() as f64;
    let [mut sines, mut cosines, mut cos_squared, mut sin_cos] = [0.0; 4];
    let [mut with_sine, mut with_cosine] = [0.0; 2];
    for (sample, turn) in samples.iter().zip(turning) {
        let Turning { sine, cosine, .. } = *turn;
        sines += sine;
        cosines += cosine;
        cos_squared += cosine * cosine;
        sin_cos += sine * cosine;
        with_sine += sample.value * sine;
        with_cosine += sample.value * cosine;
    }
    let [mean_sine, mean_cosine] = [sines / count, cosines / count];
    let mut cc = cos_squared / count;
    let mut ss = 1.0 - cc;
    let mut cs = sin_cos / count;
    let [ys, yc] = [with_sine / count, with_cosine / count];
    if floating_mean {
        // The values have no mean left, so that only the sines lose theirs.
        cc -= mean_cosine * mean_cosine;
        ss -= mean_sine * mean_sine;
        cs -= mean_sine * mean_cosine;
    }
    // Shifted in time so that sine and cosine are orthogonal, the fit of each stands by itself.
    let shift = 0.5 * (2.0 * cs).atan2(cc - ss);
    let (sin, cos) = shift.sin_cos();
    let [along, across] = [yc * cos + ys * sin, ys * cos - yc * sin];
    let along_norm = cc * cos * cos + 2.0 * cs * cos * sin + ss * sin * sin;
    let across_norm = cc * sin * sin - 2.0 * cs * cos * sin + ss * cos * cos;
    let fit = |product: f64, norm: f64| {
        // A sine that is zero at all times, or with a floating mean constant, explains nothing.
        if norm > 1e-14 {
            product * product / norm
        } else {
            0.0
        }
    };
    fit(along, along_norm) + fit(across, across_norm)
}
