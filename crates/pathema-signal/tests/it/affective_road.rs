//! AffectiveROAD's layout, simulated: no real file of it is at hand.

use std::fs;
use std::path::{Path, PathBuf};

use pathema_signal::affective_road::{Archive, ClassRun, Classes, Drive, Finding};
use pathema_signal::simulate::affective_road::{
    DRIVERS_FILE, LEADS, RoadConfig, write, write_drives,
};
use pathema_signal::{Modality, Placement, Samples, Span};
use tempfile::TempDir;

const DRIVES: u32 = 3;

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), 7, DRIVES).unwrap();
    let base = folder.path().join("AffectiveROAD_Data/Database");
    (folder, base)
}

fn read(path: &Path, drive: u32) -> Drive {
    Archive::open(path).unwrap().read(drive).unwrap()
}

fn others(drive: &Drive) -> Vec<String> {
    let wrist = |finding: &&Finding| !matches!(finding, Finding::Wrist { .. } | Finding::NoDriver);
    drive
        .findings
        .iter()
        .filter(wrist)
        .map(Finding::to_string)
        .collect()
}

#[test]
fn drives_on_one_time() {
    let (_folder, base) = folder();
    let archive = Archive::open(&base).unwrap();
    assert_eq!(archive.drives().collect::<Vec<_>>(), [1, 2, 3]);
    for number in 1..=DRIVES {
        let drive = archive.read(number).unwrap();
        assert_eq!(others(&drive), [""; 0], "{number}");
        assert!(drive.findings.contains(&Finding::NoDriver));
        let recording = &drive.recording;
        assert_eq!(recording.subject, format!("Drv{number}"));
        let channel = |placement, modality| recording.channel(placement, modality).unwrap();
        let left = channel(Placement::LeftWrist, Modality::Eda);
        let right = channel(Placement::RightWrist, Modality::Eda);
        assert_eq!((left.start(), right.start()), (0.0, 4.0));
        let acc = channel(Placement::RightWrist, Modality::Acc);
        assert!(matches!(acc.samples, Samples::I16(_)) && acc.rate() == Some(32.0));
        // Each device began at another time before the first part.
        let [wrist, chest, rating] = LEADS.map(f64::from);
        let heart = channel(Placement::Chest, Modality::HeartRate);
        assert!((heart.start() - (wrist - chest)).abs() < 1e-9 && heart.rate() == Some(1.0));
        let stress = channel(Placement::Unknown, Modality::Stress);
        assert!((stress.start() - (wrist - rating)).abs() < 1e-9 && stress.rate() == Some(4.0));
        assert_eq!(recording.named("Activity").unwrap().unit, "g");

        let parts: Vec<&str> = recording
            .annotations
            .iter()
            .map(|part| part.text.as_str())
            .collect();
        assert_eq!(
            parts,
            [
                "Rest", "Z", "City1", "Hwy", "City2", "City2.1", "Hwy.1", "City1.1", "Z.1"
            ]
        );
        assert_eq!(
            recording.annotations[0].span,
            Span {
                start: 30.0,
                end: 90.0
            }
        );
        // What was rated in the city is high where the EDA is.
        let city = &recording.annotations[2].span;
        let mean = |channel: &pathema_signal::Channel| {
            let view = channel.slice(city.start + 1.0, city.end - 1.0);
            view.values().iter().sum::<f64>() / view.len() as f64
        };
        assert!((mean(stress) - 0.85).abs() < 0.02 && (mean(left) - 2.2).abs() < 0.1);
    }
    // The wrist that was interrupted has a gap.
    let drive = archive.read(2).unwrap();
    for modality in [Modality::Acc, Modality::Bvp, Modality::Eda] {
        let left = drive
            .recording
            .channel(Placement::LeftWrist, modality)
            .unwrap();
        assert_eq!(
            left.gaps(),
            [Span {
                start: 400.0,
                end: 410.0
            }],
            "{modality}"
        );
    }
}

#[test]
fn ratings_and_roads_become_classes() {
    let (folder, _) = folder();
    let recording = read(folder.path(), 1).recording;
    let stress = recording
        .channel(Placement::Unknown, Modality::Stress)
        .unwrap();
    let order = |classes: Classes| -> Vec<usize> {
        classes
            .of_ratings(stress)
            .iter()
            .map(|run| run.class)
            .collect()
    };
    assert_eq!(order(Classes::Three), [0, 2, 1, 2, 1, 2, 0]);
    assert_eq!(order(Classes::Two), [0, 1, 0, 1, 0, 1, 0]);
    assert!(order(Classes::Road).is_empty());
    let runs = Classes::Three.of_ratings(stress);
    assert!(
        (runs[0].end - runs[1].start).abs() < 1e-9 && (runs[1].start - 110.0).abs() < 1e-9,
        "{runs:?}"
    );
    let road = Classes::Road.of_road(&recording.annotations);
    assert_eq!(
        road[0],
        ClassRun {
            class: 0,
            start: 30.0,
            end: 90.0
        }
    );
    assert_eq!(
        road.iter().map(|run| run.class).collect::<Vec<_>>(),
        [0, 1, 1, 1, 1, 1, 1]
    );
    assert_eq!(Classes::Three.of_rating(f64::NAN), None);
}

