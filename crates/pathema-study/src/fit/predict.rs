use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex};

use anyhow::Result;
use pathema_experiments::data::Input;
use pathema_experiments::loso::{Predictor, Probabilities};
use pathema_net::{Tape, Var};
use pathema_path::PathError;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::batches::seen;
use super::reference::reference;
use super::train::{Fitted, PredictFailure};
use crate::models::{Answer, Net, NetSpec, Outputs, Seen};
use crate::windows::{Part, Scale, Store, View};

/// Windows that are predicted at once.
pub(super) const BATCH: usize = 64;

/// What of a network's outputs is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Output {
    /// What the network is told to answer with.
    Answer,
    /// The fused head; of one modality its own.
    Fused,
    /// The mean of the modalities' own logits.
    Late,
    /// The mean of the two.
    Both,
    /// One modality's own head.
    Modality(usize),
}

impl Output {
    /// What a network answers with.
    pub fn of(answer: Answer) -> Output {
        match answer {
            Answer::Fused => Output::Fused,
            Answer::Late => Output::Late,
            Answer::Both => Output::Both,
        }
    }
}

/// Logits of a window: of the fused head, where there is one, and of each modality.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Heard {
    fused: Option<[f32; 5]>,
    unimodal: Vec<[f32; 5]>,
}

impl Heard {
    /// Of each window of a batch.
    pub(super) fn of(tape: &Tape<'_, f32>, outputs: &Outputs, batch: usize) -> Vec<Heard> {
        let row = |var: Var, window: usize| {
            let row = &tape.values(var)[5 * window..5 * (window + 1)];
            std::array::from_fn(|k| row[k])
        };
        (0..batch)
            .map(|window| Heard {
                fused: outputs.fused.map(|fused| row(fused, window)),
                unimodal: outputs
                    .unimodal
                    .iter()
                    .map(|&own| row(own, window))
                    .collect(),
            })
            .collect()
    }

    pub(super) fn answer(&self, answer: Answer) -> Probabilities {
        self.probabilities(Output::of(answer))
    }

    fn probabilities(&self, output: Output) -> Probabilities {
        let late = || {
            let mut mean = [0.0; 5];
            for own in &self.unimodal {
                for (mean, own) in mean.iter_mut().zip(own) {
                    *mean += own / self.unimodal.len() as f32;
                }
            }
            mean
        };
        let fused = || self.fused.unwrap_or_else(late);
        let logits = match output {
            Output::Answer | Output::Fused => fused(),
            Output::Late => late(),
            Output::Both => {
                let (fused, late) = (fused(), late());
                std::array::from_fn(|k| 0.5 * (fused[k] + late[k]))
            }
            Output::Modality(modality) => self.unimodal[modality],
        };
        let three = softmax([logits[0], logits[1], logits[2]]);
        // Both heads know stress; together they are right a little more often.
        Probabilities {
            three_class: three,
            stress: 0.5 * (softmax([logits[3], logits[4]])[1] + three[1]),
        }
    }
}

fn softmax<const K: usize>(logits: [f32; K]) -> [f64; K] {
    let logits = logits.map(f64::from);
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raised = logits.map(|logit| (logit - largest).exp());
    let sum: f64 = raised.iter().sum();
    raised.map(|x| x / sum)
}

/// What a network gives of windows. What is drawn of a window (where its wearer's past begins) depends on the seed and the window.
pub(super) fn predict(
    net: &Net,
    scales: &[Scale],
    store: &Store,
    inputs: &[Input<'_>],
    seed: u64,
) -> Result<Vec<Heard>, PredictFailure> {
    let mut heard = Vec::with_capacity(inputs.len());
    for batch in inputs.chunks(BATCH) {
        let seen =
            as_judged(net.spec(), scales, store, batch, seed).map_err(PredictFailure::Path)?;
        let mut tape = Tape::without_gradients(&net.parameters);
        let outputs = net
            .forward(&mut tape, seen, None, batch.len())
            .map_err(PredictFailure::Net)?;
        heard.extend(Heard::of(&tape, &outputs, batch.len()));
    }
    Ok(heard)
}

/// Windows as they are judged, modality by modality.
pub(super) fn as_judged(
    spec: &NetSpec,
    scales: &[Scale],
    store: &Store,
    inputs: &[Input<'_>],
    seed: u64,
) -> Result<Vec<Seen>, PathError> {
    let windows: Result<Vec<_>, PathError> = inputs
        .iter()
        .map(|input| Ok((*input, store.of(input)?)))
        .collect();
    // One start of the past for all modalities of a window, whatever windows are judged beside it.
    let begins: Vec<f64> = inputs
        .iter()
        .map(|input| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(place(input));
            rng.random()
        })
        .collect();
    let mut see = |place: usize, input: &Input<'_>, part: &Part, window: &_| {
        let normalisation = spec.normalisation_of(part.group);
        View::plain(reference(normalisation, input, part, window, begins[place]))
    };
    Ok(seen(store, scales, spec, &windows?, &mut see))
}

