//! Where states are kept so that steps can be gone back in little memory.

/// How many of `count` steps come before the next state to be kept, so that no step is taken more often than need be, when
/// so many states may be kept beside that at the start (Griewank & Walther 2000, *Algorithm 799: revolve*).
///
/// With s states kept and no step taken more than r times over, β(s, r) = (s + r)! / (s! r!) steps can be gone back.
///
/// ```
/// use pathema_kernel::checkpoints::left_part;
///
/// // Nothing may be kept: the last step is reached from the start each time.
/// assert_eq!(left_part(10, 0), 9);
/// // With two states kept ten steps are gone back: one after six, and one three steps further.
/// assert_eq!((left_part(10, 2), left_part(4, 1)), (6, 3));
/// ```
pub fn left_part(count: usize, snapshots: usize) -> usize {
    if snapshots == 0 {
        return count - 1;
    }
    let mut repeats = 1;
    while reach(snapshots, repeats) < count {
        repeats += 1;
    }
    // The right part is worth a state of its own only if it could not be gone back with fewer repeats.
    let fewer = count.saturating_sub(reach(snapshots - 1, repeats - 1));
    let most = reach(snapshots, repeats - 1).min(fewer).min(count - 1);
    let least = count.saturating_sub(reach(snapshots - 1, repeats));
    most.max(least).max(1)
}

/// So many states by itself: as many as the number of steps has binary digits.
pub fn chosen(steps: usize) -> usize {
    (usize::BITS - steps.leading_zeros()).max(1) as usize
}

fn reach(snapshots: usize, repeats: usize) -> usize {
    (1..=repeats).fold(1_usize, |product, k| {
        product.saturating_mul(snapshots + k) / k
    })
}

#[cfg(test)]
mod tests {
    use super::{left_part, reach};

    /// States kept at most and steps taken.
    fn cost(count: usize, snapshots: usize) -> (usize, usize) {
        if count == 1 {
            return (0, 1);
        }
        let left = left_part(count, snapshots);
        let (right_kept, right) = cost(count - left, snapshots.saturating_sub(1));
        let (left_kept, again) = cost(left, snapshots);
        ((right_kept + 1).max(left_kept), left + right + again)
    }

    #[test]
    fn reaches_as_far_as_the_binomials() {
        assert_eq!([reach(1, 3), reach(3, 2), reach(4, 0)], [4, 10, 1]);
    }

    #[test]
    fn keeps_no_more_states_than_allowed_and_repeats_little() {
        for (count, snapshots, taken) in [(240, 8, 980), (24_000, 15, 147_651)] {
            let (kept, steps) = cost(count, snapshots);
            assert!(kept <= snapshots, "{count}: {kept}");
            assert_eq!(steps, taken, "{count}");
        }
    }

    /// No way to part the steps takes fewer.
    #[test]
    fn takes_as_few_steps_as_can_be() {
        const COUNT: usize = 60;
        for snapshots in 1..6 {
            let mut best = vec![vec![usize::MAX / 4; COUNT + 1]; snapshots + 1];
            for kept in 0..=snapshots {
                best[kept][1] = 1;
                for count in (2..=COUNT).filter(|_| kept > 0) {
                    let parted =
                        |left: usize| left + best[kept - 1][count - left] + best[kept][left];
                    best[kept][count] = (1..count).map(parted).min().unwrap_or(1);
                }
            }
            for (count, &best) in best[snapshots].iter().enumerate().skip(1) {
                assert_eq!(
                    cost(count, snapshots).1,
                    best,
                    "{count} steps, {snapshots} states"
                );
            }
        }
    }
}
