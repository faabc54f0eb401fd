use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use tch::{Device, Tensor};

use super::adamw::{AdamW, AdamWConfig};
use super::checkpoint::{self, Progress};
use super::error::TrainError;
use super::loss::{ClassWeights, Tally, loss};
use super::schedule::one_cycle;
use super::study::Observer;
use crate::config::{Config, TrainConfig};
use crate::data::Input;
use crate::loso::{Example, Training};
use crate::model::{Recogniser, Regularisation, Standardiser};
use crate::run::records::{EpochRecord, FoldSummary, TaskPair};

/// Which fold is fitted, and where its checkpoint lies.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The subject held out.
    pub fold: &'a str,
    /// Its index among the subjects, on which its random numbers depend.
    pub index: usize,
    /// Written after every epoch, read to go on.
    pub checkpoint: &'a Path,
}

/// A fold's recogniser at its chosen epoch.
#[derive(Debug)]
pub struct Fitted {
    /// The recogniser.
    pub recogniser: Recogniser,
    /// How it came about.
    pub summary: FoldSummary,
    /// Every epoch.
    pub records: Vec<EpochRecord>,
}

/// Fits a recogniser on the training half of a fold, from its checkpoint where there is one. `None` once
/// `halted` says so; what was done up to the last full epoch lies in the checkpoint then.
///
/// All that is drawn depends on the seed, the fold and the epoch only, so a run that was interrupted ends as
/// one that was not.
///
/// # Errors
/// [`TrainError`] names fold, epoch and batch.
pub fn fit(
    training: &Training<'_, '_>,
    config: &Config,
    place: Place<'_>,
    device: Device,
    observer: &dyn Observer,
    halted: &dyn Fn() -> bool,
) -> Result<Option<Fitted>, TrainError> {
    let settings = &config.train;
    let (fitting, validation) = training.split(settings.aside(training.len()), settings.seed);
    let standardiser =
        Standardiser::fit(&fitting, config.data.modalities.len()).map_err(|source| {
            TrainError::Standardise {
                fold: place.fold.to_owned(),
                source,
            }
        })?;
    let mut recogniser =
        Recogniser::new(config, standardiser, device).map_err(|source| TrainError::Start {
            fold: place.fold.to_owned(),
            source: Box::new(source),
        })?;
    recogniser.initialise(&mut generator(
        settings.seed,
        place.index,
        0,
        Purpose::Initialise,
    ));
    let mut parameters = recogniser.named_parameters();
    let mut best = copies(&parameters);
    let mut optimiser = AdamW::new(adamw(settings), &parameters);
    let resumed = checkpoint::read(
        place.checkpoint,
        place.fold,
        &mut parameters,
        &mut best,
        &mut optimiser,
    )?;
    let mut progress = match resumed {
        Some(progress) => progress,
        None => {
            let fresh = Progress::default();
            checkpoint::write(
                place.checkpoint,
                place.fold,
                &parameters,
                &best,
                &optimiser,
                &fresh,
            )?;
            fresh
        }
    };
    let examples = fitting.examples();
    let validated = validation.examples();
    let classes: Vec<usize> = examples.iter().map(|example| example.class).collect();
    let weights = ClassWeights::new(&classes, settings.class_weight_power, device);
    let per_epoch = match settings.windows_per_epoch {
        0 => examples.len(),
        count => count,
    };
    let batches = per_epoch.div_ceil(settings.batch);
    observer.fold_started(place.fold, progress.records.len(), settings.epochs, batches);

    for epoch in progress.records.len() + 1..=settings.epochs {
        let clock = Instant::now();
        let model_error = |batch, source| TrainError::Model {
            fold: place.fold.to_owned(),
            epoch,
            batch,
            source: Box::new(source),
            kept: place.checkpoint.to_owned(),
        };
        let mut order = generator(settings.seed, place.index, epoch, Purpose::Shuffle);
        let shuffled = draw(&examples, per_epoch, &mut order);
        let mut drawn = Regularisation {
            rng: generator(settings.seed, place.index, epoch, Purpose::Regularise),
            offset: settings.offset(fitting.subjects().len()),
        };
        let mut tally = Tally::default();
        let mut total_loss = 0.0;
        let mut rate = 0.0;
        for (batch, chosen) in shuffled.chunks(settings.batch).enumerate() {
            if halted() {
                return Ok(None);
            }
            let (inputs, classes) = apart(chosen);
            let logits = recogniser
                .forward(&inputs, Some(&mut drawn))
                .map_err(|source| model_error(batch + 1, source))?;
            let loss = loss(&logits, &classes, &weights, settings.auxiliary)?;
            let value = f64::try_from(&loss)?;
            if !value.is_finite() {
                return Err(TrainError::LossNotFinite {
                    fold: place.fold.to_owned(),
                    epoch,
                    batch: batch + 1,
                    loss: value,
                    kept: place.checkpoint.to_owned(),
                });
            }
            loss.f_backward()?;
            rate = one_cycle(
                optimiser.steps as usize,
                batches * settings.epochs,
                settings.learning_rate,
            );
            optimiser.step(&mut parameters, rate, settings.clip)?;
            total_loss += value * chosen.len() as f64;
            tally.add(
                &crate::model::probabilities(&logits.fused.detach())?,
                &classes,
            );
            observer.batch(place.fold, epoch, batch + 1);
        }
        let validation =
            validate(&recogniser, &validated).map_err(|source| model_error(0, source))?;
        // Both tasks are asked of one model, so one epoch is chosen for both.
        let criterion = validation.binary.cross_entropy + validation.three_class.cross_entropy;
        if progress.best.0 == 0 || criterion < progress.best.1 {
            progress.best = (epoch, criterion);
            best = copies(&parameters);
        }
        progress.records.push(EpochRecord {
            fold: place.fold.to_owned(),
            epoch,
            train_loss: total_loss / per_epoch as f64,
            train: tally.pair(),
            validation,
            learning_rate: rate,
            seconds: clock.elapsed().as_secs_f64(),
        });
        checkpoint::write(
            place.checkpoint,
            place.fold,
            &parameters,
            &best,
            &optimiser,
            &progress,
        )?;
        observer.epoch(&progress.records[progress.records.len() - 1]);
    }
    {
        let _guard = tch::no_grad_guard();
        for (name, parameter) in &mut parameters {
            parameter.copy_(&best[name]);
        }
    }
    let summary = FoldSummary {
        held_out: place.fold.to_owned(),
        fitted_on: fitting.subjects(),
        validated_on: validation.subjects(),
        chosen_epoch: progress.best.0,
        epochs: progress.records.len(),
    };
    Ok(Some(Fitted {
        recogniser,
        summary,
        records: progress.records,
    }))
}

