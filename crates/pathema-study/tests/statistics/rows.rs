//! Rows whose figures are known beforehand.

use std::collections::BTreeMap;

use pathema_experiments::metrics::Task;
use pathema_study::records::{Cell, Epoch, Protocol, Row};
use pathema_study::statistics::compare::compare_all;
use pathema_study::statistics::gap::optimism;
use pathema_study::statistics::power::minimum_detectable_difference;
use pathema_study::statistics::roc::mean_roc;
use pathema_study::statistics::{Score, group, summarise};

use crate::support::{cell, close, row, window};

/// Two seeds of a model on two subjects: the first subject's four windows, the second's two.
fn two_seeds() -> [Cell; 2] {
    [
        cell(
            "cde",
            1,
            &[&[(0, 0), (0, 1), (1, 1), (2, 2)], &[(0, 0), (1, 1)]],
        ),
        cell(
            "cde",
            2,
            &[&[(0, 0), (0, 0), (1, 1), (2, 0)], &[(0, 1), (1, 1)]],
        ),
    ]
}

#[test]
fn figures_are_means_over_subjects_and_then_over_seeds() {
    let found = summarise(&two_seeds()).unwrap();
    assert_eq!((found.seeds, found.windows, found.key.seed), (2, 6, 0));

    let three = &found.three_class;
    // Seed 1: 3/4 and 2/2; seed 2: 3/4 and 1/2.
    close(
        "accuracy",
        three.accuracy.mean,
        (0.875 + 0.625) / 2.0,
        1e-15,
    );
    close(
        "spread",
        three.accuracy.over_seeds,
        0.25 / 2f64.sqrt(),
        1e-15,
    );
    assert_eq!(three.subjects[0].0, "S2");
    close("S2", three.subjects[0].1, 0.75, 1e-15);
    close("S3", three.subjects[1].1, 0.75, 1e-15);
    // F1 of S3: 1 and 1, then 0 and 2/3.
    close(
        "F1 of S3",
        three.subjects[1].2,
        (1.0 + 1.0 / 3.0) / 2.0,
        1e-15,
    );
    // Both subjects' means over seeds are .75, though neither seed's are: nothing to resample.
    assert_eq!(three.accuracy.interval, (0.75, 0.75));
    close(
        "pooled",
        three.pooled_accuracy,
        (5.0 / 6.0 + 4.0 / 6.0) / 2.0,
        1e-15,
    );
    assert_eq!(
        three.confusion,
        [[2.0, 1.0, 0.0], [0.0, 2.0, 0.0], [0.5, 0.0, 0.5]]
    );
    // All is said with .8: seed 1 is right in 5 of 6 windows, seed 2 in 4.
    close(
        "ECE",
        three.ece,
        ((5.0 / 6.0 - 0.8) + (0.8 - 4.0 / 6.0)) / 2.0,
        1e-12,
    );
    let right = |n: f64| -(n * 0.8f64.ln() + (6.0 - n) * 0.1f64.ln()) / 6.0;
    close(
        "nats",
        three.cross_entropy,
        (right(5.0) + right(4.0)) / 2.0,
        1e-12,
    );

    let binary = &found.binary;
    close(
        "binary",
        binary.accuracy.mean,
        ((0.75 + 1.0) / 2.0 + (1.0 + 0.5) / 2.0) / 2.0,
        1e-15,
    );
    assert_eq!(binary.confusion, [[3.0, 1.0], [0.0, 2.0]]);
    // 2 × 4 pairs, of which one negative ties with both positives.
    close("area", binary.roc_auc.unwrap(), 7.0 / 8.0, 1e-15);
    assert_eq!(found.meditation, None);
    assert_eq!(
        three.recalls,
        [
            [Some(0.75), Some(1.0), Some(0.5)],
            [Some(0.5), Some(1.0), None]
        ]
    );
    close(
        "rest of S2",
        binary.recalls[0][0].unwrap(),
        5.0 / 6.0,
        1e-15,
    );
}

#[test]
fn together_the_seeds_name_what_their_mean_probability_does() {
    // S2: where the seeds disagree .45, .45 and .1, of which the first is named.
    let found = summarise(&two_seeds()).unwrap().three_class.together;
    // S2: 0 0 | 0 → baseline, right | 1 1 | 2 → baseline: wrong. S3: 0 → baseline, right | 1.
    close("accuracy", found.0, (0.75 + 1.0) / 2.0, 1e-15);
    let f1 = (4.0 / 5.0 + 1.0 + 0.0) / 3.0;
    close("macro F1", found.1, (f1 + 1.0) / 2.0, 1e-15);
}

