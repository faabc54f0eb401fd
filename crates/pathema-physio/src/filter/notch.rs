//! A single frequency, taken away or kept.

use std::f64::consts::{PI, TAU};

use super::error::check_frequency;
use super::{FilterError, Section, Sos};

impl Sos {
    /// A notch at `frequency` (Hz), such as that of the mains, for signals of `rate` Hz. Between the points of 1/√2 it is
    /// `frequency / quality` wide. It equals `scipy.signal.iirnotch(frequency, quality, fs=rate)` (Orfanidis,
    /// *Introduction to Signal Processing*, ch. 11).
    ///
    /// # Errors
    /// A frequency outside 0 to half the rate, or a quality that is not above 0 or makes the notch wider than that.
    ///
    /// ```
    /// use pathema_physio::filter::Sos;
    /// let mains = Sos::notch(50.0, 30.0, 700.0)?;
    /// assert!(mains.response(50.0, 700.0).magnitude < 1e-12);
    /// assert!(mains.response(45.0, 700.0).magnitude > 0.98);
    /// # Ok::<(), pathema_physio::filter::FilterError>(())
    /// ```
    pub fn notch(frequency: f64, quality: f64, rate: f64) -> Result<Sos, FilterError> {
        let (gain, cosine, denominator) = resonance(frequency, quality, rate)?;
        let numerator = [gain, -2.0 * gain * cosine, gain];
        Sos::new(vec![Section {
            numerator,
            denominator,
        }])
    }

    /// A peak at `frequency` (Hz), what [`notch`](Self::notch) takes away. It equals
    /// `scipy.signal.iirpeak(frequency, quality, fs=rate)`.
    ///
    /// # Errors
    /// As [`notch`](Self::notch).
    pub fn peak(frequency: f64, quality: f64, rate: f64) -> Result<Sos, FilterError> {
        let (gain, _, denominator) = resonance(frequency, quality, rate)?;
        let numerator = [1.0 - gain, 0.0, gain - 1.0];
        Sos::new(vec![Section {
            numerator,
            denominator,
        }])
    }
}

/// The gain 1 / (1 + β), the cosine of the frequency, and the denominator that notch and peak share.
fn resonance(frequency: f64, quality: f64, rate: f64) -> Result<(f64, f64, [f64; 2]), FilterError> {
    check_frequency(frequency, rate)?;
    let width = frequency / quality;
    if !(quality > 0.0 && width > 0.0 && width < 0.5 * rate) {
        return Err(FilterError::Quality { quality, frequency });
    }
    let gain = 1.0 / (1.0 + (PI * width / rate).tan());
    let cosine = (TAU * frequency / rate).cos();
    Ok((gain, cosine, [-2.0 * gain * cosine, 2.0 * gain - 1.0]))
}
