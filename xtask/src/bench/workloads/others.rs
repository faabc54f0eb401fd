//! What is no single training step: memory, fits, an epoch.

use super::{Aim, By, Comparison, Peer, Program, SAME, basis};
use crate::bench::worker::{Kind, Sizes, Workload};

pub(super) fn memory() -> Comparison {
    let with_length = |length: usize| Workload {
        kind: Kind::Memory,
        sizes: Sizes {
            length,
            seconds: 0.25 * length as f64,
            ..basis().sizes
        },
        gradient: "reversible",
        runs: 1,
        ..basis()
    };
    Comparison {
        words: "peak memory of the reversible gradient, 24,000 knots".to_owned(),
        by: By::Memory,
        ours: vec![with_length(24_000)],
        peers: vec![Peer {
            name: "itself at 240 knots",
            program: Program::OursAgain,
            asked: vec![with_length(240)],
            aim: Aim::least(0.95),
            same: None,
        }],
    }
}

pub(super) fn fit(interpolation: &'static str) -> Comparison {
    let ours = Workload {
        kind: Kind::Fit,
        interpolation,
        missing: 0.3,
        ..basis()
    };
    Comparison {
        words: format!("fit, {interpolation}, 30 % missing, 32 × 240 × 4"),
        by: By::Time,
        peers: vec![Peer {
            name: "torchcde",
            program: Program::Torchcde,
            asked: vec![ours.clone()],
            aim: Aim::least(100.0),
            same: Some(SAME),
        }],
        // A run of ours is over in a millisecond, which a few of them cannot tell.
        ours: vec![Workload { runs: 20, ..ours }],
    }
}

pub(super) fn epoch() -> Comparison {
    let ours = Workload {
        kind: Kind::Epoch,
        runs: 1,
        ..basis()
    };
    Comparison {
        words: "an epoch of the fused three-modality model".to_owned(),
        by: By::Time,
        peers: vec![Peer {
            name: "itself by the general engine",
            program: Program::OursAgain,
            asked: vec![Workload {
                engine: "plain",
                ..ours.clone()
            }],
            aim: None,
            same: None,
        }],
        ours: vec![ours],
    }
}
