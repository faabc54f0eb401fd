//! What was taken for what.

use maud::{Markup, html};

use super::{labels, small_print};
use crate::records::Row;
use crate::report::block::Block;
use crate::report::material::Task;
use crate::report::svg::{Figure, px};

const CELL: f64 = 46.0;
const LEFT: f64 = 84.0;
/// About as wide as a page.
const WIDE: f64 = 1090.0;

/// A matrix a row of the block: shades are shares of the truth.
pub(crate) fn confusion(block: &Block, task: Task) -> Option<Figure> {
    let rows: Vec<&Row> = block
        .with_references()
        .filter(|row| !task.of(row).confusion.is_empty())
        .collect();
    if rows.is_empty() {
        return None;
    }
    let classes = &block.text.task(task).classes;
    let labels = labels(&rows);
    let side = CELL * classes.len() as f64;
    let longest = labels
        .iter()
        .map(|label| super::super::svg::text_width(label))
        .fold(side + LEFT, f64::max);
    let (step, room) = (longest + 18.0, side + 68.0);
    let across = ((WIDE / step) as usize).clamp(1, rows.len());
    let body = html! {
        @for (index, row) in rows.iter().enumerate() {
            @let at = (step * (index % across) as f64, room * (index / across) as f64);
            (matrix(&task.of(row).confusion, classes, &labels[index], at))
        }
    };
    let which = match task {
        Task::Binary => "binary",
        Task::ThreeClass => "three-class",
    };
    Some(Figure {
        name: format!("{}-confusion-{which}", block.slug()),
        title: format!(
            "{}: what was taken for what, {}",
            block.title(),
            block.text.task(task).name
        ),
        caption: format!(
            "Rows: truth; columns: what was named. Numbers: percent of the row's windows, pooled over subjects, mean over seeds. {}",
            small_print(block)
        ),
        simulated: block.simulated,
        width: step * across as f64,
        height: room * rows.len().div_ceil(across) as f64,
        body,
    })
}

/// As much of a class's name as fits over a cell.
fn short(class: &str) -> String {
    match class.chars().count() {
        0..=6 => class.into(),
        _ => format!("{}.", class.chars().take(5).collect::<String>()),
    }
}

fn matrix(
    windows: &[Vec<f64>],
    classes: &[String],
    title: &str,
    (left, top): (f64, f64),
) -> Markup {
    let (x, y) = (left + LEFT, top + 42.0);
    html! {
        text.panel x=(px(left + 8.0)) y=(px(top + 14.0)) { (title) }
        @for (index, class) in classes.iter().enumerate() {
            @let middle = CELL * (index as f64 + 0.5);
            text x=(px(x - 6.0)) y=(px(y + middle)) dy="0.35em" text-anchor="end" { (class) }
            text x=(px(x + middle)) y=(px(y - 6.0)) text-anchor="middle" { (short(class)) }
        }
        @for (truth, row) in windows.iter().take(classes.len()).enumerate() {
            @let total: f64 = row.iter().sum();
            @for (named, count) in row.iter().take(classes.len()).enumerate() {
                @let share = count / total;
                @let (left, top) = (x + CELL * named as f64, y + CELL * truth as f64);
                rect.frame x=(px(left)) y=(px(top)) width=(px(CELL)) height=(px(CELL)) {}
                @if share.is_finite() {
                    rect.cell x=(px(left + 1.0)) y=(px(top + 1.0)) width=(px(CELL - 2.0)) height=(px(CELL - 2.0)) fill-opacity=(format!("{:.3}", share.clamp(0.0, 1.0))) {
                        title { (format!("{count:.1} of {total:.0} windows")) }
                    }
                    text.in-cell.strong[share > 0.55] x=(px(left + CELL / 2.0)) y=(px(top + CELL / 2.0)) dy="0.35em" text-anchor="middle" {
                        (format!("{:.0}", 100.0 * share))
                    }
                }
            }
        }
    }
}
