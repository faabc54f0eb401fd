//! Butterworth filters: as flat as can be where they pass.
//!
//! The analogue prototype's poles lie on the left unit semicircle. They are moved to the band that is asked for, with its
//! edges pre-warped, and become digital by the bilinear transform (Oppenheim & Schafer, *Discrete-Time Signal
//! Processing*, ch. 7). Each section is scaled to pass a frequency inside the band at 1, so that no section overflows the
//! next, and a constant passes a low-pass unchanged. A band so low or narrow for its rate that the poles cannot be told
//! from the unit circle is refused ([`FilterError::Unstable`]).

use std::f64::consts::PI;

use super::error::{check_band, check_frequency};
use super::{FilterError, Section, Sos};
use crate::complex::Complex;

/// Largest order of a design: beyond it the response of a band-pass hardly changes, while its ringing grows.
const HIGHEST_ORDER: usize = 20;

impl Sos {
    /// The Butterworth low-pass whose magnitude is 1/√2 at `cutoff` (Hz), for signals of `rate` Hz. It equals
    /// `scipy.signal.butter(order, cutoff, "lowpass", fs=rate)`.
    ///
    /// # Errors
    /// An order outside 1–20, or a cut-off that does not lie strictly between 0 and half the rate.
    pub fn butterworth_low_pass(order: usize, cutoff: f64, rate: f64) -> Result<Sos, FilterError> {
        check_order(order)?;
        check_frequency(cutoff, rate)?;
        let warped = warp(cutoff, rate);
        one_sided(order, |pole| pole * Complex::real(warped), 1.0)
    }

    /// The Butterworth high-pass whose magnitude is 1/√2 at `cutoff` (Hz), for signals of `rate` Hz. It equals
    /// `scipy.signal.butter(order, cutoff, "highpass", fs=rate)`.
    ///
    /// # Errors
    /// As [`butterworth_low_pass`](Self::butterworth_low_pass).
    ///
    /// ```
    /// use pathema_physio::filter::Sos;
    /// let high_pass = Sos::butterworth_high_pass(5, 0.5, 250.0)?;
    /// assert_eq!(high_pass.sections().len(), 3);
    /// assert!(high_pass.response(0.05, 250.0).magnitude < 1e-4);
    /// # Ok::<(), pathema_physio::filter::FilterError>(())
    /// ```
    pub fn butterworth_high_pass(order: usize, cutoff: f64, rate: f64) -> Result<Sos, FilterError> {
        check_order(order)?;
        check_frequency(cutoff, rate)?;
        let warped = warp(cutoff, rate);
        one_sided(order, |pole| Complex::real(warped) / pole, -1.0)
    }

    /// The Butterworth band-pass whose magnitude is 1/√2 at `low` and `high` (Hz), for signals of `rate` Hz: `order`
    /// sections, for s ↦ (s² + ω₀²) / (Bs) doubles the poles. It equals
    /// `scipy.signal.butter(order, [low, high], "bandpass", fs=rate)`.
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
        check_order(order)?;
        check_band(low, high, rate)?;
        let band = Band::new(low, high, rate);
        let half = |pole: Complex| pole * Complex::real(0.5 * band.width);
        two_sided(order, &band, half, [1.0, 0.0, -1.0], band.centre_angle())
    }

    /// The Butterworth band-stop whose magnitude is 1/√2 at `low` and `high` (Hz), and 0 between, for signals of `rate`
    /// Hz: `order` sections. It equals `scipy.signal.butter(order, [low, high], "bandstop", fs=rate)`.
    ///
    /// # Errors
    /// As [`butterworth_band_pass`](Self::butterworth_band_pass).
    pub fn butterworth_band_stop(
        order: usize,
        low: f64,
        high: f64,
        rate: f64,
    ) -> Result<Sos, FilterError> {
        check_order(order)?;
        check_band(low, high, rate)?;
        let band = Band::new(low, high, rate);
        let half = |pole: Complex| Complex::real(0.5 * band.width) / pole;
        let zeros = [1.0, -2.0 * band.centre_angle().cos(), 1.0];
        two_sided(order, &band, half, zeros, 0.0)
    }
}

