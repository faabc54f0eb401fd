//! All models of a block, best first: accuracy with its interval.

use maud::html;

use super::{labels, room, small_print, told, whisker};
use crate::records::Row;
use crate::report::block::Block;
use crate::report::material::{Material, Task};
use crate::report::names::Family;
use crate::report::number::share;
use crate::report::svg::{Axes, Figure, Scale, Shape, mark, px};

const LINE: f64 = 22.0;
const PANEL: f64 = 290.0;
const BETWEEN: f64 = 62.0;
const TOP: f64 = 30.0;

pub(crate) fn forest(material: &Material, block: &Block) -> Option<Figure> {
    let mut rows: Vec<&Row> = block.with_references().collect();
    rows.sort_by(|one, other| {
        other
            .binary
            .accuracy
            .mean
            .total_cmp(&one.binary.accuracy.mean)
    });
    if rows.len() < 2 {
        return None;
    }
    let labels = labels(&rows);
    let names = room(&labels);
    let bottom = TOP + LINE * rows.len() as f64;
    let y = |index: usize| TOP + LINE * (index as f64 + 0.5);
    let is_first = |row: &Row| row.key.model == material.headline && row.key.variant.is_empty();
    let panel = |index: usize, task: Task| {
        let left = names + index as f64 * (PANEL + BETWEEN);
        let shown = rows.iter().map(|row| {
            task.of(row)
                .accuracy
                .interval
                .0
                .min(task.of(row).accuracy.mean)
        });
        let x = Scale::shares(shown, (left, left + PANEL));
        let axes = Axes {
            x,
            y: Scale::linear((0.0, 1.0), (bottom, TOP)),
            x_ticks: x.ticks(5),
            y_ticks: Vec::new(),
            x_name: "accuracy".into(),
            y_name: String::new(),
            title: block.text.task(task).name.clone(),
        };
        let clock = rows
            .iter()
            .find(|row| row.key.model == "clock")
            .map(|row| px(x.within(task.of(row).accuracy.mean)));
        html! {
            (axes.draw())
            @if let Some(at) = clock { line.guide x1=(at) x2=(at) y1=(px(TOP)) y2=(px(bottom)) {} }
            @for (index, row) in rows.iter().enumerate() {
                @let accuracy = &task.of(row).accuracy;
                g class=(Family::of(&row.key.model).class()) {
                    (whisker(&x, y(index), accuracy, ""))
                    (mark(Shape::Disc, (x.within(accuracy.mean), y(index)), if is_first(row) { 5.5 } else { 4.3 },
                        if row.info.selection == "post-hoc" { "hollow" } else { "" },
                        &told(&labels[index], accuracy)))
                }
                text.name.first[is_first(row)] x=(px(left + PANEL + 8.0)) y=(px(y(index))) dy="0.35em" { (share(accuracy.mean)) }
            }
        }
    };
    let width = names + 2.0 * PANEL + BETWEEN + 46.0;
    let body = html! {
        @for (index, row) in rows.iter().enumerate() {
            @if is_first(row) {
                rect.stripe x="0" y=(px(y(index) - LINE / 2.0)) width=(px(width)) height=(px(LINE)) {}
            }
            text.name.first[is_first(row)] x=(px(names - 12.0)) y=(px(y(index))) dy="0.35em" text-anchor="end" { (labels[index]) }
        }
        (panel(0, Task::Binary))
        (panel(1, Task::ThreeClass))
    };
    Some(Figure {
        name: block.slug(),
        title: format!("{}: accuracy", block.title()),
        caption: format!(
            "Mean over subjects and seeds with its 95 % bootstrap interval over subjects; in the order of the first task. \
             Dotted: the clock; hollow: post hoc. {}",
            small_print(block)
        ),
        simulated: block.simulated,
        width,
        height: bottom + 40.0,
        body,
    })
}
