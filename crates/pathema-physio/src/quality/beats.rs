//! Signals of the heart.

use super::reason::{Findings, Quality, Reason};
use super::samples::{self, Limits};
use super::template::template_correlation;
use crate::beat::{Beat, BeatError};
use crate::spectrum::{Spectrum, Welch, welch};
use crate::statistics::{kurtosis, skewness};
use crate::{Undefined, Value, pulse_peaks, r_peaks};

/// Rules of Orphanidou et al. 2015: beats a minute, the longest interval in seconds, the largest ratio of two intervals.
const HEART_RATE: [f64; 2] = [40.0, 180.0];
const LONGEST_INTERVAL: f64 = 3.0;
const INTERVAL_RATIO: f64 = 2.2;
/// Least mean correlation of beats with their template, by the same authors.
const ECG_CORRELATION: f64 = 0.66;
const PULSE_CORRELATION: f64 = 0.86;
/// Least kurtosis of an ECG (Clifford et al., *Physiol. Meas.* 33, 2012): R peaks are rare and high, noise is normal.
const ECG_KURTOSIS: f64 = 5.0;
/// Part of the power from 5 to 40 Hz that lies from 5 to 15 Hz, where the QRS complex has its energy (the pSQI of Li, Mark &
/// Clifford, *Physiol. Meas.* 29, 2008). The bound is ours: movement and muscle lie below it, low T waves do not.
const QRS_SHARE: [f64; 2] = [0.4, 1.0];

/// The quality of a window of an ECG: `window` in any unit, `rate` in Hz (100 to 100,000). Windows of 10 s are usual.
///
/// Beside its [samples](super::samples()), a usable window has beats that are possible: 40 to 180 a minute, no interval
/// above 3 s, none 2.2 times another, and each like their mean with a correlation of 0.66 (Orphanidou et al., *IEEE J.
/// Biomed. Health Inform.* 19, 2015). Its kurtosis exceeds 5 (Clifford et al., *Physiol. Meas.* 33, 2012), and 40 % of the
/// power from 5 to 40 Hz lies below 15 Hz (the measure of Li et al., *Physiol. Meas.* 29, 2008, with a bound of ours).
///
/// ```
/// use pathema_physio::quality::ecg;
/// let rate = 250.0;
/// let beats: Vec<f64> = (0..2_500)
///     .map(|index| {
///         let phase = (index as f64 / rate) % 0.8 - 0.4;
///         (-0.5 * (phase / 0.02).powi(2)).exp() + 0.01 * (index as f64 * 0.9).sin()
///     })
///     .collect();
/// assert!(ecg(&beats, rate).usable);
/// let hum: Vec<f64> = (0..2_500).map(|index| (index as f64 * 0.2).sin()).collect();
/// assert!(!ecg(&hum, rate).usable);
/// ```
pub fn ecg(window: &[f64], rate: f64) -> Quality {
    let mut findings = samples::findings(window, rate, &Limits::ANY);
    shape(&mut findings, window, rate, r_peaks, ECG_CORRELATION);
    findings.measure("kurtosis", kurtosis(window), [ECG_KURTOSIS, f64::INFINITY]);
    let share = qrs_share(window, rate);
    findings.measure("share of power below 15 Hz", share, QRS_SHARE);
    findings.quality()
}

