//! Heart rate variability in the time domain.

use super::moments::{Moments, STILL, at_least, quantile, ratio};
use super::{Window, triangle};
use crate::{Undefined, Value};

/// Seconds of the segments of SDANN and the SDNN index.
const SEGMENT: f64 = 300.0;

/// Part of a segment that its intervals must cover for it to count.
const COVERED: f64 = 0.5;

/// Makes the median absolute deviation of a normal distribution its standard deviation.
const NORMAL: f64 = 1.4826;

/// Heart rate variability in the time domain (Task Force 1996). Seconds, unless said otherwise.
///
/// Standard deviations divide by the count minus one. What rests on differences takes them between adjacent intervals
/// only, never across a break.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeDomain {
    /// How many intervals there are.
    pub intervals: usize,
    /// How many pairs of adjacent intervals there are.
    pub pairs: usize,
    /// Mean interval.
    pub mean: Value,
    /// Median interval.
    pub median: Value,
    /// Shortest interval.
    pub shortest: Value,
    /// Longest interval.
    pub longest: Value,
    /// Standard deviation of the intervals.
    pub sdnn: Value,
    /// SDNN over the mean; no unit.
    pub cvnn: Value,
    /// Median distance from the median, times 1.4826, so that it estimates the standard deviation.
    pub mad: Value,
    /// From the first quartile to the third, each between two intervals by linear interpolation.
    pub iqr: Value,
    /// Root of the mean squared difference of adjacent intervals.
    pub rmssd: Value,
    /// Standard deviation of the differences of adjacent intervals.
    pub sdsd: Value,
    /// RMSSD over the mean; no unit.
    pub cvsd: Value,
    /// How many differences of adjacent intervals exceed 20 ms.
    pub nn20: Value,
    /// NN20 in percent of the differences.
    pub pnn20: Value,
    /// How many differences of adjacent intervals exceed 50 ms.
    pub nn50: Value,
    /// NN50 in percent of the differences. (NeuroKit2 divides by their count plus one.)
    pub pnn50: Value,
    /// Mean of the heart rates 60/interval, in beats a minute.
    pub heart_rate: Value,
    /// Standard deviation of the heart rates 60/interval, in beats a minute.
    pub heart_rate_deviation: Value,
    /// Standard deviation of the mean intervals of 5-minute segments.
    ///
    /// Segments follow each other from the start of the window. A shorter rest counts for nothing, nor does a segment
    /// that intervals cover by less than half. It takes two.
    pub sdann: Value,
    /// Mean of the SDNN of the same segments. It takes one.
    pub sdnn_index: Value,
    /// Triangular index: the number of intervals over that in the fullest bin of their histogram, bins 1/128 s wide and
    /// counted from zero; no unit.
    pub triangular_index: Value,
    /// Baseline of the triangle that is nearest to that histogram.
    ///
    /// The top of the triangle is the fullest bin (the lowest of equals) with its count. Each flank falls from it to
    /// zero at the centre of another bin, so that the sum over all bins of the squared difference from the histogram is
    /// least (Task Force 1996, figure 2). The smallest baseline is thus two bins.
    pub tinn: Value,
}

/// Measures a window in the time domain.
///
/// ```
/// use pathema_physio::hrv::{Tachogram, time_domain};
/// let tachogram = Tachogram::from_intervals(0.0, &[0.80, 0.90, 0.84, 0.86])?;
/// let hrv = time_domain(&tachogram.whole());
/// assert!((hrv.mean? - 0.85).abs() < 1e-12);
/// // Differences of 100, −60 and 20 ms.
/// assert!((hrv.rmssd? - (0.0140f64 / 3.0).sqrt()).abs() < 1e-12);
/// assert!((hrv.pnn50? - 200.0 / 3.0).abs() < 1e-12);
/// // Five minutes are asked for.
/// assert!(hrv.sdann.is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn time_domain(window: &Window) -> TimeDomain {
    let mut sorted = window.intervals().to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let spread = Moments::of(window.intervals().iter().copied());
    let rates = heart_rates(window);
    let steps = Differences::of(window);
    let (mean, sdnn) = (spread.mean("intervals"), spread.deviation("intervals"));
    let (sdann, sdnn_index) = segments(window);
    let from_sorted = |needed, measure: &dyn Fn(&[f64]) -> f64| {
        at_least("intervals", sorted.len(), needed).map(|()| measure(&sorted))
    };
    TimeDomain {
        intervals: sorted.len(),
        pairs: steps.count,
        mean,
        median: from_sorted(1, &|sorted| quantile(sorted, 0.5)),
        shortest: from_sorted(1, &|sorted| sorted[0]),
        longest: from_sorted(1, &|sorted| sorted[sorted.len() - 1]),
        sdnn,
        cvnn: ratio(sdnn, mean, "mean interval"),
        mad: from_sorted(1, &absolute_deviation),
        iqr: from_sorted(2, &|sorted| quantile(sorted, 0.75) - quantile(sorted, 0.25)),
        rmssd: steps.rmssd(),
        sdsd: Moments::of(window.pairs().map(|(before, after)| after - before))
            .deviation("differences"),
        cvsd: ratio(steps.rmssd(), mean, "mean interval"),
        nn20: steps.beyond(steps.over_20_ms),
        pnn20: steps.percent(steps.over_20_ms),
        nn50: steps.beyond(steps.over_50_ms),
        pnn50: steps.percent(steps.over_50_ms),
        heart_rate: rates.mean("intervals"),
        heart_rate_deviation: rates.deviation("intervals"),
        sdann,
        sdnn_index,
        triangular_index: triangle::triangular_index(&sorted),
        tinn: triangle::tinn(&sorted),
    }
}

