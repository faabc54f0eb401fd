//! Loss and accuracy after each epoch.

use maud::{Markup, html};

use super::labels;
use crate::records::{Epoch, Row};
use crate::report::block::Block;
use crate::report::svg::{Axes, Figure, Scale, line, px};

const PANEL: f64 = 250.0;
const TALL: f64 = 120.0;
const LEFT: f64 = 48.0;
const STEP: f64 = PANEL + LEFT + 76.0;
const ROOM: f64 = TALL + 78.0;
/// More models than this are not told apart by looking.
const MOST: usize = 12;

/// A line of the drawing: what of an epoch, its class and its label.
type Curve = (fn(&Epoch) -> Option<f64>, &'static str, &'static str);

const LOSS: [Curve; 2] = [
    (|epoch| Some(epoch.loss), "f-other", "training"),
    (|epoch| epoch.validation_loss, "f-cde", "validation"),
];
const ACCURACY: [Curve; 4] = [
    (|epoch| Some(epoch.binary), "f-other", "training, binary"),
    (
        |epoch| epoch.validation_binary,
        "f-cde",
        "validation, binary",
    ),
    (
        |epoch| Some(epoch.three_class),
        "f-other dashed",
        "training, 3 classes",
    ),
    (
        |epoch| epoch.validation_three_class,
        "f-cde dashed",
        "validation, 3 classes",
    ),
];

/// A pair of panels for each row that was trained by epochs.
pub(crate) fn curves(block: &Block) -> Option<Figure> {
    let rows: Vec<&Row> = block
        .rows
        .iter()
        .copied()
        .filter(|row| row.info.curves.len() > 1)
        .take(MOST)
        .collect();
    if rows.is_empty() {
        return None;
    }
    let labels = labels(&rows);
    let body = html! {
        @for (index, row) in rows.iter().enumerate() {
            @let top = 42.0 + ROOM * index as f64;
            @let curves = &row.info.curves;
            @let losses = curves.iter().flat_map(|epoch| LOSS.map(|curve| (curve.0)(epoch).unwrap_or(f64::NAN)));
            @let shares = curves.iter().flat_map(|epoch| ACCURACY.map(|curve| (curve.0)(epoch).unwrap_or(f64::NAN)));
            (panel(curves, &LOSS, (LEFT, top), |range| Scale::from_nought(losses.clone(), range), (&labels[index], "loss")))
            (panel(curves, &ACCURACY, (LEFT + STEP, top), |range| Scale::shares(shares.clone(), range), ("", "accuracy")))
        }
    };
    Some(Figure {
        name: format!("{}-curves", block.slug()),
        title: format!("{}: training", block.title()),
        caption: format!(
            "In each epoch, mean over folds and seeds. Loss is the cross-entropy of the 3 classes. Training: as windows were called while the \
             model learnt, with units dropped. Validation: after the epoch, inner subjects set aside from training, never the one tested; absent where none were. {}",
            super::small_print(block)
        ),
        simulated: block.simulated,
        width: LEFT + STEP + PANEL + 152.0,
        height: ROOM * rows.len() as f64 + 12.0,
        body,
    })
}

fn panel(
    epochs: &[Epoch],
    curves: &[Curve],
    (left, top): (f64, f64),
    scale: impl Fn((f64, f64)) -> Scale,
    (title, y_name): (&str, &str),
) -> Markup {
    let last = epochs.iter().map(|epoch| epoch.epoch).max().unwrap_or(1) as f64;
    let first = epochs.iter().map(|epoch| epoch.epoch).min().unwrap_or(1) as f64;
    let x = Scale::linear((first, last), (left, left + PANEL));
    let y = scale((top + TALL, top));
    let x_ticks = x
        .ticks(5)
        .into_iter()
        .filter(|tick| tick.at.fract() == 0.0)
        .collect();
    let axes = Axes {
        x,
        y,
        x_ticks,
        y_ticks: y.ticks(4),
        x_name: "epoch".into(),
        y_name: y_name.into(),
        title: title.into(),
    };
    // Labels at the lines' ends, kept apart.
    let ends: Vec<(f64, &Curve)> = curves
        .iter()
        .filter_map(|curve| {
            let end = epochs
                .iter()
                .rev()
                .find_map(|epoch| (curve.0)(epoch).filter(|value| value.is_finite()))?;
            Some((y.within(end), curve))
        })
        .collect();
    let places =
        super::super::svg::side_labels(&ends.iter().map(|end| end.0).collect::<Vec<_>>(), 13.0);
    html! {
        (axes.draw())
        @for curve in curves {
            g class=(curve.1.split(' ').next().unwrap_or_default()) {
                (line(epochs.iter().map(|epoch| (x.at(epoch.epoch as f64), (curve.0)(epoch).map_or(f64::NAN, |value| y.within(value)))), curve.1))
            }
        }
        @for ((_, curve), place) in ends.iter().zip(places) {
            text class={ "key " (curve.1.split(' ').next().unwrap_or_default()) } x=(px(left + PANEL + 7.0)) y=(px(place)) dy="0.35em" {
                (curve.2)
            }
        }
    }
}
