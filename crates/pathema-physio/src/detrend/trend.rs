//! Constants and straight lines.

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
