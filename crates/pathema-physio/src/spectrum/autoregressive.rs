//! Spectra of the autoregression that fits a signal.

use std::f64::consts::TAU;

use super::error::{check_frequencies, check_rate};
use super::{Spectrum, SpectrumError};
use crate::Undefined;
use crate::stretches::runs;

/// Highest order that is fitted.
const HIGHEST_ORDER: usize = 1000;

/// How an autoregression is fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AutoregressionMethod {
    /// Least squares of the forward and backward prediction errors, order by order (Burg 1975). Sharp with short
    /// records.
    Burg,
    /// From the biased autocovariance (Yule 1927; Walker 1931), by Levinson's recursion.
    YuleWalker,
}

/// A fitted autoregression, x\[t\] = Σ a\[k\] x\[t − k\] + e\[t\].
#[derive(Clone, Debug, PartialEq)]
pub struct Autoregression {
    /// a\[1\], a\[2\], …
    pub coefficients: Vec<f64>,
    /// The variance of e, in the signal's unit squared.
    pub variance: f64,
    /// The sampling rate, in Hz.
    pub rate: f64,
}

/// Fits an autoregression of `order` to a `signal` of `rate` Hz, less its mean.
///
/// Missing samples part the signal into stretches. The sums that the methods consist of run over all stretches, and
/// never across a gap (de Waele & Broersen 2000, *The Burg algorithm for segments*). Stretches of no more than `order`
/// samples say nothing about the last coefficient and are left out.
///
/// # Errors
/// A rate that is not positive, an order outside 1–1000. It is undefined if no stretch is longer than twice the order,
/// and if the samples do not vary.
///
/// ```
/// use pathema_physio::spectrum::{AutoregressionMethod, autoregressive};
/// // A damped oscillation of 10 Hz, kicked now and then.
/// let rate = 100.0;
/// let mut signal = vec![0.0, 0.0];
/// for t in 2..1000 {
///     let kick = if t % 97 == 0 { 1.0 } else { 0.0 };
///     signal.push(1.5 * signal[t - 1] - 0.87 * signal[t - 2] + kick);
/// }
/// let fitted = autoregressive(&signal, rate, 2, AutoregressionMethod::Burg)?;
/// assert!((fitted.coefficients[0] - 1.5).abs() < 0.02);
/// let frequencies: Vec<f64> = (1..=500).map(|i| 0.1 * f64::from(i)).collect();
/// let peak = fitted.spectrum(&frequencies)?.peak(0.0, 50.0)?;
/// assert!((peak - 10.0).abs() < 0.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn autoregressive(
    signal: &[f64],
    rate: f64,
    order: usize,
    method: AutoregressionMethod,
) -> Result<Autoregression, SpectrumError> {
    check_rate(rate)?;
    if !(1..=HIGHEST_ORDER).contains(&order) {
        return Err(SpectrumError::Order {
            order,
            highest: HIGHEST_ORDER,
        });
    }
    let stretches: Vec<&[f64]> = runs(signal.len(), |index| signal[index].is_finite())
        .into_iter()
        .map(|range| &signal[range])
        .collect();
    let longest = stretches
        .iter()
        .map(|stretch| stretch.len())
        .max()
        .unwrap_or(0);
    if longest <= 2 * order {
        return Err(Undefined::TooFew {
            what: "samples in a row",
            found: longest,
            needed: 2 * order + 1,
        }
        .into());
    }
    let kept = || stretches.iter().filter(|stretch| stretch.len() > order);
    let count: usize = kept().map(|stretch| stretch.len()).sum();
    let mean = kept().flat_map(|stretch| stretch.iter()).sum::<f64>() / count as f64;
    let centred: Vec<Vec<f64>> = kept()
        .map(|stretch| stretch.iter().map(|value| value - mean).collect())
        .collect();
    let squares: f64 = centred.iter().flatten().map(|value| value * value).sum();
    // Less a mean that is rounded, equal values may not be zero, but they are still equal.
    let mut values = centred.iter().flatten();
    let first = values.next();
    if squares == 0.0 || values.all(|value| Some(value) == first) {
        return Err(Undefined::Constant { what: "samples" }.into());
    }
    let variance = squares / count as f64;
    if !variance.is_finite() {
        return Err(Undefined::Absent {
            what: "finite variance",
        }
        .into());
    }
    let (coefficients, variance) = match method {
        AutoregressionMethod::Burg => burg(centred, variance, order),
        AutoregressionMethod::YuleWalker => yule_walker(&centred, count, order),
    };
    Ok(Autoregression {
        coefficients,
        variance,
        rate,
    })
}

