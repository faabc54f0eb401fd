//! Filters that see one sample after another.

use super::{Section, Sos};

/// What a causal filter takes to have been before its first sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// Zeros: a signal that starts at 5 starts with a step of 5, and the filter rings.
    Zero,
    /// The first sample, for ever: the filter starts settled, as `scipy.signal.sosfilt_zi` times the first sample does.
    #[default]
    Steady,
}

/// Runs an [`Sos`] over samples as they come.
///
/// A sample that is NaN or infinite gives NaN, and so does one on which the arithmetic overflows. The filter then forgets
/// all that was: the next finite sample is a first sample again. Any split of a signal into calls gives the same
/// numbers, bit for bit, as [`Sos::filter`] over the whole.
///
/// ```
/// use pathema_physio::filter::{Sos, Start};
/// let low_pass = Sos::butterworth_low_pass(2, 1.0, 4.0)?;
/// let signal = [1.0, 2.0, f64::NAN, 3.0, 4.0];
/// let mut stream = low_pass.stream(Start::Zero);
/// let mut filtered = vec![stream.push(signal[0])];
/// stream.extend(&signal[1..], &mut filtered);
/// let whole = low_pass.filter(&signal, Start::Zero);
/// assert_eq!(filtered[3..], whole[3..]);
/// assert!(filtered[2].is_nan());
/// # Ok::<(), pathema_physio::filter::FilterError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    sections: Vec<(Section, [f64; 2])>,
    start: Start,
    started: bool,
}

impl Stream {
    pub(super) fn new(sos: &Sos, start: Start) -> Stream {
        Stream {
            sections: sos
                .sections()
                .iter()
                .map(|section| (*section, [0.0; 2]))
                .collect(),
            start,
            started: false,
        }
    }

    /// Filters one sample.
    #[inline]
    pub fn push(&mut self, sample: f64) -> f64 {
        if !sample.is_finite() {
            self.started = false;
            return f64::NAN;
        }
        if !self.started {
            self.begin(sample);
        }
        let mut value = sample;
        for (section, state) in &mut self.sections {
            value = section.step(state, value);
        }
        if value.is_finite() {
            value
        } else {
            self.started = false;
            f64::NAN
        }
    }

    /// Filters `samples` and appends the results to `filtered`.
    pub fn extend(&mut self, samples: &[f64], filtered: &mut Vec<f64>) {
        filtered.extend(samples.iter().map(|&sample| self.push(sample)));
    }

    /// Forgets all that was, as a missing sample does.
    pub fn reset(&mut self) {
        self.started = false;
    }

    fn begin(&mut self, sample: f64) {
        let mut level = sample;
        for (section, state) in &mut self.sections {
            (*state, level) = match self.start {
                Start::Zero => ([0.0; 2], 0.0),
                Start::Steady => section.steady_state(level),
            };
        }
        self.started = true;
    }
}
