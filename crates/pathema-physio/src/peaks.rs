//! Local maxima, their distance and their prominence, with the meaning these words have in `scipy.signal.find_peaks`.

/// Indices of the local maxima: samples higher than what surrounds them, and the middles of such plateaus.
///
/// The ends of the signal are none.
pub(crate) fn local_maxima(signal: &[f64]) -> Vec<usize> {
    let mut found = Vec::new();
    // First sample of the plateau that was reached by rising.
    let mut risen = None;
    for index in 1..signal.len() {
        if signal[index] > signal[index - 1] {
            risen = Some(index);
        } else if signal[index] < signal[index - 1]
            && let Some(first) = risen.take()
        {
            found.push((first + index - 1) / 2);
        }
    }
    found
}

/// Drops peaks that are closer than `distance` samples to a higher one that stays; the later of two equals stays.
pub(crate) fn keep_distant(peaks: &mut Vec<usize>, signal: &[f64], distance: usize) {
    let mut by_height: Vec<usize> = (0..peaks.len()).collect();
    // Stable: equal heights stay in the order of time, and the order is walked from its end.
    by_height.sort_by(|&a, &b| signal[peaks[a]].total_cmp(&signal[peaks[b]]));
    let mut keep = vec![true; peaks.len()];
    for &centre in by_height.iter().rev() {
        if !keep[centre] {
            continue;
        }
        let near = |other: &usize| peaks[*other].abs_diff(peaks[centre]) < distance;
        // Kept peaks are `distance` apart, so these walks visit each peak a bounded number of times.
        (0..centre)
            .rev()
            .take_while(near)
            .for_each(|other| keep[other] = false);
        (centre + 1..peaks.len())
            .take_while(near)
            .for_each(|other| keep[other] = false);
    }
    let mut flags = keep.iter();
    peaks.retain(|_| flags.next().copied().unwrap_or(false));
}

/// How far each peak stands above the higher of the two lowest points that part it from higher ground.
pub(crate) fn prominences(peaks: &[usize], signal: &[f64]) -> Vec<f64> {
    let left = parting_minima(signal.iter().copied());
    let mut right = parting_minima(signal.iter().rev().copied());
    right.reverse();
    peaks
        .iter()
        .map(|&peak| signal[peak] - left[peak].max(right[peak]))
        .collect()
}

/// For each sample, the minimum from it back to the last strictly higher sample (or the start).
///
/// A stack of descending samples, each with the minimum since the one below it, makes this linear.
fn parting_minima(signal: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut stack: Vec<(f64, f64)> = Vec::new();
    signal
        .map(|value| {
            let mut minimum = value;
            while let Some((_, lowest)) = stack.pop_if(|(height, _)| *height <= value) {
                minimum = minimum.min(lowest);
            }
            stack.push((value, minimum));
            minimum
        })
        .collect()
}

/// Where the parabola through a peak and its neighbours has its vertex: offset from the peak in samples, within
/// ±½, and height. A peak at an end of the signal is its own vertex.
pub(crate) fn vertex(signal: &[f64], peak: usize) -> (f64, f64) {
    let (Some(&before), Some(&after)) = (
        peak.checked_sub(1).and_then(|index| signal.get(index)),
        signal.get(peak + 1),
    ) else {
        return (0.0, signal[peak]);
    };
    let top = signal[peak];
    let curvature = before - 2.0 * top + after;
    if curvature == 0.0 {
        return (0.0, top);
    }
    let offset = (0.5 * (before - after) / curvature).clamp(-0.5, 0.5);
    (offset, top - 0.25 * (before - after) * offset)
}

/// Mean over a centred window of `2 · half + 1` samples, over what the signal has of it at its ends.
///
/// Sums of non-negative values are built from block-wise prefix and suffix sums: nothing is ever subtracted, so a
/// burst leaves no rounding error behind for the quiet samples after it.
pub(crate) fn moving_mean(signal: &[f64], half: usize) -> Vec<f64> {
    let len = signal.len();
    // A window beyond the signal sees all of it: wider ones are no different.
    let half = half.min(len);
    let width = 2 * half + 1;
    let mut prefix = signal.to_vec();
    let mut suffix = signal.to_vec();
    for index in 1..len {
        if index % width != 0 {
            prefix[index] += prefix[index - 1];
        }
    }
    for index in (0..len.saturating_sub(1)).rev() {
        if (index + 1) % width != 0 {
            suffix[index] += suffix[index + 1];
        }
    }
    (0..len)
        .map(|centre| {
            let first = centre.saturating_sub(half);
            let last = (centre + half).min(len - 1);
            // No wider than a block, the window spans two blocks, or starts with one, or the signal ended within it.
            let sum = if first / width != last / width {
                suffix[first] + prefix[last]
            } else if first % width == 0 {
                prefix[last]
            } else {
                suffix[first]
            };
            sum / (last - first + 1) as f64
        })
        .collect()
}

