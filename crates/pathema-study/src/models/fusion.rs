use pathema_net::{LayerNorm, Linear, Parameters, Tape, Var};
use rand_chacha::ChaCha8Rng;

use super::encoders::Trajectory;

/// Attention between modalities: each instant of one asks all instants of the others.
#[derive(Debug)]
pub(super) struct CrossModal {
    /// Query, key, value and output of each modality.
    projections: Vec<[Linear; 4]>,
    norms: Vec<LayerNorm>,
    heads: usize,
}

impl CrossModal {
    pub(super) fn new(
        parameters: &mut Parameters<f32>,
        modalities: &[&str],
        hidden: usize,
        d_model: usize,
        heads: usize,
        rng: &mut ChaCha8Rng,
    ) -> CrossModal {
        let mut projections = Vec::with_capacity(modalities.len());
        let mut norms = Vec::with_capacity(modalities.len());
        for modality in modalities {
            let mut linear = |part: &str, inputs: usize| {
                let name = format!("fusion.{modality}.{part}");
                Linear::new(parameters, &name, inputs, d_model, rng)
            };
            projections.push([
                linear("query", hidden),
                linear("key", hidden),
                linear("value", hidden),
                linear("output", d_model),
            ]);
            norms.push(LayerNorm::new(
                parameters,
                &format!("fusion.{modality}.norm"),
                d_model,
            ));
        }
        CrossModal {
            projections,
            norms,
            heads,
        }
    }

    /// What each modality makes of the others, a mean over its instants, [batch × d_model] each.
    pub(super) fn forward(
        &self,
        tape: &mut Tape<'_, f32>,
        trajectories: &[Trajectory],
        batch: usize,
    ) -> Vec<Var> {
        let keys_and_values: Vec<(Var, Var)> = self
            .projections
            .iter()
            .zip(trajectories)
            .map(|([_, key, value, _], trajectory)| {
                (
                    key.forward(tape, trajectory.states),
                    value.forward(tape, trajectory.states),
                )
            })
            .collect();
        (0..trajectories.len())
            .map(|modality| {
                let [query, _, _, output] = &self.projections[modality];
                let query = query.forward(tape, trajectories[modality].states);
                let (keys, values) = others(tape, &keys_and_values, trajectories, modality, batch);
                let attended = tape.attend(query, keys, values, self.heads, batch);
                let mixed = output.forward(tape, attended);
                let normed = self.norms[modality].forward(tape, mixed);
                tape.mean_groups(normed, trajectories[modality].instants)
            })
            .collect()
    }

    /// How much each modality's instants attend to each other modality: [asks][is asked] → [batch · instants], shares over the others.
    pub(super) fn weights(
        &self,
        tape: &mut Tape<'_, f32>,
        trajectories: &[Trajectory],
        batch: usize,
    ) -> Vec<Vec<Vec<f32>>> {
        let keys: Vec<Var> = self
            .projections
            .iter()
            .zip(trajectories)
            .map(|([_, key, ..], trajectory)| key.forward(tape, trajectory.states))
            .collect();
        let count = trajectories.len();
        (0..count)
            .map(|modality| {
                let query =
                    self.projections[modality][0].forward(tape, trajectories[modality].states);
                let instants = trajectories[modality].instants;
                let pairs: Vec<(Var, Var)> = keys.iter().map(|&key| (key, key)).collect();
                let (all, _) = others(tape, &pairs, trajectories, modality, batch);
                // [batch, heads, queries, keys].
                let weights = tape.attention_weights(query, all, self.heads, batch);
                let others: Vec<usize> = (0..count).filter(|&other| other != modality).collect();
                let total: usize = others
                    .iter()
                    .map(|&other| trajectories[other].instants)
                    .sum();
                let mut shares = vec![vec![0.0; batch * instants]; count];
                for (row, weights) in weights.chunks_exact(total).enumerate() {
                    let (sample, query) = (row / (self.heads * instants), row % instants);
                    let mut place = 0;
                    for &other in &others {
                        let own = &weights[place..place + trajectories[other].instants];
                        shares[other][sample * instants + query] +=
                            own.iter().sum::<f32>() / self.heads as f32;
                        place += trajectories[other].instants;
                    }
                }
                shares
            })
            .collect()
    }
}

/// Keys and values of all other modalities, [batch · instants of all of them × width], one modality after the other in each sample.
fn others(
    tape: &mut Tape<'_, f32>,
    of: &[(Var, Var)],
    trajectories: &[Trajectory],
    modality: usize,
    batch: usize,
) -> (Var, Var) {
    let others: Vec<usize> = (0..of.len()).filter(|&other| other != modality).collect();
    let width = tape.shape(of[others[0]].0).1;
    let instants: Vec<usize> = others
        .iter()
        .map(|&other| trajectories[other].instants)
        .collect();
    // A sample's rows side by side are one row; so are those of all modalities.
    let mut joined = |pick: fn(&(Var, Var)) -> Var| {
        let rows: Vec<Var> = others
            .iter()
            .zip(&instants)
            .map(|(&other, &instants)| tape.reshape(pick(&of[other]), batch, instants * width))
            .collect();
        let all = tape.concat(&rows);
        tape.reshape(all, batch * instants.iter().sum::<usize>(), width)
    };
    (joined(|pair| pair.0), joined(|pair| pair.1))
}
