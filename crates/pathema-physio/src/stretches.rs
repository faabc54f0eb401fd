//! Which parts of a signal can be processed by themselves.

use std::ops::Range;

/// Seconds of one repeated value after which a sensor is taken to be off or saturated.
const FLAT_SECONDS: f64 = 1.0;

/// Seconds below which a stretch is left alone: a slow beat every 1.5 s would not show in it.
const SHORTEST_SECONDS: f64 = 2.0;

/// Maximal ranges of samples for which `usable` holds, in order.
pub(crate) fn runs(len: usize, usable: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    for index in 0..len {
        match (usable(index), start) {
            (true, None) => start = Some(index),
            (false, Some(first)) => {
                found.push(first..index);
                start = None;
            }
            _ => {}
        }
    }
    found.extend(start.map(|first| first..len));
    found
}

/// Maximal ranges in which a sensor was alive: finite samples, no second of one repeated value, at least 2 s long.
pub(crate) fn alive(signal: &[f64], rate: f64) -> Vec<Range<usize>> {
    let mut usable: Vec<bool> = signal.iter().map(|value| value.is_finite()).collect();
    leave_out_flat(signal, flat_samples(rate), &mut usable);
    let shortest = samples(SHORTEST_SECONDS, rate);
    let mut found = runs(signal.len(), |index| usable[index]);
    found.retain(|range| range.len() >= shortest);
    found
}

/// Marks runs of `least` and more samples of one value as unusable.
pub(crate) fn leave_out_flat(signal: &[f64], least: usize, usable: &mut [bool]) {
    let mut start = 0;
    for index in 1..=signal.len() {
        if index == signal.len() || signal[index] != signal[start] {
            if index - start >= least {
                usable[start..index].fill(false);
            }
            start = index;
        }
    }
}

/// How many samples around `at` in a row, itself included, hold the very value of `signal[at]`.
pub(crate) fn constant_run(signal: &[f64], at: usize) -> usize {
    let same = |value: &&f64| **value == signal[at];
    let after = signal[at..].iter().take_while(same).count();
    let before = signal[..at].iter().rev().take_while(same).count();
    before + after
}

/// How many samples of one value in a row make a flat stretch.
pub(crate) fn flat_samples(rate: f64) -> usize {
    samples(FLAT_SECONDS, rate).max(2)
}

/// A duration in whole samples, rounded.
pub(crate) fn samples(seconds: f64, rate: f64) -> usize {
    (seconds * rate).round() as usize
}