#[test]
fn neither_the_order_of_cells_nor_of_windows_matters() {
    let [first, second] = two_seeds();
    let mut turned = second.clone();
    turned.predictions.reverse();
    let expected = summarise(&[first.clone(), second]).unwrap();
    assert_eq!(summarise(&[turned, first]).unwrap(), expected);
}

#[test]
fn a_study_is_grouped_by_all_but_the_seed() {
    let mut cells: Vec<Cell> = two_seeds().to_vec();
    cells.push(cell("clock", 1, &[&[(0, 0)], &[(1, 0)]]));
    let mut cross = cell("cde", 1, &[&[(0, 0)]]);
    cross.key.protocol = Protocol::CrossOrder;
    cells.insert(0, cross);
    let rows = group(&cells).unwrap();
    let known: Vec<_> = rows
        .iter()
        .map(|row| (row.key.model.as_str(), row.key.protocol, row.seeds))
        .collect();
    assert_eq!(
        known,
        [
            ("cde", Protocol::Loso, 2),
            ("cde", Protocol::CrossOrder, 1),
            ("clock", Protocol::Loso, 1)
        ]
    );
    assert!(rows.is_sorted_by(|a, b| a.key < b.key));
    assert_eq!(group(&[]).unwrap(), []);
    // One subject says nothing of others.
    assert_eq!(rows[1].binary.accuracy.interval, (0.0, 1.0));
    assert_eq!(rows[1].binary.roc_auc, None);
    let written = serde_json::to_string(&rows).unwrap();
    let read: Vec<Row> = serde_json::from_str(&written).unwrap();
    for (read, row) in read.iter().zip(&rows) {
        assert_eq!(read.key, row.key);
        assert_eq!(read.three_class.accuracy, row.three_class.accuracy);
        assert_eq!(read.binary.roc_auc, row.binary.roc_auc);
    }
}

#[test]
fn how_it_came_about_is_summed_up_too() {
    let epoch = |epoch, loss, validation_loss| Epoch {
        epoch,
        loss,
        binary: 0.5,
        three_class: 0.5,
        validation_loss,
        validation_binary: None,
        validation_three_class: None,
    };
    let mut cells = two_seeds();
    for (cell, curves, chosen, seconds) in [
        (
            0,
            vec![epoch(1, 1.0, Some(2.0)), epoch(2, 0.5, None)],
            "hidden=8",
            10.0,
        ),
        (1, vec![epoch(1, 2.0, None)], "hidden=16", 20.0),
    ] {
        let info = &mut cells[cell].info;
        info.curves = curves;
        info.chosen = BTreeMap::from([("S2".into(), chosen.into()), ("S3".into(), "none".into())]);
        info.train_seconds = seconds;
        info.parameters = 100 + cell as u64;
    }
    cells[0].meditation = vec![
        window("S2", 40, 0, [0.1, 0.8, 0.1]),
        window("S3", 40, 0, [0.8, 0.1, 0.1]),
    ];
    cells[1].meditation = vec![
        window("S2", 40, 0, [0.8, 0.1, 0.1]),
        window("S3", 40, 0, [0.8, 0.1, 0.1]),
    ];
    let found = summarise(&cells).unwrap();
    let meditation = found.meditation.unwrap();
    // S2's one window is called stress by one seed of two, S3's by none.
    assert_eq!(meditation.called_stress.mean, 0.25);
    close(
        "spread",
        meditation.called_stress.over_seeds,
        0.5 / 2f64.sqrt(),
        1e-15,
    );
    assert_eq!(meditation.called_stress.interval, (0.0, 0.5));
    assert_eq!((meditation.windows, meditation.subjects), (2, 2));
    assert_eq!(found.info.train_seconds, 15.0);
    assert_eq!(found.info.chosen["S2"], "hidden=8 | hidden=16");
    assert_eq!(found.info.chosen["S3"], "none");
    assert_eq!(
        found.info.curves,
        [epoch(1, 1.5, Some(2.0)), epoch(2, 0.5, None)]
    );
}

