//! Settings take effect, and those that cannot be used say so.

use pathema_path::{Depth, Scheme};
use pathema_solve::{
    Adaptive, Cause, Controller, Crossing, Event, Gradient, Norm, SaveAt, Sharing, Solution, Solve,
    SolveError, Steps, cdeint, odeint, odeint_until, solvers,
};
use tch::{Kind, Tensor};

use crate::support::{
    GRADIENTS, bounded, close, column, decay, forced, own, ragged, shared, states, weights,
};

/// A clock beside a wave forty times as fast.
fn clock_and_wave(t: &Tensor, z: &Tensor) -> Tensor {
    let fast = (t * 40.0).cos() * 40.0 + z.select(1, 1) * 0.0;
    Tensor::stack(&[z.select(1, 0).cos(), fast.view([-1])], 1)
}

fn accepted(steps: Adaptive) -> usize {
    let z0 = Tensor::from_slice(&[0.0, 0.0]).view([1, 2]);
    let how = Solve::adaptive(&solvers::TSIT5, steps);
    let solution = odeint(&clock_and_wave, &z0, 0.0, SaveAt::End(3.0), &how).unwrap();
    solution.stats.accepted
}

#[test]
fn every_norm_takes_effect() {
    let of = |norm| {
        accepted(Adaptive {
            norm,
            ..shared(1e-6)
        })
    };
    let rms = of(Norm::Rms);
    assert!(of(Norm::Max) > rms);
    assert!(of(Norm::Seminorm(1)) * 3 < rms);
    let first = Norm::Own(|x| {
        x.select(-1, 0)
            .square()
            .flatten(1, -1)
            .mean_dim([1_i64].as_slice(), false, Kind::Double)
            .sqrt()
    });
    assert_eq!(of(first), of(Norm::Seminorm(1)));
    let wrong = Norm::Own(|x| x.abs());
    let how = Solve::adaptive(
        &solvers::TSIT5,
        Adaptive {
            norm: wrong,
            ..shared(1e-6)
        },
    );
    refused(
        odeint(&clock_and_wave, &states(), 0.0, SaveAt::End(1.0), &how),
        "norm of the error has shape",
    );
}

/// Van der Pol's oscillator: every controller keeps to the tolerance, and the first step is as given.
#[test]
fn controllers_and_first_steps() {
    let field = |_: &Tensor, z: &Tensor| {
        let (x, v) = (z.select(1, 0), z.select(1, 1));
        Tensor::stack(&[v.shallow_clone(), (1.0 - &x * &x) * 5.0 * v - x], 1)
    };
    let z0 = Tensor::from_slice(&[2.0, 0.0]).view([1, 2]);
    let solved = |steps| {
        odeint(
            &field,
            &z0,
            0.0,
            SaveAt::End(8.0),
            &Solve::adaptive(&solvers::DOPRI5, steps),
        )
        .unwrap()
    };
    let truth = solved(shared(1e-11)).z;
    let mut rejected = Vec::new();
    for controller in [Controller::I, Controller::PI, Controller::PID] {
        let solution = solved(Adaptive {
            controller,
            ..shared(1e-6)
        });
        close(&solution.z, &truth, 1e-3, &format!("{controller:?}"));
        rejected.push(solution.stats.rejected);
    }
    assert!(rejected[1] < rejected[0], "{rejected:?}");
    for first_step in [1e-4, 10.0] {
        let solution = solved(Adaptive {
            first_step: Some(first_step),
            ..shared(1e-6)
        });
        close(
            &solution.z,
            &truth,
            1e-3,
            &format!("first step {first_step}"),
        );
    }
    let steps = Adaptive {
        first_step: Some(1e-4),
        ..shared(1e-6)
    };
    let how = Solve::adaptive(&solvers::DOPRI5, steps);
    let solution = odeint(&field, &z0, 0.0, SaveAt::Steps(8.0), &how).unwrap();
    assert_eq!(solution.times(0)[1], 1e-4);
}

#[track_caller]
fn refused(result: Result<Solution, SolveError>, says: &str) {
    match result {
        Ok(_) => panic!("not refused, though: {says}"),
        Err(error) => assert!(error.to_string().contains(says), "{error}"),
    }
}

