use pathema_net::{GruCell, LstmCell, Parameters, Tape};
use rand_chacha::ChaCha8Rng;

use super::Trajectory;
use crate::models::{Grid, NetSpec};

/// Long short-term memory over a filled grid.
#[derive(Debug)]
pub(in crate::models) struct Lstm(LstmCell);

/// A gated recurrent unit over a filled grid.
#[derive(Debug)]
pub(in crate::models) struct Gru(GruCell);

impl Lstm {
    pub(super) fn new(
        parameters: &mut Parameters<f32>,
        name: &str,
        channels: usize,
        spec: &NetSpec,
        rng: &mut ChaCha8Rng,
    ) -> Lstm {
        Lstm(LstmCell::new(parameters, name, channels, spec.hidden, rng))
    }

    pub(super) fn forward(&self, tape: &mut Tape<'_, f32>, grid: Grid) -> Trajectory {
        let rows = grid.filled.len() / grid.channels;
        let batch = rows / grid.cells;
        let x = tape.input(rows, grid.channels, grid.filled);
        let zeros = vec![0.0; batch * self.0.hidden()];
        let mut state = tape.input(batch, self.0.hidden(), zeros.clone());
        let mut memory = tape.input(batch, self.0.hidden(), zeros);
        let mut states = Vec::with_capacity(grid.cells);
        for cell in 0..grid.cells {
            let x = tape.step(x, cell, grid.cells);
            (state, memory) = self.0.forward(tape, x, (state, memory));
            states.push(state);
        }
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
        Gru(GruCell::new(parameters, name, channels, spec.hidden, rng))
    }

    pub(super) fn forward(&self, tape: &mut Tape<'_, f32>, grid: Grid) -> Trajectory {
        let rows = grid.filled.len() / grid.channels;
        let batch = rows / grid.cells;
        let x = tape.input(rows, grid.channels, grid.filled);
        let mut state = tape.input(batch, self.0.hidden(), vec![0.0; batch * self.0.hidden()]);
        let mut states = Vec::with_capacity(grid.cells);
        for cell in 0..grid.cells {
            let x = tape.step(x, cell, grid.cells);
            state = self.0.forward(tape, x, state);
            states.push(state);
        }
        Trajectory {
            states: tape.stack_steps(&states),
            instants: grid.cells,
        }
    }
}
