//! Exports of the Empatica E4, made here.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use pathema_signal::empatica::{self, Finding, Reader};
use pathema_signal::{Blocks, Modality, Placement, Recording, Samples, Start, Timing};
use proptest::prelude::*;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A session of five seconds, as the device writes it.
pub(crate) fn files() -> Vec<(&'static str, String)> {
    let rows =
        |count: usize, row: &dyn Fn(usize) -> String| -> String { (0..count).map(row).collect() };
    let acc = "1495437325.000000, 1495437325.000000, 1495437325.000000\n32.000000, 32.000000, 32.000000\n";
    vec![
        (
            "ACC.csv",
            acc.to_owned() + &rows(160, &|i| format!("{},-6,{}\n", i % 100, 127 - i % 9)),
        ),
        (
            "BVP.csv",
            "1495437325.00\n64.000000\n-0.00\n".to_owned()
                + &rows(319, &|i| format!("{:.2}\n", 40.0 - i as f64 / 3.0)),
        ),
        (
            "EDA.csv",
            "1495437325.000000\n4.000000\n0.000000\n".to_owned()
                + &rows(19, &|i| format!("{:.6}\n", 0.3 + i as f64 / 7.0)),
        ),
        (
            "TEMP.csv",
            "1495437325.000000\n4.000000\n382.18\n382.18\n".to_owned()
                + &rows(18, &|i| format!("{:.2}\n", 33.0 + i as f64 / 50.0)),
        ),
        (
            "HR.csv",
            "1495437335.000000\n1.000000\n101.00\n106.50\n".to_owned(),
        ),
        (
            "IBI.csv",
            "1495437325.000000, IBI\n1.313155,0.765660\n2.203821,0.890666\n".to_owned(),
        ),
        ("tags.csv", "1495437327.25\n".to_owned()),
        ("info.txt", "notes\n".to_owned()),
    ]
}

/// The same with one file another, or away.
fn with(name: &'static str, text: Option<&str>) -> Vec<(&'static str, String)> {
    let mut files = files();
    files.retain(|(known, _)| *known != name);
    files.extend(text.map(|text| (name, text.to_owned())));
    files
}

fn folder(files: &[(&str, String)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), files);
    folder
}

fn put(folder: &Path, files: &[(&str, String)]) {
    fs::create_dir_all(folder).unwrap();
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
}

pub(crate) fn zip(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn bytes(files: &[(&'static str, String)], prefix: &str) -> Vec<u8> {
    let files: Vec<(String, Vec<u8>)> = files
        .iter()
        .map(|(name, text)| (format!("{prefix}{name}"), text.clone().into_bytes()))
        .collect();
    let files: Vec<(&str, Vec<u8>)> = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.clone()))
        .collect();
    zip(&files)
}

fn expected() -> Vec<Finding> {
    vec![
        Finding::Unsettled {
            channel: "BVP".to_owned(),
            count: 1,
            value: 0.0,
        },
        Finding::Unsettled {
            channel: "EDA".to_owned(),
            count: 1,
            value: 0.0,
        },
        Finding::Unsettled {
            channel: "TEMP".to_owned(),
            count: 2,
            value: 382.18,
        },
    ]
}

#[test]
fn a_session_channel_by_channel() {
    let folder = folder(&files());
    let session = empatica::read(folder.path()).unwrap();
    assert_eq!(session.findings, expected());
    let recording = &session.recording;
    let Some(Start::Instant(start)) = recording.start else {
        panic!()
    };
    assert_eq!(start.to_string(), "2017-05-22T07:15:25Z");
    let channel = |modality| recording.channel(Placement::Wrist, modality).unwrap();

    let acc = channel(Modality::Acc);
    assert_eq!(
        (acc.rate(), acc.axes, acc.len(), acc.end()),
        (Some(32.0), 3, 160, 5.0)
    );
    assert_eq!(
        acc.values(1..2)[..],
        [1.0 / 64.0, -6.0 / 64.0, 126.0 / 64.0]
    );
    assert!(matches!(acc.samples, Samples::I16(_)));
    let bvp = channel(Modality::Bvp);
    assert_eq!((bvp.rate(), bvp.len()), (Some(64.0), 320));
    assert!(bvp.all()[0].is_sign_negative());
    assert_eq!(channel(Modality::Eda).all()[..2], [0.0, 0.3]);
    assert_eq!(channel(Modality::Temp).all()[1..3], [382.18, 33.0]);
    let hr = channel(Modality::HeartRate);
    assert_eq!(
        (hr.start(), hr.end(), hr.unit.as_ref()),
        (10.0, 12.0, "1/min")
    );
    let ibi = channel(Modality::Ibi);
    assert_eq!(ibi.timing, Timing::Irregular(vec![1.313155, 2.203821]));
    assert_eq!(ibi.all()[..], [0.765660, 0.890666]);
    let tag = &recording.annotations[0];
    assert_eq!((tag.span.start, tag.text.as_str()), (2.25, "tag"));
}

#[test]
fn values_are_those_that_python_reads() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden/e4");
    let recording = empatica::read(&golden).unwrap().recording;
    for modality in [Modality::Bvp, Modality::Eda, Modality::Temp] {
        let channel = recording.channel(Placement::Wrist, modality).unwrap();
        let bits = fs::read_to_string(golden.join(format!("{modality}.bits"))).unwrap();
        let expected: Vec<&str> = bits.lines().collect();
        let found: Vec<String> = channel
            .all()
            .iter()
            .map(|value| format!("{:016x}", value.to_bits()))
            .collect();
        assert_eq!(found, expected, "{modality}");
    }
}

