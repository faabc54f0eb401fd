use proptest::prelude::*;

use super::golden::{BINARY, Case, THREE_CLASS};
use super::*;

#[track_caller]
fn close(what: &str, found: Option<f64>, expected: Option<f64>) {
    match (found, expected) {
        (Some(found), Some(expected)) => assert!(
            (found - expected).abs() < 1e-12,
            "{what}: {found}, scikit-learn says {expected}"
        ),
        _ => assert_eq!(found, expected, "{what}"),
    }
}

#[track_caller]
fn check<const K: usize>(case: &Case<K>) {
    let probabilities: Vec<[f64; K]> = case
        .hundredths
        .iter()
        .map(|row| row.map(|p| f64::from(p) / 100.0))
        .collect();
    let found = scores(case.truth, &probabilities);
    let name = case.name;
    close(&format!("{name}: accuracy"), found.accuracy, case.accuracy);
    close(&format!("{name}: macro F1"), found.macro_f1, case.macro_f1);
    close(
        &format!("{name}: F1 of stress"),
        found.stress_f1,
        case.stress_f1,
    );
    close(
        &format!("{name}: balanced accuracy"),
        found.balanced_accuracy,
        case.balanced_accuracy,
    );
    close(&format!("{name}: AUC"), found.roc_auc, case.roc_auc);
    close(
        &format!("{name}: cross-entropy"),
        found.cross_entropy,
        case.cross_entropy,
    );
    assert_eq!(found.windows, case.truth.len() as u64);
    assert_eq!(
        confusion(case.truth, &probabilities)
            .map(Vec::from)
            .to_vec(),
        case.confusion,
        "{name}"
    );
    let positive: Vec<bool> = case.truth.iter().map(|&t| t == STRESS).collect();
    let p_stress: Vec<f64> = probabilities.iter().map(|p| p[STRESS]).collect();
    let curve = roc_curve(&positive, &p_stress);
    assert_eq!(curve.len(), case.roc.len(), "{name}: points of the curve");
    for (found, expected) in curve.iter().zip(case.roc) {
        close(name, Some(found.0), Some(expected.0));
        close(name, Some(found.1), Some(expected.1));
    }
}

#[test]
fn agrees_with_scikit_learn() {
    for case in BINARY {
        check(case);
    }
    for case in THREE_CLASS {
        check(case);
    }
}

fn prediction(subject: usize, truth: usize, p: [f64; 3], p_stress_binary: f64) -> Prediction {
    Prediction {
        model: "neural-cde".into(),
        subject: format!("S{subject}"),
        start: 0.0,
        length: 60.0,
        truth,
        p_baseline: p[0],
        p_stress: p[1],
        p_amusement: p[2],
        p_stress_binary,
    }
}

#[test]
fn nothing_is_defined_without_windows() {
    let results = task_results(&[], Task::ThreeClass);
    assert_eq!(results.pooled.accuracy, None);
    assert_eq!(results.mean, results.pooled);
    assert_eq!(results.std, results.pooled);
    assert!(results.roc.is_empty());
    assert_eq!(results.confusion, vec![vec![0; 3]; 3]);
}

#[test]
fn a_subject_without_the_score_is_left_out_of_its_mean() {
    let sure = |class: usize| std::array::from_fn(|c| f64::from(u8::from(c == class)));
    let predictions = [
        prediction(2, 0, sure(0), 0.0),
        prediction(2, 1, sure(1), 1.0),
        prediction(3, 0, sure(1), 0.8),
        prediction(4, 0, sure(0), 0.3),
        prediction(4, 1, sure(1), 0.2),
    ];
    let results = task_results(&predictions, Task::Binary);
    let areas: Vec<Option<f64>> = results
        .per_subject
        .iter()
        .map(|subject| subject.scores.roc_auc)
        .collect();
    assert_eq!(areas, [Some(1.0), None, Some(0.0)]);
    assert_eq!(results.mean.roc_auc, Some(0.5));
    // Of 1 and 0: the sample standard deviation is the root of a half.
    close("spread", results.std.roc_auc, Some(0.5f64.sqrt()));
    assert_eq!(results.mean.windows, 2);
    assert_eq!(results.pooled.windows, 5);
    assert_eq!(results.confusion, [[2, 1], [1, 1]]);
}

#[test]
fn a_diverged_model_has_no_auc_and_no_cross_entropy() {
    let found = scores(&[0, 1, 0], &[[0.9, 0.1], [f64::NAN, f64::NAN], [0.4, 0.6]]);
    assert_eq!((found.roc_auc, found.cross_entropy), (None, None));
    assert_eq!(found.accuracy, Some(1.0 / 3.0));
}

#[test]
fn equal_probabilities_name_the_first_class() {
    assert_eq!(named(&[0.4, 0.4, 0.2]), 0);
    assert_eq!(named(&[0.2, 0.4, 0.4]), 1);
    assert_eq!(named(&[0.5, 0.5]), 0);
}