#[test]
fn what_does_not_go_together_says_what_does() {
    let closure = |_: &Tensor, z: &Tensor| -z;
    let along = |z: &Tensor, dx: &Tensor| z * dx;
    let (z0, path) = (states(), ragged(Scheme::Linear));
    let field = forced(&Tensor::from(1.0));
    let every = Solve::every(&solvers::RK4, 0.1);
    let ground = Event {
        condition: &|_, z| z.select(1, 0),
        crossing: Crossing::Any,
    };
    let to = |how: &Solve, save| odeint(&field, &z0, 0.0, save, how);
    let end = SaveAt::End(1.0);
    refused(
        to(&Solve::knots(&solvers::RK4), end),
        "take Steps::Every or Steps::Adaptive",
    );
    let log_ode = Steps::LogOde {
        length: 0.1,
        depth: Depth::Two,
    };
    refused(
        to(&Solve::new(&solvers::RK4, log_ode), end),
        "take Steps::Every or Steps::Adaptive",
    );
    refused(
        to(&Solve::adaptive(&solvers::RK4, shared(1e-3)), end),
        "take a method that estimates its error",
    );
    refused(
        to(&Solve::adaptive(&solvers::EULER, shared(1e-3)), end),
        "take a method that estimates its error",
    );
    refused(
        odeint_until(&closure, &z0, 0.0, end, &every, &ground),
        "take Steps::Adaptive",
    );
    for gradient in [
        Gradient::checkpointed(),
        Gradient::reversible(),
        Gradient::continuous(),
    ] {
        refused(
            to(&every.with_gradient(gradient), SaveAt::Dense(1.0)),
            "take Gradient::Direct",
        );
        refused(
            odeint(&closure, &z0, 0.0, end, &every.with_gradient(gradient)),
            "wrap it in field::Parametrised",
        );
        refused(
            cdeint(&along, &path, &z0, 0.0, end, &every.with_gradient(gradient)),
            "wrap it in field::Parametrised",
        );
    }
    let implicit = Solve::every(&solvers::KVAERNO3, 0.1).with_gradient(Gradient::reversible());
    refused(to(&implicit, end), "take an explicit method");
}

#[test]
fn settings_that_cannot_be_used() {
    let field = forced(&Tensor::from(1.0));
    let to = |how: Solve| odeint(&field, &states(), 0.0, SaveAt::End(1.0), &how);
    let with = |steps| to(Solve::adaptive(&solvers::DOPRI5, steps));
    let usual = shared(1e-6);
    for length in [0.0, -0.1, f64::NAN, f64::INFINITY, 1e-9] {
        refused(to(Solve::every(&solvers::RK4, length)), "step = ");
    }
    refused(
        with(Adaptive {
            rtol: -1.0,
            ..usual
        }),
        "relative tolerance = -1",
    );
    refused(
        with(Adaptive {
            atol: f64::NAN,
            ..usual
        }),
        "absolute tolerance = NaN",
    );
    refused(
        with(Adaptive {
            first_step: Some(0.0),
            ..usual
        }),
        "first step = 0",
    );
    refused(
        with(Adaptive {
            max_steps: 0,
            ..usual
        }),
        "0 steps did not suffice",
    );
    for (start, saves) in [
        (f64::NAN, &[1.0][..]),
        (0.0, &[1.0, f64::INFINITY]),
        (0.0, &[1.0, 0.5]),
        (0.0, &[-1.0, 1.0]),
    ] {
        let how = Solve::every(&solvers::RK4, 0.1);
        assert!(odeint(&field, &states(), start, SaveAt::Times(saves), &how).is_err());
    }
    for coupling in [0.0, -1.0, 1.5, f64::NAN] {
        let gradient = Gradient::Reversible {
            coupling: Some(coupling),
        };
        refused(
            to(Solve::every(&solvers::RK4, 0.1).with_gradient(gradient)),
            "the coupling = ",
        );
    }
}

/// Controllers that can neither shrink nor grow are refused rather than panicking on the way.
#[test]
fn controllers_that_cannot_be_used() {
    // Turned so fast after a calm start that steps are taken back.
    let field = |t: &Tensor, z: &Tensor| (t * t * 20.0).cos() * 20.0 + z * 0.0;
    for controller in [
        Controller {
            shrink: 0.95,
            ..Controller::I
        },
        Controller {
            grow: 0.5,
            ..Controller::I
        },
        Controller {
            safety: 1.5,
            shrink: 2.0,
            ..Controller::I
        },
    ] {
        let how = Solve::adaptive(
            &solvers::DOPRI5,
            Adaptive {
                controller,
                ..shared(1e-6)
            },
        );
        refused(
            odeint(&field, &states(), 0.0, SaveAt::End(3.0), &how),
            "the controller's",
        );
    }
}

