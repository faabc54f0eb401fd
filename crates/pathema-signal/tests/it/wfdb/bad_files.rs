//! Headers and signal files that are not right, a row each: what the message must say, or which finding there must be.

use pathema_signal::wfdb::{self, Annotation, Annotations, Code, Format};
use pathema_signal::{
    Channel, Conversion, Label, LabelRun, Modality, Recording, Samples, Segment, Start, Timing,
};

use super::read;

const DATA: &[u8] = &[1, 0, 2, 0, 3, 0, 4, 0];

#[test]
fn headers_that_are_errors() {
    let many = format!("r 8193 4 4\n{}", "~ 0\n".repeat(8193));
    let often = format!("r/4098 1 4\n{}", "one 4\n".repeat(4098));
    for (header, said) in [
        ("", "nothing, expected a line with the record's name"),
        ("# only a comment\n", "nothing, expected"),
        (
            "r\n",
            "line 1: \"r\", expected a record's name and its number of signals",
        ),
        ("r one\n", "line 1: \"one\", expected a number of signals"),
        ("r -1\n", "expected a number of signals"),
        (
            "r 1 0 4\nr.dat 16\n",
            "line 1: \"0\", expected a sampling rate above 0",
        ),
        ("r 1 nan 4\nr.dat 16\n", "expected a sampling rate above 0"),
        (
            "r 1 1e999 4\nr.dat 16\n",
            "expected a sampling rate above 0",
        ),
        ("r 1 -4 4\nr.dat 16\n", "expected a sampling rate above 0"),
        ("r 1 4,5 4\nr.dat 16\n", "\"4,5\", expected a sampling rate"),
        ("r 1 4/0 4\nr.dat 16\n", "expected a counter's rate above 0"),
        (
            "r 1 4 4.5\nr.dat 16\n",
            "\"4.5\", expected a number of samples",
        ),
        (
            "r 2 4 4\nr.dat 16\n",
            "r.hea ends after 1 signal lines, expected 2",
        ),
        (
            "r 8192 4 4\nr.dat 16\n",
            "ends after 1 signal lines, expected 8192",
        ),
        (
            "r 99999999999 4 4\nr.dat 16\n",
            "line 1: \"99999999999\", expected 8192 signals at most",
        ),
        (&many, "line 1: \"8193\", expected 8192 signals at most"),
        ("r/0 1 4 4\n", "\"r/0\", expected at least one segment"),
        ("r/3 1 4 4\n~ 4\n", "ends after 1 segment lines, expected 3"),
        (
            "r 1 4 4\nr.dat\n",
            "line 2: \"r.dat\", expected a signal's file and format",
        ),
        (
            "r 1 4 4\nr.dat 8\n",
            "\"8\", expected one of the storage formats 80, 212, 16 and 24",
        ),
        ("r 1 4 4\nr.dat 16x0\n", "at least one sample in a frame"),
        ("r 1 4 4\nr.dat 16:-1\n", "\"-1\", expected a skew"),
        (
            "r 1 4 4\nr.dat 16:4 1 0 0 0 0 0 A\n",
            "a skew of 4 frames of signal \"A\", expected less than the 4 frames",
        ),
        (
            "r 2 4\nr.dat 16\nr.dat 16:4294967295\n",
            "a skew of 4294967295 frames of signal \"signal 1\", expected less than the 2",
        ),
        ("r 1 4 4\nr.dat 16+x\n", "\"x\", expected a byte offset"),
        ("r 1 4 4\nr.dat 16 200,5\n", "\"200,5\", expected a gain"),
        ("r 1 4 4\nr.dat 16 inf\n", "\"inf\", expected a gain"),
        (
            "r 1 4 4\nr.dat 16 200(1.5)\n",
            "\"1.5\", expected a baseline",
        ),
        ("r 1 4 4\nr.dat 16 200(1\n", "close the parenthesis"),
        (
            "r 1 4 4\nr.dat 16 200 x\n",
            "\"x\", expected the bits of a converter",
        ),
        (
            "r 1 4 5\nr.dat 16\n",
            "r.dat ends after 4 samples a signal, expected 5",
        ),
        (
            "r 1 4 18446744073709551615\nr.dat 24x4000000000\n",
            "r.dat ends after 0 samples a signal",
        ),
        (
            "r 1 4 4\nr.dat 16+2\n",
            "r.dat ends after 3 samples a signal",
        ),
        (
            "r 1 4 4\nr.dat 16+18446744073709551615\n",
            "r.dat ends after 0 samples a signal",
        ),
        ("r 1 4 4\nx.dat 16\n", "x.dat is missing: r.hea names it"),
        (
            "r 1 4 4\n../r.dat 16\n",
            "\"../r.dat\", expected the name of a file in the record's folder",
        ),
        (
            "r 1 4 4\n/etc/passwd 80\n",
            "expected the name of a file in the record's folder",
        ),
        (
            "r 1 4 4\na/../../r.dat 16\n",
            "expected the name of a file in the record's folder",
        ),
        (
            "r 1 4 4\nC:\\r.dat 16\n",
            "expected the name of a file in the record's folder",
        ),
        (
            "r 1 4 4\n- 16\n",
            "expected the name of a file in the record's folder",
        ),
        (
            "r 2 4 2\nr.dat 16\nr.dat 80\n",
            "signals of r.dat with different formats or byte offsets",
        ),
        (
            "r 3 4 2\nr.dat 16\ns.dat 16\nr.dat 16\n",
            "that do not stand together",
        ),
        (
            "r/1 1 4 4\n../r 4\n",
            "expected the name of a file in the record's folder",
        ),
        ("r/1 1 4 4\ns 4\n", "s.hea is missing"),
        ("r/1 1 4 4\nr 4\n", "segment \"r\" made of segments"),
        (
            "r/2 1 4 9\none 4\none 5\n",
            "5 samples of segment \"one\", expected 4",
        ),
        (
            &often,
            "segments come again 4097 times with 16388 samples, expected 4096 times",
        ),
        (
            "r/3 1 4\nlong 40000000\nlong 40000000\nlong 40000000\n",
            "with 80000000 samples, expected 4096 times and 67108864 samples at most",
        ),
        (
            "r/1 1 4 5\none 4\n",
            "segments of 4 samples together, expected 5",
        ),
        (
            "r/1 1 4 5\none 5\n",
            "5 samples of segment \"one\", expected 4",
        ),
        (
            "r/1 2 4 4\none 4\n",
            "1 signals in its first segment, expected 2",
        ),
        (
            "r/1 1 5 4\none 4\n",
            "segment \"one\" of 4 samples a second, expected 5",
        ),
        (
            "r/2 1 4 18446744073709551615\n~ 18446744073709551615\n~ 5\n",
            "expected fewer samples",
        ),
        (
            "r/1 1 4 4\none 4 7\n",
            "expected a segment's name and number of samples",
        ),
    ] {
        let one: &[u8] = b"one 1 4 4\nr.dat 16 1/mV 0 0 0 0 0 A\n";
        let given = [
            ("r.hea", header.as_bytes()),
            ("one.hea", one),
            ("long.hea", b"long 1 4 40000000\nr.dat 16\n"),
            ("r.dat", DATA),
            ("s.dat", DATA),
        ];
        let error = read(&given).map(|_| ()).unwrap_err();
        assert!(error.contains(said), "{header:?} gave {error:?}");
    }
}

