use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use anyhow::{Result, anyhow};
use pathema_experiments::data::Input;
use pathema_experiments::loso::{Predictor, Probabilities};

use crate::report::material::TimelineSignal;

/// Channels that are shown, by their logarithm's name: name, unit.
const SHOWN: [(&str, &str, &str); 4] = [
    ("log heart rate", "heart rate", "1/min"),
    ("log interval", "beat interval", "s"),
    ("log EDA", "EDA", "µS"),
    ("log spread", "movement", "g"),
];

/// Seconds between samples that are kept.
const EVERY: f64 = 1.0;

/// What was seen of each channel shown, by track and channel: times in whole steps, values.
type Kept = BTreeMap<(usize, usize), (usize, BTreeMap<u64, f64>)>;

/// Says nothing, and remembers what a **simulated** session looked like: one channel a modality.
pub(super) struct Traces {
    subject: String,
    tracks: usize,
    kept: Arc<Mutex<Kept>>,
}

/// What [`Traces`] remembers.
pub(super) struct Remembered(Arc<Mutex<Kept>>);

impl Traces {
    /// Of so many tracks of a subject.
    pub(super) fn new(subject: &str, tracks: usize) -> (Traces, Remembered) {
        let kept = Arc::<Mutex<Kept>>::default();
        let remembered = Remembered(Arc::clone(&kept));
        let traces = Traces {
            subject: subject.to_owned(),
            tracks,
            kept,
        };
        (traces, remembered)
    }
}

impl Remembered {
    pub(super) fn signals(&self) -> Vec<TimelineSignal> {
        let Ok(kept) = self.0.lock() else {
            return Vec::new();
        };
        kept.values()
            .map(|(shown, samples)| TimelineSignal {
                name: SHOWN[*shown].1.into(),
                unit: SHOWN[*shown].2.into(),
                samples: samples
                    .iter()
                    .map(|(&step, &value)| (step as f64 * EVERY, value))
                    .collect(),
            })
            .collect()
    }
}

impl Predictor for Traces {
    fn predict(&self, inputs: &[Input<'_>]) -> Result<Vec<Probabilities>> {
        let mut kept = self
            .kept
            .lock()
            .map_err(|_| anyhow!("a thread that remembered signals has panicked"))?;
        for input in inputs.iter().filter(|own| own.subject() == self.subject) {
            for track in 0..self.tracks {
                let channels = input.channels(track);
                let found = SHOWN.iter().enumerate().find_map(|(shown, (name, ..))| {
                    let channel = channels.iter().position(|own| own == name)?;
                    Some((shown, channel))
                });
                let Some((shown, channel)) = found else {
                    continue;
                };
                let own = kept.entry((track, channel)).or_default();
                own.0 = shown;
                let observed = input.observations(track)?;
                for (time, row) in observed.times().iter().zip(observed.rows()) {
                    if !row[channel].is_nan() {
                        // The last of each step stays.
                        let step = ((input.session_time() + time) / EVERY) as u64;
                        own.1.insert(step, row[channel].exp());
                    }
                }
            }
        }
        let even = Probabilities {
            three_class: [1.0 / 3.0; 3],
            stress: 0.5,
        };
        Ok(vec![even; inputs.len()])
    }
}
