//! What charts over time have in common: shaded labels, shaded gaps, a range that shows what matters.

use maud::{Markup, html};

use super::shade;
use crate::physio::Stretch;
use crate::report::plot::{Axis, px};

/// Width of a chart over time, with room for numbers on the left.
pub(super) const WIDTH: f64 = 1000.0;
pub(super) const LEFT: f64 = 58.0;
/// Where the data end, with room for half of the last number below.
pub(super) const RIGHT: f64 = 984.0;

/// An area from `top` to `bottom` of the drawing, over time in the unit that `x` has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area<'a> {
    pub(super) x: &'a Axis,
    /// Seconds in a unit of the abscissa.
    pub(super) unit: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Area<'_> {
    /// The labels behind everything.
    pub(super) fn labels(&self, labels: &[Stretch]) -> Markup {
        html! {
            g.labels {
                @for label in labels {
                    @if let Some(class) = shade(label.code) {
                        (self.band(class, [label.start, label.end], label.name))
                    }
                }
            }
        }
    }

    /// Where nothing was recorded.
    pub(super) fn gaps(&self, gaps: &[[f64; 2]]) -> Markup {
        html! { g.gaps { @for gap in gaps { (self.band("gap", *gap, "not recorded")) } } }
    }

    /// What is not to be used, a bar at the bottom.
    pub(super) fn unusable(&self, spans: &[[f64; 2]]) -> Markup {
        let bar = Area {
            top: self.bottom,
            bottom: self.bottom + 4.0,
            ..*self
        };
        html! { g.unusable { @for span in spans { (bar.band("bar", *span, "not usable")) } } }
    }

    fn band(&self, class: &str, [start, end]: [f64; 2], title: &str) -> Markup {
        let (from, to) = self.x.range();
        let left = self.x.at(start / self.unit).clamp(from, to);
        let right = self.x.at(end / self.unit).clamp(from, to);
        html! {
            @if right > left {
                // A gap too short to be seen is drawn a unit wide.
                rect class=(class) x=(px(left)) y=(px(self.top)) width=(px((right - left).max(1.0)))
                    height=(px(self.bottom - self.top)) { title { (title) } }
            }
        }
    }
}

/// The range of the finite values without the share `beyond` at either end, where an artefact would flatten the rest,
/// and with a margin of a twentieth.
pub(super) fn shown(values: impl Iterator<Item = f64>, beyond: f64) -> (f64, f64) {
    let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    if values.is_empty() {
        return (0.0, 1.0);
    }
    let last = values.len() - 1;
    let cut = (beyond * last as f64).floor() as usize;
    let low = *values.select_nth_unstable_by(cut, f64::total_cmp).1;
    let high = *values.select_nth_unstable_by(last - cut, f64::total_cmp).1;
    let margin = 0.05 * (high - low);
    if high > low {
        (low - margin, high + margin)
    } else {
        let half = (0.05 * low.abs()).max(1e-6);
        (low - half, low + half)
    }
}