#[test]
fn headers_that_are_odd_and_yet_read() {
    let good = "r 1 4 4\nr.dat 16 1/mV 0 0 1 10 0 A\n";
    for (header, found) in [
        (good, ""),
        (&good.replace('\n', "\r\n"), ""),
        (&format!("\u{feff}{good}"), ""),
        (&format!("\n  # first\n\n{good}\n# last\n\u{1a}"), ""),
        (&good.replace("A", "Füße und  more"), ""),
        (&good.replace(' ', "\t"), ""),
        (&good.replace("r 1", "x 1"), "names another record, \"x\""),
        (&good.replace("4 4", "4 4 12:30:00 01/02/2020"), ""),
        (
            &good.replace("4 4", "4 4 25:00:00"),
            "\"25:00:00\" does not read",
        ),
        (
            &good.replace("4 4", "4 4 12:30 31/02/2020"),
            "\"31/02/2020\" does not read",
        ),
        (
            &good.replace("4 4", "4 4 05/02/2020 12:33:31"),
            "\"05/02/2020 12:33:31\" does not read",
        ),
        (&format!("{good}more 16\n"), "\"more 16\" does not read"),
        (&good.replace("1/mV", "0/mV"), "A is not calibrated"),
        (
            &good.replace(" 1/mV 0 0 1 10 0 A", ""),
            "signal 0 is not calibrated",
        ),
        (
            &good.replace("0 0 1 10", "0 0 2 10"),
            "the first sample of A should be 2 and is 1",
        ),
        (
            &good.replace("0 0 1 10", "0 0 1 11"),
            "should add up to 11 and add up to 10",
        ),
        (&good.replace("0 0 1 10", "0 0 1 65546"), ""),
        (&good.replace("4 4", "4 3"), "r.dat goes on for 2 bytes"),
        (&good.replace("4 4", "4 0"), ""),
        (&good.replace("4 4", "4"), ""),
    ] {
        let (recording, reader) = read(&[("r.hea", header.as_bytes()), ("r.dat", DATA)]).unwrap();
        let findings: Vec<String> = reader.findings().iter().map(ToString::to_string).collect();
        let right = if found.is_empty() {
            findings.is_empty()
        } else {
            findings.iter().any(|line| line.contains(found))
        };
        assert!(right, "{header:?} gave {findings:?}");
        assert!(recording.channels[0].len() >= 3);
    }
}

