//! Finite responses by the window method.

use std::f64::consts::PI;

use super::error::{check_band, check_frequency};
use super::{FilterError, Fir, Window};

/// Most taps of a design.
pub(super) const MOST_TAPS: usize = 1 << 20;

impl Fir {
    /// A low-pass of `taps` taps that passes half the amplitude at `cutoff` (Hz), for signals of `rate` Hz: the endless
    /// response of the ideal filter, cut off by a `window`, and scaled to pass a constant unchanged. It equals
    /// `scipy.signal.firwin(taps, cutoff, window=window, fs=rate)`.
    ///
    /// # Errors
    /// A cut-off outside 0 to half the rate, no taps or too many, or a window's parameter out of range.
    ///
    /// ```
    /// use pathema_physio::filter::{Fir, Window};
    /// let low_pass = Fir::low_pass(51, 5.0, 64.0, Window::Hamming)?;
    /// assert!((low_pass.response(0.0, 64.0).magnitude - 1.0).abs() < 1e-12);
    /// assert!(low_pass.response(8.0, 64.0).magnitude < 0.003);
    /// assert!((low_pass.group_delay(3.0, 64.0)? - 25.0).abs() < 1e-9);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn low_pass(
        taps: usize,
        cutoff: f64,
        rate: f64,
        window: Window,
    ) -> Result<Fir, FilterError> {
        check_frequency(cutoff, rate)?;
        windowed(taps, &[[0.0, 2.0 * cutoff / rate]], window)
    }

    /// The high-pass that [`low_pass`](Self::low_pass) leaves, scaled to pass half the rate unchanged. The number of taps
    /// is odd: an even number cannot pass half the rate. It equals `scipy.signal.firwin(…, pass_zero=False)`.
    ///
    /// # Errors
    /// As `low_pass`, and an even number of taps.
    pub fn high_pass(
        taps: usize,
        cutoff: f64,
        rate: f64,
        window: Window,
    ) -> Result<Fir, FilterError> {
        check_frequency(cutoff, rate)?;
        windowed(taps, &[[2.0 * cutoff / rate, 1.0]], window)
    }

    /// A band-pass that passes half the amplitude at `low` and `high` (Hz), scaled to pass their mean unchanged. It
    /// equals `scipy.signal.firwin(taps, [low, high], window=window, pass_zero=False, fs=rate)`.
    ///
    /// # Errors
    /// A band that does not lie between 0 and half the rate, and what `low_pass` refuses.
    pub fn band_pass(
        taps: usize,
        low: f64,
        high: f64,
        rate: f64,
        window: Window,
    ) -> Result<Fir, FilterError> {
        check_band(low, high, rate)?;
        windowed(taps, &[[2.0 * low / rate, 2.0 * high / rate]], window)
    }

    /// A band-stop that passes half the amplitude at `low` and `high` (Hz), scaled to pass a constant unchanged. The
    /// number of taps is odd. It equals `scipy.signal.firwin(taps, [low, high], window=window, fs=rate)`.
    ///
    /// # Errors
    /// As `band_pass`, and an even number of taps.
    pub fn band_stop(
        taps: usize,
        low: f64,
        high: f64,
        rate: f64,
        window: Window,
    ) -> Result<Fir, FilterError> {
        check_band(low, high, rate)?;
        let [low, high] = [low, high].map(|edge| 2.0 * edge / rate);
        windowed(taps, &[[0.0, low], [high, 1.0]], window)
    }
}

/// How many taps, and which Kaiser window, keep ripples `attenuation` dB down with transitions `width` Hz wide, for
/// signals of `rate` Hz (Kaiser 1974). It equals `scipy.signal.kaiserord(attenuation, width / (rate / 2))`. A high-pass or
/// band-stop takes the next odd number.
///
/// # Errors
/// An attenuation below 8 dB (every window attenuates more) or above 1000 dB, or a width outside 0 to half the rate.
///
/// ```
/// use pathema_physio::filter::{Fir, Window, kaiser_order};
/// let (taps, window) = kaiser_order(60.0, 2.0, 64.0)?;
/// let low_pass = Fir::low_pass(taps, 5.0, 64.0, window)?;
/// assert!(low_pass.response(6.1, 64.0).magnitude < 1e-3);
/// # Ok::<(), pathema_physio::filter::FilterError>(())
/// ```
pub fn kaiser_order(
    attenuation: f64,
    width: f64,
    rate: f64,
) -> Result<(usize, Window), FilterError> {
    check_frequency(width, rate)?;
    if !(8.0..=1000.0).contains(&attenuation) {
        return Err(FilterError::Attenuation { attenuation });
    }
    let beta = if attenuation > 50.0 {
        0.1102 * (attenuation - 8.7)
    } else if attenuation > 21.0 {
        let above = attenuation - 21.0;
        0.5842 * above.powf(0.4) + 0.07886 * above
    } else {
        0.0
    };
    let taps = (attenuation - 7.95) / 2.285 / (PI * (width / (0.5 * rate))) + 1.0;
    Ok((taps.ceil() as usize, Window::Kaiser(beta)))
}

/// The taps for ideal bands, as fractions of half the rate; the middle of the first, or the end that it reaches, passes
/// unchanged.
pub(crate) fn windowed(
    taps: usize,
    bands: &[[f64; 2]],
    window: Window,
) -> Result<Fir, FilterError> {
    let reaches_end = bands.iter().any(|band| band[1] == 1.0);
    if !(1..=MOST_TAPS).contains(&taps) || (reaches_end && taps.is_multiple_of(2)) {
        return Err(FilterError::Taps {
            taps,
            most: MOST_TAPS,
        });
    }
    if !window.is_valid() {
        return Err(FilterError::Window { window });
    }
    let centre = 0.5 * (taps - 1) as f64;
    let mut response = window.symmetric(taps);
    for (index, weight) in response.iter_mut().enumerate() {
        let time = index as f64 - centre;
        *weight *= bands
            .iter()
            .map(|[low, high]| high * sinc(high * time) - low * sinc(low * time))
            .sum::<f64>();
    }
    let passed = match bands[0] {
        [0.0, _] => 0.0,
        [_, 1.0] => 1.0,
        [low, high] => 0.5 * (low + high),
    };
    let gain: f64 = (0..taps)
        .map(|index| response[index] * (PI * (index as f64 - centre) * passed).cos())
        .sum();
    response.iter_mut().for_each(|tap| *tap /= gain);
    Fir::new(response)
}

/// sin(πx) / (πx).
fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        1.0
    } else {
        (PI * x).sin() / (PI * x)
    }
}
