use std::path::Path;

use super::*;
use crate::bench::worker::Answer;
use crate::bench::workloads::{self, Extent, Program};

fn comparison(words: &str) -> Comparison {
    let all = workloads::all(Path::new(""), &Extent::FULL);
    all.into_iter().find(|c| c.words == words).unwrap()
}

fn series(workload: &crate::bench::worker::Workload, seconds: f64, loss: f64) -> Series {
    Series {
        program: Program::Ours,
        workload: workload.clone(),
        seconds: vec![seconds],
        last: Answer {
            loss: Some(loss),
            gradient_norm: Some(1.0),
            ..Answer::default()
        },
        exact: None,
        trouble: None,
    }
}

/// Midpoint on natural splines beside torchcde, which takes a second and finds a loss of 1.
fn beside_torchcde(ours: Series) -> Row {
    let comparison = comparison("midpoint, natural, batch 32");
    let theirs = series(&comparison.ours[0], 1.0, 1.0);
    rows(&comparison, &[vec![ours], vec![theirs]]).remove(0)
}

fn basis() -> crate::bench::worker::Workload {
    workloads::basis()
}

#[test]
fn a_ratio_is_theirs_over_ours() {
    let row = beside_torchcde(series(&basis(), 0.125, 1.0));
    assert_eq!(row.ratio, Some(8.0));
    assert_eq!(row.peer, "torchcde, direct");
}

#[test]
fn what_is_not_the_same_is_not_compared() {
    let row = beside_torchcde(series(&basis(), 0.125, 1.01));
    assert!(
        row.ratio.is_none() && row.remark.contains("loss"),
        "{}",
        row.remark
    );
    // A step tells a gradient, a fit has none.
    let mut without = series(&basis(), 0.125, 1.0);
    without.last.gradient_norm = None;
    let row = beside_torchcde(without);
    assert!(
        row.ratio.is_none() && row.remark.contains("norm"),
        "{}",
        row.remark
    );
}

#[test]
fn fits_are_compared_by_what_they_fit() {
    let comparison = comparison("fit, natural, 30 % missing, 32 × 240 × 4");
    let ratio = |their_loss: f64| {
        let mut both = [(0.01, 1.0), (2.0, their_loss)]
            .map(|(seconds, loss)| series(&comparison.ours[0], seconds, loss));
        for series in &mut both {
            series.last.gradient_norm = None;
        }
        rows(&comparison, &both.map(|series| vec![series]))[0].ratio
    };
    assert_eq!((ratio(1.0), ratio(1.1)), (Some(200.0), None));
}

#[test]
fn trouble_is_told() {
    let mut ours = series(&basis(), 0.125, 1.0);
    ours.seconds.clear();
    ours.trouble = Some("no such solver".into());
    let row = beside_torchcde(ours);
    assert_eq!(
        (row.ratio, row.remark.as_str()),
        (None, "ours: no such solver")
    );
}

#[test]
fn memory_is_compared_by_peaks() {
    let comparison = comparison("peak memory of the reversible gradient, 24,000 knots");
    let mut both = [&comparison.ours[0], &comparison.peers[0].asked[0]]
        .map(|workload| series(workload, 1.0, 1.0));
    both[0].last.peak = Some(200.0);
    both[1].last.peak = Some(100.0);
    let [ours, theirs] = both;
    assert_eq!(
        rows(&comparison, &[vec![ours], vec![theirs]])[0].ratio,
        Some(0.5)
    );
}

#[test]
fn at_equal_error_their_best_way_counts() {
    let mut comparison = comparison("dopri5, natural, batch 32");
    comparison.peers.truncate(1);
    let with = |workload: &crate::bench::worker::Workload, seconds, error| {
        let mut series = series(workload, seconds, 1.0);
        series.last.error = Some(error);
        series.exact = Some(1e-8);
        series
    };
    // Ours: ten times the time for a hundredth of the error.
    let ours = vec![
        with(&comparison.ours[0], 1.0, 1e-2),
        with(&comparison.ours[1], 10.0, 1e-4),
    ];
    let asked = &comparison.peers[0].asked;
    let theirs = vec![
        with(&asked[0], 8.0, 1e-2),
        // Twice the time, a hundredth of the error: better for them.
        with(&asked[1], 16.0, 1e-4),
        with(&asked[2], 32.0, 1e-6),
    ];
    let rows = rows(&comparison, &[ours, theirs]);
    assert_eq!(rows.len(), 2);
    assert!((rows[0].ratio.unwrap() - 1.6).abs() < 1e-12);
    assert!(
        rows[0].workload.ends_with("their rtol 1e-3"),
        "{}",
        rows[0].workload
    );
    assert_eq!(rows[0].remark, "error 1.0e-4, steps end at knots");
    assert!(rows[1].ratio.is_none() && rows[1].remark.contains("as small"));
}

#[test]
fn an_error_as_small_as_its_truth_s_own_is_not_told() {
    let mut series = series(&basis(), 1.0, 1.0);
    series.last.error = Some(1e-3);
    for (exact, told) in [(Some(1e-5), true), (Some(5e-4), false), (None, false)] {
        series.exact = exact;
        assert_eq!(point(&series).is_some(), told, "{exact:?}");
    }
}
