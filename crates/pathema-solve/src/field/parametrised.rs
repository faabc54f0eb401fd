use tch::Tensor;

use super::{OdeField, VectorField};

/// A field as a function of its parameters, which goes with every gradient.
///
/// The function gets the parameters first, then what a field gets: `(p, t, z)` as an [`OdeField`],
/// `(p, z, dx)` as a [`VectorField`]. It must capture no tensor: what it captures is a constant to the
/// gradients.
///
/// ```
/// use pathema_solve::{Gradient, SaveAt, Solve, field::Parametrised, odeint, solvers::RK4};
/// use tch::Tensor;
///
/// let rate = Tensor::from(-0.5_f64).set_requires_grad(true);
/// let decay = Parametrised::new(vec![rate.shallow_clone()], |p, _t, z| &p[0] * z);
/// let z0 = Tensor::from_slice(&[2.0]).view([1, 1]);
/// let how = Solve::every(&RK4, 0.01).with_gradient(Gradient::reversible());
/// let solution = odeint(&decay, &z0, 0.0, SaveAt::End(1.0), &how)?;
/// solution.z.sum(None).backward();
/// // d/dr 2 exp(r) at r = −0.5.
/// assert!((rate.grad().double_value(&[]) - 2.0 * (-0.5_f64).exp()).abs() < 1e-6);
/// # Ok::<(), pathema_solve::SolveError>(())
/// ```
#[derive(Debug)]
pub struct Parametrised<F> {
    parameters: Vec<Tensor>,
    function: F,
}

impl<F: Fn(&[Tensor], &Tensor, &Tensor) -> Tensor> Parametrised<F> {
    /// A field from its parameters and its function.
    pub fn new(parameters: Vec<Tensor>, function: F) -> Parametrised<F> {
        Parametrised {
            parameters,
            function,
        }
    }
}

impl<F> Parametrised<F> {
    fn shared(&self) -> Vec<Tensor> {
        self.parameters.iter().map(Tensor::shallow_clone).collect()
    }
}

impl<F: Fn(&[Tensor], &Tensor, &Tensor) -> Tensor + Clone + Send + 'static> VectorField
    for Parametrised<F>
{
    fn contract(&self, z: &Tensor, dx: &Tensor) -> Tensor {
        (self.function)(&self.parameters, z, dx)
    }

    fn parameters(&self) -> Vec<Tensor> {
        self.shared()
    }

    fn rebuilt(&self, parameters: Vec<Tensor>) -> Option<Box<dyn VectorField + Send>> {
        Some(Box::new(Parametrised::new(
            parameters,
            self.function.clone(),
        )))
    }
}

impl<F: Fn(&[Tensor], &Tensor, &Tensor) -> Tensor + Clone + Send + 'static> OdeField
    for Parametrised<F>
{
    fn slope(&self, t: &Tensor, z: &Tensor) -> Tensor {
        (self.function)(&self.parameters, t, z)
    }

    fn parameters(&self) -> Vec<Tensor> {
        self.shared()
    }

    fn rebuilt(&self, parameters: Vec<Tensor>) -> Option<Box<dyn OdeField + Send>> {
        Some(Box::new(Parametrised::new(
            parameters,
            self.function.clone(),
        )))
    }
}
