use std::marker::PhantomData;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::Cohort;
use super::fold::{Brand, Frozen, Predictor, Share, names};
use crate::data::Input;

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
