use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use anyhow::Result;
use tch::Device;

use super::fit::{Fitted, Place, fit};
use crate::baselines::without_signals;
use crate::config::Config;
use crate::loso::{Cohort, Fold, Predictor};
use crate::model::{Recogniser, write_weights};
use crate::run::records::EpochRecord;
use crate::run::{FoldResult, Outcome, RunError, RunFolder};

/// Is told how far a study is; from several threads at once.
pub trait Observer: Sync {
    /// A fold starts, or goes on after `done` epochs, each of `batches` batches.
    fn fold_started(&self, _fold: &str, _done: usize, _epochs: usize, _batches: usize) {}
    /// A batch of an epoch, both counted from 1, is done.
    fn batch(&self, _fold: &str, _epoch: usize, _batch: usize) {}
    /// An epoch is done.
    fn epoch(&self, _record: &EpochRecord) {}
    /// A fold is done and judged.
    fn fold_finished(&self, _result: &FoldResult) {}
}

/// Tells nobody.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Observer for Silent {}

/// Where a study is computed.
#[derive(Clone, Copy, Debug)]
pub struct Workers {
    /// Folds side by side, each on one thread: results do not depend on their number.
    pub threads: usize,
    /// Where tensors live.
    pub device: Device,
}

/// Fits and judges every fold of a cohort that the run folder does not hold yet.
///
/// # Errors
/// The first fold's that fails; the others stop at their next batch, and all that was done stays in the folder.
pub fn study(
    cohort: &Cohort,
    config: &Config,
    run: &RunFolder,
    workers: Workers,
    observer: &dyn Observer,
    stop: &AtomicBool,
) -> Result<Outcome> {
    let open: Vec<usize> = cohort
        .subjects()
        .iter()
        .enumerate()
        .filter(|(_, subject)| !run.has_fold(subject))
        .map(|(index, _)| index)
        .collect();
    let next = AtomicUsize::new(0);
    let failure = Mutex::new(None);
    let halt = AtomicBool::new(false);
    let threads = workers.threads.clamp(1, open.len().max(1));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                tch::set_num_threads(1);
                while let Some(&index) = open.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let halted = || stop.load(Ordering::Relaxed) || halt.load(Ordering::Relaxed);
                    if halted() {
                        return;
                    }
                    if let Err(error) = one_fold(
                        cohort,
                        index,
                        config,
                        run,
                        workers.device,
                        observer,
                        &halted,
                    ) {
                        halt.store(true, Ordering::Relaxed);
                        if let Ok(mut failure) = failure.lock() {
                            failure.get_or_insert(error);
                        }
                    }
                }
            });
        }
    });
    match failure.into_inner() {
        Ok(Some(error)) => Err(error),
        _ if cohort
            .subjects()
            .iter()
            .all(|subject| run.has_fold(subject)) =>
        {
            Ok(Outcome::Finished)
        }
        _ => Ok(Outcome::Interrupted),
    }
}

/// Fits one fold, has its models judged, and writes both down.
fn one_fold(
    cohort: &Cohort,
    index: usize,
    config: &Config,
    run: &RunFolder,
    device: Device,
    observer: &dyn Observer,
    halted: &dyn Fn() -> bool,
) -> Result<()> {
    cohort.with_fold(index, |fold| {
        let Fold { training, held_out } = fold;
        let name = held_out.name();
        let checkpoint = run.checkpoint(name)?;
        let place = Place {
            fold: name,
            index,
            checkpoint: &checkpoint,
        };
        let journal = Journal {
            run,
            observer,
            failure: Mutex::new(None),
        };
        let fitted = fit(&training, config, place, device, &journal, halted)?;
        if let Ok(Some(error)) = journal.failure.into_inner() {
            return Err(error.into());
        }
        let Some(fitted) = fitted else {
            return Ok(());
        };
        let Fitted {
            recogniser,
            summary,
            records,
        } = fitted;
        write_fold_weights(&run.weights(name), name, &recogniser)?;
        // The baselines learn from the very subjects that the recogniser was fitted on.
        let settings = &config.train;
        let (fitting, _) = training.split(settings.aside(training.len()), settings.seed);
        let (majority, clock) = without_signals(&fitting);
        let parameters = recogniser.parameters();
        let frozen = training.freeze(vec![
            (
                "neural-cde".into(),
                Box::new(recogniser) as Box<dyn Predictor>,
            ),
            ("majority".into(), Box::new(majority)),
            ("clock".into(), Box::new(clock)),
        ]);
        let result = FoldResult {
            summary,
            parameters,
            epochs: records,
            predictions: held_out.judge(&frozen)?,
        };
        run.write_fold(name, &result)?;
        observer.fold_finished(&result);
        Ok(())
    })
}

/// Writes a fold's weights, with the statistics of its training subjects.
fn write_fold_weights(path: &Path, fold: &str, recogniser: &Recogniser) -> Result<()> {
    let text = BTreeMap::from([
        ("held_out".to_owned(), fold.to_owned()),
        (
            "standardiser".to_owned(),
            serde_json::to_string(recogniser.standardiser())?,
        ),
    ]);
    Ok(write_weights(path, &recogniser.named_parameters(), &text)?)
}

/// Writes epochs down as they end.
struct Journal<'a> {
    run: &'a RunFolder,
    observer: &'a dyn Observer,
    failure: Mutex<Option<RunError>>,
}

impl Observer for Journal<'_> {
    fn fold_started(&self, fold: &str, done: usize, epochs: usize, batches: usize) {
        self.observer.fold_started(fold, done, epochs, batches);
    }

    fn batch(&self, fold: &str, epoch: usize, batch: usize) {
        self.observer.batch(fold, epoch, batch);
    }

    fn epoch(&self, record: &EpochRecord) {
        if let Err(error) = self.run.append_epoch(record)
            && let Ok(mut failure) = self.failure.lock()
        {
            failure.get_or_insert(error);
        }
        self.observer.epoch(record);
    }
}
