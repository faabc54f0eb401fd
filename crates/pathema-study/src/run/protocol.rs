use pathema_experiments::loso::{Cohort, Fold};

use crate::records::Protocol;

/// Parts that a random split cuts all windows into.
const PARTS: usize = 10;
/// Seed of the random split: the same windows for every model.
const SPLIT_SEED: u64 = 20_18;

/// Who is held out of a fold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// Subjects, by their place in the cohort.
    Subjects(Vec<usize>),
    /// No subject: one part of all windows.
    Part(usize),
}

impl Protocol {
    /// Its folds.
    pub fn folds(self, cohort: &Cohort) -> Vec<Held> {
        match self {
            Protocol::Loso => (0..cohort.len())
                .map(|subject| Held::Subjects(vec![subject]))
                .collect(),
            Protocol::CrossOrder => cohort.orders().map(Held::Subjects).to_vec(),
            Protocol::RandomSplit => (0..PARTS).map(Held::Part).collect(),
        }
    }

    /// Its name in files and tables.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::Loso => "loso",
            Protocol::CrossOrder => "cross-order",
            Protocol::RandomSplit => "random-split",
        }
    }
}

impl Held {
    /// Does `work` on the fold.
    pub fn with<R>(&self, cohort: &Cohort, work: impl for<'id> FnOnce(Fold<'id, '_>) -> R) -> R {
        match self {
            Held::Subjects(subjects) => cohort.with_group(subjects, work),
            Held::Part(part) => cohort.with_part(*part, PARTS, SPLIT_SEED, work),
        }
    }
}
