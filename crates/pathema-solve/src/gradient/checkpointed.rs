//! Recursive checkpointing: few states are kept, and steps taken again from the last one kept.

use std::sync::atomic::Ordering;

use tch::Tensor;

use super::sums::Sums;
use super::vjp_step::{Again, with_puts};
use super::{Backward, Problem};
use crate::SolveStats;
use crate::error::Cause;
use crate::march::{Newton, Plan};

/// The way back over the steps of `plan`.
pub(crate) fn backward(
    problem: &Problem<'_>,
    plan: Box<dyn Plan>,
    newton: Newton,
    snapshots: Option<usize>,
    stats: &SolveStats,
) -> Result<Backward, Cause> {
    let again = Again::new(problem.flow, problem.method, newton, true)?;
    let z0 = problem.z0.detach();
    let steps = plan.len();
    let chosen = (usize::BITS - steps.leading_zeros()) as usize;
    let snapshots = snapshots.unwrap_or(chosen).max(1);
    let counter = stats.backward.clone();
    Ok(Box::new(move |saved, sums| {
        let mut way = Way {
            again: &again,
            plan: &*plan,
            saved,
            sums,
            evaluations: 0,
        };
        let after = z0.zeros_like();
        let before = if steps > 0 {
            way.back(0..steps, &z0, after, snapshots)?
        } else {
            after
        };
        counter.fetch_add(way.evaluations, Ordering::Relaxed);
        sums.z0 = Some(with_puts(&before, &plan.first_puts(), saved)?);
        Ok(())
    }))
}

struct Way<'a> {
    again: &'a Again,
    plan: &'a dyn Plan,
    saved: &'a Tensor,
    sums: &'a mut Sums,
    evaluations: usize,
}

impl Way<'_> {
    /// From the gradient after some steps to that before them, `z` the state before; so many states may be kept,
    /// `z` not counted.
    fn back(
        &mut self,
        steps: std::ops::Range<usize>,
        z: &Tensor,
        after: Tensor,
        snapshots: usize,
    ) -> Result<Tensor, Cause> {
        let (first, count) = (steps.start, steps.len());
        if count == 1 {
            self.evaluations += self.again.method.stages_needed();
            let (span, puts) = (self.plan.span(first), self.plan.puts(first));
            return self
                .again
                .pull_back(&span, &puts, z, &after, self.saved, self.sums);
        }
        let middle = first + left_part(count, snapshots);
        let mut there = z.shallow_clone();
        for step in first..middle {
            self.evaluations += self.again.method.stages_needed();
            there = self.again.advance(&self.plan.span(step), &there)?;
        }
        let after = self.back(
            middle..steps.end,
            &there,
            after,
            snapshots.saturating_sub(1),
        )?;
        drop(there);
        self.back(first..middle, z, after, snapshots)
    }
}

/// How many of `count` steps come before the next state to be kept, so that no step is taken more often than need be.
///
/// With s states kept and no step taken more than r times over, β(s, r) = (s + r)! / (s! r!) steps can be gone back.
fn left_part(count: usize, snapshots: usize) -> usize {
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

fn reach(snapshots: usize, repeats: usize) -> usize {
    (1..=repeats).fold(1_usize, |product, k| {
        product.saturating_mul(snapshots + k) / k
    })
}

#[cfg(test)]
mod tests {
    use super::{left_part, reach};

    /// States kept at most and steps taken, as `Way::back` would.
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
