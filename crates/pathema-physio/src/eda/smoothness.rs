use std::f64::consts::PI;

use crate::eda::EdaError;
use crate::eda::decimate::Blocks;
use crate::eda::decompose::bridged;
use crate::eda::settings::{check_finite, check_rate};

/// Hz. Above this rate the signal is decimated: the system's condition grows with the fourth power of the rate.
const HIGHEST_RATE: f64 = 25.0;
/// Missing seconds that are bridged, as in the decomposition with its usual time constants.
const BRIDGED: f64 = 10.0;

/// Tonic and phasic parts by a smoothness prior, NaN where the signal is missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Detrended {
    /// The smooth level \[n\], in the unit of the signal.
    pub tonic: Vec<f64>,
    /// The signal minus the level \[n\], noise included. It goes below zero, as the level runs through the responses.
    pub phasic: Vec<f64>,
}

/// Splits `eda` \[n\] (µS, NaN where missing) of `rate` Hz by a smoothness prior.
///
/// The tonic part is (I + λ²D₂ᵀD₂)⁻¹y, with second differences D₂ (Tarvainen et al. 2002, IEEE Transactions on Biomedical
/// Engineering 49(2); for skin conductance Choi et al. 2012, which the baseline of WESAD follows). It is a low-pass filter
/// without phase whose gain at frequency f is 1 / (1 + λ²(2 sin(πf / rate))⁴), so that λ follows from the `cutoff` (Hz) at
/// which the gain is ½: 0.05 Hz is usual. The system is banded, and solved in O(n).
///
/// Missing samples have no weight. Gaps of up to 10 s are bridged, what lies on either side of a longer one is split by
/// itself. Above 25 Hz the tonic part is that of the means of blocks.
///
/// # Errors
/// A rate out of range, an infinite sample, or a cutoff outside 0.001 Hz to a quarter of the rate (of 25 Hz at most).
///
/// ```
/// use pathema_physio::eda::smoothness;
/// let eda: Vec<f64> = (0..2000)
///     .map(|k| 0.25 * f64::from(k))
///     .map(|t| 4.0 + 0.01 * t + 0.2 * (2.0 * std::f64::consts::PI * 0.5 * t).sin())
///     .collect();
/// let parts = smoothness(&eda, 4.0, 0.05)?;
/// // A line is all tonic, half a hertz is not.
/// assert!((parts.tonic[1000] - 6.5).abs() < 1e-3);
/// # Ok::<(), pathema_physio::eda::EdaError>(())
/// ```
pub fn smoothness(eda: &[f64], rate: f64, cutoff: f64) -> Result<Detrended, EdaError> {
    check_rate(rate)?;
    check_finite(eda)?;
    let (lowest, highest) = (1e-3, 0.25 * rate.min(0.5 * HIGHEST_RATE));
    if !(lowest..=highest).contains(&cutoff) {
        return Err(EdaError::Setting {
            name: "cutoff",
            value: cutoff,
            lowest,
            highest,
        });
    }
    let mut parts = Detrended {
        tonic: vec![f64::NAN; eda.len()],
        phasic: vec![f64::NAN; eda.len()],
    };
    for range in bridged(eda, BRIDGED * rate) {
        let samples = &eda[range.clone()];
        let blocks = Blocks::new(samples.len(), rate, HIGHEST_RATE);
        let means = blocks.means(samples);
        let weight = (2.0 * (PI * cutoff / blocks.rate).sin()).powi(-4);
        blocks.interpolate(&smooth(&means, weight), &mut parts.tonic[range]);
    }
    for (index, value) in eda.iter().enumerate() {
        if value.is_nan() {
            parts.tonic[index] = f64::NAN;
        }
        parts.phasic[index] = value - parts.tonic[index];
    }
    Ok(parts)
}

/// (W + weight · D₂ᵀD₂)⁻¹ W y, where W leaves out what is missing; the level of the samples where they fix no line.
fn smooth(y: &[f64], weight: f64) -> Vec<f64> {
    let n = y.len();
    let present: Vec<f64> = y
        .iter()
        .copied()
        .filter(|value| value.is_finite())
        .collect();
    // Solved around the mean, so that no digit is lost of changes far smaller than the level.
    let level = present
        .iter()
        .map(|value| value / present.len() as f64)
        .sum::<f64>();
    if present.len() < 3 {
        return vec![level; n];
    }
    // The bands of D₂ᵀD₂: each row of D₂ adds (1, −2, 1)ᵀ(1, −2, 1).
    let mut bands = vec![[0.0; 3]; n];
    for row in 0..n - 2 {
        for (at, [zero, one, two]) in [[1.0, -2.0, 1.0], [4.0, -2.0, 0.0], [1.0, 0.0, 0.0]]
            .into_iter()
            .enumerate()
        {
            let band = &mut bands[row + at];
            band[0] += weight * zero;
            band[1] += weight * one;
            band[2] += weight * two;
        }
    }
    let mut side = vec![0.0; n];
    for index in 0..n {
        if y[index].is_finite() {
            bands[index][0] += 1.0;
            side[index] = y[index] - level;
        }
    }
    // LDLᵀ in place: the diagonal becomes D, the bands beside it L.
    for index in 0..n {
        let [pivot, one, two] = bands[index];
        let (first, second) = (one / pivot, two / pivot);
        bands[index] = [pivot, first, second];
        if index + 1 < n {
            bands[index + 1][0] -= first * one;
            bands[index + 1][1] -= first * two;
            side[index + 1] -= first * side[index];
        }
        if index + 2 < n {
            bands[index + 2][0] -= second * two;
            side[index + 2] -= second * side[index];
        }
    }
    for index in (0..n).rev() {
        let [pivot, first, second] = bands[index];
        let mut value = side[index] / pivot;
        if index + 1 < n {
            value -= first * side[index + 1];
        }
        if index + 2 < n {
            value -= second * side[index + 2];
        }
        side[index] = value;
    }
    side.iter().map(|value| value + level).collect()
}