#[test]
fn what_cannot_be_scored_is_named() {
    let mut predictions = vec![prediction(2, 0, [1.0, 0.0, 0.0], 0.0); 2];
    assert_eq!(validate(&predictions), Ok(()));
    predictions[1].truth = 3;
    let message = validate(&predictions).unwrap_err().to_string();
    assert!(
        message.contains("prediction 1")
            && message.contains("\"S2\"")
            && message.contains("truth is 3")
    );
    predictions[1].truth = 2;
    predictions[1].p_stress_binary = f64::NAN;
    let message = validate(&predictions).unwrap_err().to_string();
    assert!(message.contains("p_stress_binary is NaN"), "{message}");
}

/// Truth and a small whole score per window, so that scores tie often.
fn scored() -> impl Strategy<Value = Vec<(bool, i32)>> {
    prop::collection::vec((any::<bool>(), -20i32..20), 0..80)
}

fn predictions() -> impl Strategy<Value = Vec<Prediction>> {
    let window = (1usize..6, 0usize..3, 0u32..9, 0u32..9, 1u32..9, 0u32..=10);
    let window = window.prop_map(|(subject, truth, a, b, c, stress)| {
        let sum = f64::from(a + b + c);
        let p = [a, b, c].map(|share| f64::from(share) / sum);
        prediction(subject, truth, p, f64::from(stress) / 10.0)
    });
    prop::collection::vec(window, 0..60)
}

proptest! {
    #[test]
    fn auc_does_not_change_under_a_rising_map(windows in scored()) {
        let positive: Vec<bool> = windows.iter().map(|w| w.0).collect();
        let plain: Vec<f64> = windows.iter().map(|w| f64::from(w.1)).collect();
        // Exact in f64, so that ties stay ties and nothing else becomes one.
        let mapped: Vec<f64> = plain.iter().map(|s| s.powi(3) + 2.0 * s - 7.0).collect();
        prop_assert_eq!(roc_auc(&positive, &plain), roc_auc(&positive, &mapped));
        let fallen: Vec<f64> = plain.iter().map(|s| -s).collect();
        if let (Some(area), Some(mirrored)) = (roc_auc(&positive, &plain), roc_auc(&positive, &fallen)) {
            prop_assert!((area + mirrored - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn auc_is_the_area_under_the_curve_and_under_its_corners(windows in scored()) {
        let positive: Vec<bool> = windows.iter().map(|w| w.0).collect();
        let score: Vec<f64> = windows.iter().map(|w| f64::from(w.1)).collect();
        let curve = roc_curve(&positive, &score);
        let area = |points: &[(f64, f64)]| -> f64 {
            points.windows(2).map(|w| (w[1].0 - w[0].0) * (w[1].1 + w[0].1) / 2.0).sum()
        };
        match roc_auc(&positive, &score) {
            None => prop_assert!(curve.is_empty()),
            Some(auc) => {
                prop_assert!((area(&curve) - auc).abs() < 1e-12);
                let corners = roc::corners(&curve);
                prop_assert!((area(&corners) - auc).abs() < 1e-12);
                prop_assert_eq!(corners.first(), Some(&(0.0, 0.0)));
                prop_assert_eq!(corners.last(), Some(&(1.0, 1.0)));
                prop_assert!(curve.windows(2).all(|w| w[0].0 <= w[1].0 && w[0].1 <= w[1].1));
            }
        }
    }

    #[test]
    fn windows_are_counted_once(predictions in predictions()) {
        for task in [Task::Binary, Task::ThreeClass] {
            let results = task_results(&predictions, task);
            let counted: u64 = results.confusion.iter().flatten().sum();
            prop_assert_eq!(counted, predictions.len() as u64);
            let of_subjects: u64 = results.per_subject.iter().map(|s| s.scores.windows).sum();
            prop_assert_eq!(of_subjects, counted);
            let right: u64 = (0..results.confusion.len()).map(|c| results.confusion[c][c]).sum();
            if let Some(accuracy) = results.pooled.accuracy {
                prop_assert!((accuracy * counted as f64 - right as f64).abs() < 1e-9);
            }
            for scores in [&results.mean, &results.pooled] {
                for share in [scores.accuracy, scores.macro_f1, scores.stress_f1, scores.balanced_accuracy, scores.roc_auc] {
                    prop_assert!(share.is_none_or(|share| (0.0..=1.0).contains(&share)));
                }
            }
        }
    }

    #[test]
    fn who_is_right_and_sure_scores_one(truth in prop::collection::vec(0usize..3, 1..40)) {
        let predictions: Vec<Prediction> = truth.iter().enumerate().map(|(index, &class)| {
            let p = std::array::from_fn(|c| f64::from(u8::from(c == class)));
            prediction(index % 4, class, p, p[STRESS])
        }).collect();
        for task in [Task::Binary, Task::ThreeClass] {
            let results = task_results(&predictions, task);
            prop_assert_eq!(results.mean.accuracy, Some(1.0));
            prop_assert_eq!(results.mean.macro_f1, Some(1.0));
            prop_assert_eq!(results.mean.balanced_accuracy, Some(1.0));
            prop_assert_eq!(results.mean.cross_entropy, Some(0.0));
            prop_assert!(results.mean.roc_auc.is_none_or(|area| area == 1.0));
            prop_assert!(results.mean.stress_f1.is_none_or(|f1| f1 == 1.0));
        }
    }
}
