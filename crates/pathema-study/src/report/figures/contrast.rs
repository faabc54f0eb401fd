//! What one thing changes while all else stays.

use maud::html;

use super::{labels, room, told};
use crate::records::Row;
use crate::report::block::{extent, is_simulated, rows_of};
use crate::report::material::{ExperimentText, Material, Task};
use crate::report::names::{self, Family};
use crate::report::number::share;
use crate::report::svg::{Axes, Figure, Scale, Shape, mark, px, text_width};
use crate::report::tables::{Contrast, Factor, of_meditation};

const LINE: f64 = 24.0;
const PANEL: f64 = 330.0;
const BETWEEN: f64 = 44.0;

/// A line a model, a mark a level.
pub(crate) fn contrast(text: &ExperimentText, contrast: &Contrast) -> Figure {
    let firsts: Vec<&Row> = contrast
        .groups
        .iter()
        .filter_map(|group| group.iter().copied().flatten().next())
        .collect();
    let mut labels = labels(&firsts);
    for (label, row) in labels.iter_mut().zip(&firsts) {
        let protocol = names::protocol(row.key.protocol);
        let normalisation = names::normalisation(row.key.normalisation);
        let detail = match contrast.factor {
            Factor::Normalisation => protocol.to_owned(),
            Factor::Protocol => normalisation,
            Factor::Variant => format!("{protocol}, {normalisation}"),
            Factor::Modalities => continue,
        };
        let others = firsts.iter().any(|other| {
            other.key.protocol != row.key.protocol
                || other.key.normalisation != row.key.normalisation
        });
        // Said only where groups differ in it.
        if others
            && firsts
                .iter()
                .filter(|other| other.key.model == row.key.model)
                .count()
                > 1
        {
            *label = format!("{label}, {detail}");
        }
    }
    let left_of_panels = room(&labels);
    let top = 62.0;
    let bottom = top + LINE * firsts.len() as f64;
    let y = |index: usize| top + LINE * (index as f64 + 0.5);
    let colour =
        |level: usize| ["f-cde", "f-classical", "f-grid", "f-irregular", "f-other"][level % 5];
    let panel = |index: usize, task: Task| {
        let left = left_of_panels + index as f64 * (PANEL + BETWEEN);
        let shown = contrast
            .groups
            .iter()
            .flatten()
            .flatten()
            .map(|row| task.of(row).accuracy.mean);
        let x = Scale::around(shown, (left, left + PANEL));
        let axes = Axes {
            x,
            y: Scale::linear((0.0, 1.0), (bottom, top)),
            x_ticks: x.ticks(5),
            y_ticks: Vec::new(),
            x_name: "accuracy".into(),
            y_name: String::new(),
            title: text.task(task).name.clone(),
        };
        html! {
            (axes.draw())
            @for (index, group) in contrast.groups.iter().enumerate() {
                @let means: Vec<f64> = group.iter().flatten().map(|row| x.within(task.of(row).accuracy.mean)).filter(|at| at.is_finite()).collect();
                @let (low, high) = means.iter().fold((f64::MAX, f64::MIN), |(low, high), &at| (low.min(at), high.max(at)));
                @if !means.is_empty() { line.rule x1=(px(low)) x2=(px(high)) y1=(px(y(index))) y2=(px(y(index))) {} }
                @for (level, row) in group.iter().enumerate() {
                    @if let Some(row) = row {
                        @let accuracy = &task.of(row).accuracy;
                        (mark(Shape::nth(level), (x.within(accuracy.mean), y(index)), 5.0, colour(level),
                            &format!("{}, {}", told(&labels[index], accuracy), contrast.levels[level])))
                    }
                }
            }
        }
    };
    let mut keys = Vec::new();
    let mut at = left_of_panels + 6.0;
    for (level, name) in contrast.levels.iter().enumerate() {
        keys.push((level, at, name));
        at += text_width(name) + 34.0;
    }
    let width = (left_of_panels + 2.0 * PANEL + BETWEEN + 12.0).max(at);
    let body = html! {
        @for (level, at, name) in keys {
            (mark(Shape::nth(level), (at, 14.0), 5.0, colour(level), ""))
            text.name x=(px(at + 11.0)) y="14" dy="0.35em" { (name) }
        }
        @for (index, label) in labels.iter().enumerate() {
            text.name x=(px(left_of_panels - 12.0)) y=(px(y(index))) dy="0.35em" text-anchor="end" { (label) }
        }
        (panel(0, Task::Binary))
        (panel(1, Task::ThreeClass))
    };
    let rows: Vec<&Row> = contrast
        .groups
        .iter()
        .flatten()
        .copied()
        .flatten()
        .collect();
    let notes = [
        ('†', names::CONFOUNDED),
        ('‡', "‡ Windows of one person on both sides."),
    ];
    let notes: String = notes
        .iter()
        .filter(|note| contrast.levels.iter().any(|level| level.ends_with(note.0)))
        .map(|note| format!("{} ", note.1))
        .collect();
    Figure {
        name: format!("{}-by-{}", text.name, contrast.factor.name()),
        title: format!("What the {}", contrast.factor.changes()),
        caption: format!(
            "Accuracy, mean over subjects and seeds; each line one recipe. {notes}{}.",
            extent(&rows)
        ),
        simulated: contrast.simulated,
        width,
        height: bottom + 40.0,
        body,
    }
}

