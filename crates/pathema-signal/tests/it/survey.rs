//! What a survey says of recordings whose faults are known.

use pathema_signal::inspect::{ChannelReport, Report, Survey, survey};
use pathema_signal::recording::Whole;
use pathema_signal::{
    Annotation, Channel, Conversion, Label, LabelRun, Modality, Placement, Recording, Samples,
    Segment, Timing,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn of(channels: Vec<Channel>) -> Report {
    let recording = Recording {
        channels,
        ..Recording::default()
    };
    survey(&mut Whole::new(recording), &mut |_| {}).unwrap()
}

fn one(channel: Channel) -> ChannelReport {
    of(vec![channel]).channels.remove(0)
}

fn ecg(values: Vec<f64>) -> Channel {
    Channel::new(
        "ECG",
        Modality::Ecg,
        "mV",
        Timing::regular(100.0),
        Samples::F64(values),
    )
}

fn wave(count: usize) -> Vec<f64> {
    (0..count)
        .map(|index| (index as f64 * 0.37).sin())
        .collect()
}

#[test]
fn a_sound_channel_has_nothing_odd() {
    let report = one(ecg(wave(1000)));
    assert_eq!(
        (report.samples, report.start, report.end),
        (1000, Some(0.0), Some(10.0))
    );
    assert_eq!(
        (
            report.missing,
            report.gaps,
            report.clipped,
            report.out_of_range
        ),
        (0, 0, 0, 0)
    );
    assert_eq!(report.flat_seconds, 0.0);
}

#[test]
fn missing_values_are_counted_and_no_extremes() {
    let mut values = wave(1000);
    values[200..300].fill(f64::NAN);
    let report = one(ecg(values));
    assert_eq!(report.missing, 100);
    assert!(report.high.unwrap() <= 1.0 && report.mean.unwrap().is_finite());
    // A mark of the file counts as missing once it is converted.
    let stored = Conversion::Adc {
        baseline: 0.0,
        gain: 200.0,
        missing: Some(-2048),
    };
    let digital = Channel::new(
        "ECG",
        Modality::Ecg,
        "mV",
        Timing::regular(100.0),
        Samples::I16(vec![-2048, 100, 50]),
    );
    assert_eq!(one(digital.converted(stored)).missing, 1);
}

#[test]
fn gaps_are_found_between_segments_and_between_blocks() {
    let segments = vec![
        Segment {
            start: 0.0,
            first: 0,
        },
        Segment {
            start: 15.0,
            first: 1000,
        },
    ];
    let timing = Timing::Regular {
        rate: 100.0,
        segments,
    };
    let gapped = Channel {
        timing,
        ..ecg(wave(2000))
    };
    let whole = of(vec![gapped.clone()]);
    assert_eq!(
        (whole.channels[0].gaps, whole.channels[0].gap_seconds),
        (1, 5.0)
    );
    assert_eq!(whole.channels[0].first_gaps, [[10.0, 15.0]]);
    // The same recording in blocks of any length.
    let mut blocks = Survey::new(&Recording {
        channels: vec![gapped.part(0..0)],
        ..Recording::default()
    });
    for first in (0..2000).step_by(130) {
        let part = gapped.part(first..(first + 130).min(2000));
        blocks.add(&Recording {
            channels: vec![part],
            ..Recording::default()
        });
    }
    let blocks = blocks.finish();
    assert_eq!(blocks.channels[0].first_gaps, whole.channels[0].first_gaps);
    assert_eq!(blocks.channels[0].samples, 2000);
    assert_eq!(blocks.channels[0].outline, whole.channels[0].outline);
}

#[test]
fn flat_stretches_are_told_from_rest() {
    let mut values = wave(1000);
    values[300..500].fill(0.25);
    let report = one(ecg(values));
    assert_eq!(report.first_flat, [[3.0, 5.0]]);
    // Skin temperature may rest that long.
    let rest = Channel::new(
        "TEMP",
        Modality::Temp,
        "°C",
        Timing::regular(4.0),
        Samples::F64(vec![33.0; 40]),
    );
    assert_eq!(one(rest).flat_seconds, 0.0);
    // One axis of an accelerometer at rest is no flat device.
    let moving = (0..9000)
        .map(|index| {
            if index % 3 == 0 {
                0.0
            } else {
                f64::from(index % 7) / 10.0
            }
        })
        .collect();
    let acc = Channel::new(
        "ACC",
        Modality::Acc,
        "g",
        Timing::regular(32.0),
        Samples::F64(moving),
    )
    .with_axes(3);
    assert_eq!(one(acc).flat_seconds, 0.0);
}

#[test]
fn runs_at_the_extremes_are_clipped() {
    let values = wave(1000)
        .into_iter()
        .map(|value| value.clamp(-0.8, 0.8))
        .collect::<Vec<_>>();
    let in_runs = values
        .chunk_by(|a, b| a == b)
        .filter(|run| run.len() >= 3)
        .map(<[f64]>::len)
        .sum::<usize>();
    let report = one(ecg(values));
    assert!(report.clipped > 100);
    assert_eq!(report.clipped as usize, in_runs);
}

#[test]
fn values_that_no_body_has_are_out_of_range_in_their_unit_only() {
    let temp = |unit| {
        let samples = Samples::F64(vec![382.18, 382.18, 33.0, 33.1]);
        Channel::new("TEMP", Modality::Temp, unit, Timing::regular(4.0), samples)
    };
    assert_eq!(one(temp("°C")).out_of_range, 2);
    assert_eq!(one(temp("K")).out_of_range, 0);
}

#[test]
fn channels_that_stop_early_are_named() {
    let channel = |name: &str, seconds: usize| Channel {
        name: name.to_owned(),
        ..ecg(wave(100 * seconds))
    };
    let report = of(vec![channel("a", 60), channel("b", 60), channel("c", 20)]);
    let [apart] = &report.unsynchronised[..] else {
        panic!("{:?}", report.unsynchronised)
    };
    assert_eq!(
        (apart.channel.as_str(), apart.ends_late),
        ("unknown c", -40.0)
    );
}

#[test]
fn labels_and_annotations_are_summed_up() {
    let recording = Recording {
        channels: vec![ecg(wave(100)).worn(Placement::Chest)],
        labels: vec![
            LabelRun {
                label: Label::Stress,
                start: 0.0,
                end: 0.25,
            },
            LabelRun {
                label: Label::Stress,
                start: 0.5,
                end: 1.0,
            },
        ],
        annotations: (0..200)
            .map(|index| Annotation::at(0.0, format!("kind {}", index % 100)))
            .collect(),
        ..Recording::default()
    };
    let report = survey(&mut Whole::new(recording), &mut |_| {}).unwrap();
    assert_eq!(
        (report.labels[0].seconds, report.labels[0].runs.len()),
        (0.75, 2)
    );
    assert_eq!(
        (report.annotations.len(), report.other_annotations),
        (64, 72)
    );
}

proptest! {
    #[test]
    fn any_values_in_any_blocks_are_surveyed_alike(
        values in vec(prop_oneof![Just(f64::NAN), Just(0.0), Just(1.0), any::<f64>()], 1..300),
        cut in 1..50_usize,
    ) {
        let channel = ecg(values);
        let head = Recording { channels: vec![channel.part(0..0)], ..Recording::default() };
        let (mut whole, mut blocks) = (Survey::new(&head), Survey::new(&head));
        whole.add(&Recording { channels: vec![channel.clone()], ..Recording::default() });
        for first in (0..channel.len()).step_by(cut) {
            let part = channel.part(first..(first + cut).min(channel.len()));
            blocks.add(&Recording { channels: vec![part], ..Recording::default() });
        }
        let (whole, blocks) = (whole.finish().channels.remove(0), blocks.finish().channels.remove(0));
        prop_assert_eq!(format!("{:?}", (whole.missing, whole.clipped, whole.out_of_range, whole.low, whole.high)),
            format!("{:?}", (blocks.missing, blocks.clipped, blocks.out_of_range, blocks.low, blocks.high)));
        prop_assert!((whole.flat_seconds - blocks.flat_seconds).abs() < 1e-9);
        prop_assert_eq!(whole.gaps, 0);
        prop_assert_eq!(blocks.gaps, 0);
    }
}

#[test]
fn a_channel_that_never_changes_is_flat_and_not_clipped() {
    let report = one(ecg(vec![0.5; 1000]));
    assert_eq!((report.clipped, report.flat_seconds), (0, 10.0));
}

#[test]
fn rates_are_looked_at_in_the_unit_that_readers_give() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("EDA.csv"),
        "1495437325.0\n4.0\n0.3\n0.3\n",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("HR.csv"),
        "1495437335.0\n1.0\n900.00\n72.00\n",
    )
    .unwrap();
    let mut reader = pathema_signal::empatica::Reader::open(folder.path()).unwrap();
    let report = survey(&mut reader, &mut |_| {}).unwrap();
    let rate = report
        .channels
        .iter()
        .find(|channel| channel.modality == "HR");
    assert_eq!(rate.unwrap().out_of_range, 1);
}
