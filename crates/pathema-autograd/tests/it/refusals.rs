//! What is refused, and how it is said.

use pathema_autograd::{AutogradError, Graph, Saved, attach, vjp};
use tch::{Device, Kind, Tensor, no_grad};

use crate::leaf;

#[track_caller]
fn check<T>(result: Result<T, AutogradError>, expected: &str) {
    match result {
        Ok(_) => panic!("not refused: {expected}"),
        Err(error) => assert_eq!(error.to_string(), expected),
    }
}

fn attach_to(x: &Tensor, outputs: Vec<Tensor>) -> Result<Vec<Tensor>, AutogradError> {
    attach("f", &[x], outputs, |_, _| Ok(vec![None]))
}

#[test]
fn outputs() {
    let x = leaf(&[1.0, 2.0]);
    let good = || no_grad(|| &x * 2.0);
    let one = |output| attach_to(&x, vec![good(), output]);
    check(
        one(Tensor::new()),
        "output 1 of `f` is undefined: leave it out, or pass zeros",
    );
    for (kind, name) in [(Kind::Int64, "Int64"), (Kind::Bool, "Bool")] {
        check(
            one(good().to_kind(kind)),
            &format!(
                "output 1 of `f` is {name}, which has no gradient: \
                 keep it out of the outputs, or convert it to a floating kind"
            ),
        );
    }
    let history = "output 1 of `f` already requires a gradient: \
                   compute the outputs under `tch::no_grad_guard`, or detach them";
    check(one(&x * 2.0), history);
    check(one(leaf(&[1.0])), history);
    for alias in [
        x.shallow_clone(),
        x.detach(),
        no_grad(|| x.view([2, 1])),
        no_grad(|| x.get(1)),
    ] {
        check(
            one(alias),
            "output 1 of `f` shares its memory with input 0: \
             return a copy, or a change in place of one would go unseen in the other",
        );
    }
    let twice = good();
    check(
        attach_to(&x, vec![twice.shallow_clone(), twice]),
        "output 1 of `f` shares its memory with output 0: \
         return a copy, or a change in place of one would go unseen in the other",
    );
    // Refused without a graph too: what fails in training should not pass until then.
    let alias = no_grad(|| one(x.detach()));
    assert!(matches!(alias, Err(AutogradError::SharedMemory { .. })));
    assert!(one(good()).is_ok());
}

#[test]
fn inputs() {
    check(
        attach("f", &[&leaf(&[1.0]), &Tensor::new()], vec![], |_, _| {
            Ok(vec![])
        }),
        "input 1 of `f` is undefined: leave it out, or pass zeros",
    );
}

#[test]
fn products() {
    let x = leaf(&[1.0, 2.0]);
    let y = &x * 2.0;
    let v = Tensor::ones_like(&y);
    let none: [&Tensor; 0] = [];
    let product = |outputs: &[&Tensor], inputs: &[&Tensor], cotangents: &[&Tensor]| {
        vjp(outputs, inputs, cotangents, Graph::Keep)
    };
    check(
        product(&[&y], &[&x], &none),
        "0 cotangents for 1 outputs: pass one per output, in their order",
    );
    check(
        product(&[&y], &[&x], &[&Tensor::new()]),
        "cotangent 0 is undefined: leave it out, or pass zeros",
    );
    for (bad, found) in [
        (v.to_kind(Kind::Float), "Float [2]"),
        (v.view([2, 1]), "Double [2, 1]"),
        (v.sum(Kind::Double), "Double []"),
    ] {
        check(
            product(&[&y], &[&x], &[&bad]),
            &format!(
                "cotangent 0 is {found} on Cpu, output 0 is Double [2] on Cpu: they must be alike"
            ),
        );
    }
    // Libtorch's own words, without its stack trace.
    check(
        product(&[&y], &none, &[&v]),
        "grad requires non-empty inputs.",
    );
    let nothing = product(&none, &[&x], &none);
    assert!(nothing.is_err() || nothing == Ok(vec![None]), "{nothing:?}");
    let no_gradient = |what: &str| {
        format!(
            "{what} does not require a gradient: leave it out, \
             or compute it with grad mode on from tensors that do"
        )
    };
    check(
        product(&[&y, &v], &[&x], &[&v, &v]),
        &no_gradient("output 1"),
    );
    check(product(&[&y], &[&x, &v], &[&v]), &no_gradient("input 1"));
    check(
        product(&[&y], &[&Tensor::new()], &[&v]),
        &no_gradient("input 0"),
    );
    let freed = (&x * &x).sin();
    let free = || vjp(&[&freed], &[&x], &[&v], Graph::Free);
    assert!(free().is_ok());
    let error = free().unwrap_err().to_string();
    assert!(
        error.starts_with("Trying to backward through the graph a second time"),
        "{error}"
    );
    assert!(!error.contains("Exception raised from"), "{error}");
}

#[test]
fn saved_tensors() {
    check(
        Saved::new(&Tensor::new()),
        "the tensor to save is undefined: leave it out, or pass zeros",
    );
}

#[test]
fn a_name_may_be_anything() {
    let x = Tensor::ones([1], (Kind::Float, Device::Cpu)).set_requires_grad(true);
    for name in ["", "πάθημα"] {
        let outputs = no_grad(|| vec![&x * 2.0]);
        let y = attach(name, &[&x], outputs, |_, _| Err("told".into())).unwrap();
        let v = Tensor::ones_like(&x);
        check(
            vjp(&y, &[&x], &[&v], Graph::Free),
            &format!("the backward pass of `{name}` failed: told"),
        );
    }
}
