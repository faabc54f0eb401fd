//! Solves at the edges: of no length, backward, with a sick sample, asked for anything in between, in single precision.

use std::cell::Cell;

use pathema_path::{ControlPath, Ends, Gaps, Observations, Scheme};
use pathema_solve::field::Parametrised;
use pathema_solve::{
    Adaptive, BatchPath, Cause, Controller, Crossing, Event, Gradient, Norm, SaveAt, Sharing,
    Solve, Status, Steps, cdeint, odeint, odeint_until, solvers,
};
use tch::{Device, Kind, Tensor};

use crate::reference::{field, reference_path};

const GRADIENTS: [Gradient; 4] = [
    Gradient::Direct,
    Gradient::checkpointed(),
    Gradient::reversible(),
    Gradient::continuous(),
];

fn own_steps(rtol: f64) -> Adaptive {
    Adaptive {
        sharing: Sharing::Sample,
        ..Adaptive::new(rtol, rtol * 1e-2)
    }
}

fn hows() -> Vec<Solve> {
    vec![
        Solve::every(&solvers::RK4, 0.1),
        Solve::adaptive(&solvers::DOPRI5, Adaptive::new(1e-8, 1e-10)),
        Solve::adaptive(&solvers::TSIT5, own_steps(1e-8)),
        Solve::adaptive(&solvers::KVAERNO5, own_steps(1e-8)),
    ]
}

/// z' = −z + sin t, as a field that goes with every gradient.
fn forced() -> impl pathema_solve::OdeField {
    Parametrised::new(Vec::new(), |_: &[Tensor], t: &Tensor, z: &Tensor| {
        t.sin() - z
    })
}

fn z0() -> Tensor {
    Tensor::from_slice(&[1.0, -0.5, 0.3, 2.0]).view([2, 2])
}

#[test]
fn of_no_length() {
    for how in hows() {
        for gradient in GRADIENTS {
            if how.method.is_implicit() && matches!(gradient, Gradient::Reversible { .. }) {
                continue;
            }
            let start = z0().set_requires_grad(true);
            let how = how.with_gradient(gradient);
            let solution = odeint(&forced(), &start, 0.7, SaveAt::End(0.7), &how).unwrap();
            assert_eq!(solution.z.select(1, 0), z0(), "{how:?}");
            assert_eq!(solution.stats.evaluations, 0);
            solution.z.sum(None).backward();
            assert_eq!(
                start.grad(),
                Tensor::ones([2, 2], (Kind::Double, Device::Cpu)),
                "{how:?}"
            );
        }
    }
}

#[test]
fn there_and_back() {
    let path = reference_path(Scheme::Hermite(Gaps::FitAcross));
    let cde_start = Tensor::from_slice(&[0.1, -0.3]).view([1, 2]);
    for how in hows() {
        let there = odeint(&forced(), &z0(), 0.0, SaveAt::End(2.0), &how)
            .unwrap()
            .z
            .select(1, 0);
        let back = odeint(&forced(), &there, 2.0, SaveAt::Times(&[1.0, 0.0]), &how).unwrap();
        assert_eq!(back.times(0), [1.0, 0.0]);
        assert!(
            back.z.select(1, 1).allclose(&z0(), 1e-5, 1e-5, false),
            "{how:?}"
        );
        if matches!(how.steps, Steps::Adaptive(_)) {
            let there = cdeint(&field, &path, &cde_start, 0.0, SaveAt::End(4.25), &how)
                .unwrap()
                .z
                .select(1, 0);
            let back = cdeint(&field, &path, &there, 4.25, SaveAt::End(0.0), &how)
                .unwrap()
                .z
                .select(1, 0);
            assert!(back.allclose(&cde_start, 1e-5, 1e-5, false), "{how:?}");
        }
    }
}

#[test]
fn in_between_and_at_every_step() {
    for how in hows() {
        let dense = odeint(&forced(), &z0(), 0.0, SaveAt::Dense(2.0), &how).unwrap();
        let trajectory = dense.trajectory.unwrap();
        let times = [0.13, 0.5, 1.21, 2.0];
        let saved = odeint(&forced(), &z0(), 0.0, SaveAt::Times(&times), &how).unwrap();
        for (place, &time) in times.iter().enumerate() {
            let found = trajectory.at(time).unwrap();
            assert!(
                found.allclose(&saved.z.select(1, place as i64), 1e-5, 1e-5, false),
                "{how:?} at {time}"
            );
        }
        let steps = odeint(&forced(), &z0(), 0.0, SaveAt::Steps(2.0), &how).unwrap();
        for sample in 0..2 {
            let times = steps.times(sample);
            assert_eq!((times[0], times[times.len() - 1]), (0.0, 2.0));
            assert!(times.is_sorted_by(|a, b| a < b));
            for (place, &time) in times.iter().enumerate() {
                let z = steps.z.select(0, sample as i64).select(0, place as i64);
                let dense = trajectory.at(time).unwrap().select(0, sample as i64);
                assert!(z.allclose(&dense, 1e-5, 1e-5, false), "{how:?} at {time}");
            }
        }
    }
}

