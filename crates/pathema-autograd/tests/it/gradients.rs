//! The gradients themselves, and what a backward pass is given.

use std::sync::{Arc, Mutex};

use pathema_autograd::{Graph, Saved, attach, vjp, with_grad};
use tch::{Kind, Tensor, no_grad};

use crate::leaf;

/// One layer, tanh(x wᵀ + b), by libtorch's own operations.
fn layer(x: &Tensor, w: &Tensor, b: &Tensor) -> Tensor {
    (x.matmul(&w.tr()) + b).tanh()
}

/// The same with its backward pass in a closure: a graph of its own, taken through anew.
fn custom_layer(x: &Tensor, w: &Tensor, b: &Tensor) -> Tensor {
    let inputs = [x, w, b];
    let saved = inputs.map(|t| Saved::new(t).unwrap());
    let y = no_grad(|| layer(x, w, b));
    let outputs = attach("layer", &inputs, vec![y], move |grads, _| {
        let inputs: Vec<Tensor> = saved
            .iter()
            .map(|saved| Ok(saved.get()?.set_requires_grad(true)))
            .collect::<Result<_, pathema_autograd::AutogradError>>()?;
        let y = with_grad(|| layer(&inputs[0], &inputs[1], &inputs[2]));
        let grad = grads[0].as_ref().unwrap();
        Ok(vjp(&[y], &inputs, &[grad], Graph::Free)?)
    });
    outputs.unwrap().remove(0)
}

/// x, w and b. No random numbers: the tests run at once and would share the generator.
fn inputs(kind: Kind) -> [Tensor; 3] {
    [[5, 3].as_slice(), &[4, 3], &[4]].map(|shape| {
        let count: i64 = shape.iter().product();
        let angles =
            Tensor::arange_start(shape.len() as i64, 100, (Kind::Double, tch::Device::Cpu));
        let values = (angles.slice(0, 0, count, 1) * 12.9898).sin() * 1.5;
        values.reshape(shape).to_kind(kind).set_requires_grad(true)
    })
}

#[test]
fn gradients_are_bit_identical_to_the_unrolled_graph() {
    for kind in [Kind::Float, Kind::Double] {
        let gradients = [layer, custom_layer].map(|layer| {
            let [x, w, b] = inputs(kind);
            // Two in a row, in the midst of a graph.
            let y = layer(&layer(&x, &w, &b).slice(1, 0, 3, 1), &w, &b);
            (&y * &y + y.cos()).sum(kind).backward();
            [x.grad(), w.grad(), b.grad()]
        });
        for (unrolled, custom) in gradients[0].iter().zip(&gradients[1]) {
            assert!(unrolled.abs().max().double_value(&[]) > 1e-3);
            assert_eq!(unrolled, custom);
        }
    }
}

#[test]
fn gradients_match_finite_differences() {
    let inputs = inputs(Kind::Double);
    let loss = |inputs: &[Tensor; 3]| {
        let [x, w, b] = inputs;
        (custom_layer(x, w, b) * Tensor::arange(4, (Kind::Double, tch::Device::Cpu)))
            .sum(Kind::Double)
    };
    loss(&inputs).backward();
    let step = 1e-6;
    for (i, input) in inputs.iter().enumerate() {
        let (flat, grad) = (input.detach().reshape([-1]), input.grad().reshape([-1]));
        for j in 0..flat.size1().unwrap() {
            let at = |by: f64| {
                let moved = flat.copy();
                let _ = moved.get(j).f_add_scalar_(by).unwrap();
                let mut inputs = inputs.each_ref().map(Tensor::detach);
                inputs[i] = moved.view_as(input);
                loss(&inputs).double_value(&[])
            };
            let difference = (at(step) - at(-step)) / (2.0 * step);
            let gradient = grad.double_value(&[j]);
            assert!(
                (difference - gradient).abs() < 1e-7,
                "input {i}, element {j}: {gradient} != {difference}"
            );
        }
    }
}

/// sin and cos of one input; tells which gradients came.
fn sin_cos(x: &Tensor, came: &Arc<Mutex<Vec<[bool; 2]>>>) -> [Tensor; 2] {
    let saved = Saved::new(x).unwrap();
    let came = Arc::clone(came);
    let outputs = no_grad(|| vec![x.sin(), x.cos()]);
    let outputs = attach("sin_cos", &[x], outputs, move |grads, _| {
        let x = saved.get()?;
        came.lock()
            .unwrap()
            .push([0, 1].map(|i| grads[i].is_some()));
        let by_sin = grads[0].as_ref().map(|g| g * x.cos());
        let by_cos = grads[1].as_ref().map(|g| g * -x.sin());
        Ok(vec![match (by_sin, by_cos) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        }])
    });
    outputs.unwrap().try_into().unwrap()
}

#[test]
fn gradients_of_unused_outputs_do_not_come() {
    let came = Arc::new(Mutex::new(Vec::new()));
    let x = leaf(&[0.3, -1.2]);
    let [sin, cos] = sin_cos(&x, &came);
    assert!((&sin + &cos).requires_grad());
    let ones = Tensor::ones_like(&x);
    let grad = |y: &Tensor| {
        vjp(&[y], &[&x], &[&ones], Graph::Keep).unwrap()[0]
            .as_ref()
            .unwrap()
            .detach()
    };
    assert_eq!(grad(&sin), x.cos().detach());
    assert_eq!(grad(&cos), -x.sin().detach());
    assert_eq!(grad(&(&sin + &cos)), (x.cos() - x.sin()).detach());
    let came = came.lock().unwrap();
    assert_eq!(*came, [[true, false], [false, true], [true, true]]);
}

