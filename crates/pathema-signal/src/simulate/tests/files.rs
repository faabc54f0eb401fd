//! What is written, and what is not.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::tempdir;

use super::super::folder::{write_json, write_pickle};
use super::super::questionnaire::clock;
use super::super::{
    MAX_SUBJECTS, Session, SimulateError, SimulationConfig, Truth, pickle, session, write,
};
use super::{config, full};
use crate::{Channel, Label, LabelRun, Modality, Placement, Recording, Samples, Timing};

fn quiet(_: &str, _: usize, _: usize) {}

/// Path and SHA-256 of every file below a folder, sorted.
fn digests(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let digest = Sha256::digest(fs::read(&path).unwrap());
                let hex = digest.iter().map(|byte| format!("{byte:02x}")).collect();
                found.push((path.strip_prefix(folder).unwrap().to_path_buf(), hex));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let root = tempdir().unwrap();
    let made = |name: &str, seed| {
        let one = SimulationConfig {
            subjects: 1,
            ..config(seed)
        };
        let root = root.path().join(name);
        write(&root, &one, &mut quiet).unwrap();
        digests(&root)
    };
    let first = made("first", 1);
    let paths: Vec<_> = first
        .iter()
        .map(|file| file.0.display().to_string())
        .collect();
    let expected = [
        "WESAD/S2/S2.pkl",
        "WESAD/S2/S2_quest.csv",
        "WESAD/S2/S2_readme.txt",
        "WESAD/S2/S2_truth.json",
        "WESAD/simulation.json",
    ];
    assert_eq!(paths, expected);
    assert_eq!(first, made("again", 1));
    let other = made("other", 2);
    for (a, b) in first
        .iter()
        .zip(&other)
        .filter(|(a, _)| !a.0.ends_with("S2_readme.txt"))
    {
        assert_ne!(a.1, b.1, "{}", a.0.display());
    }
    let text = fs::read(root.path().join("first/WESAD/S2/S2_truth.json")).unwrap();
    let truth: Truth = serde_json::from_slice(&text).unwrap();
    // No assert_eq: it would print some ten thousand numbers.
    assert!(truth == session(&config(1), 0).truth.rounded(6));
}

#[test]
fn a_subject_does_not_depend_on_how_many_there_are() {
    let made = |subjects| {
        session(
            &SimulationConfig {
                subjects,
                ..config(4)
            },
            1,
        )
    };
    let (few, many) = (made(2), made(300));
    // No assert_eq: it would print millions of numbers.
    assert!(few.recording == many.recording && few.truth == many.truth);
    assert!(few.truth.r_peaks != session(&config(4), 0).truth.r_peaks);
}

#[test]
fn the_folder_appears_only_when_whole() {
    let root = tempdir().unwrap();
    let target = root.path().join("WESAD");
    // What a killed run has left does no harm, and is not touched.
    fs::create_dir(root.path().join(".WESAD-partial-0")).unwrap();
    let mut seen = Vec::new();
    let two = SimulationConfig {
        subjects: 2,
        ..config(9)
    };
    write(root.path(), &two, &mut |subject, done, total| {
        assert!(!target.exists());
        seen.push((subject.to_owned(), done, total));
    })
    .unwrap();
    assert_eq!(seen, [("S2".to_owned(), 1, 2), ("S3".to_owned(), 2, 2)]);
    let mut left: Vec<_> = fs::read_dir(root.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, [".WESAD-partial-0", "WESAD"]);
    // And is never overwritten.
    let error = write(root.path(), &two, &mut quiet).unwrap_err();
    assert!(matches!(error, SimulateError::Exists { path } if path == target));
}

