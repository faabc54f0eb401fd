//! Accuracy against the share of samples missing, all models.

use maud::{Markup, html};

use crate::records::{Estimate, Row};
use crate::report::block::Block;
use crate::report::material::{Material, Task};
use crate::report::names::{self, Family, Loss};
use crate::report::svg::{
    Axes, Figure, Scale, Shape, Tick, line, mark, px, side_labels, text_width,
};

const PANEL: f64 = 270.0;
const TALL: f64 = 310.0;
const LEFT: f64 = 44.0;
const TOP: f64 = 46.0;

/// A model's line: its points (percent missing, accuracy), in order.
struct Curve<'a> {
    row: &'a Row,
    points: Vec<(f64, &'a Estimate)>,
}

impl Curve<'_> {
    fn with_gaps(&self) -> bool {
        self.row.key.trained != "clean"
    }
}

pub(crate) fn missing(material: &Material, block: &Block) -> Option<Figure> {
    let rows: Vec<&Row> = block.with_references().collect();
    if rows
        .iter()
        .all(|row| names::share_missing(&row.key.tested).is_none())
    {
        return None;
    }
    let mut models: Vec<&str> = Vec::new();
    for row in &rows {
        if !models.contains(&row.key.model.as_str()) {
            models.push(&row.key.model);
        }
    }
    let widest = models
        .iter()
        .map(|name| text_width(&names::model(name)))
        .fold(60.0, f64::max);
    let (step, room) = (LEFT + PANEL + widest + 34.0, TOP + TALL + 56.0);
    let panels = [
        (Loss::Random, "samples gone at random"),
        (Loss::Bursts, "samples gone in bursts"),
    ];
    let body = html! {
        @for (down, task) in Task::ALL.into_iter().enumerate() {
            @let all = rows.iter().map(|row| task.of(row).accuracy.mean);
            @let top = TOP + room * down as f64;
            @let y = Scale::shares(all, (top + TALL, top));
            @for (across, (loss, title)) in panels.into_iter().enumerate() {
                @let curves = curves(&rows, loss, task);
                @let title = format!("{}: {title}", block.text.task(task).name);
                (panel(material, &models, &curves, LEFT + step * across as f64, y, title))
            }
        }
    };
    Some(Figure {
        name: block.slug(),
        title: format!("{}: accuracy by samples missing", block.title()),
        caption: format!(
            "Solid with full marks: trained with gaps; dashed with hollow marks: trained clean. Colours: kinds of model; marks: \
             models of a kind. Mean over subjects and seeds; points say their intervals. Where whole modalities were gone is in the table. {}",
            super::small_print(block)
        ),
        simulated: block.simulated,
        width: 2.0 * step + 6.0,
        height: 2.0 * room,
        body,
    })
}

fn curves<'a>(rows: &[&'a Row], loss: Loss, task: Task) -> Vec<Curve<'a>> {
    let mut curves: Vec<Curve> = Vec::new();
    for &row in rows {
        let missing = match names::share_missing(&row.key.tested) {
            None if row.key.tested == "clean" => 0.0,
            Some((kind, share)) if kind == loss => f64::from(share),
            _ => continue,
        };
        let point = (missing, &task.of(row).accuracy);
        let same = |curve: &&mut Curve| {
            let (one, other) = (&curve.row.key, &row.key);
            let known = (
                &one.model,
                &one.variant,
                &one.modalities,
                &one.trained,
                &curve.row.info.selection,
            );
            known
                == (
                    &other.model,
                    &other.variant,
                    &other.modalities,
                    &other.trained,
                    &row.info.selection,
                )
        };
        match curves.iter_mut().find(same) {
            Some(curve) => curve.points.push(point),
            None => curves.push(Curve {
                row,
                points: vec![point],
            }),
        }
    }
    for curve in &mut curves {
        curve.points.sort_by(|one, other| one.0.total_cmp(&other.0));
    }
    curves
}

fn panel(
    material: &Material,
    models: &[&str],
    curves: &[Curve],
    left: f64,
    y: Scale,
    title: String,
) -> Markup {
    let right = left + PANEL;
    let mut shares: Vec<f64> = curves
        .iter()
        .flat_map(|curve| curve.points.iter().map(|point| point.0))
        .collect();
    shares.sort_by(f64::total_cmp);
    shares.dedup();
    let x = Scale::linear(
        (0.0, shares.last().copied().unwrap_or(100.0)),
        (left, right),
    );
    let axes = Axes {
        x,
        y,
        x_ticks: shares
            .iter()
            .map(|&at| Tick {
                at,
                label: format!("{at:.0} %"),
            })
            .collect(),
        y_ticks: y.ticks(6),
        x_name: "samples missing when tested".into(),
        y_name: "accuracy".into(),
        title,
    };
    let shape = |model: &str| {
        let kin = models
            .iter()
            .filter(|other| Family::of(other) == Family::of(model));
        Shape::nth(kin.take_while(|other| **other != model).count())
    };
    // One label a model: at the end of the line trained with gaps if there is one.
    let mut ends: Vec<(&str, f64)> = Vec::new();
    for model in models {
        let own = || curves.iter().filter(|curve| curve.row.key.model == *model);
        let curve = own()
            .find(|curve| curve.with_gaps())
            .or_else(|| own().next());
        if let Some(point) = curve
            .and_then(|curve| curve.points.last())
            .filter(|point| point.1.mean.is_finite())
        {
            ends.push((model, y.within(point.1.mean)));
        }
    }
    let places = side_labels(&ends.iter().map(|end| end.1).collect::<Vec<_>>(), 14.5);
    html! {
        (axes.draw())
        // A reference that was judged on whole recordings only sees no samples, and so loses none.
        @for curve in curves.iter().filter(|curve| names::is_reference(&curve.row.key.model) && curve.points.len() == 1) {
            @let at = px(y.within(curve.points[0].1.mean));
            line.guide x1=(px(left)) x2=(px(right)) y1=(at) y2=(at) {}
        }
        @for curve in curves {
            @let model = curve.row.key.model.as_str();
            @let first = model == material.headline;
            g class=(Family::of(model).class()) {
                @if curve.points.len() > 1 {
                    (line(curve.points.iter().map(|point| (x.at(point.0), y.within(point.1.mean))),
                        match (curve.with_gaps(), first) { (true, true) => "thick", (true, false) => "", (false, true) => "dashed thick", _ => "dashed" }))
                }
                @for point in &curve.points {
                    (mark(shape(model), (x.at(point.0), y.within(point.1.mean)), if first { 4.2 } else { 3.0 },
                        if curve.with_gaps() { "" } else { "hollow" },
                        &super::told(&format!("{}, {:.0} % missing, trained {}", names::row(curve.row), point.0, names::tested(&curve.row.key.trained)),
                            point.1)))
                }
            }
        }
        @for ((model, end), place) in ends.iter().zip(places) {
            @let last = curves.iter().filter(|curve| curve.row.key.model == *model).flat_map(|curve| curve.points.last()).map(|point| x.at(point.0)).fold(left, f64::max);
            line.leader x1=(px(last + 6.0)) y1=(px(*end)) x2=(px(right + 15.0)) y2=(px(place)) {}
            g class=(Family::of(model).class()) {
                (mark(shape(model), (right + 21.0, place), 3.0, "", ""))
                text.key.(Family::of(model).class()).first[*model == material.headline] x=(px(right + 29.0)) y=(px(place)) dy="0.35em" {
                    (names::model(model))
                }
            }
        }
    }
}
