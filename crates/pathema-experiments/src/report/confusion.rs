//! Confusion matrices of the recogniser.

use maud::{Markup, html};

use super::format::{count, model_name, percent};
use super::plot::{HeatCell, cell, px};
use super::{ReportInput, missing};
use crate::metrics::Task;

pub(super) fn matrices(input: &ReportInput) -> Markup {
    let Some(model) = input.recogniser() else {
        return missing("results of any model");
    };
    html! {
        p {
            (model_name(&model.model)) ", windows of all held-out subjects. Each row is what was true, each column what "
            "it was taken for; percentages are shares of the row."
        }
        div.pair {
            (matrix("Stress or not", Task::Binary, &model.binary.confusion))
            (matrix("Which state", Task::ThreeClass, &model.three_class.confusion))
        }
    }
}

fn matrix(title: &str, task: Task, confusion: &[Vec<u64>]) -> Markup {
    const LEFT: f64 = 92.0;
    const TOP: f64 = 44.0;
    const SIDE: f64 = 330.0;
    const ROW: f64 = 72.0;
    const GAP: f64 = 4.0;
    let classes = task.classes();
    let column = SIDE / classes.len() as f64;
    let height = TOP + ROW * classes.len() as f64;
    html! {
        figure {
            figcaption { (title) }
            svg.matrix viewBox={ "0 0 " (px(LEFT + SIDE)) " " (px(height)) } role="img"
                aria-label={ "Confusion matrix: " (title) } {
                text.name x=(px(LEFT + SIDE / 2.0)) y="12" text-anchor="middle" { "taken for" }
                text.name x="0" y="32" { "true state" }
                @for (row, name) in classes.iter().enumerate() {
                    @let y = TOP + ROW * row as f64;
                    text x=(px(LEFT + column * (row as f64 + 0.5))) y="32" text-anchor="middle" { (name) }
                    text x=(px(LEFT - 10.0)) y=(px(y + ROW / 2.0)) dy="0.35em" text-anchor="end" { (name) }
                    @let total: u64 = classes.iter().enumerate()
                        .fold(0, |sum, (column, _)| at(confusion, row, column).saturating_add(sum));
                    @for (index, other) in classes.iter().enumerate() {
                        @let windows = at(confusion, row, index);
                        @let share = if total > 0 { windows as f64 / total as f64 } else { 0.0 };
                        (cell(&HeatCell {
                            x: LEFT + column * index as f64 + GAP / 2.0,
                            y: y + GAP / 2.0,
                            width: column - GAP,
                            height: ROW - GAP,
                            share,
                            main: &count(windows),
                            small: &percent(share),
                            title: &format!("{} of {} windows of {name} taken for {other}", count(windows), count(total)),
                        }))
                    }
                }
            }
        }
    }
}

/// A count; nought where the record has no such cell.
fn at(confusion: &[Vec<u64>], row: usize, column: usize) -> u64 {
    let cells = confusion.get(row);
    cells
        .and_then(|cells| cells.get(column))
        .copied()
        .unwrap_or(0)
}
