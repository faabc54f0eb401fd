//! Means, spreads and quantiles.

use crate::{Undefined, Value};

/// The mean, and how far values lie from it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moments {
    count: usize,
    mean: f64,
    /// Sum of the squared deviations from the mean.
    squares: f64,
}

impl Moments {
    /// Runs through the values twice, since squares minus the squared mean would cancel digits.
    pub(super) fn of(values: impl Iterator<Item = f64> + Clone) -> Moments {
        let (count, sum) = values.clone().fold((0usize, 0.0), |(count, sum), value| {
            (count + 1, sum + value)
        });
        if count == 0 {
            return Moments::default();
        }
        let mean = sum / count as f64;
        let squares = values.map(|value| (value - mean) * (value - mean)).sum();
        Moments {
            count,
            mean,
            squares,
        }
    }

    pub(super) fn mean(&self, what: &'static str) -> Value {
        at_least(what, self.count, 1)?;
        Ok(self.mean)
    }

    /// The standard deviation, with `count − 1` as divisor.
    pub(super) fn deviation(&self, what: &'static str) -> Value {
        at_least(what, self.count, 2)?;
        Ok((self.squares / (self.count - 1) as f64).sqrt())
    }
}

/// Refuses fewer values than it takes.
pub(super) fn at_least(what: &'static str, found: usize, needed: usize) -> Result<(), Undefined> {
    if found < needed {
        return Err(Undefined::TooFew {
            what,
            found,
            needed,
        });
    }
    Ok(())
}

/// `numerator / denominator`, undefined where the denominator is zero.
pub(super) fn ratio(numerator: Value, denominator: Value, what: &'static str) -> Value {
    let (numerator, denominator) = (numerator?, denominator?);
    if denominator == 0.0 {
        return Err(Undefined::Zero { what });
    }
    Ok(numerator / denominator)
}

/// The quantile `part` (0–1) of sorted values, between two of them by linear interpolation (Hyndman & Fan 1996, type 7).
///
/// # Panics
/// If there are no values.
pub(super) fn quantile(sorted: &[f64], part: f64) -> f64 {
    let place = part * (sorted.len() - 1) as f64;
    let below = (place.floor() as usize).min(sorted.len() - 1);
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

/// The largest difference, in seconds, that intervals called constant may have: less than the clock of any recorder tells,
/// and more than the times of beats are rounded by.
pub(super) const STILL: f64 = 1e-6;

/// Refuses intervals that are all the same.
pub(super) fn varies(intervals: &[f64]) -> Result<(), Undefined> {
    let (low, high) = intervals
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| {
            (value.min(low), value.max(high))
        });
    if high - low > STILL {
        Ok(())
    } else {
        Err(Undefined::Constant { what: "intervals" })
    }
}
