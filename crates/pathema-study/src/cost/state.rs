use pathema_experiments::config::Interpolation;

use crate::models::{Drive, Encoder, Fusion, NetSpec};

/// Numbers that a modality keeps from one observation to the next while a stream is followed through one window of `length` seconds:
///
/// - of a neural CDE the state, and the path so far. Each data channel keeps its last observation and when that was; with integrals, their
///   sums and spans too. Time and count are a number each, and so is what a step has moved every channel by; areas are as many as pairs of
///   channels. Hermite splines take one more observation of each channel; natural ones depend on all of the window's, `rate` a second.
/// - of recurrent networks their state, and of the cell that is being filled a sum and a count for each channel, or for a
///   filled grid the last observation and its time; GRU-D keeps both;
/// - of convolutions and self-attention all cells of the window: they begin at its end.
///
/// The heads take the mean of the states beside the last, and attention the states of the instants it looks at.
pub fn state_numbers(spec: &NetSpec, channels: usize, rate: f64, length: f64) -> u64 {
    let hidden = spec.hidden;
    let cells = (length / spec.cell).round().max(1.0) as usize;
    let encoder = match spec.encoder {
        Encoder::Cde => hidden + path(spec, channels, rate, length),
        Encoder::Lstm => 2 * hidden + 2 * channels,
        Encoder::Gru => hidden + 2 * channels,
        Encoder::GruD => hidden + 4 * channels,
        Encoder::OdeRnn => hidden + 2 * channels,
        Encoder::Cnn | Encoder::Transformer => cells * channels,
    };
    let whole_window = matches!(spec.encoder, Encoder::Cnn | Encoder::Transformer);
    let mean = if whole_window { 0 } else { hidden };
    let several = spec.modalities.len() > 1;
    let attended = match several && spec.fusion == Fusion::Attention && !whole_window {
        true => {
            let instants = match spec.encoder {
                Encoder::Cde => (length / spec.path.step).round().max(1.0) as usize,
                _ => cells,
            };
            let wanted = (length / spec.latent_every).round().max(1.0) as usize;
            hidden * (instants / (instants / wanted).max(1))
        }
        false => 0,
    };
    ((encoder + mean + attended) * spec.members) as u64
}

fn path(spec: &NetSpec, channels: usize, rate: f64, length: f64) -> usize {
    let path = &spec.path;
    let own = 1 + usize::from(path.intensity) + channels;
    let integrals = match path.integrals && path.drive != Drive::Areas {
        true => 2 * channels,
        false => 0,
    };
    let observations = match path.interpolation {
        Interpolation::Linear => 2 * channels,
        Interpolation::Hermite => 4 * channels,
        Interpolation::Natural => (rate * length).round() as usize * (channels + 1),
    };
    let areas = match path.drive {
        Drive::Areas => own * (own - 1) / 2,
        Drive::Increments | Drive::Slopes => 0,
    };
    // Where the step began, of every channel that moves.
    2 * own + integrals + observations + areas
}
