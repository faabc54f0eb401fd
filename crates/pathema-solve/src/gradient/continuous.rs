//! The adjoint equation, solved backward.
//!
//! a = ∂L/∂z follows da/dt = −aᵀ ∂f/∂z, and with it z is found anew. The gradients of parameters and controls are integrals
//! along the way, ∫ aᵀ ∂f/∂θ dt, summed up by the weights of the method; they are no part of the state.

use std::sync::atomic::Ordering;

use pathema_autograd::{Graph, Saved, vjp, with_grad};
use tch::Tensor;

use super::stretches::{Stretches, marks};
use super::sums::Sums;
use super::vjp_step::{Again, solved, with_puts};
use super::{Backward, Problem};
use crate::error::Cause;
use crate::flow::{self, AdjointFlow, Drive, Span, cut_and_drive, index};
use crate::march::adaptive::{self, Kept, Route};
use crate::march::grid::Grids;
use crate::march::{March, Plan, Taken, step_alone};
use crate::save::Put;
use crate::solve::Work;
use crate::{Adaptive, Sharing};

/// The way back from the states saved, `z`.
pub(crate) fn backward(
    problem: &Problem<'_>,
    work: Work,
    steps: Option<Adaptive>,
    z: &Tensor,
    times: &[Vec<f64>],
    march: &March,
) -> Result<Backward, Cause> {
    // Knots enter by what they do to the solution; the steps back are as good as any.
    let again = Again::new(problem.flow, problem.method, work.newton(), false)?;
    let states = Saved::new(z)?;
    let z0 = problem.z0.detach();
    let counter = march.stats.backward.clone();
    match work {
        Work::Grids(grids) => Ok(Box::new(move |saved, sums| {
            let mut evaluations = 0;
            let before =
                again.over_grids(&grids, &z0, &states.get()?, saved, sums, &mut evaluations)?;
            counter.fetch_add(evaluations, Ordering::Relaxed);
            sums.z0 = Some(before);
            Ok(())
        })),
        Work::Adaptive {
            steps: forward,
            stops,
            jumps,
        } => {
            let steps = Adaptive {
                overshoot: false,
                ..steps.unwrap_or(forward)
            };
            let whole = steps.sharing == Sharing::Batch && problem.event.is_none();
            let marks = marks(problem, march, times, whole);
            let stretches = Stretches {
                direction: -problem.direction(),
                start: problem.start,
                whole,
                stops,
                jumps,
                marks,
                steps,
            };
            Ok(Box::new(move |saved, sums| {
                let (before, evaluations) =
                    again.over_stretches(&stretches, &z0, &states.get()?, saved, sums)?;
                counter.fetch_add(evaluations, Ordering::Relaxed);
                sums.z0 = Some(before);
                Ok(())
            }))
        }
    }
}

impl Again {
    fn over_grids(
        &self,
        grids: &Grids,
        z0: &Tensor,
        states: &Tensor,
        saved: &Tensor,
        sums: &mut Sums,
        evaluations: &mut usize,
    ) -> Result<Tensor, Cause> {
        let flow = AdjointFlow(&*self.flow);
        let mut z = z0.zeros_like();
        let mut a = z0.zeros_like();
        for step in (0..grids.len()).rev() {
            let puts = grids.puts(step);
            a = with_puts(&a, &puts, saved)?;
            z = anchored(&z, &puts, states)?;
            let span = grids.span(step).reversed();
            let drive = cut_and_drive(&flow, &span, self.method.c, true)?;
            let both = Tensor::f_stack(&[&z, &a], 1)?;
            let taken = solved(
                step_alone(&flow, self.method, &drive, &both, &self.newton)?,
                &span,
            )?;
            *evaluations += taken.evaluations;
            *evaluations += self.integrate(&span, &drive, &taken, None, true, sums)?;
            z = taken.end.select(1, 0);
            a = taken.end.select(1, 1);
        }
        with_puts(&a, &grids.first_puts(), saved)
    }