/// So many windows, each coming up again only once all others have. Always from the same order: what an epoch sees
/// must not depend on the epochs before it.
fn draw<'a>(examples: &[Example<'a>], count: usize, rng: &mut ChaCha8Rng) -> Vec<Example<'a>> {
    let mut drawn = Vec::with_capacity(count + examples.len());
    while drawn.len() < count && !examples.is_empty() {
        let mut round = examples.to_vec();
        round.shuffle(rng);
        drawn.extend(round);
    }
    drawn.truncate(count);
    drawn
}

/// What random numbers are drawn for; each purpose has a stream of its own.
#[derive(Clone, Copy)]
enum Purpose {
    Initialise,
    Shuffle,
    Regularise,
}

fn generator(seed: u64, fold: usize, epoch: usize, purpose: Purpose) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // Streams above 2³² are training's; the draw of the validation subjects has those below.
    rng.set_stream(((fold as u64 + 1) << 32) | ((epoch as u64) << 4) | purpose as u64);
    rng
}

fn adamw(settings: &TrainConfig) -> AdamWConfig {
    AdamWConfig {
        weight_decay: settings.weight_decay,
        beta1: settings.beta1,
        beta2: settings.beta2,
        epsilon: settings.epsilon,
    }
}

fn copies(parameters: &BTreeMap<String, Tensor>) -> BTreeMap<String, Tensor> {
    parameters
        .iter()
        .map(|(name, tensor)| (name.clone(), tensor.detach().copy()))
        .collect()
}

fn apart<'a>(examples: &[Example<'a>]) -> (Vec<Input<'a>>, Vec<usize>) {
    examples
        .iter()
        .map(|example| (example.input, example.class))
        .unzip()
}

fn validate(
    recogniser: &Recogniser,
    examples: &[Example<'_>],
) -> Result<TaskPair, crate::model::ModelError> {
    let mut tally = Tally::default();
    let (inputs, classes) = apart(examples);
    tally.add(&recogniser.probabilities(&inputs)?, &classes);
    Ok(tally.pair())
}
