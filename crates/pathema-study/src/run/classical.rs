use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::Result;
use pathema_experiments::baselines::{Learnt, SeenFeatures, without_signals};
use pathema_experiments::classifiers::{FitError, Work};
use pathema_experiments::config::{BaselineConfig, ClassifierKind};
use pathema_experiments::loso::{Ask, Fold, Predictor};

use super::networks::{FoldOutcome, side_by_side};
use super::{Data, Held};
use crate::records::Protocol;

/// Fits a classifier in every fold on what it `learns` of windows, and has it judged by what is `seen` of them. `None` where it was stopped.
///
/// # Errors
/// The first fold's that fails.
#[expect(clippy::too_many_arguments, reason = "each says one thing")]
pub fn classifier(
    data: &Data,
    protocol: Protocol,
    kind: ClassifierKind,
    learns: &SeenFeatures,
    seen: &SeenFeatures,
    seed: u64,
    asks: &[Ask],
    threads: usize,
    done: &(dyn Fn() + Sync),
    stop: &AtomicBool,
) -> Result<Option<Vec<FoldOutcome>>> {
    let settings = BaselineConfig::default();
    let folds = protocol.folds(data);
    side_by_side(&folds, threads, stop, |place, held| {
        let own = seed.wrapping_add((place as u64) << 32);
        let outcome = held.with(&data.cohort, |fold| {
            let Fold { training, held_out } = fold;
            let clock = Instant::now();
            let halted = || stop.load(Ordering::Relaxed);
            let work = Work {
                threads: 1,
                halted: &halted,
            };
            let mut learnt = Learnt::through(&training.whole(), learns, Arc::clone(seen))?;
            let model = match learnt.fit(kind, &settings, own, work) {
                Err(FitError::Halted) => return Ok(None),
                fitted => fitted?,
            };
            let seconds = clock.elapsed().as_secs_f64();
            let names = held_out.names();
            let models: Vec<(String, Box<dyn Predictor>)> = vec![(String::new(), Box::new(model))];
            let frozen = training.freeze(models);
            Ok(Some(FoldOutcome {
                held_out: names,
                said: held_out.judge_on(&frozen, asks)?,
                curve: Vec::new(),
                ends: None,
                seconds,
                parameters: 0,
            }))
        });
        done();
        outcome
    })
}

/// Has the majority and the clock judged.
///
/// # Errors
/// None that is known.
pub fn without(data: &Data, protocol: Protocol, asks: &[Ask]) -> Result<Vec<FoldOutcome>> {
    let judge = |held: &Held| {
        held.with(&data.cohort, |fold| {
            let Fold { training, held_out } = fold;
            let (majority, clock) = without_signals(&training.whole());
            let names = held_out.names();
            let frozen = training.freeze(vec![
                ("majority".into(), Box::new(majority) as Box<dyn Predictor>),
                ("clock".into(), Box::new(clock)),
            ]);
            Ok(FoldOutcome {
                held_out: names,
                said: held_out.judge_on(&frozen, asks)?,
                curve: Vec::new(),
                ends: None,
                seconds: 0.0,
                parameters: 0,
            })
        })
    };
    protocol.folds(data).iter().map(judge).collect()
}
