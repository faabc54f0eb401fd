//! Finite impulse responses.

use super::{FilterError, Response, Start, delay, extend};
use crate::complex::Complex;
use crate::stretches::runs;
use crate::undefined::{Undefined, Value};

/// A filter whose output is a weighted sum of the samples up to now.
#[derive(Clone, Debug, PartialEq)]
pub struct Fir {
    taps: Vec<f64>,
    /// The taps from the last to the first, as they meet a stretch of samples.
    reversed: Vec<f64>,
}

impl Fir {
    /// The filter of given taps: the weight of the present sample, then of the one before, …
    ///
    /// # Errors
    /// No taps, or one that is not finite.
    ///
    /// ```
    /// use pathema_physio::filter::{Fir, Start};
    /// let difference = Fir::new(vec![1.0, -1.0])?;
    /// assert_eq!(difference.filter(&[3.0, 4.0, 6.0], Start::Zero), [3.0, 1.0, 2.0]);
    /// assert_eq!(difference.filter(&[3.0, 4.0, 6.0], Start::Steady), [0.0, 1.0, 2.0]);
    /// # Ok::<(), pathema_physio::filter::FilterError>(())
    /// ```
    pub fn new(taps: Vec<f64>) -> Result<Fir, FilterError> {
        if taps.is_empty() {
            return Err(FilterError::Taps {
                taps: 0,
                most: super::fir_design::MOST_TAPS,
            });
        }
        if let Some(index) = taps.iter().position(|tap| !tap.is_finite()) {
            return Err(FilterError::Coefficient {
                index,
                value: taps[index],
            });
        }
        let reversed = taps.iter().rev().copied().collect();
        Ok(Fir { taps, reversed })
    }

    /// The taps.
    pub fn taps(&self) -> &[f64] {
        &self.taps
    }

    /// Runs forward over each finite stretch of `signal`: `scipy.signal.lfilter(taps, 1, stretch)`, with the samples
    /// before the first as `start` says. What is missing becomes NaN.
    pub fn filter(&self, signal: &[f64], start: Start) -> Vec<f64> {
        self.by_stretches(signal, |stretch| self.forward(stretch, start))
    }

    /// Runs forward and backward over each finite stretch of `signal`: `scipy.signal.filtfilt(taps, 1, stretch)`, with
    /// its odd extension by 3 · taps samples, or by what a shorter stretch has. What is missing becomes NaN.
    pub fn zero_phase(&self, signal: &[f64]) -> Vec<f64> {
        self.by_stretches(signal, |stretch| {
            let padding = (3 * self.taps.len()).min(stretch.len() - 1);
            let mut extended = extend::oddly(stretch, padding);
            for _ in 0..2 {
                extended = self.forward(&extended, Start::Steady);
                extended.reverse();
            }
            extended.truncate(padding + stretch.len());
            extended.drain(..padding);
            extended
        })
    }

    /// What one forward run does to a `frequency` in Hz, in signals of `rate` Hz: `scipy.signal.freqz`.
    pub fn response(&self, frequency: f64, rate: f64) -> Response {
        let delay = delay(frequency, rate);
        let taps = self.reversed.iter();
        taps.fold(Complex::real(0.0), |sum, &tap| {
            sum * delay + Complex::real(tap)
        })
        .into()
    }

    /// By how many samples a forward run delays what varies slowly around a `frequency` (Hz), in signals of `rate` Hz:
    /// `scipy.signal.group_delay`. Taps that are symmetric delay every frequency by half of all but one.
    ///
    /// # Errors
    /// The filter blocks the frequency, so that nothing is left to be delayed.
    pub fn group_delay(&self, frequency: f64, rate: f64) -> Value {
        // −dφ/dω is the real part of Σ n h[n] e^(−iωn) over Σ h[n] e^(−iωn).
        let delay = delay(frequency, rate);
        let zero = Complex::real(0.0);
        let (mut sum, mut ramp) = (zero, zero);
        for (index, &tap) in self.taps.iter().enumerate().rev() {
            sum = sum * delay + Complex::real(tap);
            ramp = ramp * delay + Complex::real(index as f64 * tap);
        }
        let scale: f64 = self.taps.iter().map(|tap| tap.abs()).sum();
        // Comparisons with NaN fail, so that this refuses it too.
        if sum.norm_squared().sqrt() > 1e-13 * scale {
            Ok((ramp / sum).re)
        } else {
            Err(Undefined::Zero { what: "response" })
        }
    }

    fn by_stretches(&self, signal: &[f64], filter: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
        let mut filtered = vec![f64::NAN; signal.len()];
        for range in runs(signal.len(), |index| signal[index].is_finite()) {
            filtered[range.clone()].copy_from_slice(&filter(&signal[range]));
        }
        filtered
    }

    fn forward(&self, stretch: &[f64], start: Start) -> Vec<f64> {
        let before = match start {
            Start::Zero => 0.0,
            Start::Steady => stretch.first().copied().unwrap_or(0.0),
        };
        let mut samples = vec![before; self.taps.len() - 1];
        samples.extend_from_slice(stretch);
        samples
            .windows(self.taps.len())
            .map(|past| dot(past, &self.reversed))
            .collect()
    }
}

/// The inner product, by four sums that a processor can carry side by side.
pub(crate) fn dot(left: &[f64], right: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (left, left_rest) = left.as_chunks::<4>();
    let (right, right_rest) = right.as_chunks::<4>();
    for (left, right) in left.iter().zip(right) {
        for lane in 0..4 {
            sums[lane] += left[lane] * right[lane];
        }
    }
    let rest: f64 = left_rest.iter().zip(right_rest).map(|(a, b)| a * b).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}
