//! How well intervals foretell the next one.

use super::Window;
use super::moments::at_least;
use super::nonlinear::spread;
use crate::{Undefined, Value};

/// Sample entropy (Richman & Moorman 2000): −ln of the part of alike patterns of `length` intervals that are still alike with
/// the interval after them.
///
/// Two patterns are alike if no two of their intervals differ by more than `tolerance` standard deviations of all intervals.
/// Only patterns whose next interval is known count, no pattern counts as like itself, and none spans a break. Usual: length 2,
/// tolerance 0.2. Its time grows with the square of the intervals: minutes of beats take milliseconds, a day takes minutes.
///
/// # Errors
/// If there are too few intervals, all are the same, or no two patterns are alike.
///
/// ```
/// use pathema_physio::hrv::{Tachogram, sample_entropy};
/// let intervals: Vec<f64> = (0..100).map(|beat| if beat % 2 == 0 { 0.8 } else { 0.9 }).collect();
/// let tachogram = Tachogram::from_intervals(0.0, &intervals)?;
/// assert_eq!(sample_entropy(&tachogram.whole(), 2, 0.2), Ok(0.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn sample_entropy(window: &Window, length: usize, tolerance: f64) -> Value {
    let patterns = Patterns::new(window, length, length.saturating_add(1), tolerance)?;
    let (mut short, mut long) = (0usize, 0usize);
    patterns.alike(|first, second| {
        short += 1;
        long += usize::from(patterns.still_alike(first, second));
    });
    for found in [short, long] {
        if found == 0 {
            return Err(Undefined::Absent {
                what: "pair of alike patterns",
            });
        }
    }
    Ok((short as f64 / long as f64).ln())
}

/// Approximate entropy (Pincus 1991): how much less often patterns of `length + 1` intervals are alike than those of `length`,
/// Φ(length) − Φ(length + 1), where Φ is the mean logarithm of the part of all patterns that are like a pattern.
///
/// Alike is meant as for [`sample_entropy`], but each pattern counts as like itself, which biases the measure where there are few
/// intervals. No pattern spans a break. Usual: length 2, tolerance 0.2.
///
/// # Errors
/// If there are too few intervals or all are the same.
pub fn approximate_entropy(window: &Window, length: usize, tolerance: f64) -> Value {
    let phi = |length: usize| {
        let patterns = Patterns::new(window, length, length, tolerance)?;
        let mut found = vec![1usize; patterns.starts.len()];
        patterns.alike(|first, second| {
            found[first] += 1;
            found[second] += 1;
        });
        let all = found.len() as f64;
        Ok::<f64, Undefined>(
            found
                .iter()
                .map(|&found| (found as f64 / all).ln())
                .sum::<f64>()
                / all,
        )
    };
    Ok(phi(length)? - phi(length.saturating_add(1))?)
}

/// The patterns of a window.
struct Patterns<'a> {
    intervals: &'a [f64],
    /// Where patterns start, by their first interval: those that are alike are near each other.
    starts: Vec<usize>,
    length: usize,
    tolerance: f64,
}

impl<'a> Patterns<'a> {
    /// The patterns of `length` intervals where at least `room` follow each other.
    fn new(
        window: &Window<'a>,
        length: usize,
        room: usize,
        tolerance: f64,
    ) -> Result<Patterns<'a>, Undefined> {
        let intervals = window.intervals();
        at_least("intervals", intervals.len(), room.saturating_add(1))?;
        at_least("intervals in a pattern", length, 1)?;
        let spread = spread(window)?;
        let mut starts: Vec<usize> = window
            .stretches()
            .flat_map(|stretch| {
                let first = stretch.first() - window.first();
                first
                    ..(first + stretch.intervals().len() + 1)
                        .saturating_sub(room)
                        .max(first)
            })
            .collect();
        at_least("patterns", starts.len(), 2)?;
        starts.sort_by(|&a, &b| intervals[a].total_cmp(&intervals[b]));
        Ok(Patterns {
            intervals,
            starts,
            length,
            tolerance: tolerance * spread,
        })
    }

    /// Calls back with each two patterns that are alike, as places in `starts`.
    fn alike(&self, mut found: impl FnMut(usize, usize)) {
        for (first, &start) in self.starts.iter().enumerate() {
            let pattern = &self.intervals[start..start + self.length];
            for (second, &other) in self.starts.iter().enumerate().skip(first + 1) {
                if self.intervals[other] - pattern[0] > self.tolerance {
                    break;
                }
                let other = &self.intervals[other..other + self.length];
                if pattern[1..]
                    .iter()
                    .zip(&other[1..])
                    .all(|(a, b)| (a - b).abs() <= self.tolerance)
                {
                    found(first, second);
                }
            }
        }
    }

    /// Whether the intervals after two patterns are alike.
    fn still_alike(&self, first: usize, second: usize) -> bool {
        let after = |place: usize| self.intervals[self.starts[place] + self.length];
        (after(first) - after(second)).abs() <= self.tolerance
    }
}
