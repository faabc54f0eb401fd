use pathema_net::{Linear, NetError, Parameters, Tape, Var};
use rand::RngExt;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::encoders::{Encoder, Trajectory};
use super::fusion::CrossModal;
use super::{Fusion, NetSpec, Seen};

/// Outputs of a head: three for the 3-class task, two for stress against the rest.
const OUTPUTS: usize = 5;

/// An encoder a modality, their fusion, and heads: one for each modality, and one for all.
#[derive(Debug)]
pub struct Net {
    /// All that is learnt.
    pub parameters: Parameters<f32>,
    spec: NetSpec,
    length: f64,
    encoders: Vec<Encoder>,
    fusion: Option<CrossModal>,
    unimodal: Vec<[Linear; 2]>,
    fused: Option<[Linear; 2]>,
}

/// What a batch of windows gives, [batch × 5] each: three outputs for the 3-class task, then two for the binary.
#[derive(Clone, Debug)]
pub struct Outputs {
    /// From each modality by itself.
    pub unimodal: Vec<Var>,
    /// From all; `None` of one modality.
    pub fused: Option<Var>,
}

/// What is drawn while training.
#[derive(Debug)]
pub struct Drawn<'a> {
    /// Where from.
    pub rng: &'a mut ChaCha8Rng,
}

impl Net {
    /// With parameters drawn from the seed, for modalities of so many channels each and windows of `length` seconds.
    pub fn new(spec: &NetSpec, channels: &[usize], length: f64, seed: u64) -> Net {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut parameters = Parameters::new();
        let names: Vec<&str> = spec.modalities.iter().map(|group| group.name()).collect();
        let encoders = names
            .iter()
            .zip(channels)
            .map(|(name, &channels)| Encoder::new(&mut parameters, name, channels, spec, &mut rng))
            .collect();
        let several = names.len() > 1;
        let fusion = (several && spec.fusion == Fusion::Attention).then(|| {
            CrossModal::new(
                &mut parameters,
                &names,
                spec.hidden,
                spec.d_model,
                spec.heads,
                &mut rng,
            )
        });
        let pooled = 2 * spec.hidden;
        let mut head = |name: String, inputs: usize, width: usize| {
            [
                Linear::new(
                    &mut parameters,
                    &format!("{name}.hidden"),
                    inputs,
                    width,
                    &mut rng,
                ),
                Linear::new(
                    &mut parameters,
                    &format!("{name}.output"),
                    width,
                    OUTPUTS,
                    &mut rng,
                ),
            ]
        };
        let unimodal = names
            .iter()
            .map(|name| head(format!("unimodal.{name}"), pooled, spec.hidden))
            .collect();
        let attended = fusion.as_ref().map_or(0, |_| spec.d_model);
        let inputs = names.len() * (pooled + attended);
        let fused = several.then(|| head("head".into(), inputs, spec.head_width));
        Net {
            parameters,
            spec: spec.clone(),
            length,
            encoders,
            fusion,
            unimodal,
            fused,
        }
    }

    /// What it was told to be.
    pub fn spec(&self) -> &NetSpec {
        &self.spec
    }

    /// What a batch gives, one [`Seen`] a modality. With `drawn`, as in training: units and modalities are dropped.
    ///
    /// # Errors
    /// [`NetError`] where a state ceases to be finite.
    pub fn forward(
        &self,
        tape: &mut Tape<'_, f32>,
        seen: Vec<Seen>,
        mut drawn: Option<Drawn<'_>>,
        batch: usize,
    ) -> Result<Outputs, NetError> {
        let trajectories = self.follow(tape, seen)?;
        let pooled: Vec<Var> = trajectories
            .iter()
            .map(|trajectory| pool(tape, *trajectory, batch))
            .collect();
        let dropout = self.spec.train.dropout;
        let mut unimodal = Vec::with_capacity(pooled.len());
        for (head, &pooled) in self.unimodal.iter().zip(&pooled) {
            unimodal.push(through(tape, head, pooled, dropout, drawn.as_mut()));
        }
        let Some(head) = &self.fused else {
            return Ok(Outputs {
                unimodal,
                fused: None,
            });
        };
        let mut parts = pooled;
        if let Some(fusion) = &self.fusion {
            let coarse: Vec<Trajectory> = trajectories
                .iter()
                .map(|&trajectory| self.thinned(tape, trajectory, batch))
                .collect();
            for (part, attended) in parts.iter_mut().zip(fusion.forward(tape, &coarse, batch)) {
                *part = tape.concat(&[*part, attended]);
            }
        }
        if let Some(drawn) = drawn.as_mut() {
            self.hide_modalities(tape, &mut parts, batch, drawn);
        }
        let all = tape.concat(&parts);
        let fused = through(tape, head, all, dropout, drawn.as_mut());
        Ok(Outputs {
            unimodal,
            fused: Some(fused),
        })
    }

    /// States of each modality through a batch, [batch · instants × hidden], and how many instants each has.
    ///
    /// # Errors
    /// As [`forward`](Self::forward).
    pub fn latents(
        &self,
        tape: &mut Tape<'_, f32>,
        seen: Vec<Seen>,
    ) -> Result<Vec<(Var, usize)>, NetError> {
        let trajectories = self.follow(tape, seen)?;
        Ok(trajectories
            .iter()
            .map(|t| (t.states, t.instants))
            .collect())
    }