/// Steps of the way back are checked before the way there, not in the backward pass.
#[test]
fn backward_steps_that_cannot_be_used() {
    let gradient = Gradient::Continuous {
        backward: Some(Adaptive::new(-1.0, 1e-6)),
    };
    let how = Solve::adaptive(&solvers::DOPRI5, shared(1e-6)).with_gradient(gradient);
    let field = forced(&Tensor::from(1.0).set_requires_grad(true));
    refused(
        odeint(&field, &states(), 0.0, SaveAt::End(1.0), &how),
        "relative tolerance = -1",
    );
}

/// A state of integers has no slope to follow.
#[test]
fn states_of_integers() {
    let z0 = Tensor::from_slice(&[1_i64, 2]).view([2, 1]);
    let field = |t: &Tensor, z: &Tensor| t * z;
    for steps in [
        Steps::Every(0.25),
        Steps::Adaptive(shared(1e-3)),
        Steps::Adaptive(own(1e-3)),
    ] {
        assert!(
            odeint(
                &field,
                &z0,
                0.0,
                SaveAt::End(1.0),
                &Solve::new(&solvers::DOPRI5, steps)
            )
            .is_err(),
            "{steps:?}"
        );
    }
}

#[test]
fn shapes_are_named() {
    let path = ragged(Scheme::Linear);
    let field = bounded(&weights());
    let knots = Solve::knots(&solvers::RK4);
    let along = |z0: &Tensor| cdeint(&field, &path, z0, 0.0, SaveAt::End(1.0), &knots);
    refused(
        along(&states().narrow(0, 0, 2)),
        "initial state has shape [2, 2], expected [3, hidden]",
    );
    refused(
        along(&states().view([3, 2, 1])),
        "initial state has shape [3, 2, 1]",
    );
    let every = Solve::every(&solvers::RK4, 0.1);
    let decay = decay(&Tensor::from(1.0));
    refused(
        odeint(&decay, &Tensor::from(1.0), 0.0, SaveAt::End(1.0), &every),
        "initial state has shape []",
    );
    let none = states().narrow(0, 0, 0);
    refused(
        odeint(&decay, &none, 0.0, SaveAt::End(1.0), &every),
        "at least one sample",
    );
    for how in [
        every,
        Solve::adaptive(&solvers::DOPRI5, shared(1e-3)),
        Solve::adaptive(&solvers::KVAERNO3, own(1e-3)),
    ] {
        let narrow = |_: &Tensor, z: &Tensor| z.narrow(1, 0, 1);
        refused(
            odeint(&narrow, &states(), 0.0, SaveAt::End(1.0), &how),
            "vector field's value has shape [3, 1], expected [3, 2]",
        );
    }
    let event = Event {
        condition: &|_, z| z.shallow_clone(),
        crossing: Crossing::Any,
    };
    let how = Solve::adaptive(&solvers::DOPRI5, shared(1e-3));
    refused(
        odeint_until(&decay, &states(), 0.0, SaveAt::End(1.0), &how, &event),
        "event's condition has shape",
    );
}

/// States may be numbers, [batch], or tensors, [batch, …].
#[test]
fn states_of_any_shape() {
    for gradient in GRADIENTS {
        for steps in [
            Steps::Every(0.05),
            Steps::Adaptive(shared(1e-8)),
            Steps::Adaptive(own(1e-8)),
        ] {
            for shape in [&[6_i64][..], &[2, 3], &[3, 2, 1]] {
                let rate = Tensor::from(1.0).set_requires_grad(true);
                let z0 = states().view(shape).set_requires_grad(true);
                let how = Solve::new(&solvers::DOPRI5, steps).with_gradient(gradient);
                let z = odeint(&decay(&rate), &z0, 0.0, SaveAt::Times(&[0.5, 1.0]), &how)
                    .unwrap()
                    .z;
                let what = format!("{how:?} {shape:?}");
                close(
                    &z.select(1, 1).detach(),
                    &(z0.detach() * (-1.0_f64).exp()),
                    1e-6,
                    &what,
                );
                z.select(1, 1).sum(Kind::Double).backward();
                let expected = z0.detach().sum(Kind::Double) * -(-1.0_f64).exp();
                close(&rate.grad(), &expected, 1e-6, &what);
            }
        }
    }
    // A sample of its own sharing is a batch of one.
    let one = |sharing| {
        let how = Solve::adaptive(
            &solvers::DOPRI5,
            Adaptive {
                sharing,
                ..shared(1e-4)
            },
        );
        odeint(
            &decay(&Tensor::from(1.0)),
            &column(&[1.0]),
            0.0,
            SaveAt::End(1.0),
            &how,
        )
        .unwrap()
        .z
    };
    close(&one(Sharing::Batch), &one(Sharing::Sample), 1e-15, "alone");
    let error = SolveError::from(Cause::NotRebuildable);
    assert!(error.into_partial().is_none());
}
