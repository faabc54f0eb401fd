use pathema_experiments::config::{ClassifierKind, ModalityGroup};
use pathema_study::cost::{Bench, Model, Stage, Training, Workload};
use pathema_study::models::{Encoder, NetSpec};

use crate::{BENCH, small};

fn measured(model: &Model) -> pathema_study::cost::Measured {
    let mut workload = Workload::new(&BENCH, model, None).unwrap();
    workload.measure(1).unwrap()
}

fn network(spec: NetSpec) -> pathema_study::cost::Measured {
    measured(&Model::Network(Box::new(spec)))
}

/// As a network of skin conductance that sees four channels.
fn four(encoder: Encoder) -> NetSpec {
    NetSpec {
        omit: vec!["log EDA long activity".into(), "log EDA spread".into()],
        ..small(encoder, &[ModalityGroup::Eda])
    }
}

/// Four channels of EDA; the head takes mean and end, 8 → 4 → 5.
const HEAD: (u64, u64) = (8 * 4 + 4 * 5, 8 * 4 + 4 + 4 * 5 + 5);

#[test]
fn a_gru_costs_what_is_counted_by_hand() {
    let found = network(four(Encoder::Gru));
    // Three gates of four units from four channels and from four units, 60 cells.
    assert_eq!(found.multiply_adds, 60 * (12 * 4 + 12 * 4) + HEAD.0);
    assert_eq!(found.parameters, 12 * 4 + 12 * 4 + 2 * 12 + HEAD.1);
    assert_eq!(found.weight_bytes, 4 * found.parameters);
    assert_eq!(found.field_evaluations, 60);
    // The state, its mean, and of each channel the last observation and its time.
    assert_eq!(found.state_bytes, 4 * (4 + 4 + 2 * 4));
}

#[test]
fn a_neural_cde_costs_what_is_counted_by_hand() {
    let spec = four(Encoder::Cde);
    let found = network(spec.clone());
    // Time, count, four channels and their integrals; 30 steps by the midpoint method.
    let width = 1 + 1 + 4 + 4;
    let field = 4 * 6 + 6 * 4 * width;
    assert_eq!(found.field_evaluations, 60);
    assert_eq!(
        found.multiply_adds,
        60 * (field + 4 * width) + 4 * 4 + HEAD.0
    );
    let biases = 6 + 4 * width;
    assert_eq!(found.parameters, field + biases + 4 * 4 + 4 + HEAD.1);
    // State and mean; where the step began and how far it moved; integrals with their spans; observations with their times.
    assert_eq!(found.state_bytes, 4 * (4 + 4 + 2 * 6 + 2 * 4 + 2 * 4));

    let twice = network(NetSpec { members: 2, ..spec });
    assert_eq!(twice.multiply_adds, 2 * found.multiply_adds);
    assert_eq!(twice.weight_bytes, 2 * found.weight_bytes);
    assert_eq!(twice.state_bytes, 2 * found.state_bytes);
}

#[test]
fn attention_keeps_the_instants_that_it_looks_at() {
    let both = [ModalityGroup::Eda, ModalityGroup::Acc];
    let (attention, concat) = (
        small(Encoder::Cde, &both),
        NetSpec {
            fusion: pathema_study::models::Fusion::Concat,
            ..small(Encoder::Cde, &both)
        },
    );
    let (attention, concat) = (network(attention), network(concat));
    // 15 instants of four units of two modalities.
    assert_eq!(attention.state_bytes - concat.state_bytes, 4 * 2 * 15 * 4);
    // Query, key, value and output; scores and mean of 15 by 15 instants; more inputs of the fused head.
    let fusion = 2 * (15 * 4 * 4 * 4 + 2 * 15 * 15 * 4) + 2 * 4 * 3;
    assert_eq!(attention.multiply_adds - concat.multiply_adds, fusion);
}

#[test]
fn classifiers_are_as_large_as_what_they_remember() {
    let training = Training::of(&BENCH.data, &Model::Clock).unwrap();
    let (rows, columns) = (
        training.classes.len() as u64,
        BENCH.set.features().count() as u64,
    );
    let standard = 3 * columns;
    let of = |kind| measured(&Model::Classifier(kind));
    let lda = of(ClassifierKind::Lda);
    assert_eq!(lda.parameters, 5 * (columns + 1) + standard);
    assert_eq!(lda.multiply_adds, 5 * columns);
    // A minute of BVP, EDA, TEMP and three axes.
    assert_eq!(lda.state_bytes, 4 * 60 * (64 + 4 + 4 + 3 * 32));
    let knn = of(ClassifierKind::Knn);
    assert_eq!(knn.parameters, rows * (columns + 1) + standard);
    let (tree, forest) = (of(ClassifierKind::Tree), of(ClassifierKind::Forest));
    assert!(forest.parameters > tree.parameters && tree.parameters > standard);
    assert_eq!(measured(&Model::Clock).parameters, 2 * rows);
    let majority = measured(&Model::Majority);
    assert_eq!(majority.parameters, 4);
    assert!(majority.sensing.nanoseconds < lda.sensing.nanoseconds);
    assert!(lda.preparing.nanoseconds > lda.predicting.nanoseconds);
}

