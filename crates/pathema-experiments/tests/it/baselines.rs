//! Classifiers of features, fold by fold.

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use pathema_experiments::baselines::{self, Learnt, Progress};
use pathema_experiments::classifiers::Work;
use pathema_experiments::config::{BaselineConfig, ClassifierKind, Config, WindowConfig};
use pathema_experiments::data::{Session, SubjectManifest};
use pathema_experiments::loso::{Cohort, CohortError, Predictor};
use pathema_experiments::run::records::Prediction;
use pathema_experiments::run::{
    self, DataManifest, Machine, Manifest, Outcome, RunFolder, SCHEMA, Versions,
};
use pathema_physio::features::FeatureTable;
use pathema_signal::{Label, LabelRun};

const NAMES: [&str; 4] = ["level", "gap", "noise", "never"];

fn noise(state: &mut u64) -> f64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 40) as f64 / f64::from(1 << 24) - 0.5
}

/// Ten minutes whose first two features tell the state, the second one with gaps; labels begin between the table's starts.
fn session(who: usize, length: f64) -> Session {
    let run = |label, start, end| LabelRun { label, start, end };
    let labels = vec![
        run(Label::Baseline, 0.1, 220.0),
        run(Label::Transient, 220.0, 260.0),
        run(Label::Stress, 260.1, 420.0),
        run(Label::Amusement, 420.0, 590.0),
    ];
    let starts: Vec<f64> = (0..2160).map(|k| f64::from(k) * 0.25).collect();
    let mut state = 7 + who as u64;
    let mut values = Vec::new();
    for &start in &starts {
        let state_of = |run: &LabelRun| match run.label {
            Label::Stress => 1.0,
            Label::Amusement => -1.0,
            _ => 0.0,
        };
        let run = labels.iter().rfind(|run| run.start <= start);
        let level = run.map_or(0.0, state_of) + 0.8 * noise(&mut state) + 0.05 * who as f64;
        let gap = if noise(&mut state) > 0.3 {
            f64::NAN
        } else {
            level * level
        };
        values.extend([level, gap, noise(&mut state), f64::NAN]);
    }
    let coverage = vec![1.0; starts.len()];
    let features = FeatureTable::new(
        NAMES.to_vec(),
        vec!["eda"],
        length,
        starts,
        values,
        coverage,
    );
    Session {
        subject: format!("S{}", who + 2),
        tracks: Vec::new(),
        degraded: Vec::new(),
        features: Some(features.unwrap()),
        labels,
        duration: 600.0,
    }
}

fn windows() -> WindowConfig {
    WindowConfig {
        train_shift: 2.0,
        shift: 10.0,
        ..WindowConfig::default()
    }
}

fn cohort() -> Cohort {
    Cohort::new(
        (0..4).map(|who| session(who, 60.0)).collect(),
        &windows(),
        0,
    )
    .unwrap()
}

fn settings() -> BaselineConfig {
    BaselineConfig {
        estimators: 7,
        ..BaselineConfig::default()
    }
}

fn manifest(cohort: &Cohort) -> Manifest {
    let subject = |subject: String| SubjectManifest {
        subject,
        sha256: "0".repeat(64),
        duration: 600.0,
        findings: Vec::new(),
    };
    Manifest {
        schema: SCHEMA,
        created: "2026-01-31T10:00:00Z".into(),
        command: vec!["pathema".into(), "baselines".into()],
        seed: 0,
        data: DataManifest {
            path: "made in a test".into(),
            simulated: true,
            placement: "wrist".into(),
            subjects: cohort.subjects().into_iter().map(subject).collect(),
        },
        versions: Versions::current(),
        machine: Machine::current(1, "cpu"),
    }
}

