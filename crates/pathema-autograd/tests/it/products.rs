//! The vector–Jacobian product, and the grad mode that a graph for it needs.

use std::panic::catch_unwind;

use pathema_autograd::{Graph, vjp, with_grad};
use tch::{Kind, Tensor, no_grad};

use crate::leaf;

#[test]
fn the_product_is_that_of_the_jacobian() {
    let (a, b, unused) = (leaf(&[1.0, 2.0]), leaf(&[3.0, 4.0]), leaf(&[5.0]));
    let outputs = [&a * &b, (&a + &b).sum(Kind::Double)];
    let cotangents = [Tensor::from_slice(&[10.0, 100.0]), Tensor::from(0.5)];
    let product = vjp(&outputs, &[&a, &b, &unused], &cotangents, Graph::Free).unwrap();
    assert_eq!(
        product,
        [
            Some(Tensor::from_slice(&[30.5, 400.5])),
            Some(Tensor::from_slice(&[10.5, 200.5])),
            None
        ]
    );
    assert!(!a.grad().defined());
}

#[test]
fn a_created_graph_is_differentiated_again() {
    let x = leaf(&[2.0]);
    let one = Tensor::from_slice(&[1.0]);
    let mut y = &x * &x * &x;
    for expected in [12.0, 12.0, 6.0] {
        let product = vjp(&[&y], &[&x], &[&one], Graph::Create).unwrap();
        y = product.into_iter().next().unwrap().unwrap();
        assert_eq!(y.double_value(&[0]), expected);
    }
}

#[test]
fn grad_mode_is_put_back() {
    let on = || (leaf(&[1.0]) * 1.0).requires_grad();
    no_grad(|| {
        assert!(!on());
        assert!(with_grad(on));
        assert!(!on());
        let panicked = catch_unwind(|| with_grad(|| panic!("on purpose")));
        assert!(panicked.is_err());
        assert!(!on());
    });
    assert!(on());
    assert!(with_grad(on));
    assert!(on());
}
