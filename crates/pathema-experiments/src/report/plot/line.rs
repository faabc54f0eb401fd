//! Lines through points.

use super::px;

/// The `d` of a path through `points`, in drawing units. `None`, or a point that is not finite, breaks the line.
///
/// A stretch of one point becomes a line of no length, which round caps show as a dot.
pub(crate) fn polyline(points: impl IntoIterator<Item = Option<(f64, f64)>>) -> String {
    let mut data = String::new();
    let mut drawing = false;
    for point in points {
        match point.filter(|(x, y)| x.is_finite() && y.is_finite()) {
            Some((x, y)) if drawing => data.push_str(&format!("L{} {}", px(x), px(y))),
            Some((x, y)) => {
                data.push_str(&format!("M{} {}h0", px(x), px(y)));
                drawing = true;
            }
            None => drawing = false,
        }
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_break_the_line() {
        let points = [
            Some((0.0, 1.0)),
            Some((2.0, 3.25)),
            None,
            Some((4.0, -0.01)),
            Some((5.0, f64::NAN)),
            Some((6.0, 7.0)),
        ];
        assert_eq!(polyline(points), "M0 1h0L2 3.2M4 0h0M6 7h0");
        assert_eq!(polyline([]), "");
    }
}
