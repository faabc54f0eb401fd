//! A held-out subject's whole session: truth, and what was said.

use maud::{Markup, html};

use super::inside::CLASSES;
use crate::report::material::{Inside, Material, Timeline, TimelineSignal, TimelineWindow};
use crate::report::names;
use crate::report::number::share;
use crate::report::svg::{Figure, Scale, Tick, extent, line, px};

const LEFT: f64 = 90.0;
const WIDE: f64 = 780.0;
const TALL: f64 = 96.0;
const SIGNAL: f64 = 56.0;
/// Neighbouring bars lie over each other by this, so that no scale of the page shows a gap between them.
const OVERLAP: f64 = 0.4;

/// Truth above, probabilities of the three states stacked, probability of stress as a line, and what was named; then the
/// signals, if they are simulated.
pub(crate) fn timeline(material: &Material, inside: &Inside) -> Option<Figure> {
    let timeline = inside.timeline.as_ref()?;
    let (start, _) = extent(timeline.windows.iter().map(|window| window.start))?;
    let (_, end) = extent(
        timeline
            .windows
            .iter()
            .map(|window| window.start + window.length),
    )?;
    let x = Scale::linear((start, end), (LEFT, LEFT + WIDE));
    let signals: &[TimelineSignal] = if material.simulated {
        &timeline.signals
    } else {
        &[]
    };
    let (stacked, binary) = (52.0, 52.0 + TALL + 34.0);
    let first_signal = binary + TALL + 36.0;
    let bottom = if signals.is_empty() {
        binary + TALL
    } else {
        first_signal + (SIGNAL + 18.0) * signals.len() as f64
    };
    let y = Scale::linear((0.0, 1.0), (binary + TALL, binary));
    let body = html! {
        @for (index, name) in CLASSES.iter().enumerate() {
            @let at = LEFT + 110.0 * index as f64;
            rect class={ "bar c-" (index) } x=(px(at)) y="3" width="11" height="11" {}
            text.name x=(px(at + 17.0)) y="9" dy="0.35em" { (name) }
        }
        text x=(px(LEFT - 8.0)) y="30" dy="0.35em" text-anchor="end" { "truth" }
        (truth_strip(timeline, &x, (22.0, 16.0)))
        text x=(px(LEFT - 8.0)) y=(px(stacked + TALL / 2.0)) dy="0.35em" text-anchor="end" { "3 classes" }
        @for (window, end) in timeline.windows.iter().zip(ends(timeline)) {
            (stack(window, &x, end, (stacked, TALL)))
        }
        rect.frame x=(px(LEFT)) y=(px(stacked)) width=(px(WIDE)) height=(px(TALL)) {}
        text x=(px(LEFT - 30.0)) y=(px(binary + TALL / 2.0)) dy="0.35em" text-anchor="end" { "stress" }
        g.axes {
            @for tick in [Tick { at: 0.0, label: "0".into() }, Tick { at: 0.5, label: ".5".into() }, Tick { at: 1.0, label: "1".into() }] {
                line.grid x1=(px(LEFT)) x2=(px(LEFT + WIDE)) y1=(px(y.at(tick.at))) y2=(px(y.at(tick.at))) {}
                text x=(px(LEFT - 6.0)) y=(px(y.at(tick.at))) dy="0.35em" text-anchor="end" { (tick.label) }
            }
        }
        g.f-ink {
            (line(timeline.windows.iter().map(|window| (x.within(window.start + window.length / 2.0), y.within(window.stress))), ""))
        }
        @for (window, end) in timeline.windows.iter().zip(ends(timeline)).filter(|(window, _)| window.truth == Some(1)) {
            @let left = x.within(window.start);
            rect.bar.c-1 x=(px(left)) y=(px(binary)) width=(px(x.within(end) - left)) height=(px(TALL)) fill-opacity="0.15" {}
        }
        @for (index, signal) in signals.iter().enumerate() {
            (signal_line(signal, &x, first_signal + (SIGNAL + 18.0) * index as f64))
        }
        (minutes(&x, bottom))
    };
    let told = if signals.is_empty() {
        ""
    } else {
        " Signals are simulated."
    };
    Some(Figure {
        name: "timeline".into(),
        title: format!("The session of {}, held out", inside.subject),
        caption: format!(
            "{}. Above: what the protocol says; the three states' probabilities, stacked; the probability of stress by the binary task's own \
             output, with stress shaded. {} windows; gaps are outside the three states.{told}",
            names::model(&inside.model),
            timeline.windows.len()
        ),
        simulated: material.simulated,
        width: LEFT + WIDE + 14.0,
        height: bottom + 40.0,
        body,
    })
}

