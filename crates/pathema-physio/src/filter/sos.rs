//! Cascades of second-order sections.

use super::{FilterError, Response, Start, Stream, delay, extend};
use crate::complex::Complex;
use crate::stretches::runs;

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
    /// A cascade of given sections.
    ///
    /// # Errors
    /// A coefficient that is not finite, or a section with a pole outside the unit circle or on it.
    ///
    /// ```
    /// use pathema_physio::filter::{FilterError, Section, Sos};
    /// let numerator = [0.5, 0.5, 0.0];
    /// assert!(Sos::new(vec![Section { numerator, denominator: [0.0, 0.0] }]).is_ok());
    /// let error = Sos::new(vec![Section { numerator, denominator: [-1.0, 0.0] }]);
    /// assert_eq!(error, Err(FilterError::Unstable { index: 0 }));
    /// ```
    pub fn new(sections: Vec<Section>) -> Result<Sos, FilterError> {
        for (index, section) in sections.iter().enumerate() {
            let mut coefficients = section.numerator.iter().chain(&section.denominator);
            if let Some(&value) = coefficients.find(|value| !value.is_finite()) {
                return Err(FilterError::Coefficient { index, value });
            }
            let [a1, a2] = section.denominator;
            if !(a2 < 1.0 && a1.abs() < 1.0 + a2) {
                return Err(FilterError::Unstable { index });
            }
        }
        Ok(Sos { sections })
    }

    /// The sections, in the order in which they run.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// Runs forward and backward over each finite stretch of `signal` by itself; all else becomes NaN.
    ///
    /// Each stretch is extended at both ends by odd reflection, and the sections start in the steady state of its
    /// first value, as `scipy.signal.sosfiltfilt` does, with its default of 3 (2 · sections + 1) samples, three less for
    /// each section of first order. A stretch too short for that is extended by what it has.
    pub fn zero_phase(&self, signal: &[f64]) -> Vec<f64> {
        self.zero_phase_with_padding(signal, self.default_padding())
    }

    /// As [`zero_phase`](Self::zero_phase), with stretches extended by `padding` samples at each end, at most by all but
    /// one of what there is: `scipy.signal.sosfiltfilt(…, padlen=padding)`. A slow filter needs more than the default.
    pub fn zero_phase_with_padding(&self, signal: &[f64], padding: usize) -> Vec<f64> {
        let mut filtered = vec![f64::NAN; signal.len()];
        for range in runs(signal.len(), |index| signal[index].is_finite()) {
            let stretch = self.zero_phase_padded(&signal[range.clone()], padding);
            filtered[range].copy_from_slice(&stretch);
        }
        filtered
    }

    /// Runs forward only, as an online filter would: `scipy.signal.sosfilt` over each finite stretch. What is missing
    /// becomes NaN, and the filter starts anew after it, as `start` says.
    pub fn filter(&self, signal: &[f64], start: Start) -> Vec<f64> {
        let mut filtered = Vec::with_capacity(signal.len());
        self.stream(start).extend(signal, &mut filtered);
        filtered
    }

    /// Runs over samples as they come.
    pub fn stream(&self, start: Start) -> Stream {
        Stream::new(self, start)
    }

    /// What one forward run does to a `frequency` in Hz, in signals of `rate` Hz: `scipy.signal.sosfreqz`. A zero-phase
    /// run squares the magnitude and has no phase.
    pub fn response(&self, frequency: f64, rate: f64) -> Response {
        let delay = delay(frequency, rate);
        let sections = self.sections.iter();
        let cascade = sections.fold(Complex::real(1.0), |product, section| {
            product * section.response(delay)
        });
        cascade.into()
    }

    /// SciPy's, which counts one sample less for each section of first order.
    fn default_padding(&self) -> usize {
        let zero = |coefficient: fn(&Section) -> f64| {
            let sections = self.sections.iter();
            sections
                .filter(|section| coefficient(section) == 0.0)
                .count()
        };
        let shorter =
            zero(|section| section.numerator[2]).min(zero(|section| section.denominator[1]));
        3 * (2 * self.sections.len() + 1 - shorter)
    }

    /// As [`zero_phase_with_padding`](Self::zero_phase_with_padding) over finite samples only.
    pub(crate) fn zero_phase_padded(&self, signal: &[f64], padding: usize) -> Vec<f64> {
        if signal.is_empty() {
            return Vec::new();
        }
        let padding = padding.min(signal.len() - 1);
        let mut extended = extend::oddly(signal, padding);
        for _ in 0..2 {
            self.run(&mut extended);
            extended.reverse();
        }
        extended.truncate(padding + signal.len());
        extended.drain(..padding);
        extended
    }

    /// One pass in place, from the steady state of the first value.
    fn run(&self, samples: &mut [f64]) {
        let Some(&first) = samples.first() else {
            return;
        };
        let mut level = first;
        let mut sections = Vec::with_capacity(self.sections.len());
        for section in &self.sections {
            let (state, output) = section.steady_state(level);
            sections.push((*section, state));
            level = output;
        }
        for sample in samples {
            let mut value = *sample;
            for (section, state) in &mut sections {
                value = section.step(state, value);
            }
            *sample = value;
        }
    }
}

impl Section {
    /// Transposed direct form II.
    #[inline]
    pub(super) fn step(&self, state: &mut [f64; 2], input: f64) -> f64 {
        let [b0, b1, b2] = self.numerator;
        let [a1, a2] = self.denominator;
        let output = b0 * input + state[0];
        state[0] = b1 * input - a1 * output + state[1];
        state[1] = b2 * input - a2 * output;
        output
    }

    /// The state that an endless constant input leaves behind, and the output it comes with.
    pub(super) fn steady_state(&self, input: f64) -> ([f64; 2], f64) {
        let [b0, b1, b2] = self.numerator;
        let [a1, a2] = self.denominator;
        let output = input * (b0 + b1 + b2) / (1.0 + a1 + a2);
        let second = b2 * input - a2 * output;
        let first = b1 * input - a1 * output + second;
        ([first, second], output)
    }

    /// |H| at an angular frequency in radians a sample.
    pub(super) fn magnitude(&self, frequency: f64) -> f64 {
        let delay = Complex::new(frequency.cos(), -frequency.sin());
        let response = self.response(delay);
        response.re.hypot(response.im)
    }

    fn response(&self, delay: Complex) -> Complex {
        let [b0, b1, b2] = self.numerator.map(Complex::real);
        let [a1, a2] = self.denominator.map(Complex::real);
        let above = b0 + delay * (b1 + delay * b2);
        let below = Complex::real(1.0) + delay * (a1 + delay * a2);
        above / below
    }
}
