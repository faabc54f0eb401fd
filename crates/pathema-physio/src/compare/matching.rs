//! Which found beat belongs to which reference beat.

use std::ops::Range;

/// The best that can be done with the first reference and found beats: how many pairs, and the sum of their distances.
#[derive(Clone, Copy, Debug)]
struct Best {
    pairs: usize,
    distance: f64,
}

impl Best {
    fn is_better_than(&self, other: &Best) -> bool {
        self.pairs > other.pairs || self.pairs == other.pairs && self.distance < other.distance
    }
}

/// How the best of the first reference and found beats came about.
#[derive(Clone, Copy, Debug)]
enum Choice {
    /// The last reference beat has no partner.
    Missed,
    /// The last found beat has none.
    Invented,
    /// They are partners.
    Paired,
}

/// The pairs (index of the reference beat, index of the found one) in order: most pairs first, then least distance.
///
/// Dynamic programming over beats in order, as in the alignment of sequences. Only found beats within the tolerance matter
/// to a reference beat: beyond them the best is that of all before.
pub(super) fn pairs(reference: &[f64], found: &[f64], tolerance: f64) -> Vec<(usize, usize)> {
    let bands = bands(reference, found, tolerance);
    // `best[j]` with the first `j` found beats, up to the last that any reference beat so far could reach.
    let mut best = vec![Best {
        pairs: 0,
        distance: 0.0,
    }];
    let mut choices = Vec::with_capacity(bands.iter().map(Range::len).sum());
    for (&time, band) in reference.iter().zip(&bands) {
        let Some(&all) = best.last() else { break };
        best.resize(best.len().max(band.end + 1), all);
        // What `best[j]` was before this reference beat came.
        let mut before = best[band.start];
        for j in band.clone() {
            let paired = Best {
                pairs: before.pairs + 1,
                distance: before.distance + (found[j] - time).abs(),
            };
            before = best[j + 1];
            let mut choice = Choice::Missed;
            for (option, name) in [(best[j], Choice::Invented), (paired, Choice::Paired)] {
                if option.is_better_than(&best[j + 1]) {
                    best[j + 1] = option;
                    choice = name;
                }
            }
            choices.push(choice);
        }
    }
    let mut pairs = Vec::with_capacity(best.last().map_or(0, |all| all.pairs));
    let mut j = found.len();
    let mut first = choices.len();
    for (i, band) in bands.iter().enumerate().rev() {
        first -= band.len();
        j = j.min(band.end);
        while j > band.start {
            match choices[first + j - 1 - band.start] {
                Choice::Missed => break,
                Choice::Invented => j -= 1,
                Choice::Paired => {
                    j -= 1;
                    pairs.push((i, j));
                    break;
                }
            }
        }
    }
    pairs.reverse();
    pairs
}

/// For each reference beat, the found beats within the tolerance.
fn bands(reference: &[f64], found: &[f64], tolerance: f64) -> Vec<Range<usize>> {
    let (mut start, mut end) = (0, 0);
    reference
        .iter()
        .map(|&time| {
            while start < found.len() && time - found[start] > tolerance {
                start += 1;
            }
            end = end.max(start);
            while end < found.len() && found[end] - time <= tolerance {
                end += 1;
            }
            start..end
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn beats_are_paired_with_their_own() {
        #[track_caller]
        fn check(reference: &[f64], found: &[f64], expected: &[(usize, usize)]) {
            assert_eq!(pairs(reference, found, 0.15), expected);
        }
        check(&[], &[], &[]);
        check(&[1.0], &[], &[]);
        check(&[], &[1.0], &[]);
        check(&[1.0], &[1.15], &[(0, 0)]);
        check(&[1.0], &[1.2], &[]);
        // The nearest of two.
        check(&[1.0], &[0.9, 1.01], &[(0, 1)]);
        check(&[1.0], &[0.99, 1.1], &[(0, 0)]);
        // Two pairs at a distance rather than one that fits.
        check(&[1.0, 1.1], &[0.9, 1.0], &[(0, 0), (1, 1)]);
        // A missed beat does not shift those after it.
        check(&[1.0, 1.1, 1.2], &[1.1, 1.2], &[(1, 0), (2, 1)]);
    }

    /// The most pairs and their least distance, by trying everything.
    fn by_trial(reference: &[f64], found: &[f64], tolerance: f64) -> (usize, f64) {
        let Some((time, rest)) = reference.split_first() else {
            return (0, 0.0);
        };
        let mut best = by_trial(rest, found, tolerance);
        for (j, other) in found.iter().enumerate() {
            let distance = (other - time).abs();
            if distance <= tolerance {
                let (pairs, sum) = by_trial(rest, &found[j + 1..], tolerance);
                let candidate = (pairs + 1, sum + distance);
                if candidate.0 > best.0 || candidate.0 == best.0 && candidate.1 < best.1 {
                    best = candidate;
                }
            }
        }
        best
    }

    proptest! {
        #[test]
        fn no_other_matching_is_better(
            mut reference in prop::collection::vec(0.0..1.0f64, 0..7),
            mut found in prop::collection::vec(0.0..1.0f64, 0..7),
            tolerance in 0.0..0.6f64,
        ) {
            reference.sort_by(f64::total_cmp);
            found.sort_by(f64::total_cmp);
            let pairs = pairs(&reference, &found, tolerance);
            let distance: f64 = pairs.iter().map(|&(r, f)| (found[f] - reference[r]).abs()).sum();
            let (most, least) = by_trial(&reference, &found, tolerance);
            prop_assert_eq!(pairs.len(), most);
            prop_assert!((distance - least).abs() < 1e-12);
            for pair in pairs.windows(2) {
                prop_assert!(pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1);
            }
            for &(r, f) in &pairs {
                prop_assert!((found[f] - reference[r]).abs() <= tolerance);
            }
        }
    }
}
