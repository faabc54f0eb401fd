//! Each subject by each model: whom all models find hard.

use maud::{Markup, html};

use super::{labels, room, small_print};
use crate::records::Row;
use crate::report::block::Block;
use crate::report::material::{Material, Task};
use crate::report::names;
use crate::report::number::share;
use crate::report::svg::{Axes, Figure, Scale, Shape, mark, px};
use crate::report::tables::of_block;

const LINE: f64 = 22.0;
const PANEL: f64 = 400.0;
const BETWEEN: f64 = 44.0;
const TOP: f64 = 58.0;

/// A line a subject, hardest first; a dot a model.
pub(crate) fn subjects(material: &Material, block: &Block) -> Option<Figure> {
    let rows: Vec<&Row> = block.with_references().collect();
    let labels = labels(&rows);
    let mut subjects: Vec<(String, f64)> = of_block(block)
        .into_iter()
        .map(|name| {
            let own: Vec<f64> = block
                .rows
                .iter()
                .filter_map(|row| accuracy(row, Task::Binary, &name))
                .collect();
            let mean = own.iter().sum::<f64>() / own.len() as f64;
            (name, mean)
        })
        .collect();
    subjects.sort_by(|one, other| one.1.total_cmp(&other.1));
    if subjects.len() < 2 {
        return None;
    }
    let names = room(
        &subjects
            .iter()
            .map(|subject| subject.0.clone())
            .collect::<Vec<_>>(),
    );
    let bottom = TOP + LINE * subjects.len() as f64;
    let panel = |index: usize, task: Task| -> Markup {
        let left = names + index as f64 * (PANEL + BETWEEN);
        let shown = rows
            .iter()
            .flat_map(|row| task.of(row).subjects.iter().map(|subject| subject.1));
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
        // What is to be seen best is drawn last.
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|&index| look(material, rows[index]).0);
        html! {
            (axes.draw())
            @for (line, (name, _)) in subjects.iter().enumerate() {
                @let y = TOP + LINE * (line as f64 + 0.5);
                line.grid x1=(px(left)) x2=(px(left + PANEL)) y1=(px(y)) y2=(px(y)) {}
                @for &index in &order {
                    @if let Some(value) = accuracy(rows[index], task, name) {
                        @let (_, shape, size, class) = look(material, rows[index]);
                        (mark(shape, (x.within(value), y), size, class, &format!("{name}, {}: {}", labels[index], share(value))))
                    }
                }
            }
        }
    };
    let keys = [
        (Shape::Disc, "f-cde", names::model(&material.headline)),
        (
            Shape::Disc,
            "f-reference faint",
            "all other models".to_owned(),
        ),
        (Shape::Cross, "f-grid", "clock".to_owned()),
    ];
    let width = names + 2.0 * PANEL + BETWEEN + 14.0;
    let mut at = names + 6.0;
    let mut legend = Vec::new();
    for (shape, class, name) in keys {
        legend.push((shape, class, name.clone(), at));
        at += super::super::svg::text_width(&name) + 34.0;
    }
    let body = html! {
        @for (shape, class, name, at) in legend {
            (mark(shape, (at, 12.0), 4.5, class, ""))
            text.name x=(px(at + 11.0)) y="12" dy="0.35em" { (name) }
        }
        @for (line, (name, _)) in subjects.iter().enumerate() {
            text.name x=(px(names - 12.0)) y=(px(TOP + LINE * (line as f64 + 0.5))) dy="0.35em" text-anchor="end" { (name) }
        }
        (panel(0, Task::Binary))
        (panel(1, Task::ThreeClass))
    };
    Some(Figure {
        name: format!("{}-subjects", block.slug()),
        title: format!("{}: each subject", block.title()),
        caption: format!(
            "Hardest first, by the mean of all models in the first task. Hollow: post hoc. Mean over seeds. {}",
            small_print(block)
        ),
        simulated: block.simulated,
        width,
        height: bottom + 40.0,
        body,
    })
}

fn accuracy(row: &Row, task: Task, subject: &str) -> Option<f64> {
    task.of(row)
        .subjects
        .iter()
        .find(|other| other.0 == subject)
        .map(|found| found.1)
        .filter(|value| value.is_finite())
}

/// Order of drawing, and how.
fn look(material: &Material, row: &Row) -> (u8, Shape, f64, &'static str) {
    match row.key.model.as_str() {
        "clock" => (1, Shape::Cross, 4.2, "f-grid"),
        model if model == material.headline && row.info.selection == "post-hoc" => {
            (2, Shape::Disc, 4.6, "f-cde hollow")
        }
        model if model == material.headline => (3, Shape::Disc, 5.0, "f-cde"),
        _ => (0, Shape::Disc, 3.6, "f-reference faint"),
    }
}
