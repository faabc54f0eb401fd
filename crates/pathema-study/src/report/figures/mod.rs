//! Every figure of the report.

mod aims;
mod bars;
mod confusion;
mod contrast;
mod cost;
mod curves;
mod forest;
mod inside;
mod missing;
mod reliability;
mod roc;
mod subjects;
mod timeline;

pub(crate) use aims::aims;
pub(crate) use bars::bars;
pub(crate) use confusion::confusion;
pub(crate) use contrast::{contrast, meditation};
pub(crate) use cost::cost;
pub(crate) use curves::curves;
pub(crate) use forest::forest;
pub(crate) use inside::{attention, trajectory};
pub(crate) use missing::missing;
pub(crate) use reliability::reliability;
pub(crate) use roc::roc;
pub(crate) use subjects::subjects;
pub(crate) use timeline::timeline;

use maud::{Markup, html};

use super::block::Block;
use super::names;
use super::svg::{Scale, px};
use crate::records::{Estimate, Row};

/// An interval as a line along the abscissa.
fn whisker(x: &Scale, y: f64, estimate: &Estimate, class: &str) -> Markup {
    let (low, high) = estimate.interval;
    html! {
        @if low.is_finite() && high.is_finite() {
            line class={ "whisker " (class) } x1=(px(x.within(low))) x2=(px(x.within(high))) y1=(px(y)) y2=(px(y)) {}
        }
    }
}

/// Names of rows with just as much as tells them apart.
fn labels(rows: &[&Row]) -> Vec<String> {
    let details: [fn(&Row) -> String; 5] = [
        |row| names::modalities(&row.key.modalities),
        |row| format!("trained {}", names::tested(&row.key.trained)),
        |row| names::tested(&row.key.tested),
        |row| names::selection(&row.info.selection),
        |row| format!("{} subjects", row.binary.subjects.len()),
    ];
    let mut labels: Vec<String> = rows.iter().map(|row| names::row(row)).collect();
    for detail in details {
        let before = labels.clone();
        for (index, row) in rows.iter().enumerate() {
            let differs = |(other, label): (&&Row, &String)| {
                *label == before[index] && detail(other) != detail(row)
            };
            if rows.iter().zip(&before).any(differs) {
                labels[index] = format!("{}, {}", before[index], detail(row));
            }
        }
    }
    labels
}

/// `model, heart (BVP) + EDA: .871 [.832–.905]`, told to a pointer.
fn told(name: &str, estimate: &Estimate) -> String {
    use super::number::{interval, share};
    format!(
        "{name}: {} [{}]",
        share(estimate.mean),
        interval(estimate.interval)
    )
}

/// A caption's last sentences: of how many, and what to think of it.
fn small_print(block: &Block) -> String {
    let warning = block.warning();
    format!(
        "{}.{}{warning}",
        block.extent(),
        if warning.is_empty() { "" } else { " " }
    )
}

/// Room for the longest of some labels.
fn room(labels: &[String]) -> f64 {
    labels
        .iter()
        .map(|label| super::svg::text_width(label))
        .fold(40.0, f64::max)
        + 16.0
}
