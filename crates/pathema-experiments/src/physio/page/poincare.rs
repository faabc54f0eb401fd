//! Each interval against the one before it.

use maud::{Markup, html};

use super::chart::shown;
use super::trace::dots;
use crate::report::plot::{Axis, Frame, px};

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 56.0;
const BOTTOM: f64 = 376.0;
const TOP: f64 = 24.0;
const RIGHT: f64 = LEFT + BOTTOM - TOP;

/// A Poincaré plot of pairs of adjacent intervals (seconds), with the ellipse of their standard deviations across and
/// along the diagonal where these are known (seconds).
pub(super) fn draw(pairs: &[[f64; 2]], deviations: Option<[f64; 2]>) -> Markup {
    let all = pairs.iter().flatten().map(|interval| 1000.0 * interval);
    let range = shown(all, 0.002);
    let x = Axis::new(range, (LEFT, RIGHT));
    let y = Axis::new(range, (BOTTOM, TOP));
    let frame = Frame {
        x,
        y,
        x_ticks: x.ticks(5),
        y_ticks: y.ticks(5),
        x_label: "interval, ms",
        y_label: "next interval, ms",
    };
    let place = |[first, second]: &[f64; 2]| {
        let x = x.at(1000.0 * first).clamp(LEFT - 4.0, RIGHT + 4.0);
        (x, y.at(1000.0 * second).clamp(TOP - 4.0, BOTTOM + 4.0))
    };
    let count = pairs.len().max(1) as f64;
    let mean = |of: usize| 1000.0 * pairs.iter().map(|pair| pair[of]).sum::<f64>() / count;
    let scale = x.at(1000.0) - x.at(0.0);
    html! {
        svg.chart viewBox={ "0 0 " (px(WIDTH)) " " (px(HEIGHT)) } role="img" aria-label="Each interval against the one before" {
            (frame.axes())
            line.chance x1=(px(LEFT)) y1=(px(BOTTOM)) x2=(px(RIGHT)) y2=(px(TOP)) {}
            path.cloud d=(dots(pairs.iter().map(place))) {}
            @if let Some([across, along]) = deviations && !pairs.is_empty() {
                @let (cx, cy) = (px(x.at(mean(0))), px(y.at(mean(1))));
                ellipse.deviations cx=(cx) cy=(cy) rx=(px(scale * along)) ry=(px(scale * across))
                    transform={ "rotate(-45 " (cx) " " (cy) ")" } {}
            }
        }
    }
}
