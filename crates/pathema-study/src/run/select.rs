use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use pathema_experiments::loso::{Choice, Predictor, Said, Validation};
use pathema_experiments::metrics::{Task, task_results};
use pathema_experiments::run::records::Prediction;

use super::networks::side_by_side;
use super::protocol::people;
use super::{Data, Held};
use serde::{Deserialize, Serialize};

use crate::fit::{FitError, Judge, Output, fit};
use crate::models::NetSpec;
use crate::records::Protocol;
use crate::windows::Store;

/// Groups that leave-one-subject-out folds share their choice in: what is chosen for a subject is chosen without any of its group.
const GROUPS: usize = 5;
/// Parts that the training subjects of a cross-order fold are cut into.
const PARTS: usize = 4;

/// What was chosen for some of the subjects, on others.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// Subjects that had no say, by their place in the cohort.
    pub held: Vec<usize>,
    /// Which candidate.
    pub choice: Choice<usize>,
    /// Of each candidate, the mean over inner subjects of accuracy and macro F1 of both tasks.
    pub scores: Vec<f64>,
    /// What the chosen candidate said of inner subjects that it had not seen: to calibrate by.
    pub inner: Vec<Prediction>,
}

/// What a run folder keeps of a choice for a group.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    held: Vec<usize>,
    best: usize,
    scores: Vec<f64>,
    inner: Vec<Prediction>,
}

impl Kept {
    pub(super) fn of(chosen: &Chosen) -> Kept {
        Kept {
            held: chosen.held.clone(),
            best: *chosen.choice.value(),
            scores: chosen.scores.clone(),
            inner: chosen.inner.clone(),
        }
    }

    /// The choice again, by the fold that it was made in.
    pub(super) fn chosen(self, data: &Data) -> Chosen {
        let choice = data
            .cohort
            .with_group(&self.held, |fold| fold.training.chosen(self.best));
        Chosen {
            held: self.held,
            choice,
            scores: self.scores,
            inner: self.inner,
        }
    }
}

/// Groups of subjects held out together while settings are chosen, and for each the inner groups that judge.
fn groups(data: &Data, protocol: Protocol) -> Vec<(Vec<usize>, Vec<Vec<usize>>)> {
    let cohort = &data.cohort;
    let everyone: Vec<usize> = (0..cohort.len()).collect();
    let dealt = |members: &[usize], parts: usize| -> Vec<Vec<usize>> {
        let parts = parts.min(members.len());
        let part = |part: usize| members.iter().copied().skip(part).step_by(parts).collect();
        (0..parts).map(part).collect()
    };
    match protocol {
        Protocol::CrossOrder => cohort
            .orders()
            .into_iter()
            .map(|held| {
                let others: Vec<usize> = everyone
                    .iter()
                    .copied()
                    .filter(|who| !held.contains(who))
                    .collect();
                let inner = dealt(&others, PARTS);
                (held, inner)
            })
            .collect(),
        Protocol::Loso | Protocol::RandomSplit => {
            // A person's sessions stay together.
            let people = people(data);
            let dealt_people = dealt(&(0..people.len()).collect::<Vec<_>>(), GROUPS);
            let of_all =
                |group: &Vec<usize>| group.iter().flat_map(|&who| people[who].clone()).collect();
            let groups: Vec<Vec<usize>> = dealt_people.iter().map(of_all).collect();
            let others = |held: &Vec<usize>| {
                groups
                    .iter()
                    .filter(|group| *group != held)
                    .cloned()
                    .collect()
            };
            groups
                .iter()
                .map(|held| (held.clone(), others(held)))
                .collect()
        }
    }
}

/// Candidates that differ in their answer alone, by their places: one fit serves all of them.
fn alike(candidates: &[NetSpec]) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = Vec::new();
    for (place, candidate) in candidates.iter().enumerate() {
        let same = |own: &&mut Vec<usize>| {
            let first = &candidates[own[0]];
            *candidate
                == NetSpec {
                    answer: candidate.answer,
                    ..first.clone()
                }
        };
        match found.iter_mut().find(same) {
            Some(own) => own.push(place),
            None => found.push(vec![place]),
        }
    }
    found
}

/// Fits of a choice among candidates.
pub fn fits(data: &Data, protocol: Protocol, candidates: &[NetSpec]) -> usize {
    let (groups, each) = (groups(data, protocol), alike(candidates).len());
    groups.iter().map(|(_, inner)| inner.len() * each).sum()
}

