use pathema_net::{GruCell, LstmCell, Parameters, Tape};
use rand_chacha::ChaCha8Rng;

use super::Trajectory;
use crate::models::{Grid, NetSpec};

/// Long short-term memory over a filled grid.
#[derive(Debug)]
pub(in crate::models) struct Lstm {
    cell: LstmCell,
}

/// A gated recurrent unit over a filled grid.
#[derive(Debug)]
pub(in crate::models) struct Gru {
    cell: GruCell,
}

impl Lstm {
    pub(super) fn new(
        parameters: &mut Parameters<f32>,
        name: &str,
        channels: usize,
        spec: &NetSpec,
        rng: &mut ChaCha8Rng,
    ) -> Lstm {
        Lstm {
            cell: LstmCell::new(parameters, name, channels, spec.hidden, rng),
        }
    }

    pub(super) fn forward(&self, tape: &mut Tape<'_, f32>, grid: Grid) -> Trajectory {
        let rows = grid.filled.len() / grid.channels;
        let x = tape.input(rows, grid.channels, grid.filled);
        let states = self.cell.steps(tape, x, grid.cells);
        Trajectory {
            states: tape.stack_steps(&states),
            instants: grid.cells,
        }
    }
}

impl Gru {
    pub(super) fn new(
        parameters: &mut Parameters<f32>,
        name: &str,
        channels: usize,
        spec: &NetSpec,
        rng: &mut ChaCha8Rng,
    ) -> Gru {
        Gru {
            cell: GruCell::new(parameters, name, channels, spec.hidden, rng),
        }
    }

    pub(super) fn forward(&self, tape: &mut Tape<'_, f32>, grid: Grid) -> Trajectory {
        let rows = grid.filled.len() / grid.channels;
        let x = tape.input(rows, grid.channels, grid.filled);
        let states = self.cell.steps(tape, x, grid.cells);
        Trajectory {
            states: tape.stack_steps(&states),
            instants: grid.cells,
        }
    }
}