#[test]
fn latin_1_and_defaults() {
    let (recording, _) = read(&[
        ("r.hea", b"r 1\nr.dat 16 2/\xb5V\n# M\xfcller\n"),
        ("r.dat", DATA),
    ])
    .unwrap();
    let channel = &recording.channels[0];
    assert_eq!((channel.unit.as_ref(), channel.rate()), ("µV", Some(250.0)));
    assert_eq!(recording.person.notes, ["Müller"]);
    let (recording, _) =
        read(&[("r.hea", b"r 1 4\nr.dat 16 100 12 3\n"), ("r.dat", DATA)]).unwrap();
    let expected = Conversion::Adc {
        baseline: 3.0,
        gain: 100.0,
        missing: Some(-32768),
    };
    assert_eq!(
        (
            recording.channels[0].conversion,
            recording.channels[0].unit.as_ref()
        ),
        (expected, "mV")
    );
}

#[cfg(unix)]
#[test]
fn pipes_and_folders_are_refused_and_links_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("r.hea"), "r 1 4 4\nr.dat 16 1 0 0 1 10 0 A\n").unwrap();
    std::fs::create_dir(path("r.dat")).unwrap();
    let error = wfdb::read(&path("r")).unwrap_err().to_string();
    assert!(error.contains("r.dat"), "{error}");
    std::fs::remove_dir(path("r.dat")).unwrap();
    std::fs::write(path("elsewhere"), DATA).unwrap();
    std::os::unix::fs::symlink(path("elsewhere"), path("r.dat")).unwrap();
    assert_eq!(
        wfdb::read(&path("r")).unwrap().recording.channels[0].len(),
        4
    );
}

fn channel(samples: Samples) -> Channel {
    Channel::new("A", Modality::Other, "mV", Timing::regular(4.0), samples)
}

