//! The standard normal distribution.
//!
//! ```
//! use pathema_study::statistics::normal::{cdf, quantile};
//! assert!((cdf(1.959963984540054) - 0.975).abs() < 1e-15);
//! assert!((quantile(0.975) - 1.959963984540054).abs() < 1e-13);
//! ```

use std::f64::consts::PI;

/// Where the series, exact about the middle, gives way to the continued fraction, exact in the tail.
const TAIL: f64 = 3.0;

/// Chance of a value up to `x`, to 13 digits, of the lower tail too.
///
/// The series of Abramowitz and Stegun 26.2.11 about the middle, the continued fraction 26.2.14 in the tails.
pub fn cdf(x: f64) -> f64 {
    if x.abs() < TAIL {
        0.5 + density(x) * series(x)
    } else if x < 0.0 {
        density(x) / fraction(-x)
    } else if x > 0.0 {
        1.0 - density(x) / fraction(x)
    } else {
        f64::NAN
    }
}

/// The value below which the share `p` lies: the inverse of [`cdf`]. −∞ at 0, ∞ at 1, NaN outside.
///
/// Newton's method. The distribution function is convex below its middle, so that from there each step stays above the
/// root and comes nearer.
pub fn quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p > 0.5 {
        return -quantile(1.0 - p);
    }
    if p == 0.0 {
        return f64::NEG_INFINITY;
    }
    let mut x = 0.0;
    loop {
        let next = x - (cdf(x) - p) / density(x);
        if next < x - 1e-15 {
            x = next;
        } else {
            // It no longer falls: only rounding is left.
            return x;
        }
    }
}

fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}

/// x + x³/3 + x⁵/(3·5) + …
fn series(x: f64) -> f64 {
    let (mut term, mut sum, mut odd) = (x, x, 1.0);
    while term.abs() > 1e-17 * sum.abs() {
        odd += 2.0;
        term *= x * x / odd;
        sum += term;
    }
    sum
}

/// x + 1/(x + 2/(x + 3/(x + …))), from its end; for x ≥ 3 so many levels are more than f64 can tell apart.
fn fraction(x: f64) -> f64 {
    (1..=120)
        .rev()
        .fold(x, |tail, level| x + f64::from(level) / tail)
}
