use std::marker::PhantomData;

use anyhow::Result;
use pathema_signal::Label;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Cohort;
use super::cohort::class;
use crate::data::{Input, Sight};
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
    held_out: Vec<usize>,
    share: Share,
    brand: Brand<'id>,
}

/// The subjects that parameters and statistics are fitted on.
#[derive(Debug)]
pub struct Fitting<'id, 'a> {
    cohort: &'a Cohort,
    members: Vec<usize>,
    share: Share,
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

/// Which windows of the subjects held out are judged, and not learnt from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Share {
    /// All.
    All,
    /// One part of so many.
    Part { part: usize, of: usize, seed: u64 },
}

impl Share {
    /// Whether the window of a subject that starts then is among those judged.
    fn holds(self, subject: usize, start: f64) -> bool {
        match self {
            Share::All => true,
            Share::Part { part, of, seed } => {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                rng.set_stream(((subject as u64) << 32) | (start * 4.0).round() as u64);
                rng.random_range(0..of) == part
            }
        }
    }
}

/// Something that was chosen in a fold, by its training subjects alone: it can be taken over by folds that hold out none but
/// those who had no say in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice<C> {
    value: C,
    unseen: Vec<String>,
}

impl<C> Choice<C> {
    /// What was chosen.
    pub fn value(&self) -> &C {
        &self.value
    }
}

/// A choice that a subject held out had a say in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{subject} is held out and had a say in this choice: choose anew in a fold that holds {subject} out"
)]
pub struct ForeignChoice {
    /// Who.
    pub subject: String,
}

/// What the subjects held out are to be judged on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ask {
    /// Which of their windows.
    pub windows: Asked,
    /// What is left to be seen of them.
    pub sight: Sight,
}

/// Windows to be judged on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Asked {
    /// Those of the classes recognised.
    Classed,
    /// Those of a label that nothing is trained on.
    Labelled(Label),
    /// All of the session, so many seconds apart, whatever its labels.
    Everything {
        /// Seconds from one window to the next.
        shift: f64,
    },
}

/// What a model said of a window of a subject held out.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// Whose.
    pub subject: String,
    /// Seconds since the start of the recording.
    pub start: f64,
    /// Seconds.
    pub length: f64,
    /// The truth, where the window lies in one of the classes recognised: an index into [`crate::run::records::CLASSES`].
    pub class: Option<usize>,
    /// What was said.
    pub probabilities: Probabilities,
}

/// The subjects held out. They give no sample away.
#[derive(Debug)]
pub struct HeldOut<'id, 'a> {
    cohort: &'a Cohort,
    subjects: Vec<usize>,
    share: Share,
    brand: Brand<'id>,
}

impl<'id, 'a> Training<'id, 'a> {
    pub(super) fn new(cohort: &'a Cohort, held_out: &[usize], share: Share) -> Self {
        Training {
            cohort,
            held_out: held_out.to_vec(),
            share,
            brand: PhantomData,
        }
    }

    /// Who can be learnt from, as places in the cohort: all but those held out.
    pub fn members(&self) -> Vec<usize> {
        let learnt = |member: &usize| self.share != Share::All || !self.held_out.contains(member);
        (0..self.cohort.len()).filter(learnt).collect()
    }

    /// Number of training subjects.
    pub fn len(&self) -> usize {
        self.members().len()
    }

    /// Never: a cohort has subjects to learn from.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Draws `validation` of the training subjects to choose the epoch by; the others are fitted on.
    ///
    /// The draw depends on the seed and on the subjects' places only.
    pub fn split(&self, validation: usize, seed: u64) -> (Fitting<'id, 'a>, Validation<'id, 'a>) {
        let mut members = self.members();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(self.held_out[0] as u64);
        members.shuffle(&mut rng);
        let aside = members.split_off(members.len().saturating_sub(validation).max(1));
        self.without(&aside)
    }

    /// Sets the training subjects at these places of the cohort aside; the others are fitted on. An inner fold, to choose settings by.
    ///
    /// # Panics
    /// If one of them is no training subject.
    pub fn without(&self, aside: &[usize]) -> (Fitting<'id, 'a>, Validation<'id, 'a>) {
        let (mut aside, mut members) = (aside.to_vec(), self.members());
        aside.sort_unstable();
        for who in &aside {
            assert!(
                members.contains(who),
                "{who} is no training subject of this fold"
            );
        }
        members.retain(|member| !aside.contains(member));
        let (cohort, share, brand) = (self.cohort, self.share, PhantomData);
        (
            Fitting {
                cohort,
                members,
                share,
                brand,
            },
            Validation {
                cohort,
                members: aside,
                brand,
            },
        )
    }

    /// Says that this was chosen here, without those held out.
    pub fn chosen<C>(&self, value: C) -> Choice<C> {
        Choice {
            value,
            unseen: names(self.cohort, &self.held_out),
        }
    }