#[test]
fn drivers_are_those_of_a_map() {
    let (folder, _) = folder();
    let map = folder.path().join("drivers.csv");
    fs::write(&map, "drive,driver\nDrv1,Änne\n3,Änne\n").unwrap();
    let archive = Archive::open(folder.path())
        .unwrap()
        .with_drivers(&map)
        .unwrap();
    assert_eq!(
        [1, 2, 3].map(|drive| archive.group(drive)),
        ["Änne", "Drv2", "Änne"]
    );
    let drive = archive.read(3).unwrap();
    assert!(drive.recording.subject == "Änne" && !drive.findings.contains(&Finding::NoDriver));
    fs::write(&map, "drive,driver\nsomebody,Änne\n").unwrap();
    let error = Archive::open(folder.path())
        .unwrap()
        .with_drivers(&map)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("line 2, column 1: \"somebody,Änne\", expected a drive and its driver"),
        "{error}"
    );
}

#[test]
fn bad_files_name_the_place_and_the_way_out() {
    #[track_caller]
    fn check(file: &str, change: impl Fn(&str) -> String, expected: &str) {
        let (folder, base) = folder();
        let path = base.join(file);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, change(&text)).unwrap();
        let error = Archive::open(folder.path())
            .unwrap()
            .read(1)
            .unwrap_err()
            .to_string();
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(error.contains(name) && error.contains(expected), "{error}");
    }
    check(
        "Subj_metric/SM_Drv1.csv",
        |_| "x\n0.5\n0,5\n".to_owned(),
        "line 3: \"0,5\" of 2 columns",
    );
    check(
        "Subj_metric/SM_Drv1.csv",
        |_| "x\n0.5\n1.5\n".to_owned(),
        "line 3, column 1: \"1.5\", expected stress from 0 to 1",
    );
    check(
        "Subj_metric/SM_Drv1.csv",
        |_| "y\n0.5\n".to_owned(),
        "line 1: columns \"y\", expected a column x",
    );
    check(
        "Subj_metric/SM_Drv1.csv",
        |_| String::new(),
        "line 1: no head",
    );
    check(
        "Bioharness/Bio_Drv1.csv",
        |text| text.replace('.', ","),
        "expected a number with a point",
    );
    check(
        "Bioharness/Bio_Drv1.csv",
        |text| text.replace(";BR;", ";B;"),
        "expected a column BR",
    );
    check(
        "E4/Annot_E4_Left.csv",
        |text| text.replace("City1_End", "City9"),
        "\"City1_Start\", expected a column for its end",
    );
    check(
        "E4/Annot_E4_Left.csv",
        |text| text.replace(",120,", ",-120,"),
        "\"-120\", expected the index of a sample",
    );
    check(
        "E4/Annot_E4_Left.csv",
        |text| text.replace(",120,", ",999,"),
        "expected an end after the start",
    );
    check(
        "E4/Annot_E4_Left.csv",
        |text| text.replace("Drive-id", "id"),
        "expected a column Drive_id",
    );
    check(
        "E4/1-E4-Drv1/Left/EDA.csv",
        |text| text.replace("4.000000", "0"),
        "line 2: a rate of",
    );
}

#[test]
fn what_is_odd_is_found() {
    #[track_caller]
    fn check(file: &str, change: Option<&str>, expected: &str) {
        let (folder, base) = folder();
        let path = base.join(file);
        match change {
            Some(text) => fs::write(path, text).unwrap(),
            None if path.is_dir() => fs::remove_dir_all(path).unwrap(),
            None => fs::remove_file(path).unwrap(),
        }
        let found = others(&read(folder.path(), 1));
        assert!(found.iter().any(|finding| finding == expected), "{found:?}");
    }
    check(
        "Bioharness/Bio_Drv1.csv",
        None,
        "Bioharness/Bio_Drv1.csv is missing",
    );
    check("E4/1-E4-Drv1/Right", None, "E4/1-E4-Drv1/Right is missing");
    check(
        "E4/Annot_E4_Left.csv",
        None,
        "E4/Annot_E4_Left.csv is missing",
    );
    check(
        "Subj_metric/SM_Drv1.csv",
        Some("\u{feff}\"\",\"x\"\r\n\"1\",NA\r\n\"2\",0.5\r\n"),
        "Subj_metric/SM_Drv1.csv has 1 missing values in column x",
    );
    check(
        "Bioharness/Annot_Bioharness.csv",
        Some("Drive_id,City1_Start,City1_End\nDrv9,1,2\n"),
        "Bioharness/Annot_Bioharness.csv has no marks of this drive: the samples were put at the start of the E4's",
    );
    check(
        "Bioharness/Annot_Bioharness.csv",
        Some("Drive_id,Z_Start,Z_End,City1_Start,City1_End\nDrv1,77,96,97,150\n"),
        "marks of Bioharness/Annot_Bioharness.csv lie up to 4.0 s from where the E4's do",
    );
    check(
        "E4/Annot_E4_Left.csv",
        Some("Drive-id,Z_Start,Z_End\n1,4,4000\n"),
        "Z ends after the recording has ended",
    );
}