/// No step leads over a knot, whoever shares it.
#[test]
fn steps_end_at_the_knots() {
    let line = |knots: &[f64]| {
        let values = knots.iter().map(|t| (3.0 * t).sin()).collect();
        ControlPath::fit(
            Scheme::Linear,
            &Observations::new(knots.to_vec(), values, 1).unwrap(),
        )
        .unwrap()
    };
    let knots = [vec![0.0, 0.4, 1.3, 2.0], vec![0.2, 0.7, 1.9]];
    let path = BatchPath::stack(
        &knots.each_ref().map(|k| line(k)),
        Kind::Double,
        Device::Cpu,
    )
    .unwrap();
    let start = Tensor::ones([2, 1], (Kind::Double, Device::Cpu));
    let field = |z: &Tensor, dx: &Tensor| z.cos() * dx;
    for sharing in [Sharing::Batch, Sharing::Sample] {
        let steps = Adaptive {
            sharing,
            ..Adaptive::new(1e-3, 1e-3)
        };
        let how = Solve::adaptive(&solvers::DOPRI5, steps);
        let solution = cdeint(&field, &path, &start, 0.0, SaveAt::Steps(2.0), &how).unwrap();
        for (sample, knots) in knots.iter().enumerate() {
            assert!(
                knots
                    .iter()
                    .all(|knot| solution.times(sample).contains(knot)),
                "{sharing:?}"
            );
        }
    }
}

#[test]
fn a_sick_sample_does_not_stop_the_others() {
    // z' = z² leaves every bound at 1 / z₀.
    let start = Tensor::from_slice(&[0.2, 2.0, -1.0]).view([3, 1]);
    let square = |_: &Tensor, z: &Tensor| z.square();
    let how = Solve::adaptive(&solvers::DOPRI5, own_steps(1e-8));
    let error = odeint(&square, &start, 0.0, SaveAt::Times(&[0.25, 2.0]), &how).unwrap_err();
    assert!(
        matches!(
            error.cause,
            Cause::StepTooSmall { sample: 1, .. } | Cause::NonFinite { sample: 1, .. }
        ),
        "{error}"
    );
    let partial = error.into_partial().unwrap();
    assert_eq!(
        (&partial.status[0], &partial.status[2]),
        (&Status::Done, &Status::Done)
    );
    let expected = [
        [0.2 / 0.95, 0.2 / 0.6],
        [4.0, f64::NAN],
        [-1.0 / 1.25, -1.0 / 3.0],
    ];
    for (sample, row) in expected.iter().enumerate() {
        for (slot, &expected) in row.iter().enumerate() {
            let found = partial.z.double_value(&[sample as i64, slot as i64, 0]);
            assert!(
                (found - expected).abs() < 1e-6 || expected.is_nan() && found.is_nan(),
                "{found} {expected}"
            );
        }
    }
    let few = Adaptive {
        max_steps: 8,
        ..own_steps(1e-8)
    };
    let fast = Tensor::from_slice(&[0.0, 1.0]).view([2, 1]);
    let spin = |_: &Tensor, z: &Tensor| (z * 50.0).sin() * 20.0;
    let error = odeint(
        &spin,
        &fast,
        0.0,
        SaveAt::End(1.0),
        &Solve::adaptive(&solvers::TSIT5, few),
    )
    .unwrap_err();
    assert!(
        matches!(
            error.cause,
            Cause::MaxSteps {
                sample: 1,
                limit: 8,
                ..
            }
        ),
        "{error}"
    );
}

