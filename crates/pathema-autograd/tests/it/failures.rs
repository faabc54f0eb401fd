//! A backward pass that goes wrong becomes an error that says what and where.

use std::error::Error;
use std::fmt;

use pathema_autograd::{AutogradError, Graph, Saved, attach, vjp, with_grad};
use tch::{Kind, TchError, Tensor, no_grad};

use crate::leaf;

type Gradients = Result<Vec<Option<Tensor>>, Box<dyn Error + Send + Sync>>;

/// What `backward` says when this goes wrong in the pass of a function of two inputs, [2] and [3].
fn failure(backward: impl Fn(&Tensor) -> Gradients + Send + 'static) -> String {
    let (a, b) = (leaf(&[1.0, 2.0]), leaf(&[1.0, 2.0, 3.0]));
    let outputs = no_grad(|| vec![a.sum(Kind::Double) + b.sum(Kind::Double)]);
    let outputs = attach("faulty", &[&a, &b], outputs, move |grads, _| {
        backward(grads[0].as_ref().unwrap())
    });
    let error = outputs.unwrap().remove(0).f_backward().unwrap_err();
    assert!(!a.grad().defined() && !b.grad().defined());
    // The next pass is none the worse for it.
    let x = leaf(&[3.0]);
    (&x * &x).backward();
    assert_eq!(x.grad(), Tensor::from_slice(&[6.0]));
    match error {
        TchError::Torch(text) => text,
        other => panic!("{other}"),
    }
}

#[track_caller]
fn check(backward: impl Fn(&Tensor) -> Gradients + Send + 'static, expected: &str) {
    let text = failure(backward);
    assert_eq!(text, format!("the backward pass of `faulty` {expected}"));
}

#[derive(Debug)]
struct Outer;

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot go on")
    }
}

impl Error for Outer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&fmt::Error)
    }
}

#[test]
fn errors_are_told_with_their_causes() {
    check(|_| Err("no way".into()), "failed: no way");
    check(
        |_| Err(Outer.into()),
        "failed: cannot go on: an error occurred when formatting an argument",
    );
}

#[test]
fn panics_are_told() {
    check(|_| panic!("a text"), "panicked: a text");
    check(|g| panic!("for {:?}", g.kind()), "panicked: for Double");
    check(
        |_| std::panic::panic_any(7),
        "panicked: with something that is no text",
    );
    check(
        |g| no_grad(|| panic!("{}", g.dim())), // leaves grad mode off
        "panicked: 0",
    );
    // As tch panics.
    assert!(failure(|g| Ok(vec![Some(g.view([7]))])).contains("panicked: "));
}

#[test]
fn gradients_that_do_not_go_with_the_inputs_are_refused() {
    let fill = |shape: &'static [i64], kind| Some(Tensor::ones(shape, (kind, tch::Device::Cpu)));
    check(
        |_| Ok(vec![]),
        "returned 0 gradients for 2 inputs: return one per input, `None` where there is none",
    );
    check(
        |_| Ok(vec![None, None, None]),
        "returned 3 gradients for 2 inputs: return one per input, `None` where there is none",
    );
    check(
        move |_| Ok(vec![None, fill(&[2], Kind::Double)]),
        "returned a gradient 1 that is Double [2] on Cpu, while input 1 is Double [3] on Cpu: they must be alike",
    );
    check(
        // What libtorch would sum and cast in silence.
        move |_| Ok(vec![fill(&[5, 2], Kind::Double), None]),
        "returned a gradient 0 that is Double [5, 2] on Cpu, while input 0 is Double [2] on Cpu: they must be alike",
    );
    check(
        move |_| Ok(vec![fill(&[2], Kind::Float), None]),
        "returned a gradient 0 that is Float [2] on Cpu, while input 0 is Double [2] on Cpu: they must be alike",
    );
}

#[test]
fn a_change_in_place_is_noticed() {
    let x = leaf(&[1.0, 2.0]);
    let inner = &x * 1.0;
    let saved = Saved::new(&inner).unwrap();
    let outputs = no_grad(|| vec![&inner * &inner]);
    let y = attach("square", &[&inner], outputs, move |grads, _| {
        let x = saved.get()?;
        Ok(vec![grads[0].as_ref().map(|g| g * x * 2.0)])
    });
    let y = y.unwrap().remove(0);
    let _ = inner.get(0).fill_(7.0);
    let text = y.sum(Kind::Double).f_backward().unwrap_err().to_string();
    let expected = "the backward pass of `square` failed: Double [2] on Cpu, saved for the backward pass, \
                    was modified in place since (version 0 when saved, 1 now): modify a copy, or save one";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_saved_tensor_notices_changes_of_whatever_shares_its_memory() {
    let x = leaf(&[1.0, 2.0]);
    let y = no_grad(|| &x * 2.0);
    let saved = Saved::new(&y).unwrap();
    let mut y = attach("double", &[&x], vec![y], |grads, _| {
        Ok(vec![grads[0].as_ref().map(|g| g * 2.0)])
    })
    .unwrap()
    .remove(0);
    // What is done to the tensor handed out stays there.
    assert!(saved.get().unwrap().set_requires_grad(true).requires_grad());
    assert!(!saved.get().unwrap().requires_grad());
    let _ = &y * 3.0 + 1.0;
    assert!(saved.get().is_ok());
    // The output as returned.
    let _ = y.f_add_scalar_(1.0).unwrap();
    let modified = saved.get().unwrap_err();
    assert!(matches!(
        modified,
        AutogradError::Modified {
            saved: 0,
            found: 1,
            ..
        }
    ));
    // A parameter that an optimiser has moved on.
    let saved = Saved::new(&x).unwrap();
    let _ = no_grad(|| x.shallow_clone().f_add_scalar_(1.0)).unwrap();
    assert!(saved.get().is_err());
}

#[test]
fn a_failure_within_a_backward_pass_within_is_told_whole() {
    let text = failure(|g| {
        let x = leaf(&[1.0]);
        let y = with_grad(|| {
            attach("inner", &[&x], vec![Tensor::from_slice(&[0.0])], |_, _| {
                Err("deep down".into())
            })
        })?;
        vjp(&y, &[&x], &[&g.reshape([1])], Graph::Free)?;
        unreachable!()
    });
    let expected =
        "the backward pass of `faulty` failed: the backward pass of `inner` failed: deep down";
    assert_eq!(text, expected);
}
