use std::error::Error;

use tch::Tensor;

use crate::error::TensorSpec;
use crate::{AutogradError, ffi};

/// What a backward pass is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a>(&'a [bool]);

impl Wanted<'_> {
    /// Whether the gradient of input `i` is needed. What is made though it is not needed is ignored.
    pub fn input(&self, i: usize) -> bool {
        self.0.get(i).copied().unwrap_or(false)
    }
}

/// Makes `outputs` the outputs of a function of `inputs` that is differentiated by `backward`.
///
/// The caller computes the outputs, under [`tch::no_grad_guard`]; they have no history and share no memory
/// with an input or each other. They come back as tensors with a history, named `name` in libtorch's graph
/// and in errors; or as they are, and `backward` dropped, where grad mode is off or no input requires a
/// gradient.
///
/// `backward` is given a gradient per output, `None` where none came, and returns a gradient per input, of
/// the input's shape, kind and device, or `None` for zero. It runs with grad mode off, once per backward
/// pass, unless no gradient came at all; in one thread at a time, on the CPU the one that asked for the
/// pass, on a GPU one of libtorch's own. It may take a [`vjp`](crate::vjp()) through a graph of its own,
/// built in [`with_grad`](crate::with_grad). It is dropped with the graph, or by the first backward pass
/// that does not keep the graph.
///
/// An error or a panic of `backward`, or gradients that do not go with the inputs, make the backward pass
/// fail with an error that names the function. A gradient taken with `create_graph` fails when it is
/// differentiated again: there is no double backward.
///
/// Tensors that `backward` holds belong in a [`Saved`](crate::Saved), which notices changes in place.
/// Outputs as passed in may be held; outputs as returned must not be, for they hold `backward`: a cycle,
/// which leaks.
///
/// ```
/// use pathema_autograd::{Saved, attach};
/// use tch::Tensor;
///
/// /// |x|, with the derivative 1 at 0.
/// fn abs(x: &Tensor) -> Result<Tensor, pathema_autograd::AutogradError> {
///     let saved = Saved::new(x)?;
///     let y = tch::no_grad(|| x.abs());
///     let outputs = attach("abs", &[x], vec![y], move |grads, _| {
///         let sign = saved.get()?.ge(0.0).to_kind(tch::Kind::Double) * 2.0 - 1.0;
///         Ok(vec![grads[0].as_ref().map(|grad| grad * sign)])
///     })?;
///     Ok(outputs.into_iter().next().unwrap())
/// }
///
/// let x = Tensor::from_slice(&[-2.0, 0.0, 3.0]).set_requires_grad(true);
/// abs(&x)?.sum(tch::Kind::Double).backward();
/// assert_eq!(x.grad(), Tensor::from_slice(&[-1.0, 1.0, 1.0]));
/// # Ok::<(), pathema_autograd::AutogradError>(())
/// ```
///
/// # Errors
/// When a tensor is undefined, or an output is of a kind without gradients, has a history, or shares its memory
/// with an input or another output.
pub fn attach<F>(
    name: &str,
    inputs: &[&Tensor],
    outputs: Vec<Tensor>,
    backward: F,
) -> Result<Vec<Tensor>, AutogradError>
where
    F: Fn(
            &[Option<Tensor>],
            &Wanted<'_>,
        ) -> Result<Vec<Option<Tensor>>, Box<dyn Error + Send + Sync>>
        + Send
        + 'static,
{
    check(name, inputs, &outputs)?;
    let specs = inputs
        .iter()
        .map(|input| TensorSpec::of(input))
        .collect::<Result<Vec<_>, _>>()?;
    let checked = move |grads: &[Option<Tensor>], wanted: &[bool]| {
        let mut gradients = backward(grads, &Wanted(wanted)).map_err(|e| failed(e.as_ref()))?;
        for (i, (gradient, expected)) in gradients.iter_mut().zip(&specs).enumerate() {
            // An undefined tensor is how tch says `None`.
            gradient.take_if(|gradient| !wanted[i] || !gradient.defined());
            let Some(gradient) = gradient else { continue };
            let found = TensorSpec::of(gradient).map_err(|e| failed(&e))?;
            if found != *expected {
                return Err(format!(
                    "returned a gradient {i} that is {found}, while input {i} is {expected}: they must be alike"
                ));
            }
        }
        Ok(gradients)
    };
    let borrowed: Vec<&Tensor> = outputs.iter().collect();
    let attached = ffi::attach(name, inputs, &borrowed, Box::new(checked))?;
    let pairs = attached.into_iter().zip(outputs);
    Ok(pairs
        .map(|(attached, output)| attached.unwrap_or(output))
        .collect())
}

fn check(name: &str, inputs: &[&Tensor], outputs: &[Tensor]) -> Result<(), AutogradError> {
    let mut known = Vec::with_capacity(inputs.len() + outputs.len());
    for (i, input) in inputs.iter().enumerate() {
        if !input.defined() {
            let what = format!("input {i} of `{name}`");
            return Err(AutogradError::Undefined { what });
        }
        known.push((ffi::memory(input), "input", i));
    }
    for (i, output) in outputs.iter().enumerate() {
        let function = || name.to_owned();
        if !output.defined() {
            let what = format!("output {i} of `{name}`");
            return Err(AutogradError::Undefined { what });
        }
        if !output.f_is_floating_point()? && !output.f_is_complex()? {
            return Err(AutogradError::NotDifferentiable {
                function: function(),
                output: i,
                kind: output.f_kind()?,
            });
        }
        let memory = ffi::memory(output);
        if let Some((_, role, j)) = known.iter().find(|(other, ..)| *other == memory) {
            return Err(AutogradError::SharedMemory {
                function: function(),
                output: i,
                with: format!("{role} {j}"),
            });
        }
        if output.requires_grad() {
            return Err(AutogradError::History {
                function: function(),
                output: i,
            });
        }
        known.push((memory, "output", i));
    }
    Ok(())
}

/// An error with its causes.
fn failed(error: &(dyn Error + 'static)) -> String {
    let mut text = format!("failed: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
