//! Statistics of one slice.

use crate::{Undefined, Value};

/// No sensor measures more of anything, and fourth powers of standardised samples stay finite.
const LARGEST: f64 = 1e100;

/// Hz. Below a sample in 1,000 s nothing is a signal.
const LOWEST_RATE: f64 = 1e-3;

/// Whether a sample was recorded.
#[inline]
pub(crate) fn is_present(value: f64) -> bool {
    // A comparison with NaN fails.
    value.abs() <= LARGEST
}

/// The rate, if a time can be told by it.
pub(crate) fn served_rate(rate: f64) -> Value {
    if rate >= LOWEST_RATE && rate.is_finite() {
        return Ok(rate);
    }
    Err(Undefined::Rate {
        rate,
        needed: 0.5 * LOWEST_RATE,
    })
}

fn present(signal: &[f64]) -> impl Iterator<Item = f64> + Clone {
    signal.iter().copied().filter(|value| is_present(*value))
}

/// How many samples are present, if they are enough.
fn at_least(signal: &[f64], needed: usize) -> Result<usize, Undefined> {
    let found = present(signal).count();
    if found < needed {
        return Err(Undefined::TooFew {
            what: "samples",
            found,
            needed,
        });
    }
    Ok(found)
}

/// The mean of the samples that are present, in their unit.
///
/// # Errors
/// [`Undefined::TooFew`] if none is present.
///
/// ```
/// use pathema_physio::statistics::mean;
/// assert_eq!(mean(&[1.0, f64::NAN, 2.0]), Ok(1.5));
/// assert_eq!(mean(&[f64::NAN]).unwrap_err().to_string(), "0 samples are too few: it takes 1");
/// ```
pub fn mean(signal: &[f64]) -> Value {
    let count = at_least(signal, 1)?;
    // From the first sample on, so that a constant has exactly its own mean.
    let origin = present(signal).next().unwrap_or(0.0);
    let sum: f64 = present(signal).map(|value| value - origin).sum();
    Ok(origin + sum / count as f64)
}

/// The standard deviation of the samples that are present, with their number as divisor (NumPy's `std`, not the
/// estimate with one less).
///
/// # Errors
/// [`Undefined::TooFew`] below two samples.
///
/// ```
/// use pathema_physio::statistics::std;
/// assert_eq!(std(&[1.0, f64::NAN, 3.0]), Ok(1.0));
/// ```
pub fn std(signal: &[f64]) -> Value {
    let count = at_least(signal, 2)?;
    let mean = mean(signal)?;
    let squares: f64 = present(signal).map(|value| (value - mean).powi(2)).sum();
    Ok((squares / count as f64).sqrt())
}

/// The root of the mean square of the samples that are present.
///
/// # Errors
/// [`Undefined::TooFew`] if none is present.
///
/// ```
/// use pathema_physio::statistics::root_mean_square;
/// assert_eq!(root_mean_square(&[3.0, -3.0, f64::NAN]), Ok(3.0));
/// ```
pub fn root_mean_square(signal: &[f64]) -> Value {
    let count = at_least(signal, 1)?;
    let squares: f64 = present(signal).map(|value| value * value).sum();
    Ok((squares / count as f64).sqrt())
}

/// The least sample.
///
/// # Errors
/// [`Undefined::TooFew`] if none is present.
///
/// ```
/// assert_eq!(pathema_physio::statistics::min(&[2.0, f64::NAN, 1.0]), Ok(1.0));
/// ```
pub fn min(signal: &[f64]) -> Value {
    at_least(signal, 1)?;
    Ok(present(signal).fold(f64::INFINITY, f64::min))
}

/// The greatest sample.
///
/// # Errors
/// [`Undefined::TooFew`] if none is present.
///
/// ```
/// assert_eq!(pathema_physio::statistics::max(&[2.0, f64::NAN, 1.0]), Ok(2.0));
/// ```
pub fn max(signal: &[f64]) -> Value {
    at_least(signal, 1)?;
    Ok(present(signal).fold(f64::NEG_INFINITY, f64::max))
}

/// The greatest minus the least sample.
///
/// # Errors
/// [`Undefined::TooFew`] if none is present.
///
/// ```
/// assert_eq!(pathema_physio::statistics::range(&[2.0, f64::NAN, -1.0]), Ok(3.0));
/// ```
pub fn range(signal: &[f64]) -> Value {
    Ok(max(signal)? - min(signal)?)
}

/// The slope of the straight line with the least squared distance from the samples that are present, in their unit a
/// second; `rate` in Hz.
///
/// Missing samples keep their places in time.
///
/// # Errors
/// [`Undefined::TooFew`] below two samples, [`Undefined::Rate`] for a rate below 0.001 Hz or not finite.
///
/// ```
/// use pathema_physio::statistics::slope;
/// assert_eq!(slope(&[0.0, f64::NAN, 4.0, 6.0], 10.0), Ok(20.0));
/// ```
pub fn slope(signal: &[f64], rate: f64) -> Value {
    served_rate(rate)?;
    let count = at_least(signal, 2)? as f64;
    let mean = mean(signal)?;
    let points = || {
        let indexed = signal.iter().copied().enumerate();
        indexed
            .filter(|(_, value)| is_present(*value))
            .map(|(index, value)| (index as f64, value))
    };
    let centre = points().map(|(time, _)| time).sum::<f64>() / count;
    let (products, squares) = points().fold((0.0, 0.0), |(products, squares), (time, value)| {
        let away = time - centre;
        (products + away * (value - mean), squares + away * away)
    });
    Ok(products / squares * rate)
}