/// Where each window is drawn to: its end, or the next one's start where they overlap.
fn ends(timeline: &Timeline) -> impl Iterator<Item = f64> + '_ {
    let next = timeline
        .windows
        .iter()
        .skip(1)
        .map(|window| window.start)
        .chain([f64::INFINITY]);
    timeline
        .windows
        .iter()
        .zip(next)
        .map(|(window, next)| match next > window.start {
            true => next.min(window.start + window.length),
            false => window.start + window.length,
        })
}

/// One window's probabilities, one upon the other.
fn stack(window: &TimelineWindow, x: &Scale, end: f64, (top, tall): (f64, f64)) -> Markup {
    let (left, right) = (x.within(window.start), x.within(end));
    let mut from = top + tall;
    let parts: Vec<(usize, f64, f64)> = window
        .three_class
        .iter()
        .enumerate()
        .filter(|(_, share)| share.is_finite())
        .map(|(class, share)| {
            let height = share.clamp(0.0, 1.0) * tall;
            from -= height;
            (class, from, height)
        })
        .collect();
    let [baseline, stress, amusement] = window.three_class.map(share);
    html! {
        g {
            title { "minute " (format!("{:.1}", window.start / 60.0)) ": baseline " (baseline) ", stress " (stress) ", amusement " (amusement) }
            @for (class, y, height) in parts {
                rect class={ "bar c-" (class) } x=(px(left)) y=(px(y)) width=(px((right - left).max(0.3) + OVERLAP)) height=(px(height)) {}
            }
        }
    }
}

/// Stretches of the three states as a strip: top and height.
pub(super) fn truth_strip(timeline: &Timeline, x: &Scale, (top, tall): (f64, f64)) -> Markup {
    html! {
        rect.frame x=(px(x.range().0)) y=(px(top)) width=(px(x.range().1 - x.range().0)) height=(px(tall)) {}
        @for (window, end) in timeline.windows.iter().zip(ends(timeline)) {
            @if let Some(class) = window.truth.filter(|class| *class < 3) {
                @let left = x.within(window.start);
                rect class={ "bar c-" (class) } x=(px(left)) y=(px(top)) width=(px((x.within(end) - left).max(0.3) + OVERLAP)) height=(px(tall)) {}
            }
        }
    }
}

/// The abscissa of a session.
pub(super) fn minutes(x: &Scale, bottom: f64) -> Markup {
    let (left, right) = x.range();
    let from = x.value(left) / 60.0;
    let to = x.value(right) / 60.0;
    let scale = Scale::linear((from, to), (left, right));
    html! {
        g.axes {
            line.rule x1=(px(left)) x2=(px(right)) y1=(px(bottom)) y2=(px(bottom)) {}
            @for tick in scale.ticks(10) {
                @let at = px(scale.at(tick.at));
                line.rule x1=(at) x2=(at) y1=(px(bottom)) y2=(px(bottom + 4.0)) {}
                text x=(at) y=(px(bottom + 17.0)) text-anchor="middle" { (tick.label) }
            }
            text x=(px((left + right) / 2.0)) y=(px(bottom + 33.0)) text-anchor="middle" { "minutes since the session's start" }
        }
    }
}

fn signal_line(signal: &TimelineSignal, x: &Scale, top: f64) -> Markup {
    let domain = extent(signal.samples.iter().map(|sample| sample.1)).unwrap_or((0.0, 1.0));
    let y = Scale::linear(domain, (top + SIGNAL, top));
    html! {
        text x=(px(LEFT - 8.0)) y=(px(top + SIGNAL / 2.0 - 7.0)) dy="0.35em" text-anchor="end" { (signal.name) }
        text x=(px(LEFT - 8.0)) y=(px(top + SIGNAL / 2.0 + 8.0)) dy="0.35em" text-anchor="end" { (signal.unit) }
        g.f-ink { (line(signal.samples.iter().map(|sample| (x.within(sample.0), y.within(sample.1))), "thin")) }
    }
}
