//! Respiration.

use super::reason::{Quality, Reason};
use super::samples::{self, Limits};
use super::template::template_correlation;
use crate::peaks::median;
use crate::resp::breaths_in_band;
use crate::statistics::{mean, std};
use crate::{Undefined, Value};

/// Hz. Wider than the band of features: quality asks for breaths of any rate.
const BAND: [f64; 2] = [0.1, 0.7];
/// Seconds of one repeated value after which the belt is taken to be off.
const FLAT_SECONDS: f64 = 5.0;

/// Bounds of Charlton et al. 2021: of the spread of durations over their mean, the part of breaths that are half or one and a
/// half times as long as the median, the part of the window that breaths cover, and the correlation with their mean.
const SPREAD: f64 = 0.25;
const OUTLYING: f64 = 0.15;
const COVERED: f64 = 0.6;
const CORRELATION: f64 = 0.75;

/// The quality of a window of respiration: `window` in any unit, `rate` in Hz (3 to 10,000). Windows of 32 s or more are
/// usual.
///
/// Beside its [samples](super::samples()), a usable window has breaths that are regular and alike: a standard deviation of
/// durations of at most a quarter of their mean, at most 15 % of them half or one and a half times as long as the median, 60 %
/// of the window covered by breaths, and a mean correlation of 0.75 with the mean breath (the criteria of Charlton et al.,
/// *Physiol. Meas.* 42, 2021, made for impedance pneumography). Speech breaks them too: such a window holds breath, but
/// none to compute a rate from.
///
/// ```
/// use pathema_physio::quality::resp;
/// let belt: Vec<f64> = (0..1_500).map(|index| (std::f64::consts::TAU * 0.25 * index as f64 / 25.0).sin()).collect();
/// assert!(resp(&belt, 25.0).usable);
/// assert!(!resp(&[1.0; 1_500], 25.0).usable);
/// ```
pub fn resp(window: &[f64], rate: f64) -> Quality {
    let limits = Limits {
        flat_seconds: FLAT_SECONDS,
        ..Limits::ANY
    };
    let mut findings = samples::findings(window, rate, &limits);
    findings.shape = 0.0;
    let breaths = match breaths_in_band(window, rate, BAND) {
        Ok(breaths) => breaths,
        Err(error) => {
            findings.reasons.push(Reason::Breaths(error));
            return findings.quality();
        }
    };
    let durations: Vec<f64> = breaths.iter().map(|breath| breath.duration()).collect();
    let spread = ratio(std(&durations), mean(&durations));
    findings.measure("spread of durations", spread, [0.0, SPREAD]);
    if let Some(typical) = median(&mut durations.clone()) {
        let outlying = |duration: &&f64| !(0.5..=1.5).contains(&(**duration / typical));
        let share = durations.iter().filter(outlying).count() as f64 / durations.len() as f64;
        findings.measure("share of outlying breaths", Ok(share), [0.0, OUTLYING]);
    }
    let covered = durations.iter().sum::<f64>() * rate / window.len().max(1) as f64;
    // A window's last sample stands for a period of which breaths may see a part.
    findings.measure("share covered by breaths", Ok(covered), [COVERED, 1.01]);
    let peaks: Vec<f64> = breaths.iter().map(|breath| breath.peak).collect();
    let correlation = template_correlation(window, rate, &peaks);
    let bounds = [CORRELATION, 1.0];
    let found = findings.measure("correlation of breaths", correlation, bounds);
    findings.shape = found.unwrap_or(0.0);
    findings.quality()
}

fn ratio(above: Value, below: Value) -> Value {
    let too_few = |why| match why {
        Undefined::TooFew { found, needed, .. } => Undefined::TooFew {
            what: "breaths",
            found,
            needed,
        },
        other => other,
    };
    Ok(above.map_err(too_few)? / below.map_err(too_few)?)
}