/// Heart rates in beats a minute.
pub(super) fn heart_rates(window: &Window) -> Moments {
    Moments::of(window.intervals().iter().map(|interval| 60.0 / interval))
}

/// What the differences of adjacent intervals add up to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Differences {
    pub(super) count: usize,
    squares: f64,
    pub(super) over_20_ms: usize,
    pub(super) over_50_ms: usize,
}

impl Differences {
    pub(super) fn of(window: &Window) -> Differences {
        let mut all = Differences::default();
        for (before, after) in window.pairs() {
            let size = (after - before).abs();
            all.count += 1;
            all.squares += size * size;
            // 18 samples of 360 Hz are 50 ms to the last digit, or to the last but one: they do not exceed it.
            all.over_20_ms += usize::from(size > 0.020 + STILL);
            all.over_50_ms += usize::from(size > 0.050 + STILL);
        }
        all
    }

    pub(super) fn rmssd(&self) -> Value {
        at_least("pairs of adjacent intervals", self.count, 1)?;
        Ok((self.squares / self.count as f64).sqrt())
    }

    /// How many differences are large, given there are any.
    pub(super) fn beyond(&self, large: usize) -> Value {
        at_least("pairs of adjacent intervals", self.count, 1)?;
        Ok(large as f64)
    }

    /// The large ones in percent of all.
    pub(super) fn percent(&self, large: usize) -> Value {
        Ok(100.0 * self.beyond(large)? / self.count as f64)
    }
}

fn absolute_deviation(sorted: &[f64]) -> f64 {
    let middle = quantile(sorted, 0.5);
    let mut distances: Vec<f64> = sorted.iter().map(|value| (value - middle).abs()).collect();
    distances.sort_unstable_by(f64::total_cmp);
    NORMAL * quantile(&distances, 0.5)
}

/// SDANN and the SDNN index.
fn segments(window: &Window) -> (Value, Value) {
    let length = window.end() - window.start();
    let (mut means, mut deviations) = (Vec::new(), Vec::new());
    // Walks the intervals, not the clock: a break may last for years.
    let (times, intervals) = (window.times(), window.intervals());
    let whole = (length / SEGMENT).floor();
    let mut from = 0;
    while from < times.len() {
        // An interval belongs where it ends; one that ends on the last edge belongs to the last segment.
        let number = |time: f64| ((time - window.start()) / SEGMENT).ceil() - 1.0;
        let segment = number(times[from]);
        let until = from + times[from..].partition_point(|&time| number(time) <= segment);
        let held = &intervals[from..until];
        from = until;
        if segment < whole && held.iter().sum::<f64>() >= COVERED * SEGMENT {
            let spread = Moments::of(held.iter().copied());
            means.extend(spread.mean("intervals"));
            deviations.extend(spread.deviation("intervals"));
        }
    }
    let too_few = |needed: usize| {
        let needed_seconds = needed as f64 * SEGMENT;
        if length < needed_seconds {
            Err(Undefined::TooShort {
                found: length,
                needed: needed_seconds,
            })
        } else {
            at_least("5-minute segments with beats", means.len(), needed)
        }
    };
    let sdann = too_few(2).and_then(|()| Moments::of(means.iter().copied()).deviation("segments"));
    let index = too_few(1).and_then(|()| Moments::of(deviations.iter().copied()).mean("segments"));
    (sdann, index)
}
