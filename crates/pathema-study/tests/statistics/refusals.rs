//! Cells that no row can be made of, rows that cannot be paired: each error says what, which and what to do.

use pathema_experiments::metrics::Task;
use pathema_study::records::{Cell, Normalisation, Protocol};
use pathema_study::statistics::compare::compare_all;
use pathema_study::statistics::{Score, summarise};

use crate::support::{cell, row, window};

#[track_caller]
fn refused(change: impl Fn(&mut Cell), expected: &[&str]) {
    let windows: &[&[(usize, usize)]] = &[&[(0, 0), (1, 1)], &[(2, 2)]];
    let mut cells = [cell("cde", 4, windows), cell("cde", 5, windows)];
    for cell in &mut cells {
        cell.meditation = vec![window("S2", 40, 0, [0.8, 0.1, 0.1])];
    }
    assert!(summarise(&cells).is_ok());
    change(&mut cells[1]);
    let message = summarise(&cells).expect_err("refused").to_string();
    for part in expected {
        assert!(message.contains(part), "{message:?} should say {part:?}");
    }
}

#[test]
fn cells_that_differ_in_more_than_the_seed() {
    refused(
        |c| c.key.experiment = "gaps".into(),
        &["experiment", "\"models\"", "\"gaps\"", "group"],
    );
    refused(
        |c| c.key.model = "lstm".into(),
        &["model", "\"cde\"", "\"lstm\""],
    );
    refused(
        |c| c.key.variant = "hidden=8".into(),
        &["variant", "hidden=8"],
    );
    refused(
        |c| c.key.modalities = "eda".into(),
        &["modalities", "\"eda\""],
    );
    refused(
        |c| c.key.protocol = Protocol::CrossOrder,
        &["protocol", "CrossOrder"],
    );
    refused(
        |c| c.key.normalisation = Normalisation::Causal,
        &["normalisation", "Causal"],
    );
    refused(|c| c.key.trained = "gaps".into(), &["trained"]);
    refused(
        |c| c.key.tested = "burst-70".into(),
        &["tested", "burst-70"],
    );
    refused(|c| c.info.simulated = true, &["simulated", "\"true\""]);
    refused(
        |c| c.info.selection = "post-hoc".into(),
        &["selection", "post-hoc"],
    );
}

#[test]
fn the_same_seed_twice() {
    refused(|c| c.key.seed = 4, &["seed 4 twice", "\"cde\""]);
}

#[test]
fn windows_that_are_not_the_same() {
    refused(
        |c| drop(c.predictions.pop()),
        &["\"S3\"", "at 0 s", "seeds 4 and 5", "only the first"],
    );
    refused(
        |c| c.predictions.push(window("S9", 3, 0, [1.0, 0.0, 0.0])),
        &["\"S9\"", "at 90 s", "only the other"],
    );
    refused(|c| c.predictions[1].start = 31.0, &["\"S2\"", "at 30 s"]);
    refused(|c| c.predictions[1].length = 30.0, &["\"S2\"", "at 30 s"]);
    refused(
        |c| c.predictions[0].truth = 2,
        &["\"S2\"", "their truth differs"],
    );
    refused(|c| c.meditation.clear(), &["at 1200 s", "only the first"]);
    refused(
        |c| c.predictions.push(c.predictions[0].clone()),
        &["\"S2\"", "at 0 s", "predicted twice", "seed 5"],
    );
}

#[test]
fn nothing_and_no_numbers() {
    let message = summarise(&[]).expect_err("refused").to_string();
    assert!(message.contains("no cells"), "{message}");
    let message = summarise(&[cell("cde", 3, &[])])
        .expect_err("refused")
        .to_string();
    assert!(message.contains("seed 3: no test windows"), "{message}");
    refused(|c| c.predictions.clear(), &["only the first"]);
    refused(
        |c| c.predictions[1].p_stress = f64::NAN,
        &["seed 5", "p_stress is NaN", "train it again"],
    );
    refused(
        |c| c.meditation[0].p_stress_binary = 1.5,
        &["p_stress_binary is 1.5"],
    );
    refused(|c| c.predictions[0].truth = 7, &["truth is 7"]);
}

#[test]
fn subjects_that_have_no_partner() {
    let (two, three) = (row("cde", &[0.9, 0.8]), row("lstm", &[0.9, 0.8, 0.7]));
    for (reference, other) in [(&two, &three), (&three, &two)] {
        let message = compare_all(reference, &[other], Task::Binary, Score::Accuracy)
            .expect_err("refused")
            .to_string();
        assert!(
            message.contains("\"S4\" was judged by \"lstm\", not by \"cde\""),
            "{message}"
        );
    }
    assert_eq!(
        compare_all(&two, &[], Task::Binary, Score::Accuracy),
        Ok(vec![])
    );
}
