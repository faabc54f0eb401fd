use std::path::Path;

use pathema_signal::edf::{self, Format, Options, Quantise};
use pathema_signal::{
    Annotation, Channel, Conversion, FormatError, Modality, Recording, Samples, Segment, Timing,
};

use super::{bytes, read};

fn night() -> Recording {
    let segments = vec![
        Segment {
            start: 0.0,
            first: 0,
        },
        Segment {
            start: 5.0,
            first: 8,
        },
    ];
    let timing = Timing::Regular {
        rate: 4.0,
        segments,
    };
    let eda = Channel::new(
        "EDA",
        Modality::Eda,
        "µS",
        timing,
        Samples::I16((0..16).collect()),
    );
    Recording {
        channels: vec![eda],
        annotations: vec![Annotation::at(1.0, "tag")],
        ..Recording::default()
    }
}

/// Puts text at a byte.
fn put(bytes: &mut [u8], at: usize, text: &str) {
    bytes[at..at + text.len()].copy_from_slice(text.as_bytes());
}

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    let at = bytes
        .windows(from.len())
        .position(|part| part == from)
        .unwrap();
    bytes[at..at + to.len()].copy_from_slice(to);
}

#[test]
fn damaged_files_are_refused_with_a_way_out() {
    type Damage = fn(&mut Vec<u8>);
    let rows: &[(&str, Damage, &[&str])] = &[
        (
            "empty",
            |b| b.clear(),
            &["ends after 0 bytes, expected 256"],
        ),
        (
            "a head cut short",
            |b| b.truncate(300),
            &["ends after 300 bytes, expected 768"],
        ),
        (
            "cut short",
            |b| b.truncate(b.len() - 1),
            &["ends after 3 data records, expected 4", "fetch it again"],
        ),
        (
            "longer than the head says",
            |b| b.extend([0; 7]),
            &["7 bytes more", "4 data records", "-1"],
        ),
        (
            "another format",
            |b| put(b, 0, "RIFF"),
            &["\"RIFF    \"", "EDF"],
        ),
        (
            "a byte order mark",
            |b| {
                b.splice(0..0, *b"\xef\xbb\xbf");
            },
            &["byte 0", "expected \"0\" and seven spaces"],
        ),
        (
            "line ends converted",
            |b| {
                b.splice(170..170, *b"\r");
            },
            &["night.edf, byte"],
        ),
        (
            "no date",
            |b| {
                put(b, 88, "                    ");
                put(b, 168, "00.00.00");
            },
            &["byte 168", "dd.mm.yy"],
        ),
        (
            "a date that is none",
            |b| {
                put(b, 88, "Startdate 31-FEB-2002");
            },
            &["\"31-FEB-2002\"", "dd-MMM-yyyy"],
        ),
        (
            "two dates",
            |b| {
                put(b, 88, "Startdate 02-MAR-2002");
            },
            &["\"01.01.85\"", "2002-03-02"],
        ),
        (
            "no time",
            |b| put(b, 176, "25.00.00"),
            &["byte 176", "hh.mm.ss"],
        ),
        (
            "a head's length that is off",
            |b| put(b, 184, "512 "),
            &["\"512\"", "768 bytes of head for 2 signals"],
        ),
        (
            "records below -1",
            |b| put(b, 236, "-2"),
            &["\"-2\"", "-1 where it is not known"],
        ),
        (
            "records in words",
            |b| put(b, 236, "many"),
            &["\"many\"", "whole number"],
        ),
        (
            "a record of no time",
            |b| put(b, 244, "0 "),
            &["has no rate", "\"EDA\""],
        ),
        (
            "a record of less than no time",
            |b| put(b, 244, "-1"),
            &["\"-1\"", "seconds of a data record"],
        ),
        (
            "a decimal comma",
            |b| put(b, 244, "1,5"),
            &["\"1,5\"", "decimal point"],
        ),
        (
            "signals in words",
            |b| put(b, 252, "some"),
            &["\"some\"", "number of signals"],
        ),
        (
            "no samples a record",
            |b| put(b, 256 + 2 * 216, "0 "),
            &["at least one sample a data record of \"EDA\""],
        ),
        (
            "a unit's value that is none",
            |b| put(b, 256 + 2 * 104, "-3276,8"),
            &["\"-3276,8\"", "physical minimum of \"EDA\""],
        ),
        (
            "equal physical extremes",
            |b| put(b, 256 + 2 * 112, "-32768"),
            &["physical maximum of \"EDA\" other than its minimum"],
        ),
        (
            "equal digital extremes",
            |b| put(b, 256 + 2 * 128, "-32768"),
            &["digital maximum of \"EDA\" above its minimum"],
        ),
        (
            "digital extremes of more bits",
            |b| put(b, 256 + 2 * 128, "99999"),
            &["\"99999\"", "at most 32767"],
        ),
        (
            "times that run backwards",
            |b| replace(b, b"+5\x14\x14", b"+1\x14\x14"),
            &["data record 3", "time cannot run backwards"],
        ),
        (
            "a time twice",
            |b| replace(b, b"+5\x14\x14", b"+0\x14\x14"),
            &["the time 0 s", "time cannot run backwards"],
        ),
        (
            "a decimal comma in a time",
            |b| replace(b, b"+1\x14tag", b"1,5\x14ta"),
            &["data record", "decimal point"],
        ),
        (
            "no time of a record",
            |b| replace(b, b"+5\x14\x14", b"\0\0\0\0"),
            &["data record 3", "no time"],
        ),
        (
            "an annotation without an end",
            |b| replace(b, b"+1\x14tag\x14", b"+1_tagxx"),
            &["byte 20"],
        ),
        (
            "gaps without annotations",
            |b| put(b, 256 + 16, "Something      "),
            &["no signal of annotations", "+C"],
        ),
    ];
    for (name, damage, expected) in rows {
        let mut file = bytes(&night(), &Options::default()).unwrap();
        damage(&mut file);
        let error = read(file).expect_err(name).to_string();
        for part in *expected {
            assert!(error.contains(part), "{name}: {error}");
        }
        assert!(error.contains("night.edf"), "{name}: {error}");
    }
}

