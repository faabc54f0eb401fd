//! Ten seconds of a signal with its beats marked.

use maud::{Markup, html};

use super::chart::{Area, LEFT, RIGHT, WIDTH, shown};
use super::trace::sampled;
use crate::report::plot::{Axis, Frame, px};

const HEIGHT: f64 = 132.0;
const TOP: f64 = 20.0;
const BOTTOM: f64 = 104.0;

/// What a strip shows.
pub(super) struct Strip<'a> {
    /// All samples of the signal, NaN where one is missing.
    pub(super) values: &'a [f64],
    /// Samples per second.
    pub(super) rate: f64,
    /// When the first sample was taken.
    pub(super) start: f64,
    /// From when to when is drawn.
    pub(super) span: [f64; 2],
    /// When the beats are.
    pub(super) beats: &'a [f64],
    /// When beats are that correction put in, moved or took out.
    pub(super) corrected: &'a [f64],
    /// Where nothing was recorded.
    pub(super) gaps: &'a [[f64; 2]],
    /// The unit of the samples.
    pub(super) unit: &'a str,
}

/// The strip as a drawing.
pub(super) fn draw(strip: &Strip) -> Markup {
    let index = |time: f64| {
        let index = ((time - strip.start) * strip.rate).round().max(0.0) as usize;
        index.min(strip.values.len())
    };
    let (first, last) = (index(strip.span[0]), index(strip.span[1]));
    let values = &strip.values[first..last.max(first)];
    let (low, high) = shown(values.iter().copied(), 0.0);
    let x = Axis::new((strip.span[0], strip.span[1]), (LEFT, RIGHT));
    let y = Axis::new((low, high), (BOTTOM, TOP));
    let frame = Frame {
        x,
        y,
        x_ticks: x.ticks(10),
        y_ticks: y.ticks(3),
        x_label: "",
        y_label: "",
    };
    let area = Area {
        x: &x,
        unit: 1.0,
        top: TOP,
        bottom: BOTTOM,
    };
    let height = |time: f64| {
        let value = strip.values.get(index(time)).copied();
        value.filter(|value| value.is_finite())
    };
    let inside = |time: &&f64| (strip.span[0]..strip.span[1]).contains(*time);
    html! {
        svg.chart viewBox={ "0 0 " (px(WIDTH)) " " (px(HEIGHT)) } role="img" aria-label="Ten seconds with their beats" {
            (area.gaps(strip.gaps))
            (frame.axes())
            text.name x=(px(LEFT)) y="12" { (strip.unit) }
            text.name x=(px(RIGHT)) y="12" text-anchor="end" { "s" }
            path.trace d=(sampled(values, strip.start + first as f64 / strip.rate, strip.rate, &x, &y)) {}
            g.beats {
                @for time in strip.beats.iter().filter(inside) {
                    @let at = px(x.at(*time));
                    line x1=(at) x2=(at) y1=(px(TOP)) y2=(px(BOTTOM)) {}
                    @if let Some(value) = height(*time) { circle cx=(at) cy=(px(y.at(value))) r="3.4" {} }
                }
            }
            g.corrected {
                @for time in strip.corrected.iter().filter(inside) {
                    @let at = x.at(*time);
                    path d={ "M" (px(at - 5.0)) " " (px(TOP - 9.0)) "h10l-5 8z" } { title { "corrected" } }
                }
            }
        }
    }
}
