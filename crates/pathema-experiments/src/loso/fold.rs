use std::marker::PhantomData;

use anyhow::Result;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::Cohort;
use crate::data::Input;
use crate::run::records::Prediction;

/// One subject held out, the others to learn from.
#[derive(Debug)]
pub struct Fold<'id, 'a> {
    /// Everyone but the subject held out.
    pub training: Training<'id, 'a>,
    /// The subject held out.
    pub held_out: HeldOut<'id, 'a>,
}

/// Invariant in `'id`: no two folds' can be taken for one another.
type Brand<'id> = PhantomData<fn(&'id ()) -> &'id ()>;

/// The half of a fold to learn from.
#[derive(Debug)]
pub struct Training<'id, 'a> {
    cohort: &'a Cohort,
    held_out: usize,
    brand: Brand<'id>,
}

/// The subjects that parameters and statistics are fitted on.
#[derive(Debug)]
pub struct Fitting<'id, 'a> {
    cohort: &'a Cohort,
    members: Vec<usize>,
    brand: Brand<'id>,
}

/// The training subjects by whom an epoch is chosen.
#[derive(Debug)]
pub struct Validation<'id, 'a> {
    cohort: &'a Cohort,
    members: Vec<usize>,
    brand: Brand<'id>,
}

/// A window with its class.
#[derive(Clone, Copy, Debug)]
pub struct Example<'a> {
    /// What a model sees.
    pub input: Input<'a>,
    /// Index into [`crate::run::records::CLASSES`].
    pub class: usize,
}

/// What a model says of a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probabilities {
    /// Of baseline, stress, amusement.
    pub three_class: [f64; 3],
    /// Of stress against the rest.
    pub stress: f64,
}

/// A model that is done learning.
pub trait Predictor {
    /// What it says of each window.
    ///
    /// # Errors
    /// If a window cannot be made into what the model takes.
    fn predict(&self, inputs: &[Input<'_>]) -> Result<Vec<Probabilities>>;
}

/// Models of a fold whose training half has been given up: nothing more can be learned in it.
pub struct Frozen<'id> {
    models: Vec<(String, Box<dyn Predictor>)>,
    brand: Brand<'id>,
}

/// The subject held out. It gives no sample away.
#[derive(Debug)]
pub struct HeldOut<'id, 'a> {
    cohort: &'a Cohort,
    subject: usize,
    brand: Brand<'id>,
}

impl<'id, 'a> Training<'id, 'a> {
    pub(super) fn new(cohort: &'a Cohort, held_out: usize) -> Self {
        Training {
            cohort,
            held_out,
            brand: PhantomData,
        }
    }

    /// Number of training subjects: all but the one held out.
    pub fn len(&self) -> usize {
        self.cohort.len() - 1
    }

    /// Never: a cohort has subjects to learn from.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Draws `validation` of the training subjects to choose the epoch by; the others are fitted on.
    ///
    /// The draw depends on the seed and on the subjects' places only.
    pub fn split(&self, validation: usize, seed: u64) -> (Fitting<'id, 'a>, Validation<'id, 'a>) {
        let mut members: Vec<usize> = (0..self.cohort.len())
            .filter(|&member| member != self.held_out)
            .collect();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(self.held_out as u64);
        members.shuffle(&mut rng);
        let mut aside = members.split_off(members.len().saturating_sub(validation).max(1));
        members.sort_unstable();
        aside.sort_unstable();
        let (cohort, brand) = (self.cohort, PhantomData);
        (
            Fitting {
                cohort,
                members,
                brand,
            },
            Validation {
                cohort,
                members: aside,
                brand,
            },
        )
    }

    /// All training subjects, for models that choose no epoch.
    pub fn whole(&self) -> Fitting<'id, 'a> {
        Fitting {
            cohort: self.cohort,
            members: (0..self.cohort.len())
                .filter(|&member| member != self.held_out)
                .collect(),
            brand: PhantomData,
        }
    }

    /// Ends the learning in this fold: models by name, to be judged on the subject held out.
    pub fn freeze(self, models: Vec<(String, Box<dyn Predictor>)>) -> Frozen<'id> {
        Frozen {
            models,
            brand: PhantomData,
        }
    }
}

impl<'a> Fitting<'_, 'a> {
    /// Windows as far apart as training takes them.
    pub fn examples(&self) -> Vec<Example<'a>> {
        examples(self.cohort, &self.members, self.cohort.windows.train_shift)
    }

    /// Who they are.
    pub fn subjects(&self) -> Vec<String> {
        names(self.cohort, &self.members)
    }
}

impl<'a> Validation<'_, 'a> {
    /// Windows as far apart as testing takes them.
    pub fn examples(&self) -> Vec<Example<'a>> {
        examples(self.cohort, &self.members, self.cohort.windows.shift)
    }

    /// Who they are.
    pub fn subjects(&self) -> Vec<String> {
        names(self.cohort, &self.members)
    }
}

impl<'id, 'a> HeldOut<'id, 'a> {
    pub(super) fn new(cohort: &'a Cohort, subject: usize) -> Self {
        HeldOut {
            cohort,
            subject,
            brand: PhantomData,
        }
    }

    /// Who.
    pub fn name(&self) -> &'a str {
        &self.cohort.sessions[self.subject].subject
    }

    /// Has the frozen models judged, once: every window of the subject, every model.
    ///
    /// # Errors
    /// If a model fails on a window.
    pub fn judge(self, frozen: &Frozen<'id>) -> Result<Vec<Prediction>> {
        let shift = self.cohort.windows.shift;
        let examples = examples(self.cohort, &[self.subject], shift);
        let inputs: Vec<Input<'_>> = examples.iter().map(|example| example.input).collect();
        let mut predictions = Vec::with_capacity(examples.len() * frozen.models.len());
        for (model, predictor) in &frozen.models {
            for (example, said) in examples.iter().zip(predictor.predict(&inputs)?) {
                let [p_baseline, p_stress, p_amusement] = said.three_class;
                predictions.push(Prediction {
                    model: model.clone(),
                    subject: self.name().to_owned(),
                    start: example.input.session_time(),
                    length: example.input.length(),
                    truth: example.class,
                    p_baseline,
                    p_stress,
                    p_amusement,
                    p_stress_binary: said.stress,
                });
            }
        }
        Ok(predictions)
    }
}

fn examples<'a>(cohort: &'a Cohort, members: &[usize], shift: f64) -> Vec<Example<'a>> {
    members
        .iter()
        .flat_map(|&member| {
            let session = &cohort.sessions[member];
            cohort
                .windows(member, shift)
                .into_iter()
                .map(move |(class, window)| Example {
                    input: session.input(window.start, window.length),
                    class,
                })
        })
        .collect()
}

fn names(cohort: &Cohort, members: &[usize]) -> Vec<String> {
    members
        .iter()
        .map(|&member| cohort.sessions[member].subject.clone())
        .collect()
}