    /// How much each modality attends to each other one, a mean over its instants and the batch's windows: `[asks][is asked][batch]`.
    /// `None` without attention.
    ///
    /// # Errors
    /// As [`forward`](Self::forward).
    pub fn attention(
        &self,
        tape: &mut Tape<'_, f32>,
        seen: Vec<Seen>,
        batch: usize,
    ) -> Result<Option<Vec<Vec<Vec<f32>>>>, NetError> {
        let Some(fusion) = &self.fusion else {
            return Ok(None);
        };
        let trajectories = self.follow(tape, seen)?;
        let coarse: Vec<Trajectory> = trajectories
            .iter()
            .map(|&trajectory| self.thinned(tape, trajectory, batch))
            .collect();
        let mean = |shares: &Vec<f32>| -> Vec<f32> {
            let instants = shares.len() / batch;
            let samples = shares.chunks_exact(instants);
            samples
                .map(|own| own.iter().sum::<f32>() / instants as f32)
                .collect()
        };
        let weights = fusion.weights(tape, &coarse, batch);
        Ok(Some(
            weights
                .iter()
                .map(|of| of.iter().map(mean).collect())
                .collect(),
        ))
    }

    fn follow(
        &self,
        tape: &mut Tape<'_, f32>,
        seen: Vec<Seen>,
    ) -> Result<Vec<Trajectory>, NetError> {
        let pairs = self.encoders.iter().zip(seen);
        pairs
            .map(|(encoder, seen)| encoder.forward(tape, seen))
            .collect()
    }

    /// The instants at which modalities attend to each other: the last of every so many.
    fn thinned(
        &self,
        tape: &mut Tape<'_, f32>,
        trajectory: Trajectory,
        batch: usize,
    ) -> Trajectory {
        // A trajectory's instants are spread over the window evenly.
        let wanted = (self.length / self.spec.latent_every).round().max(1.0) as usize;
        let every = (trajectory.instants / wanted).max(1);
        if every == 1 {
            return trajectory;
        }
        let kept: Vec<usize> = (every - 1..trajectory.instants).step_by(every).collect();
        let rows = (0..batch)
            .flat_map(|sample| {
                kept.iter()
                    .map(move |instant| sample * trajectory.instants + instant)
            })
            .collect();
        Trajectory {
            states: tape.rows(trajectory.states, rows),
            instants: kept.len(),
        }
    }

    /// Hides whole modalities of each window, never all of them, and scales the others up.
    fn hide_modalities(
        &self,
        tape: &mut Tape<'_, f32>,
        parts: &mut [Var],
        batch: usize,
        drawn: &mut Drawn<'_>,
    ) {
        let chance = self.spec.train.modality_dropout;
        let mut kept = vec![vec![0.0; batch]; parts.len()];
        for sample in 0..batch {
            let mut own: Vec<bool> = parts
                .iter()
                .map(|_| drawn.rng.random::<f64>() >= chance)
                .collect();
            if !own.contains(&true) {
                own.fill(true);
            }
            let count = own.iter().filter(|&&kept| kept).count() as f32;
            for (kept, own) in kept.iter_mut().zip(own) {
                kept[sample] = if own { parts.len() as f32 / count } else { 0.0 };
            }
        }
        for (part, kept) in parts.iter_mut().zip(kept) {
            let kept = tape.input(batch, 1, kept);
            *part = tape.mul_column(*part, kept);
        }
    }
}

/// The mean of a trajectory over its instants beside its end.
fn pool(tape: &mut Tape<'_, f32>, trajectory: Trajectory, batch: usize) -> Var {
    let instants = trajectory.instants;
    let mean = tape.mean_groups(trajectory.states, instants);
    let ends = (0..batch)
        .map(|sample| sample * instants + instants - 1)
        .collect();
    let end = tape.rows(trajectory.states, ends);
    tape.concat(&[mean, end])
}

fn through(
    tape: &mut Tape<'_, f32>,
    [hidden, output]: &[Linear; 2],
    x: Var,
    dropout: f64,
    mut drawn: Option<&mut Drawn<'_>>,
) -> Var {
    let x = dropped(tape, x, dropout, drawn.as_deref_mut());
    let inner = hidden.forward(tape, x);
    let inner = tape.silu(inner);
    let inner = dropped(tape, inner, dropout, drawn);
    output.forward(tape, inner)
}

/// Zeroes each number with the given chance and scales the others up.
fn dropped(tape: &mut Tape<'_, f32>, x: Var, chance: f64, drawn: Option<&mut Drawn<'_>>) -> Var {
    let Some(drawn) = drawn.filter(|_| chance > 0.0) else {
        return x;
    };
    let (rows, columns) = tape.shape(x);
    let keep = (1.0 / (1.0 - chance)) as f32;
    let mask = (0..rows * columns)
        .map(|_| {
            if drawn.rng.random::<f64>() < chance {
                0.0
            } else {
                keep
            }
        })
        .collect();
    tape.mask(x, mask)
}