    /// Takes over what was chosen in another fold of the same subjects.
    ///
    /// # Errors
    /// [`ForeignChoice`] if one held out here had a say in it.
    pub fn adopt<'c, C>(&self, choice: &'c Choice<C>) -> Result<&'c C, ForeignChoice> {
        for subject in names(self.cohort, &self.held_out) {
            if !choice.unseen.contains(&subject) {
                return Err(ForeignChoice { subject });
            }
        }
        Ok(&choice.value)
    }

    /// All training subjects, for models that choose no epoch.
    pub fn whole(&self) -> Fitting<'id, 'a> {
        Fitting {
            cohort: self.cohort,
            members: self.members(),
            share: self.share,
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
        let mut examples = examples(self.cohort, &self.members, self.cohort.windows.train_shift);
        if self.share != Share::All {
            let place = |name: &str| {
                let mut sessions = self.cohort.sessions.iter();
                sessions.position(|session| session.subject == name)
            };
            examples.retain(|Example { input, .. }| {
                place(input.subject())
                    .is_some_and(|subject| !self.share.holds(subject, input.session_time()))
            });
        }
        examples
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
    pub(super) fn new(cohort: &'a Cohort, subjects: &[usize], share: Share) -> Self {
        HeldOut {
            cohort,
            subjects: subjects.to_vec(),
            share,
            brand: PhantomData,
        }
    }

    /// Who; the first of them where there are several.
    pub fn name(&self) -> &'a str {
        &self.cohort.sessions[self.subjects[0]].subject
    }

    /// Who, all of them.
    pub fn names(&self) -> Vec<String> {
        names(self.cohort, &self.subjects)
    }

    /// Has the frozen models judged, once: every window of the subjects, every model.
    ///
    /// # Errors
    /// If a model fails on a window.
    pub fn judge(self, frozen: &Frozen<'id>) -> Result<Vec<Prediction>> {
        let all = Ask {
            windows: Asked::Classed,
            sight: Sight::default(),
        };
        let mut judged = self.judge_on(frozen, &[all])?;
        let mut predictions = Vec::new();
        for (model, mut said) in judged.drain(..) {
            predictions.extend(
                said.remove(0)
                    .iter()
                    .filter_map(|said| said.prediction(&model)),
            );
        }
        Ok(predictions)
    }

    /// Has the frozen models judged, once, on all that is asked: of each model, by its name, what it said to each question.
    ///
    /// # Errors
    /// If a model fails on a window.
    pub fn judge_on(
        self,
        frozen: &Frozen<'id>,
        asks: &[Ask],
    ) -> Result<Vec<(String, Vec<Vec<Said>>)>> {
        let asked: Vec<Vec<(Option<usize>, Input<'_>)>> =
            asks.iter().map(|ask| self.windows(ask)).collect();
        let of_model = |(name, predictor): &(String, Box<dyn Predictor>)| {
            let answers = asked.iter().map(|windows| {
                let inputs: Vec<Input<'_>> = windows.iter().map(|&(_, input)| input).collect();
                let said = predictor.predict(&inputs)?;
                Ok(windows
                    .iter()
                    .zip(said)
                    .map(|(&(class, input), probabilities)| Said {
                        subject: input.subject().to_owned(),
                        start: input.session_time(),
                        length: input.length(),
                        class,
                        probabilities,
                    })
                    .collect())
            });
            Ok((name.clone(), answers.collect::<Result<_>>()?))
        };
        frozen.models.iter().map(of_model).collect()
    }

    fn windows(&self, ask: &Ask) -> Vec<(Option<usize>, Input<'a>)> {
        let mut found = Vec::new();
        for &subject in &self.subjects {
            let session = &self.cohort.sessions[subject];
            let length = self.cohort.windows.length;
            let windows: Vec<(Option<usize>, Input<'a>)> = match ask.windows {
                Asked::Everything { shift } => {
                    let class_of = |start: f64| {
                        let mut runs = session.labels.iter();
                        let run = runs.find(|run| run.start <= start && start + length <= run.end);
                        run.and_then(|run| class(run.label))
                    };
                    let inputs = session.inputs(length, shift).into_iter();
                    inputs
                        .map(|input| (class_of(input.session_time()), input))
                        .collect()
                }
                Asked::Classed | Asked::Labelled(_) => self
                    .cohort
                    .labelled_windows(subject, self.cohort.windows.shift)
                    .into_iter()
                    .filter(|window| match ask.windows {
                        Asked::Labelled(label) => window.label == label,
                        _ => class(window.label).is_some(),
                    })
                    .filter(|window| self.share.holds(subject, window.start))
                    .map(|window| {
                        (
                            class(window.label),
                            session.input(window.start, window.length),
                        )
                    })
                    .collect(),
            };
            let seen = |(class, input): (_, Input<'a>)| (class, input.through(ask.sight));
            found.extend(windows.into_iter().map(seen));
        }
        found
    }
}

impl Said {
    /// As a row of predictions; `None` where there is no truth.
    pub fn prediction(&self, model: &str) -> Option<Prediction> {
        let [p_baseline, p_stress, p_amusement] = self.probabilities.three_class;
        Some(Prediction {
            model: model.to_owned(),
            subject: self.subject.clone(),
            start: self.start,
            length: self.length,
            truth: self.class?,
            p_baseline,
            p_stress,
            p_amusement,
            p_stress_binary: self.probabilities.stress,
        })
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
