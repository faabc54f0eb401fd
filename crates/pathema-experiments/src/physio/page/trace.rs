//! Signals as paths: no more points than can be seen, whatever the signal's length.

use crate::report::plot::{Axis, px};

/// The `d` of a path along `values`, sampled at `rate` from `start` seconds on; it breaks where a value is not finite, and
/// `y` grows upwards.
///
/// Where there are more than four samples a unit of the drawing, each unit is drawn as first, least, greatest and last
/// value: the path looks as if all samples were drawn.
pub(super) fn sampled(values: &[f64], start: f64, rate: f64, x: &Axis, y: &Axis) -> String {
    let (bottom, top) = y.range();
    let place = |index: usize| {
        // What is beyond the range lies on its edge.
        let height = y.at(values[index]).clamp(top - 3.0, bottom + 3.0);
        (x.at(start + index as f64 / rate), height)
    };
    let width = (place_x(x, start, rate, values.len()) - place_x(x, start, rate, 0)).abs();
    let per_unit = values.len() as f64 / width.max(1.0);
    let mut path = Path::default();
    if per_unit <= 4.0 {
        for (index, value) in values.iter().enumerate() {
            path.add(value.is_finite().then(|| place(index)));
        }
        return path.data;
    }
    for first in (0..values.len()).step_by(per_unit.ceil() as usize) {
        let range = first..(first + per_unit.ceil() as usize).min(values.len());
        // Each run of values in the unit by itself, so that a gap narrower than a unit is seen too.
        let mut run = range.start;
        while run < range.end {
            if !values[run].is_finite() {
                path.add(None);
                run += 1;
                continue;
            }
            let end = (run..range.end)
                .find(|&index| !values[index].is_finite())
                .unwrap_or(range.end);
            let by_value = |a: &usize, b: &usize| values[*a].total_cmp(&values[*b]);
            let low = (run..end).min_by(by_value).unwrap_or(run);
            let high = (run..end).max_by(by_value).unwrap_or(run);
            let mut kept = [run, low.min(high), low.max(high), end - 1].to_vec();
            kept.dedup();
            for index in kept {
                path.add(Some(place(index)));
            }
            run = end;
        }
    }
    path.data
}

fn place_x(x: &Axis, start: f64, rate: f64, index: usize) -> f64 {
    x.at(start + index as f64 / rate)
}

/// The `d` of a path that is a dot at each point; points that fall on one place are drawn once.
pub(super) fn dots(points: impl Iterator<Item = (f64, f64)>) -> String {
    // In tenths of a unit, as `px` rounds.
    let tenths = |value: f64| (10.0 * value).round() as i64;
    let mut places: Vec<(i64, i64)> = points
        .filter(|(x, y)| x.is_finite() && y.is_finite())
        .map(|(x, y)| (tenths(x), tenths(y)))
        .collect();
    places.sort_unstable();
    places.dedup();
    let mut data = String::with_capacity(14 * places.len());
    for (x, y) in places {
        data += &format!("M{} {}h0", px(x as f64 / 10.0), px(y as f64 / 10.0));
    }
    data
}

/// The `d` of a path along points that are in order; `None` breaks it. Points that fall on one place are drawn once.
pub(super) fn line(points: impl Iterator<Item = Option<(f64, f64)>>) -> String {
    let mut path = Path::default();
    for point in points {
        path.add(point.filter(|(x, y)| x.is_finite() && y.is_finite()));
    }
    path.data
}

#[derive(Default)]
struct Path {
    data: String,
    drawing: bool,
    last: (String, String),
}

impl Path {
    fn add(&mut self, point: Option<(f64, f64)>) {
        let Some((x, y)) = point else {
            self.drawing = false;
            return;
        };
        let place = (px(x), px(y));
        if self.drawing && place == self.last {
            return;
        }
        match self.drawing {
            true => self.data += &format!("L{} {}", place.0, place.1),
            // No length, which round caps show as a dot: a sample between two gaps is seen.
            false => self.data += &format!("M{} {}h0", place.0, place.1),
        }
        self.drawing = true;
        self.last = place;
    }
}
