use std::time::Instant;

use anyhow::Result;
use pathema_experiments::config::ClassifierKind;
use serde::{Deserialize, Serialize};

use super::channels::Summed;
use super::features::{Featured, Silent};
use super::network::Network;
use super::{Bench, Measured, Training, Work};
use crate::models::NetSpec;

/// What is measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// A network.
    Network(Box<NetSpec>),
    /// A classifier of features.
    Classifier(ClassifierKind),
    /// A classifier of a network's channels, summed up over the window.
    Channels(ClassifierKind, Box<NetSpec>),
    /// What is most frequent.
    Majority,
    /// What usually happens at that time.
    Clock,
}

/// A stage on the way from a recording to an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// From samples to channels, or to beats and sums that features are taken from: of the whole recording at once.
    Sensing,
    /// From there to what the model takes, of a window.
    Preparing,
    /// From there to probabilities, of a window.
    Predicting,
}

impl Stage {
    /// All, in order.
    pub const ALL: [Stage; 3] = [Stage::Sensing, Stage::Preparing, Stage::Predicting];
}

/// What can be known without a clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Counts {
    pub(super) parameters: u64,
    pub(super) multiply_adds: u64,
    pub(super) field_evaluations: u64,
    pub(super) weight_bytes: u64,
    pub(super) state_bytes: u64,
}

/// Does the work of a stage.
pub(super) trait Runs {
    fn windows(&self) -> usize;

    fn run(&mut self, stage: Stage, window: usize) -> Result<()>;
}

/// A model ready to work, stage by stage.
pub struct Workload<'a> {
    model: Box<dyn Runs + 'a>,
    counts: Counts,
    /// Seconds of a window, and of the recording.
    seconds: (f64, f64),
}

impl<'a> Workload<'a> {
    /// Of a model; those that are not networks learn from the windows given, or from simulated ones, of which there are few.
    ///
    /// # Errors
    /// If the network's settings or the windows cannot be used.
    pub fn new(
        bench: &'a Bench,
        model: &Model,
        training: Option<&Training>,
    ) -> Result<Workload<'a>> {
        let simulated;
        let training = match (training, model) {
            (Some(training), _) => training,
            (None, Model::Network(_)) => &Training::default(),
            (None, _) => {
                simulated = Training::of(&bench.data, model)?;
                &simulated
            }
        };
        let (model, counts): (Box<dyn Runs + 'a>, Counts) = match model {
            Model::Network(spec) => {
                let network = Network::new(bench, spec)?;
                let counts = network.counts()?;
                (Box::new(network), counts)
            }
            Model::Classifier(kind) => {
                let featured = Featured::new(bench, *kind, training)?;
                let counts = featured.counts();
                (Box::new(featured), counts)
            }
            Model::Channels(kind, spec) => {
                let summed = Summed::new(bench, *kind, spec, training)?;
                let counts = summed.counts();
                (Box::new(summed), counts)
            }
            Model::Majority => {
                let majority = Silent::majority(bench, training);
                let counts = majority.counts();
                (Box::new(majority), counts)
            }
            Model::Clock => {
                let clock = Silent::clock(bench, training);
                let counts = clock.counts();
                (Box::new(clock), counts)
            }
        };
        Ok(Workload {
            model,
            counts,
            seconds: (bench.length(), bench.recording.duration()),
        })
    }

    /// Does the work of a stage once: of the recording, or of one window, whose number may be any.
    ///
    /// # Errors
    /// If a window cannot be worked on.
    pub fn run(&mut self, stage: Stage, window: usize) -> Result<()> {
        let window = window % self.model.windows();
        self.model.run(stage, window)
    }

    /// Seconds of signal, or windows, that a run of a stage is about: what its cost is divided by.
    pub fn share(&self, stage: Stage) -> f64 {
        match stage {
            Stage::Sensing => self.seconds.1,
            Stage::Preparing | Stage::Predicting => 1.0,
        }
    }

    /// Counts all that can be counted, and takes the time of each stage: the least of so many rounds over all windows, after
    /// one that is not timed.
    ///
    /// # Errors
    /// If a window cannot be worked on.
    pub fn measure(&mut self, rounds: usize) -> Result<Measured> {
        let Counts {
            parameters,
            multiply_adds,
            field_evaluations,
            weight_bytes,
            state_bytes,
        } = self.counts;
        Ok(Measured {
            window: self.seconds.0,
            parameters,
            multiply_adds,
            field_evaluations,
            weight_bytes,
            state_bytes,
            peak_bytes: None,
            sensing: self.time(Stage::Sensing, rounds)?,
            preparing: self.time(Stage::Preparing, rounds)?,
            predicting: self.time(Stage::Predicting, rounds)?,
        })
    }

    fn time(&mut self, stage: Stage, rounds: usize) -> Result<Work> {
        let windows = match stage {
            Stage::Sensing => 1,
            Stage::Preparing | Stage::Predicting => self.model.windows(),
        };
        let mut least = f64::INFINITY;
        for round in 0..=rounds.max(1) {
            let clock = Instant::now();
            for window in 0..windows {
                self.model.run(stage, window)?;
            }
            if round > 0 {
                least = least.min(clock.elapsed().as_nanos() as f64);
            }
        }
        Ok(Work {
            nanoseconds: least / windows as f64 / self.share(stage),
            instructions: None,
        })
    }
}