fn study(folder: &Path, threads: usize) -> RunFolder {
    let cohort = cohort();
    let config = Config {
        windows: windows(),
        baselines: Some(settings()),
        ..Config::default()
    };
    let run = RunFolder::create(folder, &config, &manifest(&cohort)).unwrap();
    let never = AtomicBool::new(false);
    let outcome = baselines::study(&cohort, &settings(), 3, &run, threads, &|_| {}, &never);
    assert_eq!(outcome.unwrap(), Outcome::Finished);
    // As pathema report does: from the folder alone.
    let (run, config, manifest) = RunFolder::open(folder).unwrap();
    run::finish(&run, &config, &manifest, 1.0).unwrap();
    run
}

#[test]
fn every_classifier_is_in_the_run_beside_the_majority_and_the_clock() {
    let folder = tempfile::tempdir().unwrap();
    let run = study(&folder.path().join("one"), 1);
    let results = run.read_results().unwrap();
    let names: Vec<&str> = results
        .models
        .iter()
        .map(|model| model.model.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "lda", "logistic", "tree", "forest", "adaboost", "knn", "majority", "clock"
        ]
    );
    for model in &results.models[..6] {
        let accuracy = |results: &pathema_experiments::run::records::TaskResults| {
            results.mean.accuracy.unwrap()
        };
        let (binary, three) = (accuracy(&model.binary), accuracy(&model.three_class));
        assert!(
            binary > 0.9 && three > 0.9,
            "{}: {binary} {three}",
            model.model
        );
        assert_eq!(model.binary.per_subject.len(), 4);
    }
    assert!(
        results
            .folds
            .iter()
            .all(|fold| fold.fitted_on.len() == 3 && fold.validated_on.is_empty())
    );
    let page = fs::read_to_string(run.file("report.html")).unwrap();
    for shown in [
        "AdaBoost",
        "kNN",
        "Logistic",
        "Clock",
        "no epochs to choose from",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    assert_eq!(fs::read_to_string(run.file("metrics.jsonl")).unwrap(), "");
    let text = fs::read_to_string(run.file("config.toml")).unwrap();
    assert!(
        text.contains("[baselines]") && text.contains("schmidt2018-wrist"),
        "{text}"
    );

    let other = study(&folder.path().join("two"), 2);
    for file in ["predictions.csv", "results.json"] {
        assert!(
            fs::read(run.file(file)).unwrap() == fs::read(other.file(file)).unwrap(),
            "{file}"
        );
    }
}

/// What all classifiers say of the subject held out in the first fold.
fn judged(cohort: &Cohort) -> Vec<Prediction> {
    cohort.with_fold(0, |fold| {
        let mut learnt = Learnt::new(&fold.training.whole()).unwrap();
        let fit = |kind: ClassifierKind| {
            let model = learnt.fit(kind, &settings(), 3, Work::alone()).unwrap();
            (
                kind.name().to_owned(),
                Box::new(model) as Box<dyn Predictor>,
            )
        };
        let frozen = fold.training.freeze(ClassifierKind::ALL.map(fit).into());
        fold.held_out.judge(&frozen).unwrap()
    })
}

/// Every other window of the subject held out has other features: what is said of the rest is the same to the bit.
#[test]
fn nothing_is_learnt_from_the_subject_held_out() {
    let before = judged(&cohort());
    let mut sessions: Vec<Session> = (0..4).map(|who| session(who, 60.0)).collect();
    let table = sessions[0].features.take().unwrap();
    let spoilt = |start: f64| start >= 300.0;
    let values = (0..table.starts().len()).flat_map(|window| {
        let spoilt = spoilt(table.starts()[window]);
        table
            .row(window)
            .iter()
            .map(move |&value| if spoilt { 1e3 } else { value })
    });
    let starts = table.starts().to_vec();
    let coverage = vec![1.0; starts.len()];
    let table = FeatureTable::new(
        NAMES.to_vec(),
        vec!["eda"],
        60.0,
        starts,
        values.collect(),
        coverage,
    );
    sessions[0].features = Some(table.unwrap());
    let after = judged(&Cohort::new(sessions, &windows(), 0).unwrap());
    assert_eq!(before.len(), after.len());
    let (mut same, mut other) = (0, 0);
    for (before, after) in before.iter().zip(&after) {
        if spoilt(before.start) {
            other += usize::from(before != after);
        } else {
            assert_eq!(before, after);
            same += 1;
        }
    }
    assert!(same > 50 && other > 20, "{same} {other}");
}