/// Evaluations are counted as they are made, and a smooth path takes none for its knots.
#[test]
fn evaluations_are_counted() {
    let calls = Cell::new(0);
    let counted = |z: &Tensor, dx: &Tensor| {
        calls.set(calls.get() + 1);
        field(z, dx)
    };
    let start = Tensor::from_slice(&[0.1, -0.3]).view([1, 2]);
    for (scheme, again) in [(Scheme::NaturalCubic(Ends::Free), 0), (Scheme::Linear, 3)] {
        let path = reference_path(scheme);
        let how = Solve::adaptive(&solvers::DOPRI5, Adaptive::new(1e-5, 1e-7));
        calls.set(0);
        let stats = cdeint(&counted, &path, &start, 0.0, SaveAt::End(4.25), &how)
            .unwrap()
            .stats;
        assert_eq!(stats.evaluations, calls.get());
        let tried = stats.accepted + stats.rejected;
        assert_eq!(stats.evaluations, 2 + 6 * tried + again, "{scheme:?}");
    }
    for (how, each) in [
        (Solve::knots(&solvers::MIDPOINT), 2),
        (Solve::every(&solvers::DOPRI5, 0.5), 6),
    ] {
        calls.set(0);
        let path = reference_path(Scheme::Linear);
        let stats = cdeint(&counted, &path, &start, 0.0, SaveAt::End(4.25), &how)
            .unwrap()
            .stats;
        assert_eq!(
            (stats.evaluations, calls.get()),
            (each * stats.accepted, each * stats.accepted)
        );
    }
}

#[test]
fn norms_and_controllers_take_effect() {
    let start = Tensor::from_slice(&[1.0, 0.0, 0.0]).view([1, 3]);
    // Two slow components and one that turns fast but is followed by nobody.
    let turning = |t: &Tensor, z: &Tensor| {
        let (x, y) = (z.select(1, 0), z.select(1, 1));
        Tensor::stack(&[&-&y, &x, &((t * 40.0).cos() * 40.0 + &x * 0.0)], 1)
    };
    let steps = |norm: Norm, controller: Controller| {
        let steps = Adaptive {
            norm,
            controller,
            ..Adaptive::new(1e-6, 1e-6)
        };
        let how = Solve::adaptive(&solvers::TSIT5, steps);
        odeint(&turning, &start, 0.0, SaveAt::End(5.0), &how)
            .unwrap()
            .stats
            .accepted
    };
    let rms = steps(Norm::Rms, Controller::I);
    assert!(steps(Norm::Max, Controller::I) > rms);
    assert!(steps(Norm::Seminorm(2), Controller::I) < rms / 3);
    let own = Norm::Own(|x| x.abs().flatten(1, -1).amax([1], false));
    assert_eq!(steps(own, Controller::I), steps(Norm::Max, Controller::I));
    assert_ne!(steps(Norm::Rms, Controller::PID), rms);
}

/// Long times and single precision: the end is met exactly, and no step is called too small.
#[test]
fn in_single_precision() {
    let start = Tensor::from_slice(&[1.0_f32]).view([1, 1]);
    let wave = |t: &Tensor, z: &Tensor| t.sin() - z;
    let how = Solve::adaptive(&solvers::DOPRI5, Adaptive::new(1e-4, 1e-6));
    let solution = odeint(&wave, &start, 1e6, SaveAt::Steps(1e6 + 20.0), &how).unwrap();
    let times = solution.times(0);
    assert_eq!(times[times.len() - 1], 1e6 + 20.0);
    let path = reference_path(Scheme::Linear);
    let knots: Vec<f64> = path.knots(0).to_vec();
    let values = vec![0.0, 1.0, 1.0, 0.2, -0.5, 0.4, 2.0, -1.0, 0.75, 0.0];
    let seen = Observations::new(knots, values, 2).unwrap();
    let control = [ControlPath::fit(Scheme::Linear, &seen).unwrap()];
    let single = BatchPath::stack(&control, Kind::Float, Device::Cpu).unwrap();
    let z0 = Tensor::from_slice(&[0.1_f32, -0.3]).view([1, 2]);
    let truth = cdeint(
        &field,
        &path,
        &z0.to_kind(Kind::Double),
        0.0,
        SaveAt::End(4.25),
        &how,
    )
    .unwrap()
    .z;
    let found = cdeint(&field, &single, &z0, 0.0, SaveAt::End(4.25), &how)
        .unwrap()
        .z;
    assert!(
        found
            .to_kind(Kind::Double)
            .allclose(&truth, 1e-3, 1e-3, false)
    );
}

#[test]
fn implicit_methods_are_not_held_up_by_stiffness() {
    // The truth follows cos t closely whatever the start.
    let stiff = |t: &Tensor, z: &Tensor| (t.cos() - z) * 1000.0;
    let start = Tensor::from_slice(&[0.0]).view([1, 1]);
    let solve = |tableau| {
        let steps = Adaptive {
            controller: Controller::PI,
            ..Adaptive::new(1e-6, 1e-8)
        };
        odeint(
            &stiff,
            &start,
            0.0,
            SaveAt::End(3.0),
            &Solve::adaptive(tableau, steps),
        )
        .unwrap()
    };
    let (implicit, explicit) = (solve(&solvers::KVAERNO5), solve(&solvers::DOPRI5));
    let truth = (3.0_f64.cos() * 1e6 + 3.0_f64.sin() * 1e3) / (1e6 + 1.0);
    assert!((implicit.z.double_value(&[0, 0, 0]) - truth).abs() < 1e-5);
    assert!(
        implicit.stats.accepted * 10 < explicit.stats.accepted,
        "{:?} {:?}",
        implicit.stats,
        explicit.stats
    );
}

