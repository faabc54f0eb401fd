use std::hint::black_box;

use anyhow::{Context, Result};
use pathema_experiments::data::Input;
use pathema_net::Tape;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::workload::{Counts, Runs, Stage};
use super::{Bench, NUMBER, state_numbers};
use crate::fit::reference;
use crate::models::{Encoder, Net, NetSpec, Seen};
use crate::windows::{Part, Scale, Shape, Store, View};

/// A network with the weights that it would be trained from: what they are does not change what it costs.
pub(super) struct Network<'a> {
    bench: &'a Bench,
    spec: NetSpec,
    shape: Shape,
    parts: Vec<Part>,
    scales: Vec<Scale>,
    members: Vec<Net>,
    inputs: Vec<Input<'a>>,
    /// Each window as the network takes it.
    seen: Vec<Vec<Seen>>,
}

impl<'a> Network<'a> {
    pub(super) fn new(bench: &'a Bench, spec: &NetSpec) -> Result<Network<'a>> {
        spec.check().map_err(anyhow::Error::msg)?;
        let store = bench.data.store(spec);
        let inputs = bench.inputs();
        let prepared = inputs.iter().map(|input| store.of(input));
        let prepared = prepared.collect::<Result<Vec<_>, _>>()?;
        let scales: Vec<Scale> = (0..store.parts().len())
            .map(|modality| {
                let zeros = vec![0.0; store.parts()[modality].channels.len()];
                Scale::fit(
                    prepared
                        .iter()
                        .map(|window| (&window[modality], zeros.as_slice())),
                )
            })
            .collect();
        let channels: Vec<usize> = store
            .parts()
            .iter()
            .map(|part| part.channels.len())
            .collect();
        let members = (0..spec.members)
            .map(|member| Net::new(spec, &channels, bench.length(), member as u64));
        let mut network = Network {
            bench,
            spec: spec.clone(),
            shape: *store.shape(),
            parts: store.parts().to_vec(),
            scales,
            members: members.collect(),
            inputs,
            seen: Vec::new(),
        };
        let seen = (0..network.inputs.len()).map(|window| network.prepared(window));
        network.seen = seen.collect::<Result<_>>()?;
        Ok(network)
    }

    pub(super) fn counts(&self) -> Result<Counts> {
        let net = self.members.first().context("a network has members")?;
        let members = self.members.len() as u64;
        let mut tape = Tape::without_gradients(&net.parameters);
        let seen = self.seen.first().context("there is a window")?.clone();
        net.forward(&mut tape, seen, None, 1)?;
        let cells = (self.bench.length() / self.spec.cell).round().max(1.0) as u64;
        let cells = cells * self.parts.len() as u64;
        let evaluations = match self.spec.encoder {
            Encoder::Cde => tape.evaluations(),
            Encoder::Lstm | Encoder::Gru | Encoder::GruD => cells,
            // Its midpoint method evaluates twice a cell.
            Encoder::OdeRnn => 2 * cells,
            Encoder::Cnn | Encoder::Transformer => 0,
        };
        let parameters = net.parameters.count() as u64 * members;
        let state: u64 = self
            .parts
            .iter()
            .map(|part| {
                let rate = part.group.nominal_rate();
                state_numbers(&self.spec, part.channels.len(), rate, self.bench.length())
            })
            .sum();
        Ok(Counts {
            parameters,
            multiply_adds: tape.multiply_adds() * members,
            field_evaluations: evaluations * members,
            weight_bytes: parameters * NUMBER,
            state_bytes: state * NUMBER,
        })
    }

    /// From a window's observations, kept nowhere.
    fn prepared(&self, window: usize) -> Result<Vec<Seen>> {
        let input = &self.inputs[window];
        let store = Store::new(self.shape, self.parts.clone());
        let made = store.of(input)?;
        let begins = ChaCha8Rng::seed_from_u64(window as u64).random();
        let parts = self.parts.iter().zip(&self.scales).zip(made.iter());
        Ok(parts
            .map(|((part, scale), made)| {
                let level = reference(
                    self.spec.normalisation_of(part.group),
                    input,
                    part,
                    made,
                    begins,
                );
                Seen::new(&self.spec, scale, &[(made, View::plain(level))])
            })
            .collect())
    }
}

impl Runs for Network<'_> {
    fn windows(&self) -> usize {
        self.inputs.len()
    }

    fn run(&mut self, stage: Stage, window: usize) -> Result<()> {
        match stage {
            Stage::Sensing => {
                black_box(self.bench.sense(&self.spec)?);
            }
            Stage::Preparing => {
                black_box(self.prepared(window)?);
            }
            Stage::Predicting => {
                for net in &self.members {
                    let mut tape = Tape::without_gradients(&net.parameters);
                    let seen = self.seen[window].clone();
                    let outputs = net.forward(&mut tape, seen, None, 1)?;
                    let logits = outputs.fused.unwrap_or(outputs.unimodal[0]);
                    black_box(tape.values(logits));
                }
            }
        }
        Ok(())
    }
}
