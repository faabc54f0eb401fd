use pathema_path::{Observations, PathError};
use serde::{Deserialize, Serialize};

use crate::loso::Fitting;

/// Global z-score: mean and standard deviation of each channel over what the training subjects had observed.
///
/// It can be fitted on a [`Fitting`] only, which the subject held out is no part of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standardiser {
    /// Of each modality, each channel.
    channels: Vec<Vec<Moments>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Moments {
    mean: f64,
    std: f64,
}

/// Standardised values are held within this many standard deviations: one artefact must not throw a solve.
const LIMIT: f64 = 5.0;

impl Standardiser {
    /// Fits mean and standard deviation over all observed values of the windows; a channel that was never
    /// observed, or never varied, keeps its scale.
    ///
    /// # Errors
    /// [`PathError`] if a window holds what no observation can be.
    pub fn fit(fitting: &Fitting<'_, '_>, modalities: usize) -> Result<Standardiser, PathError> {
        let examples = fitting.examples();
        let mut channels = Vec::with_capacity(modalities);
        for modality in 0..modalities {
            let mut running: Vec<Running> = Vec::new();
            for example in &examples {
                let observed = example.input.observations(modality)?;
                running.resize(observed.channels(), Running::default());
                for row in observed.values().chunks_exact(observed.channels()) {
                    for (running, &value) in running.iter_mut().zip(row) {
                        running.add(value);
                    }
                }
            }
            channels.push(running.iter().map(Running::moments).collect());
        }
        Ok(Standardiser { channels })
    }

    /// (x − μ) / σ + offset of each channel of a modality, held within ±5; missing stays missing.
    ///
    /// # Errors
    /// [`PathError`] if a value is infinite.
    pub fn apply(
        &self,
        modality: usize,
        observed: &Observations,
        offsets: &[f64],
    ) -> Result<Observations, PathError> {
        let moments = &self.channels[modality];
        let values = observed
            .values()
            .iter()
            .enumerate()
            .map(|(place, &value)| {
                let channel = place % moments.len();
                let Moments { mean, std } = moments[channel];
                let offset = offsets.get(channel).copied().unwrap_or(0.0);
                // NaN passes through clamp.
                ((value - mean) / std + offset).clamp(-LIMIT, LIMIT)
            })
            .collect();
        Observations::new(observed.times().to_vec(), values, observed.channels())
    }

    /// Channels of each modality.
    pub fn channels(&self) -> Vec<usize> {
        self.channels.iter().map(Vec::len).collect()
    }
}

/// Welford's running mean and sum of squares.
#[derive(Clone, Copy, Default)]
struct Running {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Running {
    fn add(&mut self, value: f64) {
        if value.is_nan() {
            return;
        }
        self.count += 1.0;
        let from_mean = value - self.mean;
        self.mean += from_mean / self.count;
        self.squares += from_mean * (value - self.mean);
    }

    fn moments(&self) -> Moments {
        let std = (self.squares / self.count.max(1.0)).sqrt();
        Moments {
            mean: self.mean,
            std: if std > 1e-9 { std } else { 1.0 },
        }
    }
}
