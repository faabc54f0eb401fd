//! Rows of cells.

use std::collections::BTreeMap;

use pathema_experiments::metrics::{STRESS, Task, named, task_results};
use pathema_experiments::run::records::{Prediction, Scores, TaskResults};

use super::bootstrap::Bootstrap;
use super::calibration::Reliability;
use super::windows::{Seeds, without_seed};
use super::{StatisticsError, deviation, mean};
use crate::records::{Cell, Ends, Epoch, Estimate, Info, Key, Meditation, Row, TaskSummary};

/// A row for each set of cells that differ by seed only, in the order of their keys.
///
/// # Errors
/// As [`summarise`], but for cells whose keys differ.
pub fn group<'a>(cells: impl IntoIterator<Item = &'a Cell>) -> Result<Vec<Row>, StatisticsError> {
    let mut rows: BTreeMap<Key, Vec<&Cell>> = BTreeMap::new();
    for cell in cells {
        rows.entry(without_seed(&cell.key)).or_default().push(cell);
    }
    rows.into_values().map(summarise).collect()
}

/// Sums up cells that differ by seed only.
///
/// Their order does not matter: subjects and windows stand in the order of the cell with the lowest seed. Scores of a
/// task are those of [`task_results`], cell by cell, and then their mean over seeds. An interval resamples subjects,
/// each with its mean over seeds; of one subject it is all that a score can be, 0–1, since one says nothing of others.
/// `parameters` is the mean over seeds, rounded; where seeds chose different settings for a subject, `chosen` has each
/// of them, in order of the seeds.
///
/// # Errors
/// Without cells; where they differ in more than the seed, or a seed occurs twice; where a cell has no windows, one of
/// them twice, or others than the first has; where a prediction is no probability.
pub fn summarise<'a>(cells: impl IntoIterator<Item = &'a Cell>) -> Result<Row, StatisticsError> {
    let seeds = Seeds::of(cells)?;
    Ok(Row {
        key: without_seed(&seeds.cells[0].key),
        seeds: seeds.cells.len(),
        windows: seeds.predictions[0].len(),
        info: info(&seeds.cells),
        binary: task_summary(&seeds, Task::Binary),
        three_class: task_summary(&seeds, Task::ThreeClass),
        meditation: meditation(&seeds.meditation),
    })
}

fn task_summary(seeds: &Seeds, task: Task) -> TaskSummary {
    let results: Vec<TaskResults> = seeds
        .predictions
        .iter()
        .map(|predictions| task_results(predictions, task))
        .collect();
    let together = task_results(&seeds.together(), task).mean;
    let subjects = &results[0].per_subject;
    let bootstrap = Bootstrap::new(subjects.len());

    // Of each subject, over seeds: results list subjects in the order of the windows, which is the same for all seeds.
    let of_subjects = |score: fn(&Scores) -> Option<f64>| -> Vec<f64> {
        (0..subjects.len())
            .map(|s| {
                mean(
                    results
                        .iter()
                        .map(|seed| defined(score(&seed.per_subject[s].scores))),
                )
            })
            .collect()
    };
    let estimate = |score: fn(&Scores) -> Option<f64>| {
        let per_seed: Vec<f64> = results
            .iter()
            .map(|seed| defined(score(&seed.mean)))
            .collect();
        estimated(&per_seed, &of_subjects(score), &bootstrap)
    };
    let pooled = |score: fn(&Scores) -> Option<f64>| -> Option<f64> {
        let per_seed: Option<Vec<f64>> = results.iter().map(|seed| score(&seed.pooled)).collect();
        per_seed.map(mean)
    };

    let (accuracies, f1s) = (of_subjects(|s| s.accuracy), of_subjects(|s| s.macro_f1));
    let classes = task.classes().len();
    TaskSummary {
        accuracy: estimate(|s| s.accuracy),
        macro_f1: estimate(|s| s.macro_f1),
        pooled_accuracy: defined(pooled(|s| s.accuracy)),
        pooled_macro_f1: defined(pooled(|s| s.macro_f1)),
        roc_auc: pooled(|s| s.roc_auc),
        cross_entropy: defined(pooled(|s| s.cross_entropy)),
        ece: mean(
            seeds
                .predictions
                .iter()
                .map(|windows| defined(Reliability::of_task(windows, task).expected_error())),
        ),
        together: (defined(together.accuracy), defined(together.macro_f1)),
        subjects: subjects
            .iter()
            .zip(accuracies.into_iter().zip(f1s))
            .map(|(subject, (accuracy, f1))| (subject.subject.clone(), accuracy, f1))
            .collect(),
        recalls: subjects
            .iter()
            .map(|subject| recalls(seeds, task, &subject.subject))
            .collect(),
        confusion: (0..classes)
            .map(|truth| {
                (0..classes)
                    .map(|name| {
                        mean(
                            results
                                .iter()
                                .map(|seed| seed.confusion[truth][name] as f64),
                        )
                    })
                    .collect()
            })
            .collect(),
    }
}