#[test]
fn wherever_the_data_set_lies_and_what_it_is_not() {
    let (folder, base) = folder();
    let expected = read(&base, 1).recording;
    assert!(read(folder.path(), 1).recording == expected);
    // A wrist whose two recordings overlap.
    let left = base.join("E4/1-E4-Drv1");
    fs::rename(left.join("Left"), left.join("Left1")).unwrap();
    fs::create_dir(left.join("Left2")).unwrap();
    for entry in fs::read_dir(left.join("Left1")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, left.join("Left2").join(path.file_name().unwrap())).unwrap();
    }
    let archive = Archive::open(folder.path()).unwrap();
    let error = archive.read(1).unwrap_err().to_string();
    assert!(
        error.contains("a second recording 0 s after the first"),
        "{error}"
    );
    let error = archive.read(9).unwrap_err().to_string();
    assert!(
        error.contains("drive 9 is missing: there are the drives 1 2 3"),
        "{error}"
    );
    let empty = tempfile::tempdir().unwrap();
    let error = Archive::open(empty.path()).unwrap_err().to_string();
    assert!(error.contains("AffectiveROAD's E4/1-E4-Drv1"), "{error}");
    assert!(
        write(folder.path(), 7, 1)
            .unwrap_err()
            .to_string()
            .contains("already exists")
    );
}

#[test]
fn bodies_answer_the_stress_of_a_drive() {
    let folder = tempfile::tempdir().unwrap();
    let config = RoadConfig {
        drives: 5,
        drivers: 4,
        length: 0.3,
        ..RoadConfig::default()
    };
    write_drives(folder.path(), &config).unwrap();
    let map = folder.path().join("AffectiveROAD_Data").join(DRIVERS_FILE);
    let archive = Archive::open(folder.path()).unwrap();
    let archive = archive.with_drivers(&map).unwrap();
    assert!(archive.is_simulated());
    assert_eq!(archive.group(5), archive.group(1));
    assert_ne!(archive.group(2), archive.group(1));
    // Heart rate, skin conductance, movement. The pulse's height is no sign here: hands that steer shake it.
    let mut answered = [0; 3];
    for number in archive.drives() {
        let drive = archive.read(number).unwrap();
        assert_eq!(others(&drive), [""; 0], "{number}");
        let channel = |placement, modality| drive.recording.channel(placement, modality).unwrap();
        let rated = channel(Placement::Unknown, Modality::Stress);
        let runs = Classes::Two.of_ratings(rated);
        // The mean of what comes after bodies had time to answer.
        let mean = |channel: &pathema_signal::Channel, class: usize, of: &dyn Fn(&[f64]) -> f64| {
            let (mut sum, mut count) = (0.0, 0.0);
            for run in runs.iter().filter(|run| run.class == class) {
                let view = channel.slice(run.start + 15.0, run.end);
                let values = view.values();
                let rows = values.chunks_exact(channel.axes);
                for value in rows.map(of).filter(|value| value.is_finite()) {
                    sum += value;
                    count += 1.0;
                }
            }
            sum / count
        };
        let first = |row: &[f64]| row[0];
        let moved = |row: &[f64]| (row.iter().map(|x| x * x).sum::<f64>().sqrt() - 1.0).abs();
        let more = |channel: &pathema_signal::Channel, of: &dyn Fn(&[f64]) -> f64| {
            u32::from(mean(channel, 1, of) > mean(channel, 0, of))
        };
        let wrist = |modality| channel(Placement::LeftWrist, modality);
        answered[0] += more(channel(Placement::Chest, Modality::HeartRate), &first);
        answered[1] += more(wrist(Modality::Eda), &first);
        answered[2] += more(wrist(Modality::Acc), &moved);
    }
    // In most; some bodies are not moved, or the wrong way round.
    assert!(answered.iter().all(|&drives| drives >= 3), "{answered:?}");
    for wrong in [
        RoadConfig {
            drives: 0,
            ..config
        },
        RoadConfig {
            drivers: 6,
            ..config
        },
        RoadConfig {
            length: f64::NAN,
            ..config
        },
    ] {
        let error = write_drives(folder.path(), &wrong).unwrap_err().to_string();
        assert!(error.contains("choose 1 to 999 drives"), "{error}");
    }
    let again = tempfile::tempdir().unwrap();
    let fewer = RoadConfig {
        drives: 1,
        drivers: 1,
        ..config
    };
    write_drives(again.path(), &fewer).unwrap();
    // A drive does not depend on how many there are.
    let own = Archive::open(again.path())
        .unwrap()
        .read(1)
        .unwrap()
        .recording;
    let first = Archive::open(folder.path())
        .unwrap()
        .read(1)
        .unwrap()
        .recording;
    assert!(own == first);
}
