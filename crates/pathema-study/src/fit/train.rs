use std::time::{Duration, Instant};

use pathema_experiments::loso::{Fitting, Probabilities, Validation};
use pathema_experiments::metrics::named;
use pathema_net::{AdamW, AdamWConfig, NetError, Tape, Var, one_cycle};
use pathema_path::PathError;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution};

use super::batches::Lessons;
use super::ends::scored;
use super::predict::Heard;
use crate::models::{Drawn, Net, NetSpec, Outputs};
use crate::records::{Ends, Epoch};
use crate::windows::{Scale, Store};

/// A network with the statistics that its inputs are standardised by.
#[derive(Debug)]
pub struct Member {
    /// The network.
    pub net: Net,
    /// Of each modality.
    pub scales: Vec<Scale>,
}

/// What was fitted in a fold.
#[derive(Debug)]
pub struct Fitted {
    /// Networks from different seeds.
    pub members: Vec<Member>,
    /// Training of the first.
    pub curve: Vec<Epoch>,
    /// What the first knew at its end; `None` where nobody was set aside.
    pub ends: Option<Ends>,
    /// How long it took, all members.
    pub took: Duration,
    /// Seed of what is drawn of test windows.
    pub seed: u64,
}

/// Why nothing was fitted.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// It was asked to stop.
    #[error("stopped")]
    Halted,
    /// A window makes no path.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A state or the loss ceased to be finite.
    #[error("epoch {epoch}: {source}; a lower learning_rate or clip usually helps")]
    Net {
        /// From 1.
        epoch: usize,
        /// Why.
        source: NetError,
    },
    /// The loss is NaN or infinite.
    #[error("the loss is {loss} in epoch {epoch}; a lower learning_rate or clip usually helps")]
    Loss {
        /// From 1.
        epoch: usize,
        /// The loss.
        loss: f64,
    },
}

/// What random numbers are drawn for; each purpose has a stream of its own.
#[derive(Clone, Copy)]
enum Purpose {
    Scale = 1,
    Train = 2,
}

/// Fits a network, or as many as it is to have members, on a fold's windows.
///
/// There is no choice of an epoch: the schedule is fixed, and the last state is what is fitted. `validation`, where given, is scored
/// after every epoch for the curves alone. All that is drawn depends on the seed only.
///
/// # Errors
/// [`FitError`], also when `halted` says so.
pub fn fit(
    fitting: &Fitting<'_, '_>,
    validation: Option<&Validation<'_, '_>>,
    spec: &NetSpec,
    store: &Store,
    degraded: usize,
    seed: u64,
    halted: &dyn Fn() -> bool,
) -> Result<Fitted, FitError> {
    let clock = Instant::now();
    let lessons = Lessons::new(store, fitting.examples(), degraded)?;
    let mut fitted = Fitted {
        members: Vec::with_capacity(spec.members),
        curve: Vec::new(),
        ends: None,
        took: Duration::ZERO,
        seed,
    };
    for member in 0..spec.members {
        let own = seed.wrapping_add((member as u64) << 32);
        let mut curve = Vec::new();
        let member = one(&lessons, validation, spec, store, own, halted, &mut curve)?;
        if fitted.members.is_empty() {
            fitted.curve = curve;
        }
        fitted.members.push(member);
    }
    fitted.took = clock.elapsed();
    if let Some(validation) = validation {
        let scored = |examples: &[_]| {
            let Member { net, scales } = &fitted.members[0];
            scored((net, scales), store, examples, seed)
                .map_err(|error| error.after(spec.train.epochs))
        };
        fitted.ends = Some(Ends {
            training: scored(&fitting.examples())?,
            validation: scored(&validation.examples())?,
        });
    }
    Ok(fitted)
}

