//! How often what is said with some confidence is right.

use maud::html;

use crate::report::material::{Material, Reliability, Task};
use crate::report::names;
use crate::report::number::{share, share_or_dash};
use crate::report::svg::{Axes, Figure, Scale, Shape, line, mark, px};
use crate::report::tables::{reliability_extent, reliability_simulated};

const SIDE: f64 = 205.0;
const LEFT: f64 = 46.0;
const STEP: f64 = SIDE + LEFT + 12.0;
const ROOM: f64 = SIDE + 110.0;
const ACROSS: usize = 4;

/// A square a curve: before recalibration dashed, after it solid, the diagonal where it should lie.
pub(crate) fn reliability(material: &Material) -> Option<Figure> {
    let curves = &material.reliability;
    if curves.is_empty() {
        return None;
    }
    let body = html! {
        @for (index, curve) in curves.iter().enumerate() {
            (panel(curve, LEFT + STEP * (index % ACROSS) as f64, 52.0 + ROOM * (index / ACROSS) as f64))
        }
    };
    Some(Figure {
        name: "reliability".into(),
        title: "Reliability, before and after recalibration".into(),
        caption: format!(
            "Share named right by the confidence it was said with, windows pooled, mean over seeds; areas of marks: windows. Hollow and \
             dashed: as the model says it; full: recalibrated on training subjects only. Dotted: perfect. {}.",
            reliability_extent(material)
        ),
        simulated: curves
            .iter()
            .any(|curve| reliability_simulated(material, curve)),
        width: STEP * curves.len().min(ACROSS) as f64 + 14.0,
        height: ROOM * curves.len().div_ceil(ACROSS) as f64,
        body,
    })
}

fn panel(curve: &Reliability, left: f64, top: f64) -> maud::Markup {
    let low = match curve.task {
        Task::Binary => 0.5,
        Task::ThreeClass => 1.0 / 3.0,
    };
    let floor = curve
        .before
        .iter()
        .chain(&curve.after)
        .flat_map(|bin| [bin.accuracy, bin.confidence])
        .fold(low, f64::min);
    let domain = ((floor * 5.0).floor() / 5.0, 1.0);
    let (x, y) = (
        Scale::linear(domain, (left, left + SIDE)),
        Scale::linear(domain, (top + SIDE, top)),
    );
    let task = match curve.task {
        Task::Binary => "binary",
        Task::ThreeClass => "3 classes",
    };
    let key = &curve.key;
    let axes = Axes {
        x,
        y,
        x_ticks: x.ticks(5),
        y_ticks: y.ticks(5),
        x_name: format!(
            "confidence (ECE {} → {})",
            share(curve.ece_before),
            share_or_dash(curve.ece_after)
        ),
        y_name: format!(
            "{}, {}, {task}",
            names::protocol(key.protocol),
            names::normalisation(key.normalisation)
        ),
        title: names::model(&key.model),
    };
    let most = curve
        .before
        .iter()
        .chain(&curve.after)
        .map(|bin| bin.windows)
        .fold(1.0, f64::max);
    let drawn = [
        (&curve.before, "dashed", "hollow", "f-other"),
        (&curve.after, "", "", "f-cde"),
    ];
    html! {
        (axes.draw())
        line.guide x1=(px(x.at(domain.0))) y1=(px(y.at(domain.0))) x2=(px(x.at(1.0))) y2=(px(y.at(1.0))) {}
        @for (bins, style, fill, colour) in drawn {
            g class=(colour) {
                (line(bins.iter().map(|bin| (x.within(bin.confidence), y.within(bin.accuracy))), style))
                @for bin in bins {
                    (mark(Shape::Disc, (x.within(bin.confidence), y.within(bin.accuracy)), 2.0 + 5.0 * (bin.windows / most).max(0.0).sqrt(), fill,
                        &format!("said {}, right {}, {:.0} windows", share(bin.confidence), share(bin.accuracy), bin.windows)))
                }
            }
        }
    }
}
