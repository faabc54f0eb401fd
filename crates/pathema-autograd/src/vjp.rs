use std::borrow::Borrow;

use tch::Tensor;

use crate::error::TensorSpec;
use crate::{AutogradError, ffi};

/// What becomes of the graph that a product is taken through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Graph {
    /// It is freed on the way; another product through it fails.
    Free,
    /// It stays for another product.
    Keep,
    /// It stays, and the gradients are given a graph of their own, to be differentiated again.
    Create,
}

/// The product of `cotangents` (vᵀ) with the Jacobian of `outputs` by `inputs`, through the graph that made
/// them: a gradient per input, `None` where no output depends on it.
///
/// A cotangent has its output's shape, kind and device. Nothing is added to any `grad()`. A gradient may
/// share its memory with a cotangent.
///
/// ```
/// use pathema_autograd::{Graph, vjp};
/// use tch::Tensor;
///
/// let x = Tensor::from_slice(&[1.0, 2.0, 3.0]).set_requires_grad(true);
/// let y = &x * &x;
/// let v = Tensor::from_slice(&[1.0, 0.0, -1.0]);
/// let product = vjp(&[y], &[x], &[v], Graph::Free)?;
/// assert_eq!(product[0], Some(Tensor::from_slice(&[2.0, 0.0, -6.0])));
/// # Ok::<(), pathema_autograd::AutogradError>(())
/// ```
///
/// # Errors
/// When the cotangents do not go with the outputs, when an output or input requires no gradient, and when
/// the backward pass of a function on the way fails.
pub fn vjp(
    outputs: &[impl Borrow<Tensor>],
    inputs: &[impl Borrow<Tensor>],
    cotangents: &[impl Borrow<Tensor>],
    graph: Graph,
) -> Result<Vec<Option<Tensor>>, AutogradError> {
    let (outputs, inputs) = (borrowed(outputs), borrowed(inputs));
    let cotangents = borrowed(cotangents);
    if outputs.len() != cotangents.len() {
        return Err(AutogradError::Cotangents {
            outputs: outputs.len(),
            cotangents: cotangents.len(),
        });
    }
    requiring_grad("output", &outputs)?;
    requiring_grad("input", &inputs)?;
    for (i, (output, cotangent)) in outputs.iter().zip(&cotangents).enumerate() {
        if !cotangent.defined() {
            let what = format!("cotangent {i}");
            return Err(AutogradError::Undefined { what });
        }
        let (expected, found) = (TensorSpec::of(output)?, TensorSpec::of(cotangent)?);
        if found != expected {
            return Err(AutogradError::Cotangent {
                output: i,
                found,
                expected,
            });
        }
    }
    let create = graph == Graph::Create;
    ffi::vjp(
        &outputs,
        &inputs,
        &cotangents,
        create || graph == Graph::Keep,
        create,
    )
}

fn borrowed(tensors: &[impl Borrow<Tensor>]) -> Vec<&Tensor> {
    tensors.iter().map(Borrow::borrow).collect()
}

fn requiring_grad(role: &str, tensors: &[&Tensor]) -> Result<(), AutogradError> {
    // An undefined tensor requires none either.
    match tensors.iter().position(|tensor| !tensor.requires_grad()) {
        Some(i) => Err(AutogradError::NoGradient {
            what: format!("{role} {i}"),
        }),
        None => Ok(()),
    }
}
