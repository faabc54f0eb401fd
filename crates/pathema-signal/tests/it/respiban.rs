//! Text files of the RespiBAN, made here.

use std::fs;
use std::io::Cursor;

use pathema_signal::respiban::{Finding, Reader, Session, read};
use pathema_signal::{Blocks, FormatError, Modality, Placement, Samples, Segment, Start, Timing};
use proptest::prelude::*;

const HEAD: &str = concat!(
    "# OpenSignals Text File Format\n",
    r##"# {"00:07:80:D8:AB:58": {"sensor": ["ECG", "EDA", "EMG", "TEMP", "XYZ", "XYZ", "XYZ", "RESPIRATION"], "##,
    r#""device name": "00:07:80:D8:AB:58", "column": ["nSeq", "DI", "CH1", "CH2", "CH3", "CH4", "CH5", "CH6", "CH7", "CH8"], "#,
    r#""sync interval": 2, "time": "9:14:21.0", "comments": "", "channels": [1, 2, 3, 4, 5, 6, 7, 8], "mode": 0, "#,
    r#""device": "biosignalsplux", "sampling rate": 700, "label": ["CH1", "CH2", "CH3", "CH4", "CH5", "CH6", "CH7", "CH8"], "#,
    r#""resolution": [16, 16, 16, 16, 16, 16, 16, 16], "date": "2017-5-22"}}"#,
    "\n# EndOfHeader\n",
);

/// A row whose channels differ.
fn row(counted: u64, index: usize) -> String {
    let cells: Vec<String> = (0..9)
        .map(|column| ((index * 7 + column * 4000) % 65536).to_string())
        .collect();
    format!("{counted}\t{}\t\n", cells.join("\t"))
}

fn text(counted: impl IntoIterator<Item = u64>) -> String {
    let rows = counted.into_iter().enumerate();
    HEAD.to_owned()
        + &rows
            .map(|(index, counted)| row(counted, index))
            .collect::<String>()
}

fn open(text: &str) -> Result<Reader, Box<FormatError>> {
    Reader::of(
        "S2_respiban.txt".to_owned(),
        Box::new(Cursor::new(text.as_bytes().to_vec())),
    )
    .map_err(Box::new)
}

fn whole(text: &str) -> Session {
    open(text).unwrap().read().unwrap()
}

#[test]
fn channels_and_their_units() {
    let rows = "0\t0\t32768\t6554\t0\t32768\t28000\t33000\t38000\t65535\n1\t1\t0\t0\t65535\t20000\t28000\t33000\t38000\t0\n";
    let session = whole(&(HEAD.to_owned() + rows));
    assert_eq!(session.findings, []);
    let recording = session.recording;
    let Some(Start::Local(start)) = recording.start else {
        panic!()
    };
    assert_eq!(start.to_string(), "2017-05-22T09:14:21");
    let values = |modality| {
        let channel = recording.channel(Placement::Chest, modality).unwrap();
        assert_eq!((channel.rate(), channel.len()), (Some(700.0), 2));
        assert!(matches!(channel.samples, Samples::U16(_)));
        (channel.all().into_owned(), channel.unit.to_string())
    };
    // By the formulas of the data set's readme, s for the stored number.
    assert_eq!(values(Modality::Ecg), (vec![0.0, -1.5], "mV".to_owned()));
    assert_eq!(
        values(Modality::Emg).0,
        [-1.5, (65535.0 / 65536.0 - 0.5) * 3.0]
    );
    let (eda, unit) = values(Modality::Eda);
    assert!(
        (eda[0] - 6554.0 / 65536.0 * 3.0 / 0.12).abs() < 1e-12 && eda[1] == 0.0 && unit == "µS"
    );
    let (acc, unit) = values(Modality::Acc);
    for (found, expected) in acc.iter().zip([-1.0, 0.0, 1.0, -1.0, 0.0, 1.0]) {
        assert!((found - expected).abs() < 1e-12);
    }
    assert_eq!(unit, "g");
    assert_eq!(
        values(Modality::Resp).0,
        [(65535.0 / 65536.0 - 0.5) * 100.0, -50.0]
    );
    let (temp, _) = values(Modality::Temp);
    let celsius = |s: f64| {
        let volts = s * 3.0 / 65535.0;
        let ln = (1e4 * volts / (3.0 - volts)).ln();
        1.0 / (1.12764514e-3 + 2.34282709e-4 * ln + 8.77303013e-8 * ln.powi(3)) - 273.15
    };
    assert!((temp[0] - celsius(32768.0)).abs() < 1e-9 && (24.0..26.0).contains(&temp[0]));
    assert!((temp[1] - celsius(20000.0)).abs() < 1e-9);
    let digital = recording.named("DI").unwrap();
    assert_eq!(
        (digital.modality, &digital.samples),
        (Modality::Other, &Samples::U16(vec![0, 1]))
    );
}

