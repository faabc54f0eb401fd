use std::fs;
use std::path::{Path, PathBuf};

use pathema_experiments::config::{ModalityGroup, PlacementChoice, WindowConfig};
use pathema_experiments::data::Sight;
use pathema_experiments::loso::{Ask, Asked};
use pathema_signal::simulate::affective_road::write;
use pathema_signal::{Label, LabelRun, Placement};
use tempfile::TempDir;

use super::observed;
use crate::records::Protocol;
use crate::run::{Data, Held, without};
use crate::signals::{
    Degradation, LoadedRoad, RoadLabels, RoadSettings, SignalsError, Wrist, load_road,
};

const GROUPS: [ModalityGroup; 2] = [ModalityGroup::Eda, ModalityGroup::Acc];

/// Drives of six minutes, and settings that read them without the heart, which takes longest.
fn simulated(drives: u32) -> (TempDir, RoadSettings) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), 7, drives).unwrap();
    let mut settings = RoadSettings::of(folder.path());
    settings.load.groups = GROUPS.to_vec();
    (folder, settings)
}

fn base(folder: &TempDir) -> PathBuf {
    folder.path().join("AffectiveROAD_Data/Database")
}

fn loaded(settings: &RoadSettings) -> LoadedRoad {
    load_road(settings, |_, _, _| {}).unwrap()
}

