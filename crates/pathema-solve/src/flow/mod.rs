//! What a step needs of a right-hand side: controls cut out of the path for the step's stages, and slopes.

mod adjoint;
mod cde;
mod control;
pub(crate) mod log_ode;
mod ode;
mod span;

use tch::Tensor;

use crate::BatchPath;
use crate::error::Cause;
use crate::field::MlpField;

pub(crate) use adjoint::AdjointFlow;
pub(crate) use cde::{CdeFlow, Control};
pub(crate) use ode::OdeFlow;
pub(crate) use span::{Clock, Span, column, epsilon, index, tensor};

/// A right-hand side that solvers can step over.
///
/// What a stage sees besides the state is one tensor, its *control*: the time of an ODE, dX/dt or an increment
/// of a CDE. Controls of many steps are made at once, from what was `cut` out of the tensors behind them.
pub(crate) trait Flow {
    /// The tensors that the controls of these steps depend on, a row for each row of the steps.
    fn cut(&self, spans: &[Span]) -> Result<Vec<Tensor>, Cause>;

    /// The controls of each step, as many as there are spans, at its nodes (0 its start, 1 its end).
    ///
    /// With `scaled`, a flow whose slopes are linear in the control may scale it by the step's length and say so
    /// in [`Drive::length`].
    fn drives(
        &self,
        spans: &[Span],
        nodes: &[f64],
        cut: &[Tensor],
        scaled: bool,
    ) -> Result<Vec<Drive>, Cause>;

    /// dz/dt (times the step's length where controls are scaled) of rows `z` under a stage's control.
    fn slope(&self, control: &Tensor, z: &Tensor) -> Result<Tensor, Cause>;

    /// The field's parameters.
    fn parameters(&self) -> Vec<Tensor>;

    /// What the fused engine can take of it: the standard field along paths, if that is what it is.
    fn standard(&self) -> Option<Standard<'_>> {
        None
    }

    /// The whole tensors that [`cut`](Self::cut) cuts, as many of them as may need a gradient.
    fn wholes(&self) -> Vec<Tensor> {
        Vec::new()
    }

    /// Of each tensor that is cut, which of the [`wholes`](Self::wholes) it is cut from.
    fn whole_of_cuts(&self) -> Vec<usize> {
        Vec::new()
    }

    /// Adds the gradients of what was cut to those of the whole tensors.
    fn paste(
        &self,
        _spans: &[Span],
        _gradients: &[Option<Tensor>],
        _sums: &mut [Tensor],
    ) -> Result<(), Cause> {
        Ok(())
    }

    /// Adds rates at the ends of a step, [rows] each, to the knots that lie there.
    fn paste_ends(
        &self,
        _span: &Span,
        _at_start: &Tensor,
        _at_end: &Tensor,
        _knots: &mut Tensor,
    ) -> Result<(), Cause> {
        Ok(())
    }

    /// The same flow, free of every graph, on parameters of its own that share their storage with these. With `moving`,
    /// the ends of steps move with the knots that they lie on.
    ///
    /// # Errors
    /// [`Cause::NotRebuildable`] if the field does not tell its parameters.
    fn rebuilt(&self, moving: bool) -> Result<Box<dyn Flow + Send>, Cause>;
}

/// The standard field along a batch of paths.
pub(crate) struct Standard<'a> {
    pub(crate) field: &'a MlpField,
    pub(crate) path: &'a BatchPath,
    pub(crate) control: Control,
}

/// The controls of a single step.
pub(crate) fn drive(
    flow: &dyn Flow,
    span: &Span,
    nodes: &[f64],
    cut: &[Tensor],
    scaled: bool,
) -> Result<Drive, Cause> {
    let mut drives = flow.drives(std::slice::from_ref(span), nodes, cut, scaled)?;
    Ok(drives.swap_remove(0))
}

/// The controls of a single step, from a cut of its own.
pub(crate) fn cut_and_drive(
    flow: &dyn Flow,
    span: &Span,
    nodes: &[f64],
    scaled: bool,
) -> Result<Drive, Cause> {
    let cut = flow.cut(std::slice::from_ref(span))?;
    drive(flow, span, nodes, &cut, scaled)
}

/// The controls of one step.
pub(crate) struct Drive {
    /// At each node, what [`Flow::slope`] takes.
    pub(crate) controls: Vec<Tensor>,
    /// What slopes are to be multiplied with.
    pub(crate) length: Length,
    /// How the start of each row's step and its length move with the knots, where they do: [rows], the first of value 0.
    pub(crate) moving: Option<(Tensor, Tensor)>,
}

/// The length of a step: signed, and 1 where the controls hold it already.
pub(crate) enum Length {
    Shared(f64),
    /// Of each row.
    Each(Tensor),
}

impl Length {
    pub(crate) fn times(&self, x: &Tensor) -> Tensor {
        match self {
            Length::Shared(1.0) => x.shallow_clone(),
            Length::Shared(length) => x * *length,
            Length::Each(length) => x * over(length, x),
        }
    }

    pub(crate) fn divide(&self, x: &Tensor) -> Tensor {
        match self {
            Length::Shared(length) => x / *length,
            Length::Each(length) => x / over(length, x),
        }
    }

    /// z + h Σ wⱼ kⱼ. Never in place: autograd still needs the summands.
    pub(crate) fn advance(&self, z: &Tensor, weights: &[f64], slopes: &[Tensor]) -> Tensor {
        let terms = || nonzero(weights, slopes);
        match self {
            Length::Shared(length) => terms().fold(z.shallow_clone(), |sum, (weight, slope)| {
                let weight = weight * length;
                if weight == 1.0 {
                    sum + slope
                } else {
                    sum + slope * weight
                }
            }),
            Length::Each(length) => match weighted(weights, slopes) {
                Some(sum) => z + &sum * over(length, &sum),
                None => z.shallow_clone(),
            },
        }
    }

    /// h Σ wⱼ kⱼ; `None` where all weights are zero.
    pub(crate) fn total(&self, weights: &[f64], slopes: &[Tensor]) -> Option<Tensor> {
        Some(self.times(&weighted(weights, slopes)?))
    }
}

/// A number of each row as a column that broadcasts over `x`.
fn over(each: &Tensor, x: &Tensor) -> Tensor {
    let mut shape = vec![1_i64; x.dim()];
    shape[0] = -1;
    each.view(shape.as_slice())
}

fn nonzero<'a>(
    weights: &'a [f64],
    slopes: &'a [Tensor],
) -> impl Iterator<Item = (f64, &'a Tensor)> {
    let pairs = weights.iter().copied().zip(slopes);
    pairs.filter(|(weight, _)| *weight != 0.0)
}

fn weighted(weights: &[f64], slopes: &[Tensor]) -> Option<Tensor> {
    nonzero(weights, slopes)
        .map(|(weight, slope)| slope * weight)
        .reduce(|sum, term| sum + term)
}

/// Leaves that share their storage with these parameters.
fn leaves(parameters: &[Tensor]) -> Vec<Tensor> {
    let leaf = |parameter: &Tensor| {
        let wants = parameter.requires_grad();
        parameter.detach().set_requires_grad(wants)
    };
    parameters.iter().map(leaf).collect()
}

/// # Errors
/// [`Cause::Shape`] unless a field's value has the state's shape.
fn of_the_states_shape(slope: Tensor, z: &Tensor) -> Result<Tensor, Cause> {
    if slope.size() != z.size() {
        return Err(Cause::Shape {
            what: "the vector field's value",
            found: slope.size(),
            expected: format!("{:?}, the state's", z.size()),
        });
    }
    Ok(slope)
}
