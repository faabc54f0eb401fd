//! Acceleration, temperature and muscle tension.

use super::reason::{Fault, Findings, Quality};
use super::samples::{self, Limits, flat};
use crate::spectrum::{SpectrumError, Welch, welch};
use crate::{Undefined, Value};

/// °C. Skin on which a sensor is worn (Kleckner et al. 2018).
const SKIN: [f64; 2] = [30.0, 40.0];
/// °C a second. Ours: skin under a sensor changes by hundredths; a sensor put on or taken off by tenths.
const STEEPEST: f64 = 0.2;
/// Seconds over which that is taken.
const SLOPE_SECONDS: f64 = 2.0;

/// Seconds after which an axis that repeats one value is stuck. Ours: even at rest, noise of a few thousandths of g moves
/// the last digit; one axis may stay on it for a while.
const STUCK_SECONDS: f64 = 30.0;

/// Hz.
const HIGHEST_RATE: f64 = 100_000.0;
/// Hz. Mains, of which muscle tension should hold little.
const MAINS: [f64; 2] = [50.0, 60.0];
/// Hz to both sides of mains and its multiples.
const MAINS_WIDTH: f64 = 1.5;
/// Part of the power above 20 Hz at one mains frequency and its multiples that may be. Ours.
const MAINS_SHARE: f64 = 0.5;

/// The quality of a window of acceleration: x, y and z, `rate` in Hz, and the greatest magnitude that the sensor can tell
/// of an axis, in the same unit (128 for an Empatica E4 in its own units of 1/64 g).
///
/// Samples at the end of that range are clipped, samples beyond it impossible; an axis that repeats one value for 30 s or for
/// the whole of a shorter window is stuck. A sample has a fault if one axis has. All bounds are ours.
///
/// ```
/// use pathema_physio::quality::acc;
/// let noise: Vec<f64> = (0..320).map(|index| f64::from(index * 7 % 5) - 2.0).collect();
/// let stuck = [64.0; 320];
/// assert!(acc([&noise, &noise, &noise], 32.0, 128.0).usable);
/// assert!(!acc([&noise, &noise, &stuck], 32.0, 128.0).usable);
/// ```
pub fn acc(axes: [&[f64]; 3], rate: f64, full_scale: f64) -> Quality {
    let length = axes.iter().map(|axis| axis.len()).min().unwrap_or(0);
    let axes = axes.map(|axis| &axis[..length]);
    let mut findings = Findings::of(length);
    if length == 0 {
        return samples::samples(&[], rate, &Limits::ANY);
    }
    let any = |index: usize, faulty: fn(f64, f64) -> bool| {
        axes.iter().any(|axis| faulty(axis[index], full_scale))
    };
    let Limits {
        missing, faulty, ..
    } = Limits::ANY;
    findings.fault(Fault::Missing, missing, |index| {
        any(index, |value, _| !value.is_finite())
    });
    let longest = (STUCK_SECONDS * rate).min(length as f64);
    let stuck = axes.map(|axis| flat(axis, longest));
    findings.fault(Fault::Flat, faulty, |index| {
        stuck.iter().any(|axis| axis[index])
    });
    findings.fault(Fault::Clipped, faulty, |index| {
        any(index, |value, full| value.abs() == full)
    });
    findings.fault(Fault::OutOfRange, faulty, |index| {
        any(index, |value, full| value.abs() > full)
    });
    findings.quality()
}

/// The quality of a window of skin temperature: `window` in °C, `rate` in Hz.
///
/// Worn skin has 30 to 40 °C (Kleckner et al. 2018; a cold hand may fall below) and does not change by more than 0.2 °C/s
/// over 2 s (ours). Temperature may repeat itself as long as it likes: its sensors are coarse.
///
/// ```
/// use pathema_physio::quality::temperature;
/// assert!(temperature(&[33.5; 240], 4.0).usable);
/// assert!(!temperature(&[22.0; 240], 4.0).usable);
/// ```
pub fn temperature(window: &[f64], rate: f64) -> Quality {
    let limits = Limits {
        range: Some(SKIN),
        flat_seconds: f64::INFINITY,
        ..Limits::ANY
    };
    let mut findings = samples::findings(window, rate, &limits);
    // Casts saturate, and make NaN 0.
    let distance = ((SLOPE_SECONDS * rate).round() as usize).max(1);
    let steep = |at: usize| {
        let before = at.checked_sub(distance).map(|before| window[before]);
        before.is_some_and(|before| (window[at] - before).abs() > STEEPEST * distance as f64 / rate)
    };
    findings.fault(Fault::Steep, limits.faulty, steep);
    findings.quality()
}

/// The quality of a window of muscle tension: `window` in any unit, `rate` in Hz (above 120, up to 100,000), and the values at which the
/// sensor saturates, if they are known.
///
/// Beside its [samples](super::samples()), a usable window has at most half of its power above 20 Hz at 50 or 60 Hz and their
/// multiples: there it hears mains, not muscle. The bound is ours.
///
/// ```
/// use pathema_physio::quality::emg;
/// let hum: Vec<f64> = (0..3_500).map(|index| (std::f64::consts::TAU * 50.0 * index as f64 / 700.0).sin()).collect();
/// assert!(!emg(&hum, 700.0, None).usable);
/// ```
pub fn emg(window: &[f64], rate: f64, rails: Option<[f64; 2]>) -> Quality {
    let limits = Limits {
        rails,
        ..Limits::ANY
    };
    let mut findings = samples::findings(window, rate, &limits);
    let share = mains_share(window, rate);
    let found = findings.measure("share of power at mains", share, [0.0, MAINS_SHARE]);
    findings.shape = found.map_or(0.0, |share| 1.0 - share);
    findings.quality()
}

/// Part of the power above 20 Hz at the stronger of the two mains frequencies.
fn mains_share(window: &[f64], rate: f64) -> Value {
    let highest = 0.5 * rate;
    if !(highest > MAINS[1] && rate.is_finite()) {
        return Err(Undefined::Rate {
            rate,
            needed: MAINS[1],
        });
    }
    // Of a rate without end, the multiples of mains would have none either.
    if rate > HIGHEST_RATE {
        return Err(Undefined::Absent {
            what: "sensor of more than 100,000 Hz",
        });
    }
    // A second resolves a hertz.
    let segment = (rate.round() as usize).min(window.len()).max(1);
    let spectrum = match welch(window, rate, &Welch::of(segment)) {
        Ok(spectrum) => spectrum,
        Err(SpectrumError::Undefined(why)) => return Err(why),
        Err(_) => return Err(Undefined::Absent { what: "spectrum" }),
    };
    let whole = spectrum.power(20.0, f64::INFINITY)?;
    if whole == 0.0 {
        return Err(Undefined::Zero {
            what: "power above 20 Hz",
        });
    }
    // Of samples so large that their squares overflowed, no part can be told.
    if !whole.is_finite() {
        return Err(Undefined::Absent {
            what: "finite power above 20 Hz",
        });
    }
    let mut share: f64 = 0.0;
    for mains in MAINS {
        let multiples = (highest / mains) as usize;
        let power: f64 = (1..=multiples)
            .map(|multiple| {
                let centre = mains * multiple as f64;
                let power = spectrum.power(centre - MAINS_WIDTH, centre + MAINS_WIDTH);
                // A coarse spectrum may have no frequency so near.
                power.unwrap_or(0.0)
            })
            .sum();
        share = share.max(power / whole);
    }
    Ok(share)
}