    fn over_stretches(
        &self,
        stretches: &Stretches,
        z0: &Tensor,
        states: &Tensor,
        saved: &Tensor,
        sums: &mut Sums,
    ) -> Result<(Tensor, usize), Cause> {
        let flow = AdjointFlow(&*self.flow);
        let batch = z0.size()[0] as usize;
        let mut evaluations = 0;
        let mut z = z0.shallow_clone();
        let mut a = z0.zeros_like();
        for k in 0..stretches.count() {
            let puts = stretches.puts(k, batch);
            a = with_puts(&a, &puts, saved)?;
            z = anchored(&z, &puts, states)?;
            let route = Route {
                direction: stretches.direction,
                ways: stretches.ways(k),
                whole: stretches.whole,
                every_step: false,
                dense: false,
                jumps: stretches.jumps,
                event: None,
                record: false,
                land: false,
            };
            let both = Tensor::f_stack(&[&z, &a], 1)?;
            let mut extra = 0;
            let mut onlooker = |kept: &Kept<'_>| {
                extra += self.integrate(
                    kept.span,
                    kept.drive,
                    kept.taken,
                    Some(kept.rows),
                    false,
                    sums,
                )?;
                Ok(())
            };
            let march = adaptive::march(
                &flow,
                &both,
                &route,
                self.method,
                &stretches.steps,
                Some(&mut onlooker),
            )?;
            evaluations += march.stats.evaluations + extra;
            let failed = march.statuses.iter().enumerate();
            if let Some(cause) = failed
                .filter_map(|(sample, status)| status.cause(sample))
                .next()
            {
                return Err(cause);
            }
            let end = march.shelf.finish(&both, 1)?.select(1, 0);
            z = end.select(1, 0);
            a = end.select(1, 1);
        }
        Ok((a, evaluations))
    }

    /// Adds what a step back contributes to the integrals; the number of evaluations that took.
    fn integrate(
        &self,
        span: &Span,
        drive: &Drive,
        taken: &Taken,
        rows: Option<&[bool]>,
        scaled: bool,
        sums: &mut Sums,
    ) -> Result<usize, Cause> {
        if !sums.wants_anything() {
            return Ok(0);
        }
        let flow = &*self.flow;
        let cut = sums.leaves(flow, span)?;
        let stages: Vec<usize> = (0..taken.inputs.len())
            .filter(|&j| self.method.b[j] != 0.0)
            .collect();
        let keep = |a: Tensor| match rows {
            Some(rows) if rows.contains(&false) => crate::march::marked(rows, &a, &a.zeros_like()),
            _ => a,
        };
        // Backward in time the step is negative, and the integral runs forward: −h b aᵀ ∂f/∂θ.
        let cotangent = |&j: &usize| {
            let a = keep(taken.inputs[j].select(1, 1));
            drive.length.times(&a) * -self.method.b[j]
        };
        let cotangents: Vec<Tensor> = stages.iter().map(cotangent).collect();
        let z: Vec<Tensor> = stages
            .iter()
            .map(|&j| taken.inputs[j].select(1, 0))
            .collect();
        let slopes = with_grad(|| -> Result<Tensor, Cause> {
            let drive = flow::drive(flow, span, self.method.c, &cut, scaled)?;
            let controls = stages.iter().map(|&j| by_row(&drive.controls[j], &z[0]));
            let controls = Tensor::f_cat(&controls.collect::<Vec<_>>(), 0)?;
            flow.slope(&controls, &Tensor::f_cat(&z, 0)?)
        })?;
        if slopes.requires_grad() {
            let sources = sums.sources(&self.parameters, &cut);
            let gradients = vjp(
                &[slopes],
                &sources,
                &[Tensor::f_cat(&cotangents, 0)?],
                Graph::Free,
            )?;
            sums.add(flow, span, &self.parameters, &cut, gradients)?;
        }
        if sums.wants_knots() {
            self.move_knots(span, taken, rows, &cut, sums)?;
        }
        Ok(1)
    }

    /// Where a piece ends at a knot the path's slope jumps: as the knot moves, so does the time for which each holds.
    fn move_knots(
        &self,
        span: &Span,
        taken: &Taken,
        rows: Option<&[bool]>,
        cut: &[Tensor],
        sums: &mut Sums,
    ) -> Result<(), Cause> {
        let flow = &*self.flow;
        let drive = flow::drive(flow, span, &[0.0, 1.0], cut, false)?;
        let rate = |control: &Tensor, both: &Tensor| -> Result<Tensor, Cause> {
            let slope = flow.slope(control, &both.select(1, 0))?;
            let dims: &[i64] = &[1];
            let rate = (slope * both.select(1, 1)).f_sum_dim_intlist(dims, false, None)?;
            Ok(match rows {
                Some(rows) => crate::march::marked(rows, &rate, &rate.zeros_like()),
                None => rate,
            })
        };
        let controls = &drive.controls;
        let at_start = rate(&controls[0], &taken.inputs[0])?;
        let at_end = rate(&controls[1], &taken.end)?;
        match sums.knots() {
            Some(sum) => flow.paste_ends(span, &at_start, &at_end.neg(), sum),
            None => Ok(()),
        }
    }
}

/// `z` with the rows saved at these puts as they were saved.
fn anchored(z: &Tensor, puts: &[Put], states: &Tensor) -> Result<Tensor, Cause> {
    if puts.is_empty() {
        return Ok(z.shallow_clone());
    }
    let rows = index(puts.iter().map(|put| put.row), z.device());
    Ok(z.f_index_copy(0, &rows, &super::vjp_step::saved_rows(puts, states)?)?)
}

/// A control with a row for each of the state's.
fn by_row(control: &Tensor, z: &Tensor) -> Tensor {
    if control.dim() > 0 {
        return control.shallow_clone();
    }
    let mut shape = vec![1_i64; z.dim()];
    shape[0] = z.size()[0];
    control.expand(shape.as_slice(), false)
}
