//! What follows a modality through a window.

mod cde;
mod convolution;
mod irregular;
mod recurrent;
mod refined;
mod transformer;

use pathema_net::{NetError, Parameters, Tape, Var};
use rand_chacha::ChaCha8Rng;

use super::{Encoder as Kind, NetSpec, Seen};
use cde::Cde;
use convolution::Convolutions;
use irregular::{GruD, OdeRnn};
use recurrent::Recurrent;
use transformer::Transformer;

/// An encoder of one modality.
#[derive(Debug)]
pub(super) enum Encoder {
    Cde(Cde),
    Recurrent(Recurrent),
    Convolutions(Convolutions),
    Transformer(Transformer),
    GruD(GruD),
    OdeRnn(OdeRnn),
}

/// States of a batch of windows, [batch · instants × hidden], sample by sample.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trajectory {
    pub(super) states: Var,
    pub(super) instants: usize,
}

impl Encoder {
    /// An encoder of so many data channels, its parameters under `name`.
    pub(super) fn new(
        parameters: &mut Parameters<f32>,
        name: &str,
        channels: usize,
        spec: &NetSpec,
        rng: &mut ChaCha8Rng,
    ) -> Encoder {
        match spec.encoder {
            Kind::Cde => Encoder::Cde(Cde::new(parameters, name, channels, spec, rng)),
            Kind::Lstm => {
                Encoder::Recurrent(Recurrent::lstm(parameters, name, channels, spec, rng))
            }
            Kind::Gru => Encoder::Recurrent(Recurrent::gru(parameters, name, channels, spec, rng)),
            Kind::Cnn => {
                Encoder::Convolutions(Convolutions::new(parameters, name, channels, spec, rng))
            }
            Kind::Transformer => {
                Encoder::Transformer(Transformer::new(parameters, name, channels, spec, rng))
            }
            Kind::GruD => Encoder::GruD(GruD::new(parameters, name, channels, spec, rng)),
            Kind::OdeRnn => Encoder::OdeRnn(OdeRnn::new(parameters, name, channels, spec, rng)),
        }
    }

    /// Follows a batch.
    pub(super) fn forward(
        &self,
        tape: &mut Tape<'_, f32>,
        seen: Seen,
    ) -> Result<Trajectory, NetError> {
        match (self, seen) {
            (Encoder::Cde(encoder), Seen::Paths(paths)) => encoder.forward(tape, paths),
            (Encoder::Recurrent(encoder), Seen::Grid(grid)) => Ok(encoder.forward(tape, grid)),
            (Encoder::Convolutions(encoder), Seen::Grid(grid)) => Ok(encoder.forward(tape, grid)),
            (Encoder::Transformer(encoder), Seen::Grid(grid)) => Ok(encoder.forward(tape, grid)),
            (Encoder::GruD(encoder), Seen::Grid(grid)) => Ok(encoder.forward(tape, grid)),
            (Encoder::OdeRnn(encoder), Seen::Grid(grid)) => Ok(encoder.forward(tape, grid)),
            (Encoder::Cde(_), Seen::Grid(_)) | (_, Seen::Paths(_)) => {
                unreachable!("windows are prepared as the encoder takes them")
            }
        }
    }
}