#[test]
fn nothing_there_and_no_permission() {
    let error = edf::read(Path::new("no/such.edf")).unwrap_err();
    assert!(
        error.to_string().contains("no/such.edf") && error.to_string().contains("check the path")
    );
    let folder = tempfile::tempdir().unwrap();
    let error = edf::read(folder.path()).unwrap_err();
    assert!(matches!(error, FormatError::Io { .. }), "{error}");
    let error = edf::write(&night(), folder.path(), &Options::default()).unwrap_err();
    assert!(
        error.to_string().contains("give a file, not a folder"),
        "{error}"
    );
}

#[test]
fn a_file_that_was_never_closed() {
    let mut file = bytes(&night(), &Options::default()).unwrap();
    put(&mut file, 236, "-1");
    assert_eq!(read(file.clone()).unwrap(), night());
    // Of the last record a part was written.
    file.truncate(file.len() - 5);
    assert_eq!(read(file).unwrap().channels[0].len(), 12);
}

#[test]
fn names_with_spaces_and_umlauts() {
    let mut file = bytes(&night(), &Options::default()).unwrap();
    put(&mut file, 256, "Haut Wärme");
    assert_eq!(read(file.clone()).unwrap().channels[0].name, "Haut Wärme");
    // In Latin-1, as many programs write it.
    file[256..272].copy_from_slice(b"Haut W\xe4rme \xb5S   ");
    assert_eq!(read(file).unwrap().channels[0].name, "Haut Wärme µS");
}

#[test]
fn the_century() {
    for (text, year) in [("85", 1985), ("99", 1999), ("00", 2000), ("84", 2084)] {
        let mut file = bytes(&night(), &Options::default()).unwrap();
        put(&mut file, 88, "                    ");
        put(&mut file, 168, &format!("24.12.{text}"));
        let start = format!("{:?}", read(file).unwrap().start);
        assert!(start.contains(&format!("{year}-12-24")), "{start}");
    }
}