/// These scores every set of windows has, and there are windows and checked probabilities: [`Seeds::of`] saw to it.
fn defined(score: Option<f64>) -> f64 {
    score.expect("a score of checked windows")
}

/// A share of which each seed and each subject has its mean; of one subject the interval is all that a share can be.
fn estimated(of_seeds: &[f64], of_subjects: &[f64], bootstrap: &Bootstrap) -> Estimate {
    Estimate {
        mean: mean(of_seeds.iter().copied()),
        over_seeds: deviation(of_seeds).unwrap_or(0.0),
        interval: bootstrap.mean_interval(of_subjects).unwrap_or((0.0, 1.0)),
    }
}

/// The share of each class's windows of a subject named right, mean over seeds.
fn recalls(seeds: &Seeds, task: Task, subject: &str) -> Vec<Option<f64>> {
    let of_class = |class: usize| {
        let of_seed = |windows: &Vec<Prediction>| {
            let own = windows.iter().filter(|p| p.subject == subject);
            share(own.filter_map(|p| {
                let (truth, named) = match task {
                    Task::Binary => (usize::from(p.truth == STRESS), named(&p.binary())),
                    Task::ThreeClass => (p.truth, named(&p.three_class())),
                };
                (truth == class).then_some(named == class)
            }))
        };
        let of_seeds: Option<Vec<f64>> = seeds.predictions.iter().map(of_seed).collect();
        of_seeds.map(mean)
    };
    (0..task.classes().len()).map(of_class).collect()
}

/// How often the binary task's output calls meditation stress.
fn meditation(seeds: &[Vec<Prediction>]) -> Option<Meditation> {
    let mut names: Vec<&str> = seeds[0].iter().map(|p| p.subject.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let of = |windows: &[Prediction], name: &str| {
        let own = windows.iter().filter(|p| p.subject == name);
        defined(share(own.map(|p| named(&p.binary()) == STRESS)))
    };
    let of_seeds: Vec<f64> = seeds
        .iter()
        .map(|windows| mean(names.iter().map(|name| of(windows, name))))
        .collect();
    let of_subjects: Vec<f64> = names
        .iter()
        .map(|name| mean(seeds.iter().map(|windows| of(windows, name))))
        .collect();
    (!names.is_empty()).then(|| Meditation {
        called_stress: estimated(&of_seeds, &of_subjects, &Bootstrap::new(names.len())),
        windows: seeds[0].len(),
        subjects: names.len(),
    })
}

/// How many of these are so; `None` of none.
fn share(all: impl Iterator<Item = bool>) -> Option<f64> {
    let (count, so) = all.fold((0usize, 0usize), |(count, so), one| {
        (count + 1, so + usize::from(one))
    });
    (count > 0).then(|| so as f64 / count as f64)
}

fn info(cells: &[&Cell]) -> Info {
    let mut chosen: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (subject, settings) in cells.iter().flat_map(|cell| &cell.info.chosen) {
        let known = chosen.entry(subject.clone()).or_default();
        if !known.contains(&settings.as_str()) {
            known.push(settings);
        }
    }
    let mut curves: BTreeMap<usize, Vec<Epoch>> = BTreeMap::new();
    for epoch in cells.iter().flat_map(|cell| &cell.info.curves) {
        curves.entry(epoch.epoch).or_default().push(*epoch);
    }
    Info {
        simulated: cells[0].info.simulated,
        parameters: mean(cells.iter().map(|cell| cell.info.parameters as f64)).round() as u64,
        train_seconds: mean(cells.iter().map(|cell| cell.info.train_seconds)),
        selection: cells[0].info.selection.clone(),
        chosen: chosen
            .into_iter()
            .map(|(subject, settings)| (subject, settings.join(" | ")))
            .collect(),
        curves: curves
            .into_values()
            .filter_map(|seeds| Epoch::mean(&seeds))
            .collect(),
        ends: Ends::mean(
            &cells
                .iter()
                .filter_map(|cell| cell.info.ends)
                .collect::<Vec<_>>(),
        ),
    }
}
