//! How numbers and names are written on the page.

use maud::{Markup, html};

use crate::run::records::Scores;

/// The scores of the page, in its order: name, how to get it, whether more is better.
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    pub(crate) of: fn(&Scores) -> Option<f64>,
    pub(crate) more_is_better: bool,
}

pub(crate) const METRICS: [Metric; 6] = [
    Metric {
        name: "Accuracy",
        of: |s| s.accuracy,
        more_is_better: true,
    },
    Metric {
        name: "Macro F1",
        of: |s| s.macro_f1,
        more_is_better: true,
    },
    Metric {
        name: "F1 of stress",
        of: |s| s.stress_f1,
        more_is_better: true,
    },
    Metric {
        name: "ROC-AUC",
        of: |s| s.roc_auc,
        more_is_better: true,
    },
    Metric {
        name: "Balanced accuracy",
        of: |s| s.balanced_accuracy,
        more_is_better: true,
    },
    Metric {
        name: "Cross-entropy",
        of: |s| s.cross_entropy,
        more_is_better: false,
    },
];

/// Three decimals, or a dash where the score is not defined.
pub(crate) fn score(value: Option<f64>) -> String {
    match value {
        Some(value) if value.is_finite() => format!("{value:.3}"),
        _ => "–".to_owned(),
    }
}

/// Mean ± standard deviation.
pub(crate) fn spread(mean: Option<f64>, std: Option<f64>) -> Markup {
    html! {
        (score(mean))
        @if std.is_some_and(f64::is_finite) { span.sd { " ± " (score(std)) } }
    }
}

/// A share as whole percent.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// A count, with thin spaces between thousands.
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

/// A duration in seconds, in the two units that matter.
pub(crate) fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "–".to_owned();
    }
    if seconds < 59.95 {
        return format!("{seconds:.1} s");
    }
    // Saturates for durations beyond all sense.
    let whole = seconds.round() as u64;
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60);
    match hours {
        0 => format!("{minutes} min {rest} s"),
        hours => format!("{} h {minutes} min", count(hours)),
    }
}

/// What a model is called on the page.
pub(crate) fn model_name(model: &str) -> &str {
    match model {
        "neural-cde" => "Neural CDE",
        "clock" => "Clock",
        "majority" => "Majority",
        "lda" => "LDA",
        "logistic" => "Logistic",
        "tree" => "Tree",
        "forest" => "Forest",
        "adaboost" => "AdaBoost",
        "knn" => "kNN",
        other => other,
    }
}

/// The CSS class that gives a model its colour.
pub(crate) fn model_class(model: &str, index: usize) -> &'static str {
    match (model, index) {
        (_, 0) => "model",
        ("clock", _) => "clock",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(score(Some(0.95651)), "0.957");
        assert_eq!(score(None), "–");
        assert_eq!(score(Some(f64::NAN)), "–");
        assert_eq!(count(0), "0");
        assert_eq!(count(1_041), "1\u{202f}041");
        assert_eq!(count(12_345_678), "12\u{202f}345\u{202f}678");
        assert_eq!(duration(3.21), "3.2 s");
        assert_eq!(duration(59.96), "1 min 0 s");
        assert_eq!(duration(65.4), "1 min 5 s");
        assert_eq!(duration(7_380.0), "2 h 3 min");
        assert_eq!(duration(f64::NAN), "–");
        assert_eq!(percent(0.876), "88 %");
    }

    #[test]
    fn a_spread_that_is_not_defined_is_left_out() {
        insta::assert_snapshot!(
            spread(Some(0.9312), Some(0.0447)).into_string(),
            @r#"0.931<span class="sd"> ± 0.045</span>"#
        );
        assert_eq!(spread(Some(0.9312), None).into_string(), "0.931");
    }
}
