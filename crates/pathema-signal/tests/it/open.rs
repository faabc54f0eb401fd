//! Whatever is there is recognised, listed and read in stretches.

use std::fs;
use std::path::Path;

use pathema_signal::inspect::{Report, survey};
use pathema_signal::open::{Format, Opened};
use pathema_signal::simulate::{self, SimulationConfig};
use pathema_signal::{Channel, Modality, Recording, Samples, Timing, csv, edf, wfdb};

#[track_caller]
fn check(path: &Path, format: Format, names: &[&str]) -> Vec<Report> {
    let opened = Opened::at(path).unwrap();
    assert_eq!(opened.format(), format);
    assert_eq!(opened.names(), names);
    let read = |name: &String| survey(&mut *opened.read(name).unwrap(), &mut |_| {}).unwrap();
    opened.names().iter().map(read).collect()
}

fn ecg() -> Recording {
    let values: Vec<i16> = (0..500).map(|index| (index * 37 % 200) as i16).collect();
    let conversion = pathema_signal::Conversion::Adc {
        baseline: 0.0,
        gain: 200.0,
        missing: Some(-2048),
    };
    let ecg = Channel::new(
        "MLII",
        Modality::Ecg,
        "mV",
        Timing::regular(250.0),
        Samples::I16(values),
    );
    Recording {
        channels: vec![ecg.converted(conversion)],
        ..Recording::default()
    }
}

const EDA: &str = "1495437325\n4\n0.31\n0.32\n0.30\n";

#[test]
fn an_e4_session_by_itself_or_with_others() {
    let folder = tempfile::tempdir().unwrap();
    for session in ["Ümit 1", "b"] {
        fs::create_dir(folder.path().join(session)).unwrap();
        fs::write(folder.path().join(session).join("EDA.csv"), EDA).unwrap();
    }
    let reports = check(folder.path(), Format::Empatica, &["b", "Ümit 1"]);
    assert_eq!(reports[0].channels[0].samples, 3);
    check(&folder.path().join("b"), Format::Empatica, &["b"]);
}

#[test]
fn records_of_wfdb_without_their_segments() {
    let folder = tempfile::tempdir().unwrap();
    wfdb::write(&folder.path().join("100"), &ecg(), wfdb::Format::F212).unwrap();
    wfdb::write(&folder.path().join("part"), &ecg(), wfdb::Format::F16).unwrap();
    fs::write(
        folder.path().join("whole.hea"),
        "whole/2 1 250 1000\npart 500\n~ 500\n",
    )
    .unwrap();
    let reports = check(folder.path(), Format::Wfdb, &["100", "whole"]);
    assert_eq!(reports[0].channels[0].samples, 500);
    check(&folder.path().join("100"), Format::Wfdb, &["100"]);
    check(&folder.path().join("100.dat"), Format::Wfdb, &["100.dat"]);
}

#[test]
fn edf_by_its_first_bytes_whatever_it_is_called() {
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording {
        channels: ecg()
            .channels
            .into_iter()
            .map(|channel| channel.converted(pathema_signal::Conversion::None))
            .collect(),
        ..Recording::default()
    };
    let path = folder.path().join("night.rec");
    edf::write(&recording, &path, &edf::Options::default()).unwrap();
    let reports = check(&path, Format::Edf, &["night.rec"]);
    assert_eq!(reports[0].channels[0].samples, 500);
    fs::rename(&path, folder.path().join("night.edf")).unwrap();
    check(folder.path(), Format::Edf, &["night.edf"]);
}

#[test]
fn csv_by_the_schema_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    csv::write(&ecg(), &folder.path().join("session.toml")).unwrap();
    let reports = check(
        &folder.path().join("session.toml"),
        Format::Csv,
        &["session.toml"],
    );
    assert_eq!(
        (reports[0].channels[0].samples, reports[0].channels[0].rate),
        (500, Some(250.0))
    );
    check(folder.path(), Format::Csv, &["session.toml"]);
}

#[test]
fn data_sets_by_their_layout() {
    let folder = tempfile::tempdir().unwrap();
    let config = SimulationConfig {
        subjects: 1,
        ..SimulationConfig::default()
    };
    simulate::write(folder.path(), &config, &mut |_, _, _| {}).unwrap();
    let reports = check(folder.path(), Format::Wesad, &["S2"]);
    assert!(Opened::at(folder.path()).unwrap().is_simulated());
    assert_eq!(
        (reports[0].subject.as_str(), reports[0].channels.len()),
        ("S2", 10)
    );
    let pickle = folder.path().join("WESAD/S2/S2.pkl");
    check(&pickle, Format::WesadPickle, &["S2.pkl"]);

    let folder = tempfile::tempdir().unwrap();
    simulate::affective_road::write(folder.path(), 7, 2).unwrap();
    let reports = check(folder.path(), Format::AffectiveRoad, &["Drv1", "Drv2"]);
    assert!(
        reports[0]
            .channels
            .iter()
            .any(|channel| channel.modality == "STRESS")
    );
}

#[test]
fn what_nobody_knows_is_refused_with_what_was_looked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("thesis with ümlauts.txt");
    fs::write(&file, "It was a dark and stormy night.").unwrap();
    for path in [file.as_path(), folder.path()] {
        let error = Opened::at(path).unwrap_err().to_string();
        assert!(
            error.contains("Empatica") && error.contains(&path.display().to_string()),
            "{error}"
        );
    }
    let error = Opened::at(&folder.path().join("nowhere"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("nowhere"), "{error}");
}

#[test]
fn a_recording_that_is_not_there_is_refused_with_those_that_are() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("EDA.csv"), EDA).unwrap();
    let opened = Opened::at(folder.path()).unwrap();
    let Err(error) = opened.read("S99") else {
        panic!("there is no S99")
    };
    assert!(error.to_string().contains(&opened.names()[0]), "{error}");
}

#[test]
fn a_folder_of_one_name_with_its_pickle_is_no_wesad_yet() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("EDA.csv"), EDA).unwrap();
    fs::create_dir(folder.path().join("model")).unwrap();
    fs::write(folder.path().join("model/model.pkl"), "").unwrap();
    assert_eq!(
        Opened::at(folder.path()).unwrap().format(),
        Format::Empatica
    );
}

#[cfg(unix)]
#[test]
fn links_that_go_in_circles_are_followed_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("a")).unwrap();
    fs::write(folder.path().join("a/EDA.csv"), EDA).unwrap();
    for link in 0..10 {
        std::os::unix::fs::symlink(folder.path(), folder.path().join(format!("a/link {link}")))
            .unwrap();
    }
    check(folder.path(), Format::Empatica, &["a"]);
}
