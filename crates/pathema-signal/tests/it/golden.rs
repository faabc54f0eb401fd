//! Pickles that Python's numpy wrote, read to the last value.

use std::collections::HashMap;

use pathema_signal::wesad::pickle::{self, Value};
use pathema_signal::wesad::{self, Finding, Subject};
use pathema_signal::{Channel, Label, Modality, Placement, Samples};

use crate::support::{DataSet, golden};

/// What the arrays hold, by `wrist.BVP`.
fn expected() -> HashMap<String, Vec<String>> {
    let text = String::from_utf8(golden("expected.txt")).unwrap();
    let words = text.lines().map(|line| line.split(' ').map(str::to_owned));
    words
        .map(|mut words| (words.next().unwrap(), words.collect()))
        .collect()
}

fn key(channel: &Channel) -> String {
    let modality = channel.modality.to_string();
    let key = match (channel.placement, modality.as_str()) {
        (Placement::Chest, "TEMP") => "Temp",
        (Placement::Chest, "RESP") => "Resp",
        (_, other) => other,
    };
    format!("{}.{key}", channel.placement)
}

#[track_caller]
fn check(name: &str, chest: bool, wrist: bool) -> Subject {
    let subject = DataSet::new(&golden(name)).read().unwrap();
    let mut expected = expected();
    let runs: Vec<String> = subject
        .recording
        .labels
        .iter()
        .map(|run| format!("{}:{:.0}", run.label.code(), run.duration() * 700.0))
        .collect();
    assert_eq!(runs, expected.remove("label").unwrap());
    expected.retain(|key, _| {
        (chest && key.starts_with("chest")) || (wrist && key.starts_with("wrist"))
    });
    for channel in &subject.recording.channels {
        let values: Vec<f64> = expected
            .remove(&key(channel))
            .unwrap()
            .iter()
            .map(|value| value.parse().unwrap())
            .collect();
        assert_eq!(
            channel.samples.to_f64(0..channel.samples.len()),
            values,
            "{}",
            key(channel)
        );
        let single = key(channel) == "chest.Temp";
        assert_eq!(
            matches!(channel.samples, Samples::F32(_)),
            single,
            "{}",
            key(channel)
        );
        // A quarter of a second.
        assert_eq!(channel.len(), (channel.rate().unwrap() / 4.0) as usize);
    }
    assert!(expected.is_empty(), "missing: {:?}", expected.keys());
    let missing = subject
        .findings
        .iter()
        .filter(|finding| !matches!(finding, Finding::MissingFile { .. }));
    assert_eq!(missing.count(), 0, "{:?}", subject.findings);
    subject
}

#[test]
fn protocols_0_to_5() {
    for protocol in 0..=5 {
        check(&format!("both_{protocol}.pkl"), true, true);
    }
}

#[test]
fn python_2() {
    check("python2_0.pkl", true, true);
    check("python2_2.pkl", true, true);
}

#[test]
fn python_2_read_and_saved_again_by_python_3() {
    check("resaved_2.pkl", true, true);
    check("resaved_bytes_2.pkl", true, true);
    check("resaved_bytes_4.pkl", true, true);
}

#[test]
fn either_device_alone() {
    let wrist = check("wrist_2.pkl", false, true);
    assert!(wrist.recording.has(Placement::Wrist) && !wrist.recording.has(Placement::Chest));
    let chest = check("chest_5.pkl", true, false);
    assert!(chest.recording.has(Placement::Chest) && !chest.recording.has(Placement::Wrist));
}

#[test]
fn byte_orders_fortran_order_and_flat_channels() {
    check("orders_3.pkl", true, true);
    check("orders_5.pkl", true, true);
}

#[test]
fn keys_that_hold_the_same_array_each_get_it() {
    let (recording, _) = wesad::read_pickle(&golden("shared_2.pkl")[..], "shared_2.pkl").unwrap();
    let of = |modality| recording.channel(Placement::Wrist, modality).unwrap();
    assert!(!of(Modality::Eda).is_empty());
    assert_eq!(of(Modality::Temp).samples, of(Modality::Eda).samples);
}

