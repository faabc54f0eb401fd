//! The intervals between beats over the whole recording.

use maud::{Markup, html};

use super::chart::{Area, LEFT, RIGHT, WIDTH, shown};
use super::trace::{dots, line};
use crate::physio::Stretch;
use crate::report::plot::{Axis, Frame, px};

const HEIGHT: f64 = 250.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 206.0;

/// What a tachogram shows. All times are in seconds, intervals too.
pub(super) struct Tachogram<'a> {
    /// From when to when is drawn.
    pub(super) span: [f64; 2],
    /// When each interval ends.
    pub(super) times: &'a [f64],
    /// The intervals.
    pub(super) intervals: &'a [f64],
    /// Whether an interval starts with the beat that the one before it ends with.
    pub(super) adjacent: &'a [bool],
    /// When beats are that correction changed.
    pub(super) corrected: &'a [f64],
    /// Where nothing was recorded.
    pub(super) gaps: &'a [[f64; 2]],
    /// What the person was doing.
    pub(super) labels: &'a [Stretch],
}

/// The tachogram as a drawing.
pub(super) fn draw(tachogram: &Tachogram) -> Markup {
    let milliseconds = || tachogram.intervals.iter().map(|interval| 1000.0 * interval);
    let x = Axis::new(
        (tachogram.span[0] / 60.0, tachogram.span[1] / 60.0),
        (LEFT, RIGHT),
    );
    // Sound intervals are within the plausible: the few that are not must not flatten them.
    let y = Axis::new(shown(milliseconds(), 0.002), (BOTTOM, TOP));
    let (bottom, top) = y.range();
    let place = |time: f64, interval: f64| {
        let y = y.at(interval).clamp(top - 4.0, bottom + 4.0);
        (x.at(time / 60.0), y)
    };
    let points = || {
        let intervals = milliseconds().zip(tachogram.times).zip(tachogram.adjacent);
        intervals.flat_map(|((interval, time), adjacent)| {
            let point = Some(place(*time, interval));
            match adjacent {
                true => [point, point],
                false => [None, point],
            }
        })
    };
    let frame = Frame {
        x,
        y,
        x_ticks: x.ticks(10),
        y_ticks: y.ticks(5),
        x_label: "minutes",
        y_label: "",
    };
    let area = Area {
        x: &x,
        unit: 60.0,
        top: TOP,
        bottom: BOTTOM,
    };
    html! {
        svg.chart viewBox={ "0 0 " (px(WIDTH)) " " (px(HEIGHT)) } role="img" aria-label="Intervals over time" {
            (area.labels(tachogram.labels))
            (area.gaps(tachogram.gaps))
            (frame.axes())
            text.name x=(px(LEFT)) y="12" { "interval, ms" }
            path.trace d=(line(points())) {}
            path.dots d=(dots(milliseconds().zip(tachogram.times).map(|(interval, time)| place(*time, interval)))) {}
            g.corrected {
                @for time in tachogram.corrected {
                    path d={ "M" (px(x.at(time / 60.0) - 3.5)) " " (px(TOP - 8.0)) "h7l-3.5 6z" } {}
                }
            }
        }
    }
}
