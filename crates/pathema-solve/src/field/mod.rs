//! Vector fields of controlled differential equations.

mod mlp;

use tch::Tensor;

pub use mlp::{Activation, MlpField, MlpFieldConfig};

/// f in dz = f(z) dX.
///
/// A field that depends on time sees it through a time channel of the path or a coordinate of the state.
pub trait VectorField {
    /// f(z) dx: the matrix f(z) of each sample, [hidden, channels], applied to its control's derivative or
    /// increment; `z` is [batch, hidden], `dx` [batch, channels], the result [batch, hidden].
    ///
    /// It must be linear in `dx`; a field may use that to never write the matrix out.
    fn contract(&self, z: &Tensor, dx: &Tensor) -> Tensor;
}

impl<F: Fn(&Tensor, &Tensor) -> Tensor> VectorField for F {
    fn contract(&self, z: &Tensor, dx: &Tensor) -> Tensor {
        self(z, dx)
    }
}
