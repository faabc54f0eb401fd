//! How the power of a signal spreads over frequencies.
//!
//! [`welch`] averages over segments of an evenly sampled signal and [`periodogram`] takes it whole; [`lomb_scargle`]
//! takes values at any times, such as intervals between beats; [`autoregressive`] fits a model whose spectrum is smooth.
//! Each gives a one-sided [`Spectrum`]: its density, summed over all frequencies, is the variance. A spectrum never
//! bridges a gap: a segment that holds a missing sample is left out, and if none is whole there is no spectrum.
//!
//! ```
//! use pathema_physio::spectrum::{Welch, welch};
//! // A sine of amplitude 2 at 5 Hz has a variance of 2, all of it near 5 Hz.
//! let rate = 64.0;
//! let signal: Vec<f64> = (0..2048)
//!     .map(|sample| 2.0 * (std::f64::consts::TAU * 5.0 * f64::from(sample) / rate).sin())
//!     .collect();
//! let spectrum = welch(&signal, rate, &Welch::of(256))?;
//! assert!((spectrum.power(4.0, 6.0)? - 2.0).abs() < 1e-9);
//! assert_eq!(spectrum.peak(0.0, 32.0)?, 5.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod autoregressive;
mod error;
mod lomb_scargle;
mod welch;

use std::ops::Range;

pub use crate::detrend::Detrend;
use crate::undefined::{Undefined, Value};
pub use crate::window::Window;
pub use autoregressive::{Autoregression, AutoregressionMethod, autoregressive};
pub use error::SpectrumError;
pub use lomb_scargle::{LombScargle, Normalisation, lomb_scargle};
pub use welch::{Welch, WelchPlan, periodogram, welch};

/// A one-sided power spectral density at rising frequencies.
///
/// Each density stands for a cell around its frequency that reaches halfway to both neighbours; the outermost cells are
/// as wide as the distance to their one neighbour. With evenly spaced frequencies that is the rectangle rule: powers of
/// bands that do not overlap add up, and the power of all frequencies is exactly the variance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spectrum {
    /// In Hz, rising.
    pub frequencies: Vec<f64>,
    /// In the signal's unit squared per Hz, one for each frequency.
    pub density: Vec<f64>,
}

impl Spectrum {
    /// The power from `low` (included) to `high` (excluded), both in Hz, in the signal's unit squared: the sum of
    /// density times width over the cells whose frequency lies in the band.
    ///
    /// What lies beyond the last frequency is not known and counts as none: whether half the sampling rate suffices for
    /// a band is the caller's question.
    ///
    /// # Errors
    /// No frequency lies in the band, there is but one frequency, whose cell has no width, or the power overflows.
    pub fn power(&self, low: f64, high: f64) -> Value {
        let band = self.band(low, high)?;
        finite(band.map(|bin| self.density[bin] * self.width(bin)).sum())
    }

    /// As [`power`](Self::power), by the trapezoid rule between the first and the last frequency in the band. Packages
    /// for heart rate variability often integrate so; neighbouring bands then lose the trapezoid between them.
    ///
    /// # Errors
    /// Fewer than two frequencies lie in the band, or the power overflows.
    pub fn power_by_trapezoids(&self, low: f64, high: f64) -> Value {
        let band = self.band(low, high)?;
        if band.len() < 2 {
            return Err(too_few_frequencies(band.len(), 2));
        }
        let pairs = band.clone().zip(band.skip(1));
        let trapezoids = pairs.map(|(a, b)| {
            let width = self.frequencies[b] - self.frequencies[a];
            0.5 * width * (self.density[a] + self.density[b])
        });
        finite(trapezoids.sum())
    }

    /// The frequency in Hz with the largest density from `low` (included) to `high` (excluded); the lowest of equals.
    ///
    /// # Errors
    /// No frequency lies in the band, or no power.
    pub fn peak(&self, low: f64, high: f64) -> Value {
        let mut largest = None;
        for bin in self.band(low, high)? {
            let density = self.density[bin];
            if density > largest.map_or(0.0, |largest: usize| self.density[largest]) {
                largest = Some(bin);
            }
        }
        let bin = largest.ok_or(Undefined::Absent { what: "peak" })?;
        Ok(self.frequencies[bin])
    }

    /// The mean of the frequencies from `low` (included) to `high` (excluded), weighted by power, in Hz.
    ///
    /// # Errors
    /// No frequency lies in the band, or no power.
    pub fn mean_frequency(&self, low: f64, high: f64) -> Value {
        let total = self.positive_power(low, high)?;
        let band = self.band(low, high)?;
        let share = |bin: usize| self.density[bin] * self.width(bin) / total;
        Ok(band.map(|bin| self.frequencies[bin] * share(bin)).sum())
    }

    /// The frequency in Hz that halves the power from `low` (included) to `high` (excluded). The power of a cell is
    /// taken to be spread evenly over it.
    ///
    /// # Errors
    /// No frequency lies in the band, or no power.
    pub fn median_frequency(&self, low: f64, high: f64) -> Value {
        let half = 0.5 * self.positive_power(low, high)?;
        let mut below = 0.0;
        let mut median = f64::NAN;
        for bin in self.band(low, high)? {
            let (lower, upper) = self.cell(bin);
            let power = self.density[bin] * self.width(bin);
            if power > 0.0 {
                let part = ((half - below) / power).min(1.0);
                median = lower + part * (upper - lower);
            }
            below += power;
            if below >= half {
                break;
            }
        }
        Ok(median)
    }

    /// The bins whose frequency lies in the band; at least one, in a spectrum of two or more.
    fn band(&self, low: f64, high: f64) -> Result<Range<usize>, Undefined> {
        let known = self.frequencies.len().min(self.density.len());
        if known < 2 {
            return Err(too_few_frequencies(known, 2));
        }
        let frequencies = &self.frequencies[..known];
        let first = frequencies.partition_point(|&frequency| frequency < low);
        let after = frequencies.partition_point(|&frequency| frequency < high);
        if first >= after {
            return Err(too_few_frequencies(0, 1));
        }
        Ok(first..after)
    }

    /// The lower and upper end of a bin's cell, in Hz.
    fn cell(&self, bin: usize) -> (f64, f64) {
        let at = |bin: usize| self.frequencies[bin];
        let last = self.frequencies.len() - 1;
        let below = 0.5
            * if bin > 0 {
                at(bin) - at(bin - 1)
            } else {
                at(1) - at(0)
            };
        let above = 0.5
            * if bin < last {
                at(bin + 1) - at(bin)
            } else {
                at(last) - at(last - 1)
            };
        (at(bin) - below, at(bin) + above)
    }

    fn width(&self, bin: usize) -> f64 {
        let at = |bin: usize| self.frequencies[bin];
        let last = self.frequencies.len() - 1;
        if bin == 0 {
            at(1) - at(0)
        } else if bin == last {
            at(last) - at(last - 1)
        } else {
            0.5 * (at(bin + 1) - at(bin - 1))
        }
    }

    fn positive_power(&self, low: f64, high: f64) -> Value {
        let total = self.power(low, high)?;
        if total > 0.0 {
            Ok(total)
        } else {
            Err(Undefined::Zero {
                what: "power in the band",
            })
        }
    }
}

/// A power that is a number: of values whose squares overflow none is.
fn finite(power: f64) -> Value {
    if power.is_finite() {
        Ok(power)
    } else {
        Err(Undefined::Absent {
            what: "finite power in the band",
        })
    }
}

fn too_few_frequencies(found: usize, needed: usize) -> Undefined {
    Undefined::TooFew {
        what: "frequencies in the band",
        found,
        needed,
    }
}