/// The quality of a window of a blood volume pulse: `window` in any unit, `rate` in Hz (25 to 100,000). Windows of 10 s are
/// usual.
///
/// Beside its [samples](super::samples()), a usable window has possible beats, as for [`ecg`], each like their mean with a
/// correlation of 0.86 (Orphanidou et al. 2015). `least_skewness` is for the index that Elgendi (*Bioengineering* 3, 2016)
/// found to tell good pulses best: above 0 where the pulse points up and its baseline is straight. Sensors differ in what
/// their own filters leave of it, so that the bound is the caller's; −∞ does without.
///
/// ```
/// use pathema_physio::quality::bvp;
/// let pulse: Vec<f64> = (0..640)
///     .map(|index| {
///         let phase = (index as f64 / 64.0) % 0.9 - 0.3;
///         (-0.5 * (phase / 0.09).powi(2)).exp()
///     })
///     .collect();
/// assert!(bvp(&pulse, 64.0, 0.0).usable);
/// assert!(!bvp(&[0.0; 640], 64.0, 0.0).usable);
/// ```
pub fn bvp(window: &[f64], rate: f64, least_skewness: f64) -> Quality {
    let mut findings = samples::findings(window, rate, &Limits::ANY);
    shape(&mut findings, window, rate, pulse_peaks, PULSE_CORRELATION);
    if least_skewness != f64::NEG_INFINITY {
        let bounds = [least_skewness, f64::INFINITY];
        findings.measure("skewness", skewness(window), bounds);
    }
    findings.quality()
}

type Detector = fn(&[f64], f64) -> Result<Vec<Beat>, BeatError>;

/// Whether beats are possible, and alike.
fn shape(findings: &mut Findings, window: &[f64], rate: f64, detect: Detector, least: f64) {
    findings.shape = 0.0;
    let beats = match detect(window, rate) {
        Ok(beats) => beats,
        Err(error) => {
            findings.reasons.push(Reason::Beats(error));
            return;
        }
    };
    let times: Vec<f64> = beats.iter().map(|beat| beat.time).collect();
    let intervals = intervals(&times, window, rate);
    let mean = average(&intervals);
    findings.measure("heart rate", mean.map(|mean| 60.0 / mean), HEART_RATE);
    if !intervals.is_empty() {
        let longest = intervals.iter().copied().fold(0.0, f64::max);
        let shortest = intervals.iter().copied().fold(f64::INFINITY, f64::min);
        findings.measure("longest interval", Ok(longest), [0.0, LONGEST_INTERVAL]);
        let ratio = Ok(longest / shortest);
        findings.measure("ratio of intervals", ratio, [1.0, INTERVAL_RATIO]);
    }
    let correlation = template_correlation(window, rate, &times);
    let found = findings.measure("correlation of beats", correlation, [least, 1.0]);
    findings.shape = found.unwrap_or(0.0);
}

/// Intervals in which no sample is missing.
fn intervals(times: &[f64], window: &[f64], rate: f64) -> Vec<f64> {
    let whole = |pair: &&[f64]| {
        let between = window.get((pair[0] * rate) as usize..=(pair[1] * rate) as usize);
        between.is_some_and(|samples| samples.iter().all(|value| value.is_finite()))
    };
    let pairs = times.windows(2).filter(whole);
    pairs.map(|pair| pair[1] - pair[0]).collect()
}

fn average(intervals: &[f64]) -> Value {
    if intervals.is_empty() {
        return Err(Undefined::TooFew {
            what: "intervals",
            found: 0,
            needed: 1,
        });
    }
    Ok(intervals.iter().sum::<f64>() / intervals.len() as f64)
}

fn qrs_share(window: &[f64], rate: f64) -> Value {
    if !(rate >= 80.0 && rate.is_finite()) {
        return Err(Undefined::Rate { rate, needed: 40.0 });
    }
    // Two seconds resolve half a hertz and hold a beat or more.
    let segment = ((2.0 * rate) as usize).min(window.len()).max(1);
    let spectrum: Spectrum = match welch(window, rate, &Welch::of(segment)) {
        Ok(spectrum) => spectrum,
        Err(crate::spectrum::SpectrumError::Undefined(why)) => return Err(why),
        Err(_) => return Err(Undefined::Absent { what: "spectrum" }),
    };
    let whole = spectrum.power(5.0, 40.0)?;
    match whole > 0.0 {
        true => Ok(spectrum.power(5.0, 15.0)? / whole),
        false => Err(Undefined::Zero {
            what: "power from 5 to 40 Hz",
        }),
    }
}
