//! Files that pyedflib wrote are read as pyedflib reads them, and ours are those of which it read the same:
//! `golden/edf/make_edf.py` made both the files and `expected.json`.

use std::path::Path;

use jiff::civil::date;
use pathema_signal::edf::{self, Format, Options};
use pathema_signal::{
    Annotation, Channel, Conversion, Modality, Placement, Recording, Samples, Sex, Start, Timing,
};
use serde_json::Value;

use super::bytes;
use crate::support::golden;

fn expected(name: &str) -> Value {
    let all: Value = serde_json::from_slice(&golden("edf/expected.json")).unwrap();
    all[name].clone()
}

#[track_caller]
fn check(recording: &Recording, expected: &Value) {
    let texts = ["label", "transducer", "prefilter", "unit"];
    let signals = expected["signals"].as_array().unwrap();
    let count: usize = recording.channels.iter().map(|channel| channel.axes).sum();
    assert_eq!(signals.len(), count);
    let mut signals = signals.iter();
    for channel in &recording.channels {
        for axis in 0..channel.axes {
            let signal = signals.next().unwrap();
            let [label, ..] = texts.map(|key| signal[key].as_str().unwrap());
            assert!(label.starts_with(&channel.name), "{label}");
            assert_eq!(signal["rate"].as_f64(), channel.rate());
            assert_eq!(signal["count"], channel.len());
            let values = channel.all();
            let stored = |index: usize| channel.samples.get(index * channel.axes + axis);
            let sum: f64 = (0..channel.len()).map(stored).sum();
            assert_eq!(signal["digital_sum"].as_f64(), Some(sum), "{label}");
            let span = values
                .iter()
                .fold(0.0_f64, |most, value| most.max(value.abs()));
            let digital = signal["digital"].as_array().unwrap().iter();
            let physical = signal["physical"].as_array().unwrap().iter();
            for (index, (digital, physical)) in digital.zip(physical).enumerate() {
                assert_eq!(digital.as_f64(), Some(stored(index)));
                let value = values[index * channel.axes + axis];
                assert!(
                    (physical.as_f64().unwrap() - value).abs() <= 1e-12 * span,
                    "{label} {physical} {value}"
                );
            }
        }
    }
    let annotations = expected["annotations"].as_array().unwrap();
    assert_eq!(
        annotations.len(),
        recording.annotations.len() + recording.labels.len()
    );
    for annotation in &recording.annotations {
        let found = annotations.iter().any(|other| {
            // pyedflib says -1 where there is no duration.
            let duration = other[1].as_f64().unwrap().max(0.0);
            other[2].as_str().unwrap().starts_with(&annotation.text)
                && (other[0].as_f64().unwrap() - annotation.span.start).abs() < 1e-6
                && (duration - annotation.span.duration()).abs() < 1e-6
        });
        assert!(found, "{annotation:?}");
    }
}

#[test]
fn files_of_pyedflib() {
    for name in ["plus.edf", "plain.edf", "plus.bdf"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden/edf");
        let recording = edf::read(&folder.join(name)).unwrap();
        check(&recording, &expected(name));
        let described: Vec<(&str, Modality, &str)> = recording
            .channels
            .iter()
            .map(|channel| (&channel.name[..], channel.modality, &channel.unit[..]))
            .collect();
        assert_eq!(
            described,
            [
                ("EEG Fpz-Cz", Modality::Eeg, "µV"),
                ("Resp oro-nasal", Modality::Resp, ""),
                ("EDA", Modality::Eda, "µS"),
                ("Temp rectal", Modality::Temp, "°C"),
            ]
        );
        let Some(Start::Local(start)) = recording.start else {
            panic!()
        };
        assert_eq!(start, date(2002, 3, 2).at(22, 59, 58, 0));
        let notes = recording.person.notes.join("\n");
        assert!(
            notes.contains("prefilter of EEG Fpz-Cz: HP:0.1Hz LP:75Hz"),
            "{notes}"
        );
        assert!(
            notes.contains("transducer of EEG Fpz-Cz: AgAgCl electrode"),
            "{notes}"
        );
        if name != "plain.edf" {
            assert_eq!(recording.subject, "MCH-0234567");
            assert_eq!(
                (recording.person.sex, recording.person.age),
                (Some(Sex::Male), Some(50.0))
            );
            for note in [
                "name: Haagse Harry",
                "birthdate: 1951-05-02",
                "technician: NN",
                "equipment: Telemetry03",
            ] {
                assert!(
                    recording.person.notes.iter().any(|other| other == note),
                    "{notes}"
                );
            }
        }
    }
}

/// What our own golden files hold.
fn ours() -> Recording {
    let channel = |name: &str, modality, unit: &'static str, rate: f64, axes: usize, scale: f64| {
        let count = (rate * 6.0).round() as usize * axes;
        let wave = (0..count).map(|index| ((index as f64 * 0.37).sin() * 30_000.0) as i16);
        Channel::new(
            name,
            modality,
            unit,
            Timing::regular(rate),
            Samples::I16(wave.collect()),
        )
        .with_axes(axes)
        .converted(Conversion::Linear { scale, offset: 0.0 })
    };
    let mut recording = Recording {
        subject: "S2".to_owned(),
        start: Some(Start::Local(date(2024, 2, 29).at(23, 59, 58, 0))),
        channels: vec![
            channel("ECG", Modality::Ecg, "mV", 125.0, 1, 0.005),
            channel("ACC", Modality::Acc, "g", 32.0, 3, 1.0 / 64.0).worn(Placement::Wrist),
            channel("EDA", Modality::Eda, "µS", 1.0 / 3.0, 1, 0.001),
        ],
        annotations: vec![
            Annotation::at(0.0, "Lights off"),
            Annotation::over(0.1, 2.35, "Übung 1"),
            Annotation {
                channel: Some("ECG".to_owned()),
                ..Annotation::at(5.5, "artefact")
            },
        ],
        ..Recording::default()
    };
    recording.person.sex = Some(Sex::Female);
    recording.person.age = Some(27.0);
    recording.person.notes = vec!["name: Ada L".to_owned(), "birthdate: 1997-01-31".to_owned()];
    recording
}

#[test]
fn our_files_are_those_that_pyedflib_read() {
    for (name, format) in [("ours.edf", Format::Edf), ("ours.bdf", Format::Bdf)] {
        let recording = ours();
        let written = bytes(
            &recording,
            &Options {
                format,
                ..Options::default()
            },
        )
        .unwrap();
        if std::env::var_os("PATHEMA_WRITE_GOLDEN").is_some() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden/edf");
            std::fs::write(folder.join(name), &written).unwrap();
            continue;
        }
        assert!(
            written == golden(&format!("edf/{name}")),
            "{name} is another: write it again, and run make_edf.py"
        );
        check(&recording, &expected(name));
        let expected = expected(name);
        let field = |key: &str| expected[key].as_str().unwrap().to_owned();
        assert_eq!(
            [field("code"), field("name"), field("sex")],
            ["S2", "Ada L", "Female"]
        );
        assert!(field("birthdate").starts_with("1997-01-31"));
        assert_eq!(field("start"), "2024-02-29T23:59:58");
    }
}