impl Autoregression {
    /// Its one-sided density at `frequencies` (Hz, positive and rising): 2 σ² / (rate |1 − Σ aₖ e^(−iωk)|²).
    ///
    /// # Errors
    /// A frequency that is not positive, finite and above the one before.
    pub fn spectrum(&self, frequencies: &[f64]) -> Result<Spectrum, SpectrumError> {
        check_rate(self.rate)?;
        check_frequencies(frequencies)?;
        let density = frequencies
            .iter()
            .map(|frequency| {
                let (sin, cos) = (TAU * frequency / self.rate).sin_cos();
                // Horner's scheme in e^(−iω).
                let (mut re, mut im) = (0.0, 0.0);
                for coefficient in self.coefficients.iter().rev() {
                    (re, im) = (
                        cos * (re - coefficient) + sin * im,
                        cos * im - sin * (re - coefficient),
                    );
                }
                re += 1.0;
                2.0 * self.variance / (self.rate * (re * re + im * im))
            })
            .collect();
        Ok(Spectrum {
            frequencies: frequencies.to_vec(),
            density,
        })
    }
}

/// One step of Levinson's recursion: the coefficients of one order more, given the next reflection coefficient.
fn raise_order(coefficients: &mut Vec<f64>, reflection: f64) {
    let before = coefficients.len();
    for low in 0..before.div_ceil(2) {
        let high = before - 1 - low;
        let [a, b] = [coefficients[low], coefficients[high]];
        coefficients[low] = a - reflection * b;
        coefficients[high] = b - reflection * a;
    }
    coefficients.push(reflection);
}

/// `forward` are the prediction errors of each stretch; at order zero they are the samples.
fn burg(mut forward: Vec<Vec<f64>>, mut variance: f64, order: usize) -> (Vec<f64>, f64) {
    let mut backward = forward.clone();
    let mut coefficients = Vec::with_capacity(order);
    for lag in 1..=order {
        let [mut product, mut squares] = [0.0; 2];
        for (forward, backward) in forward.iter().zip(&backward) {
            for (ahead, behind) in forward[lag..].iter().zip(&backward[lag - 1..]) {
                product += ahead * behind;
                squares += ahead * ahead + behind * behind;
            }
        }
        // A signal that is predicted without an error has nothing left to reflect.
        let reflection = if squares > 0.0 {
            2.0 * product / squares
        } else {
            0.0
        };
        for (forward, backward) in forward.iter_mut().zip(&mut backward) {
            for index in (lag..forward.len()).rev() {
                let [ahead, behind] = [forward[index], backward[index - 1]];
                forward[index] = ahead - reflection * behind;
                backward[index] = behind - reflection * ahead;
            }
        }
        raise_order(&mut coefficients, reflection);
        variance *= 1.0 - reflection * reflection;
    }
    (coefficients, variance.max(0.0))
}

fn yule_walker(stretches: &[Vec<f64>], count: usize, order: usize) -> (Vec<f64>, f64) {
    let covariance: Vec<f64> = (0..=order)
        .map(|lag| {
            let products = stretches.iter().map(|stretch| {
                let pairs = stretch.iter().zip(&stretch[lag..]);
                pairs.map(|(a, b)| a * b).sum::<f64>()
            });
            products.sum::<f64>() / count as f64
        })
        .collect();
    let mut coefficients: Vec<f64> = Vec::with_capacity(order);
    let mut variance = covariance[0];
    for lag in 1..=order {
        let known = coefficients.iter().zip(covariance[1..lag].iter().rev());
        let rest = covariance[lag] - known.map(|(a, c)| a * c).sum::<f64>();
        let reflection = if variance > 0.0 { rest / variance } else { 0.0 };
        raise_order(&mut coefficients, reflection);
        variance *= 1.0 - reflection * reflection;
    }
    (coefficients, variance.max(0.0))
}
