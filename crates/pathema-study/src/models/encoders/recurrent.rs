use pathema_net::{GruCell, LstmCell, Parameters, Tape};
use rand_chacha::ChaCha8Rng;

use super::Trajectory;
use crate::models::{Grid, NetSpec};

/// A recurrent network over a filled grid.
#[derive(Debug)]
pub(in crate::models) enum Recurrent {
    /// Long short-term memory.
    Lstm(LstmCell),
    /// A gated recurrent unit.
    Gru(GruCell),
}

impl Recurrent {
    pub(super) fn lstm(
        parameters: &mut Parameters<f32>,
        name: &str,
        channels: usize,
        spec: &NetSpec,
        rng: &mut ChaCha8Rng,
    ) -> Recurrent {
        Recurrent::Lstm(LstmCell::new(parameters, name, channels, spec.hidden, rng))
    }

    pub(super) fn gru(
        parameters: &mut Parameters<f32>,
        name: &str,
        channels: usize,
        spec: &NetSpec,
        rng: &mut ChaCha8Rng,
    ) -> Recurrent {
        Recurrent::Gru(GruCell::new(parameters, name, channels, spec.hidden, rng))
    }

    pub(super) fn forward(&self, tape: &mut Tape<'_, f32>, grid: Grid) -> Trajectory {
        let rows = grid.filled.len() / grid.channels;
        let x = tape.input(rows, grid.channels, grid.filled);
        let states = match self {
            Recurrent::Lstm(cell) => cell.steps(tape, x, grid.cells),
            Recurrent::Gru(cell) => cell.steps(tape, x, grid.cells),
        };
        Trajectory {
            states: tape.stack_steps(&states),
            instants: grid.cells,
        }
    }
}
