//! Two coupled solutions whose steps can be undone.
//!
//! With Ψ_h the increment of a step, y₁ = λ y₀ + (1 − λ) z₀ + Ψ_h(z₀) and z₁ = z₀ − Ψ_{−h}(y₁) (McCallum & Foster
//! 2024, equation 3). Backward, z₀ = z₁ + Ψ_{−h}(y₁) and then y₀ follow from y₁ and z₁ alone.

use std::sync::atomic::Ordering;

use pathema_autograd::{Saved, with_grad};
use tch::Tensor;

use super::sums::Sums;
use super::vjp_step::{Again, rows, solved, with_puts, with_rows};
use super::{Backward, Problem};
use crate::error::Cause;
use crate::flow::{Span, drive};
use crate::march::{March, Newton, Plan, step_alone};
use crate::save::{Put, Shelf};

/// The coupled solution over the steps of `plan`, and the way back.
pub(crate) fn forward(
    problem: &Problem<'_>,
    plan: Box<dyn Plan>,
    coupling: Option<f64>,
    slots: usize,
    march: &mut March,
) -> Result<(Tensor, Backward), Cause> {
    if problem.method.is_implicit() {
        return Err(Cause::Conflict {
            what: "Gradient::Reversible",
            with: "an implicit method",
            way_out: "take an explicit method, or another gradient",
        });
    }
    let pair = Pair {
        again: Again::new(problem.flow, problem.method, Newton::TIGHT, true)?,
        coupling: coupling_of(coupling, plan.len())?,
    };
    let z0 = problem.z0.detach();
    let mut shelf = Shelf::default();
    let mut state = (z0.shallow_clone(), z0.shallow_clone());
    shelf.put_rows(&state.0, &plan.first_puts())?;
    // Adaptive steps were counted when they were found.
    let counted = march.stats.accepted > 0;
    for step in 0..plan.len() {
        let span = plan.span(step);
        state = pair.step(&span, &state)?;
        march.stats.evaluations += 2 * problem.method.stages_needed();
        if !counted {
            march.stats.accept_span(&span, problem.batch());
        }
        let puts = plan.puts(step);
        if !puts.is_empty() {
            shelf.put_rows(&rows(&span, &state.0)?, &puts)?;
        }
    }
    let z = shelf.finish(&z0, slots)?;
    let end = (Saved::new(&state.0)?, Saved::new(&state.1)?);
    let counter = march.stats.backward.clone();
    let backward = move |saved: &Tensor, sums: &mut Sums| {
        let mut state = (end.0.get()?, end.1.get()?);
        let mut gradient = (state.0.zeros_like(), state.0.zeros_like());
        for step in (0..plan.len()).rev() {
            let (span, puts) = (plan.span(step), plan.puts(step));
            let batch_puts: Vec<Put> = puts
                .into_iter()
                .map(|put| Put {
                    row: put.sample,
                    ..put
                })
                .collect();
            gradient.0 = with_puts(&gradient.0, &batch_puts, saved)?;
            (state, gradient) = pair.back(&span, &state, &gradient, sums)?;
        }
        counter.fetch_add(
            2 * plan.len() * pair.again.method.stages_needed(),
            Ordering::Relaxed,
        );
        let both = &gradient.0 + &gradient.1;
        sums.z0 = Some(with_puts(&both, &plan.first_puts(), saved)?);
        Ok(())
    };
    Ok((z, Box::new(backward)))
}

/// The coupling asked for; by itself so near to 1 that λ⁻ⁿ, by which rounding errors grow on the way back, stays below e.
pub(crate) fn coupling_of(asked: Option<f64>, steps: usize) -> Result<f64, Cause> {
    let chosen = 1.0 - (1.0 / (steps.max(1) as f64 + 1.0)).min(1e-3);
    let coupling = asked.unwrap_or(chosen);
    if !(coupling > 0.0 && coupling <= 1.0) {
        return Err(Cause::Setting {
            name: "the coupling",
            value: coupling,
            expected: "above 0 and at most 1",
        });
    }
    Ok(coupling)
}

struct Pair {
    again: Again,
    coupling: f64,
}

/// y and z, or their gradients, [batch, …] each.
type Both = (Tensor, Tensor);

impl Pair {
    fn step(&self, span: &Span, (y, z): &Both) -> Result<Both, Cause> {
        let _guard = tch::no_grad_guard();
        let (y0, z0) = (rows(span, y)?, rows(span, z)?);
        let forward =
            self.increment(span, &z0, &self.again.flow.cut(std::slice::from_ref(span))?)?;
        let y1 = &y0 * self.coupling + &z0 * (1.0 - self.coupling) + forward;
        let back = span.reversed();
        let cut = self.again.flow.cut(std::slice::from_ref(&back))?;
        let z1 = z0 - self.increment(&back, &y1, &cut)?;
        Ok((with_rows(span, y, &y1)?, with_rows(span, z, &z1)?))
    }

    /// State and gradient before a step, from those after it.
    fn back(
        &self,
        span: &Span,
        state: &Both,
        gradient: &Both,
        sums: &mut Sums,
    ) -> Result<(Both, Both), Cause> {
        let (y1, z1) = (rows(span, &state.0)?, rows(span, &state.1)?);
        let (mut of_y, mut of_z) = (rows(span, &gradient.0)?, rows(span, &gradient.1)?);

        // z₁ = z₀ − Ψ_{−h}(y₁).
        let (increment, through) = self.pull_back(&span.reversed(), &y1, &of_z.neg(), sums)?;
        let z0 = z1 + increment;
        of_y = &of_y + through;

        // y₁ = λ y₀ + (1 − λ) z₀ + Ψ_h(z₀).
        let (increment, through) = self.pull_back(span, &z0, &of_y, sums)?;
        let y0 = (y1 - &z0 * (1.0 - self.coupling) - increment) / self.coupling;
        of_z = of_z + &of_y * (1.0 - self.coupling) + through;
        let of_y = of_y * self.coupling;

        let state = (
            with_rows(span, &state.0, &y0)?,
            with_rows(span, &state.1, &z0)?,
        );
        let gradient = (
            with_rows(span, &gradient.0, &of_y)?,
            with_rows(span, &gradient.1, &of_z)?,
        );
        Ok((state, gradient))
    }

    /// Ψ of a step from rows `z`, and the product of `cotangent` with its Jacobian by z.
    fn pull_back(
        &self,
        span: &Span,
        z: &Tensor,
        cotangent: &Tensor,
        sums: &mut Sums,
    ) -> Result<Both, Cause> {
        let flow = &*self.again.flow;
        let cut = sums.leaves(flow, span)?;
        let leaf = z.detach().set_requires_grad(true);
        let increment = with_grad(|| self.increment(span, &leaf, &cut))?;
        let value = increment.detach();
        if !increment.requires_grad() {
            return Ok((value, leaf.zeros_like()));
        }
        let cotangents = [cotangent.shallow_clone()];
        let through = self
            .again
            .product(span, &cut, &leaf, &[increment], &cotangents, sums)?;
        Ok((value, through))
    }

    /// Ψ: what a step adds to the state.
    fn increment(&self, span: &Span, z: &Tensor, cut: &[Tensor]) -> Result<Tensor, Cause> {
        let (flow, method) = (&*self.again.flow, self.again.method);
        let drive = &drive(flow, span, method.c, cut, true)?;
        let taken = solved(step_alone(flow, method, drive, z, &Newton::TIGHT)?, span)?;
        let total = drive.length.total(method.b, &taken.slopes);
        Ok(total.unwrap_or_else(|| z.zeros_like()))
    }
}
