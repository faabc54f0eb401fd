use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use anyhow::Result;
use pathema_experiments::loso::{Ask, Fold, Predictor, Said};

use super::{Data, Held};
use crate::fit::{FitError, Judge, Output, fit};
use crate::models::NetSpec;
use crate::records::{Ends, Epoch, Protocol};
use crate::windows::Store;

/// What of a network is judged, and under which name.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The model's name in tables.
    pub name: String,
    /// Which output.
    pub output: Output,
    /// Of the first member alone.
    pub alone: bool,
}

/// What came of a network in a fold.
#[derive(Clone, Debug)]
pub struct FoldOutcome {
    /// Subjects held out.
    pub held_out: Vec<String>,
    /// Of each [`Judged`], what it said to each question.
    pub said: Vec<(String, Vec<Vec<Said>>)>,
    /// Training of the first member.
    pub curve: Vec<Epoch>,
    /// What the first member knew at its end, where subjects were set aside.
    pub ends: Option<Ends>,
    /// Seconds of training.
    pub seconds: f64,
    /// Parameters of one member.
    pub parameters: usize,
}

/// Fits a network in every fold of a protocol, so many folds side by side, and has it judged. `None` where it was stopped.
///
/// What is found does not depend on the threads.
///
/// # Errors
/// The first fold's that fails.
#[expect(clippy::too_many_arguments, reason = "each says one thing")]
pub fn network(
    data: &Data,
    store_of: &(dyn Fn(&NetSpec) -> Arc<Store> + Sync),
    protocol: Protocol,
    spec_of: &(dyn Fn(&Held) -> NetSpec + Sync),
    seed: u64,
    judged: &[Judged],
    asks: &[Ask],
    threads: usize,
    done: &(dyn Fn() + Sync),
    stop: &AtomicBool,
) -> Result<Option<Vec<FoldOutcome>>> {
    let folds = protocol.folds(data);
    side_by_side(&folds, threads, stop, |place, held| {
        let spec = spec_of(held);
        let store = store_of(&spec);
        let own = seed.wrapping_mul(1009).wrapping_add(place as u64);
        let degraded = if spec.train.gaps > 0.0 {
            data.degraded.len()
        } else {
            0
        };
        let outcome = held.with(&data.cohort, |fold| {
            let Fold { training, held_out } = fold;
            let halted = || stop.load(Ordering::Relaxed);
            let aside = spec.train.validation;
            let (fitting, validation) = match aside {
                0 => (training.whole(), None),
                aside => {
                    let (fitting, validation) = training.split(aside, seed);
                    (fitting, Some(validation))
                }
            };
            let fitted = match fit(
                &fitting,
                validation.as_ref(),
                &spec,
                &store,
                degraded,
                own,
                &halted,
            ) {
                Err(FitError::Halted) => return Ok(None),
                fitted => fitted?,
            };
            let (curve, ends) = (fitted.curve.clone(), fitted.ends);
            let seconds = fitted.took.as_secs_f64();
            let parameters = fitted.members[0].net.parameters.count();
            let judge = Judge::new(fitted, store);
            let models = judged
                .iter()
                .map(|judged| {
                    let model: Box<dyn Predictor> = Box::new(judge.of(judged.output, judged.alone));
                    (judged.name.clone(), model)
                })
                .collect();
            let names = held_out.names();
            let frozen = training.freeze(models);
            let said = held_out.judge_on(&frozen, asks)?;
            Ok(Some(FoldOutcome {
                held_out: names,
                said,
                curve,
                ends,
                seconds,
                parameters,
            }))
        });
        done();
        outcome
    })
}

/// Works on all, so many side by side; results in their order. `None` if one was stopped.
///
/// # Errors
/// The first that fails; no more are begun then.
pub(super) fn side_by_side<T: Sync, R: Send>(
    all: &[T],
    threads: usize,
    stop: &AtomicBool,
    work: impl Fn(usize, &T) -> Result<Option<R>> + Sync,
) -> Result<Option<Vec<R>>> {
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..threads.clamp(1, all.len().max(1)) {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) && !failed.load(Ordering::Relaxed) {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(one) = all.get(place) else { break };
                    let result = work(place, one);
                    if result.is_err() {
                        failed.store(true, Ordering::Relaxed);
                    }
                    if let Ok(mut results) = results.lock() {
                        results.push((place, result));
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by_key(|(place, _)| *place);
    let whole = results.len() == all.len();
    let results: Result<Vec<Option<R>>> = results.into_iter().map(|(_, result)| result).collect();
    let results: Option<Vec<R>> = results?.into_iter().collect();
    Ok(results.filter(|_| whole))
}
