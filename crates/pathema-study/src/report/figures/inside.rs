//! What goes on in a model: attention over a session, and the ways of its latent state.

use maud::html;

use crate::report::material::{Attention, Inside, Material};
use crate::report::names;
use crate::report::number::share;
use crate::report::svg::{Axes, Figure, Scale, Shape, Tick, extent, line, mark, px};

use super::timeline::{minutes, truth_strip};

const LEFT: f64 = 200.0;
const WIDE: f64 = 720.0;
const LINE: f64 = 26.0;
pub(super) const CLASSES: [&str; 3] = ["baseline", "stress", "amusement"];

/// Cells of a row at most: no screen shows more, and files of more are slow to open.
const CELLS: usize = 240;

/// A row for each pair of modalities, a cell for each window or, of many, for a few neighbours.
pub(crate) fn attention(material: &Material, inside: &Inside) -> Option<Figure> {
    let Attention {
        modalities,
        starts,
        weights,
    } = inside.attention.as_ref()?;
    let pairs: Vec<(String, &[f64])> = weights
        .iter()
        .zip(modalities)
        .flat_map(|(row, asks)| {
            row.iter()
                .zip(modalities)
                .map(move |(over, asked)| (asks, asked, over))
        })
        .map(|(asks, asked, over)| {
            let (asks, asked) = (names::modalities(asks), names::modalities(asked));
            (format!("{asks} → {asked}"), over.as_slice())
        })
        .collect();
    let all = pairs.iter().flat_map(|pair| pair.1.iter().copied());
    let (low, high) = extent(all)?;
    let width = |index: usize| match starts.get(index + 1) {
        Some(next) => next - starts[index],
        None => starts
            .windows(2)
            .last()
            .map_or(60.0, |pair| pair[1] - pair[0]),
    };
    let end = starts.last()? + width(starts.len() - 1);
    let x = Scale::linear((starts[0], end), (LEFT, LEFT + WIDE));
    let top = 34.0;
    let bottom = top + LINE * pairs.len() as f64 + 6.0 * modalities.len() as f64;
    let place = |index: usize| top + LINE * index as f64 + 6.0 * (index / modalities.len()) as f64;
    let each = starts.len().div_ceil(CELLS);
    let mean = |values: &[f64]| {
        let known = values.iter().filter(|value| value.is_finite());
        let (count, sum) = known.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
        (count > 0.0).then(|| sum / count)
    };
    let body = html! {
        @if let Some(timeline) = &inside.timeline { (truth_strip(timeline, &x, (8.0, 14.0))) text x=(px(LEFT - 8.0)) y="15" dy="0.35em" text-anchor="end" { "truth" } }
        @for (index, (name, over)) in pairs.iter().enumerate() {
            @let y = place(index);
            text.name x=(px(LEFT - 8.0)) y=(px(y + LINE / 2.0)) dy="0.35em" text-anchor="end" { (name) }
            rect.frame x=(px(LEFT)) y=(px(y)) width=(px(WIDE)) height=(px(LINE - 3.0)) {}
            @for first in (0..starts.len().min(over.len())).step_by(each) {
                @let last = (first + each).min(starts.len()).min(over.len()) - 1;
                @if let Some(value) = mean(&over[first..=last]) {
                    @let left = x.within(starts[first]);
                    rect.cell x=(px(left)) y=(px(y)) width=(px((x.within(starts[last] + width(last)) - left).max(0.4))) height=(px(LINE - 3.0))
                        fill-opacity=(format!("{:.3}", if high > low { 0.04 + 0.96 * (value - low) / (high - low) } else { 0.5 })) {
                        title { (name) ", minute " (format!("{:.0}", starts[first] / 60.0)) ": " (share(value)) }
                    }
                }
            }
            text x=(px(LEFT + WIDE + 8.0)) y=(px(y + LINE / 2.0)) dy="0.35em" { (mean(over).map_or("–".into(), share)) }
        }
        (minutes(&x, bottom))
    };
    Some(Figure {
        name: "attention".into(),
        title: format!(
            "Which modality asks which, over the session of {}",
            inside.subject
        ),
        caption: format!(
            "{}, with {} held out. Asking → asked; shade from {} (pale) to {} (full); the number is the mean over the session. Mean over heads \
             and instants of each window.",
            names::model(&inside.model),
            inside.subject,
            share(low),
            share(high)
        ),
        simulated: material.simulated,
        width: LEFT + WIDE + 52.0,
        height: bottom + 40.0,
        body,
    })
}

/// Ways in the plane of the two largest principal components.
pub(crate) fn trajectory(material: &Material, inside: &Inside) -> Option<Figure> {
    let points: Vec<_> = inside
        .trajectory
        .iter()
        .filter(|point| point.x.is_finite() && point.y.is_finite())
        .collect();
    let across = extent(points.iter().map(|point| point.x))?;
    let up = extent(points.iter().map(|point| point.y))?;
    let margin = |(low, high): (f64, f64)| (low - 0.05 * (high - low), high + 0.05 * (high - low));
    let x = Scale::linear(margin(across), (46.0, 566.0));
    let y = Scale::linear(margin(up), (400.0, 44.0));
    let mut ways: Vec<Vec<_>> = Vec::new();
    for point in &points {
        match ways
            .last_mut()
            .filter(|way: &&mut Vec<&&crate::report::material::LatentPoint>| {
                way[0].window == point.window
            }) {
            Some(way) => way.push(point),
            None => ways.push(vec![point]),
        }
    }
    let ticks = |scale: Scale| -> Vec<Tick> { scale.ticks(5) };
    let class = |index: usize| format!("c-{}", index.min(2));
    let body = html! {
        (Axes {
            x, y, x_ticks: ticks(x), y_ticks: ticks(y),
            x_name: "first principal component".into(),
            y_name: "second principal component".into(),
            title: String::new(),
        }.draw())
        @for way in &ways {
            g class=(class(way[0].class)) {
                (line(way.iter().map(|point| (x.at(point.x), y.at(point.y))), "thin"))
            }
        }
        @for way in &ways {
            @let (first, last) = (way[0], way[way.len() - 1]);
            g class=(class(first.class)) {
                (mark(Shape::Disc, (x.at(first.x), y.at(first.y)), 2.0, "faint", ""))
                (mark(Shape::nth(first.class.min(2)), (x.at(last.x), y.at(last.y)), 4.2, "",
                    &format!("window {}, {}, after {:.0} s", first.window, CLASSES[first.class.min(2)], last.time)))
            }
        }
        @for (index, name) in CLASSES.iter().enumerate() {
            @let y = 60.0 + 20.0 * index as f64;
            (mark(Shape::nth(index), (590.0, y), 4.6, &class(index), ""))
            text.name x="602" y=(px(y)) dy="0.35em" { (name) }
        }
    };
    Some(Figure {
        name: "trajectory".into(),
        title: format!(
            "Ways of the latent state through windows of {}",
            inside.subject
        ),
        caption: format!(
            "{}, with {} held out; {} windows. A line is one window from its start (small) to its end (large); colour and mark: the truth.",
            names::model(&inside.model),
            inside.subject,
            ways.len()
        ),
        simulated: material.simulated,
        width: 690.0,
        height: 442.0,
        body,
    })
}