/// The same for the same window on any machine.
pub(crate) fn place(input: &Input<'_>) -> u64 {
    let who = input.subject().bytes().fold(0_u64, |sum, byte| {
        sum.wrapping_mul(257).wrapping_add(u64::from(byte))
    });
    (who << 32) ^ (input.session_time() * 1000.0).round() as u64
}

/// What was heard of windows, kept by their hash, of each member.
type Memory = HashMap<u64, Arc<Vec<Vec<Heard>>>>;

/// A fitted network as a fold judges it: one of its outputs, of one of its members or of all.
#[derive(Clone)]
pub struct Judge {
    fitted: Arc<Fitted>,
    store: Arc<Store>,
    output: Output,
    /// Of the first member alone.
    alone: bool,
    memory: Arc<Mutex<Memory>>,
}

impl Judge {
    /// The answer of all members.
    pub fn new(fitted: Fitted, store: Arc<Store>) -> Judge {
        Judge {
            fitted: Arc::new(fitted),
            store,
            output: Output::Answer,
            alone: false,
            memory: Arc::default(),
        }
    }

    /// Another output of the same; windows are followed once for all of them.
    pub fn of(&self, output: Output, alone: bool) -> Judge {
        Judge {
            output,
            alone,
            ..self.clone()
        }
    }

    /// What was fitted.
    pub fn fitted(&self) -> &Fitted {
        &self.fitted
    }

    /// Where its windows are kept.
    pub fn store(&self) -> &Store {
        &self.store
    }

    fn heard(&self, inputs: &[Input<'_>]) -> Result<Arc<Vec<Vec<Heard>>>> {
        let mut hasher = DefaultHasher::new();
        for input in inputs {
            let sight = input.sight();
            (
                input.subject(),
                input.session_time().to_bits(),
                sight.degraded,
            )
                .hash(&mut hasher);
            sight
                .lost
                .map(|(modality, share)| (modality, share.to_bits()))
                .hash(&mut hasher);
        }
        let place = hasher.finish();
        if let Ok(memory) = self.memory.lock()
            && let Some(found) = memory.get(&place)
        {
            return Ok(Arc::clone(found));
        }
        let fitted = &self.fitted;
        let members = fitted.members.iter().map(|member| {
            predict(
                &member.net,
                &member.scales,
                &self.store,
                inputs,
                fitted.seed,
            )
            .map_err(|error| match error {
                PredictFailure::Path(error) => anyhow::Error::from(error),
                PredictFailure::Net(error) => anyhow::Error::from(error),
            })
        });
        let heard = Arc::new(members.collect::<Result<Vec<_>>>()?);
        if let Ok(mut memory) = self.memory.lock() {
            memory.insert(place, Arc::clone(&heard));
        }
        Ok(heard)
    }
}

impl Predictor for Judge {
    fn predict(&self, inputs: &[Input<'_>]) -> Result<Vec<Probabilities>> {
        let heard = self.heard(inputs)?;
        let members = if self.alone { 1 } else { heard.len() };
        let answer = self.fitted.members[0].net.spec().answer;
        Ok((0..inputs.len())
            .map(|window| {
                let mut mean = Probabilities {
                    three_class: [0.0; 3],
                    stress: 0.0,
                };
                for member in &heard[..members] {
                    let own = match self.output {
                        Output::Answer => member[window].answer(answer),
                        output => member[window].probabilities(output),
                    };
                    for (mean, own) in mean.three_class.iter_mut().zip(own.three_class) {
                        *mean += own / members as f64;
                    }
                    mean.stress += own.stress / members as f64;
                }
                mean
            })
            .collect())
    }
}