#[test]
fn wherever_the_files_lie_they_are_the_same() {
    let direct = folder(&files());
    let expected = empatica::read(direct.path()).unwrap().recording;
    let place = tempfile::tempdir().unwrap();
    let check = |name: &str, path: &Path| {
        let found = empatica::read(path).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(found.recording == expected, "{name}");
    };
    put(&place.path().join("down/Gerät 1"), &files());
    check("one down", &place.path().join("down"));
    let flat = place.path().join("flat.zip");
    fs::write(&flat, bytes(&files(), "")).unwrap();
    check("zip", &flat);
    let deep = place.path().join("deep.zip");
    fs::write(&deep, bytes(&files(), "A01 Ä/")).unwrap();
    check("zip, one down", &deep);
    let outer = place.path().join("outer.zip");
    fs::write(
        &outer,
        zip(&[
            ("S2_E4_Data.zip", bytes(&files(), "")),
            ("__MACOSX/._S2_E4_Data.zip", vec![1]),
        ]),
    )
    .unwrap();
    check("zip in a zip", &outer);
    let held = place.path().join("held");
    fs::create_dir(&held).unwrap();
    fs::write(held.join("S2_E4_Data.zip"), bytes(&files(), "E4/")).unwrap();
    check("zip in a folder", &held);
}

#[test]
fn what_is_no_session_says_so() {
    let place = tempfile::tempdir().unwrap();
    let empty = empatica::read(place.path()).unwrap_err().to_string();
    assert!(empty.contains("Empatica E4's ACC.csv"), "{empty}");
    put(&place.path().join("left"), &files());
    put(&place.path().join("right"), &files());
    let two = empatica::read(place.path()).unwrap_err().to_string();
    assert!(two.contains("2 folders (left, right, …)"), "{two}");
    let error = empatica::read(Path::new("no/such/folder"))
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("no/such/folder: "), "{error}");
    // A zip in a zip in a zip is not looked into.
    let one = bytes(&files(), "");
    let three = zip(&[("b.zip", zip(&[("a.zip", one)]))]);
    let path = place.path().join("c.zip");
    fs::write(&path, three).unwrap();
    let deep = empatica::read(&path).unwrap_err().to_string();
    assert!(deep.contains("in no format that is known here"), "{deep}");
}

