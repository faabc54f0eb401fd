use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use pathema_experiments::config::ModalityGroup;
use pathema_experiments::data::Sight;
use pathema_experiments::loso::{Ask, Asked};
use pathema_study::cost::Bench;
use pathema_study::fit::Output;
use pathema_study::inside::{Look, Looked, look};
use pathema_study::models::{Encoder, Fusion, NetSpec};
use pathema_study::records::Protocol;
use pathema_study::run::{Judged, network};

use crate::{BENCH, small};

const ALL: [ModalityGroup; 3] = [ModalityGroup::Heart, ModalityGroup::Eda, ModalityGroup::Acc];

fn at() -> Looked {
    let subjects = BENCH.data.cohort.subjects();
    Looked {
        shift: 20.0,
        trajectories: 2,
        ..Looked::at(&subjects[1])
    }
}

fn looked(spec: &NetSpec) -> Look {
    look(&BENCH.data, spec, &at(), &|| false).unwrap().unwrap()
}

#[test]
fn the_others_share_all_attention() {
    let found = looked(&small(Encoder::Cde, &ALL));
    let attention = found.inside.attention.unwrap();
    assert_eq!(attention.modalities, ["heart", "eda", "acc"]);
    let timeline = found.inside.timeline.unwrap();
    let starts: Vec<f64> = timeline.windows.iter().map(|window| window.start).collect();
    assert_eq!(attention.starts, starts);
    let mut spread = 0.0_f64;
    for asks in 0..3 {
        for window in 0..starts.len() {
            let share = |asked: usize| attention.weights[asks][asked][window];
            assert_eq!(share(asks), 0.0, "nobody asks itself");
            let sum: f64 = (0..3).map(share).sum();
            assert!((sum - 1.0).abs() < 1e-5, "{sum}");
            spread = spread.max((share((asks + 1) % 3) - 0.5).abs());
        }
    }
    assert!(spread > 1e-4, "attention depends on the window");
}

#[test]
fn the_timeline_is_what_the_study_judges() {
    let spec = small(Encoder::Cde, &ALL);
    let found = looked(&spec);
    assert_eq!(found, looked(&spec), "twice the same");
    let judged = [Judged {
        name: "cde".into(),
        output: Output::Fused,
        alone: false,
    }];
    let asks = [Ask {
        windows: Asked::Everything { shift: 20.0 },
        sight: Sight::default(),
    }];
    let outcomes = network(
        &BENCH.data,
        &|spec| Arc::new(BENCH.data.store(spec)),
        Protocol::Loso,
        &|_| spec.clone(),
        0,
        &judged,
        &asks,
        1,
        &|| (),
        &AtomicBool::new(false),
    );
    let outcomes = outcomes.unwrap().unwrap();
    let (_, said) = &outcomes[1].said[0];
    let timeline = found.inside.timeline.unwrap();
    assert_eq!(timeline.windows.len(), said[0].len());
    for (window, said) in timeline.windows.iter().zip(&said[0]) {
        assert_eq!((window.start, window.truth), (said.start, said.class));
        assert_eq!(window.three_class, said.probabilities.three_class);
        assert_eq!(window.stress, said.probabilities.stress);
    }
    let truths: BTreeSet<_> = timeline.windows.iter().map(|own| own.truth).collect();
    assert_eq!(truths, [None, Some(0), Some(1), Some(2)].into());
}

#[test]
fn trajectories_run_to_the_end_of_their_windows() {
    let found = looked(&small(Encoder::Cde, &ALL));
    let names: Vec<&str> = found
        .latents
        .iter()
        .map(|own| own.modality.as_str())
        .collect();
    assert_eq!(names, ["all", "heart", "eda", "acc"]);
    assert_eq!(found.inside.trajectory, found.latents[0].points);
    for latents in &found.latents {
        // Two windows of each of three classes, 30 steps.
        assert_eq!(latents.points.len(), 6 * 30);
        for (place, point) in latents.points.iter().enumerate() {
            assert_eq!(point.window, place / 30);
            assert_eq!(point.time, (place % 30 + 1) as f64 * 2.0);
            assert!(point.x.is_finite() && point.y.is_finite());
        }
        let [first, second] = latents.explained;
        assert!(first >= second && second > 0.0 && first + second <= 1.0 + 1e-9);
        let classes: BTreeSet<usize> = latents.points.iter().map(|point| point.class).collect();
        assert_eq!(classes, [0, 1, 2].into());
    }
}

#[test]
fn nothing_is_seen_where_there_is_nothing() {
    let concat = NetSpec {
        fusion: Fusion::Concat,
        ..small(Encoder::Cnn, &ALL[..2])
    };
    assert_eq!(looked(&concat).inside.attention, None);
    let one = looked(&small(Encoder::Gru, &ALL[1..2]));
    assert_eq!(one.inside.attention, None);
    assert_eq!(one.latents.len(), 1);
    let halted = look(&BENCH.data, &concat, &at(), &|| true).unwrap();
    assert_eq!(halted, None);
    let nobody = look(&BENCH.data, &concat, &Looked::at("nobody"), &|| false);
    assert!(
        nobody
            .unwrap_err()
            .to_string()
            .starts_with("nobody is no subject")
    );
}

#[test]
fn signals_are_shown_of_simulated_people_only() {
    let mut bench = Bench::simulated(7).unwrap();
    let spec = small(Encoder::Gru, &ALL[1..2]);
    let signals = |bench: &Bench| {
        let found = look(&bench.data, &spec, &at(), &|| false).unwrap().unwrap();
        found.inside.timeline.unwrap().signals
    };
    let shown = signals(&bench);
    let names: Vec<&str> = shown.iter().map(|signal| signal.name.as_str()).collect();
    assert_eq!(names, ["heart rate", "EDA", "movement"]);
    for (signal, (least, most)) in shown.iter().zip([(30.0, 220.0), (0.01, 100.0), (0.0, 5.0)]) {
        assert!(signal.samples.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(
            signal.samples.iter().all(|&(_, x)| x >= least && x <= most),
            "{}",
            signal.name
        );
    }
    bench.data.simulated = false;
    assert!(signals(&bench).is_empty());
}
