//! No double backward, and never a wrong one in silence.

use pathema_autograd::{Graph, Saved, attach, vjp};
use tch::{Kind, Tensor, no_grad};

use crate::leaf;

fn square(x: &Tensor) -> Tensor {
    let saved = Saved::new(x).unwrap();
    let outputs = no_grad(|| vec![x * x]);
    let parameter = leaf(&[1.0]);
    let outputs = attach("square", &[x], outputs, move |grads, _| {
        assert!(!(&parameter * 1.0).requires_grad(), "grad mode is on");
        let x = saved.get()?;
        Ok(vec![grads[0].as_ref().map(|g| g * x * 2.0)])
    });
    outputs.unwrap().remove(0)
}

/// The gradient of the sum of `y` by `x`, to be differentiated again.
fn gradient(y: &Tensor, x: &Tensor) -> Tensor {
    let ones = Tensor::ones_like(y);
    let made = vjp(&[y], &[x], &[&ones], Graph::Create).unwrap();
    made.into_iter().next().unwrap().unwrap()
}

#[track_caller]
fn check_refused(gradient: &Tensor, by: &Tensor) {
    let ones = Tensor::ones_like(gradient);
    let expected = "the gradient of `square` cannot be differentiated";
    let error = vjp(&[gradient], &[by], &[&ones], Graph::Keep).unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
    let error = gradient.sum(Kind::Double).f_backward().unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
}

#[test]
fn the_first_derivative_is_right_and_the_second_refused() {
    let x = leaf(&[1.0, 3.0]);
    let first = gradient(&square(&x), &x);
    assert_eq!(first.detach(), Tensor::from_slice(&[2.0, 6.0]));
    assert!(first.requires_grad());
    check_refused(&first, &x);
}

#[test]
fn the_second_derivative_is_refused_in_a_sum_with_others() {
    let x = leaf(&[1.0, 3.0]);
    // Without the error, the second derivative would be that of x³ alone.
    let first = gradient(&(square(&x) + &x * &x * &x), &x);
    check_refused(&first, &x);
    let first = gradient(&square(&(&x * 2.0)).sin(), &x);
    check_refused(&first, &x);
}

#[test]
fn a_derivative_by_the_cotangent_is_refused() {
    let (x, v) = (leaf(&[1.0, 3.0]), leaf(&[1.0, 1.0]));
    let made = vjp(&[square(&x)], &[&x], &[&v], Graph::Create).unwrap();
    check_refused(made[0].as_ref().unwrap(), &v);
}

#[test]
fn a_gradient_that_is_the_one_given_is_not_touched() {
    let (x, v) = (leaf(&[1.0]), Tensor::from_slice(&[5.0]));
    let outputs = no_grad(|| vec![&x + 1.0]);
    let y = attach("shift", &[&x], outputs, |grads, _| {
        Ok(vec![grads[0].as_ref().map(Tensor::shallow_clone)])
    });
    let made = vjp(&[&y.unwrap()[0]], &[&x], &[&v], Graph::Create).unwrap();
    assert!(made[0].as_ref().unwrap().requires_grad());
    assert!(!v.requires_grad());
}

#[test]
fn what_the_closure_does_not_take_part_in_is_differentiated_twice() {
    let (x, z) = (leaf(&[2.0]), leaf(&[3.0]));
    let first = gradient(&(square(&x) + &z * &z * &z), &z);
    let second = gradient(&first, &z);
    assert_eq!(second.detach(), Tensor::from_slice(&[18.0]));
}