/// Chooses among candidates for every subject, on inner subjects only: in a fold that holds the subject and its group out, every
/// candidate is fitted without one inner group after the other, and judged on it. The best mean of accuracy and macro F1 of both tasks
/// is chosen, the first of equal ones.
///
/// `None` where it was stopped.
///
/// # Errors
/// The first fit's that fails.
#[expect(clippy::too_many_arguments, reason = "each says one thing")]
pub fn choose(
    data: &Data,
    protocol: Protocol,
    candidates: &[NetSpec],
    store_of: &(dyn Fn(&NetSpec) -> Arc<Store> + Sync),
    seed: u64,
    threads: usize,
    done: &(dyn Fn() + Sync),
    stop: &AtomicBool,
) -> Result<Option<Vec<Chosen>>> {
    let groups = groups(data, protocol);
    let fits = alike(candidates);
    let mut work = Vec::new();
    for (group, (_, inner)) in groups.iter().enumerate() {
        for part in 0..inner.len() {
            work.extend((0..fits.len()).map(|fit| (group, part, fit)));
        }
    }
    let judged = side_by_side(&work, threads, stop, |place, &(group, part, fitted)| {
        let (held, inner) = &groups[group];
        let spec = &candidates[fits[fitted][0]];
        let store = store_of(spec);
        let own = seed
            .wrapping_mul(7919)
            .wrapping_add(1 + (place / fits.len()) as u64);
        let said = data.cohort.with_group(held, |fold| {
            let (fitting, validation) = fold.training.without(&inner[part]);
            let halted = || stop.load(Ordering::Relaxed);
            let degraded = if spec.train.gaps > 0.0 {
                data.degraded.len()
            } else {
                0
            };
            match fit(&fitting, None, spec, &store, degraded, own, &halted) {
                Err(FitError::Halted) => Ok(None),
                Err(error) => Err(error.into()),
                Ok(done) => {
                    let judge = Judge::new(done, store);
                    let each = fits[fitted].iter().map(|&candidate| {
                        let answer = Output::of(candidates[candidate].answer);
                        Ok((candidate, said_of(&validation, &judge.of(answer, false))?))
                    });
                    each.collect::<Result<Vec<_>>>().map(Some)
                }
            }
        });
        done();
        said
    })?;
    let Some(judged) = judged else {
        return Ok(None);
    };
    let mut by_candidate: HashMap<(usize, usize), Vec<Prediction>> = HashMap::new();
    for (&(group, ..), said) in work.iter().zip(judged) {
        for (candidate, said) in said {
            by_candidate
                .entry((group, candidate))
                .or_default()
                .extend(said);
        }
    }
    let chosen = groups.iter().enumerate().map(|(group, (held, _))| {
        let scores: Vec<f64> = (0..candidates.len())
            .map(|candidate| score(&by_candidate[&(group, candidate)]))
            .collect();
        let mut best = 0;
        for (candidate, score) in scores.iter().enumerate() {
            if *score > scores[best] {
                best = candidate;
            }
        }
        let inner = by_candidate
            .remove(&(group, best))
            .context("every candidate was judged")?;
        Ok(Chosen {
            held: held.clone(),
            choice: data
                .cohort
                .with_group(held, |fold| fold.training.chosen(best)),
            scores,
            inner,
        })
    });
    Ok(Some(chosen.collect::<Result<Vec<_>>>()?))
}

/// Whose choice a fold takes over.
///
/// # Errors
/// If there is none, or one held out had a say in it.
pub fn choice_for<'c>(data: &Data, held: &Held, chosen: &'c [Chosen]) -> Result<&'c Chosen> {
    let Held::Subjects(subjects) = held else {
        anyhow::bail!("settings for a random split are not chosen: it holds nobody out");
    };
    let own = chosen
        .iter()
        .find(|chosen| subjects.iter().all(|subject| chosen.held.contains(subject)))
        .context("nothing was chosen without the subjects of this fold")?;
    data.cohort.with_group(subjects, |fold| {
        fold.training.adopt(&own.choice).map(|_| ())
    })?;
    Ok(own)
}

fn said_of(validation: &Validation<'_, '_>, judge: &Judge) -> Result<Vec<Prediction>> {
    let examples = validation.examples();
    let inputs: Vec<_> = examples.iter().map(|example| example.input).collect();
    let said = judge.predict(&inputs)?;
    Ok(examples
        .iter()
        .zip(said)
        .filter_map(|(example, probabilities)| {
            let said = Said {
                subject: example.input.subject().to_owned(),
                start: example.input.session_time(),
                length: example.input.length(),
                class: Some(example.class),
                probabilities,
            };
            said.prediction("inner")
        })
        .collect())
}

/// Mean over subjects of accuracy and macro F1, of both tasks.
fn score(predictions: &[Prediction]) -> f64 {
    let of = |task| {
        let mean = task_results(predictions, task).mean;
        mean.accuracy.unwrap_or(0.0) + mean.macro_f1.unwrap_or(0.0)
    };
    0.25 * (of(Task::Binary) + of(Task::ThreeClass))
}