fn check_order(order: usize) -> Result<(), FilterError> {
    if (1..=HIGHEST_ORDER).contains(&order) {
        Ok(())
    } else {
        Err(FilterError::Order {
            order,
            highest: HIGHEST_ORDER,
        })
    }
}

/// A band of the analogue filter that the bilinear transform at unit rate, s = 2 (z − 1) / (z + 1), makes of it.
struct Band {
    width: f64,
    centre: f64,
}

impl Band {
    fn new(low: f64, high: f64, rate: f64) -> Band {
        let [low, high] = [warp(low, rate), warp(high, rate)];
        Band {
            width: high - low,
            centre: (low * high).sqrt(),
        }
    }

    /// The centre in radians a sample.
    fn centre_angle(&self) -> f64 {
        2.0 * (0.5 * self.centre).atan()
    }
}

fn warp(frequency: f64, rate: f64) -> f64 {
    2.0 * (PI * frequency / rate).tan()
}

fn digital(pole: Complex) -> Complex {
    (pole + Complex::real(2.0)) / (Complex::real(2.0) - pole)
}

/// Poles of the prototype that do not lie below the real axis; the others are their mirrors.
fn prototype(order: usize) -> impl Iterator<Item = (Complex, bool)> {
    (0..order.div_ceil(2)).map(move |index| {
        if 2 * index + 1 == order {
            return (Complex::real(-1.0), true);
        }
        let angle = PI * (2 * index + order + 1) as f64 / (2 * order) as f64;
        (Complex::new(angle.cos(), angle.sin()), false)
    })
}

/// A low-pass (`passed` = 1) or high-pass (`passed` = −1): all its zeros lie at z = −`passed`.
fn one_sided(
    order: usize,
    place: impl Fn(Complex) -> Complex,
    passed: f64,
) -> Result<Sos, FilterError> {
    let sections = prototype(order).map(|(pole, real)| {
        let pole = digital(place(pole));
        let (numerator, denominator) = if real {
            ([1.0, passed, 0.0], [-pole.re, 0.0])
        } else {
            (
                [1.0, 2.0 * passed, 1.0],
                [-2.0 * pole.re, pole.norm_squared()],
            )
        };
        // |H| at z = `passed`, where all powers of z are 1 or −1.
        let below = 1.0 + passed * denominator[0] + denominator[1];
        let above = numerator[0] + passed * numerator[1] + numerator[2];
        Section {
            numerator: numerator.map(|value| value * below / above),
            denominator,
        }
    });
    Sos::new(sections.collect())
}

/// A band-pass or band-stop whose sections pass `passed` (radians a sample) at 1. `half` is half the sum of the two poles
/// that a pole of the prototype becomes.
fn two_sided(
    order: usize,
    band: &Band,
    half: impl Fn(Complex) -> Complex,
    numerator: [f64; 3],
    passed: f64,
) -> Result<Sos, FilterError> {
    let mut denominators = Vec::with_capacity(order);
    for (pole, real) in prototype(order) {
        let half = half(pole);
        let root = (half * half - Complex::real(band.centre * band.centre)).sqrt();
        let (first, second) = (digital(half + root), digital(half - root));
        if real {
            // The prototype's real pole gives two poles that are mirrors of each other, or both real.
            denominators.push([-(first + second).re, (first * second).re]);
        } else {
            denominators.extend([first, second].map(|pole| [-2.0 * pole.re, pole.norm_squared()]));
        }
    }
    let sections = denominators.into_iter().map(|denominator| {
        let mut section = Section {
            numerator,
            denominator,
        };
        let gain = section.magnitude(passed);
        section.numerator = numerator.map(|value| value / gain);
        section
    });
    Sos::new(sections.collect())
}
