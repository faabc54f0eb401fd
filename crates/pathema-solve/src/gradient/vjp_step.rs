//! The product of a gradient with the Jacobian of one step.

use pathema_autograd::{Graph, vjp, with_grad};
use tch::Tensor;

use super::sums::Sums;
use crate::Tableau;
use crate::dense::Interpolant;
use crate::error::Cause;
use crate::flow::{Flow, Span, cut_and_drive, drive, index};
use crate::march::{Newton, Taken, Unsolved, step_alone};
use crate::save::Put;

/// What goes through the steps again: a flow on leaves of its own, and a method.
pub(crate) struct Again {
    pub(crate) flow: Box<dyn Flow + Send>,
    pub(crate) parameters: Vec<Tensor>,
    pub(crate) method: &'static Tableau,
    pub(crate) newton: Newton,
}

impl Again {
    /// As [`Flow::rebuilt`].
    pub(crate) fn new(
        flow: &dyn Flow,
        method: &'static Tableau,
        newton: Newton,
        moving: bool,
    ) -> Result<Again, Cause> {
        let flow = flow.rebuilt(moving)?;
        Ok(Again {
            parameters: flow.parameters(),
            flow,
            method,
            newton,
        })
    }

    /// The state after a step, without a graph; [batch, …] before and after, of which a step may move some rows only.
    pub(crate) fn advance(&self, span: &Span, z: &Tensor) -> Result<Tensor, Cause> {
        let _guard = tch::no_grad_guard();
        let drive = cut_and_drive(&*self.flow, span, self.method.c, true)?;
        let own = rows(span, z)?;
        let taken = solved(
            step_alone(&*self.flow, self.method, &drive, &own, &self.newton)?,
            span,
        )?;
        with_rows(span, z, &taken.end)
    }

    /// From the gradient after a step (`after`, [batch, …]) and that of the states saved in it to the gradient before it.
    /// Gradients of parameters and controls are added to `sums`.
    pub(crate) fn pull_back(
        &self,
        span: &Span,
        puts: &[Put],
        z: &Tensor,
        after: &Tensor,
        saved: &Tensor,
        sums: &mut Sums,
    ) -> Result<Tensor, Cause> {
        let cut = sums.leaves(&*self.flow, span)?;
        let leaf = rows(span, z)?.detach().set_requires_grad(true);
        let (at_end, inside): (Vec<Put>, Vec<Put>) = puts.iter().partition(|put| put.theta == 1.0);
        let end_gradient = with_puts(&rows(span, after)?, &at_end, saved)?;
        let (outputs, cotangents) = with_grad(|| -> Result<_, Cause> {
            let mut nodes = self.method.c.to_vec();
            nodes.push(1.0);
            let drive = &drive(&*self.flow, span, &nodes, &cut, true)?;
            let taken = solved(
                step_alone(&*self.flow, self.method, drive, &leaf, &self.newton)?,
                span,
            )?;
            let mut outputs = vec![taken.end.shallow_clone()];
            let mut cotangents = vec![end_gradient];
            if !inside.is_empty() {
                let mut taken = taken;
                let slope = match taken.slopes.last() {
                    Some(slope) if self.method.is_implicit() && self.method.is_fsal() => {
                        slope.shallow_clone()
                    }
                    _ => self
                        .flow
                        .slope(&drive.controls[self.method.stages()], &taken.end)?,
                };
                if taken.slopes.len() < self.method.stages() {
                    taken.slopes.push(slope.shallow_clone());
                }
                let interpolant = Interpolant::new(self.method, &leaf, &taken, drive, &slope);
                outputs.push(interpolant.saved(&inside)?);
                cotangents.push(saved_rows(&inside, saved)?);
            }
            Ok((outputs, cotangents))
        })?;
        let before = self.product(span, &cut, &leaf, &outputs, &cotangents, sums)?;
        with_rows(span, after, &before)
    }

    /// The product of cotangents with the Jacobian of a step's outputs by the `leaf` that it starts from. Those by parameters
    /// and controls are added to `sums`.
    pub(crate) fn product(
        &self,
        span: &Span,
        cut: &[Tensor],
        leaf: &Tensor,
        outputs: &[Tensor],
        cotangents: &[Tensor],
        sums: &mut Sums,
    ) -> Result<Tensor, Cause> {
        let mut sources = vec![leaf];
        sources.extend(sums.sources(&self.parameters, cut));
        let mut gradients = vjp(outputs, &sources, cotangents, Graph::Free)?.into_iter();
        let before = gradients.next().flatten();
        sums.add(
            &*self.flow,
            span,
            &self.parameters,
            cut,
            gradients.collect(),
        )?;
        Ok(before.unwrap_or_else(|| leaf.zeros_like()))
    }
}

/// A step that was taken once is taken again.
pub(crate) fn solved(taken: Result<Taken, Unsolved>, span: &Span) -> Result<Taken, Cause> {
    taken.map_err(|unsolved| Cause::DidNotConverge {
        sample: span.sample(unsolved.row),
        time: span.from.at(unsolved.row),
        stage: unsolved.stage,
        correction: unsolved.correction,
    })
}

/// The rows that a step moves.
pub(crate) fn rows(span: &Span, z: &Tensor) -> Result<Tensor, Cause> {
    match span.index(z.device()) {
        Some(index) => Ok(z.f_index_select(0, &index)?),
        None => Ok(z.shallow_clone()),
    }
}

/// `z` with the rows that a step moves replaced.
pub(crate) fn with_rows(span: &Span, z: &Tensor, moved: &Tensor) -> Result<Tensor, Cause> {
    match span.index(z.device()) {
        Some(index) => Ok(z.f_index_copy(0, &index, moved)?),
        None => Ok(moved.shallow_clone()),
    }
}

/// The gradients of saved states, [batch, slots, …], that belong to these puts.
pub(crate) fn saved_rows(puts: &[Put], saved: &Tensor) -> Result<Tensor, Cause> {
    let slots = saved.size()[1] as usize;
    let places = puts.iter().map(|put| put.sample * slots + put.slot);
    let places = index(places, saved.device());
    Ok(saved.f_flatten(0, 1)?.f_index_select(0, &places)?)
}

/// `gradient`, of rows, with those of the states saved there added.
pub(crate) fn with_puts(gradient: &Tensor, puts: &[Put], saved: &Tensor) -> Result<Tensor, Cause> {
    if puts.is_empty() {
        return Ok(gradient.shallow_clone());
    }
    let rows = index(puts.iter().map(|put| put.row), saved.device());
    Ok(gradient.f_index_add(0, &rows, &saved_rows(puts, saved)?)?)
}
