//! ROC of the binary task.

use maud::html;

use crate::report::block::{extent, is_simulated, row_of};
use crate::report::material::{Material, Roc};
use crate::report::names::{self, Family};
use crate::report::number::share;
use crate::report::svg::{Axes, Figure, Scale, line, px, side_labels};

const SIDE: f64 = 280.0;
const LEFT: f64 = 46.0;
const TOP: f64 = 46.0;

/// A square for each protocol and normalisation.
pub(crate) fn roc(material: &Material) -> Option<Figure> {
    let mut panels: Vec<Vec<&Roc>> = Vec::new();
    for curve in &material.roc {
        let same = |panel: &&mut Vec<&Roc>| {
            (panel[0].key.protocol, panel[0].key.normalisation)
                == (curve.key.protocol, curve.key.normalisation)
        };
        match panels.iter_mut().find(same) {
            Some(panel) => panel.push(curve),
            None => panels.push(vec![curve]),
        }
    }
    if panels.is_empty() {
        return None;
    }
    let row = |curve: &Roc| row_of(material, &curve.key);
    let label = |curve: &Roc| {
        let area = row(curve)
            .and_then(|row| row.binary.roc_auc)
            .map_or(String::new(), |area| format!(" {}", share(area)));
        format!("{}{area}", names::model(&curve.key.model))
    };
    let widest = material
        .roc
        .iter()
        .map(|curve| super::super::svg::text_width(&label(curve)))
        .fold(0.0, f64::max);
    let (step, room) = (LEFT + SIDE + widest + 40.0, SIDE + 100.0);
    let body = html! {
        @for (index, panel) in panels.iter().enumerate() {
            @let (left, top) = (LEFT + step * (index % 2) as f64, TOP + room * (index / 2) as f64);
            @let (x, y) = (Scale::linear((0.0, 1.0), (left, left + SIDE)), Scale::linear((0.0, 1.0), (top + SIDE, top)));
            @let key = &panel[0].key;
            (Axes {
                x, y, x_ticks: x.ticks(5), y_ticks: y.ticks(5),
                x_name: "false positive rate".into(),
                y_name: "true positive rate".into(),
                title: format!("{}, {}", names::protocol(key.protocol), names::normalisation(key.normalisation)),
            }.draw())
            line.guide x1=(px(left)) y1=(px(top + SIDE)) x2=(px(left + SIDE)) y2=(px(top)) {}
            @for curve in panel {
                g class=(Family::of(&curve.key.model).class()) {
                    (line(curve.points.iter().map(|point| (x.within(point.0), y.within(point.1))),
                        if curve.key.model == material.headline { "thick" } else { "" }))
                }
            }
            // Labelled where the curves cross the antidiagonal, far enough from the corners to be told apart.
            @let ends: Vec<(f64, f64)> = panel.iter().map(|curve| crossing(curve)).map(|(fpr, tpr)| (x.within(fpr), y.within(tpr))).collect();
            @let places = side_labels(&ends.iter().map(|end| end.1 + 90.0).collect::<Vec<_>>(), 16.0);
            @for ((curve, end), place) in panel.iter().zip(&ends).zip(places) {
                line.leader x1=(px(end.0)) y1=(px(end.1)) x2=(px(left + SIDE + 8.0)) y2=(px(place)) {}
                text class={ "key " (Family::of(&curve.key.model).class()) } x=(px(left + SIDE + 12.0)) y=(px(place)) dy="0.35em" { (label(curve)) }
            }
        }
    };
    Some(Figure {
        name: "roc".into(),
        title: "ROC of the binary task".into(),
        caption: format!(
            "Windows of all subjects pooled, one curve a seed, their vertical mean; the number is the mean of their areas. Beside the model \
             that the study is about one of each other kind. Dotted: chance. {}.",
            extent(&material.roc.iter().filter_map(row).collect::<Vec<_>>())
        ),
        simulated: material.simulated
            || material
                .roc
                .iter()
                .filter_map(row)
                .any(|row| is_simulated(material, row)),
        width: LEFT + step * panels.len().min(2) as f64,
        height: room * panels.len().div_ceil(2) as f64,
        body,
    })
}

/// The last point before the curve crosses the antidiagonal.
fn crossing(curve: &Roc) -> (f64, f64) {
    curve
        .points
        .iter()
        .copied()
        .find(|(fpr, tpr)| fpr + tpr >= 1.0)
        .unwrap_or((0.5, 0.5))
}
