//! Custom autograd functions for tch (libtorch) from Rust closures.
//!
//! tch builds graphs of libtorch's own operations; what is computed otherwise, or ought to be differentiated
//! otherwise, has no place in them. [`attach`] gives it one: it takes outputs computed by any means, and a
//! closure that turns their gradients into those of the inputs. The closure may take a [`vjp`](crate::vjp())
//! through a graph of its own, keeps its tensors in [`Saved`], and never brings libtorch down: what goes
//! wrong in it is the error of the backward pass.
//!
//! ```
//! use pathema_autograd::{AutogradError, Graph, Saved, attach, vjp, with_grad};
//! use tch::{Kind, Tensor};
//!
//! /// f(x), keeping x alone for the backward pass and computing the rest again.
//! fn checkpoint(f: fn(&Tensor) -> Tensor, x: &Tensor) -> Result<Tensor, AutogradError> {
//!     let saved = Saved::new(x)?;
//!     let y = tch::no_grad(|| f(x));
//!     let mut outputs = attach("checkpoint", &[x], vec![y], move |grads, _| {
//!         let Some(grad) = &grads[0] else {
//!             return Ok(vec![None]);
//!         };
//!         let x = saved.get()?.set_requires_grad(true);
//!         let y = with_grad(|| f(&x));
//!         Ok(vjp(&[y], &[x], &[grad], Graph::Free)?)
//!     })?;
//!     Ok(outputs.remove(0))
//! }
//!
//! let x = Tensor::from_slice(&[0.5, 2.0]).set_requires_grad(true);
//! let y = checkpoint(|x| x.sin().exp().tanh(), &x)?;
//! y.sum(Kind::Double).f_backward()?;
//! # let twin = x.detach().set_requires_grad(true);
//! # twin.sin().exp().tanh().sum(Kind::Double).backward();
//! # assert_eq!(x.grad(), twin.grad());
//! # Ok::<(), AutogradError>(())
//! ```
//!
//! Not for what libtorch's operations can express and differentiate: a function of one's own costs some
//! microseconds and has no second derivative.

mod attach;
mod error;
mod ffi;
mod grad_mode;
mod numbers;
mod saved;
mod vjp;

pub use attach::{Wanted, attach};
pub use error::{AutogradError, TensorSpec};
pub use grad_mode::{is_grad_enabled, with_grad};
pub use numbers::numbers;
pub use saved::Saved;
pub use vjp::{Graph, vjp};

/// The README's example, run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
