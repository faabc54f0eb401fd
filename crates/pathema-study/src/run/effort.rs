use std::collections::HashSet;
use std::path::Path;

use super::Data;
use super::job::{Fitted, Job};
use super::select::fits;
use crate::models::{Drive, Encoder, NetSpec};
use crate::plan::Selection;

/// What is reckoned already: a job or a choice that several share is done once.
#[derive(Debug, Default)]
pub struct Reckoned {
    jobs: HashSet<String>,
    choices: HashSet<String>,
}

impl Reckoned {
    /// How much work a job adds, in seconds of one core, about: nothing where the folder holds it.
    pub fn add(&mut self, job: &Job, data: &Data, folder: &Path) -> f64 {
        if job.is_kept(folder) || !self.jobs.insert(job.id()) {
            return 0.0;
        }
        let choice = job.choice_id();
        let chosen = Job::choice_path(folder, &choice).exists() || !self.choices.insert(choice);
        job.fitting(data) + if chosen { 0.0 } else { job.choosing(data) }
    }
}

impl Job {
    /// What its fits take, in seconds of one core, about.
    pub(super) fn fitting(&self, data: &Data) -> f64 {
        let folds = self.protocol.folds(data).len() as f64;
        match &self.model {
            Fitted::Network { candidates, .. } => {
                folds * candidates.first().map_or(0.0, |(_, spec)| effort(spec))
            }
            Fitted::Classical { .. } => 3.0 * folds,
            Fitted::WithoutSignals => 0.1,
        }
    }

    /// What its choice takes, which one member makes.
    fn choosing(&self, data: &Data) -> f64 {
        match &self.model {
            Fitted::Network {
                candidates,
                selection: Selection::Nested,
            } => {
                let specs: Vec<NetSpec> = candidates.iter().map(|(_, spec)| spec.clone()).collect();
                let each = specs
                    .first()
                    .map_or(0.0, |spec| effort(spec) / spec.members as f64);
                fits(data, self.protocol, &specs) as f64 * each
            }
            _ => 0.0,
        }
    }
}

/// Seconds that a network's fit takes, about.
pub(super) fn effort(spec: &NetSpec) -> f64 {
    let train = &spec.train;
    // Each window once: of about a thousand, 30 s apart.
    let steps = match train.steps {
        0 => 1000_usize.div_ceil(train.batch),
        steps => steps,
    };
    let windows = (train.epochs * steps * train.batch * spec.members) as f64;
    let size = (spec.hidden * spec.width) as f64 / 384.0;
    let (always, by_size) = match spec.encoder {
        Encoder::Cde => {
            let steps = 60.0 / spec.path.step / 30.0;
            let areas = if spec.path.drive == Drive::Areas {
                8.0
            } else {
                1.0
            };
            (1.2e-4, 1.5e-4 * steps * areas)
        }
        Encoder::Lstm | Encoder::Gru | Encoder::Cnn => (1e-4, 0.7e-4),
        Encoder::Transformer => (2e-4, 2e-4),
        Encoder::GruD | Encoder::OdeRnn => (1.5e-4, 1.5e-4),
    };
    let modalities = spec.modalities.len() as f64;
    // Each latent of each modality attends to all: most of it where one stands every half second.
    let latents = modalities * 60.0 / spec.latent_every;
    windows * ((always + by_size * size) * modalities / 3.0 + 6e-9 * latents * latents)
}
