use tch::Tensor;

use crate::error::Cause;
use crate::flow::{Flow, Span};

/// Gradients as they add up on the way back.
pub(crate) struct Sums {
    /// Of the initial state.
    pub(crate) z0: Option<Tensor>,
    /// Of the tensors behind the controls.
    wholes: Vec<Tensor>,
    /// Of the parameters.
    parameters: Vec<Tensor>,
    wanted: Wanted,
}

/// What gradients are wanted, and the shapes that they have.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    wholes: Vec<Shape>,
    parameters: Vec<Shape>,
}

#[derive(Clone, Debug)]
struct Shape {
    wanted: bool,
    size: Vec<i64>,
    options: (tch::Kind, tch::Device),
}

impl Shape {
    fn of(tensor: &Tensor) -> Shape {
        Shape {
            wanted: tensor.requires_grad(),
            size: tensor.size(),
            options: (tensor.kind(), tensor.device()),
        }
    }

    /// Zeros, of no size where nothing is wanted.
    fn zeros(&self) -> Tensor {
        let size: &[i64] = if self.wanted { &self.size } else { &[0] };
        Tensor::zeros(size, self.options)
    }
}

impl Wanted {
    pub(crate) fn zeros(&self) -> Sums {
        Sums {
            z0: None,
            wholes: self.wholes.iter().map(Shape::zeros).collect(),
            parameters: self.parameters.iter().map(Shape::zeros).collect(),
            wanted: self.clone(),
        }
    }
}

impl Sums {
    pub(crate) fn wanted(wholes: &[Tensor], parameters: &[Tensor]) -> Wanted {
        Wanted {
            wholes: wholes.iter().map(Shape::of).collect(),
            parameters: parameters.iter().map(Shape::of).collect(),
        }
    }

    /// Whether a gradient of anything behind the controls is wanted.
    pub(crate) fn wants_controls(&self) -> bool {
        self.wanted.wholes.iter().any(|shape| shape.wanted)
    }

    /// Whether the gradient of the knots is.
    pub(crate) fn wants_knots(&self) -> bool {
        self.wanted.wholes.get(1).is_some_and(|shape| shape.wanted)
    }

    pub(crate) fn wants_anything(&self) -> bool {
        self.wants_controls() || self.wanted.parameters.iter().any(|shape| shape.wanted)
    }

    /// What was cut for a step, as leaves of a graph where gradients are wanted.
    pub(crate) fn leaves(&self, flow: &dyn Flow, span: &Span) -> Result<Vec<Tensor>, Cause> {
        let cut = flow.cut(std::slice::from_ref(span))?;
        let wants = self.wants_controls();
        let leaf = |tensor: Tensor| tensor.detach().set_requires_grad(wants);
        Ok(cut.into_iter().map(leaf).collect())
    }

    /// The leaves that gradients are taken of: the parameters of a rebuilt flow, and what was cut.
    pub(crate) fn sources<'a>(
        &self,
        parameters: &'a [Tensor],
        cut: &'a [Tensor],
    ) -> Vec<&'a Tensor> {
        let leaves = parameters.iter().chain(cut);
        leaves.filter(|leaf| leaf.requires_grad()).collect()
    }

    /// Adds the gradients of [`sources`](Self::sources).
    pub(crate) fn add(
        &mut self,
        flow: &dyn Flow,
        span: &Span,
        parameters: &[Tensor],
        cut: &[Tensor],
        gradients: Vec<Option<Tensor>>,
    ) -> Result<(), Cause> {
        let mut gradients = gradients.into_iter();
        let mut next = |leaf: &Tensor| {
            leaf.requires_grad()
                .then(|| gradients.next().flatten())
                .flatten()
        };
        for (sum, parameter) in self.parameters.iter_mut().zip(parameters) {
            if let Some(gradient) = next(parameter) {
                let _ = sum.f_add_(&gradient)?;
            }
        }
        let of_cut: Vec<Option<Tensor>> = cut.iter().map(next).collect();
        self.paste(flow, span, of_cut)
    }

    /// Adds the gradients of all parameters, in their order.
    pub(crate) fn add_parameters(
        &mut self,
        gradients: impl Iterator<Item = Tensor>,
    ) -> Result<(), Cause> {
        let sums = self.parameters.iter_mut().zip(&self.wanted.parameters);
        for ((sum, shape), gradient) in sums.zip(gradients) {
            if shape.wanted {
                let _ = sum.f_add_(&gradient)?;
            }
        }
        Ok(())
    }

    fn paste(
        &mut self,
        flow: &dyn Flow,
        span: &Span,
        mut gradients: Vec<Option<Tensor>>,
    ) -> Result<(), Cause> {
        if gradients.iter().all(Option::is_none) {
            return Ok(());
        }
        for (gradient, whole) in gradients.iter_mut().zip(flow.whole_of_cuts()) {
            if !self.wanted.wholes[whole].wanted {
                *gradient = None;
            }
        }
        flow.paste(std::slice::from_ref(span), &gradients, &mut self.wholes)
    }

    /// The sum of the knots' gradients.
    pub(crate) fn knots(&mut self) -> Option<&mut Tensor> {
        self.wholes.get_mut(1)
    }

    /// Gradients in the order of the node's inputs: initial state, what is behind the controls, parameters.
    pub(crate) fn into_gradients(self) -> Vec<Option<Tensor>> {
        let wholes = self.wholes.into_iter().zip(self.wanted.wholes);
        let parameters = self.parameters.into_iter().zip(self.wanted.parameters);
        let rest = wholes.chain(parameters);
        std::iter::once(self.z0)
            .chain(rest.map(|(sum, shape)| shape.wanted.then_some(sum)))
            .collect()
    }
}
