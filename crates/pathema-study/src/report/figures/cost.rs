//! Accuracy against cost: models by number, since as many names hide each other and the points.

use maud::{Markup, html};

use super::told;
use crate::records::Row;
use crate::report::block::{extent, is_simulated};
use crate::report::material::{Cost, Material, Task};
use crate::report::names::{self, Family};
use crate::report::svg::{Axes, Figure, Place, Scale, Shape, mark, px, text_width};
use crate::report::tables::{accuracy_of, by_kind};

const PANEL: f64 = 460.0;
const TALL: f64 = 240.0;
const LEFT: f64 = 46.0;
const STEP: f64 = PANEL + LEFT + 34.0;
const ROOM: f64 = TALL + 92.0;
/// From one name of the key to the next.
const LINE: f64 = 19.0;

/// What is paid, its name.
type Price = (fn(&Cost) -> f64, &'static str);

const PRICES: [Price; 2] = [
    (
        |cost| cost.multiply_adds_per_second,
        "multiply–adds per second of signal",
    ),
    (
        |cost| cost.weight_bytes as f64 + cost.state_bytes as f64,
        "bytes of weights and state",
    ),
];

/// Both tasks down, both prices across; logarithmic abscissae.
pub(crate) fn cost(material: &Material) -> Option<Figure> {
    let models: Vec<(&Cost, &Row)> = by_kind(material)
        .into_iter()
        .filter_map(|cost| Some((cost, accuracy_of(material, &cost.model)?)))
        .collect();
    if models.is_empty() {
        return None;
    }
    let body = html! {
        @for (down, task) in Task::ALL.into_iter().enumerate() {
            @for (across, price) in PRICES.into_iter().enumerate() {
                (panel(material, &models, task, price, (LEFT + STEP * across as f64, 46.0 + ROOM * down as f64)))
            }
        }
        @for (index, (cost, _)) in models.iter().enumerate() {
            @let (x, y) = (LEFT + 2.0 * STEP, 52.0 + LINE * index as f64);
            g class=(Family::of(&cost.model).class()) {
                (mark(Shape::Disc, (x, y), 4.5, "", ""))
                text.key.(Family::of(&cost.model).class()) x=(px(x + 30.0)) y=(px(y)) dy="0.35em" text-anchor="end" { (index + 1) }
                text.key.(Family::of(&cost.model).class()).first[cost.model == material.headline] x=(px(x + 38.0)) y=(px(y)) dy="0.35em" { (names::model(&cost.model)) }
            }
        }
    };
    let widest = models
        .iter()
        .map(|(cost, _)| text_width(&names::model(&cost.model)))
        .fold(0.0, f64::max);
    let rows: Vec<&Row> = models.iter().map(|model| model.1).collect();
    Some(Figure {
        name: "cost".into(),
        title: "Accuracy against cost".into(),
        caption: format!(
            "LOSO, population normalisation; better is up and to the left; numbers are those of the key. What costs nothing of the kind is left out. {}.",
            extent(&rows)
        ),
        simulated: rows.iter().any(|row| is_simulated(material, row)),
        width: LEFT + 2.0 * STEP + widest + 60.0,
        height: (2.0 * ROOM + 4.0).max(62.0 + LINE * models.len() as f64),
        body,
    })
}

fn panel(
    material: &Material,
    models: &[(&Cost, &Row)],
    task: Task,
    (price, name): Price,
    (left, top): (f64, f64),
) -> Markup {
    let shown: Vec<(usize, &Cost, &Row)> = models
        .iter()
        .enumerate()
        .map(|(index, (cost, row))| (index + 1, *cost, *row))
        .filter(|(_, cost, row)| price(cost) > 0.0 && task.of(row).accuracy.mean.is_finite())
        .collect();
    let x = Scale::powers(
        shown.iter().map(|model| price(model.1)),
        (left, left + PANEL),
    );
    let y = Scale::around(
        shown.iter().map(|model| task.of(model.2).accuracy.mean),
        (top + TALL, top),
    );
    let axes = Axes {
        x,
        y,
        x_ticks: x.ticks(8),
        y_ticks: y.ticks(5),
        x_name: name.into(),
        y_name: "accuracy".into(),
        title: match task {
            Task::Binary => "stress against the rest".into(),
            Task::ThreeClass => "3 classes".into(),
        },
    };
    let point = |cost: &Cost, row: &Row| (x.at(price(cost)), y.within(task.of(row).accuracy.mean));
    let mut places = Place::default();
    for (_, cost, row) in &shown {
        let (x, y) = point(cost, row);
        places.take(x - 6.0, y - 6.0, x + 6.0, y + 6.0);
    }
    html! {
        (axes.draw())
        @for (number, cost, row) in shown {
            @let at = point(cost, row);
            @let label = number.to_string();
            @let (text_left, middle) = places.beside(at, text_width(&label), (left, left + PANEL + 24.0));
            g class=(Family::of(&cost.model).class()) {
                (mark(Shape::Disc, at, if cost.model == material.headline { 6.0 } else { 4.5 }, "", &told(&names::model(&cost.model), &task.of(row).accuracy)))
                @let right = text_left + text_width(&label);
                @if (middle - at.1).abs() > 12.0 {
                    line.leader x1=(px(at.0)) y1=(px(at.1)) x2=(px(at.0.clamp(text_left, right))) y2=(px(middle - 6.0 * (middle - at.1).signum())) {}
                }
                // Where a typeface is wider than thought, a label grows away from its point.
                @let (x, anchor) = if right <= at.0 { (right, "end") } else { (text_left, "start") };
                text.key.(Family::of(&cost.model).class()).first[cost.model == material.headline] x=(px(x)) y=(px(middle)) dy="0.35em" text-anchor=(anchor) {
                    (label)
                }
            }
        }
    }
}
