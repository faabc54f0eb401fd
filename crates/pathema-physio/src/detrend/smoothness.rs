//! Smooth curves as trends.

use thiserror::Error;

use super::Detrend;
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
        let stretch = &mut flat[range.clone()];
        stretch.copy_from_slice(&signal[range]);
        // A straight line is its own trend; without it, less is lost where the trend is taken away.
        Detrend::Linear.remove(stretch);
        let trend = smooth(stretch, lambda * lambda);
        for (value, trend) in stretch.iter_mut().zip(trend) {
            *value -= trend;
        }
    }
    Ok(flat)
}

/// Solves (I + `weight` DᵀD) t = `samples`, D being second differences: five diagonals, factored as LDLᵀ.
fn smooth(samples: &[f64], weight: f64) -> Vec<f64> {
    let len = samples.len();
    // Difference j weighs samples j, j + 1 and j + 2 by 1, −2 and 1.
    let exists = |first: Option<usize>| match first {
        Some(first) if first + 2 < len => weight,
        _ => 0.0,
    };
    // The rows of Lᵀ, from one sample back and two back.
    let mut rows: Vec<[f64; 3]> = Vec::with_capacity(len);
    let mut solved = Vec::with_capacity(len);
    let [mut back_one, mut back_two] = [[0.0; 3]; 2];
    let [mut solved_one, mut solved_two] = [0.0; 2];
    for (index, sample) in samples.iter().enumerate() {
        let starts = exists(Some(index));
        let middle = exists(index.checked_sub(1));
        let ends = exists(index.checked_sub(2));
        let diagonal = 1.0 + starts + 4.0 * middle + ends;
        let [pivot_one, beside_one, _] = back_one;
        let [pivot_two, _, far_two] = back_two;
        let pivot = diagonal - beside_one * beside_one * pivot_one - far_two * far_two * pivot_two;
        let [_, _, far_one] = back_one;
        let beside = (-2.0 * (starts + middle) - far_one * pivot_one * beside_one) / pivot;
        let far = starts / pivot;
        let value = sample - beside_one * solved_one - far_two * solved_two;
        (back_two, back_one) = (back_one, [pivot, beside, far]);
        (solved_two, solved_one) = (solved_one, value);
        rows.push(back_one);
        solved.push(value);
    }
    let [mut next, mut after_next] = [0.0; 2];
    for (value, [pivot, beside, far]) in solved.iter_mut().zip(&rows).rev() {
        *value = *value / pivot - beside * next - far * after_next;
        (after_next, next) = (next, *value);
    }
    solved
}