#[test]
fn what_the_format_cannot_hold_is_refused() {
    let with = |change: &dyn Fn(&mut Recording)| {
        let mut night = night();
        change(&mut night);
        night
    };
    let eda = |samples| Channel::new("EDA", Modality::Eda, "µS", Timing::regular(4.0), samples);
    let lone = |channel: Channel| Recording {
        channels: vec![channel],
        ..Recording::default()
    };
    let quantise = Options {
        quantise: Quantise::extent(),
        ..Options::default()
    };
    let plain = Options::default();
    let missing = Conversion::Adc {
        baseline: 0.0,
        gain: 200.0,
        missing: Some(-32768),
    };
    let rows: Vec<(Recording, &Options, &str)> = vec![
        (
            lone(eda(Samples::F64(vec![0.5; 4]))),
            &plain,
            "ask for it to be quantised",
        ),
        (
            lone(eda(Samples::F64(vec![f64::NAN; 4]))),
            &quantise,
            "has the value NaN",
        ),
        (
            lone(eda(Samples::I32(vec![40_000; 4]))),
            &plain,
            "outside of -32768 to 32767",
        ),
        (
            lone(eda(Samples::I16(vec![-32768; 4])).converted(missing)),
            &plain,
            "samples are missing",
        ),
        (
            with(&|night| night.channels[0].name = "Wärme".to_owned()),
            &plain,
            "ASCII",
        ),
        (
            with(&|night| night.channels[0].name = "a name of seventeen".to_owned()),
            &plain,
            "16",
        ),
        (
            with(&|night| night.channels[0].name = "EDF Annotations".to_owned()),
            &plain,
            "rename the channel",
        ),
        (
            with(&|night| {
                night.channels[0].timing = Timing::Irregular((0..16).map(f64::from).collect())
            }),
            &plain,
            "write it as CSV",
        ),
        (
            with(&|night| night.channels[0].timing = Timing::regular(std::f64::consts::PI)),
            &plain,
            "bring a channel to another rate",
        ),
        (
            with(&|night| night.channels[0].timing = Timing::regular(0.0)),
            &plain,
            "its rate, 0 Hz",
        ),
        (
            with(&|night| night.channels.push(eda(Samples::I16(vec![0; 16])))),
            &plain,
            "cut all channels to common stretches",
        ),
        (
            with(&|night| night.subject = "a_b".to_owned()),
            &plain,
            "would become \"a b\"",
        ),
        (
            with(&|night| night.subject = "Ä".repeat(50)),
            &plain,
            "80 ASCII characters",
        ),
        (
            with(&|night| night.person.notes.push("left-handed".to_owned())),
            &plain,
            "no field for the note \"left-handed\"",
        ),
        (
            with(&|night| night.annotations[0].text = String::new()),
            &plain,
            "its text is empty",
        ),
        (
            with(&|night| night.annotations[0].text = "a\u{14}b".to_owned()),
            &plain,
            "bytes 0, 20 and 21",
        ),
        (
            with(&|night| night.annotations[0].span.end = 0.0),
            &plain,
            "its times are not in order",
        ),
        (
            with(&|night| night.annotations[0].span.start = f64::NAN),
            &plain,
            "its times are not in order",
        ),
    ];
    for (recording, options, expected) in rows {
        let error = bytes(&recording, options).unwrap_err();
        assert!(matches!(error, FormatError::Unwritable { .. }), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
    // A float channel of whole numbers needs no rounding, and 24 bits hold what 16 do not.
    let whole = lone(eda(Samples::F64(vec![3.0, -7.0, 0.0, 9.0])));
    assert_eq!(
        read(bytes(&whole, &quantise).unwrap()).unwrap().channels[0].all()[..],
        [3.0, -7.0, 0.0, 9.0]
    );
    let wide = Options {
        format: Format::Bdf,
        ..Options::default()
    };
    let large = lone(eda(Samples::I32(vec![40_000; 4])));
    assert_eq!(read(bytes(&large, &wide).unwrap()).unwrap(), large);
}
