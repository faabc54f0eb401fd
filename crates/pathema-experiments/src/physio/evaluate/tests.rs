use std::fs;
use std::path::Path;

use pathema_physio::compare::Criteria;
use pathema_signal::wfdb::{self, Annotation, Annotations, Code};
use pathema_signal::{Channel, Conversion, Modality, Recording, Samples, Timing};

use super::*;

const RATE: f64 = 250.0;

/// The sample of a beat: some 0.8 s apart, a little early and late in turn.
fn beat(index: i64) -> i64 {
    100 + 200 * index + 10 * (index % 3)
}

/// A minute of beats, seen so many seconds late.
fn write(folder: &Path, record: &str, names: &[(&str, Modality, f64)]) {
    let conversion = Conversion::Adc {
        baseline: 0.0,
        gain: 1000.0,
        missing: Some(-32768),
    };
    let channels = names.iter().map(|&(name, modality, late)| {
        let width = if modality == Modality::Bvp {
            0.1
        } else {
            0.012
        };
        let sample = |index: i32| {
            let time = f64::from(index) / RATE - late;
            let near = (time / 0.8).floor() as i64;
            let phase = (near - 1..=near + 1)
                .map(|index| time - beat(index) as f64 / RATE)
                .fold(f64::INFINITY, |least: f64, phase| {
                    if phase.abs() < least.abs() {
                        phase
                    } else {
                        least
                    }
                });
            // Two sines keep the signal from repeating a value, which would pass for a sensor that is off.
            let hum =
                0.01 * (0.7 * f64::from(index)).sin() + 0.01 * (0.31 * f64::from(index)).sin();
            (1000.0 * ((-0.5 * (phase / width).powi(2)).exp() + hum)).round() as i16
        };
        let samples = Samples::I16((0..15_000).map(sample).collect());
        Channel::new(name, modality, "mV", Timing::regular(RATE), samples).converted(conversion)
    });
    let recording = Recording {
        channels: channels.collect(),
        ..Recording::default()
    };
    wfdb::write(&folder.join(record), &recording, wfdb::Format::F16).unwrap();
}

fn annotate(folder: &Path, record: &str, beats: impl Iterator<Item = i64>) {
    let note = Annotation::new(0, Code::RHYTHM);
    let beats = beats.map(|sample| Annotation::new(sample, Code::NORMAL));
    let annotations = Annotations {
        items: [note].into_iter().chain(beats).collect(),
        ..Annotations::default()
    };
    let file = folder.join(format!("{record}.atr"));
    wfdb::write_annotations(&file, &annotations).unwrap();
}

fn evaluation(folder: &Path) -> Evaluation {
    let criteria = vec![Criteria::within(0.15), Criteria::within(0.05)];
    let names = records(folder).unwrap();
    Evaluation {
        folder: "database".into(),
        records: names
            .iter()
            .map(|name| evaluate(folder, name, &criteria))
            .collect(),
        criteria,
    }
}

#[test]
fn records_are_judged_and_what_cannot_be_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let leads = [
        ("V5", Modality::Ecg, 0.1),
        ("MLII", Modality::Ecg, 0.0),
        ("PLETH", Modality::Bvp, 0.25),
    ];
    write(folder, "a", &leads);
    // Every beat, 0.4 s, 1.2 s, …
    annotate(folder, "a", (0..75).map(beat));
    // Another record knows of every second beat only.
    write(folder, "b", &leads[..1]);
    annotate(folder, "b", (0..37).map(|index| 25 + beat(2 * index)));
    write(folder, "no_annotations", &leads);
    write(folder, "no_beats", &leads);
    annotate(folder, "no_beats", 0..0);
    write(folder, "no_signal", &[("RESP", Modality::Resp, 0.0)]);
    annotate(folder, "no_signal", (0..75).map(beat));
    write(folder, "cut_short", &leads);
    annotate(folder, "cut_short", (0..75).map(beat));
    let data = folder.join("cut_short.dat");
    let bytes = fs::read(&data).unwrap();
    fs::write(&data, &bytes[..bytes.len() / 2]).unwrap();

    let evaluation = evaluation(folder);
    let told = table(&evaluation).replace(&folder.display().to_string(), "database");
    insta::assert_snapshot!(told);
    let rows = rows(&evaluation);
    let gross: Vec<_> = rows.iter().filter(|row| row.record == "gross").collect();
    assert_eq!(gross.len(), 2, "one a tolerance, of the ECG alone");
    let written = evaluation.to_table().unwrap();
    assert_eq!(written.rows(), rows.len());
    assert!(written.column("fn").is_some());
}

#[test]
fn a_list_of_records_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a", &[("ECG", Modality::Ecg, 0.0)]);
    write(folder, "b", &[("ECG", Modality::Ecg, 0.0)]);
    assert_eq!(records(folder).unwrap(), ["a", "b"]);
    fs::write(folder.join("RECORDS"), "b\r\n\nmissing\n").unwrap();
    assert_eq!(records(folder).unwrap(), ["b", "missing"]);
    let missing = evaluate(folder, "missing", &[]);
    assert!(missing.error.unwrap().contains("missing"));
}

#[test]
fn a_folder_without_records_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(records(folder.path()).is_err());
    fs::write(folder.path().join("EDA.csv"), "1495437325\n4\n0.31\n").unwrap();
    let error = records(folder.path()).unwrap_err().to_string();
    assert!(
        error.contains("WFDB records, and found Empatica E4"),
        "{error}"
    );
}
