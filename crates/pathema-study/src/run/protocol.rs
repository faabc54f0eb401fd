use pathema_experiments::loso::{Cohort, Fold};

use super::Data;
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
    pub fn folds(self, data: &Data) -> Vec<Held> {
        match self {
            Protocol::Loso => people(data).into_iter().map(Held::Subjects).collect(),
            Protocol::CrossOrder => data.cohort.orders().map(Held::Subjects).to_vec(),
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

/// Sessions of each person, by their place in the cohort, in the order of their first.
pub(super) fn people(data: &Data) -> Vec<Vec<usize>> {
    let sessions = 0..data.cohort.len();
    let Some(people) = &data.people else {
        return sessions.map(|session| vec![session]).collect();
    };
    let mut found: Vec<(&str, Vec<usize>)> = Vec::new();
    for session in sessions {
        let person = people[session].as_str();
        match found.iter_mut().find(|(known, _)| *known == person) {
            Some((_, own)) => own.push(session),
            None => found.push((person, vec![session])),
        }
    }
    found.into_iter().map(|(_, own)| own).collect()
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
