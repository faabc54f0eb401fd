//! Recurrent networks made for irregular series: they are told which cells of the grid were observed, and nothing is filled in for them.

use pathema_net::{GruCell, Linear, Parameters, Tape, Var};
use rand_chacha::ChaCha8Rng;

use super::Trajectory;
use crate::models::{Grid, NetSpec};

/// GRU-D (Che et al. 2018, *Recurrent neural networks for multivariate time series with missing values*): what was observed last decays
/// towards the training mean, and the state towards zero, at learnt rates in the time since.
#[derive(Debug)]
pub(in crate::models) struct GruD {
    cell: GruCell,
    /// Of each channel's input, from its own delay: a diagonal, as in the paper.
    input_rate: pathema_net::Parameter,
    input_offset: pathema_net::Parameter,
    state_rate: Linear,
}

/// ODE-RNN (Rubanova et al. 2019, *Latent ordinary differential equations for irregularly-sampled time series*): dh = f(h) dt between
/// observations, a gated update at them.
#[derive(Debug)]
pub(in crate::models) struct OdeRnn {
    cell: GruCell,
    inner: Linear,
    outer: Linear,
    /// Of a cell, in minutes · 4, the time unit of the neural CDE.
    step: f64,
}

impl GruD {
    pub(super) fn new(
        parameters: &mut Parameters<f32>,
        name: &str,
        channels: usize,
        spec: &NetSpec,
        rng: &mut ChaCha8Rng,
    ) -> GruD {
        GruD {
            cell: GruCell::new(
                parameters,
                &format!("{name}.cell"),
                2 * channels,
                spec.hidden,
                rng,
            ),
            input_rate: parameters.vector(format!("{name}.input_decay.weight"), channels, 1.0),
            input_offset: parameters.vector(format!("{name}.input_decay.bias"), channels, 0.0),
            state_rate: Linear::new(
                parameters,
                &format!("{name}.state_decay"),
                channels,
                spec.hidden,
                rng,
            ),
        }
    }

    pub(super) fn forward(&self, tape: &mut Tape<'_, f32>, grid: Grid) -> Trajectory {
        let (channels, cells) = (grid.channels, grid.cells);
        let rows = grid.mask.len() / channels;
        let batch = rows / cells;
        let unseen: Vec<f32> = grid.mask.iter().map(|mask| 1.0 - mask).collect();
        let carried: Vec<f32> = grid
            .last
            .iter()
            .zip(&unseen)
            .map(|(x, unseen)| x * unseen)
            .collect();
        let since = tape.input(rows, channels, grid.since);
        let (rate, offset) = (
            tape.parameter(self.input_rate),
            tape.parameter(self.input_offset),
        );
        // γ = exp(−max(0, w δ + b)).
        let decay = tape.mul_row(since, rate);
        let decay = tape.add_row(decay, offset);
        let decay = decayed(tape, decay);
        let carried = tape.input(rows, channels, carried);
        let carried = tape.mul(carried, decay);
        let observed = tape.input(rows, channels, grid.observed);
        let x = tape.add(observed, carried);
        let mask = tape.input(rows, channels, grid.mask);
        let x = tape.concat(&[x, mask]);
        let state_decay = self.state_rate.forward(tape, since);
        let state_decay = decayed(tape, state_decay);
        let mut state = self.cell.start(tape, batch);
        let mut states = Vec::with_capacity(cells);
        for cell in 0..cells {
            let (x, decay) = (
                tape.step(x, cell, cells),
                tape.step(state_decay, cell, cells),
            );
            let faded = tape.mul(state, decay);
            state = self.cell.forward(tape, x, faded);
            states.push(state);
        }
        Trajectory {
            states: tape.stack_steps(&states),
            instants: cells,
        }
    }
}

fn decayed(tape: &mut Tape<'_, f32>, rate: Var) -> Var {
    let rate = tape.relu(rate);
    let rate = tape.scale(rate, -1.0);
    tape.exp(rate)
}

impl OdeRnn {
    pub(super) fn new(
        parameters: &mut Parameters<f32>,
        name: &str,
        channels: usize,
        spec: &NetSpec,
        rng: &mut ChaCha8Rng,
    ) -> OdeRnn {
        OdeRnn {
            cell: GruCell::new(
                parameters,
                &format!("{name}.cell"),
                2 * channels,
                spec.hidden,
                rng,
            ),
            inner: Linear::new(
                parameters,
                &format!("{name}.field.0"),
                spec.hidden,
                spec.width,
                rng,
            ),
            outer: Linear::new(
                parameters,
                &format!("{name}.field.1"),
                spec.width,
                spec.hidden,
                rng,
            ),
            step: spec.cell / 15.0,
        }
    }

    pub(super) fn forward(&self, tape: &mut Tape<'_, f32>, grid: Grid) -> Trajectory {
        let (channels, cells) = (grid.channels, grid.cells);
        let rows = grid.mask.len() / channels;
        let batch = rows / cells;
        let any: Vec<f32> = grid
            .mask
            .chunks_exact(channels)
            .map(|row| f32::from(u8::from(row.iter().any(|&seen| seen > 0.0))))
            .collect();
        let none: Vec<f32> = any.iter().map(|any| 1.0 - any).collect();
        let (any, none) = (tape.input(rows, 1, any), tape.input(rows, 1, none));
        let observed = tape.input(rows, channels, grid.observed);
        let mask = tape.input(rows, channels, grid.mask);
        let x = tape.concat(&[observed, mask]);
        let mut state = self.cell.start(tape, batch);
        let mut states = Vec::with_capacity(cells);
        for cell in 0..cells {
            // One midpoint step through the cell.
            let half = self.flow(tape, state, state, 0.5);
            let flown = self.flow(tape, state, half, 1.0);
            let x = tape.step(x, cell, cells);
            let jumped = self.cell.forward(tape, x, flown);
            let (any, none) = (tape.step(any, cell, cells), tape.step(none, cell, cells));
            let (jumped, flown) = (tape.mul_column(jumped, any), tape.mul_column(flown, none));
            state = tape.add(jumped, flown);
            states.push(state);
        }
        Trajectory {
            states: tape.stack_steps(&states),
            instants: cells,
        }
    }

    /// `from` moved along the field at `at` for a share of a step.
    fn flow(&self, tape: &mut Tape<'_, f32>, from: Var, at: Var, share: f64) -> Var {
        let inner = self.inner.forward(tape, at);
        let inner = tape.tanh(inner);
        let slope = self.outer.forward(tape, inner);
        let slope = tape.tanh(slope);
        let moved = tape.scale(slope, self.step * share);
        tape.add(from, moved)
    }
}
