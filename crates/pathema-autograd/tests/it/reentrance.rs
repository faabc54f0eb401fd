//! Backward passes within backward passes, and from several threads.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use pathema_autograd::{Graph, Saved, attach, vjp, with_grad};
use tch::{Kind, Tensor, no_grad};

use crate::leaf;

/// x → x^(2^depth), each level taken through the graph of the level below it.
fn power(x: &Tensor, depth: usize) -> Tensor {
    if depth == 0 {
        return x * 1.0;
    }
    let saved = Saved::new(x).unwrap();
    let outputs = no_grad(|| vec![power(&(x * x), depth - 1)]);
    let outputs = attach("power", &[x], outputs, move |grads, _| {
        let x = saved.get()?.set_requires_grad(true);
        let y = with_grad(|| power(&(&x * &x), depth - 1));
        Ok(vjp(&[y], &[x], &[grads[0].as_ref().unwrap()], Graph::Free)?)
    });
    outputs.unwrap().remove(0)
}

#[test]
fn a_backward_pass_may_run_others() {
    let x = leaf(&[1.5, -1.25]);
    power(&x, 4).sum(Kind::Double).backward();
    let expected = x.detach().pow_tensor_scalar(15) * 16.0;
    assert!((x.grad() - expected).abs().max().double_value(&[]) < 1e-9);
}

#[test]
fn passes_nest_deeper_than_the_engine_takes_in_one_thread() {
    let x = leaf(&[1.0]);
    power(&x, 70).backward();
    assert_eq!(x.grad().double_value(&[0]), 2f64.powi(70));
}

#[test]
fn run_backward_of_tch_serves_within() {
    let x = leaf(&[0.5, 2.0]);
    let saved = Saved::new(&x).unwrap();
    let outputs = no_grad(|| vec![x.exp()]);
    let y = attach("exp", &[&x], outputs, move |grads, _| {
        let x = saved.get()?.set_requires_grad(true);
        let product = with_grad(|| x.exp() * grads[0].as_ref().unwrap());
        let made = Tensor::f_run_backward(&[product], &[x], false, false)?;
        Ok(made.into_iter().map(Some).collect())
    });
    y.unwrap()[0].sum(Kind::Double).backward();
    assert_eq!(x.grad(), x.exp().detach());
}

#[test]
fn a_closure_may_run_itself_and_free_its_graph() {
    let x = leaf(&[3.0]);
    // Put in after the fact, and taken out again: a cycle for as long as it is in.
    let output = Arc::new(Mutex::new(None::<Tensor>));
    let (own, held) = (Arc::clone(&output), Tensor::from_slice(&[2.0]));
    let (input, depth) = (x.shallow_clone(), Cell::new(0));
    let outputs = no_grad(|| vec![&x * 2.0]);
    let y = attach("double", &[&x], outputs, move |grads, _| {
        let grad = grads[0].as_ref().unwrap();
        depth.set(depth.get() + 1);
        let own = own.lock().unwrap().take();
        if let Some(own) = own {
            let made = vjp(&[own], &[&input], &[grad], Graph::Free)?;
            assert_eq!(made, [Some(grad * 2.0)]);
            assert_eq!(depth.get(), 2);
        }
        // Still there, though the pass within has freed the graph.
        Ok(vec![Some(grad * &held)])
    });
    let y = y.unwrap().remove(0);
    *output.lock().unwrap() = Some(y.shallow_clone());
    y.backward();
    assert_eq!(x.grad(), Tensor::from_slice(&[2.0]));
    assert!(y.f_backward().is_err());
}

#[test]
fn a_graph_may_be_used_and_dropped_in_another_thread() {
    let x = leaf(&[1.5]);
    let y = power(&x, 2);
    let z = power(&x, 3);
    let other = thread::spawn(move || {
        drop(z);
        y.backward();
        thread::current().id()
    });
    assert_ne!(other.join().unwrap(), thread::current().id());
    assert_eq!(x.grad().double_value(&[0]), 4.0 * 1.5f64.powi(3));
}

#[test]
fn threads_do_not_disturb_each_other() {
    thread::scope(|scope| {
        for i in 0..8 {
            scope.spawn(move || {
                for _ in 0..50 {
                    let x = leaf(&[1.0 + f64::from(i) / 8.0]);
                    power(&x, 3).backward();
                    let expected = 8.0 * (1.0 + f64::from(i) / 8.0).powi(7);
                    assert!((x.grad().double_value(&[0]) - expected).abs() < 1e-9);
                }
            });
        }
    });
}

#[test]
fn a_closure_runs_in_one_thread_at_a_time() {
    let x = leaf(&[1.0]);
    let runs = Arc::new(AtomicUsize::new(0));
    // Not `Sync`: a data race if two threads ran it at once.
    let (inside, counted) = (Cell::new(false), Arc::clone(&runs));
    let outputs = no_grad(|| vec![&x * 2.0]);
    let y = attach("double", &[&x], outputs, move |grads, _| {
        assert!(!inside.replace(true), "two threads at once");
        thread::yield_now();
        counted.fetch_add(1, Ordering::SeqCst);
        inside.set(false);
        Ok(vec![grads[0].as_ref().map(|g| g * 2.0)])
    });
    let y = y.unwrap().remove(0);
    let handles: Vec<_> = (0..4)
        .map(|_| {
            let (x, y) = (x.shallow_clone(), y.shallow_clone());
            thread::spawn(move || {
                let v = Tensor::from_slice(&[1.0]);
                for _ in 0..100 {
                    let made = vjp(&[&y], &[&x], &[&v], Graph::Keep).unwrap();
                    assert_eq!(made, [Some(Tensor::from_slice(&[2.0]))]);
                }
            })
        })
        .collect();
    for handle in handles {
        handle.join().unwrap();
    }
    assert_eq!(runs.load(Ordering::SeqCst), 400);
}
