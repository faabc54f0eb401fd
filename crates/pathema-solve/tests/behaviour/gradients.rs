//! Gradients where they are easily lost: unused, unwanted, in single precision, in threads, through stiff fields.

use pathema_autograd::{Graph, vjp};
use pathema_path::Scheme;
use pathema_solve::field::Parametrised;
use pathema_solve::{
    Adaptive, BatchPath, Controller, Gradient, SaveAt, Solve, Steps, cdeint, odeint, solvers,
};
use tch::{Device, Kind, Tensor};

use crate::support::{
    GRADIENTS, bounded, close, column, decay, fits, forced, own, ragged, shared, states, weights,
};

fn hows() -> Vec<Solve> {
    let mut hows = Vec::new();
    for gradient in GRADIENTS {
        for how in [
            Solve::every(&solvers::RK4, 0.1),
            Solve::adaptive(&solvers::TSIT5, shared(1e-7)),
            Solve::adaptive(&solvers::DOPRI5, own(1e-7)),
            Solve::adaptive(&solvers::KVAERNO5, own(1e-7)),
            Solve::every(&solvers::KVAERNO3, 0.05),
        ] {
            if fits(gradient, how.method) {
                hows.push(how.with_gradient(gradient));
            }
        }
    }
    hows
}

/// z₀ e^(−r t): whatever asks for a gradient gets its own, and nothing else is asked of.
#[test]
fn reach_what_asks_for_them() {
    for how in hows() {
        for (state, parameter) in [(true, true), (true, false), (false, true), (false, false)] {
            let what = format!("{how:?}, z0 {state}, parameter {parameter}");
            let z0 = column(&[1.0, -2.0]).set_requires_grad(state);
            let rate = Tensor::from(0.7).set_requires_grad(parameter);
            let z = odeint(&decay(&rate), &z0, 0.0, SaveAt::End(1.0), &how)
                .unwrap()
                .z;
            assert_eq!(z.requires_grad(), state || parameter, "{what}");
            if !(state || parameter) {
                continue;
            }
            z.square().sum(Kind::Double).backward();
            let factor = (-1.4_f64).exp();
            if state {
                close(&z0.grad(), &(column(&[2.0, -4.0]) * factor), 1e-4, &what);
            }
            if parameter {
                close(
                    &rate.grad(),
                    &Tensor::from(-2.0 * 5.0 * factor),
                    1e-4,
                    &what,
                );
            }
        }
    }
}

/// A parameter that the field ignores has no gradient, or zero; the same of a path along which nothing moves.
#[test]
fn of_what_is_unused() {
    for how in hows() {
        let unused = column(&[1.0]).set_requires_grad(true);
        let z0 = column(&[1.0]).set_requires_grad(true);
        let field = Parametrised::new(
            vec![unused.shallow_clone()],
            |_: &[Tensor], _: &Tensor, z: &Tensor| -z,
        );
        let z = odeint(&field, &z0, 0.0, SaveAt::End(1.0), &how).unwrap().z;
        z.sum(Kind::Double).backward();
        close(
            &z0.grad(),
            &column(&[(-1.0_f64).exp()]),
            1e-4,
            &format!("{how:?}"),
        );
        let gradient = unused.grad();
        assert!(
            !gradient.defined() || gradient.double_value(&[0, 0]) == 0.0,
            "{how:?}"
        );
        // A field that does not even look at the state.
        let rest = Parametrised::new(
            vec![unused.shallow_clone()],
            |_: &[Tensor], _: &Tensor, z: &Tensor| z.ones_like(),
        );
        let z0 = column(&[1.0]).set_requires_grad(true);
        odeint(&rest, &z0, 0.0, SaveAt::End(1.0), &how)
            .unwrap()
            .z
            .sum(Kind::Double)
            .backward();
        close(&z0.grad(), &column(&[1.0]), 1e-12, &format!("{how:?}"));
    }
}

#[test]
fn are_not_kept_where_nothing_is_remembered() {
    let path = ragged(Scheme::Linear);
    let leaf = weights().set_requires_grad(true);
    for how in hows() {
        let z0 = states().set_requires_grad(true);
        let solution =
            tch::no_grad(|| cdeint(&bounded(&leaf), &path, &z0, 0.0, SaveAt::End(2.0), &how))
                .unwrap();
        assert!(!solution.z.requires_grad(), "{how:?}");
        assert!(pathema_autograd::is_grad_enabled());
        let remembered = cdeint(&bounded(&leaf), &path, &z0, 0.0, SaveAt::End(2.0), &how).unwrap();
        close(
            &solution.z,
            &remembered.z.detach(),
            1e-14,
            &format!("{how:?}"),
        );
    }
}