#[test]
fn bad_files_name_the_line_and_the_way_out() {
    #[track_caller]
    fn check(name: &'static str, text: &str, expected: &str) {
        let folder = folder(&with(name, Some(text)));
        let error = empatica::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains(expected), "{error}");
        // By stretches it is found as well.
        let mut reader = match Reader::open(folder.path()) {
            Ok(reader) => reader,
            Err(head) => return assert_eq!(head.to_string(), error),
        };
        loop {
            match reader.next_block(0.7) {
                Ok(block) => assert!(block.is_some(), "{name}: no error"),
                Err(found) => return assert_eq!(found.to_string(), error),
            }
        }
    }
    check(
        "EDA.csv",
        "1495437325\n4\n0,25\n",
        "line 3: \"0,25\", expected one number; write decimals with a point",
    );
    check(
        "EDA.csv",
        "1495437325\n4\n0.25\n\n0.5\n",
        "line 4: an empty line",
    );
    check("EDA.csv", "1495437325\n4\n0.25\nnan\n", "line 4: \"nan\"");
    check(
        "EDA.csv",
        "1495437325\n4\n0.25\n1e999\n",
        "line 4: \"1e999\"",
    );
    check(
        "EDA.csv",
        "1495437325\n4\n0.250000\n0.2534",
        "line 4: \"0.2534\" and no end of line, expected 6 decimals",
    );
    check("EDA.csv", "1495437325\n0\n0.25\n", "line 2: a rate of 0 Hz");
    check(
        "EDA.csv",
        "1495437325\n-4\n0.25\n",
        "line 2: a rate of -4 Hz",
    );
    check("EDA.csv", "1495437325\n", "line 2: the end of the file");
    check(
        "EDA.csv",
        "1495437325000\n4\n0.25\n",
        "line 1: \"1495437325000\", expected the start in Unix seconds (not milliseconds)",
    );
    check("EDA.csv", "time\n4\n0.25\n", "line 1: \"time\"");
    check(
        "EDA.csv",
        "1495437325, 1495437325\n4\n0.25\n",
        "line 1: \"1495437325, 1495437325\" of 2 columns",
    );
    check(
        "ACC.csv",
        "1495437325\n32\n1,2,3\n",
        "of 1 columns, expected the start in Unix seconds, once a column (3)",
    );
    check(
        "ACC.csv",
        "1, 1, 1\n32, 32, 31\n1,2,3\n",
        "line 2: columns that do not agree",
    );
    check(
        "ACC.csv",
        "1, 1, 1\n32, 32, 32\n1,2\n",
        "line 3: \"1,2\", expected three whole numbers",
    );
    check(
        "ACC.csv",
        "1, 1, 1\n32, 32, 32\n1,2,3,4\n",
        "line 3: \"1,2,3,4\"",
    );
    check(
        "ACC.csv",
        "1, 1, 1\n32, 32, 32\n1,2,3\n1.5,2,3\n",
        "line 4: \"1.5,2,3\"",
    );
    check(
        "ACC.csv",
        "1, 1, 1\n32, 32, 32\n1,2,3\n1,2,",
        "line 4: \"1,2,\", expected three whole numbers, in 1/64 g; the file was cut",
    );
    check(
        "ACC.csv",
        "1, 1, 1\n32, 32, 32\n1,2,40000\n",
        "line 3: \"1,2,40000\"",
    );
    check(
        "IBI.csv",
        "1495437325\n1.3,0.7\n",
        "line 1: \"1495437325\", expected the start in Unix seconds, a comma and IBI",
    );
    check("IBI.csv", "1495437325, IBI\n1.3\n", "line 2: \"1.3\"");
    check(
        "IBI.csv",
        "1495437325, IBI\n1.3,0.7\n1.2,0.7\n",
        "line 3: time 1.2 s after 1.3 s, expected times that ascend",
    );
    check(
        "IBI.csv",
        "1495437325, IBI\n1.3,0.765\n1.9,0.7",
        "line 3: \"1.9,0.7\" and no end of line",
    );
    check(
        "tags.csv",
        "1495437327.25\npressed\n",
        "line 2: \"pressed\"",
    );
}

#[test]
fn findings_of_files_that_are_odd() {
    #[track_caller]
    fn check(name: &'static str, text: Option<&str>, expected: &str) {
        let folder = folder(&with(name, text));
        let session = empatica::read(folder.path()).unwrap();
        let found: Vec<String> = session.findings.iter().map(Finding::to_string).collect();
        assert!(found.iter().any(|finding| finding == expected), "{found:?}");
    }
    check("HR.csv", None, "HR.csv is missing");
    check("tags.csv", None, "tags.csv is missing");
    check("IBI.csv", Some(""), "IBI.csv holds no sample");
    check(
        "IBI.csv",
        Some("1495437325.0, IBI\n"),
        "IBI.csv holds no sample",
    );
    check(
        "EDA.csv",
        Some("1495437325\n4\n"),
        "EDA.csv holds no sample",
    );
    check(
        "EDA.csv",
        Some("1495437325\n4\n0.25\n0.50"),
        "EDA.csv ends within line 4, which is kept; compare its size with the original",
    );
    check(
        "EDA.csv",
        Some("1495437326.5\n4\n0.25\n"),
        "EDA starts 1.5 s after the earliest channel",
    );
    check(
        "EDA.csv",
        Some("1495437325\n4\n0.25\n"),
        "EDA ends 4.75 s before the last channel",
    );
    check(
        "tags.csv",
        Some("1495437425\n"),
        "a tag at 100 s lies outside what the sensors recorded",
    );
}

