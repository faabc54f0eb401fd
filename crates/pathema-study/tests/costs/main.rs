//! What models cost, and what goes on in them, on simulated people.

mod cost;
mod inside;
mod principal;

use std::sync::LazyLock;

use pathema_experiments::config::ModalityGroup;
use pathema_study::cost::Bench;
use pathema_study::models::{Encoder, NetSpec, TrainSpec};

/// Simulated once for all tests.
static BENCH: LazyLock<Bench> = LazyLock::new(|| Bench::simulated(7).unwrap());

/// A small network, hardly trained.
fn small(encoder: Encoder, modalities: &[ModalityGroup]) -> NetSpec {
    NetSpec {
        encoder,
        modalities: modalities.to_vec(),
        temperature: false,
        hidden: 4,
        width: 6,
        layers: 2,
        d_model: 4,
        head_width: 3,
        train: TrainSpec {
            epochs: 1,
            steps: 2,
            batch: 4,
            ..TrainSpec::default()
        },
        ..NetSpec::default()
    }
}
