use std::f64::consts::PI;

use crate::detrend::smooth;
use crate::eda::EdaError;
use crate::eda::decimate::Blocks;
use crate::eda::decompose::bridged;
use crate::eda::settings::{check_finite, check_rate};

/// Hz. Above this rate the signal is decimated: the system's condition grows with the fourth power of the rate.
const HIGHEST_RATE: f64 = 25.0;
/// Samples in a period of the cutoff, above which it is decimated too: at 2000 rounding leaves a millionth, at 25,000 one in
/// sixty.
const LONGEST_PERIOD: f64 = 2000.0;
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
/// itself. Above 25 Hz, and above 2000 times the cutoff, the tonic part is that of the means of blocks.
///
/// # Errors
/// A rate out of range, an infinite sample, or a cutoff outside 0.001 Hz to a quarter of the rate, 3.125 Hz at most.
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
        let blocks = Blocks::new(
            samples.len(),
            rate,
            HIGHEST_RATE.min(LONGEST_PERIOD * cutoff),
        );
        let means = blocks.means(samples);
        let weight = (2.0 * (PI * cutoff / blocks.rate).sin()).powi(-4);
        blocks.interpolate(&level(&means, weight), &mut parts.tonic[range]);
    }
    for (index, value) in eda.iter().enumerate() {
        if value.is_nan() {
            parts.tonic[index] = f64::NAN;
        }
        parts.phasic[index] = value - parts.tonic[index];
    }
    Ok(parts)
}

/// The trend of block means; their mean where but one is present, which fixes no line.
fn level(means: &[f64], weight: f64) -> Vec<f64> {
    let present = || means.iter().filter(|mean| mean.is_finite());
    let count = present().count();
    if count < 2 {
        return vec![present().map(|mean| mean / count as f64).sum(); means.len()];
    }
    smooth(means, weight)
}
