use std::ops::Deref;

use tch::{Device, Kind, Tensor};

use super::span::tensor;
use super::{Clock, Drive, Flow, Length, Span, of_the_states_shape};
use crate::error::Cause;
use crate::field::OdeField;

/// dz/dt = f(t, z).
pub(crate) struct OdeFlow<F> {
    pub(crate) field: F,
    /// Kind, device and number of dimensions of the state.
    pub(crate) kind: Kind,
    pub(crate) device: Device,
    pub(crate) dim: usize,
}

impl<F: Deref<Target: OdeField>> OdeFlow<F> {
    pub(crate) fn new(field: F, z0: &Tensor) -> OdeFlow<F> {
        OdeFlow {
            field,
            kind: z0.kind(),
            device: z0.device(),
            dim: z0.dim(),
        }
    }

    fn column(&self, values: &[f64]) -> Tensor {
        let mut shape = vec![1_i64; self.dim];
        shape[0] = values.len() as i64;
        tensor(values, self.kind, self.device).view(shape.as_slice())
    }

    fn drive(&self, span: &Span, nodes: &[f64]) -> Drive {
        match (&span.from, &span.to) {
            (&Clock::Shared(from), &Clock::Shared(to)) => Drive {
                // Without dimensions, so that it stays on the CPU and goes with any device.
                controls: nodes
                    .iter()
                    .map(|node| Tensor::from(from + node * (to - from)).to_kind(self.kind))
                    .collect(),
                length: Length::Shared(to - from),
                moving: None,
            },
            (Clock::Each(times), _) | (_, Clock::Each(times)) => {
                let ends: Vec<(f64, f64)> = (0..times.len())
                    .map(|row| (span.from.at(row), span.to.at(row)))
                    .collect();
                let control = |node: f64| {
                    let times: Vec<f64> = ends
                        .iter()
                        .map(|(from, to)| from + node * (to - from))
                        .collect();
                    self.column(&times)
                };
                let lengths: Vec<f64> = ends.iter().map(|(from, to)| to - from).collect();
                Drive {
                    controls: nodes.iter().map(|&node| control(node)).collect(),
                    length: Length::Each(tensor(&lengths, self.kind, self.device)),
                    moving: None,
                }
            }
        }
    }
}

impl<F: Deref<Target: OdeField>> Flow for OdeFlow<F> {
    fn cut(&self, _: &[Span]) -> Result<Vec<Tensor>, Cause> {
        Ok(Vec::new())
    }

    fn drives(
        &self,
        spans: &[Span],
        nodes: &[f64],
        _: &[Tensor],
        _: bool,
    ) -> Result<Vec<Drive>, Cause> {
        Ok(spans.iter().map(|span| self.drive(span, nodes)).collect())
    }

    fn slope(&self, control: &Tensor, z: &Tensor) -> Result<Tensor, Cause> {
        of_the_states_shape(self.field.slope(control, z), z)
    }

    fn parameters(&self) -> Vec<Tensor> {
        self.field.parameters()
    }

    fn rebuilt(&self, _: bool) -> Result<Box<dyn Flow + Send>, Cause> {
        let field = self.field.rebuilt(super::leaves(&self.field.parameters()));
        Ok(Box::new(OdeFlow {
            field: field.ok_or(Cause::NotRebuildable)?,
            kind: self.kind,
            device: self.device,
            dim: self.dim,
        }))
    }
}
