//! What is compared with what, and what is aimed at.

mod others;
mod steps;

use std::path::{Path, PathBuf};

use crate::bench::worker::{Kind, Sizes, Workload};

/// Who is asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Program {
    Ours,
    /// Our program a second time, where ours is compared with itself.
    OursAgain,
    Torchcde,
    Diffrax,
}

impl Program {
    pub(super) fn name(self) -> &'static str {
        match self {
            Program::Ours => "ours",
            Program::OursAgain => "ours-again",
            Program::Torchcde => "torchcde",
            Program::Diffrax => "diffrax",
        }
    }
}

/// Ours beside its peers: all are asked in turn, in the same rounds.
pub(super) struct Comparison {
    pub(super) words: String,
    pub(super) by: By,
    pub(super) ours: Vec<Workload>,
    pub(super) peers: Vec<Peer>,
}

/// What a ratio is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum By {
    Time,
    /// Time at equal error: ours has enough tolerances to tell its time for any of their errors.
    EqualError,
    Memory,
}

/// One with whom ours is compared.
pub(super) struct Peer {
    pub(super) name: &'static str,
    pub(super) program: Program,
    pub(super) asked: Vec<Workload>,
    pub(super) aim: Option<Aim>,
    /// How far loss and gradient may be from ours for the two to have done the same.
    pub(super) same: Option<f64>,
}

/// The ratio to reach, and the one that would be better still.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Aim {
    pub(super) least: f64,
    pub(super) stretch: Option<f64>,
}

impl Aim {
    pub(in crate::bench) fn least(least: f64) -> Option<Aim> {
        Some(Aim {
            least,
            stretch: None,
        })
    }

    pub(in crate::bench) fn stretching(least: f64, stretch: f64) -> Option<Aim> {
        Some(Aim {
            least,
            stretch: Some(stretch),
        })
    }
}

/// How far apart two may be that compute the same: by rounding to single precision, and by slopes of ReLU that this puts on
/// either side of its kink.
const SAME: f64 = 1e-3;

/// How much is asked: everything, or enough to see that it works.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    pub(super) rounds: usize,
    /// Seconds of timed runs after which a workload is not asked again.
    pub(super) budget: f64,
    tolerances: &'static [f64],
}

impl Extent {
    pub(super) const FULL: Extent = Extent {
        rounds: 7,
        budget: 20.0,
        tolerances: &[1e-3, 1e-4, 1e-5],
    };
    pub(super) const QUICK: Extent = Extent {
        rounds: 2,
        budget: 2.0,
        tolerances: &[1e-3],
    };
}

/// The step that the others differ from in a field or two.
pub(super) fn basis() -> Workload {
    Workload {
        kind: Kind::Step,
        sizes: Sizes {
            batch: 32,
            channels: 4,
            length: 240,
            hidden: 32,
            width: 64,
            seconds: 60.0,
        },
        interpolation: "linear",
        method: "midpoint",
        gradient: "direct",
        rtol: 1e-3,
        atol: 1e-5,
        knots: false,
        evaluations: 0,
        missing: 0.0,
        engine: "fused",
        threads: 1,
        runs: 2,
        data: None,
        truth: None,
        out: None,
    }
}

/// Every comparison, in the order of the table; files are in `folder`.
pub(super) fn all(folder: &Path, extent: &Extent) -> Vec<Comparison> {
    let mut all = Vec::new();
    for (batch, threads) in [(32, 1), (256, 1), (256, 2)] {
        for method in ["midpoint", "rk4"] {
            for interpolation in ["linear", "natural", "hermite"] {
                all.push(steps::fixed(method, interpolation, batch, threads));
            }
        }
    }
    for interpolation in ["natural", "hermite"] {
        all.push(steps::adaptive(interpolation, folder, extent));
    }
    all.extend([32, 256].map(steps::reversible));
    all.push(others::memory());
    all.extend(["natural", "hermite"].map(others::fit));
    all.push(others::epoch());
    for comparison in &mut all {
        let theirs = comparison.peers.iter_mut().flat_map(|peer| &mut peer.asked);
        for workload in comparison.ours.iter_mut().chain(theirs) {
            if matches!(workload.kind, Kind::Step | Kind::Memory | Kind::Fit) {
                workload.data = Some(data_file(folder, workload));
            }
        }
    }
    all
}

/// Where the inputs of a workload are.
fn data_file(folder: &Path, workload: &Workload) -> PathBuf {
    let Sizes { batch, length, .. } = workload.sizes;
    let missing = if workload.missing > 0.0 {
        "-missing"
    } else {
        ""
    };
    folder.join(format!("data-{batch}-{length}{missing}.safetensors"))
}

fn with_batch(batch: usize) -> Sizes {
    Sizes {
        batch,
        ..basis().sizes
    }
}

#[cfg(test)]
mod tests;
