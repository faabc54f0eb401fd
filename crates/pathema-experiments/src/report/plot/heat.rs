//! Cells whose shade says how much.

use maud::{Markup, html};

use super::px;

/// Above this share the shade is so strong that text on it takes the other colour.
const STRONG: f64 = 0.55;

/// One cell of a matrix.
pub(crate) struct HeatCell<'a> {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// 0–1: how strong the shade.
    pub(crate) share: f64,
    pub(crate) main: &'a str,
    pub(crate) small: &'a str,
    /// What a pointer that rests on it is told.
    pub(crate) title: &'a str,
}

/// Draws a cell with two lines of text in its middle.
pub(crate) fn cell(cell: &HeatCell) -> Markup {
    let share = cell.share.clamp(0.0, 1.0);
    let middle = px(cell.x + cell.width / 2.0);
    let class = if share > STRONG { "strong" } else { "weak" };
    html! {
        g.cell.(class) {
            title { (cell.title) }
            rect x=(px(cell.x)) y=(px(cell.y)) width=(px(cell.width)) height=(px(cell.height)) rx="4" {}
            // A floor of 4 %, so that an empty cell is still seen to be one.
            rect.shade x=(px(cell.x)) y=(px(cell.y)) width=(px(cell.width)) height=(px(cell.height)) rx="4"
                fill-opacity=(format!("{:.3}", 0.04 + 0.96 * share)) {}
            text.main x=(middle) y=(px(cell.y + cell.height / 2.0 - 2.0)) text-anchor="middle" { (cell.main) }
            text.small x=(middle) y=(px(cell.y + cell.height / 2.0 + 15.0)) text-anchor="middle" { (cell.small) }
        }
    }
}