/// Share of meditation called stress, a bar a row.
pub(crate) fn meditation(material: &Material, text: &ExperimentText) -> Option<Figure> {
    let mut rows: Vec<(&Row, f64)> = rows_of(material, text)
        .into_iter()
        .filter_map(|row| Some((row, row.meditation?.called_stress.mean)))
        .collect();
    rows.retain(|row| row.1.is_finite());
    // One protocol and one normalisation, the plainest: all others are in the table.
    let plainest = rows
        .iter()
        .map(|row| (row.0.key.protocol, row.0.key.normalisation))
        .min()?;
    rows.retain(|row| (row.0.key.protocol, row.0.key.normalisation) == plainest);
    rows.sort_by(|one, other| one.1.total_cmp(&other.1));
    let all: Vec<&Row> = rows.iter().map(|row| row.0).collect();
    let labels = labels(&all);
    let left = room(&labels);
    let bottom = 14.0 + LINE * rows.len() as f64;
    let x = Scale::from_nought(
        rows.iter().map(|row| row.1).chain([0.1]),
        (left, left + 420.0),
    );
    let axes = Axes {
        x,
        y: Scale::linear((0.0, 1.0), (bottom, 14.0)),
        x_ticks: x.ticks(5),
        y_ticks: Vec::new(),
        x_name: "share of meditation windows called stress".into(),
        y_name: String::new(),
        title: String::new(),
    };
    let body = html! {
        (axes.draw())
        @for (index, (row, value)) in rows.iter().enumerate() {
            @let y = 14.0 + LINE * (index as f64 + 0.5);
            @let first = row.key.model == material.headline;
            text.name.first[first] x=(px(left - 12.0)) y=(px(y)) dy="0.35em" text-anchor="end" { (labels[index]) }
            g class=(Family::of(&row.key.model).class()) {
                rect.bar x=(px(left)) y=(px(y - 7.0)) width=(px(x.within(*value) - left)) height="14" {}
            }
            text.name.first[first] x=(px(x.within(*value) + 7.0)) y=(px(y)) dy="0.35em" { (share(*value)) }
        }
    };
    Some(Figure {
        name: format!("{}-meditation", text.name),
        title: "False alarms: meditation called stress".into(),
        caption: format!(
            "{}, {} normalisation. No model was trained on meditation. Mean over subjects and seeds; less is better. {}.",
            names::protocol(plainest.0),
            names::normalisation(plainest.1),
            of_meditation(&all)
        ),
        simulated: all.iter().any(|row| is_simulated(material, row)),
        width: left + 480.0,
        height: bottom + 40.0,
        body,
    })
}
