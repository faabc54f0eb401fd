//! Statistics that merge.

use super::plain::{is_present, served_rate};
use crate::{Undefined, Value};

/// What is known of a stretch of samples, enough to tell its mean, standard deviation, extremes, slope and absolute
/// integral, and to [`merge`](Self::merge) it with the stretch after it.
///
/// Sums of squares and products are those around the means, merged by the formulas of Chan, Golub & LeVeque (*Am. Stat.*
/// 37, 1983): nothing is subtracted that could cancel.
///
/// ```
/// use pathema_physio::statistics::Moments;
/// let first = Moments::of(&[1.0, 2.0]);
/// let both = first.merge(Moments::of(&[f64::NAN, 6.0]));
/// assert_eq!((both.len(), both.count()), (4, 3));
/// assert_eq!(both.mean(), Ok(3.0));
/// assert_eq!(both.max(), Ok(6.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    len: usize,
    count: usize,
    mean: f64,
    /// Σ (x − mean)².
    squares: f64,
    /// Mean index of the samples that are present, from the start of the stretch.
    centre: f64,
    /// Σ (index − centre)².
    spread: f64,
    /// Σ (index − centre) (x − mean).
    products: f64,
    /// Mean of |x|.
    magnitude: f64,
    least: f64,
    greatest: f64,
}

impl Moments {
    /// Of no samples.
    pub const EMPTY: Moments = Moments {
        len: 0,
        count: 0,
        mean: 0.0,
        squares: 0.0,
        centre: 0.0,
        spread: 0.0,
        products: 0.0,
        magnitude: 0.0,
        least: f64::INFINITY,
        greatest: f64::NEG_INFINITY,
    };

    /// Of the samples of a signal.
    ///
    /// ```
    /// use pathema_physio::statistics::Moments;
    /// assert_eq!(Moments::of(&[1.0, 3.0]).std(), Ok(1.0));
    /// ```
    pub fn of(signal: &[f64]) -> Moments {
        let mut moments = Moments {
            len: signal.len(),
            ..Moments::EMPTY
        };
        let Some(&origin) = signal.iter().find(|value| is_present(**value)) else {
            return moments;
        };
        let (mut sum, mut indices, mut magnitude) = (0.0, 0.0, 0.0);
        for (index, &value) in signal.iter().enumerate() {
            if is_present(value) {
                moments.count += 1;
                sum += value - origin;
                indices += index as f64;
                magnitude += value.abs();
                moments.least = moments.least.min(value);
                moments.greatest = moments.greatest.max(value);
            }
        }
        let count = moments.count as f64;
        moments.mean = origin + sum / count;
        moments.centre = indices / count;
        moments.magnitude = magnitude / count;
        for (index, &value) in signal.iter().enumerate() {
            if is_present(value) {
                let (away, late) = (value - moments.mean, index as f64 - moments.centre);
                moments.squares += away * away;
                moments.spread += late * late;
                moments.products += late * away;
            }
        }
        moments
    }

    /// Of this stretch and the one that follows at once.
    #[must_use]
    pub fn merge(self, next: Moments) -> Moments {
        let len = self.len + next.len;
        let later = self.len as f64;
        if self.count == 0 {
            return Moments {
                len,
                centre: next.centre + later,
                ..next
            };
        }
        if next.count == 0 {
            return Moments { len, ..self };
        }
        let count = self.count + next.count;
        let part = next.count as f64 / count as f64;
        let rise = next.mean - self.mean;
        let delay = next.centre + later - self.centre;
        let weight = self.count as f64 * part;
        Moments {
            len,
            count,
            mean: self.mean + part * rise,
            squares: self.squares + next.squares + weight * rise * rise,
            centre: self.centre + part * delay,
            spread: self.spread + next.spread + weight * delay * delay,
            products: self.products + next.products + weight * rise * delay,
            magnitude: self.magnitude + part * (next.magnitude - self.magnitude),
            least: self.least.min(next.least),
            greatest: self.greatest.max(next.greatest),
        }
    }

    /// How many samples there are, missing ones included.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no sample, present or missing.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many samples are present.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Which part of the samples is present, from 0 to 1; 0 of no samples.
    pub fn coverage(&self) -> f64 {
        self.count as f64 / self.len.max(1) as f64
    }

    /// As [`mean`](super::mean()).
    ///
    /// # Errors
    /// As there.
    pub fn mean(&self) -> Value {
        self.at_least(1).map(|()| self.mean)
    }

    /// As [`std`](super::std()).
    ///
    /// # Errors
    /// As there.
    pub fn std(&self) -> Value {
        self.at_least(2)?;
        // Merged means of a constant may differ from it by a rounding error.
        if self.least == self.greatest {
            return Ok(0.0);
        }
        Ok((self.squares / self.count as f64).sqrt())
    }

    /// As [`root_mean_square`](super::root_mean_square()).
    ///
    /// # Errors
    /// As there.
    pub fn root_mean_square(&self) -> Value {
        self.at_least(1)?;
        let variance = self.squares / self.count as f64;
        Ok((variance + self.mean * self.mean).sqrt())
    }

    /// As [`min`](super::min()).
    ///
    /// # Errors
    /// As there.
    pub fn min(&self) -> Value {
        self.at_least(1).map(|()| self.least)
    }

    /// As [`max`](super::max()).
    ///
    /// # Errors
    /// As there.
    pub fn max(&self) -> Value {
        self.at_least(1).map(|()| self.greatest)
    }

    /// As [`range`](super::range()).
    ///
    /// # Errors
    /// As there.
    pub fn range(&self) -> Value {
        self.at_least(1).map(|()| self.greatest - self.least)
    }

    /// As [`slope`](super::slope()); `rate` in Hz.
    ///
    /// # Errors
    /// As there.
    pub fn slope(&self, rate: f64) -> Value {
        served_rate(rate)?;
        self.at_least(2)?;
        if self.least == self.greatest {
            return Ok(0.0);
        }
        Ok(self.products / self.spread * rate)
    }

    /// As [`absolute_integral`](super::absolute_integral()); `rate` in Hz.
    ///
    /// # Errors
    /// As there.
    pub fn absolute_integral(&self, rate: f64) -> Value {
        served_rate(rate)?;
        self.at_least(1)?;
        Ok(self.magnitude * (self.len as f64 / rate))
    }

    /// The same of a stretch that goes on for `missing` more samples without a recorded one.
    pub(super) fn followed_by_nothing(self, missing: usize) -> Moments {
        Moments {
            len: self.len.saturating_add(missing),
            ..self
        }
    }

    fn at_least(&self, needed: usize) -> Result<(), Undefined> {
        if self.count < needed {
            return Err(Undefined::TooFew {
                what: "samples",
                found: self.count,
                needed,
            });
        }
        Ok(())
    }
}
