use std::marker::PhantomData;

use anyhow::Result;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Cohort, HeldOut, Training};
use crate::data::Input;

/// One subject held out, the others to learn from.
#[derive(Debug)]
pub struct Fold<'id, 'a> {
    /// Everyone but the subject held out.
    pub training: Training<'id, 'a>,
    /// The subject held out.
    pub held_out: HeldOut<'id, 'a>,
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
    pub(super) models: Vec<(String, Box<dyn Predictor>)>,
    pub(super) brand: Brand<'id>,
}

/// Invariant in `'id`: no two folds' can be taken for one another.
pub(super) type Brand<'id> = PhantomData<fn(&'id ()) -> &'id ()>;

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
    pub(super) fn holds(self, subject: usize, start: f64) -> bool {
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

/// Names of those at these places of the cohort.
pub(super) fn names(cohort: &Cohort, members: &[usize]) -> Vec<String> {
    members
        .iter()
        .map(|&member| cohort.sessions[member].subject.clone())
        .collect()
}