#[test]
fn only_wanted_gradients_are_asked_for() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (a, b, c) = (leaf(&[1.0]), leaf(&[2.0]), Tensor::from_slice(&[3.0]));
    let told = Arc::clone(&asked);
    let outputs = no_grad(|| vec![&a + &b + &c]);
    let y = attach("sum", &[&a, &b, &c], outputs, move |grads, wanted| {
        told.lock()
            .unwrap()
            .push([0, 1, 2, 3].map(|i| wanted.input(i)));
        let grad = || grads[0].as_ref().map(Tensor::shallow_clone);
        Ok(vec![grad(), grad(), grad()])
    });
    let y = y.unwrap().remove(0);
    let v = Tensor::from_slice(&[5.0]);
    let of_b = vjp(&[&y], &[&b], &[&v], Graph::Keep).unwrap();
    assert_eq!(of_b, [Some(v.shallow_clone())]);
    y.backward();
    let ones = Tensor::from_slice(&[1.0]);
    assert_eq!((a.grad(), b.grad()), (ones.shallow_clone(), ones));
    assert!(!c.grad().defined());
    let asked = asked.lock().unwrap();
    assert_eq!(
        *asked,
        [[false, true, false, false], [true, true, false, false]]
    );
}

#[test]
fn no_gradient_for_an_input_is_zero() {
    let (a, b) = (leaf(&[1.0, 2.0]), leaf(&[3.0, 4.0]));
    let outputs = no_grad(|| vec![&a * 2.0]);
    let y = attach("first", &[&a, &b], outputs, |grads, _| {
        // An undefined tensor is as good as `None`.
        Ok(vec![
            grads[0].as_ref().map(|g| g * 2.0),
            Some(Tensor::new()),
        ])
    });
    let y = y.unwrap().remove(0) + &b * 3.0;
    y.sum(Kind::Double).backward();
    assert_eq!(a.grad(), Tensor::from_slice(&[2.0, 2.0]));
    assert_eq!(b.grad(), Tensor::from_slice(&[3.0, 3.0]));
}

#[test]
fn the_same_input_twice_gets_the_sum() {
    let x = leaf(&[2.0, 3.0]);
    let saved = Saved::new(&x).unwrap();
    let outputs = no_grad(|| vec![&x * &x]);
    let y = attach("mul", &[&x, &x], outputs, move |grads, _| {
        let by_other = grads[0].as_ref().unwrap() * saved.get()?;
        Ok(vec![Some(by_other.shallow_clone()), Some(by_other)])
    });
    y.unwrap()[0].sum(Kind::Double).backward();
    assert_eq!(x.grad(), Tensor::from_slice(&[4.0, 6.0]));
}

#[test]
fn complex_numbers_pass() {
    let x = Tensor::complex(&leaf(&[1.0]), &leaf(&[2.0]));
    let outputs = no_grad(|| vec![&x * 2.0]);
    let y = attach("double", &[&x], outputs, |grads, _| {
        Ok(vec![grads[0].as_ref().map(|g| g * 2.0)])
    });
    let v = Tensor::ones_like(&x);
    let product = vjp(&[y.unwrap().remove(0)], &[&x], &[&v], Graph::Free).unwrap();
    assert_eq!(product, [Some(&v * 2.0)]);
}

#[test]
fn an_output_can_be_changed_in_place() {
    let x = leaf(&[1.0, 2.0]);
    let outputs = no_grad(|| vec![&x * 2.0]);
    let y = attach("double", &[&x], outputs, |grads, _| {
        Ok(vec![grads[0].as_ref().map(|g| g * 2.0)])
    });
    let mut y = y.unwrap().remove(0);
    let factor = Tensor::from_slice(&[5.0, 7.0]);
    let _ = y.f_mul_(&factor).unwrap();
    y.sum(Kind::Double).backward();
    assert_eq!(x.grad(), factor * 2.0);
}

#[test]
fn gradients_share_no_memory_with_what_the_closure_returned() {
    let [a, b, c, d] = [1.0, 2.0, 3.0, 4.0].map(|value| leaf(&[value]));
    // A parameter, one buffer in two views, and a tensor returned as it is.
    let parameter = leaf(&[10.0]);
    let buffer = Tensor::from_slice(&[20.0]);
    let kept = Tensor::from_slice(&[30.0]);
    let held = [&parameter, &buffer, &kept].map(Tensor::shallow_clone);
    let y = attach(
        "constants",
        &[&a, &b, &c, &d],
        vec![Tensor::from_slice(&[0.0])],
        move |_, _| {
            let [parameter, buffer, kept] = &held;
            let view = || Some(buffer.view([1]));
            let whole = |tensor: &Tensor| Some(tensor.shallow_clone());
            Ok(vec![whole(parameter), view(), view(), whole(kept)])
        },
    );
    y.unwrap()[0].backward();
    for (leaf, expected) in [(&a, 10.0), (&b, 20.0), (&c, 20.0), (&d, 30.0)] {
        assert_eq!(leaf.grad().double_value(&[0]), expected);
        assert!(!leaf.grad().requires_grad());
        let _ = leaf.grad().zero_();
    }
    for (tensor, expected) in [(&parameter, 10.0), (&buffer, 20.0), (&kept, 30.0)] {
        assert_eq!(tensor.double_value(&[0]), expected);
    }
}
