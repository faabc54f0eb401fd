//! Constants and straight lines.

use crate::stretches::runs;

/// What is taken away from a stretch before it is analysed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detrend {
    /// Nothing.
    None,
    /// Its mean.
    #[default]
    Constant,
    /// The straight line that fits it best by least squares.
    Linear,
}

/// Takes the trend of `kind` away from each finite stretch of `signal`; all else becomes NaN.
///
/// A new trend begins at each of `breakpoints`, which are sample numbers in any order; those beyond the end change
/// nothing. Over a finite signal it equals `scipy.signal.detrend(signal, type=kind, bp=breakpoints)`, save that SciPy
/// heeds breakpoints for lines only.
///
/// ```
/// use pathema_physio::detrend::{Detrend, detrend};
/// let signal = [1.0, 2.0, 3.0, 5.0, f64::NAN, 7.0, 9.0];
/// let flat = detrend(&signal, Detrend::Linear, &[3]);
/// assert!(flat[..3].iter().all(|value| value.abs() < 1e-12));
/// assert!(flat[3] == 0.0 && flat[4].is_nan() && flat[6].abs() < 1e-12);
/// ```
pub fn detrend(signal: &[f64], kind: Detrend, breakpoints: &[usize]) -> Vec<f64> {
    let mut breakpoints = breakpoints.to_vec();
    breakpoints.sort_unstable();
    let mut rest = &breakpoints[..];
    let mut flat = vec![f64::NAN; signal.len()];
    for range in runs(signal.len(), |index| signal[index].is_finite()) {
        flat[range.clone()].copy_from_slice(&signal[range.clone()]);
        let mut start = range.start;
        while start < range.end {
            rest = &rest[rest.partition_point(|&point| point <= start)..];
            let end = rest
                .first()
                .map_or(range.end, |&point| point.min(range.end));
            kind.remove(&mut flat[start..end]);
            start = end;
        }
    }
    flat
}

impl Detrend {
    /// Takes the trend away from finite samples, in place.
    pub(crate) fn remove(self, samples: &mut [f64]) {
        if self == Detrend::None || samples.is_empty() {
            return;
        }
        let count = samples.len() as f64;
        let mean = samples.iter().sum::<f64>() / count;
        let centre = 0.5 * (count - 1.0);
        let mut slope = 0.0;
        if self == Detrend::Linear && samples.len() > 1 {
            // Σ (i − centre)² over whole i.
            let spread = count * (count * count - 1.0) / 12.0;
            let along = samples.iter().enumerate();
            slope = along
                .map(|(i, value)| (i as f64 - centre) * (value - mean))
                .sum::<f64>()
                / spread;
        }
        for (index, value) in samples.iter_mut().enumerate() {
            *value -= mean + slope * (index as f64 - centre);
        }
    }
}