/// In single precision the four agree as well as it lets them.
#[test]
fn in_single_precision() {
    let gradients = |how: Solve, kind: Kind| {
        let z0 = states().to_kind(kind).set_requires_grad(true);
        let weights = weights().to_kind(kind).set_requires_grad(true);
        let path = if kind == Kind::Float {
            ragged_in_single()
        } else {
            ragged(Scheme::Linear)
        };
        let z = cdeint(
            &bounded(&weights),
            &path,
            &z0,
            0.0,
            SaveAt::Times(&[0.8, 2.0]),
            &how,
        )
        .unwrap()
        .z;
        z.square().sum(kind).backward();
        [z0.grad(), weights.grad()].map(|gradient| gradient.to_kind(Kind::Double))
    };
    // Steps so short that the coupled solution is the same to this precision.
    for steps in [
        Steps::Every(0.01),
        Steps::Adaptive(shared(3e-6)),
        Steps::Adaptive(own(3e-6)),
    ] {
        let truth = gradients(Solve::new(&solvers::RK4, Steps::Every(0.005)), Kind::Double);
        for gradient in GRADIENTS {
            let how = Solve::new(&solvers::DOPRI5, steps).with_gradient(gradient);
            for (found, expected) in gradients(how, Kind::Float).iter().zip(&truth) {
                close(found, expected, 1e-3, &format!("{how:?}"));
            }
        }
        let fixed = |gradient| {
            gradients(
                Solve::new(&solvers::DOPRI5, steps).with_gradient(gradient),
                Kind::Float,
            )
        };
        let direct = fixed(Gradient::Direct);
        for gradient in GRADIENTS {
            for (found, direct) in fixed(gradient).iter().zip(&direct) {
                let scale = 1.0 + direct.abs().max().double_value(&[]);
                close(
                    found,
                    direct,
                    1e-4 * scale,
                    &format!("{gradient:?} {steps:?}"),
                );
            }
        }
    }
}

fn ragged_in_single() -> BatchPath {
    let knots: [&[f64]; 3] = [
        &[0.0, 0.4, 1.1, 2.0],
        &[0.3, 0.7, 1.2],
        &[0.5, 0.9, 1.4, 1.7, 2.0],
    ];
    let paths = knots.map(|knots| crate::support::wave(Scheme::Linear, knots, 0.0));
    BatchPath::stack(&paths, Kind::Float, Device::Cpu).unwrap()
}

/// z' = −k (z − cos t): far fewer steps than an explicit method, and gradients as of the closed form.
#[test]
fn through_stiff_fields() {
    let k = 1000.0_f64;
    let end = 1.5_f64;
    let value = |z0: f64, k: f64| {
        let settled = |t: f64| (k * k * t.cos() + k * t.sin()) / (k * k + 1.0);
        settled(end) + (z0 - settled(0.0)) * (-k * end).exp()
    };
    let solved = |method, gradient| {
        let rate = Tensor::from(k).set_requires_grad(true);
        let z0 = column(&[0.3]).set_requires_grad(true);
        let field = Parametrised::new(
            vec![rate.shallow_clone()],
            |p: &[Tensor], t: &Tensor, z: &Tensor| (t.cos() - z) * &p[0],
        );
        let steps = Adaptive {
            controller: Controller::PI,
            ..shared(1e-6)
        };
        let how = Solve::adaptive(method, steps).with_gradient(gradient);
        let solution = odeint(&field, &z0, 0.0, SaveAt::End(end), &how).unwrap();
        assert!(
            (solution.z.double_value(&[0, 0, 0]) - value(0.3, k)).abs() < 1e-5,
            "{how:?}"
        );
        solution.z.sum(Kind::Double).backward();
        (
            solution.stats.accepted,
            rate.grad().double_value(&[]),
            z0.grad().double_value(&[0, 0]),
        )
    };
    let by_rate = (value(0.3, k + 0.1) - value(0.3, k - 0.1)) / 0.2;
    let explicit = tch::no_grad(|| {
        let field = |t: &Tensor, z: &Tensor| (t.cos() - z) * k;
        odeint(
            &field,
            &column(&[0.3]),
            0.0,
            SaveAt::End(end),
            &Solve::adaptive(&solvers::DOPRI5, shared(1e-6)),
        )
        .unwrap()
        .stats
        .accepted
    });
    for gradient in [Gradient::Direct, Gradient::checkpointed()] {
        let (steps, of_rate, of_z0) = solved(&solvers::KVAERNO5, gradient);
        assert!(5 * steps < explicit, "{steps} and {explicit} steps");
        assert!(
            (of_rate - by_rate).abs() < 1e-4 * by_rate.abs(),
            "{gradient:?}: {of_rate} is not {by_rate}"
        );
        assert!(of_z0.abs() < 1e-6, "{gradient:?}: {of_z0}");
    }
}

