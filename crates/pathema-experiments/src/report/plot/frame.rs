//! The rectangle that data are drawn in, with its axes.

use maud::{Markup, html};

use super::{Axis, px};

/// A plot's area and axes.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) x_ticks: Vec<(f64, String)>,
    pub(crate) y_ticks: Vec<(f64, String)>,
    /// What the abscissa is, under it.
    pub(crate) x_label: &'static str,
    /// What the ordinate is, above its end: shorter to read there than turned on its side.
    pub(crate) y_label: &'static str,
}

impl Frame {
    /// Grid lines, tick labels and names of the axes.
    pub(crate) fn axes(&self) -> Markup {
        let (left, right) = self.x.range();
        let (bottom, top) = self.y.range();
        html! {
            g.axes {
                @for (value, text) in &self.y_ticks {
                    @let y = px(self.y.at(*value));
                    line.grid x1=(px(left)) x2=(px(right)) y1=(y) y2=(y) {}
                    text x=(px(left - 6.0)) y=(y) dy="0.35em" text-anchor="end" { (text) }
                }
                @for (value, text) in &self.x_ticks {
                    @let x = px(self.x.at(*value));
                    line.tick x1=(x) x2=(x) y1=(px(bottom)) y2=(px(bottom + 4.0)) {}
                    text x=(x) y=(px(bottom + 16.0)) text-anchor="middle" { (text) }
                }
                line.rule x1=(px(left)) x2=(px(right)) y1=(px(bottom)) y2=(px(bottom)) {}
                text.name x=(px((left + right) / 2.0)) y=(px(bottom + 32.0)) text-anchor="middle" { (self.x_label) }
                @if !self.y_label.is_empty() {
                    text.name x=(px(left)) y=(px(top - 8.0)) { (self.y_label) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_drawn_once_per_tick() {
        let frame = Frame {
            x: Axis::new((0.0, 1.0), (20.0, 120.0)),
            y: Axis::new((0.0, 1.0), (60.0, 10.0)),
            x_ticks: vec![(1.0, "1".into())],
            y_ticks: vec![(0.5, "0.5".into())],
            x_label: "epoch",
            y_label: "",
        };
        insta::assert_snapshot!(frame.axes().into_string().replace("><", ">\n<"), @r#"
        <g class="axes">
        <line class="grid" x1="20" x2="120" y1="35" y2="35">
        </line>
        <text x="14" y="35" dy="0.35em" text-anchor="end">0.5</text>
        <line class="tick" x1="120" x2="120" y1="60" y2="64">
        </line>
        <text x="120" y="76" text-anchor="middle">1</text>
        <line class="rule" x1="20" x2="120" y1="60" y2="60">
        </line>
        <text class="name" x="70" y="92" text-anchor="middle">epoch</text>
        </g>
        "#);
    }
}
