//! How well beats or breaths agree with their mean.

use crate::peaks::median;
use crate::{Undefined, Value};

/// The mean correlation of each beat of a window with the mean of all (Orphanidou et al., *IEEE J. Biomed. Health Inform.*
/// 19, 2015): 1 if all are alike up to gain and offset, less as noise and movement bend them.
///
/// `peaks` are in seconds from the start of the window, rising; a beat is what lies within half a median interval around
/// its peak. Beats that the window cuts or that have a missing sample are left out.
///
/// # Errors
/// [`Undefined::TooFew`] below two whole beats, [`Undefined::Constant`] if their mean does not vary,
/// [`Undefined::Rate`] for a rate that leaves no sample between two peaks.
///
/// ```
/// use pathema_physio::quality::template_correlation;
/// let wave: Vec<f64> = (0..640).map(|index| (std::f64::consts::TAU * index as f64 / 64.0).sin()).collect();
/// let peaks: Vec<f64> = (0..10).map(|beat| f64::from(beat) + 0.25).collect();
/// assert!(template_correlation(&wave, 64.0, &peaks)? > 0.999);
/// # Ok::<(), pathema_physio::Undefined>(())
/// ```
pub fn template_correlation(window: &[f64], rate: f64, peaks: &[f64]) -> Value {
    let too_few = |found| Undefined::TooFew {
        what: "whole beats",
        found,
        needed: 2,
    };
    let mut intervals: Vec<f64> = peaks.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let Some(interval) = median(&mut intervals) else {
        return Err(too_few(0));
    };
    let half = 0.5 * interval * rate;
    // A comparison with NaN fails.
    if !(1.0..=window.len() as f64).contains(&half) {
        return Err(Undefined::Rate {
            rate,
            needed: 1.0 / interval,
        });
    }
    let half = half as usize;
    let beats: Vec<&[f64]> = peaks
        .iter()
        .filter_map(|peak| {
            let centre = (peak * rate).round();
            let first = centre - half as f64;
            let whole = first >= 0.0 && centre + (half as f64) < window.len() as f64;
            let beat = whole.then(|| &window[first as usize..=first as usize + 2 * half])?;
            beat.iter().all(|value| value.is_finite()).then_some(beat)
        })
        .collect();
    if beats.len() < 2 {
        return Err(too_few(beats.len()));
    }
    let mut template = vec![0.0; 2 * half + 1];
    for beat in &beats {
        for (sum, value) in template.iter_mut().zip(*beat) {
            *sum += value / beats.len() as f64;
        }
    }
    let mut sum = 0.0;
    for beat in &beats {
        // A flat beat agrees with nothing.
        sum += correlation(beat, &template).unwrap_or(0.0);
    }
    if correlation(&template, &template).is_none() {
        return Err(Undefined::Constant {
            what: "samples of the mean beat",
        });
    }
    // Rounding may pass what no correlation passes.
    Ok((sum / beats.len() as f64).clamp(-1.0, 1.0))
}

/// Pearson's correlation; nothing if one of the two does not vary.
pub(super) fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let count = a.len() as f64;
    let centre = |values: &[f64]| values.iter().sum::<f64>() / count;
    let (centre_a, centre_b) = (centre(a), centre(b));
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a - centre_a, b - centre_b);
        aa += a * a;
        bb += b * b;
        ab += a * b;
    }
    let correlation = ab / (aa.sqrt() * bb.sqrt());
    correlation.is_finite().then_some(correlation)
}