/// The integral of the magnitude over time, in the unit of the signal times seconds; `rate` in Hz.
///
/// Each sample stands for its sampling period. A missing one stands at the mean magnitude of the others, so that windows
/// with gaps compare with windows without.
///
/// # Errors
/// [`Undefined::TooFew`] if no sample is present, [`Undefined::Rate`] for a rate below 0.001 Hz or not finite.
///
/// ```
/// use pathema_physio::statistics::absolute_integral;
/// assert_eq!(absolute_integral(&[1.0, -1.0, f64::NAN, 1.0], 4.0), Ok(1.0));
/// ```
pub fn absolute_integral(signal: &[f64], rate: f64) -> Value {
    served_rate(rate)?;
    let count = at_least(signal, 1)? as f64;
    let sum: f64 = present(signal).map(f64::abs).sum();
    Ok(sum / count * (signal.len() as f64 / rate))
}

/// The value below which `percent` of the samples lie, linear between the two nearest (NumPy's default, type 7 of
/// Hyndman & Fan 1996).
///
/// # Errors
/// [`Undefined::TooFew`] if no sample is present, [`Undefined::Absent`] for a percentage outside 0–100.
///
/// ```
/// use pathema_physio::statistics::percentile;
/// assert_eq!(percentile(&[4.0, 1.0, f64::NAN, 2.0], 25.0), Ok(1.5));
/// assert!(percentile(&[4.0], 101.0).is_err());
/// ```
pub fn percentile(signal: &[f64], percent: f64) -> Value {
    let count = at_least(signal, 1)?;
    let (below, part) = order_statistic(count, percent)?;
    let mut values: Vec<f64> = present(signal).collect();
    let (_, &mut lower, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let upper = above.iter().copied().fold(f64::INFINITY, f64::min);
    Ok(between(lower, upper, part))
}

/// The middle of the samples that are present, the mean of the middle two where their number is even.
///
/// # Errors
/// [`Undefined::TooFew`] if none is present.
///
/// ```
/// assert_eq!(pathema_physio::statistics::median(&[3.0, f64::NAN, 1.0]), Ok(2.0));
/// ```
pub fn median(signal: &[f64]) -> Value {
    percentile(signal, 50.0)
}

/// The third standardised moment: 0 for a symmetric distribution, above where its long tail is the upper one.
///
/// # Errors
/// [`Undefined::TooFew`] below three samples, [`Undefined::Constant`] if they do not vary.
///
/// ```
/// assert!(pathema_physio::statistics::skewness(&[0.0, 0.0, 1.0])? > 0.7);
/// # Ok::<(), pathema_physio::Undefined>(())
/// ```
pub fn skewness(signal: &[f64]) -> Value {
    standardised(signal, 3)
}

/// The fourth standardised moment: 3 for a normal distribution, 1.5 for a sine, more for rare large values.
///
/// # Errors
/// [`Undefined::TooFew`] below three samples, [`Undefined::Constant`] if they do not vary.
///
/// ```
/// let sine: Vec<f64> = (0..100).map(|index| (std::f64::consts::TAU * 0.01 * index as f64).sin()).collect();
/// assert!((pathema_physio::statistics::kurtosis(&sine)? - 1.5).abs() < 1e-12);
/// # Ok::<(), pathema_physio::Undefined>(())
/// ```
pub fn kurtosis(signal: &[f64]) -> Value {
    standardised(signal, 4)
}

fn standardised(signal: &[f64], power: i32) -> Value {
    let count = at_least(signal, 3)?;
    let (mean, spread) = (mean(signal)?, std(signal)?);
    // Rounding leaves a little of a constant, and squares of the tiniest samples vanish.
    if min(signal)? == max(signal)? || spread == 0.0 {
        return Err(Undefined::Constant { what: "samples" });
    }
    let sum: f64 = present(signal)
        .map(|value| ((value - mean) / spread).powi(power))
        .sum();
    Ok(sum / count as f64)
}

/// Which of `count` values in order a percentile starts from, and which part of the way to the next it goes.
pub(crate) fn order_statistic(count: usize, percent: f64) -> Result<(usize, f64), Undefined> {
    if !(0.0..=100.0).contains(&percent) {
        return Err(Undefined::Absent {
            what: "percentile outside 0–100",
        });
    }
    let position = percent / 100.0 * (count - 1) as f64;
    let below = (position as usize).min(count - 1);
    Ok((below, position - below as f64))
}

/// The value a part of the way from `lower` to `upper`; `upper` does not matter where there is no way to go.
pub(super) fn between(lower: f64, upper: f64, part: f64) -> f64 {
    if part > 0.0 {
        lower + part * (upper - lower)
    } else {
        lower
    }
}
