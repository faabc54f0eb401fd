//! What holds for the samples of every modality.

use super::reason::{Fault, Findings, Quality, Reason};
use crate::Undefined;

/// What the samples of a window may be like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Least and greatest value that the body can have, if that is known.
    pub range: Option<[f64; 2]>,
    /// The values at which the sensor saturates, if that is known.
    pub rails: Option<[f64; 2]>,
    /// Seconds of one repeated value from which on the sensor is taken to be off or stuck. Infinite: never.
    pub flat_seconds: f64,
    /// Part of the samples that may be missing.
    pub missing: f64,
    /// Part of the samples that may have each other fault.
    pub faulty: f64,
}

impl Limits {
    /// Missing up to a tenth, each fault up to a twentieth, flat from a second on; any value goes. These are ours.
    pub const ANY: Limits = Limits {
        range: None,
        rails: None,
        flat_seconds: 1.0,
        missing: 0.1,
        faulty: 0.05,
    };
}

/// The quality of a window by its samples alone, `rate` in Hz.
///
/// ```
/// use pathema_physio::quality::{Limits, samples};
/// // A converter of 12 bits that was driven to its upper end.
/// let window: Vec<f64> = (0..100).map(|index| (2_500.0 * (f64::from(index) / 5.0).sin()).clamp(-2_048.0, 2_047.0)).collect();
/// let limits = Limits { rails: Some([-2_048.0, 2_047.0]), ..Limits::ANY };
/// let quality = samples(&window, 100.0, &limits);
/// assert!(quality.reasons[0].to_string().ends_with("are clipped: at most 0.05 may be"));
/// ```
pub fn samples(window: &[f64], rate: f64, limits: &Limits) -> Quality {
    findings(window, rate, limits).quality()
}

pub(super) fn findings(window: &[f64], rate: f64, limits: &Limits) -> Findings {
    let mut findings = Findings::of(window.len());
    if window.is_empty() {
        findings.reasons.push(Reason::Unknown {
            measure: "signal",
            why: Undefined::TooFew {
                what: "samples",
                found: 0,
                needed: 1,
            },
        });
        return findings;
    }
    let allowed = limits.faulty;
    findings.fault(Fault::Missing, limits.missing, |index| {
        !window[index].is_finite()
    });
    let flat = flat(window, limits.flat_seconds * rate);
    findings.fault(Fault::Flat, allowed, |index| flat[index]);
    if let Some([low, high]) = limits.rails {
        findings.fault(Fault::Clipped, allowed, |index| {
            window[index] <= low || window[index] >= high
        });
    }
    if let Some([low, high]) = limits.range {
        findings.fault(Fault::OutOfRange, allowed, |index| {
            window[index] < low || window[index] > high
        });
    }
    findings
}

/// Which samples lie in runs of at least so many samples of one value.
pub(super) fn flat(window: &[f64], samples: f64) -> Vec<bool> {
    let mut flat = vec![false; window.len()];
    let mut start = 0;
    for index in 1..=window.len() {
        if index == window.len() || window[index] != window[start] {
            let run = index - start;
            // A run of one is a value like any other; NaN equals nothing.
            if run >= 2 && run as f64 >= samples {
                flat[start..index].fill(true);
            }
            start = index;
        }
    }
    flat
}