#[test]
fn label_runs_are_in_seconds_since_the_start() {
    let subject = check("both_4.pkl", true, true);
    let [_, baseline, _, stress] = subject.recording.labels[..] else {
        panic!("{:?}", subject.recording.labels)
    };
    assert_eq!(
        (baseline.label, baseline.start, baseline.end),
        (Label::Baseline, 30.0 / 700.0, 0.15)
    );
    assert_eq!((stress.label, stress.end), (Label::Stress, 0.25));
}

#[test]
fn every_kind_of_object_at_every_protocol() {
    for protocol in 0..=5 {
        let bytes = golden(&format!("small_{protocol}.pkl"));
        let pickle = pickle::load(&bytes[..], "small").unwrap();
        assert_eq!(pickle.length(), bytes.len() as u64);
        let root = pickle.root();
        let items = |key| -> Vec<Value<'_>> { root.get(key).unwrap().items().unwrap().collect() };

        let ints: Vec<_> = items("ints").into_iter().filter_map(Value::int).collect();
        let powers = [-(1 << 31), 1 << 31, 1 << 62, i64::MIN];
        assert_eq!(ints[..7], [0, 1, -1, 255, 256, 65_535, 65_536]);
        assert_eq!(ints[7..], powers);

        let floats: Vec<_> = items("floats")
            .into_iter()
            .filter_map(Value::float)
            .collect();
        assert_eq!(floats, [0.5, -1e300, f64::INFINITY]);

        let texts: Vec<_> = items("texts").into_iter().filter_map(Value::text).collect();
        assert_eq!(texts, ["", "µS", "a\\b\n\u{20ac}\u{1f600}"]);

        let bytes: Vec<_> = items("bytes")
            .into_iter()
            .filter_map(Value::bytes)
            .collect();
        assert_eq!(bytes, [&b""[..], b"\x00\xff", b"ab"]);

        let others = items("others");
        assert_eq!(others[0].kind(), "None");
        assert_eq!(
            (others[1].bool(), others[2].bool()),
            (Some(true), Some(false))
        );
        for (length, tuple) in others[3..].iter().enumerate() {
            let numbers: Vec<_> = tuple.items().unwrap().filter_map(Value::int).collect();
            assert_eq!(numbers, (1..=length as i64).collect::<Vec<_>>());
        }

        let scalars = items("scalars");
        assert_eq!(
            scalars
                .iter()
                .map(|value| value.float())
                .collect::<Vec<_>>(),
            [Some(0.5), None, None, Some(-0.25)]
        );
        assert_eq!(
            scalars.iter().map(|value| value.int()).collect::<Vec<_>>(),
            [None, Some(-2), Some(7), None]
        );

        let empty = root.get("empty").unwrap().array().unwrap();
        assert_eq!((empty.shape(), empty.is_empty()), (&[0, 3][..], true));
        // The dict holds itself.
        let around = root.get("self").unwrap().get("self").unwrap();
        assert_eq!(
            around.entries().unwrap().len(),
            root.entries().unwrap().len()
        );
    }
}

#[test]
fn the_hash_is_of_the_whole_file() {
    // By sha256sum, without and with a line feed behind the pickle's end.
    let bytes = golden("wrist_2.pkl");
    let plain = DataSet::new(&bytes).read().unwrap();
    let longer = DataSet::new(&[&bytes[..], b"\n"].concat()).read().unwrap();
    assert_eq!(
        plain.sha256,
        "89a65a1dfd3038db200221a2556ac6fe30d28f2d84645c7dc8ad23e242a93b9d"
    );
    assert_eq!(
        longer.sha256,
        "57a46454f94973d7f92df87c5165333733b27fb038ebcd3fe48c22eb4e69c9c2"
    );
    assert!(
        longer
            .findings
            .contains(&Finding::TrailingBytes { count: 1 })
    );
    assert_eq!(plain.recording, longer.recording);
}
