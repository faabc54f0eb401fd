//! Smooth curves as trends.

use thiserror::Error;

use super::prior::smooth;
use crate::stretches::runs;

/// Largest λ: beyond it the equations lose too many digits.
const LARGEST_LAMBDA: f64 = 1e5;

/// Why no smooth trend could be taken away.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum SmoothnessError {
    /// λ is negative, too large, or not a number.
    #[error("a smoothness λ of {lambda} cannot be used; take 0 to {largest}")]
    Lambda {
        /// The λ given.
        lambda: f64,
        /// The largest λ served.
        largest: f64,
    },
}

/// Takes a smooth trend away from each finite stretch of an evenly sampled `signal`; all else becomes NaN.
///
/// The trend minimises ‖signal − trend‖² + λ² ‖second differences of the trend‖² (Tarvainen, Ranta-aho & Karjalainen
/// 2002, *An advanced detrending method with application to HRV analysis*, eq. 15–16). It acts as a high-pass whose
/// magnitude is 1/2 where 2 sin(ω/2) = λ^(−1/2), ω in radians a sample: with λ = 500 at 4 Hz, at 0.028 Hz. Time and
/// memory are proportional to the number of samples.
///
/// Stretches of one or two samples are their own trend, and become zero.
///
/// # Errors
/// A λ outside 0 to 10⁵.
///
/// ```
/// use pathema_physio::detrend::smoothness_priors;
/// // A fast oscillation stays, a drift goes.
/// let fast = |i: i32| (1.5 * f64::from(i)).sin();
/// let signal: Vec<f64> = (0..400).map(|i| fast(i) + 1e-4 * f64::from(i * i)).collect();
/// let flat = smoothness_priors(&signal, 500.0)?;
/// assert!((100..300).all(|i| (flat[i] - fast(i as i32)).abs() < 0.01));
/// # Ok::<(), pathema_physio::detrend::SmoothnessError>(())
/// ```
pub fn smoothness_priors(signal: &[f64], lambda: f64) -> Result<Vec<f64>, SmoothnessError> {
    if !(0.0..=LARGEST_LAMBDA).contains(&lambda) {
        return Err(SmoothnessError::Lambda {
            lambda,
            largest: LARGEST_LAMBDA,
        });
    }
    let mut flat = vec![f64::NAN; signal.len()];
    for range in runs(signal.len(), |index| signal[index].is_finite()) {
        let stretch = &signal[range.clone()];
        let flat = &mut flat[range];
        if stretch.len() < 3 {
            flat.fill(0.0);
            continue;
        }
        let trend = smooth(stretch, lambda * lambda);
        for (value, (sample, trend)) in flat.iter_mut().zip(stretch.iter().zip(trend)) {
            *value = sample - trend;
        }
    }
    Ok(flat)
}
