//! The power spectral density of the intervals, with the bands shaded.

use maud::{Markup, html};

use super::trace::line;
use crate::inspect::short;
use crate::report::plot::{Axis, Frame, px};

const WIDTH: f64 = 480.0;
const RIGHT: f64 = 466.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 62.0;
const BOTTOM: f64 = 376.0;
const TOP: f64 = 24.0;
/// Hz. Slower waves are often a hundred times as strong: they may leave the drawing, so that the others are seen.
const SLOW: f64 = 0.04;
/// Hz. Beyond, a heart that beats once a second tells nothing.
const HIGHEST: f64 = 0.5;

/// A density (s²/Hz) at frequencies (Hz, rising), with bands: their names, and from where to where they reach (Hz).
pub(super) fn draw(frequencies: &[f64], density: &[f64], bands: &[(&str, [f64; 2])]) -> Markup {
    // In ms²/Hz.
    let shown = || {
        let both = frequencies.iter().zip(density);
        both.map(|(frequency, density)| (*frequency, 1e6 * density))
            .filter(|(frequency, _)| (0.0..=HIGHEST).contains(frequency))
    };
    let x = Axis::new((0.0, HIGHEST), (LEFT, RIGHT));
    let y = Axis::covering(
        shown()
            .filter(|(frequency, _)| *frequency >= SLOW)
            .map(|(_, density)| density),
        0.0,
        5,
        (BOTTOM, TOP),
    );
    let highest = shown().map(|(_, density)| density).fold(0.0, f64::max);
    let frame = Frame {
        x,
        y,
        x_ticks: x.ticks(5),
        y_ticks: y.ticks(5),
        x_label: "Hz",
        y_label: "ms²/Hz",
    };
    html! {
        svg.chart viewBox={ "0 0 " (px(WIDTH)) " " (px(HEIGHT)) } role="img" aria-label="Spectrum of the intervals" {
            g.bands {
                @for (index, (name, [low, high])) in bands.iter().enumerate() {
                    @let (left, right) = (x.at(low.min(HIGHEST)), x.at(high.min(HIGHEST)));
                    @if right > left {
                        rect class={ "band" (index % 4) } x=(px(left)) width=(px(right - left)) y=(px(TOP))
                            height=(px(BOTTOM - TOP)) {}
                        text.name x=(px(0.5 * (left + right))) y=(px(TOP + 14.0)) text-anchor="middle" { (name) }
                    }
                }
            }
            (frame.axes())
            path.density d=(line(shown().map(|(frequency, density)| {
                Some((x.at(frequency), y.at(density).max(TOP - 4.0)))
            }))) {}
            @if y.at(highest) < TOP {
                text x=(px(RIGHT - 6.0)) y=(px(TOP + 32.0)) text-anchor="end" { "slow waves reach " (short(Some(highest))) " ms²/Hz" }
            }
        }
    }
}
