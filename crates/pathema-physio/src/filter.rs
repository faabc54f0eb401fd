//! Butterworth band-pass filters as second-order sections, run forward and backward.
//!
//! Offline analysis must not move a beat in time: a filter run forward and then backward has no phase, and its
//! magnitude response squared. Second-order sections keep narrow bands at high rates accurate, where one long
//! polynomial would not.

use std::f64::consts::PI;

use thiserror::Error;

use crate::complex::Complex;
use crate::stretches::runs;

/// Largest order of a design: beyond it the response of a band-pass hardly changes, while its ringing grows.
const HIGHEST_ORDER: usize = 20;

/// Why a filter could not be designed.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum FilterError {
    /// The order is 0 or too large.
    #[error(
        "a Butterworth filter of order {order} cannot be designed; take an order from 1 to {highest}"
    )]
    Order {
        /// The order given.
        order: usize,
        /// The highest order served.
        highest: usize,
    },
    /// The band does not lie between 0 and half the sampling rate.
    #[error(
        "a band of {low}–{high} Hz at {rate} Hz cannot be designed; take 0 < low < high < rate / 2"
    )]
    Band {
        /// The lower edge given, in Hz.
        low: f64,
        /// The upper edge given, in Hz.
        high: f64,
        /// The sampling rate given, in Hz.
        rate: f64,
    },
}

/// A cascade of second-order sections.
#[derive(Clone, Debug, PartialEq)]
pub struct Sos {
    sections: Vec<Section>,
}

/// One section, `H(z) = (b₀ + b₁z⁻¹ + b₂z⁻²) / (1 + a₁z⁻¹ + a₂z⁻²)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Section {
    /// `b₀`, `b₁`, `b₂`.
    pub numerator: [f64; 3],
    /// `a₁`, `a₂`; `a₀` is 1.
    pub denominator: [f64; 2],
}

impl Sos {
    /// The Butterworth band-pass whose magnitude is 1/√2 at `low` and `high` (Hz), for signals of `rate` Hz.
    ///
    /// The analogue prototype of `order` poles becomes a band-pass of twice as many by s ↦ (s² + ω₀²) / (Bs), and
    /// digital by the bilinear transform, with both edges pre-warped (Oppenheim & Schafer, *Discrete-Time Signal
    /// Processing*, ch. 7). It equals `scipy.signal.butter(order, [low, high], "bandpass", fs=rate)`.
    ///
    /// # Errors
    /// An order outside 1–20, or a band that does not lie strictly between 0 and half the rate.
    ///
    /// ```
    /// use pathema_physio::filter::Sos;
    /// let pulse_band = Sos::butterworth_band_pass(3, 0.6, 4.0, 64.0)?;
    /// assert_eq!(pulse_band.sections().len(), 3);
    /// // A constant is far outside the band; a gap stays a gap.
    /// let filtered = pulse_band.zero_phase(&[5.0, 5.0, 5.0, f64::NAN, 7.0, 7.0]);
    /// assert!(filtered[1].abs() < 1e-9 && filtered[3].is_nan() && filtered[5].abs() < 1e-9);
    /// # Ok::<(), pathema_physio::filter::FilterError>(())
    /// ```
    pub fn butterworth_band_pass(
        order: usize,
        low: f64,
        high: f64,
        rate: f64,
    ) -> Result<Sos, FilterError> {
        if !(1..=HIGHEST_ORDER).contains(&order) {
            return Err(FilterError::Order {
                order,
                highest: HIGHEST_ORDER,
            });
        }
        // Comparisons with NaN fail, so that this refuses it too.
        if !(0.0 < low && low < high && high < 0.5 * rate && rate.is_finite()) {
            return Err(FilterError::Band { low, high, rate });
        }
        // The bilinear transform at unit rate: s = 2 (z − 1) / (z + 1).
        let [warped_low, warped_high] = [low, high].map(|edge| 2.0 * (PI * edge / rate).tan());
        let bandwidth = warped_high - warped_low;
        let centre = (warped_low * warped_high).sqrt();
        let digital = |pole: Complex| (pole + Complex::real(2.0)) / (Complex::real(2.0) - pole);
        let mut sections = Vec::with_capacity(order);
        // Poles of the prototype lie on the left unit semicircle; those above the real axis stand for their mirrors.
        for index in 0..order.div_ceil(2) {
            let angle = PI * (2 * index + order + 1) as f64 / (2 * order) as f64;
            let half = Complex::new(angle.cos(), angle.sin()) * Complex::real(0.5 * bandwidth);
            let root = (half * half - Complex::real(centre * centre)).sqrt();
            let (first, second) = (digital(half + root), digital(half - root));
            if 2 * index + 1 == order {
                // The prototype's real pole gives two poles that are mirrors of each other, or both real.
                sections.push([-(first + second).re, (first * second).re]);
            } else {
                sections.extend([first, second].map(|pole| [-2.0 * pole.re, pole.norm_squared()]));
            }
        }
        let centre = 2.0 * (0.5 * centre).atan();
        let sections = sections
            .into_iter()
            .map(|denominator| {
                // Zeros at 1 and −1; the gain of each section is 1 where the band-pass has its maximum of 1.
                let mut section = Section {
                    numerator: [1.0, 0.0, -1.0],
                    denominator,
                };
                let gain = section.magnitude(centre);
                section.numerator = [1.0 / gain, 0.0, -1.0 / gain];
                section
            })
            .collect();
        Ok(Sos { sections })
    }

