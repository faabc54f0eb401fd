//! SVG plots: axes, lines, bands and cells.
//!
//! Colours come from CSS classes, so that one drawing serves the light and the dark scheme. Lengths are in units of the
//! drawing's `viewBox`, of which there are about as many as CSS pixels at its usual size.

mod axis;
mod frame;
mod heat;
mod line;

pub(crate) use axis::Axis;
pub(crate) use frame::Frame;
pub(crate) use heat::{HeatCell, cell};
pub(crate) use line::polyline;

/// A length or place, to a tenth of a unit.
pub(crate) fn px(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{value:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".to_owned(),
        Some(whole) => whole.to_owned(),
        None => text,
    }
}