#[test]
fn events_end_each_sample_at_its_own_time() {
    // z' = −1: zero is crossed at z₀, backward in time never.
    let fall = |_: &Tensor, z: &Tensor| -z.ones_like();
    let start = Tensor::from_slice(&[0.5, 1.5, 9.0]).view([3, 1]);
    let ground = Event {
        condition: &|_: &Tensor, z: &Tensor| z.select(1, 0),
        crossing: Crossing::Any,
    };
    let how = Solve::adaptive(&solvers::TSIT5, Adaptive::new(1e-8, 1e-8));
    let solution = odeint_until(
        &fall,
        &start,
        0.0,
        SaveAt::Times(&[1.0, 2.0]),
        &how,
        &ground,
    )
    .unwrap();
    let event = solution.event.unwrap();
    assert_eq!(event.happened, [true, true, false]);
    assert_eq!(
        solution.status,
        [Status::Event, Status::Event, Status::Done]
    );
    assert!(
        (event.times.double_value(&[1]) - 1.5).abs() < 1e-9
            && event.times.double_value(&[2]).is_nan()
    );
    let saved: Vec<bool> = Vec::try_from(solution.z.isfinite().flatten(0, 2)).unwrap();
    assert_eq!(saved, [false, false, true, false, true, true]);
    let back = odeint_until(&fall, &start, 0.0, SaveAt::End(-3.0), &how, &ground).unwrap();
    assert_eq!(back.event.unwrap().happened, [false; 3]);
    let rising = |_: &Tensor, z: &Tensor| z.ones_like();
    let back = odeint_until(&rising, &start, 0.0, SaveAt::End(-3.0), &how, &ground).unwrap();
    assert!((back.event.unwrap().times.double_value(&[1]) + 1.5).abs() < 1e-9);
    // Every step saved beside the event.
    let steps = odeint_until(&fall, &start, 0.0, SaveAt::Steps(4.0), &how, &ground).unwrap();
    assert!((steps.times(0).last().unwrap() - 0.5).abs() < 1e-9);
    assert_eq!(steps.z.double_value(&[0, 0, 0]), 0.5);
}

#[test]
fn what_does_not_go_together_says_what_does() {
    let closure = |_: &Tensor, z: &Tensor| -z;
    let at = |how: &Solve, save: SaveAt<'_>| {
        odeint(&forced(), &z0(), 0.0, save, how)
            .unwrap_err()
            .to_string()
    };
    let every = Solve::every(&solvers::RK4, 0.1);
    let reversible = |how: Solve| how.with_gradient(Gradient::reversible());
    let implicit = Solve::adaptive(&solvers::KVAERNO3, Adaptive::new(1e-3, 1e-3));
    let ground = Event {
        condition: &|_: &Tensor, z: &Tensor| z.select(1, 0),
        crossing: Crossing::Any,
    };
    for (error, says) in [
        (
            at(&Solve::knots(&solvers::RK4), SaveAt::End(1.0)),
            "it has no path",
        ),
        (
            at(&reversible(every), SaveAt::Dense(1.0)),
            "save at the times needed",
        ),
        (
            at(&reversible(implicit), SaveAt::End(1.0)),
            "take an explicit method",
        ),
        (
            odeint(&closure, &z0(), 0.0, SaveAt::End(1.0), &reversible(every))
                .unwrap_err()
                .to_string(),
            "wrap it in field::Parametrised",
        ),
        (
            odeint_until(&closure, &z0(), 0.0, SaveAt::End(1.0), &every, &ground)
                .unwrap_err()
                .to_string(),
            "take Steps::Adaptive",
        ),
    ] {
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn a_method_of_ones_own_is_looked_at_first() {
    const SHORT: pathema_solve::Tableau = pathema_solve::Tableau {
        name: "mine",
        c: &[0.0],
        ..solvers::MIDPOINT
    };
    let error = odeint(
        &forced(),
        &z0(),
        0.0,
        SaveAt::End(1.0),
        &Solve::every(&SHORT, 0.1),
    )
    .unwrap_err();
    assert!(
        error.to_string().contains("mine of 2 stages has 1 nodes"),
        "{error}"
    );
}
