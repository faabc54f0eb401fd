use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;

use super::learnt::{Classical, Learnt};
use super::without_signals;
use crate::classifiers::{FitError, Work, map_in_parallel};
use crate::config::{BaselineConfig, ClassifierKind};
use crate::loso::{Cohort, Fold, Predictor};
use crate::run::records::FoldSummary;
use crate::run::{FoldResult, Outcome, RunFolder};

/// How far a study of classifiers is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The subject held out.
    pub fold: &'a str,
    /// What is fitted now; `None` once the fold is done and written.
    pub fitting: Option<ClassifierKind>,
    /// Classifiers of the fold that are fitted.
    pub done: usize,
    /// All of them.
    pub of: usize,
}

/// Fits and judges classifiers in every fold of a cohort with features, so many folds side by side, and writes each down as it ends.
///
/// A fold's classifiers learn from all its training subjects: they choose no epoch. What they find does not depend on the threads.
///
/// # Errors
/// The first fold's that fails; the others stop.
pub fn study(
    cohort: &Cohort,
    settings: &BaselineConfig,
    seed: u64,
    run: &RunFolder,
    threads: usize,
    progress: &(dyn Fn(Progress<'_>) + Sync),
    stop: &AtomicBool,
) -> Result<Outcome> {
    let halt = AtomicBool::new(false);
    let halted = || stop.load(Ordering::Relaxed) || halt.load(Ordering::Relaxed);
    let work = Work {
        threads: (threads / cohort.len()).max(1),
        halted: &halted,
    };
    let folds = map_in_parallel(cohort.len(), threads, |index| {
        let done = one_fold(cohort, index, settings, seed, run, progress, work);
        if done.is_err() {
            halt.store(true, Ordering::Relaxed);
        }
        done
    });
    let outcomes: Result<Vec<Outcome>> = folds.into_iter().collect();
    let interrupted = outcomes?.contains(&Outcome::Interrupted);
    Ok(if interrupted {
        Outcome::Interrupted
    } else {
        Outcome::Finished
    })
}

fn one_fold(
    cohort: &Cohort,
    index: usize,
    settings: &BaselineConfig,
    seed: u64,
    run: &RunFolder,
    progress: &(dyn Fn(Progress<'_>) + Sync),
    work: Work<'_>,
) -> Result<Outcome> {
    if (work.halted)() {
        return Ok(Outcome::Interrupted);
    }
    cohort.with_fold(index, |fold| {
        let Fold { training, held_out } = fold;
        let name = held_out.name();
        let fitting = training.whole();
        let of = settings.classifiers.len();
        let mut learnt = Learnt::new(&fitting)?;
        let mut models: Vec<(String, Box<dyn Predictor>)> = Vec::new();
        for (done, &kind) in settings.classifiers.iter().enumerate() {
            progress(Progress {
                fold: name,
                fitting: Some(kind),
                done,
                of,
            });
            let own = seed.wrapping_add((index as u64) << 32);
            let model: Classical = match learnt.fit(kind, settings, own, work) {
                Err(FitError::Halted) => return Ok(Outcome::Interrupted),
                fitted => fitted?,
            };
            models.push((kind.name().to_owned(), Box::new(model)));
        }
        let (majority, clock) = without_signals(&fitting);
        models.push(("majority".into(), Box::new(majority)));
        models.push(("clock".into(), Box::new(clock)));
        let summary = FoldSummary {
            held_out: name.to_owned(),
            fitted_on: fitting.subjects(),
            validated_on: Vec::new(),
            chosen_epoch: 0,
            epochs: 0,
        };
        let frozen = training.freeze(models);
        let result = FoldResult {
            summary,
            parameters: 0,
            epochs: Vec::new(),
            predictions: held_out.judge(&frozen)?,
        };
        run.write_fold(name, &result)?;
        progress(Progress {
            fold: name,
            fitting: None,
            done: of,
            of,
        });
        Ok(Outcome::Finished)
    })
}
