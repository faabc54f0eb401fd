//! Loss and accuracy over the epochs of every fold.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::format::score;
use super::plot::{Axis, Frame, polyline, px};
use super::{ReportInput, missing};
use crate::run::records::EpochRecord;

/// A score of an epoch.
type Of = fn(&EpochRecord) -> f64;

/// One plot: the same quantity on the windows trained on and on the validation subjects, where it is known there.
struct Panel {
    title: &'static str,
    unit: &'static str,
    train: Of,
    validation: Option<Of>,
    /// Shares end at one; everything else begins at nought.
    share: bool,
}

const PANELS: [Panel; 6] = [
    Panel {
        title: "Stress or not: cross-entropy",
        unit: "nats",
        train: |e| e.train.binary.cross_entropy,
        validation: Some(|e| e.validation.binary.cross_entropy),
        share: false,
    },
    Panel {
        title: "Which state: cross-entropy",
        unit: "nats",
        train: |e| e.train.three_class.cross_entropy,
        validation: Some(|e| e.validation.three_class.cross_entropy),
        share: false,
    },
    Panel {
        title: "Training loss, all terms",
        unit: "",
        train: |e| e.train_loss,
        validation: None,
        share: false,
    },
    Panel {
        title: "Stress or not: accuracy",
        unit: "",
        train: |e| e.train.binary.accuracy,
        validation: Some(|e| e.validation.binary.accuracy),
        share: true,
    },
    Panel {
        title: "Which state: accuracy",
        unit: "",
        train: |e| e.train.three_class.accuracy,
        validation: Some(|e| e.validation.three_class.accuracy),
        share: true,
    },
    Panel {
        title: "Learning rate",
        unit: "",
        train: |e| e.learning_rate,
        validation: None,
        share: false,
    },
];

/// A fold's epochs in order, and which of them was chosen.
struct Fold<'a> {
    name: &'a str,
    epochs: Vec<&'a EpochRecord>,
    chosen: Option<usize>,
}

pub(super) fn panels(input: &ReportInput) -> Markup {
    let folds = by_fold(input);
    if folds.is_empty() {
        return missing("record of its epochs");
    }
    html! {
        p {
            "Thin lines are folds, bold lines their mean. "
            span.legend { i.key.train {} "windows trained on (with dropout and noise)" } " "
            span.legend { i.key.validation {} "inner validation subjects" } " "
            span.legend { i.key.chosen {} "epoch chosen" }
        }
        div.panels {
            @for panel in &PANELS { (draw(panel, &folds)) }
        }
        p.caption {
            "The held-out subject has no part in these curves. A mean is over the folds that reached the epoch."
        }
    }
}

fn by_fold<'a>(input: &ReportInput<'a>) -> Vec<Fold<'a>> {
    let mut grouped: BTreeMap<&str, Vec<&EpochRecord>> = BTreeMap::new();
    for epoch in input.epochs {
        grouped.entry(&epoch.fold).or_default().push(epoch);
    }
    grouped
        .into_iter()
        .map(|(name, mut epochs)| {
            epochs.sort_by_key(|epoch| epoch.epoch);
            let summary = input
                .results
                .folds
                .iter()
                .find(|fold| fold.held_out == name);
            Fold {
                name,
                epochs,
                chosen: summary.map(|fold| fold.chosen_epoch),
            }
        })
        .collect()
}

fn draw(panel: &Panel, folds: &[Fold]) -> Markup {
    let curves: Vec<(Of, &str)> = std::iter::once((panel.train, "train"))
        .chain(panel.validation.map(|of| (of, "validation")))
        .collect();
    let all = || folds.iter().flat_map(|fold| &fold.epochs);
    let values = all().flat_map(|epoch| curves.iter().map(move |(of, _)| of(epoch)));
    let last = all().map(|epoch| epoch.epoch).max().unwrap_or(1);
    let vertical = (182.0, 30.0);
    let y = if panel.share {
        let lowest = values.filter(|v| v.is_finite()).fold(1.0, f64::min);
        Axis::new(((lowest * 10.0).floor() / 10.0, 1.0), vertical)
    } else {
        Axis::covering(values, 0.0, 5, vertical)
    };
    let x = Axis::new((1.0, last.max(2) as f64), (46.0, 330.0));
    let frame = Frame {
        x,
        y,
        x_ticks: x.whole_ticks(8),
        y_ticks: y.ticks(5),
        x_label: "epoch",
        y_label: panel.unit,
    };
    let place = |epoch: usize, value: f64| Some((x.at(epoch as f64), y.at(value)));
    html! {
        figure {
            figcaption { (panel.title) }
            svg viewBox="0 0 344 222" role="img" aria-label={ (panel.title) " by epoch" } {
                (frame.axes())
                @for (of, class) in &curves {
                    g.curve.(class) {
                        @for fold in folds {
                            path.thin d=(polyline(fold.epochs.iter().map(|e| place(e.epoch, of(e))))) {
                                title { (fold.name) }
                            }
                        }
                        path.bold d=(polyline(mean(folds, *of).into_iter().map(|(e, v)| place(e, v)))) {}
                    }
                }
                @if let Some(of) = panel.validation { (chosen(folds, of, &frame)) }
            }
        }
    }
}

fn mean(folds: &[Fold], of: Of) -> BTreeMap<usize, f64> {
    let mut sums: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for epoch in folds.iter().flat_map(|fold| &fold.epochs) {
        let value = of(epoch);
        if value.is_finite() {
            let (sum, count) = sums.entry(epoch.epoch).or_default();
            *sum += value;
            *count += 1.0;
        }
    }
    sums.into_iter()
        .map(|(epoch, (sum, count))| (epoch, sum / count))
        .collect()
}

fn chosen(folds: &[Fold], of: Of, frame: &Frame) -> Markup {
    html! {
        g.chosen {
            @for fold in folds {
                @for epoch in fold.epochs.iter().filter(|epoch| Some(epoch.epoch) == fold.chosen) {
                    @let value = of(epoch);
                    @if value.is_finite() {
                        circle cx=(px(frame.x.at(epoch.epoch as f64))) cy=(px(frame.y.at(value))) r="3" {
                            title { (fold.name) ": epoch " (epoch.epoch) ", " (score(Some(value))) }
                        }
                    }
                }
            }
        }
    }
}
