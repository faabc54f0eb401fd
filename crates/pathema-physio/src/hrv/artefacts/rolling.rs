//! Quantiles of the values around each value.

use super::super::moments::quantile;

/// Calls `measure` with the sorted values around each value: `reach` on either side, fewer at the ends.
///
/// The window stays sorted as it moves, so that a step costs a bisection and a shift.
pub(super) fn around(values: &[f64], reach: usize, measure: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let mut sorted: Vec<f64> = Vec::with_capacity(2 * reach + 2);
    let place = |sorted: &[f64], value: f64| sorted.partition_point(|&held| held < value);
    let mut entered = 0;
    (0..values.len())
        .map(|index| {
            let last = (index + reach).min(values.len() - 1);
            while entered <= last {
                let at = place(&sorted, values[entered]);
                sorted.insert(at, values[entered]);
                entered += 1;
            }
            if index > reach {
                let left = values[index - reach - 1];
                sorted.remove(place(&sorted, left));
            }
            measure(&sorted)
        })
        .collect()
}

/// The median.
pub(super) fn median(sorted: &[f64]) -> f64 {
    quantile(sorted, 0.5)
}

/// Half of what lies between the quartiles.
pub(super) fn quartile_deviation(sorted: &[f64]) -> f64 {
    0.5 * (quantile(sorted, 0.75) - quantile(sorted, 0.25))
}
