//! Training steps: solvers with fixed and with adaptive steps, and the reversible gradient.

use std::path::Path;

use super::{Aim, By, Comparison, Extent, Peer, Program, SAME, basis, with_batch};
use crate::bench::worker::{Kind, Workload};

pub(super) fn fixed(
    method: &'static str,
    interpolation: &'static str,
    batch: usize,
    threads: usize,
) -> Comparison {
    let ours = Workload {
        sizes: with_batch(batch),
        interpolation,
        method,
        threads,
        ..basis()
    };
    let aim = if batch == 32 {
        Aim::stretching(6.0, 8.0)
    } else {
        Aim::stretching(2.5, 3.5)
    };
    let mut peers = vec![Peer {
        name: "torchcde, direct",
        program: Program::Torchcde,
        asked: vec![ours.clone()],
        aim,
        same: Some(SAME),
    }];
    // diffrax has no natural spline. Its direct gradient has no aim; it is there because it is the
    // fastest that a peer offers.
    if interpolation != "natural" {
        for (name, gradient, aim) in [
            ("diffrax, checkpointed", "checkpointed", aim),
            ("diffrax, direct", "direct", None),
        ] {
            peers.push(Peer {
                name,
                program: Program::Diffrax,
                asked: vec![Workload {
                    gradient,
                    ..ours.clone()
                }],
                aim,
                same: Some(SAME),
            });
        }
    }
    if threads == 1 && interpolation == "linear" {
        peers.push(products(&ours));
    }
    let threads = match threads {
        1 => String::new(),
        more => format!(", {more} threads"),
    };
    Comparison {
        words: format!("{method}, {interpolation}, batch {batch}{threads}"),
        by: By::Time,
        ours: vec![ours],
        peers,
    }
}

/// The arithmetic of a step as libtorch's matrix product does it: a limit rather than a peer.
fn products(step: &Workload) -> Peer {
    let stages = if step.method == "rk4" { 4 } else { 2 };
    Peer {
        name: "libtorch's sgemm, the products alone",
        program: Program::OursAgain,
        asked: vec![Workload {
            kind: Kind::Sgemm,
            evaluations: stages * (step.sizes.length - 1),
            ..step.clone()
        }],
        aim: Aim::stretching(0.6, 0.9),
        same: None,
    }
}

pub(super) fn adaptive(interpolation: &'static str, folder: &Path, extent: &Extent) -> Comparison {
    let truth = folder.join(format!("truth-{interpolation}.safetensors"));
    let at = |rtol: f64, knots: bool, gradient: &'static str| Workload {
        interpolation,
        method: "dopri5",
        gradient,
        rtol,
        atol: rtol / 100.0,
        knots,
        truth: Some(truth.clone()),
        runs: 1,
        ..basis()
    };
    let tolerances = extent.tolerances;
    let peer = |name, program, gradient, knots: &[bool], aim| {
        let asked = tolerances
            .iter()
            .flat_map(|&rtol| knots.iter().map(move |&knots| (rtol, knots)));
        Peer {
            name,
            program,
            asked: asked
                .map(|(rtol, knots)| at(rtol, knots, gradient))
                .collect(),
            aim,
            same: None,
        }
    };
    let (six, forty) = (Aim::least(6.0), Aim::least(40.0));
    let both = [false, true];
    let mut peers = vec![
        peer("torchcde, direct", Program::Torchcde, "direct", &both, six),
        // As it is without a word: no steps forced anywhere.
        peer(
            "torchcde, its default",
            Program::Torchcde,
            "backsolve",
            &[false],
            forty,
        ),
    ];
    if interpolation != "natural" {
        peers.push(peer(
            "diffrax, checkpointed",
            Program::Diffrax,
            "checkpointed",
            &both,
            six,
        ));
    }
    // Looser and tighter than theirs, so that their errors lie between ours; steps end at knots only where that pays, which
    // it does once errors ask for as many.
    let passing = [1e-2, 3e-3, 1e-3, 3e-4].map(|rtol| at(rtol, false, "direct"));
    let at_knots = [1e-3, 1e-5, 1e-6, 1e-7, 1e-8].map(|rtol| at(rtol, true, "direct"));
    let ours = passing.into_iter().chain(at_knots);
    Comparison {
        words: format!("dopri5, {interpolation}, batch 32"),
        by: By::EqualError,
        ours: ours.collect(),
        peers,
    }
}

pub(super) fn reversible(batch: usize) -> Comparison {
    let direct = Workload {
        sizes: with_batch(batch),
        ..basis()
    };
    let ours = Workload {
        gradient: "reversible",
        ..direct.clone()
    };
    Comparison {
        words: format!("midpoint, linear, reversible, batch {batch}"),
        by: By::Time,
        ours: vec![ours],
        peers: vec![Peer {
            name: "our own direct gradient",
            program: Program::OursAgain,
            asked: vec![direct],
            aim: Aim::least(0.45),
            same: None,
        }],
    }
}
