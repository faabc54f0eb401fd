//! Where labels go so that none hides another.

/// Places for labels in a column: as near to the `wanted` ones as they can be (least squares) with `gap` between
/// neighbours. In the order of `wanted`.
///
/// With the k-th lowest moved down by k gaps, the nearest places are those of isotonic regression, which pooling
/// adjacent violators finds (Barlow et al. 1972).
pub(crate) fn side_labels(wanted: &[f64], gap: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&one, &other| wanted[one].total_cmp(&wanted[other]));
    // Sum, and how many share it.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (rank, &index) in order.iter().enumerate() {
        blocks.push((wanted[index] - gap * rank as f64, 1));
        while let [.., before, last] = blocks[..] {
            if before.0 / before.1 as f64 <= last.0 / last.1 as f64 {
                break;
            }
            blocks.truncate(blocks.len() - 2);
            blocks.push((before.0 + last.0, before.1 + last.1));
        }
    }
    let levels = blocks
        .iter()
        .flat_map(|&(sum, count)| std::iter::repeat_n(sum / count as f64, count));
    let mut places = vec![0.0; wanted.len()];
    for ((rank, index), level) in order.into_iter().enumerate().zip(levels) {
        places[index] = level + gap * rank as f64;
    }
    places
}

/// Boxes that are taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    taken: Vec<[f64; 4]>,
}

impl Place {
    /// Nothing may be put on the box with these corners.
    pub(crate) fn take(&mut self, left: f64, top: f64, right: f64, bottom: f64) {
        self.taken.push([left, top, right, bottom]);
    }

    /// A place for a label of this width and 12 high beside (x, y), within `bounds` (left, right): left end and middle.
    /// The first of right, left, above, below and ever farther that hides little and is near.
    pub(crate) fn beside(
        &mut self,
        (x, y): (f64, f64),
        width: f64,
        bounds: (f64, f64),
    ) -> (f64, f64) {
        let mut candidates = Vec::new();
        for step in 0..5 {
            let off = 15.0 * f64::from(step);
            for dy in if step == 0 {
                vec![0.0]
            } else {
                vec![-off, off]
            } {
                candidates.push((x + 9.0, y + dy));
                candidates.push((x - 9.0 - width, y + dy));
                if step > 0 {
                    candidates.push((x - width / 2.0, y + dy));
                }
            }
        }
        let cost = |&(left, middle): &(f64, f64)| -> f64 {
            let own = [left, middle - 6.0, left + width, middle + 6.0];
            let away = (middle - y).abs() + if left > x { 0.0 } else { 6.0 };
            let hidden: f64 = self.taken.iter().map(|other| overlap(&own, other)).sum();
            let outside = (bounds.0 - left).max(0.0) + (left + width - bounds.1).max(0.0);
            hidden + away + 100.0 * outside
        };
        let first = (x + 9.0, y);
        let best = candidates
            .into_iter()
            .min_by(|one, other| cost(one).total_cmp(&cost(other)))
            .unwrap_or(first);
        self.take(best.0, best.1 - 6.0, best.0 + width, best.1 + 6.0);
        best
    }
}

fn overlap(one: &[f64; 4], other: &[f64; 4]) -> f64 {
    let along = |low: usize| (one[low + 2].min(other[low + 2]) - one[low].max(other[low])).max(0.0);
    along(0) * along(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_that_fit_stay_and_others_share_the_way() {
        assert_eq!(side_labels(&[50.0, 10.0], 12.0), [50.0, 10.0]);
        assert_eq!(side_labels(&[20.0, 20.0], 10.0), [15.0, 25.0]);
        assert_eq!(side_labels(&[], 10.0), [0.0; 0]);
    }

    proptest! {
        #[test]
        fn labels_keep_their_distance_and_their_mean(wanted in prop::collection::vec(0f64..300.0, 1..20)) {
            let places = side_labels(&wanted, 13.0);
            let mut sorted = places.clone();
            sorted.sort_by(f64::total_cmp);
            for pair in sorted.windows(2) {
                prop_assert!(pair[1] - pair[0] >= 13.0 - 1e-9);
            }
            let sum = |values: &[f64]| values.iter().sum::<f64>();
            prop_assert!((sum(&places) - sum(&wanted)).abs() < 1e-6);
        }
    }
}
