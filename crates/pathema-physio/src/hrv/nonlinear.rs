//! Nonlinear heart rate variability, and the Poincaré plot.

use super::moments::{Moments, at_least, ratio, varies};
use super::{Window, approximate_entropy, detrended_fluctuation, higuchi, sample_entropy};
use crate::{Undefined, Value};

/// The Poincaré plot: each interval against the one before it, over pairs of adjacent intervals.
///
/// (Brennan, Palaniswami & Kamen 2001.) Seconds, unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Poincare {
    /// Standard deviation across the line of identity: of (after − before)/√2.
    pub sd1: Value,
    /// Standard deviation along the line of identity: of (after + before)/√2.
    pub sd2: Value,
    /// SD1/SD2; no unit.
    pub ratio: Value,
    /// Area of the ellipse with these half axes, π·SD1·SD2, in s².
    pub area: Value,
    /// Cardiac sympathetic index (Toichi et al. 1997), SD2/SD1; no unit.
    pub csi: Value,
    /// Modified cardiac sympathetic index (Jeppesen et al. 2014), (4·SD2)²/(4·SD1), in s.
    pub csi_modified: Value,
    /// Cardiac vagal index (Toichi et al. 1997): decimal logarithm of 4·SD1 times 4·SD2, both in ms.
    pub cvi: Value,
}

/// Nonlinear measures of heart rate variability. Without a unit, unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nonlinear {
    /// The Poincaré plot.
    pub poincare: Poincare,
    /// Sample entropy of patterns of 2 intervals with a tolerance of 0.2 standard deviations.
    pub sample_entropy: Value,
    /// Approximate entropy of the same.
    pub approximate_entropy: Value,
    /// Short-term exponent α₁ of the detrended fluctuation analysis: segments of 4–16 intervals.
    pub dfa_alpha1: Value,
    /// Long-term exponent α₂: segments of 16–64 intervals.
    pub dfa_alpha2: Value,
    /// Fractal dimension by Higuchi (1988), distances up to 10 intervals, of the longest unbroken stretch.
    pub higuchi: Value,
}

/// Measures the Poincaré plot of a window.
///
/// ```
/// use pathema_physio::hrv::{Tachogram, poincare};
/// let tachogram = Tachogram::from_intervals(0.0, &[0.80, 0.90, 0.80, 0.90, 0.80])?;
/// let plot = poincare(&tachogram.whole());
/// // All points lie on one line across the identity.
/// assert!(plot.sd2? < 1e-12);
/// assert!((plot.sd1? - 0.1 * (2.0f64 / 3.0).sqrt()).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn poincare(window: &Window) -> Poincare {
    let along = Moments::of(
        window
            .pairs()
            .map(|(before, after)| (after + before) / 2f64.sqrt()),
    );
    let across = Moments::of(
        window
            .pairs()
            .map(|(before, after)| (after - before) / 2f64.sqrt()),
    );
    let what = "pairs of adjacent intervals";
    let (sd1, sd2) = (across.deviation(what), along.deviation(what));
    let both = |combine: &dyn Fn(f64, f64) -> f64| Ok(combine(sd1?, sd2?));
    let cvi = both(&|sd1, sd2| 16e6 * sd1 * sd2).and_then(|area| {
        if area > 0.0 {
            Ok(area.log10())
        } else {
            Err(Undefined::Zero {
                what: "product of SD1 and SD2",
            })
        }
    });
    Poincare {
        sd1,
        sd2,
        ratio: ratio(sd1, sd2, "SD2"),
        area: both(&|sd1, sd2| std::f64::consts::PI * sd1 * sd2),
        csi: ratio(sd2, sd1, "SD1"),
        csi_modified: ratio(sd2.map(|sd2| 4.0 * sd2 * sd2), sd1, "SD1"),
        cvi,
    }
}

/// Takes the nonlinear measures of a window.
///
/// ```
/// use pathema_physio::hrv::{Tachogram, nonlinear};
/// // A rhythm that repeats itself: the next interval can be told from the last two.
/// let intervals: Vec<f64> = (0..300).map(|beat| 0.8 + 0.05 * (0.9 * f64::from(beat)).sin()).collect();
/// let tachogram = Tachogram::from_intervals(0.0, &intervals)?;
/// assert!(nonlinear(&tachogram.whole()).sample_entropy? < 0.4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn nonlinear(window: &Window) -> Nonlinear {
    Nonlinear {
        poincare: poincare(window),
        sample_entropy: sample_entropy(window, 2, 0.2),
        approximate_entropy: approximate_entropy(window, 2, 0.2),
        dfa_alpha1: detrended_fluctuation(window, 4..=16),
        dfa_alpha2: detrended_fluctuation(window, 16..=64),
        higuchi: higuchi(window, 10),
    }
}

/// The standard deviation of a window's intervals, where they have one that is not zero.
pub(super) fn spread(window: &Window) -> Value {
    let intervals = window.intervals();
    at_least("intervals", intervals.len(), 2)?;
    varies(intervals)?;
    Moments::of(intervals.iter().copied()).deviation("intervals")
}
