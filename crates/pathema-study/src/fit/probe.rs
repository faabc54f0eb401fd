use std::sync::{Arc, Mutex};

use anyhow::{Result, anyhow};
use pathema_experiments::data::Input;
use pathema_experiments::loso::{Predictor, Probabilities};
use pathema_net::Tape;

use super::Judge;
use super::predict::{BATCH, as_judged};

/// What went on in a network while it judged a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Noted {
    /// Whose window.
    pub subject: String,
    /// Seconds since the session's start.
    pub start: f64,
    /// Seconds.
    pub length: f64,
    /// Share of attention, `[asks][is asked]`, mean over instants, heads and members: each row adds up to 1, its own place is 0. `None`
    /// without attention.
    pub attention: Option<Vec<Vec<f64>>>,
    /// States of each modality in the first member.
    pub states: Vec<States>,
}

/// States of a modality through a window, the last one at its end.
#[derive(Clone, Debug, PartialEq)]
pub struct States {
    /// Spread over the window evenly.
    pub instants: usize,
    /// `[instants × hidden]`.
    pub values: Vec<f32>,
}

/// What a [`Probe`] noted: of each question asked, its windows in order.
pub type Notes = Arc<Mutex<Vec<Vec<Noted>>>>;

/// Judges as a [`Judge`] does, and notes what goes on meanwhile.
///
/// A fold gives no window of those held out away; but it asks what was fitted about each of them. So this is how one looks inside a
/// network while it judges a held-out subject.
pub struct Probe {
    judge: Judge,
    notes: Notes,
}

impl Probe {
    /// Around a judge; the notes fill while it is asked.
    pub fn new(judge: Judge) -> (Probe, Notes) {
        let notes = Notes::default();
        let probe = Probe {
            judge,
            notes: Arc::clone(&notes),
        };
        (probe, notes)
    }

    fn note(&self, inputs: &[Input<'_>]) -> Result<Vec<Noted>> {
        let mut noted = Vec::with_capacity(inputs.len());
        for batch in inputs.chunks(BATCH) {
            let attention = self.attention(batch)?;
            let states = self.states(batch)?;
            noted.extend(batch.iter().enumerate().map(|(window, input)| Noted {
                subject: input.subject().to_owned(),
                start: input.session_time(),
                length: input.length(),
                attention: attention.as_ref().map(|of| of[window].clone()),
                states: states[window].clone(),
            }));
        }
        Ok(noted)
    }

    /// Of each window, `[asks][is asked]`.
    fn attention(&self, batch: &[Input<'_>]) -> Result<Option<Vec<Vec<Vec<f64>>>>> {
        let fitted = self.judge.fitted();
        let mut sum: Option<Vec<Vec<Vec<f64>>>> = None;
        for member in &fitted.members {
            let (spec, store) = (member.net.spec(), self.judge.store());
            let seen = as_judged(spec, &member.scales, store, batch, fitted.seed)?;
            let mut tape = Tape::without_gradients(&member.net.parameters);
            let Some(shares) = member.net.attention(&mut tape, seen, batch.len())? else {
                return Ok(None);
            };
            let modalities = shares.len();
            let sum = sum
                .get_or_insert_with(|| vec![vec![vec![0.0; modalities]; modalities]; batch.len()]);
            for (window, sum) in sum.iter_mut().enumerate() {
                for (sum, shares) in sum.iter_mut().zip(&shares) {
                    for (sum, share) in sum.iter_mut().zip(shares) {
                        *sum += f64::from(share[window]) / fitted.members.len() as f64;
                    }
                }
            }
        }
        Ok(sum)
    }

    /// Of each window, each modality.
    fn states(&self, batch: &[Input<'_>]) -> Result<Vec<Vec<States>>> {
        let fitted = self.judge.fitted();
        let member = fitted
            .members
            .first()
            .ok_or_else(|| anyhow!("a fitted network has members"))?;
        let (spec, store) = (member.net.spec(), self.judge.store());
        let seen = as_judged(spec, &member.scales, store, batch, fitted.seed)?;
        let mut tape = Tape::without_gradients(&member.net.parameters);
        let followed = member.net.latents(&mut tape, seen)?;
        Ok((0..batch.len())
            .map(|window| {
                let own = |&(states, instants): &(_, usize)| {
                    let size = instants * tape.shape(states).1;
                    States {
                        instants,
                        values: tape.values(states)[window * size..][..size].to_vec(),
                    }
                };
                followed.iter().map(own).collect()
            })
            .collect())
    }
}

impl Predictor for Probe {
    fn predict(&self, inputs: &[Input<'_>]) -> Result<Vec<Probabilities>> {
        let said = self.judge.predict(inputs)?;
        let noted = self.note(inputs)?;
        let mut notes = self
            .notes
            .lock()
            .map_err(|_| anyhow!("a thread that wrote notes has panicked"))?;
        notes.push(noted);
        Ok(said)
    }
}
