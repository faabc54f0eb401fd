//! What can be wrong with a custom function or a product asked for.

use std::fmt;

use tch::{Device, Kind, TchError, Tensor};

/// Why a function could not be attached, a product not be taken, or a saved tensor not be used.
///
/// Inputs and outputs are counted from zero.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AutogradError {
    /// A tensor that nothing has been assigned to.
    #[error("{what} is undefined: leave it out, or pass zeros")]
    Undefined {
        /// Which tensor.
        what: String,
    },

    /// Gradients exist for floating and complex numbers alone.
    #[error(
        "output {output} of `{function}` is {kind:?}, which has no gradient: \
         keep it out of the outputs, or convert it to a floating kind"
    )]
    NotDifferentiable {
        /// The function's name.
        function: String,
        /// The output.
        output: usize,
        /// Its kind.
        kind: Kind,
    },

    /// An output is already part of a graph.
    #[error(
        "output {output} of `{function}` already requires a gradient: \
         compute the outputs under `tch::no_grad_guard`, or detach them"
    )]
    History {
        /// The function's name.
        function: String,
        /// The output.
        output: usize,
    },

    /// An output lies in the memory of an input or of another output.
    #[error(
        "output {output} of `{function}` shares its memory with {with}: \
         return a copy, or a change in place of one would go unseen in the other"
    )]
    SharedMemory {
        /// The function's name.
        function: String,
        /// The output.
        output: usize,
        /// What it shares the memory with.
        with: String,
    },

    /// A vector–Jacobian product needs a cotangent for each output.
    #[error("{cotangents} cotangents for {outputs} outputs: pass one per output, in their order")]
    Cotangents {
        /// Number of outputs.
        outputs: usize,
        /// Number of cotangents.
        cotangents: usize,
    },

    /// A cotangent does not look like its output.
    #[error("cotangent {output} is {found}, output {output} is {expected}: they must be alike")]
    Cotangent {
        /// The output.
        output: usize,
        /// The cotangent's kind, shape and device.
        found: TensorSpec,
        /// The output's.
        expected: TensorSpec,
    },

    /// A product was asked for through a tensor that no gradient flows to.
    #[error(
        "{what} does not require a gradient: leave it out, \
         or compute it with grad mode on from tensors that do"
    )]
    NoGradient {
        /// Which tensor.
        what: String,
    },

    /// A tensor saved for the backward pass has been changed since.
    #[error(
        "{tensor}, saved for the backward pass, was modified in place since \
         (version {saved} when saved, {found} now): modify a copy, or save one"
    )]
    Modified {
        /// Its kind, shape and device.
        tensor: TensorSpec,
        /// Its version when it was saved.
        saved: i64,
        /// Its version now.
        found: i64,
    },

    /// What libtorch says; also a failed backward pass, which names its function.
    #[error("{0}")]
    Torch(String),
}

impl From<TchError> for AutogradError {
    fn from(error: TchError) -> Self {
        match error {
            TchError::Torch(text) => Self::Torch(text),
            other => Self::Torch(other.to_string()),
        }
    }
}

/// What a gradient must have in common with its tensor; written as `Float [2, 3] on Cpu`.
#[derive(Debug, Clone, PartialEq)]
pub struct TensorSpec {
    /// Kind of its numbers.
    pub kind: Kind,
    /// Its shape.
    pub shape: Vec<i64>,
    /// Where it lies.
    pub device: Device,
}

impl TensorSpec {
    /// Of a tensor that is defined.
    pub(crate) fn of(tensor: &Tensor) -> Result<Self, TchError> {
        Ok(Self {
            kind: tensor.f_kind()?,
            shape: tensor.size(),
            device: tensor.device(),
        })
    }
}

impl fmt::Display for TensorSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            shape,
            device,
        } = self;
        write!(f, "{kind:?} {shape:?} on {device:?}")
    }
}
