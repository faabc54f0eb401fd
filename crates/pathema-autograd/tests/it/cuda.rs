//! On a GPU the engine runs the closure in a thread of its own.

use std::sync::mpsc;
use std::thread;

use pathema_autograd::{Graph, Saved, attach, vjp, with_grad};
use tch::{Cuda, Device, Kind, Tensor, no_grad};

#[test]
#[allow(clippy::print_stderr, reason = "a test that is skipped says so")]
fn gradients_on_a_gpu() {
    if !Cuda::is_available() {
        eprintln!("skipped: there is no CUDA device");
        return;
    }
    let options = (Kind::Float, Device::Cuda(0));
    let x = Tensor::linspace(-1.0, 1.0, 1000, options).set_requires_grad(true);
    let saved = Saved::new(&x).unwrap();
    let outputs = no_grad(|| vec![x.sin()]);
    let (tell, told) = mpsc::channel();
    let y = attach("sin", &[&x], outputs, move |grads, _| {
        tell.send(thread::current().id())?;
        let x = saved.get()?.set_requires_grad(true);
        let y = with_grad(|| x.sin());
        Ok(vjp(&[y], &[x], &[grads[0].as_ref().unwrap()], Graph::Free)?)
    });
    let y = y.unwrap().remove(0);
    y.sum(Kind::Float).backward();
    assert_ne!(told.recv().unwrap(), thread::current().id());
    assert_eq!(x.grad(), x.cos().detach());

    let y = attach(
        "there and back",
        &[&x],
        vec![no_grad(|| x.to(Device::Cpu))],
        |grads, _| {
            // Left on the CPU.
            Ok(vec![grads[0].as_ref().map(Tensor::shallow_clone)])
        },
    );
    let error = y.unwrap()[0].sum(Kind::Float).f_backward().unwrap_err();
    let expected = "Float [1000] on Cpu, while input 0 is Float [1000] on Cuda(0)";
    assert!(error.to_string().contains(expected), "{error}");

    let panics = attach("panics", &[&x], vec![no_grad(|| &x * 1.0)], |_, _| {
        panic!("over there")
    });
    let error = panics.unwrap()[0]
        .sum(Kind::Float)
        .f_backward()
        .unwrap_err();
    assert!(
        error.to_string().contains("`panics` panicked: over there"),
        "{error}"
    );
}
