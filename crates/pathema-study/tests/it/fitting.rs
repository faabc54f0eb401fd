//! Networks fitted fold by fold.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use pathema_experiments::data::Sight;
use pathema_experiments::loso::{Ask, Asked};
use pathema_experiments::metrics::{Task, task_results};
use pathema_experiments::run::records::Prediction;
use pathema_study::fit::Output;
use pathema_study::models::{Encoder, NetSpec, TrainSpec};
use pathema_study::records::{Normalisation, Protocol};
use pathema_study::run::{Data, FoldOutcome, Judged, network};

use crate::support::{six, small};

const ALL: [Ask; 1] = [Ask {
    windows: Asked::Classed,
    sight: Sight {
        degraded: 0,
        lost: None,
    },
}];

fn fitted(data: &Data, protocol: Protocol, spec: &NetSpec, threads: usize) -> Vec<FoldOutcome> {
    let store = Arc::new(data.store(spec));
    let judged = [Judged {
        name: "net".into(),
        output: Output::Answer,
        alone: false,
    }];
    let stop = AtomicBool::new(false);
    network(
        data,
        &|_: &NetSpec| Arc::clone(&store),
        protocol,
        &|_| spec.clone(),
        3,
        &judged,
        &ALL,
        threads,
        &|| {},
        &stop,
    )
    .unwrap()
    .unwrap()
}

fn predictions(outcomes: &[FoldOutcome]) -> Vec<Prediction> {
    let said = outcomes.iter().flat_map(|fold| &fold.said[0].1[0]);
    said.filter_map(|said| said.prediction("net")).collect()
}

#[test]
fn every_encoder_learns_what_there_is_to_learn() {
    let data = six();
    for encoder in [
        Encoder::Cde,
        Encoder::Lstm,
        Encoder::Gru,
        Encoder::Cnn,
        Encoder::Transformer,
        Encoder::GruD,
        Encoder::OdeRnn,
    ] {
        let spec = NetSpec {
            encoder,
            cell: 3.0,
            layers: match encoder {
                Encoder::Transformer => 1,
                _ => 3,
            },
            train: TrainSpec {
                epochs: 10,
                ..small().train
            },
            ..small()
        };
        let outcomes = fitted(&data, Protocol::CrossOrder, &spec, 2);
        let results = task_results(&predictions(&outcomes), Task::Binary);
        let accuracy = results.mean.accuracy.unwrap();
        // The majority has about two thirds.
        assert!(accuracy > 0.8, "{encoder:?}: {accuracy}");
    }
}

#[test]
fn nothing_depends_on_the_threads() {
    let data = six();
    let spec = NetSpec {
        normalisation: Normalisation::Causal,
        ..small()
    };
    let alone = fitted(&data, Protocol::Loso, &spec, 1);
    let beside = fitted(&data, Protocol::Loso, &spec, 3);
    assert_eq!(predictions(&alone), predictions(&beside));
}

#[test]
fn every_window_is_judged_once_under_every_protocol() {
    let data = six();
    let mut spec = small();
    spec.train.epochs = 1;
    spec.train.steps = 1;
    let of = |protocol| {
        let mut all: Vec<(String, u64)> = predictions(&fitted(&data, protocol, &spec, 2))
            .iter()
            .map(|said| (said.subject.clone(), said.start.to_bits()))
            .collect();
        all.sort();
        all
    };
    let loso = of(Protocol::Loso);
    let mut once = loso.clone();
    once.dedup();
    assert_eq!(loso, once);
    assert_eq!(loso, of(Protocol::CrossOrder));
    assert_eq!(loso, of(Protocol::RandomSplit));
}

#[test]
fn gradients_of_other_kinds_find_nearly_the_same() {
    let data = six();
    let direct = small();
    let mut checkpointed = small();
    checkpointed.path.adjoint = pathema_study::models::Adjoint::Checkpointed;
    let of = |spec: &NetSpec| predictions(&fitted(&data, Protocol::CrossOrder, spec, 2));
    for (a, b) in of(&direct).iter().zip(of(&checkpointed)) {
        assert!((a.p_stress - b.p_stress).abs() < 1e-2, "{a:?} {b:?}");
    }
}

#[test]
fn blends_teach_too_and_are_drawn_from_the_seed() {
    let data = six();
    let mut spec = small();
    spec.train.mixup = 0.3;
    spec.train.epochs = 10;
    let of = |spec: &NetSpec| fitted(&data, Protocol::CrossOrder, spec, 2);
    let blended = predictions(&of(&spec));
    assert_eq!(blended, predictions(&of(&spec)));
    let accuracy = task_results(&blended, Task::Binary).mean.accuracy.unwrap();
    assert!(accuracy > 0.8, "{accuracy}");
    spec.train.mixup = 0.0;
    assert_ne!(blended, predictions(&of(&spec)));
}

#[test]
fn what_is_omitted_is_not_seen() {
    let data = six();
    // Of the sessions made up here only the first channel of each modality tells anything.
    let blind = NetSpec {
        omit: vec!["log heart rate".into(), "log EDA".into(), "mean x".into()],
        ..small()
    };
    let accuracy = |spec: &NetSpec| {
        let said = predictions(&fitted(&data, Protocol::Loso, spec, 2));
        task_results(&said, Task::Binary).mean.accuracy.unwrap()
    };
    let (seeing, blind) = (accuracy(&small()), accuracy(&blind));
    // The majority has about two thirds.
    assert!(seeing > 0.8 && blind < 0.75, "{seeing} {blind}");
}