#[test]
fn lost_samples_are_gaps() {
    let counted = (0..40u64)
        .filter(|index| !(18..21).contains(index) && *index != 33)
        .map(|index| index % 16);
    let session = whole(&text(counted));
    assert_eq!(
        session.findings,
        [Finding::Lost {
            samples: 4,
            gaps: 2,
            line: 22
        }]
    );
    for channel in &session.recording.channels {
        let starts = [(0, 0), (21, 18), (34, 30)];
        let segments = starts
            .map(|(place, first)| Segment {
                start: f64::from(place) / 700.0,
                first,
            })
            .to_vec();
        assert_eq!(
            channel.timing,
            Timing::Regular {
                rate: 700.0,
                segments
            }
        );
        assert!((channel.end() - 40.0 / 700.0).abs() < 1e-12);
    }
}

#[test]
fn counters_that_do_not_count() {
    assert_eq!(whole(&text([0; 5])).findings, [Finding::NoCounter]);
    assert_eq!(
        whole(&text([0, 1, 1, 2])).findings,
        [Finding::Repeated { count: 1 }]
    );
    assert_eq!(
        whole(&text([70_000, 70_001, 0])).findings,
        [Finding::Restarted { count: 1 }]
    );
    assert_eq!(whole(&text(0..5000)).findings, []);
}

#[test]
fn bad_files_name_the_line_and_the_way_out() {
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let error = open(text)
            .and_then(|reader| reader.read().map_err(Box::new))
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("S2_respiban.txt, line ") && error.contains(expected),
            "{error}"
        );
    }
    let swap = |from: &str, to: &str| {
        assert!(HEAD.contains(from));
        HEAD.replace(from, to)
    };
    check(
        "",
        "line 1: \"\", expected \"# OpenSignals Text File Format\"",
    );
    check("time,ecg\n", "line 1: \"time,ecg\"");
    check(&swap("# {", "# ["), "line 2: ");
    check(
        &swap("\"sampling rate\": 700", "\"sampling rate\": 0"),
        "line 2: a sampling rate of \"0\"",
    );
    check(
        &swap("\"sampling rate\": 700, ", ""),
        "a sampling rate of nothing",
    );
    check(
        &swap("\"nSeq\", ", ""),
        "expected nSeq, DI and one for each of the 8 sensors",
    );
    check(
        &swap("\"resolution\": [16, 16", "\"resolution\": [12, 16"),
        "expected 16 bits for each sensor",
    );
    check(
        &swap("\"resolution\": [16, 16", "\"resolution\": [16"),
        "expected 16 bits for each sensor",
    );
    check(&swap("\"EMG\"", "\"ECG\""), "sensor \"ECG\" 2 times");
    check(
        &swap("# EndOfHeader\n", ""),
        "line 3: \"\", expected \"# EndOfHeader\"",
    );
    let good = text(0..3);
    check(
        &format!("{good}3\t0\t1\t2\t3\t4\t5\t6\t7\n"),
        "line 7: \"3\\t0\\t1\\t2\\t3\\t4\\t5\\t6\\t7\", expected 10 whole numbers from 0 to 65535",
    );
    check(
        &format!("{good}3\t0\t1\t2\t3\t4\t5\t6\t7\t8\t9\n"),
        "line 7: ",
    );
    check(
        &format!("{good}3\t0\t1\t2\t3\t4\t5\t6\t7\t65536\n"),
        "line 7: ",
    );
    check(
        &format!("{good}3\t0\t1\t2\t3\t4\t5\t6\t7\t1,5\n"),
        "line 7: ",
    );
    check(
        &format!("{good}3\t0\t1\t2\t3\t4\t5\t6\t7\tnan\n"),
        "line 7: ",
    );
    check(
        &format!("{good}3\t0\t1\t2"),
        "line 7: \"3\\t0\\t1\\t2\", expected 10 whole numbers from 0 to 65535 between tabs; the file was cut",
    );
    check(
        &format!("{good}\n3\t0\t1\t2\t3\t4\t5\t6\t7\t8\n"),
        "line 7: an empty line",
    );
}