#[test]
fn what_would_be_lost_is_not_written() {
    let good = || channel(Samples::I16(vec![1, 2, 3]));
    let of = |channel: Channel| Recording {
        channels: vec![channel],
        ..Recording::default()
    };
    let named = |name: &str| Channel {
        name: name.to_owned(),
        ..good()
    };
    let timing = |timing: Timing| Channel { timing, ..good() };
    let mut instant = of(good());
    instant.start = Some(Start::Instant(jiff::Timestamp::UNIX_EPOCH));
    let mut labelled = of(good());
    labelled.labels.push(LabelRun {
        label: Label::Stress,
        start: 0.0,
        end: 1.0,
    });
    let mut noted = of(good());
    noted.person.notes.push("69 M".to_owned());
    let mut lasting = of(good());
    lasting
        .annotations
        .push(pathema_signal::Annotation::over(0.0, 1.0, "N"));
    let two = |second: f64| Recording {
        channels: vec![
            good(),
            Channel {
                timing: Timing::regular(second),
                ..named("B")
            },
        ],
        ..Recording::default()
    };
    for (recording, said) in [
        (
            of(channel(Samples::F64(vec![0.5]))),
            "stored in floating point; digitise",
        ),
        (
            of(channel(Samples::I32(vec![2048]))),
            "its value 2048 is not among format 212's -2047 to 2047",
        ),
        (
            of(channel(Samples::I16(vec![-2048]))),
            "its value -2048 is not among",
        ),
        (
            of(channel(Samples::U16(vec![65535]))),
            "its value 65535 is not among",
        ),
        (of(good().with_axes(3)), "several values a sample"),
        (of(named("")), "its name is empty"),
        (of(named("a\nb")), "control characters"),
        (of(named(" a")), "blanks at an end"),
        (
            of(Channel {
                unit: "deg C".into(),
                ..good()
            }),
            "its unit has blanks",
        ),
        (
            of(good().converted(Conversion::Adc {
                baseline: 0.5,
                gain: 1.0,
                missing: None,
            })),
            "no whole number",
        ),
        (
            of(good().converted(Conversion::Adc {
                baseline: 0.0,
                gain: 0.0,
                missing: None,
            })),
            "its gain is 0",
        ),
        (
            of(good().converted(Conversion::Linear {
                scale: 0.3,
                offset: 0.1,
            })),
            "between two stored values",
        ),
        (
            of(timing(Timing::Irregular(vec![0.0, 0.1, 0.5]))),
            "has its own time",
        ),
        (
            of(timing(Timing::from(0.1, 4.0))),
            "it begins, ends or has a gap within a frame",
        ),
        (of(timing(Timing::from(-1.0, 4.0))), "within a frame"),
        (two(4.000001), "no common frame"),
        (two(8.0), "within a frame"),
        (instant, "no time zone"),
        (labelled, "no label runs"),
        (noted, "reads as age or sex"),
        (lasting, "WFDB marks instants"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let error = wfdb::write(&folder.path().join("r"), &recording, Format::F212).unwrap_err();
        assert!(
            error.to_string().contains(said),
            "{error} does not say {said:?}"
        );
        assert!(!folder.path().join("r.hea").exists());
    }
    let error = wfdb::write("a b".as_ref(), &of(good()), Format::F16).unwrap_err();
    assert!(error.to_string().contains("letters, digits"), "{error}");
    let long = Annotation {
        aux: vec![b'x'; 256],
        ..Annotation::new(0, Code::NOTE)
    };
    let far = Annotation::new(i64::MIN, Code::NOTE);
    for (item, said) in [(long, "255 are the most"), (far, "from the one before")] {
        let file = Annotations {
            items: vec![item],
            ..Annotations::default()
        };
        let error = file.encode().unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn a_missing_value_of_another_code_becomes_the_formats() {
    let segments = vec![Segment {
        start: 0.0,
        first: 0,
    }];
    let channel = Channel::new(
        "A",
        Modality::Other,
        "",
        Timing::Regular {
            rate: 4.0,
            segments,
        },
        Samples::U16(vec![7, 0, 9]),
    )
    .converted(Conversion::Adc {
        baseline: 5.0,
        gain: 2.0,
        missing: Some(0),
    });
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording {
        channels: vec![channel],
        ..Recording::default()
    };
    wfdb::write(&folder.path().join("r"), &recording, Format::F80).unwrap();
    let read = wfdb::read(&folder.path().join("r")).unwrap().recording;
    assert_eq!(read.channels[0].samples, Samples::I16(vec![7, -128, 9]));
    assert_eq!(
        (
            read.channels[0].all()[0],
            read.channels[0].all()[1].is_nan()
        ),
        (1.0, true)
    );
    assert_eq!(read.channels[0].unit, "");
}
