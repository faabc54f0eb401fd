//! Drawings: a [`Figure`] is a page's inline SVG and a file that stands alone.
//!
//! Colours come from classes and custom properties, so that one drawing serves the light and the dark scheme. A unit of
//! a drawing is about a CSS pixel at its natural size.

mod axes;
mod mark;
mod place;
mod scale;

pub(crate) use axes::Axes;
pub(crate) use mark::{Shape, line, mark};
pub(crate) use place::{Place, side_labels};
pub(crate) use scale::{Scale, Tick, extent};

use maud::{Markup, PreEscaped, html};

/// Custom properties, for both schemes: Okabe and Ito's (2008) hues, told apart in every common colour blindness.
pub(crate) const COLOURS: &str = include_str!("colours.css");
/// What the classes of a drawing mean.
pub(crate) const PLOT: &str = include_str!("plot.css");

/// A drawing, and what is said under it.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    /// Its file is `figures/<name>.svg`.
    pub(crate) name: String,
    pub(crate) title: String,
    /// How to read it; of how many.
    pub(crate) caption: String,
    /// Whether any number in it comes from simulated recordings.
    pub(crate) simulated: bool,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) body: Markup,
}

/// Room above a drawing for its title where it stands alone.
const HEAD: f64 = 34.0;

impl Figure {
    /// The figure of a page: drawing, then caption.
    pub(crate) fn inline(&self) -> Markup {
        html! {
            figure id={ "fig-" (self.name) } {
                figcaption {
                    b { (self.title) } @if self.simulated { " " span.simulated { "simulated" } }
                }
                div.wide tabindex="0" role="group" aria-label={ (self.title) ", scrollable" } {
                    svg.plot viewBox={ "0 0 " (px(self.width)) " " (px(self.height)) } role="img" aria-label=(self.label())
                        style={ "width:" (px(self.width)) "px" } { (self.body) }
                }
                p.caption { (self.caption) }
            }
        }
    }

    /// A file of its own, which carries its style.
    pub(crate) fn standalone(&self) -> String {
        let height = self.height + HEAD;
        html! {
            svg.plot xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (px(self.width)) " " (px(height)) }
                width=(px(self.width)) height=(px(height)) role="img" aria-label=(self.label()) {
                title { (self.label()) }
                desc { (self.caption) }
                style { (PreEscaped(COLOURS)) (PreEscaped(PLOT)) }
                rect.sheet x="0" y="0" width=(px(self.width)) height=(px(height)) {}
                text.title x="10" y="22" { (self.title) }
                @if self.simulated {
                    text.simulated x=(px(self.width - 10.0)) y="22" text-anchor="end" { "simulated" }
                }
                g transform={ "translate(0 " (px(HEAD)) ")" } { (self.body) }
            }
        }
        .into_string()
    }

    fn label(&self) -> String {
        let simulated = if self.simulated { " (simulated)" } else { "" };
        format!("{}{simulated}", self.title)
    }
}

/// A length or place, to a tenth of a unit; what is not finite is kept at the edge, since nothing better can be drawn.
pub(crate) fn px(value: f64) -> String {
    if !value.is_finite() {
        return "0".into();
    }
    let text = format!("{value:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".into(),
        Some(whole) => whole.into(),
        None => text,
    }
}

/// About how wide a text of 12 units is, in bold and a wide typeface.
pub(crate) fn text_width(text: &str) -> f64 {
    7.7 * text.chars().count() as f64
}