#[test]
fn windows_start_where_their_features_do_and_stay_in_one_label() {
    let rows = judged(&cohort());
    let own: Vec<&Prediction> = rows.iter().filter(|row| row.model == "lda").collect();
    let starts: Vec<f64> = own.iter().map(|row| row.start).collect();
    let of = |class: usize| {
        own.iter()
            .filter(|row| row.truth == class)
            .map(|row| row.start)
            .collect::<Vec<f64>>()
    };
    assert_eq!(
        of(0),
        (0..16)
            .map(|k| 0.25 + 10.0 * f64::from(k))
            .collect::<Vec<f64>>()
    );
    assert_eq!(
        of(1),
        (0..10)
            .map(|k| 260.25 + 10.0 * f64::from(k))
            .collect::<Vec<f64>>()
    );
    assert_eq!(of(2).first(), Some(&420.0));
    assert!(starts.iter().all(|start| start + 60.0 <= 590.0));
}

#[test]
fn features_that_do_not_fit_are_refused_and_named() {
    let sessions = |second: Session| vec![session(0, 60.0), second, session(2, 60.0)];
    let other = Cohort::new(sessions(session(1, 30.0)), &windows(), 0).unwrap_err();
    assert!(matches!(other, CohortError::OtherWindows { .. }));
    assert!(
        other
            .to_string()
            .contains("S3 are of windows of 30 s, the windows last 60 s"),
        "{other}"
    );
    let mut bare = session(1, 60.0);
    bare.features = None;
    let none = Cohort::new(sessions(bare), &windows(), 0).unwrap_err();
    assert!(
        none.to_string()
            .contains("features of S3 are not those of S2"),
        "{none}"
    );
    let bare = (0..3).map(|who| Session {
        features: None,
        ..session(who, 60.0)
    });
    let cohort = Cohort::new(bare.collect(), &windows(), 0).unwrap();
    cohort.with_fold(0, |fold| {
        let error = Learnt::new(&fold.training.whole()).unwrap_err();
        assert!(error.to_string().contains("has no features"), "{error}");
    });
}

#[test]
fn a_study_that_is_stopped_leaves_whole_files() {
    let folder = tempfile::tempdir().unwrap();
    let cohort = cohort();
    let config = Config {
        windows: windows(),
        baselines: Some(settings()),
        ..Config::default()
    };
    let run = RunFolder::create(folder.path(), &config, &manifest(&cohort)).unwrap();
    let stop = AtomicBool::new(false);
    let told = Mutex::new(Vec::new());
    let progress = |progress: Progress<'_>| {
        told.lock()
            .unwrap()
            .push((progress.fold.to_owned(), progress.fitting, progress.done));
        stop.store(
            progress.fold == "S3" && progress.done == 3,
            Ordering::Relaxed,
        );
    };
    let outcome = baselines::study(&cohort, &settings(), 3, &run, 1, &progress, &stop).unwrap();
    assert_eq!(outcome, Outcome::Interrupted);
    let told = told.into_inner().unwrap();
    assert_eq!(told.len(), 7 + 4);
    assert_eq!(told[0], ("S2".to_owned(), Some(ClassifierKind::Lda), 0));
    assert_eq!(told[6], ("S2".to_owned(), None, 6));
    assert_eq!(run.read_fold("S2").unwrap().predictions.len() % 8, 0);
    assert!(run.has_fold("S2") && !run.has_fold("S3"));
    assert!(run::finish(&run, &config, &manifest(&cohort), 1.0).is_err());
}
