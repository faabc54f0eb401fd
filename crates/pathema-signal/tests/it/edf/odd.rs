//! Heads and times that a file may have, and no program would write.

use pathema_signal::edf::Options;
use pathema_signal::{Annotation, Blocks, Channel, Modality, Recording, Samples, Timing};

use super::{bytes, open, read};

/// A file of signals with so many samples a record, and the bytes of its records.
fn file(
    layout: &str,
    records: &str,
    seconds: &str,
    signals: &[(&str, usize)],
    data: &[u8],
) -> Vec<u8> {
    let head = 256 * (1 + signals.len());
    let count = signals.len();
    let mut text = format!(
        "{:8}{:80}{:80}02.03.0212.00.00{head:<8}{layout:44}{records:8}{seconds:8}{count:<4}",
        "0", "X X X X", "Startdate 02-MAR-2002 X X X"
    );
    let fields: [(usize, &str); 9] = [
        (80, ""),
        (8, ""),
        (8, "-32768"),
        (8, "32767"),
        (8, "-32768"),
        (8, "32767"),
        (80, ""),
        (8, "samples"),
        (32, ""),
    ];
    for (label, _) in signals {
        text += &format!("{label:16}");
    }
    for (width, value) in fields {
        for (_, samples) in signals {
            if value == "samples" {
                text += &format!("{samples:<width$}");
            } else {
                text += &format!("{value:width$}");
            }
        }
    }
    let mut bytes = text.into_bytes();
    bytes.extend(data);
    bytes
}

/// A record of one sample and 40 bytes of annotations.
fn record(annotations: &[u8]) -> Vec<u8> {
    let mut bytes = vec![1, 0];
    bytes.extend(annotations);
    bytes.resize(42, 0);
    bytes
}

const SIGNALS: [(&str, usize); 2] = [("EDA", 1), ("EDF Annotations", 20)];

#[test]
fn a_first_record_begins_within_a_second() {
    for onset in [
        "-9223372036.854775808",
        "+999999999999",
        "-999999999999",
        "+1",
        "-0.5",
    ] {
        let data = record(format!("{onset}\x14\x14\0").as_bytes());
        let error = read(file("EDF+C", "1", "1", &SIGNALS, &data)).expect_err(onset);
        let error = error.to_string();
        assert!(
            error.contains("data record 1") && error.contains("at least 0 and fewer than 1"),
            "{onset}: {error}"
        );
    }
    let data = record(b"+0.999\x14\x14\0");
    let start = read(file("EDF+C", "1", "1", &SIGNALS, &data))
        .unwrap()
        .start;
    assert!(
        format!("{start:?}").contains("2002-03-02T12:00:00.999"),
        "{start:?}"
    );
}

#[test]
fn a_record_without_end_is_refused() {
    for seconds in ["1e300", "1E300", "1e-9"] {
        let error = open(file("", "1", seconds, &[("EDA", 1)], &[1, 0])).unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains(seconds) && error.contains("exponent"),
            "{error}"
        );
    }
}

#[test]
fn blocks_without_a_sample_are_passed_over() {
    let data = vec![1; 2 * 1000];
    let mut reader = open(file("", "1000", "99999999", &[("EDA", 1)], &data)).unwrap();
    let mut samples = 0;
    for _ in 0..1000 {
        let block = reader.next_block(60.0).unwrap().expect("a block");
        assert_eq!(block.channels[0].len(), 1);
        samples += 1;
    }
    assert!(reader.next_block(60.0).unwrap().is_none());
    assert_eq!(samples, 1000);
    // Of marks alone, at most one block a mark.
    let mut data = b"+0\x14\x14\0+5000000\x14tag\x14\0".to_vec();
    data.resize(40, 0);
    let mut reader = open(file(
        "EDF+C",
        "1",
        "99999999",
        &[("EDF Annotations", 20)],
        &data,
    ))
    .unwrap();
    let mut blocks = Vec::new();
    while let Some(block) = reader.next_block(60.0).unwrap() {
        blocks.push(block.annotations);
        assert!(blocks.len() < 3);
    }
    assert_eq!(blocks.concat(), [Annotation::at(5_000_000.0, "tag")]);
}

#[test]
fn what_was_passed_over_is_told() {
    let whole = open(file("", "2", "1", &[("EDA", 2)], &[0; 8])).unwrap();
    assert_eq!(whole.odd(), Vec::<String>::new());
    let cut = open(file("", "-1", "1", &[("EDA", 2)], &[0; 11])).unwrap();
    assert_eq!(cut.odd().len(), 1);
    for part in ["3 of 4 bytes", "after 2 data records"] {
        assert!(cut.odd()[0].contains(part), "{:?}", cut.odd());
    }
    let at = |times: [&str; 4]| {
        let records = times.map(|time| record(format!("{time}\x14\x14\0").as_bytes()));
        open(file("EDF+C", "4", "1", &SIGNALS, &records.concat())).unwrap()
    };
    assert_eq!(at(["+0", "+1", "+2", "+3"]).odd(), Vec::<String>::new());
    let jumps = at(["+0", "+1", "+7", "+8"]).odd();
    assert_eq!(jumps.len(), 1);
    for part in ["2 data records", "record 3", "7 s", "2 s", "+D"] {
        assert!(jumps[0].contains(part), "{jumps:?}");
    }
}

#[test]
fn rates_that_share_no_record_are_refused() {
    let channel = |rate| {
        let samples = Samples::I16(vec![0; 8]);
        Channel::new("x", Modality::Other, "", Timing::regular(rate), samples)
    };
    let recording = Recording {
        channels: [31.98765432109, 63.12345678912, 3.98765432123]
            .map(channel)
            .to_vec(),
        ..Recording::default()
    };
    for pad in [false, true] {
        let options = Options {
            pad,
            ..Options::default()
        };
        let error = bytes(&recording, &options).unwrap_err().to_string();
        assert!(error.contains("no length of a record"), "{error}");
    }
}

#[test]
fn a_block_has_its_own_marks_alone() {
    let samples = Samples::I16((0..40).collect());
    let night = Recording {
        channels: vec![Channel::new(
            "EDA",
            Modality::Eda,
            "µS",
            Timing::regular(4.0),
            samples,
        )],
        annotations: (0..10)
            .map(|second| Annotation::at(f64::from(second), "tag"))
            .collect(),
        ..Recording::default()
    };
    let mut reader = open(bytes(&night, &Options::default()).unwrap()).unwrap();
    assert_eq!(
        reader.read(2.0, 4.0).unwrap().annotations,
        night.annotations[2..4]
    );
    for (start, end) in [(4.0, 2.0), (f64::NAN, 4.0), (2.0, f64::NAN)] {
        assert!(reader.read(start, end).unwrap().annotations.is_empty());
    }
}
