use pathema_autograd::{Graph, vjp, with_grad};
use tch::Tensor;

use super::{Drive, Flow, Span};
use crate::error::Cause;

/// d(z, a)/dt = (f, −aᵀ ∂f/∂z), the state [rows, 2, …].
pub(crate) struct AdjointFlow<'a>(pub(crate) &'a dyn Flow);

impl Flow for AdjointFlow<'_> {
    fn cut(&self, spans: &[Span]) -> Result<Vec<Tensor>, Cause> {
        self.0.cut(spans)
    }

    fn drives(
        &self,
        spans: &[Span],
        nodes: &[f64],
        cut: &[Tensor],
        scaled: bool,
    ) -> Result<Vec<Drive>, Cause> {
        self.0.drives(spans, nodes, cut, scaled)
    }

    fn slope(&self, control: &Tensor, both: &Tensor) -> Result<Tensor, Cause> {
        let (z, a) = (both.select(1, 0), both.select(1, 1));
        // An implicit method differentiates this once more.
        let (z, graph) = if both.requires_grad() {
            (z, Graph::Create)
        } else {
            (z.detach().set_requires_grad(true), Graph::Free)
        };
        let slope = with_grad(|| self.0.slope(control, &z))?;
        let through = if slope.requires_grad() {
            vjp(&[&slope], &[&z], &[&a], graph)?.pop().flatten()
        } else {
            None
        };
        let of_a = through.map_or_else(|| a.zeros_like(), |through| through.neg());
        let slope = if graph == Graph::Create {
            slope
        } else {
            slope.detach()
        };
        Ok(Tensor::f_stack(&[slope, of_a], 1)?)
    }

    fn parameters(&self) -> Vec<Tensor> {
        Vec::new()
    }

    fn rebuilt(&self, _: bool) -> Result<Box<dyn Flow + Send>, Cause> {
        Err(Cause::NotRebuildable)
    }
}
