//! Skin conductance.

use super::reason::{Fault, Quality};
use super::samples::{self, Limits};
use crate::stretches::runs;

/// The rules of Kleckner et al. 2018: µS, µS/s, °C, and seconds around an invalid sample.
const RANGE: [f64; 2] = [0.05, 60.0];
const STEEPEST: f64 = 10.0;
const WORN: [f64; 2] = [30.0, 40.0];
const AROUND_SECONDS: f64 = 5.0;

/// Seconds over which the slope is taken. The rules were made for 4 Hz and less; at 700 Hz the noise of a single sample
/// would be steep.
const SLOPE_SECONDS: f64 = 0.25;

/// Which samples of skin conductance are valid: `eda` in µS, `rate` in Hz, and skin temperature in °C with its rate, if it
/// was recorded from the same start.
///
/// The four rules of Kleckner et al. (*Simple, transparent, and flexible automated quality assessment procedures for
/// ambulatory electrodermal activity data*, IEEE Trans. Biomed. Eng. 65, 2018): conductance from 0.05 to 60 µS, a slope of at
/// most 10 µS/s, a temperature from 30 to 40 °C, and nothing invalid within 5 s. Missing samples are invalid; a missing
/// temperature says nothing. A wrist in a cold room falls below 30 °C: leave the temperature out there.
///
/// With a rate that is not positive, nothing is valid.
///
/// ```
/// use pathema_physio::quality::eda_valid;
/// // Contact is lost for a second at 30 s.
/// let mut eda = vec![2.0; 240];
/// eda[120..124].fill(0.0);
/// let valid = eda_valid(&eda, 4.0, None);
/// assert!(valid[98] && !valid[100] && !valid[143] && valid[146]);
/// ```
pub fn eda_valid(eda: &[f64], rate: f64, temperature: Option<(&[f64], f64)>) -> Vec<bool> {
    if !(rate > 0.0 && rate.is_finite()) {
        return vec![false; eda.len()];
    }
    let steep = steep(eda, rate);
    let bad = |index: usize| {
        let in_range = (RANGE[0]..=RANGE[1]).contains(&eda[index]);
        !in_range || steep[index] || taken_off(temperature, index as f64 / rate)
    };
    let reach = (AROUND_SECONDS * rate) as usize;
    let mut valid = vec![true; eda.len()];
    for range in runs(eda.len(), bad) {
        let end = range.end.saturating_add(reach).min(eda.len());
        valid[range.start.saturating_sub(reach)..end].fill(false);
    }
    valid
}

/// The quality of a window of skin conductance, by the rules of [`eda_valid`], each sample for itself.
///
/// A usable window has at most a tenth of its samples missing, and at most a twentieth out of range, too steep or taken off
/// the skin; the parts are ours. The score is the part of the samples that [`eda_valid`] accepts, the 5 s around invalid ones
/// counted as invalid.
///
/// ```
/// use pathema_physio::quality::eda;
/// let conductance: Vec<f64> = (0..240).map(|index| 2.0 + 0.3 * (0.05 * index as f64).sin()).collect();
/// assert!(eda(&conductance, 4.0, Some((&[33.1; 240], 4.0))).usable);
/// assert!(!eda(&conductance, 4.0, Some((&[24.0; 240], 4.0))).usable);
/// ```
pub fn eda(window: &[f64], rate: f64, temperature: Option<(&[f64], f64)>) -> Quality {
    let limits = Limits {
        range: Some(RANGE),
        // Sensors of few bits repeat themselves: at rest, conductance hardly changes.
        flat_seconds: f64::INFINITY,
        ..Limits::ANY
    };
    let mut findings = samples::findings(window, rate, &limits);
    let steep = steep(window, rate);
    findings.fault(Fault::Steep, limits.faulty, |index| steep[index]);
    findings.fault(Fault::NotWorn, limits.faulty, |index| {
        taken_off(temperature, index as f64 / rate)
    });
    let valid = eda_valid(window, rate, temperature);
    let share = valid.iter().filter(|valid| **valid).count() as f64 / window.len().max(1) as f64;
    Quality {
        score: share,
        ..findings.quality()
    }
}

/// Which samples bound a change that is too steep.
fn steep(eda: &[f64], rate: f64) -> Vec<bool> {
    let mut steep = vec![false; eda.len()];
    // Casts saturate, and make NaN 0.
    let distance = ((SLOPE_SECONDS * rate).round() as usize).max(1);
    let seconds = distance as f64 / rate;
    // What lies before was marked: no sample is marked twice.
    let mut marked = 0;
    for later in distance..eda.len() {
        let change = eda[later] - eda[later - distance];
        if change.abs() > STEEPEST * seconds {
            steep[marked.max(later - distance)..=later].fill(true);
            marked = later + 1;
        }
    }
    steep
}

/// Whether the temperature at a time says that the sensor was not worn.
fn taken_off(temperature: Option<(&[f64], f64)>, time: f64) -> bool {
    let sample = temperature.and_then(|(samples, rate)| {
        let index = time * rate;
        (index >= 0.0)
            .then(|| samples.get(index as usize))
            .flatten()
    });
    sample.is_some_and(|value| *value < WORN[0] || *value > WORN[1])
}
