//! Models side by side by accuracy and F1.

use maud::html;

use super::{labels, room, small_print, told};
use crate::records::Row;
use crate::report::block::Block;
use crate::report::material::{Layout, Material, Task};
use crate::report::method;
use crate::report::names::Family;
use crate::report::number::share;
use crate::report::svg::{Axes, Figure, Scale, px};

const BAR: f64 = 11.0;
const LINE: f64 = 34.0;
const PANEL: f64 = 300.0;
const BETWEEN: f64 = 66.0;
const TOP: f64 = 30.0;

/// Bars from nought, with intervals; where the method states a figure, a bar across.
pub(crate) fn bars(material: &Material, block: &Block) -> Option<Figure> {
    let rows: Vec<&Row> = block.with_references().collect();
    if block.rows.is_empty() {
        return None;
    }
    let labels = labels(&rows);
    let names = room(&labels);
    let bottom = TOP + LINE * rows.len() as f64;
    let of_method = block.text.layout == Layout::Method;
    let panel = |index: usize, task: Task| {
        let left = names + index as f64 * (PANEL + BETWEEN);
        let x = Scale::linear((0.0, 1.0), (left, left + PANEL));
        let axes = Axes {
            x,
            y: Scale::linear((0.0, 1.0), (bottom, TOP)),
            x_ticks: x.ticks(5),
            y_ticks: Vec::new(),
            x_name: "accuracy (full), macro F1 (pale)".into(),
            y_name: String::new(),
            title: block.text.task(task).name.clone(),
        };
        html! {
            (axes.draw())
            @for (index, row) in rows.iter().enumerate() {
                @let summary = task.of(row);
                @let stated = method::figure(row).filter(|_| of_method);
                @for (which, estimate) in [&summary.accuracy, &summary.macro_f1].into_iter().enumerate() {
                    @let y = TOP + LINE * index as f64 + 4.0 + which as f64 * (BAR + 2.0);
                    @let end = x.within(estimate.mean);
                    g class=(Family::of(&row.key.model).class()) {
                        @if end.is_finite() {
                            rect.bar.second[which == 1] x=(px(left)) y=(px(y)) width=(px(end - left)) height=(px(BAR)) {
                                title { (told(&labels[index], estimate)) }
                            }
                        }
                    }
                    g.f-ink { (super::whisker(&x, y + BAR / 2.0, estimate, "thin")) }
                    @if let Some(stated) = stated {
                        @let at = px(x.within(if which == 0 { stated.0 } else { stated.1 }));
                        line.aim x1=(at) x2=(at) y1=(px(y - 1.0)) y2=(px(y + BAR + 1.0)) {}
                    }
                    text x=(px(left + PANEL + 8.0)) y=(px(y + BAR / 2.0)) dy="0.35em" { (share(estimate.mean)) }
                }
            }
        }
    };
    let is_first = |row: &Row| row.key.model == material.headline && row.key.variant.is_empty();
    let body = html! {
        @for (index, row) in rows.iter().enumerate() {
            text.name.first[is_first(row)] x=(px(names - 12.0)) y=(px(TOP + LINE * index as f64 + 4.0 + BAR)) dy="0.35em" text-anchor="end" {
                (labels[index])
            }
        }
        (panel(0, Task::Binary))
        (panel(1, Task::ThreeClass))
    };
    let stated = if of_method {
        " Upright bars: the method's own figures, whose task it does not state."
    } else {
        ""
    };
    Some(Figure {
        name: format!("{}-bars", block.slug()),
        title: format!("{}: accuracy and F1", block.title()),
        caption: format!(
            "Means over subjects and seeds, with 95 % bootstrap intervals over subjects.{stated} {}",
            small_print(block)
        ),
        simulated: block.simulated,
        width: names + 2.0 * PANEL + BETWEEN + 46.0,
        height: bottom + 40.0,
        body,
    })
}