#[test]
fn channels_summed_up_cost_what_a_classifier_of_so_many_columns_does() {
    let spec = Box::new(four(Encoder::Gru));
    let lda = measured(&Model::Channels(ClassifierKind::Lda, spec.clone()));
    // Mean, deviation and slope of four channels.
    assert_eq!(lda.parameters, 5 * (12 + 1) + 3 * 12);
    assert_eq!((lda.multiply_adds, lda.state_bytes), (5 * 12, 4 * 6 * 4));
    let gru = network(*spec);
    assert!(lda.predicting.nanoseconds < gru.predicting.nanoseconds);
    assert!(lda.sensing.nanoseconds > 0.0 && lda.preparing.nanoseconds > 0.0);
}

#[test]
fn every_encoder_works_in_every_stage() {
    use Encoder::{Cde, Cnn, Gru, GruD, Lstm, OdeRnn, Transformer};
    for encoder in [Cde, Lstm, Gru, Cnn, Transformer, GruD, OdeRnn] {
        let model = Model::Network(Box::new(small(encoder, &[ModalityGroup::Acc])));
        let mut workload = Workload::new(&BENCH, &model, None).unwrap();
        for stage in Stage::ALL {
            workload.run(stage, 3).unwrap();
        }
        let found = workload.measure(1).unwrap();
        let none = matches!(encoder, Cnn | Transformer);
        assert_eq!(found.field_evaluations == 0, none, "{encoder:?}");
        assert!(found.multiply_adds > 0 && found.state_bytes > 0);
        assert!(found.sensing.nanoseconds > 0.0 && found.preparing.nanoseconds > 0.0);
    }
}

#[test]
fn a_stream_judged_more_often_costs_more() {
    let found = network(four(Encoder::Gru));
    let (apart, often) = (found.cost("gru", 60.0, 3.0), found.cost("gru", 5.0, 3.0));
    assert_eq!(
        apart.multiply_adds_per_second,
        found.multiply_adds as f64 / 60.0
    );
    assert_eq!(
        often.multiply_adds_per_second,
        found.multiply_adds as f64 / 5.0
    );
    assert_eq!(often.state_bytes, 12 * apart.state_bytes);
    assert_eq!(often.weight_bytes, apart.weight_bytes);
    // Samples are sensed once, however often windows are judged.
    let windows = |cost: f64| cost - found.sensing.nanoseconds;
    let ratio = windows(often.nanoseconds_per_second) / windows(apart.nanoseconds_per_second);
    assert!((ratio - 12.0).abs() < 1e-6);
    assert_eq!(
        (apart.instructions_per_second, apart.train_seconds),
        (None, 3.0)
    );
}

#[test]
fn the_bench_is_the_same_every_time() {
    let again = Bench::simulated(7).unwrap();
    // To the last bit, what is missing too.
    let bits = |bench: &Bench| -> Vec<Vec<u64>> {
        let tracks = bench.session.tracks.iter();
        tracks
            .map(|track| {
                let all = track.times.iter().chain(&track.values);
                all.map(|x| x.to_bits()).collect()
            })
            .collect()
    };
    assert!(bits(&again) == bits(&BENCH));
    let training = |bench: &Bench| Training::of(&bench.data, &Model::Clock).unwrap();
    assert!(training(&again) == training(&BENCH));
}

#[test]
fn settings_and_windows_that_cannot_be_used_are_refused() {
    let spec = NetSpec {
        hidden: 0,
        ..NetSpec::default()
    };
    let error = Workload::new(&BENCH, &Model::Network(Box::new(spec)), None).err();
    assert!(error.unwrap().to_string().starts_with("hidden = 0"));
    let model = Model::Classifier(ClassifierKind::Lda);
    let error = Workload::new(&BENCH, &model, Some(&Training::default())).err();
    assert!(error.unwrap().to_string().contains("schmidt2018-wrist has"));
}
