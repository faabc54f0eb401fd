use pathema_net::{LayerNorm, Linear, MultiHeadAttention, Parameters, Tape};
use rand_chacha::ChaCha8Rng;

use super::Trajectory;
use crate::models::{Grid, NetSpec};

/// Self-attention over a filled grid, normalised before each part (Xiong et al. 2020), with sinusoidal positions.
#[derive(Debug)]
pub(in crate::models) struct Transformer {
    embedding: Linear,
    blocks: Vec<Block>,
    norm: LayerNorm,
    hidden: usize,
}

#[derive(Debug)]
struct Block {
    before_attention: LayerNorm,
    attention: MultiHeadAttention,
    before_inner: LayerNorm,
    inner: Linear,
    outer: Linear,
}

impl Transformer {
    pub(super) fn new(
        parameters: &mut Parameters<f32>,
        name: &str,
        channels: usize,
        spec: &NetSpec,
        rng: &mut ChaCha8Rng,
    ) -> Transformer {
        let hidden = spec.hidden;
        let embedding = Linear::new(
            parameters,
            &format!("{name}.embedding"),
            channels,
            hidden,
            rng,
        );
        let blocks = (0..spec.layers)
            .map(|layer| {
                let part = |part: &str| format!("{name}.{layer}.{part}");
                Block {
                    before_attention: LayerNorm::new(parameters, &part("attention_norm"), hidden),
                    attention: MultiHeadAttention::new(
                        parameters,
                        &part("attention"),
                        hidden,
                        spec.heads,
                        rng,
                    ),
                    before_inner: LayerNorm::new(parameters, &part("inner_norm"), hidden),
                    inner: Linear::new(parameters, &part("inner"), hidden, spec.width, rng),
                    outer: Linear::new(parameters, &part("outer"), spec.width, hidden, rng),
                }
            })
            .collect();
        Transformer {
            embedding,
            blocks,
            norm: LayerNorm::new(parameters, &format!("{name}.norm"), hidden),
            hidden,
        }
    }

    pub(super) fn forward(&self, tape: &mut Tape<'_, f32>, grid: Grid) -> Trajectory {
        let rows = grid.filled.len() / grid.channels;
        let batch = rows / grid.cells;
        let x = tape.input(rows, grid.channels, grid.filled);
        let x = self.embedding.forward(tape, x);
        let places = tape.input(rows, self.hidden, positions(batch, grid.cells, self.hidden));
        let mut x = tape.add(x, places);
        for block in &self.blocks {
            let normed = block.before_attention.forward(tape, x);
            let attended = block.attention.forward(tape, normed, normed, batch);
            x = tape.add(x, attended);
            let normed = block.before_inner.forward(tape, x);
            let inner = block.inner.forward(tape, normed);
            let inner = tape.silu(inner);
            let outer = block.outer.forward(tape, inner);
            x = tape.add(x, outer);
        }
        Trajectory {
            states: self.norm.forward(tape, x),
            instants: grid.cells,
        }
    }
}

/// sin and cos of the cell's number at falling frequencies, for each sample.
fn positions(batch: usize, cells: usize, width: usize) -> Vec<f32> {
    let one: Vec<f32> = (0..cells)
        .flat_map(|cell| {
            (0..width).map(move |place| {
                let frequency = 100.0_f64.powf(-((place / 2 * 2) as f64) / width as f64);
                let angle = cell as f64 * frequency;
                (if place % 2 == 0 {
                    angle.sin()
                } else {
                    angle.cos()
                }) as f32
            })
        })
        .collect();
    one.repeat(batch)
}
