//! A study from recordings to a run folder.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use pathema_experiments::config::Config;
use pathema_experiments::run::records::EpochRecord;
use pathema_experiments::run::{self, Outcome, RunFolder};
use pathema_experiments::train::{Observer, Silent, Workers, study};
use tch::Device;

use crate::support;

const ONE: Workers = Workers {
    threads: 1,
    device: Device::Cpu,
};

fn train(
    config: &Config,
    folder: &Path,
    workers: Workers,
    observer: &dyn Observer,
    stop: &AtomicBool,
) -> Outcome {
    let (cohort, manifest) = support::load(config);
    let run = if folder.exists() {
        RunFolder::open(folder).unwrap().0
    } else {
        RunFolder::create(folder, config, &manifest).unwrap()
    };
    let outcome = study(&cohort, config, &run, workers, observer, stop).unwrap();
    if outcome == Outcome::Finished {
        run::finish(&run, config, &manifest, 1.0).unwrap();
    }
    outcome
}

/// Asks to stop after some epochs.
struct StopAfter<'a> {
    left: AtomicUsize,
    stop: &'a AtomicBool,
}

impl Observer for StopAfter<'_> {
    fn epoch(&self, _: &EpochRecord) {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

/// Weights, predictions and results are the same to the bit; epochs differ in how long they took.
#[track_caller]
fn same(one: &Path, other: &Path, subjects: &[&str]) {
    let read = |folder: &Path, file: &str| fs::read(folder.join(file)).unwrap();
    for file in ["predictions.csv", "results.json"] {
        assert!(read(one, file) == read(other, file), "{file} differs");
    }
    for subject in subjects {
        let file = format!("folds/{subject}/weights.safetensors");
        assert!(read(one, &file) == read(other, &file), "{file} differs");
    }
}

#[test]
fn does_not_depend_on_threads_or_interruptions() {
    let folder = tempfile::tempdir().unwrap();
    support::simulate(folder.path(), 3);
    let config = support::config(folder.path());
    let never = AtomicBool::new(false);
    let whole = folder.path().join("whole");
    assert_eq!(
        train(&config, &whole, ONE, &Silent, &never),
        Outcome::Finished
    );

    let two = Workers { threads: 2, ..ONE };
    let side_by_side = folder.path().join("side-by-side");
    assert_eq!(
        train(&config, &side_by_side, two, &Silent, &never),
        Outcome::Finished
    );
    let subjects = ["S2", "S3", "S4"];
    same(&whole, &side_by_side, &subjects);

    let broken = folder.path().join("broken");
    for (left, outcome) in [
        (2, Outcome::Interrupted),
        (3, Outcome::Interrupted),
        (99, Outcome::Finished),
    ] {
        let stop = AtomicBool::new(false);
        let observer = StopAfter {
            left: AtomicUsize::new(left),
            stop: &stop,
        };
        assert_eq!(train(&config, &broken, ONE, &observer, &stop), outcome);
    }
    same(&whole, &broken, &subjects);
    assert!(!broken.join("folds/S2/checkpoint.safetensors").exists());
    complete(&whole);
}

/// Everything that a run folder promises is there, and agrees.
#[track_caller]
fn complete(folder: &Path) {
    let (run, config, manifest) = RunFolder::open(folder).unwrap();
    assert!(manifest.data.simulated);
    assert_eq!(manifest.data.subjects.len(), 3);
    assert!(
        manifest
            .data
            .subjects
            .iter()
            .all(|subject| subject.sha256.len() == 64)
    );
    let results = run.read_results().unwrap();
    let names: Vec<&str> = results
        .models
        .iter()
        .map(|model| model.model.as_str())
        .collect();
    assert_eq!(names, ["neural-cde", "majority", "clock"]);
    for model in &results.models {
        let windows: u64 = model
            .binary
            .per_subject
            .iter()
            .map(|one| one.scores.windows)
            .sum();
        let counted: u64 = model.three_class.confusion.iter().flatten().sum();
        assert_eq!(windows, counted);
    }
    let lines = fs::read_to_string(run.file("metrics.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 3 * config.train.epochs);
    let rows = fs::read_to_string(run.file("predictions.csv"))
        .unwrap()
        .lines()
        .count() as u64;
    assert_eq!(rows, 1 + 3 * results.models[0].binary.pooled.windows);
    let page = fs::read_to_string(run.file("report.html")).unwrap();
    assert!(
        page.contains("imulated"),
        "the report must say that the data is simulated"
    );
    for subject in ["S2", "S3", "S4"] {
        let events = fs::read_dir(run.file("tensorboard").join(subject))
            .unwrap()
            .count();
        assert_eq!(events, 1);
    }
}

/// A learning rate beyond reason: the loss is no number soon, and the last good weights are kept.
#[test]
fn a_loss_that_is_no_number_names_its_place() {
    let folder = tempfile::tempdir().unwrap();
    support::simulate(folder.path(), 3);
    let mut config = support::config(folder.path());
    config.train.learning_rate = 1e38;
    config.train.clip = 0.0;
    let (cohort, manifest) = support::load(&config);
    let run = RunFolder::create(&folder.path().join("run"), &config, &manifest).unwrap();
    let never = AtomicBool::new(false);
    let error = study(&cohort, &config, &run, ONE, &Silent, &never)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("fold S2") && error.contains("epoch") && error.contains("batch"),
        "{error}"
    );
    assert!(error.contains("checkpoint.safetensors"), "{error}");
    assert!(run.file("folds/S2/checkpoint.safetensors").exists());
}

/// Every solver and spline goes through the same training.
#[test]
fn all_paths_and_solvers_train() {
    use pathema_experiments::config::{
        Interpolation, ModalityGroup, PlacementChoice, SolverMethod,
    };
    let folder = tempfile::tempdir().unwrap();
    support::simulate(folder.path(), 3);
    let cases = [
        (
            Interpolation::Natural,
            SolverMethod::Rk4,
            0.0,
            PlacementChoice::Chest,
        ),
        (
            Interpolation::Hermite,
            SolverMethod::Dopri5,
            0.0,
            PlacementChoice::Wrist,
        ),
        (
            Interpolation::Linear,
            SolverMethod::Euler,
            0.0,
            PlacementChoice::Wrist,
        ),
    ];
    for (case, (interpolation, method, step, placement)) in cases.into_iter().enumerate() {
        let mut config = support::config(folder.path());
        config.path.interpolation = interpolation;
        config.solver.method = method;
        config.solver.step = step;
        config.solver.rtol = 1e-2;
        config.solver.atol = 1e-2;
        config.data.placement = placement;
        config.data.modalities = vec![ModalityGroup::Acc];
        config.train.epochs = 1;
        config.train.windows_per_epoch = 16;
        let run = folder.path().join(format!("run{case}"));
        let never = AtomicBool::new(false);
        assert_eq!(
            train(&config, &run, ONE, &Silent, &never),
            Outcome::Finished
        );
    }
}