#[test]
fn what_makes_no_difference_and_what_is_found() {
    let plain = whole(&text(0..9));
    let crlf = whole(&format!("\u{feff}{}\r\n", text(0..9).replace('\n', "\r\n")));
    assert!(crlf.recording == plain.recording && crlf.findings.is_empty());
    let open = text(0..9);
    let open = whole(open.trim_end());
    assert!(open.recording == plain.recording);
    assert_eq!(open.findings, [Finding::OpenEnd { line: 12 }]);
    let odd = whole(
        &text(0..9)
            .replace("\"EMG\"", "\"LÜX\"")
            .replace("2017-5-22", "today"),
    );
    assert_eq!(
        odd.findings,
        [
            Finding::UnknownSensor {
                name: "LÜX".to_owned()
            },
            Finding::NoStart
        ]
    );
    assert_eq!(
        odd.recording.named("LÜX").unwrap().modality,
        Modality::Other
    );
    assert_eq!(whole(HEAD).recording.duration(), 0.0);
    let folder = tempfile::tempdir().unwrap();
    let error = read(folder.path()).unwrap_err().to_string();
    assert!(error.contains("give a file, not a folder"), "{error}");
    let path = folder.path().join("S 2_respibän.txt");
    fs::write(&path, text(0..9)).unwrap();
    assert!(read(&path).unwrap().recording == plain.recording);
}

proptest! {
    #[test]
    fn stretches_together_are_the_whole(
        seconds in prop_oneof![Just(0.0), Just(f64::NAN), Just(-1.0), 0.001..1.0f64],
        lost in prop::collection::vec(0u64..5, 1..120),
    ) {
        let counted = lost.iter().scan(0u64, |next, lost| {
            *next += lost + 1;
            Some(*next)
        });
        let text = text(counted);
        let whole = whole(&text);
        let mut reader = open(&text).unwrap();
        let mut joined = reader.header().clone();
        for channel in &mut joined.channels {
            channel.timing = Timing::Regular { rate: 700.0, segments: vec![] };
        }
        while let Some(block) = reader.next_block(seconds).unwrap() {
            for (channel, part) in joined.channels.iter_mut().zip(block.channels) {
                prop_assert!(!part.is_empty());
                let (Samples::U16(all), Samples::U16(more)) = (&mut channel.samples, &part.samples) else { panic!() };
                let (Timing::Regular { segments, .. }, Timing::Regular { segments: parts, .. }) = (&mut channel.timing, &part.timing) else { panic!() };
                for part in parts {
                    let first = all.len() / channel.axes + part.first;
                    // A stretch begins a segment only where a gap is.
                    let follows = segments.last().is_some_and(|last: &Segment| {
                        (last.start + (first - last.first) as f64 / 700.0 - part.start).abs() < 1e-9
                    });
                    if !follows {
                        segments.push(Segment { start: part.start, first });
                    }
                }
                all.extend(more);
            }
        }
        prop_assert!(joined == whole.recording);
        prop_assert_eq!(reader.findings(), whole.findings);
    }
}
