//! Which windows stand out from the clean ones.

use super::{Acceleration, Limits};
use crate::statistics::{SlidingMoments, kurtosis, median, percentile, skewness, std};

/// Part of a window that must be present for it to be judged.
const COVERAGE: f64 = 0.5;
/// Fewest clean windows that can be a measure.
const FEWEST: usize = 20;
/// Percentile of acceleration up to which windows count as clean.
const QUIET: f64 = 40.0;
/// Percentiles of the standard deviation between which windows count as clean where there is no acceleration.
const USUAL: [f64; 2] = [20.0, 60.0];
/// Seconds to both sides over which the usual amplitude is taken.
const ADAPTATION_SECONDS: f64 = 60.0;
/// Least spread of the logarithm of the standard deviation, skewness, kurtosis and the logarithm of acceleration: a
/// metronome must not make every breath an artefact.
const LEAST_SPREAD: [f64; 4] = [0.1, 0.1, 0.2, 0.2];

/// How windows lie.
#[derive(Clone, Copy)]
pub(super) struct Windows {
    /// Seconds that a window lasts.
    pub(super) seconds: f64,
    /// Seconds between the starts of windows.
    pub(super) shift: f64,
}

/// What is measured of a window; NaN where undefined.
#[derive(Clone, Copy)]
struct Shape {
    /// Logarithm of the standard deviation.
    size: f64,
    skewness: f64,
    kurtosis: f64,
    /// Logarithm of the standard deviation of acceleration.
    motion: f64,
}

/// Whether each window is an artefact.
pub(super) fn judge(
    filtered: &[f64],
    rate: f64,
    acceleration: Option<Acceleration<'_>>,
    windows: Windows,
    limits: &Limits,
) -> Vec<bool> {
    let shapes = shapes(filtered, rate, acceleration, windows);
    let clean = clean(&shapes, acceleration.is_some());
    if clean.iter().filter(|clean| **clean).count() < FEWEST {
        return vec![false; shapes.len()];
    }
    let usual_size = usual_sizes(&shapes, &clean, ADAPTATION_SECONDS / windows.shift);
    let measures: [Box<dyn Fn(usize) -> f64>; 4] = [
        Box::new(|index| shapes[index].size - usual_size[index]),
        Box::new(|index| shapes[index].skewness),
        Box::new(|index| shapes[index].kurtosis),
        Box::new(|index| shapes[index].motion),
    ];
    let scales: Vec<(f64, f64)> = measures
        .iter()
        .zip(LEAST_SPREAD)
        .map(|(measure, least)| {
            let indices = (0..shapes.len()).filter(|index| clean[*index]);
            let values: Vec<f64> = indices.map(measure).collect();
            let centre = median(&values).unwrap_or(0.0);
            let away: Vec<f64> = values.iter().map(|value| (value - centre).abs()).collect();
            // 1.4826 makes it the standard deviation of normal values.
            let spread = 1.4826 * median(&away).unwrap_or(0.0);
            (centre, spread.max(least))
        })
        .collect();
    (0..shapes.len())
        .map(|index| {
            let deviation = |k: usize| (measures[k](index) - scales[k].0) / scales[k].1;
            // `f64::max` passes over NaN: what is undefined accuses nobody.
            let shape = deviation(0).max(deviation(1).abs()).max(deviation(2).abs());
            let motion = deviation(3);
            shape >= limits.shape
                || (motion >= limits.motion && shape >= limits.shape_in_motion)
                || motion >= limits.motion_alone
        })
        .collect()
}

fn shapes(
    filtered: &[f64],
    rate: f64,
    acceleration: Option<Acceleration<'_>>,
    windows: Windows,
) -> Vec<Shape> {
    let moving = acceleration.map(|it| (SlidingMoments::new(it.magnitude), it.rate));
    let count = (filtered.len() as f64 / rate - windows.seconds) / windows.shift;
    // Casts saturate: below 0 there is no window.
    (0..(count + 1.0).floor() as usize)
        .map(|index| {
            let start = index as f64 * windows.shift;
            let at = |rate: f64| {
                (start * rate).round() as usize..((start + windows.seconds) * rate).round() as usize
            };
            let range = at(rate);
            let window = &filtered[range.start..range.end.min(filtered.len())];
            let present = window.iter().filter(|value| value.is_finite()).count();
            let enough = present as f64 >= COVERAGE * window.len() as f64;
            let or_nan = |value: crate::Value| value.ok().filter(|_| enough).unwrap_or(f64::NAN);
            let motion = moving.as_ref().and_then(|(moments, rate)| {
                let window = moments.window(at(*rate));
                window.std().ok().filter(|_| window.coverage() >= COVERAGE)
            });
            Shape {
                size: or_nan(std(window).map(logarithm)),
                skewness: or_nan(skewness(window)),
                kurtosis: or_nan(kurtosis(window)),
                motion: motion.map_or(f64::NAN, logarithm),
            }
        })
        .collect()
}

/// Finite of zero too.
fn logarithm(value: f64) -> f64 {
    value.max(1e-12).ln()
}

fn clean(shapes: &[Shape], with_motion: bool) -> Vec<bool> {
    let all = |of: fn(&Shape) -> f64| -> Vec<f64> { shapes.iter().map(of).collect() };
    if with_motion && let Ok(quiet) = percentile(&all(|shape| shape.motion), QUIET) {
        let still = |shape: &Shape| shape.motion <= quiet && shape.size.is_finite();
        return shapes.iter().map(still).collect();
    }
    let sizes = all(|shape| shape.size);
    let [Ok(low), Ok(high)] = USUAL.map(|percent| percentile(&sizes, percent)) else {
        return vec![false; shapes.len()];
    };
    let usual = |shape: &Shape| (low..=high).contains(&shape.size);
    shapes.iter().map(usual).collect()
}

/// For each window, the median size of the clean windows no farther than `reach` windows; of all, where those are few.
fn usual_sizes(shapes: &[Shape], clean: &[bool], reach: f64) -> Vec<f64> {
    let sizes: Vec<f64> = shapes
        .iter()
        .zip(clean)
        .map(|(shape, clean)| if *clean { shape.size } else { f64::NAN })
        .collect();
    let reach = reach as usize;
    let quantiles = crate::statistics::SlidingQuantiles::new(&sizes);
    let counts = SlidingMoments::new(&sizes);
    let overall = median(&sizes).unwrap_or(0.0);
    (0..sizes.len())
        .map(|index| {
            let around = index.saturating_sub(reach)..index + reach + 1;
            if counts.window(around.clone()).count() < FEWEST {
                return overall;
            }
            quantiles.median(around).unwrap_or(overall)
        })
        .collect()
}
