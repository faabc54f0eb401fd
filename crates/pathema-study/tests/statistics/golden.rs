//! Against `../golden/statistics.json`, which `make_statistics.py` wrote.

use std::sync::LazyLock;

use pathema_study::statistics::bootstrap::{Bootstrap, bca};
use pathema_study::statistics::calibration::{Platt, Reliability, Temperature, brier};
use pathema_study::statistics::compare::{benjamini_hochberg, holm, sign_flip, signed_rank};
use pathema_study::statistics::normal;
use pathema_study::statistics::power::detectable_effect;
use serde::Deserialize;

use crate::support::close;

#[derive(Deserialize)]
struct Golden {
    normal: Normal,
    paired: Vec<Paired>,
    many: Many,
    corrections: Vec<Correction>,
    intervals: Vec<Interval>,
    recalibrations: Vec<Recalibrated>,
    detectable_by_t: Vec<(usize, f64)>,
}

#[derive(Deserialize)]
struct Normal {
    cdf: Vec<(f64, f64)>,
    quantile: Vec<(f64, f64)>,
}

#[derive(Deserialize)]
struct Paired {
    name: String,
    differences: Vec<f64>,
    smaller_rank_sum: f64,
    wilcoxon: f64,
    sign_flip: f64,
}

#[derive(Deserialize)]
struct Many {
    differences: Vec<f64>,
    sign_flip: f64,
}

#[derive(Deserialize)]
struct Correction {
    p: Vec<f64>,
    holm: Vec<f64>,
    benjamini_hochberg: Vec<f64>,
}

#[derive(Deserialize)]
struct Interval {
    values: Vec<f64>,
    draws: Vec<f64>,
    of_draws: (f64, f64),
    interval: (f64, f64),
}

#[derive(Deserialize)]
struct Recalibrated {
    truth: Vec<usize>,
    probabilities: Vec<Vec<f64>>,
    temperature: f64,
    loss_before: f64,
    loss_after: f64,
    bin_accuracy: Vec<f64>,
    bin_confidence: Vec<f64>,
    bin_windows: Vec<u64>,
    expected_error: f64,
    maximum_error: f64,
    brier: f64,
    platt: Option<(f64, f64)>,
}

static GOLDEN: LazyLock<Golden> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../golden/statistics.json")).expect("golden numbers")
});

#[test]
fn the_normal_distribution_is_scipys() {
    for &(x, expected) in &GOLDEN.normal.cdf {
        close(
            &format!("Φ({x})"),
            normal::cdf(x),
            expected,
            1e-12 * expected,
        );
    }
    for &(p, expected) in &GOLDEN.normal.quantile {
        close(&format!("Φ⁻¹({p})"), normal::quantile(p), expected, 1e-10);
    }
}

#[test]
fn paired_tests_are_scipys() {
    for case in &GOLDEN.paired {
        let ranks = signed_rank(&case.differences);
        let name = &case.name;
        close(
            name,
            ranks.positive.min(ranks.negative),
            case.smaller_rank_sum,
            0.0,
        );
        close(name, ranks.p, case.wilcoxon, 1e-12);
        close(name, sign_flip(&case.differences), case.sign_flip, 1e-12);
    }
    // Signs are drawn on both sides: three standard errors of 100 000 draws.
    let many = &GOLDEN.many;
    close("many", sign_flip(&many.differences), many.sign_flip, 0.003);
}

#[test]
fn corrections_are_statsmodels() {
    for case in &GOLDEN.corrections {
        for (found, expected) in [
            (holm(&case.p), &case.holm),
            (benjamini_hochberg(&case.p), &case.benjamini_hochberg),
        ] {
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                close("corrected", *found, *expected, 1e-14);
            }
        }
    }
}

#[test]
fn bootstrap_intervals_are_scipys() {
    for case in &GOLDEN.intervals {
        let n = case.values.len() as f64;
        let sum: f64 = case.values.iter().sum();
        let left_out: Vec<f64> = case.values.iter().map(|v| (sum - v) / (n - 1.0)).collect();
        let (low, high) = bca(&case.draws, sum / n, &left_out);
        close("low, of these draws", low, case.of_draws.0, 1e-12);
        close("high, of these draws", high, case.of_draws.1, 1e-12);

        let (low, high) = Bootstrap::new(case.values.len())
            .mean_interval(&case.values)
            .expect("an interval");
        // Other draws: the ends of 10 000 are sure to about a fiftieth of the width.
        let slack = 0.03 * (case.interval.1 - case.interval.0);
        close("low", low, case.interval.0, slack);
        close("high", high, case.interval.1, slack);
    }
}

fn check_recalibration<const K: usize>(case: &Recalibrated) {
    let rows = case.probabilities.iter();
    let p: Vec<[f64; K]> = rows
        .map(|row| row[..].try_into().expect("K probabilities"))
        .collect();
    let temperature = Temperature::fit(&p, &case.truth).expect("a temperature");
    close(
        "temperature",
        temperature.get(),
        case.temperature,
        1e-5 * case.temperature,
    );
    let loss = |p: &[[f64; K]]| {
        pathema_experiments::metrics::cross_entropy(&case.truth, p).expect("a cross-entropy")
    };
    close("loss before", loss(&p), case.loss_before, 1e-12);
    let mended: Vec<[f64; K]> = p.iter().map(|&p| temperature.apply(p)).collect();
    close("loss after", loss(&mended), case.loss_after, 1e-10);

    let curve = Reliability::new(&case.truth, &p);
    let filled: Vec<_> = curve.bins.iter().filter(|bin| bin.windows > 0).collect();
    assert_eq!(filled.len(), case.bin_windows.len());
    for (index, bin) in filled.iter().enumerate() {
        assert_eq!(bin.windows, case.bin_windows[index]);
        let (accuracy, confidence) = (bin.accuracy.unwrap(), bin.confidence.unwrap());
        close(
            "accuracy of a bin",
            accuracy,
            case.bin_accuracy[index],
            1e-12,
        );
        close(
            "confidence of a bin",
            confidence,
            case.bin_confidence[index],
            1e-12,
        );
    }
    close(
        "ECE",
        curve.expected_error().unwrap(),
        case.expected_error,
        1e-12,
    );
    close(
        "MCE",
        curve.maximum_error().unwrap(),
        case.maximum_error,
        1e-12,
    );
    close("Brier", brier(&case.truth, &p).unwrap(), case.brier, 1e-12);

    if let Some((slope, intercept)) = case.platt {
        let stress: Vec<f64> = p.iter().map(|p| p[1]).collect();
        let positive: Vec<bool> = case.truth.iter().map(|&t| t == 1).collect();
        let line = Platt::fit(&stress, &positive).expect("a line");
        // scikit-learn stops at a gradient of 1e-6.
        close("slope", line.slope, slope, 1e-4);
        close("intercept", line.intercept, intercept, 1e-4);
    }
}

#[test]
fn calibration_is_scikit_learns() {
    for case in &GOLDEN.recalibrations {
        match case.probabilities[0].len() {
            2 => check_recalibration::<2>(case),
            _ => check_recalibration::<3>(case),
        }
    }
}

#[test]
fn what_can_be_detected_is_near_what_a_t_test_detects() {
    for &(subjects, expected) in &GOLDEN.detectable_by_t {
        let found = detectable_effect(subjects).expect("six subjects or more");
        close(
            &format!("{subjects} subjects"),
            found,
            expected,
            0.05 * expected,
        );
    }
    assert_eq!(detectable_effect(5), None);
    assert!(detectable_effect(6).is_some());
}