    /// The sections, in the order in which they run.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// Runs forward and backward over each finite stretch of `signal` by itself; all else becomes NaN.
    ///
    /// Each stretch is extended at both ends by odd reflection, and the sections start in the steady state of its
    /// first value, as `scipy.signal.sosfiltfilt` does, with its default of 3 (2 · sections + 1) samples. A stretch too
    /// short for that is extended by what it has.
    pub fn zero_phase(&self, signal: &[f64]) -> Vec<f64> {
        let mut filtered = vec![f64::NAN; signal.len()];
        for range in runs(signal.len(), |index| signal[index].is_finite()) {
            let stretch = self.zero_phase_padded(&signal[range.clone()], self.default_padding());
            filtered[range].copy_from_slice(&stretch);
        }
        filtered
    }

    fn default_padding(&self) -> usize {
        3 * (2 * self.sections.len() + 1)
    }

    /// As [`zero_phase`](Self::zero_phase) over finite samples, extended by `padding` samples at each end (at most by
    /// all but one of what there is).
    pub(crate) fn zero_phase_padded(&self, signal: &[f64], padding: usize) -> Vec<f64> {
        let (Some(&first), Some(&last)) = (signal.first(), signal.last()) else {
            return Vec::new();
        };
        let padding = padding.min(signal.len() - 1);
        let mut extended = Vec::with_capacity(signal.len() + 2 * padding);
        let mirrored = signal[1..=padding].iter().rev();
        extended.extend(mirrored.map(|value| 2.0 * first - value));
        extended.extend_from_slice(signal);
        let mirrored = signal[signal.len() - 1 - padding..signal.len() - 1].iter();
        extended.extend(mirrored.rev().map(|value| 2.0 * last - value));

        self.run(extended.iter_mut());
        self.run(extended.iter_mut().rev());
        extended.truncate(padding + signal.len());
        extended.drain(..padding);
        extended
    }

    /// One pass in place, from the steady state of the first value.
    fn run<'a>(&self, samples: impl Iterator<Item = &'a mut f64>) {
        let mut samples = samples.peekable();
        let Some(mut level) = samples.peek().map(|first| **first) else {
            return;
        };
        let mut states: Vec<[f64; 2]> = Vec::with_capacity(self.sections.len());
        for section in &self.sections {
            let (state, output) = section.steady_state(level);
            states.push(state);
            level = output;
        }
        for sample in samples {
            let mut value = *sample;
            for (section, state) in self.sections.iter().zip(&mut states) {
                value = section.step(state, value);
            }
            *sample = value;
        }
    }
}

impl Section {
    /// Transposed direct form II.
    #[inline]
    fn step(&self, state: &mut [f64; 2], input: f64) -> f64 {
        let [b0, b1, b2] = self.numerator;
        let [a1, a2] = self.denominator;
        let output = b0 * input + state[0];
        state[0] = b1 * input - a1 * output + state[1];
        state[1] = b2 * input - a2 * output;
        output
    }

    /// The state that an endless constant input leaves behind, and the output it comes with.
    fn steady_state(&self, input: f64) -> ([f64; 2], f64) {
        let [b0, b1, b2] = self.numerator;
        let [a1, a2] = self.denominator;
        let output = input * (b0 + b1 + b2) / (1.0 + a1 + a2);
        let second = b2 * input - a2 * output;
        let first = b1 * input - a1 * output + second;
        ([first, second], output)
    }

    /// |H| at an angular frequency in radians a sample.
    fn magnitude(&self, frequency: f64) -> f64 {
        let delay = Complex::new(frequency.cos(), -frequency.sin());
        let [b0, b1, b2] = self.numerator.map(Complex::real);
        let [a1, a2] = self.denominator.map(Complex::real);
        let above = b0 + delay * (b1 + delay * b2);
        let below = Complex::real(1.0) + delay * (a1 + delay * a2);
        (above.norm_squared() / below.norm_squared()).sqrt()
    }
}
