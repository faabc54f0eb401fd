//! How good a signal is over time.

use maud::{Markup, html};

use super::chart::{Area, LEFT, RIGHT, WIDTH};
use super::{percent, trace};
use crate::physio::Quality;
use crate::report::plot::{Axis, px};

const HEIGHT: f64 = 58.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 50.0;

/// Scores as steps, windows that are not usable marked below; nothing if none was judged.
pub(super) fn draw(quality: &[Quality], gaps: &[[f64; 2]], span: [f64; 2]) -> Markup {
    let x = Axis::new((span[0] / 60.0, span[1] / 60.0), (LEFT, RIGHT));
    let y = Axis::new((0.0, 1.0), (BOTTOM, TOP));
    let steps = quality.iter().flat_map(|window| {
        let level = y.at(window.score.clamp(0.0, 1.0));
        [window.start, window.end].map(|time| Some((x.at(time / 60.0), level)))
    });
    let area = Area {
        x: &x,
        unit: 60.0,
        top: TOP,
        bottom: BOTTOM,
    };
    let unusable: Vec<[f64; 2]> = quality
        .iter()
        .filter(|window| !window.usable)
        .map(|window| [window.start, window.end])
        .collect();
    html! {
        @if !quality.is_empty() {
            svg.chart viewBox={ "0 0 " (px(WIDTH)) " " (px(HEIGHT)) } role="img" aria-label="Signal quality over time" {
                (area.gaps(gaps))
                (area.unusable(&unusable))
                g.axes {
                    @for (value, text) in [(0.0, "0"), (1.0, "1")] {
                        @let height = px(y.at(value));
                        line.grid x1=(px(LEFT)) x2=(px(RIGHT)) y1=(height) y2=(height) {}
                        text x=(px(LEFT - 6.0)) y=(height) dy="0.35em" text-anchor="end" { (text) }
                    }
                    text.name x=(px(LEFT)) y="9" { "quality" }
                }
                path.quality d=(trace::line(steps)) {}
            }
        }
    }
}

/// Which part of the windows is usable, as part of a sentence; nothing if none was judged.
pub(super) fn said(quality: &[Quality]) -> Markup {
    let usable = quality.iter().filter(|window| window.usable).count();
    html! {
        @if !quality.is_empty() {
            " · " b { (percent(usable as f64 / quality.len() as f64)) } " of the windows usable"
        }
    }
}
