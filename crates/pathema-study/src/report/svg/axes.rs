//! The rectangle that data are drawn in, with its axes.

use maud::{Markup, html};

use super::{Scale, Tick, px};

/// A plot's area and axes.
#[derive(Clone, Debug)]
pub(crate) struct Axes {
    pub(crate) x: Scale,
    pub(crate) y: Scale,
    pub(crate) x_ticks: Vec<Tick>,
    pub(crate) y_ticks: Vec<Tick>,
    /// What the abscissa is, under it.
    pub(crate) x_name: String,
    /// What the ordinate is, above its end: shorter to read there than turned on its side.
    pub(crate) y_name: String,
    /// Over the whole.
    pub(crate) title: String,
}

impl Axes {
    /// Grid lines, tick labels, names.
    pub(crate) fn draw(&self) -> Markup {
        let (left, right) = self.x.range();
        let (bottom, top) = self.y.range();
        html! {
            g.axes {
                @if !self.title.is_empty() {
                    text.panel x=(px(left)) y=(px(top - if self.y_name.is_empty() { 10.0 } else { 26.0 })) { (self.title) }
                }
                @for tick in &self.y_ticks {
                    @let y = px(self.y.at(tick.at));
                    line.grid x1=(px(left)) x2=(px(right)) y1=(y) y2=(y) {}
                    text x=(px(left - 6.0)) y=(y) dy="0.35em" text-anchor="end" { (tick.label) }
                }
                @for tick in &self.x_ticks {
                    @let x = px(self.x.at(tick.at));
                    line.grid x1=(x) x2=(x) y1=(px(top)) y2=(px(bottom)) {}
                    text x=(x) y=(px(bottom + 15.0)) text-anchor="middle" { (tick.label) }
                }
                line.rule x1=(px(left)) x2=(px(right)) y1=(px(bottom)) y2=(px(bottom)) {}
                @if !self.x_name.is_empty() {
                    text x=(px((left + right) / 2.0)) y=(px(bottom + 31.0)) text-anchor="middle" { (self.x_name) }
                }
                @if !self.y_name.is_empty() {
                    text x=(px(left)) y=(px(top - 9.0)) { (self.y_name) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_drawn_once_a_tick() {
        let axes = Axes {
            x: Scale::linear((0.0, 1.0), (20.0, 120.0)),
            y: Scale::linear((0.0, 1.0), (60.0, 10.0)),
            x_ticks: vec![Tick {
                at: 1.0,
                label: "1".into(),
            }],
            y_ticks: vec![Tick {
                at: 0.5,
                label: ".5".into(),
            }],
            x_name: "epoch".into(),
            y_name: String::new(),
            title: "loss".into(),
        };
        insta::assert_snapshot!(axes.draw().into_string().replace("><", ">\n<"));
    }
}