/// Where the decay is fast but does not lose the start altogether, the adjoint goes back too.
#[test]
fn through_mildly_stiff_fields() {
    for gradient in [
        Gradient::Direct,
        Gradient::checkpointed(),
        Gradient::continuous(),
    ] {
        for method in [&solvers::KVAERNO3, &solvers::KVAERNO5] {
            let rate = Tensor::from(10.0).set_requires_grad(true);
            let z0 = column(&[1.0, 0.5]).set_requires_grad(true);
            let how = Solve::adaptive(method, own(1e-8)).with_gradient(gradient);
            let z = odeint(&decay(&rate), &z0, 0.0, SaveAt::End(0.5), &how)
                .unwrap()
                .z;
            z.sum(Kind::Double).backward();
            let factor = (-5.0_f64).exp();
            close(
                &z0.grad(),
                &column(&[factor, factor]),
                1e-6,
                &format!("{how:?}"),
            );
            close(
                &rate.grad(),
                &Tensor::from(-0.5 * 1.5 * factor),
                1e-6,
                &format!("{how:?}"),
            );
        }
    }
}

#[test]
fn in_two_threads_at_once() {
    let of = |seed: f64| {
        let gradients: Vec<Tensor> = hows()
            .into_iter()
            .map(|how| {
                let rate = Tensor::from(seed).set_requires_grad(true);
                let z0 = column(&[1.0, seed]).set_requires_grad(true);
                let z = odeint(&forced(&rate), &z0, 0.0, SaveAt::Times(&[0.5, 1.0]), &how)
                    .unwrap()
                    .z;
                z.square().sum(Kind::Double).backward();
                Tensor::cat(&[rate.grad().view([1]), z0.grad().view([2])], 0)
            })
            .collect();
        Vec::<f64>::try_from(Tensor::cat(&gradients, 0)).unwrap()
    };
    let expected = [0.5, 1.5].map(of);
    let found = std::thread::scope(|scope| {
        let threads = [0.5, 1.5].map(|seed| scope.spawn(move || of(seed)));
        threads.map(|thread| thread.join().unwrap())
    });
    assert_eq!(found, expected);
}

/// A backward pass in another thread than the solve.
#[test]
fn in_another_thread() {
    for how in hows() {
        let rate = Tensor::from(0.7).set_requires_grad(true);
        let z = odeint(&decay(&rate), &column(&[1.0]), 0.0, SaveAt::End(1.0), &how)
            .unwrap()
            .z;
        std::thread::spawn(move || z.sum(Kind::Double).backward())
            .join()
            .unwrap();
        close(
            &rate.grad(),
            &Tensor::from(-(-0.7_f64).exp()),
            1e-4,
            &format!("{how:?}"),
        );
    }
}

/// A second derivative through a gradient that solves anew is refused, and never wrong.
#[test]
fn of_second_order() {
    for how in hows() {
        // A correction at the solution makes the first derivative right, not the second.
        if !(how.method.is_implicit() && matches!(how.gradient, Gradient::Direct)) {
            check_second_order(&how);
        }
    }
}

#[test]
fn of_second_order_through_implicit_stages() {
    check_second_order(&Solve::adaptive(&solvers::KVAERNO5, own(1e-7)));
    check_second_order(&Solve::every(&solvers::KVAERNO3, 0.05));
}

#[track_caller]
fn check_second_order(how: &Solve) {
    let z0 = column(&[1.0]).set_requires_grad(true);
    let field = |p: &[Tensor], _: &Tensor, z: &Tensor| z.square() * &p[0];
    let field = Parametrised::new(vec![Tensor::from(-1.0)], field);
    let z = odeint(&field, &z0, 0.0, SaveAt::End(1.0), how).unwrap().z;
    let first = vjp(&[&z], &[&z0], &[z.ones_like()], Graph::Create);
    let second = first.and_then(|mut first| {
        let first = first.pop().flatten().unwrap();
        vjp(&[&first], &[&z0], &[first.ones_like()], Graph::Free)
    });
    match second {
        // z = z₀ / (1 + z₀ t): ∂²z/∂z₀² = −2 t / (1 + z₀ t)³.
        Ok(mut second) => {
            assert!(matches!(how.gradient, Gradient::Direct), "{how:?}");
            close(
                &second.pop().flatten().unwrap(),
                &column(&[-0.25]),
                1e-3,
                &format!("{how:?}"),
            );
        }
        Err(_) => assert!(!matches!(how.gradient, Gradient::Direct), "{how:?}"),
    }
}
