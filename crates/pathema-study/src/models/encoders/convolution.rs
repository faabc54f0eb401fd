use pathema_net::{Parameter, Parameters, Tape};
use rand_chacha::ChaCha8Rng;

use super::Trajectory;
use crate::models::{Grid, NetSpec};

/// Cells that a convolution looks at.
const WIDTH: usize = 5;

/// Convolutions over a filled grid, each but the last of which halves it.
#[derive(Debug)]
pub(in crate::models) struct Convolutions {
    layers: Vec<(Parameter, Parameter)>,
}

impl Convolutions {
    pub(super) fn new(
        parameters: &mut Parameters<f32>,
        name: &str,
        channels: usize,
        spec: &NetSpec,
        rng: &mut ChaCha8Rng,
    ) -> Convolutions {
        let layers = (0..spec.layers).map(|layer| {
            let inputs = if layer == 0 { channels } else { spec.width };
            let outputs = if layer + 1 == spec.layers {
                spec.hidden
            } else {
                spec.width
            };
            // He et al. 2015: the variance kept through rectified layers.
            let scale = std::f64::consts::SQRT_2;
            (
                parameters.matrix(
                    format!("{name}.{layer}.weight"),
                    outputs,
                    WIDTH * inputs,
                    scale,
                    rng,
                ),
                parameters.vector(format!("{name}.{layer}.bias"), outputs, 0.0),
            )
        });
        Convolutions {
            layers: layers.collect(),
        }
    }

    pub(super) fn forward(&self, tape: &mut Tape<'_, f32>, grid: Grid) -> Trajectory {
        let rows = grid.filled.len() / grid.channels;
        let mut x = tape.input(rows, grid.channels, grid.filled);
        let mut instants = grid.cells;
        for (layer, &(weight, bias)) in self.layers.iter().enumerate() {
            let last = layer + 1 == self.layers.len();
            let stride = if last { 1 } else { 2 };
            x = tape.convolve(x, weight, Some(bias), instants, WIDTH, 1, stride);
            instants = instants.div_ceil(stride);
            x = if last { tape.tanh(x) } else { tape.silu(x) };
        }
        Trajectory {
            states: x,
            instants,
        }
    }
}
