//! Cells and rows made up for tests.

use pathema_experiments::run::records::Prediction;
use pathema_study::records::{
    Cell, Estimate, Info, Key, Normalisation, Protocol, Row, TaskSummary,
};

pub(crate) fn key(model: &str, seed: u64) -> Key {
    Key {
        experiment: "models".into(),
        model: model.into(),
        variant: String::new(),
        modalities: "heart+eda".into(),
        protocol: Protocol::Loso,
        normalisation: Normalisation::Population,
        trained: "clean".into(),
        tested: "clean".into(),
        seed,
    }
}

pub(crate) fn window(subject: &str, place: usize, truth: usize, p: [f64; 3]) -> Prediction {
    Prediction {
        model: "model".into(),
        subject: subject.into(),
        start: 30.0 * place as f64,
        length: 60.0,
        truth,
        p_baseline: p[0],
        p_stress: p[1],
        p_amusement: p[2],
        p_stress_binary: p[1],
    }
}

/// Names of classes for the windows of each subject, `(truth, named)`, named with probability .8.
pub(crate) fn cell(model: &str, seed: u64, subjects: &[&[(usize, usize)]]) -> Cell {
    let mut predictions = Vec::new();
    for (subject, windows) in subjects.iter().enumerate() {
        for (place, &(truth, name)) in windows.iter().enumerate() {
            let p = std::array::from_fn(|class| if class == name { 0.8 } else { 0.1 });
            predictions.push(window(&format!("S{}", subject + 2), place, truth, p));
        }
    }
    Cell {
        key: key(model, seed),
        info: Info::default(),
        predictions,
        meditation: Vec::new(),
    }
}

/// A row of which only the subjects' scores matter: the same accuracy and macro F1 in both tasks.
pub(crate) fn row(model: &str, scores: &[f64]) -> Row {
    let estimate = Estimate {
        mean: 0.0,
        over_seeds: 0.0,
        interval: (0.0, 1.0),
    };
    let subjects = scores.iter().enumerate();
    let summary = TaskSummary {
        accuracy: estimate,
        macro_f1: estimate,
        pooled_accuracy: 0.0,
        pooled_macro_f1: 0.0,
        roc_auc: None,
        cross_entropy: 0.0,
        ece: 0.0,
        together: (0.0, 0.0),
        subjects: subjects
            .map(|(subject, &score)| (format!("S{}", subject + 2), score, score))
            .collect(),
        recalls: Vec::new(),
        confusion: Vec::new(),
    };
    Row {
        key: key(model, 0),
        seeds: 1,
        windows: 0,
        info: Info::default(),
        binary: summary.clone(),
        three_class: summary,
        meditation: None,
    }
}

#[track_caller]
pub(crate) fn close(what: &str, found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{what}: {found}, expected {expected}"
    );
}
