//! What a stretch is taken to be beyond its ends.

/// `signal` with `padding` samples at each end, mirrored in the end's value ("odd"), which keeps its value and slope; at
/// most all but one of what there is.
pub(super) fn oddly(signal: &[f64], padding: usize) -> Vec<f64> {
    let (Some(&first), Some(&last)) = (signal.first(), signal.last()) else {
        return Vec::new();
    };
    let padding = padding.min(signal.len() - 1);
    let mut extended = Vec::with_capacity(signal.len() + 2 * padding);
    let mirrored = signal[1..=padding].iter().rev();
    extended.extend(mirrored.map(|value| 2.0 * first - value));
    extended.extend_from_slice(signal);
    let mirrored = signal[signal.len() - 1 - padding..signal.len() - 1].iter();
    extended.extend(mirrored.rev().map(|value| 2.0 * last - value));
    extended
}
