//! The example does what it says.

#[path = "../../examples/custom_function.rs"]
#[allow(dead_code, unreachable_pub, reason = "written as a program of its own")]
mod custom_function;

use custom_function::{fit, log1mexp, naive};
use tch::{Kind, Tensor};

#[test]
fn the_rate_is_found_by_the_custom_function_alone() {
    let rate = fit(log1mexp).unwrap();
    assert!((rate - 0.7).abs() < 0.02, "{rate}");
    assert!(!fit(naive).unwrap().is_finite());
}

#[test]
fn the_gradient_by_hand_is_that_of_libtorch_where_it_has_one() {
    let x = Tensor::from_slice(&[0.1, 0.5, 0.69, 0.7, 1.0, 5.0]);
    let results = [log1mexp, naive].map(|f| {
        let x = x.detach().set_requires_grad(true);
        let y = f(&x).unwrap();
        y.sum(Kind::Double).backward();
        Tensor::stack(&[y.detach(), x.grad()], 0)
    });
    let [custom, naive] = &results;
    assert!((custom - naive).abs().max().double_value(&[]) < 1e-12);
}
