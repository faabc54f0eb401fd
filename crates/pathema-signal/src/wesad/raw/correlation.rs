//! Normalised correlation of two series over lags.

use std::ops::RangeInclusive;

/// A series with the sums that any stretch's mean and variance come from.
pub(super) struct Series {
    values: Vec<f64>,
    sums: Vec<(f64, f64)>,
}

impl Series {
    pub(super) fn new(values: Vec<f64>) -> Series {
        let mut sums = Vec::with_capacity(values.len() + 1);
        let mut sum = (0.0, 0.0);
        sums.push(sum);
        for value in &values {
            sum = (sum.0 + value, sum.1 + value * value);
            sums.push(sum);
        }
        Series { values, sums }
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// Sum and variance times the count, of a stretch.
    fn moments(&self, first: usize, end: usize) -> (f64, f64) {
        let sum = self.sums[end].0 - self.sums[first].0;
        let squares = self.sums[end].1 - self.sums[first].1;
        (sum, squares - sum * sum / (end - first) as f64)
    }
}

/// Pearson's correlation of `a[first + lag..]` with `b[first..end]`, as far as both reach; `None` for fewer than `least`
/// values or where one does not vary.
fn correlation(
    a: &Series,
    b: &Series,
    first: usize,
    end: usize,
    lag: i64,
    least: usize,
) -> Option<f64> {
    let first = (first as i64).max(-lag);
    let end = (end as i64).min(a.len() as i64 - lag).min(b.len() as i64);
    if end - first < least.max(2) as i64 {
        return None;
    }
    let (b0, b1) = (first as usize, end as usize);
    let (a0, a1) = ((first + lag) as usize, (end + lag) as usize);
    let (sum_a, spread_a) = a.moments(a0, a1);
    let (sum_b, spread_b) = b.moments(b0, b1);
    let dot: f64 = a.values[a0..a1]
        .iter()
        .zip(&b.values[b0..b1])
        .map(|(a, b)| a * b)
        .sum();
    let scale = (spread_a * spread_b).sqrt();
    let together = dot - sum_a * sum_b / (b1 - b0) as f64;
    (scale > 1e-9).then(|| together / scale)
}

/// The best lag of a stretch of `b` in `a`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peak {
    /// In samples, between samples where the neighbours say so.
    pub(super) lag: f64,
    pub(super) height: f64,
    /// The highest correlation further away than `apart`.
    pub(super) second: f64,
    /// Whether it is a peak, not an end of the range.
    pub(super) inside: bool,
}

/// Looks for the best lag in a range.
pub(super) fn peak(
    a: &Series,
    b: &Series,
    stretch: (usize, usize),
    lags: RangeInclusive<i64>,
    least: usize,
    apart: i64,
) -> Option<Peak> {
    let (low, high) = lags.into_inner();
    let heights: Vec<Option<f64>> = (low..=high)
        .map(|lag| correlation(a, b, stretch.0, stretch.1, lag, least))
        .collect();
    let known = heights.iter().enumerate();
    let (best, height) = known
        .clone()
        .filter_map(|(at, height)| Some((at, (*height)?)))
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
    let far = |at: usize| (at as i64 - best as i64).abs() > apart;
    let second = known
        .filter(|(at, _)| far(*at))
        .filter_map(|(_, height)| *height)
        .fold(0.0, f64::max);
    let side = |at: Option<usize>| heights.get(at?).copied().flatten();
    let sides = side(best.checked_sub(1)).zip(side(Some(best + 1)));
    // The top of the parabola through three points.
    let shift = sides.map_or(0.0, |(before, after)| {
        let bend = before - 2.0 * height + after;
        if bend < 0.0 {
            (0.5 * (before - after) / bend).clamp(-0.5, 0.5)
        } else {
            0.0
        }
    });
    Some(Peak {
        lag: (low + best as i64) as f64 + shift,
        height,
        second,
        inside: sides.is_some(),
    })
}
