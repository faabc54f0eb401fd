//! How long a closure lives, and what memory is left behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pathema_autograd::{AutogradError, Graph, Saved, attach, vjp};
use tch::{Kind, Tensor, no_grad};

use crate::leaf;

/// Counts how often it is dropped.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn counter() -> (Counted, impl Fn() -> usize) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Counted(Arc::clone(&count));
    (counted, move || count.load(Ordering::SeqCst))
}

/// x², by a closure that also holds `with`.
fn square<T: Send + 'static>(x: &Tensor, with: T) -> Result<Tensor, AutogradError> {
    let saved = Saved::new(x)?;
    let outputs = no_grad(|| vec![x * x]);
    let outputs = attach("square", &[x], outputs, move |grads, _| {
        let _held = &with;
        let x = saved.get()?;
        Ok(vec![grads[0].as_ref().map(|g| g * x * 2.0)])
    });
    outputs.map(|mut outputs| outputs.remove(0))
}

#[test]
fn a_closure_is_dropped_with_an_unused_graph() {
    let (counted, drops) = counter();
    let y = square(&leaf(&[1.0]), counted).unwrap();
    let z = (&y + 1.0).sin();
    drop(y);
    assert_eq!(drops(), 0);
    drop(z);
    assert_eq!(drops(), 1);
}

#[test]
fn a_closure_is_dropped_where_there_is_no_graph() {
    let (counted, drops) = counter();
    let y = square(&Tensor::from_slice(&[1.0]), counted).unwrap();
    assert_eq!((y.requires_grad(), drops()), (false, 1));

    let (counted, drops) = counter();
    let y = no_grad(|| square(&leaf(&[3.0]), counted)).unwrap();
    assert_eq!((y.requires_grad(), drops()), (false, 1));
    assert_eq!(y, Tensor::from_slice(&[9.0]));

    let (counted, drops) = counter();
    let refused = attach("none", &[], vec![Tensor::new()], move |_, _| {
        let _held = &counted;
        Ok(vec![])
    });
    assert!(refused.is_err());
    assert_eq!(drops(), 1);

    let (counted, drops) = counter();
    let outputs = attach("no outputs", &[&leaf(&[1.0])], vec![], move |_, _| {
        let _held = &counted;
        Ok(vec![])
    });
    assert_eq!((outputs, drops()), (Ok(vec![]), 1));
}

#[test]
fn a_graph_that_is_kept_serves_again_and_one_that_is_not_says_so() {
    let (counted, drops) = counter();
    let x = leaf(&[3.0]);
    let y = square(&x, counted).unwrap();
    let v = Tensor::from_slice(&[1.0]);
    for _ in 0..2 {
        let product = vjp(&[&y], &[&x], &[&v], Graph::Keep).unwrap();
        assert_eq!(product, [Some(Tensor::from_slice(&[6.0]))]);
    }
    assert_eq!(drops(), 0);
    y.backward();
    assert_eq!(x.grad(), Tensor::from_slice(&[6.0]));
    assert_eq!(drops(), 1);
    let error = y.f_backward().unwrap_err().to_string();
    let expected =
        "`square` cannot run a second time: the graph was freed by an earlier backward pass";
    assert!(error.contains(expected), "{error}");
}

#[test]
fn a_closure_may_hold_its_own_output_as_it_was_passed_in() {
    let (counted, drops) = counter();
    let x = leaf(&[0.5]);
    let y = no_grad(|| x.sigmoid());
    let (saved, held) = (Saved::new(&y).unwrap(), y.shallow_clone());
    let y = attach("sigmoid", &[&x], vec![y], move |grads, _| {
        let _held = (&counted, &held);
        let y = saved.get()?;
        Ok(vec![grads[0].as_ref().map(|g| g * &y * (1.0 - &y))])
    });
    let y = y.unwrap().remove(0);
    let expected = x.sigmoid();
    let v = Tensor::from_slice(&[1.0]);
    let [a, b] = [&y, &expected].map(|y| vjp(&[y], &[&x], &[&v], Graph::Keep).unwrap());
    assert!(
        (a[0].as_ref().unwrap() - b[0].as_ref().unwrap())
            .double_value(&[0])
            .abs()
            < 1e-15
    );
    drop(y);
    assert_eq!(drops(), 1);
}

#[test]
fn a_panic_on_drop_stays_in() {
    struct Unwilling;
    impl Drop for Unwilling {
        fn drop(&mut self) {
            panic!("unwilling to go");
        }
    }
    let x = leaf(&[3.0]);
    square(&x, Unwilling).unwrap().backward();
    assert_eq!(x.grad(), Tensor::from_slice(&[6.0]));
}

#[test]
fn a_long_chain_is_dropped_without_recursion() {
    let (counted, drops) = counter();
    let counted = Arc::new(counted);
    let mut y = leaf(&[1.0]);
    for _ in 0..100_000 {
        y = square(&y, Arc::clone(&counted)).unwrap();
    }
    assert_eq!(Arc::strong_count(&counted), 100_001);
    drop(y);
    assert_eq!(Arc::strong_count(&counted), 1);
    drop(counted);
    assert_eq!(drops(), 1);
}

#[test]
fn memory_does_not_grow() {
    let x = Tensor::linspace(0.0, 1.0, 10_000, (Kind::Double, tch::Device::Cpu));
    let mut x = x.set_requires_grad(true);
    let pass = |x: &mut Tensor, i: usize| {
        let held = x.detach().copy();
        let y = square(x, held).unwrap();
        match i % 4 {
            0 => drop(y),
            1 => drop(vjp(&[&y], &[&*x], &[&y.detach()], Graph::Create).unwrap()),
            2 => {
                let failing = attach("failing", &[&y], vec![y.detach().copy()], |_, _| {
                    Err("on purpose".into())
                });
                assert!(failing.unwrap()[0].sum(Kind::Double).f_backward().is_err());
            }
            _ => y.sum(Kind::Double).backward(),
        }
        x.zero_grad();
    };
    (0..200).for_each(|i| pass(&mut x, i));
    let before = resident_bytes();
    (0..10_000).for_each(|i| pass(&mut x, i));
    let grown = resident_bytes().saturating_sub(before);
    // A leak of one tensor a pass would be 800 MB; the tests beside this one take some memory too.
    assert!(grown < 200_000_000, "grown by {grown} bytes");
}

/// 0 where the system does not tell.
fn resident_bytes() -> usize {
    let Ok(pages) = std::fs::read_to_string("/proc/self/statm") else {
        return 0;
    };
    let resident = pages.split_whitespace().nth(1).unwrap();
    resident.parse::<usize>().unwrap() * 4096
}