#[test]
fn errors_name_the_file_and_leave_nothing_behind() {
    let root = tempdir().unwrap();
    let file = root.path().join("file");
    fs::write(&file, "").unwrap();
    let error = write(&file.join("below"), &config(1), &mut quiet).unwrap_err();
    assert!(matches!(&error, SimulateError::Write { .. }));
    assert!(
        error.to_string().contains(&*file.to_string_lossy()),
        "{error}"
    );

    // A folder in the way of the rename, made while the last subject is being written.
    let target = root.path().join("WESAD");
    let one = SimulationConfig {
        subjects: 1,
        ..config(1)
    };
    let error = write(root.path(), &one, &mut |_, _, _| {
        fs::create_dir(&target).unwrap()
    });
    assert!(matches!(error, Err(SimulateError::Exists { .. })));
    let mut left: Vec<_> = fs::read_dir(root.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["WESAD", "file"]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_names_the_file_and_the_way_out() {
    let full = Path::new("/dev/full");
    let session = tiny();
    for error in [
        write_pickle(full, &session).unwrap_err(),
        write_json(full, &session.truth).unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(text.starts_with("cannot write /dev/full: "), "{text}");
        assert!(text.contains("free some space"), "{text}");
    }
}

#[test]
fn the_number_of_subjects_is_checked() {
    for subjects in [0, MAX_SUBJECTS + 1, usize::MAX] {
        let error = write(
            Path::new("never"),
            &SimulationConfig {
                subjects,
                ..config(1)
            },
            &mut quiet,
        );
        assert!(matches!(error, Err(SimulateError::Subjects { found }) if found == subjects));
        assert!(!Path::new("never").exists());
    }
}

/// A session small enough to read its pickle by eye: two labels, two samples a channel.
fn tiny() -> Session {
    let channel = |placement, modality: Modality, rate, axes, samples| {
        let name = if placement == Placement::Chest && modality == Modality::Temp {
            "Temp"
        } else {
            modality.name()
        };
        Channel::new(name, modality, "", Timing::regular(rate), samples)
            .worn(placement)
            .with_axes(axes)
    };
    let run = |label, start, end| LabelRun { label, start, end };
    Session {
        recording: Recording {
            subject: "S2".into(),
            channels: vec![
                channel(
                    Placement::Chest,
                    Modality::Acc,
                    700.0,
                    3,
                    Samples::F64(vec![0.5, -1.0, 2.0, 3.0, 4.0, 5.0]),
                ),
                channel(
                    Placement::Chest,
                    Modality::Temp,
                    700.0,
                    1,
                    Samples::F32(vec![33.5, 34.25]),
                ),
                channel(
                    Placement::Wrist,
                    Modality::Eda,
                    4.0,
                    1,
                    Samples::F64((0..300).map(f64::from).collect()),
                ),
            ],
            labels: vec![
                run(Label::Transient, 0.0, 1.0 / 700.0),
                run(Label::Stress, 1.0 / 700.0, 2.0 / 700.0),
            ],
            ..Recording::default()
        },
        ..session(&config(1), 0)
    }
}

/// `tiny.pkl` was written by this code and read by Python; `check_tiny.py` says what must be in it.
#[test]
fn the_pickle_is_what_python_read() {
    let mut bytes = Vec::new();
    let session = tiny();
    pickle::write(&mut bytes, &session, |source| {
        SimulateError::writing(Path::new("memory"))(source)
    })
    .unwrap();
    if std::env::var_os("PATHEMA_BLESS").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/simulate/tests/tiny.pkl");
        fs::write(path, &bytes).unwrap();
    }
    assert!(bytes == include_bytes!("tiny.pkl"), "{} bytes", bytes.len());
}

#[test]
fn labels_are_written_at_700_hz() {
    let run = |label, start, end| LabelRun { label, start, end };
    let runs = [
        run(Label::Transient, 0.0, 35.0),
        run(Label::Ignored(5), 35.0, 62.0),
    ];
    let codes = pickle::labels(&runs);
    assert_eq!(codes.len(), 62 * 700);
    assert_eq!((codes[35 * 700 - 1], codes[35 * 700]), (0, 5));
}

#[test]
fn times_are_minutes_and_seconds_without_trailing_zeros() {
    for (seconds, text) in [
        (428.0, "7.08"),
        (3030.0, "50.3"),
        (120.0, "2"),
        (600.0, "10"),
        (6015.0, "100.15"),
    ] {
        assert_eq!(clock(seconds), text);
    }
}

#[test]
fn questionnaires_have_the_official_layout() {
    let session = session(&config(3), 2);
    let text = session.answers.file(&session.subject, &session.intervals);
    let rows: Vec<Vec<&str>> = text
        .split_terminator("\r\n")
        .map(|row| row.split(';').collect())
        .collect();
    assert!(rows.iter().all(|row| row.len() == 27), "{text}");
    assert_eq!(rows[0][..2], ["# Subj", "S4"]);
    let keys: Vec<&str> = rows
        .iter()
        .map(|row| row[0])
        .filter(|key| !key.is_empty())
        .collect();
    let expected: Vec<&str> = [
        ("# Subj", 1),
        ("# ORDER", 1),
        ("# START", 1),
        ("# END", 1),
        ("# PANAS", 5),
        ("# STAI", 5),
        ("# DIM", 5),
        ("# SSSQ", 1),
    ]
    .into_iter()
    .flat_map(|(key, times)| vec![key; times])
    .collect();
    assert_eq!(keys, expected);
    for row in rows
        .iter()
        .filter(|row| row[0] == "# PANAS")
        .zip(&session.intervals)
    {
        let (row, interval) = row;
        let items = row[1..].iter().filter(|field| !field.is_empty()).count();
        assert_eq!(
            items,
            if interval.label == Label::Stress {
                26
            } else {
                24
            }
        );
        assert!(row[1..=items].iter().all(|item| ("1"..="5").contains(item)));
    }
    // In the long protocol the reading blocks stand at the end of the row.
    let schedule = super::super::schedule::Schedule::new(&full(3), 2);
    let text = session.answers.file("S4", &schedule.intervals);
    let order = text.lines().nth(1).unwrap().trim_end_matches(';');
    let readings = if schedule.stress_first {
        "bRead;sRead;fRead"
    } else {
        "bRead;fRead;sRead"
    };
    assert!(order.ends_with(readings), "{order}");
}