#[test]
fn a_family_is_corrected_as_one() {
    let reference = row("cde", &[0.9, 0.95, 0.85, 1.0, 0.9, 0.92, 0.88, 0.97]);
    let shifted = |by: f64| {
        reference
            .binary
            .subjects
            .iter()
            .map(|s| s.1 - by)
            .collect::<Vec<_>>()
    };
    let (worse, same) = (row("clock", &shifted(0.25)), row("lstm", &shifted(0.0)));
    let family = compare_all(&reference, &[&same, &worse], Task::Binary, Score::MacroF1).unwrap();
    assert_eq!(family[1].other.model, "clock");
    close("difference", family[1].difference, 0.25, 1e-15);
    assert_eq!(family[1].subjects, [8, 0, 0]);
    assert_eq!(family[1].rank_biserial, Some(1.0));
    let p = 2.0 / 256.0;
    for value in [family[1].sign_flip, family[1].wilcoxon] {
        assert_eq!(
            (value.p, value.holm, value.benjamini_hochberg),
            (p, 2.0 * p, 2.0 * p)
        );
    }
    assert_eq!(family[0].subjects, [0, 8, 0]);
    assert_eq!(
        (
            family[0].rank_biserial,
            family[0].sign_flip.p,
            family[0].wilcoxon.p
        ),
        (None, 1.0, 1.0)
    );
    let written = serde_json::to_string(&family).unwrap();
    assert!(
        written.contains("\"task\":\"binary\",\"score\":\"macro-f1\""),
        "{written}"
    );
    let read: Vec<pathema_study::statistics::compare::Comparison> =
        serde_json::from_str(&written).unwrap();
    assert_eq!(read, family);
}

#[test]
fn optimism_is_what_the_flattering_protocol_adds() {
    let mut random = row("cde", &[0.99, 0.97, 1.0, 0.96]);
    random.key.protocol = Protocol::RandomSplit;
    let loso = row("cde", &[0.89, 0.92, 0.9, 0.86]);
    let found = optimism(&random, &loso, Task::ThreeClass, Score::Accuracy).unwrap();
    close(
        "optimism",
        found.difference,
        (0.10 + 0.05 + 0.10 + 0.10) / 4.0,
        1e-12,
    );
    assert!(found.interval.0 > 0.05 - 1e-12 && found.interval.1 < 0.10 + 1e-12);
    let message = optimism(
        &random,
        &row("lstm", &[0.9; 4]),
        Task::Binary,
        Score::Accuracy,
    )
    .unwrap_err()
    .to_string();
    assert!(
        message.contains("model is \"cde\" in one and \"lstm\""),
        "{message}"
    );
}

#[test]
fn the_mean_curve_goes_through_the_mean_of_the_subjects_curves() {
    let at = |subject: &str, place, truth, p: f64| window(subject, place, truth, [1.0 - p, p, 0.0]);
    let mut one = cell("cde", 1, &[&[]]);
    one.predictions = vec![
        // Perfect: up at no false alarms.
        at("S2", 0, 0, 0.1),
        at("S2", 1, 1, 0.9),
        // A tie: the diagonal.
        at("S3", 0, 0, 0.5),
        at("S3", 1, 1, 0.5),
        // No stress, no curve.
        at("S4", 0, 0, 0.5),
    ];
    let found = mean_roc([&one], Task::Binary).unwrap();
    assert_eq!((found.subjects, found.points.len()), (2, 101));
    for (index, point) in found.points.iter().enumerate() {
        let x = index as f64 / 100.0;
        close("false alarms", point.false_positive_rate, x, 1e-15);
        close("hits", point.true_positive_rate, (1.0 + x) / 2.0, 1e-12);
        close("low", point.interval.0, x, 1e-12);
        close("high", point.interval.1, 1.0, 1e-12);
    }
    // A second seed that has it the wrong way round for S2: half of the way up only at the end.
    let mut two = one.clone();
    two.key.seed = 2;
    two.predictions[0] = at("S2", 0, 0, 0.95);
    let found = mean_roc([&one, &two], Task::Binary).unwrap();
    close(
        "S2 at .5",
        found.points[50].true_positive_rate,
        (0.5 + 0.5) / 2.0,
        1e-12,
    );
    close(
        "at the end",
        found.points[100].true_positive_rate,
        1.0,
        1e-12,
    );
    one.predictions.truncate(1);
    assert_eq!(mean_roc([&one], Task::Binary).unwrap().points, []);
}

#[test]
fn what_can_be_detected_grows_with_the_spread() {
    let differences = [0.02, -0.01, 0.03, 0.0, 0.05, -0.02, 0.01, 0.04];
    let wider = differences.map(|d| 3.0 * d + 1.0);
    let (one, three) = (
        minimum_detectable_difference(&differences).unwrap(),
        minimum_detectable_difference(&wider).unwrap(),
    );
    close("three times as wide", three, 3.0 * one, 1e-9);
    assert_eq!(minimum_detectable_difference(&differences[..5]), None);
    assert_eq!(minimum_detectable_difference(&[]), None);
}
