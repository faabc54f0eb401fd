//! Recursive checkpointing: few states are kept, and steps taken again from the last one kept.

use std::sync::atomic::Ordering;

use pathema_kernel::checkpoints::{chosen, left_part};
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
    let snapshots = snapshots.unwrap_or(chosen(steps)).max(1);
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
