use crate::eda::EdaError;
use crate::eda::settings::{check_finite, check_rate};
use crate::peaks::vertex;
use crate::stretches::runs;
use crate::{Undefined, Value};

/// Part of a response's amplitude that is reached at its onset.
const ONSET: f64 = 0.01;

/// What counts as a skin conductance response.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScrSettings {
    /// Least height from onset to peak, in the unit of the signal (µS).
    pub min_amplitude: f64,
    /// By how much the signal must fall after a peak before the next response may start, in the unit of the signal. With 0,
    /// any notch parts two overlapping responses: right for a phasic part without noise.
    pub min_fall: f64,
}

impl Default for ScrSettings {
    /// 0.01 µS, a usual criterion (Boucsein 2012, *Electrodermal Activity*), and a tenth of it to part two responses.
    fn default() -> ScrSettings {
        ScrSettings {
            min_amplitude: 0.01,
            min_fall: 0.001,
        }
    }
}

/// One skin conductance response.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scr {
    /// When it starts, in seconds since the first sample: where 1 % of its amplitude is reached.
    pub onset: f64,
    /// When it is highest, in seconds, finer than the sampling period.
    pub peak: f64,
    /// The peak above the trough before it, in the unit of the signal.
    pub amplitude: f64,
    /// Seconds from onset to peak.
    pub rise_time: f64,
    /// Seconds from the peak until half of the amplitude is lost; undefined if the next response starts before, or the
    /// signal ends.
    pub half_recovery: Value,
}

/// The skin conductance responses in `phasic` \[n\] (µS, NaN where missing) of `rate` Hz.
///
/// Takes the phasic part of any decomposition. A response rises from a trough to a peak; where one starts before the last
/// one is over, its amplitude counts from the trough between them, so that the responses' heights are not added up. None is
/// reported whose onset or peak was not recorded: at the ends of the recording, and beside a gap.
///
/// # Errors
/// A rate out of range, an infinite sample, or a setting that is no amplitude.
///
/// ```
/// use pathema_physio::eda::{ScrSettings, responses};
/// // One response: it starts at 5 s, and has its peak 1.13 s later.
/// let phasic: Vec<f64> = (0..200)
///     .map(|sample| {
///         let since = (0.1 * f64::from(sample) - 5.0).max(0.0);
///         (-since / 2.0).exp() - (-since / 0.7).exp()
///     })
///     .collect();
/// let found = responses(&phasic, 10.0, &ScrSettings::default())?;
/// assert_eq!(found.len(), 1);
/// assert!((found[0].onset - 5.0).abs() < 0.1 && (found[0].peak - 6.13).abs() < 0.02);
/// assert!((found[0].amplitude - 0.370).abs() < 0.001);
/// assert!((found[0].half_recovery.unwrap() - 2.15).abs() < 0.05);
/// # Ok::<(), pathema_physio::eda::EdaError>(())
/// ```
pub fn responses(phasic: &[f64], rate: f64, settings: &ScrSettings) -> Result<Vec<Scr>, EdaError> {
    check_rate(rate)?;
    check_finite(phasic)?;
    for (name, value) in [
        ("min_amplitude", settings.min_amplitude),
        ("min_fall", settings.min_fall),
    ] {
        if !(0.0..=f64::MAX).contains(&value) {
            return Err(EdaError::Setting {
                name,
                value,
                lowest: 0.0,
                highest: f64::MAX,
            });
        }
    }
    let mut found = Vec::new();
    for run in runs(phasic.len(), |index| phasic[index].is_finite()) {
        in_stretch(phasic, run.start, run.end, rate, settings, &mut found);
    }
    Ok(found)
}

/// A rise from a trough to a peak, as indices.
#[derive(Clone, Copy)]
struct Rise {
    trough: usize,
    peak: usize,
}

fn in_stretch(
    phasic: &[f64],
    start: usize,
    end: usize,
    rate: f64,
    settings: &ScrSettings,
    found: &mut Vec<Scr>,
) {
    let rises = rises(phasic, start, end, settings);
    for (index, rise) in rises.iter().enumerate() {
        let base = phasic[rise.trough];
        let height = phasic[rise.peak] - base;
        // The last sample before the peak that is still at the trough's level.
        let level = base + ONSET * height;
        let onset = (rise.trough..rise.peak)
            .rev()
            .find(|&at| phasic[at] <= level)
            .unwrap_or(rise.trough);
        if onset == start {
            continue;
        }
        let (shift, top) = vertex(phasic, rise.peak);
        let amplitude = top - base;
        let crossing = (level - phasic[onset]) / (phasic[onset + 1] - phasic[onset]);
        let onset = (onset as f64 + crossing) / rate;
        let peak = (rise.peak as f64 + shift) / rate;
        let until = rises.get(index + 1).map_or(end - 1, |next| next.trough);
        let half = base + 0.5 * amplitude;
        let recovered = (rise.peak..until)
            .find(|&at| phasic[at + 1] <= half)
            .map(|at| {
                let crossing = (phasic[at] - half) / (phasic[at] - phasic[at + 1]);
                (at as f64 + crossing.clamp(0.0, 1.0)) / rate - peak
            });
        found.push(Scr {
            onset,
            peak,
            amplitude,
            rise_time: peak - onset,
            half_recovery: recovered.ok_or(Undefined::Absent {
                what: "recovery to half of the amplitude",
            }),
        });
    }
}

/// Rises of at least `min_amplitude` that end in a fall of more than `min_fall`, in order.
fn rises(phasic: &[f64], start: usize, end: usize, settings: &ScrSettings) -> Vec<Rise> {
    let mut found = Vec::new();
    let (mut trough, mut peak) = (start, start);
    for index in start + 1..end {
        let value = phasic[index];
        if peak == trough {
            // Still at the bottom: the last of equal samples is where the rise starts.
            if value <= phasic[trough] {
                trough = index;
                peak = index;
                continue;
            }
        }
        if value > phasic[peak] {
            peak = index;
        } else if phasic[peak] - value > settings.min_fall || value <= phasic[trough] {
            let height = phasic[peak] - phasic[trough];
            if height >= settings.min_amplitude && height > 0.0 {
                found.push(Rise { trough, peak });
                trough = index;
                peak = index;
            } else if value <= phasic[trough] {
                trough = index;
                peak = index;
            }
            // Else a small rise: it belongs to what comes.
        }
    }
    found
}
