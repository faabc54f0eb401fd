//! Points and lines.

use maud::{Markup, html};

use super::px;

/// What a point is drawn as; told apart without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Disc,
    Square,
    Diamond,
    Triangle,
    Cross,
}

impl Shape {
    /// One after the other, over again after the last.
    pub(crate) fn nth(index: usize) -> Shape {
        let all = [
            Shape::Disc,
            Shape::Square,
            Shape::Diamond,
            Shape::Triangle,
            Shape::Cross,
        ];
        all[index % all.len()]
    }
}

/// A point of about `size` units to each side; `class` colours it, `title` is told to a pointer that rests on it.
pub(crate) fn mark(
    shape: Shape,
    (x, y): (f64, f64),
    size: f64,
    class: &str,
    title: &str,
) -> Markup {
    if !(x.is_finite() && y.is_finite()) {
        return html! {};
    }
    let at = |dx: f64, dy: f64| format!("{} {}", px(x + dx * size), px(y + dy * size));
    let path = match shape {
        Shape::Disc => None,
        Shape::Square => Some(format!(
            "M{}L{}L{}L{}Z",
            at(-0.9, -0.9),
            at(0.9, -0.9),
            at(0.9, 0.9),
            at(-0.9, 0.9)
        )),
        Shape::Diamond => Some(format!(
            "M{}L{}L{}L{}Z",
            at(0.0, -1.25),
            at(1.25, 0.0),
            at(0.0, 1.25),
            at(-1.25, 0.0)
        )),
        Shape::Triangle => Some(format!(
            "M{}L{}L{}Z",
            at(0.0, -1.2),
            at(1.15, 0.9),
            at(-1.15, 0.9)
        )),
        Shape::Cross => Some(format!(
            "M{}L{}M{}L{}",
            at(-0.9, -0.9),
            at(0.9, 0.9),
            at(0.9, -0.9),
            at(-0.9, 0.9)
        )),
    };
    let cross = shape == Shape::Cross;
    html! {
        g class={ "mark " (class) } {
            @if !title.is_empty() { title { (title) } }
            @match path {
                None => circle cx=(px(x)) cy=(px(y)) r=(px(size)) {},
                Some(path) => path.cross[cross] d=(path) {},
            }
        }
    }
}

/// A line through points. What is not finite breaks it; a stretch of one point has no length, which round caps show.
pub(crate) fn line(points: impl IntoIterator<Item = (f64, f64)>, class: &str) -> Markup {
    let mut path = String::new();
    let mut drawing = false;
    for (x, y) in points {
        if !(x.is_finite() && y.is_finite()) {
            drawing = false;
            continue;
        }
        path.push_str(&if drawing {
            format!("L{} {}", px(x), px(y))
        } else {
            format!("M{} {}h0", px(x), px(y))
        });
        drawing = true;
    }
    html! { path class={ "line " (class) } d=(path) {} }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_finite_breaks_a_line_and_is_no_point() {
        let points = [(0.0, 1.0), (2.0, 3.25), (f64::NAN, 0.0), (4.0, 5.0)];
        assert_eq!(
            line(points, "x").into_string(),
            "<path class=\"line x\" d=\"M0 1h0L2 3.2M4 5h0\"></path>"
        );
        assert_eq!(
            mark(Shape::Disc, (f64::NAN, 1.0), 3.0, "x", "").into_string(),
            ""
        );
    }
}
