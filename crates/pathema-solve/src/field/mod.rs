//! Right-hand sides.

mod mlp;
mod parametrised;

use tch::Tensor;

pub use mlp::{Activation, MlpField, MlpFieldConfig};
pub use parametrised::Parametrised;

/// f in dz = f(z) dX.
///
/// A field that depends on time sees it through a time channel of the path or a coordinate of the state.
/// A closure is a field, as far as direct gradients go; [`Parametrised`] makes one that goes with all.
pub trait VectorField {
    /// f(z) dx: the matrix f(z) of each sample, [hidden, channels], applied to its control's derivative or
    /// increment; `z` is [rows, hidden], `dx` [rows, channels], the result [rows, hidden].
    ///
    /// It must be linear in `dx`; a field may use that to never write the matrix out. Rows are samples of the
    /// batch, not always all of them nor once each: what belongs to a sample belongs in its state or path.
    fn contract(&self, z: &Tensor, dx: &Tensor) -> Tensor;

    /// The standard field that it is, if it is that and nothing else: what the fused engine can take.
    fn standard(&self) -> Option<&MlpField> {
        None
    }

    /// The tensors that gradients may flow to.
    fn parameters(&self) -> Vec<Tensor> {
        Vec::new()
    }

    /// The same field on other parameters, in the order of [`parameters`](Self::parameters): what a gradient that
    /// solves anew works on. `None` if the field does not know its parameters.
    fn rebuilt(&self, _parameters: Vec<Tensor>) -> Option<Box<dyn VectorField + Send>> {
        None
    }
}

/// f in dz/dt = f(t, z).
///
/// A closure is a field, as far as direct gradients go; [`Parametrised`] makes one that goes with all.
pub trait OdeField {
    /// f(t, z): `z` is [rows, …], `t` has one element, or is [rows, 1, …] where samples have times of their own;
    /// in either case it broadcasts over `z`. The result has the shape of `z`.
    fn slope(&self, t: &Tensor, z: &Tensor) -> Tensor;

    /// The tensors that gradients may flow to.
    fn parameters(&self) -> Vec<Tensor> {
        Vec::new()
    }

    /// The same field on other parameters; see [`VectorField::rebuilt`].
    fn rebuilt(&self, _parameters: Vec<Tensor>) -> Option<Box<dyn OdeField + Send>> {
        None
    }
}

impl<F: Fn(&Tensor, &Tensor) -> Tensor> VectorField for F {
    fn contract(&self, z: &Tensor, dx: &Tensor) -> Tensor {
        self(z, dx)
    }
}

impl<F: Fn(&Tensor, &Tensor) -> Tensor> OdeField for F {
    fn slope(&self, t: &Tensor, z: &Tensor) -> Tensor {
        self(t, z)
    }
}