/// A band-passed signal in units of its root mean square within `reach` samples.
///
/// That is not taken to be below the part `unusual` of the usual one, so that what is left of a signal that fell silent does not
/// grow to its size.
pub(crate) fn by_local_amplitude(filtered: &[f64], reach: usize, unusual: f64) -> Vec<f64> {
    /// Nothing below a millionth of the largest sample counts: that is what rounding leaves of a straight line.
    const ROUNDING: f64 = 1e-6;
    let squares: Vec<f64> = filtered.iter().map(|value| value * value).collect();
    let power = moving_mean(&squares, reach);
    let usual = median(&mut power.clone()).unwrap_or(0.0);
    let floor = ROUNDING.max(unusual * usual.sqrt());
    filtered
        .iter()
        .zip(&power)
        .map(|(value, power)| value / power.sqrt().max(floor))
        .collect()
}

/// The local maximum that walking uphill from `start` reaches within `steps` samples, else `start`.
pub(crate) fn summit(signal: &[f64], start: usize, steps: usize) -> usize {
    let mut at = start;
    while at.abs_diff(start) <= steps {
        if at + 1 < signal.len() && signal[at + 1] > signal[at] {
            at += 1;
        } else if at > 0 && signal[at - 1] > signal[at] {
            at -= 1;
        } else {
            return at;
        }
    }
    start
}

/// The median, by reordering; `None` of nothing. Even counts give the mean of the middle two.
pub(crate) fn median(values: &mut [f64]) -> Option<f64> {
    let middle = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let even = values.len().is_multiple_of(2);
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    if even {
        let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        return Some(0.5 * (lower + upper));
    }
    Some(upper)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn local_maxima_are_strict_or_the_middles_of_plateaus() {
        #[track_caller]
        fn check(signal: &[f64], peaks: &[usize]) {
            assert_eq!(local_maxima(signal), peaks);
        }
        check(&[], &[]);
        check(&[2.0, 1.0], &[]);
        check(&[0.0, 1.0, 0.0, 2.0], &[1]);
        check(&[0.0, 1.0, 1.0, 1.0, 0.0], &[2]);
        check(&[0.0, 1.0, 1.0, 2.0, 2.0, 1.0], &[3]);
        check(&[1.0, 1.0, 0.0, 3.0, 3.0], &[]);
    }

    #[test]
    fn the_higher_of_two_near_peaks_stays() {
        #[track_caller]
        fn check(signal: &[f64], distance: usize, kept: &[usize]) {
            let mut peaks = local_maxima(signal);
            keep_distant(&mut peaks, signal, distance);
            assert_eq!(peaks, kept);
        }
        let signal = [0.0, 3.0, 0.0, 4.0, 0.0, 3.0, 0.0, 2.0, 0.0];
        check(&signal, 1, &[1, 3, 5, 7]);
        check(&signal, 2, &[1, 3, 5, 7]);
        check(&signal, 3, &[3, 7]);
        check(&signal, 5, &[3]);
        check(&[0.0, 1.0, 0.0, 1.0, 0.0], 3, &[3]);
    }

    #[test]
    fn a_vertex_lies_on_the_parabola() {
        let parabola = |x: f64| 5.0 - 2.0 * (x - 1.3).powi(2);
        let (offset, height) = vertex(&[0.0, 1.0, 2.0].map(parabola), 1);
        assert!((offset - 0.3).abs() < 1e-12 && (height - 5.0).abs() < 1e-12);
        assert_eq!(vertex(&[1.0, 1.0, 1.0], 1), (0.0, 1.0));
        assert_eq!(vertex(&[4.0, 1.0], 0), (0.0, 4.0));
    }

    #[test]
    fn medians() {
        assert_eq!(median(&mut []), None);
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

    proptest! {
        #[test]
        fn prominences_are_those_of_the_definition(steps in prop::collection::vec(0u8..6, 0..80)) {
            let signal: Vec<f64> = steps.into_iter().map(f64::from).collect();
            let peaks = local_maxima(&signal);
            let lowest = |side: &mut dyn Iterator<Item = &f64>, peak: f64| {
                side.take_while(|value| **value <= peak).fold(peak, |low, value| low.min(*value))
            };
            for (&peak, prominence) in peaks.iter().zip(prominences(&peaks, &signal)) {
                let top = signal[peak];
                let left = lowest(&mut signal[..peak].iter().rev(), top);
                let right = lowest(&mut signal[peak..].iter(), top);
                prop_assert_eq!(prominence, top - left.max(right));
            }
        }

        #[test]
        fn moving_means_are_means(signal in prop::collection::vec(0.0..1.0f64, 0..60), half in 0usize..80) {
            let means = moving_mean(&signal, half);
            prop_assert_eq!(means.len(), signal.len());
            for (centre, mean) in means.iter().enumerate() {
                let window = &signal[centre.saturating_sub(half)..(centre + half + 1).min(signal.len())];
                let expected = window.iter().sum::<f64>() / window.len() as f64;
                prop_assert!((mean - expected).abs() < 1e-12);
            }
        }
    }
}