fn one(
    lessons: &Lessons<'_>,
    validation: Option<&Validation<'_, '_>>,
    spec: &NetSpec,
    store: &Store,
    seed: u64,
    halted: &dyn Fn() -> bool,
    curve: &mut Vec<Epoch>,
) -> Result<Member, FitError> {
    let train = &spec.train;
    let generator = |purpose: Purpose| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(purpose as u64);
        rng
    };
    let scales = lessons.scales(spec, &mut generator(Purpose::Scale));
    let channels: Vec<usize> = store
        .parts()
        .iter()
        .map(crate::windows::Part::width)
        .collect();
    let mut net = Net::new(spec, &channels, lessons.length(), seed);
    let weights = Weights::new(lessons.classes(), train.class_weight_power);
    let config = AdamWConfig {
        weight_decay: train.weight_decay,
        ..AdamWConfig::default()
    };
    let mut optimiser = AdamW::new(config, &net.parameters);
    let steps = match train.steps {
        0 => lessons.len().div_ceil(train.batch),
        steps => steps,
    };
    let mut rng = generator(Purpose::Train);
    for epoch in 1..=train.epochs {
        let failed = |source| FitError::Net { epoch, source };
        let order = lessons.order(steps * train.batch, &mut rng);
        let (mut nats, mut right) = (0.0, (0.0, 0.0));
        for (step, chosen) in order.chunks_exact(train.batch).enumerate() {
            if halted() {
                return Err(FitError::Halted);
            }
            let (mut seen, classes) = lessons.batch(spec, &scales, chosen, &mut rng)?;
            let mixture = Mixture::drawn(train.mixup, chosen.len(), &mut rng);
            if let Some(mixture) = &mixture {
                for seen in &mut seen {
                    seen.mix(&mixture.others, mixture.share as f32);
                }
            }
            let mut tape = Tape::new(&net.parameters);
            let drawn = Drawn { rng: &mut rng };
            let outputs = net
                .forward(&mut tape, seen, Some(drawn), chosen.len())
                .map_err(failed)?;
            let mut loss = weights.loss(&mut tape, &outputs, &classes, train.auxiliary);
            // A blend is called by what most of it is.
            let mut most = classes;
            if let Some(mixture) = &mixture {
                let others: Vec<usize> = mixture.others.iter().map(|&k| most[k]).collect();
                let other = weights.loss(&mut tape, &outputs, &others, train.auxiliary);
                let own = tape.scale(loss, mixture.share);
                let other = tape.scale(other, 1.0 - mixture.share);
                loss = tape.add(own, other);
                if mixture.share < 0.5 {
                    most = others;
                }
            }
            let value = f64::from(tape.values(loss)[0]);
            if !value.is_finite() {
                return Err(FitError::Loss { epoch, loss: value });
            }
            for (said, &class) in Heard::of(&tape, &outputs, chosen.len()).iter().zip(&most) {
                let said = said.answer(spec.answer);
                nats += surprise(&said, class);
                let hit = hits(&said, class);
                right.0 += hit.0;
                right.1 += hit.1;
            }
            let gradients = tape.backward(loss).map_err(failed)?;
            let rate = one_cycle(
                (epoch - 1) * steps + step,
                steps * train.epochs,
                train.learning_rate,
            );
            optimiser.step(&mut net.parameters, &gradients, rate, train.clip);
        }
        let windows = (steps * train.batch) as f64;
        let mut record = Epoch {
            epoch,
            loss: nats / windows,
            binary: right.0 / windows,
            three_class: right.1 / windows,
            validation_loss: None,
            validation_binary: None,
            validation_three_class: None,
        };
        if let Some(validation) = validation {
            let [binary, three] = scored((&net, &scales), store, &validation.examples(), seed)
                .map_err(|error| error.after(epoch))?;
            record.validation_loss = Some(three.cross_entropy);
            record.validation_binary = Some(binary.accuracy);
            record.validation_three_class = Some(three.accuracy);
        }
        curve.push(record);
    }
    Ok(Member { net, scales })
}

pub(super) enum PredictFailure {
    Path(PathError),
    Net(NetError),
}

impl PredictFailure {
    fn after(self, epoch: usize) -> FitError {
        match self {
            PredictFailure::Path(error) => FitError::Path(error),
            PredictFailure::Net(source) => FitError::Net { epoch, source },
        }
    }
}

/// Negative log-likelihood of the class among three, nats.
fn surprise(said: &Probabilities, class: usize) -> f64 {
    -said.three_class[class].max(1e-15).ln()
}

/// 1 where a window is named right: stress against the rest, 3 classes.
fn hits(said: &Probabilities, class: usize) -> (f64, f64) {
    let binary = (said.stress > 0.5) == (class == 1);
    let three = named(&said.three_class) == class;
    (f64::from(u8::from(binary)), f64::from(u8::from(three)))
}

/// Which windows of a batch are blended with which, and how.
struct Mixture {
    /// The other of each.
    others: Vec<usize>,
    /// How much each keeps of itself.
    share: f64,
}

impl Mixture {
    /// `None` for a concentration of 0.
    fn drawn(concentration: f64, batch: usize, rng: &mut ChaCha8Rng) -> Option<Mixture> {
        let beta = Beta::new(concentration, concentration).ok()?;
        let mut others: Vec<usize> = (0..batch).collect();
        others.shuffle(rng);
        Some(Mixture {
            others,
            share: beta.sample(rng),
        })
    }
}

/// Weights of the classes of both tasks.
struct Weights {
    three_class: Vec<f32>,
    binary: Vec<f32>,
}

impl Weights {
    /// Inverse frequencies to a power: 0 weighs all windows alike, 1 all classes.
    fn new(classes: impl Iterator<Item = usize>, power: f64) -> Weights {
        let mut counts = [0.0_f64; 3];
        for class in classes {
            counts[class] += 1.0;
        }
        let weights = |counts: &[f64]| -> Vec<f32> {
            let total: f64 = counts.iter().sum();
            let each = counts.iter();
            each.map(|&count| (total / (counts.len() as f64 * count.max(1.0))).powf(power) as f32)
                .collect()
        };
        Weights {
            three_class: weights(&counts),
            binary: weights(&[counts[0] + counts[2], counts[1]]),
        }
    }

    /// Cross-entropy of both tasks, of the fused head and, to a share, of each modality's own.
    fn loss(
        &self,
        tape: &mut Tape<'_, f32>,
        outputs: &Outputs,
        classes: &[usize],
        auxiliary: f64,
    ) -> Var {
        let stress: Vec<usize> = classes
            .iter()
            .map(|&class| usize::from(class == 1))
            .collect();
        let both = |tape: &mut Tape<'_, f32>, logits: Var| {
            let three = tape.columns(logits, 0..3);
            let two = tape.columns(logits, 3..5);
            let three = tape.cross_entropy(three, classes, &self.three_class);
            let two = tape.cross_entropy(two, &stress, &self.binary);
            tape.add(three, two)
        };
        let Some(fused) = outputs.fused else {
            return both(tape, outputs.unimodal[0]);
        };
        let mut sum = both(tape, fused);
        if auxiliary > 0.0 {
            for &own in &outputs.unimodal {
                let own = both(tape, own);
                let own = tape.scale(own, auxiliary);
                sum = tape.add(sum, own);
            }
        }
        sum
    }
}
