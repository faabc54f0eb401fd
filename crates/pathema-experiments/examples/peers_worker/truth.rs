//! The gradient that errors are measured from.
//!
//! The field has ReLU in it, so its derivative jumps where a unit of a layer goes through zero, and the state does so
//! thousands of times. Whatever the method's order, a step over such a place errs in the gradient by as much as it is long,
//! and no error estimate sees it, for the state is smooth there: tolerances of 1e-8 and 1e-10 lead to gradients that differ
//! by a thousandth, be they direct or by the adjoint equation. Hence fixed short steps of a cheap method in double
//! precision, several hundred between two knots; and since the error is in proportion to the length, steps of twice the
//! length tell how large it still is.

use pathema_solve::{Gradient, Solve, solvers};
use tch::{Kind, Tensor};

use crate::problem::{Problem, distance};
use crate::protocol::{Answer, Fallible, Workload};

/// Steps between two knots. Their gradient is some 1e-5 of its norm from that of as many steps of order 4, and 4e-5 from
/// that of half as many; what is compared errs by 1e-3.
const STEPS: usize = 256;
/// States kept: some megabytes, from which no step is taken again more than twice.
const SNAPSHOTS: usize = 1000;

/// Writes the gradient; the error answered is its distance from the one with steps of twice the length, which is twice as
/// far from the truth.
pub(crate) fn write(asked: &Workload) -> Fallible<Answer> {
    let rough = gradient(asked, STEPS / 2)?;
    let fine = gradient(asked, STEPS)?;
    let error = distance(&rough, &fine);
    if !error.is_finite() {
        return Err(format!("the gradients by short steps are {error} apart").into());
    }
    let truth = Tensor::from_slice(&fine);
    Tensor::write_safetensors(&[("truth", truth)], asked.out()?)?;
    Ok(Answer {
        error: Some(error),
        ..Answer::default()
    })
}

fn gradient(asked: &Workload, steps: usize) -> Fallible<Vec<f64>> {
    let problem = Problem::read(asked, Kind::Double, steps - 1)?;
    let how = Solve::knots(&solvers::MIDPOINT).with_gradient(Gradient::Checkpointed {
        snapshots: Some(SNAPSHOTS),
    });
    problem.train(&how)?.gradient()
}