#[track_caller]
fn refused(settings: &RoadSettings, expected: &str) {
    let error = load_road(settings, |_, _, _| {}).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

fn runs(road: &LoadedRoad, drive: usize) -> Vec<(Label, f64, f64)> {
    let run = |run: &LabelRun| (run.label, run.start, run.end);
    road.drives.subjects[drive].labels.iter().map(run).collect()
}

#[test]
fn ratings_and_roads_become_the_studys_classes() {
    use Label::{Amusement, Baseline, Stress};
    let (folder, mut settings) = simulated(1);
    let road = loaded(&settings);
    assert!(road.drives.simulated && road.drives.placement == Placement::LeftWrist);
    assert_eq!(road.people, ["Drv1"]);
    let subject = &road.drives.subjects[0];
    assert_eq!(
        (subject.subject.as_str(), subject.duration),
        ("Drv1", 420.0)
    );
    assert!(subject.sha256.len() == 64 && !subject.findings.is_empty());
    // Low, high and medium, where the simulator says that they are.
    let three = [
        (Baseline, 25.0, 110.0),
        (Stress, 110.0, 160.0),
        (Amusement, 160.0, 200.0),
        (Stress, 200.0, 290.0),
        (Amusement, 290.0, 330.0),
        (Stress, 330.0, 380.0),
        (Baseline, 380.0, 400.0),
    ];
    assert_eq!(runs(&road, 0), three);

    settings.labels = RoadLabels::TwoClasses;
    let two = loaded(&settings);
    let expected = three.map(|(label, start, end)| match label {
        Amusement => (Baseline, start, end),
        label => (label, start, end),
    });
    assert_eq!(runs(&two, 0), expected);
    assert_ne!(two.drives.subjects[0].sha256, subject.sha256);

    settings.labels = RoadLabels::Road;
    let parts = loaded(&settings);
    assert_eq!(parts.classes.classes, ["rest", "driving"]);
    assert_eq!(
        runs(&parts, 0)[..2],
        [(Baseline, 30.0, 90.0), (Stress, 110.0, 160.0)]
    );
    assert_eq!(runs(&parts, 0).len(), 7);

    // Whoever takes the inner folder alone is told as well; files without the mark are not called simulated.
    settings.load.path = base(&folder);
    assert!(loaded(&settings).drives.simulated);
    fs::remove_file(base(&folder).join("simulation.json")).unwrap();
    assert!(!loaded(&settings).drives.simulated);
}

#[test]
fn drives_of_a_driver_stay_on_one_side_and_windows_in_one_class() {
    let (folder, mut settings) = simulated(3);
    assert_eq!(settings.drivers, None);
    let map = folder.path().join("drivers.csv");
    fs::write(&map, "drive,driver\nDrv1,A\nDrv2,B\nDrv3,A\n").unwrap();
    settings.drivers = RoadSettings::of(folder.path()).drivers;
    assert_eq!(settings.drivers, Some(map));
    settings.load.degradations = vec![Degradation::Random { share: 0.5 }];
    let mut told = Vec::new();
    let road = load_road(&settings, |name, done, of| {
        told.push((name.to_owned(), done, of))
    })
    .unwrap();
    told.sort();
    assert_eq!(
        told.iter().map(|told| told.0.as_str()).collect::<Vec<_>>(),
        ["Drv1", "Drv2", "Drv3"]
    );
    assert!(told.iter().all(|told| told.2 == 3));
    settings.load.threads = 1;
    assert_eq!(format!("{road:?}"), format!("{:?}", loaded(&settings)));
    let left = observed(&road.drives.subjects[0].versions[1][0], "log EDA").len();
    assert_eq!(left, 420 * 4 / 2);

    let labels: Vec<_> = (0..3).map(|drive| runs(&road, drive)).collect();
    let windows = WindowConfig {
        length: 30.0,
        shift: 5.0,
        train_shift: 5.0,
    };
    let data = Data::road(road, &GROUPS, vec!["random-50".into()], &windows).unwrap();
    assert!(data.simulated);
    assert_eq!(data.classes.classes, ["low", "high", "medium"]);
    let folds = Protocol::Loso.folds(&data);
    assert_eq!(folds, [Held::Subjects(vec![0, 2]), Held::Subjects(vec![1])]);
    let asks = [Ask {
        windows: Asked::Classed,
        sight: Sight::default(),
    }];
    let outcomes = without(&data, Protocol::Loso, &asks).unwrap();
    assert_eq!(outcomes[0].held_out, ["Drv1", "Drv3"]);
    let mut seen = [0; 3];
    for said in outcomes.iter().flat_map(|fold| &fold.said[0].1[0]) {
        let drive = ["Drv1", "Drv2", "Drv3"]
            .iter()
            .position(|drive| *drive == said.subject);
        let class = said.class.unwrap();
        let label = [Label::Baseline, Label::Stress, Label::Amusement][class];
        let inside = |run: &&(Label, f64, f64)| {
            run.1 <= said.start && said.start + said.length <= run.2 + 1e-9
        };
        let run = labels[drive.unwrap()].iter().find(inside);
        assert_eq!(
            run.map(|run| run.0),
            Some(label),
            "{} at {}",
            said.subject,
            said.start
        );
        seen[class] += 1;
    }
    // By drive: low 12 + 0, high 5 + 13 + 5, medium 3 + 3.
    assert_eq!(seen, [36, 69, 18]);
}

#[test]
fn each_wrist_has_its_own_samples_on_the_drives_time() {
    let (_folder, mut settings) = simulated(2);
    settings.load.subjects = vec!["Drv2".to_owned()];
    let first = |road: &LoadedRoad| observed(&road.drives.subjects[0].versions[0][0], "log EDA");
    let left = loaded(&settings);
    settings.wrist = Wrist::Right;
    let right = loaded(&settings);
    assert_eq!(right.drives.placement, Placement::RightWrist);
    // The right E4 was switched on 4 s later, the left was interrupted.
    let (a, b) = (first(&left), first(&right));
    assert_eq!((a[0].0, b[0].0), (0.0, 4.0));
    let gap = |rows: &[(f64, f64)]| {
        rows.windows(2)
            .map(|pair| pair[1].0 - pair[0].0)
            .fold(0.0, f64::max)
    };
    assert_eq!((gap(&a), gap(&b)), (10.25, 0.25));
    assert_eq!(left.drives.subjects[0].duration, 420.0);
    assert_eq!(
        left.drives.subjects[0].labels,
        right.drives.subjects[0].labels
    );
    assert_ne!(
        left.drives.subjects[0].sha256,
        right.drives.subjects[0].sha256
    );
}

#[test]
fn what_is_missing_is_named() {
    let (folder, mut settings) = simulated(1);
    let base = base(&folder);
    let without = |file: &str, settings: &RoadSettings, expected: &str| {
        let (path, aside) = (base.join(file), folder.path().join("aside"));
        fs::rename(&path, &aside).unwrap();
        refused(settings, expected);
        fs::rename(&aside, &path).unwrap();
    };
    without(
        "E4/1-E4-Drv1/Left",
        &settings,
        "Drv1 has no left wrist ACC, which the study needs (E4/1-E4-Drv1/Left is missing",
    );
    without("E4/1-E4-Drv1/Left/EDA.csv", &settings, "EDA.csv is missing");
    without(
        "Subj_metric/SM_Drv1.csv",
        &settings,
        "has no ratings, which labelling by stress needs",
    );
    without(
        "Subj_metric/SM_Drv1.csv",
        &settings,
        "Subj_metric/SM_Drv1.csv is missing",
    );
    // Ratings that nothing aligns would label other moments.
    without(
        "Subj_metric/Annot_Subjective_metric.csv",
        &settings,
        "has no marks common to ratings and E4",
    );
    settings.labels = RoadLabels::Road;
    let both = ["Left", "Right"].map(|side| base.join(format!("E4/Annot_E4_{side}.csv")));
    for path in &both {
        fs::remove_file(path).unwrap();
    }
    refused(&settings, "Drv1 has no stretch of any class");
    refused(&settings, "E4/Annot_E4_Left.csv is missing");
    settings.load.placement = PlacementChoice::Chest;
    refused(&settings, "Drv1 has no chest ACC");
    settings.load.subjects = vec!["Drv4".to_owned()];
    let error = load_road(&settings, |_, _, _| {}).unwrap_err();
    assert!(matches!(error, SignalsError::UnknownSubject { known, .. } if known == ["Drv1"]));
    settings.load.path = folder.path().join("nowhere");
    refused(&settings, "nowhere: ");
}

#[test]
fn damaged_files_are_refused_or_read_but_never_panic() {
    let (folder, mut settings) = simulated(1);
    settings.load.threads = 1;
    let base = base(&folder);
    let mut refusals = 0;
    for file in [
        "E4/1-E4-Drv1/Left/EDA.csv",
        "E4/1-E4-Drv1/Left/TEMP.csv",
        "E4/1-E4-Drv1/Left/ACC.csv",
        "E4/Annot_E4_Left.csv",
        "Subj_metric/Annot_Subjective_metric.csv",
        "Subj_metric/SM_Drv1.csv",
    ] {
        let path = base.join(file);
        let whole = fs::read(&path).unwrap();
        for damage in [
            Vec::new(),
            whole[..7].to_vec(),
            whole[..whole.len() / 2].to_vec(),
            scrambled(&whole),
        ] {
            fs::write(&path, &damage).unwrap();
            let read = load_road(&settings, |_, _, _| {});
            if let Err(error) = read {
                assert!(error.to_string().len() > 20, "{error}");
                refusals += 1;
            }
        }
        fs::write(&path, &whole).unwrap();
    }
    assert!(refusals > 12, "{refusals}");
    // An E4's second recording, of another year.
    let left = base.join("E4/1-E4-Drv1");
    copy_later(&left.join("Left"), &left.join("Left2"), 40_000_000);
    fs::rename(left.join("Left"), left.join("Left1")).unwrap();
    refused(&settings, "Drv1 lasts 11111 hours");
}

/// Every 13th digit another one.
fn scrambled(bytes: &[u8]) -> Vec<u8> {
    let change = |(at, &byte): (usize, &u8)| match at % 13 {
        5 => b"x;,-9\n"[at % 6],
        _ => byte,
    };
    bytes.iter().enumerate().map(change).collect()
}

/// The files of an E4 as if they were recorded so many seconds later.
fn copy_later(from: &Path, to: &Path, seconds: u64) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let begins: u64 = 1_470_300_000 + 86_400;
        // The heart rate's file begins 10 s after the others.
        let text = [begins, begins + 10].iter().fold(text, |text, own| {
            text.replace(&own.to_string(), &(own + seconds).to_string())
        });
        fs::write(to.join(path.file_name().unwrap()), text).unwrap();
    }
}
