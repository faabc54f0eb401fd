//! What was to be reached, and how near it came.

use maud::html;

use super::{told, whisker};
use crate::report::block::is_simulated;
use crate::report::material::{Material, Task};
use crate::report::names;
use crate::report::number::share;
use crate::report::svg::{Axes, Figure, Scale, Shape, mark, px};
use crate::report::tables::reached;

const LINE: f64 = 20.0;
const NAMES: f64 = 116.0;
const PANEL: f64 = 330.0;
const TOP: f64 = 34.0;

/// One line an aim and selection; the aim as an upright bar, the clock as a cross.
pub(crate) fn aims(material: &Material) -> Option<Figure> {
    let lines: Vec<_> = material
        .aims
        .iter()
        .flat_map(|aim| {
            let found = reached(material, aim);
            let shown: Vec<_> = if found.is_empty() {
                vec![None]
            } else {
                found.into_iter().map(Some).collect()
            };
            shown
                .into_iter()
                .enumerate()
                .map(move |(index, reached)| (aim, index == 0, reached))
        })
        .collect();
    if lines.iter().all(|line| line.2.is_none()) {
        return None;
    }
    // A line and a half for the aim's own name.
    let mut places = Vec::new();
    let mut y = TOP;
    for line in &lines {
        y += if line.1 { 2.3 * LINE } else { LINE };
        places.push(y);
    }
    let bottom = y + LINE;
    let simulated = lines
        .iter()
        .filter_map(|line| line.2.as_ref())
        .any(|reached| is_simulated(material, reached.row));
    let panel = |index: usize, task: Task, title: &str| {
        let left = NAMES + index as f64 * (PANEL + 66.0);
        let shown = lines.iter().flat_map(|(aim, _, reached)| {
            let row = reached
                .as_ref()
                .map(|reached| task.of(reached.row).accuracy.interval.0);
            let clock = reached
                .as_ref()
                .and_then(|reached| reached.clock)
                .map(|clock| task.of(clock).accuracy.mean);
            [Some(aim.least(task).0), row, clock].into_iter().flatten()
        });
        let x = Scale::shares(shown, (left, left + PANEL));
        let axes = Axes {
            x,
            y: Scale::linear((0.0, 1.0), (bottom, TOP)),
            x_ticks: x.ticks(5),
            y_ticks: Vec::new(),
            x_name: "accuracy".into(),
            y_name: String::new(),
            title: title.into(),
        };
        html! {
            (axes.draw())
            @for ((aim, _, reached), &y) in lines.iter().zip(&places) {
                @let at = px(x.within(aim.least(task).0));
                line.aim x1=(at) x2=(at) y1=(px(y - 8.0)) y2=(px(y + 8.0)) {
                    title { "aim: " (share(aim.least(task).0)) }
                }
                @if let Some(reached) = reached {
                    @let summary = task.of(reached.row);
                    @let nested = reached.row.info.selection == "nested";
                    @if let Some(clock) = reached.clock {
                        (mark(Shape::Cross, (x.within(task.of(clock).accuracy.mean), y), 3.6, "f-reference",
                            &told("clock", &task.of(clock).accuracy)))
                    }
                    g.f-cde {
                        (whisker(&x, y, &summary.accuracy, ""))
                        (mark(Shape::Disc, (x.within(summary.accuracy.mean), y), 5.0, if nested { "" } else { "hollow" },
                            &told(&reached.aim.title, &summary.accuracy)))
                    }
                    text.name x=(px(left + PANEL + 8.0)) y=(px(y)) dy="0.35em" { (share(summary.accuracy.mean)) }
                }
            }
        }
    };
    let body = html! {
        @for ((aim, first, reached), &y) in lines.iter().zip(&places) {
            @if *first { text.panel x="6" y=(px(y - LINE)) dy="0.35em" { (aim.title) } }
            @let selection = reached.as_ref().map_or("not run".into(), |reached| {
                let gaps = if reached.row.key.trained == "clean" { "" } else { ", gaps" };
                format!("{}{gaps}", names::selection(&reached.row.info.selection))
            });
            text x=(px(NAMES - 12.0)) y=(px(y)) dy="0.35em" text-anchor="end" { (selection) }
        }
        (panel(0, Task::Binary, "stress against the rest"))
        (panel(1, Task::ThreeClass, "3 classes"))
    };
    Some(Figure {
        name: "aims".into(),
        title: "The aims, and what was reached".into(),
        caption: "Full disc: settings chosen by nested selection; hollow: post hoc, or not chosen at all. Lines: 95 % bootstrap intervals over subjects. \
                  Upright bar: the aim. Cross: the clock, which knows only the time since the session's start. Gaps: trained with samples taken away."
            .into(),
        simulated,
        width: NAMES + 2.0 * PANEL + 66.0 + 50.0,
        height: bottom + 40.0,
        body,
    })
}