#[test]
fn line_ends_marks_and_names_make_no_difference() {
    let plain = folder(&files());
    let expected = empatica::read(plain.path()).unwrap();
    let crlf: Vec<_> = files()
        .into_iter()
        .map(|(name, text)| (name, format!("\u{feff}{}", text.replace('\n', "\r\n"))))
        .collect();
    let found = empatica::read(folder(&crlf).path()).unwrap();
    assert!(found.recording == expected.recording);
    assert_eq!(found.findings, expected.findings);
    let shouted: Vec<(String, String)> = files()
        .into_iter()
        .map(|(name, text)| (name.to_uppercase(), text + "\n\n"))
        .collect();
    let shouted: Vec<(&str, String)> = shouted
        .iter()
        .map(|(name, text)| (name.as_str(), text.clone()))
        .collect();
    let found = empatica::read(folder(&shouted).path()).unwrap();
    assert!(found.recording == expected.recording);
    let tagged: Vec<_> = files()
        .into_iter()
        .map(|(name, text)| {
            (
                if name == "tags.csv" {
                    "tags_S01.csv"
                } else {
                    name
                },
                text,
            )
        })
        .collect();
    assert!(empatica::read(folder(&tagged).path()).unwrap().recording == expected.recording);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(&files());
    let path = folder.path().join("BVP.csv");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&path).is_ok() {
        // Root reads everything.
        return;
    }
    let error = empatica::read(folder.path()).unwrap_err().to_string();
    assert!(
        error.contains("BVP.csv") && error.contains("give yourself the right"),
        "{error}"
    );
}

/// Puts stretches together again, and checks their times on the way.
fn joined(reader: &mut Reader, seconds: f64) -> Recording {
    let mut whole = reader.header().clone();
    while let Some(block) = reader.next_block(seconds).unwrap() {
        assert!(block.channels.iter().any(|channel| !channel.is_empty()));
        for (channel, part) in whole.channels.iter_mut().zip(block.channels) {
            if part.is_empty() {
                continue;
            }
            if let Timing::Regular { .. } = channel.timing {
                assert!((part.start() - channel.timing.time(channel.len())).abs() < 1e-9);
            }
            match (&mut channel.samples, part.samples) {
                (Samples::I16(all), Samples::I16(more)) => all.extend(more),
                (Samples::F64(all), Samples::F64(more)) => all.extend(more),
                _ => panic!("formats differ"),
            }
            if let (Timing::Irregular(all), Timing::Irregular(more)) =
                (&mut channel.timing, part.timing)
            {
                all.extend(more);
            }
        }
    }
    whole
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn stretches_together_are_the_whole(seconds in prop_oneof![Just(0.0), Just(f64::NAN), 0.01..20.0f64]) {
        let folder = folder(&files());
        let whole = empatica::read(folder.path()).unwrap();
        let mut reader = Reader::open(folder.path()).unwrap().worn(Placement::Wrist);
        let joined = joined(&mut reader, seconds);
        prop_assert!(joined == whole.recording);
        prop_assert_eq!(reader.findings(), whole.findings);
    }

    #[test]
    fn values_come_back_as_they_were_written(
        eda in prop::collection::vec(-1e3..1e3f64, 1..200),
        acc in prop::collection::vec(prop::array::uniform3(-128i16..128), 1..200),
    ) {
        let text = |head: &str, rows: Vec<String>| format!("{head}{}\n", rows.join("\n"));
        let files = [
            ("EDA.csv", text("10\n4\n", eda.iter().map(f64::to_string).collect())),
            ("ACC.csv", text("10,10,10\n32,32,32\n", acc.iter().map(|[x, y, z]| format!("{x},{y},{z}")).collect())),
        ];
        let recording = empatica::read(folder(&files).path()).unwrap().recording;
        let read = recording.channel(Placement::Wrist, Modality::Eda).unwrap();
        prop_assert_eq!(&read.all()[..], &eda[..]);
        let read = recording.channel(Placement::Wrist, Modality::Acc).unwrap();
        prop_assert_eq!(&read.samples, &Samples::I16(acc.concat()));
    }
}

#[test]
fn tags_outside_of_the_samples_come_with_the_first_and_the_last_block() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("EDA.csv"),
        "100\n4\n0.3\n0.3\n0.3\n0.3\n0.3\n0.3\n0.3\n0.3\n",
    )
    .unwrap();
    std::fs::write(folder.path().join("tags.csv"), "99.5\n101.25\n102.5\n").unwrap();
    let whole = empatica::read(folder.path()).unwrap().recording.annotations;
    let mut reader = empatica::Reader::open(folder.path()).unwrap();
    let mut blocks = Vec::new();
    while let Some(block) = reader.next_block(1.0).unwrap() {
        blocks.extend(block.annotations);
    }
    assert_eq!(whole.len(), 3);
    assert_eq!(blocks, whole);
}

#[test]
fn one_sample_without_an_end_of_line_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("EDA.csv"),
        "1495437325.000000\n4.000000\n0.31",
    )
    .unwrap();
    let session = empatica::read(folder.path()).unwrap();
    assert_eq!(session.recording.channels[0].all()[..], [0.31]);
}
