//! Times: far from zero, backward, in single precision; and where steps end.

use std::cell::{Cell, RefCell};

use pathema_path::{Ends, Gaps, Scheme};
use pathema_solve::{
    Adaptive, BatchPath, SaveAt, Sharing, Solve, Steps, Tableau, cdeint, odeint, solvers,
};
use tch::{Device, Kind, Tensor};

use crate::support::{
    METHODS, bounded, cde_steps, close, column, decay, forced, ode_steps, own, ragged, shared,
    solve, stack, states, wave, weights,
};

/// Forward, then backward from where that came to.
#[test]
fn there_and_back() {
    let (field, path) = (
        bounded(&weights()),
        ragged(Scheme::Hermite(Gaps::FitAcross)),
    );
    let ordinary = forced(&Tensor::from(0.5));
    for method in METHODS {
        let tolerance = match method.order {
            1 => 0.2,
            2 => 2e-2,
            3 => 1e-3,
            _ => 1e-4,
        };
        for steps in cde_steps(method) {
            // One step between two knots is long: for methods of high order, and stages that need no solving.
            let long = matches!(steps, Steps::Knots);
            if long && (method.order < 4 || method.is_implicit()) {
                continue;
            }
            let how = solve(method, steps);
            let what = format!("{how:?}");
            let along = |z: &Tensor, from: f64, to: f64| {
                let z = cdeint(&field, &path, z, from, SaveAt::End(to), &how);
                z.unwrap().z.select(1, 0)
            };
            let tolerance = if long { 5e-2 } else { tolerance };
            close(
                &along(&along(&states(), 0.0, 2.0), 2.0, 0.0),
                &states(),
                tolerance,
                &what,
            );
        }
        for steps in ode_steps(method) {
            let how = solve(method, steps);
            let along = |z: &Tensor, from: f64, to: f64| {
                let z = odeint(&ordinary, z, from, SaveAt::End(to), &how);
                z.unwrap().z.select(1, 0)
            };
            close(
                &along(&along(&states(), 0.0, 2.0), 2.0, 0.0),
                &states(),
                tolerance,
                &format!("{how:?}"),
            );
        }
    }
}

/// The clock may start anywhere: seconds since 1970 are as good as seconds since the start.
#[track_caller]
fn check_clock(steps: Steps, method: &'static Tableau, first: f64) {
    let knots = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let solved = |first: f64| {
        let knots = knots.map(|knot| first + knot);
        // Time itself is no channel here: it would be another path.
        let path = wave(Scheme::Linear, &knots, first);
        let path = stack(&[path.clone(), path]);
        let start = states().narrow(0, 0, 2);
        cdeint(
            &bounded(&weights()),
            &path,
            &start,
            first,
            SaveAt::End(first + 6.0),
            &solve(method, steps),
        )
        .unwrap()
    };
    let (near, far) = (solved(0.0), solved(first));
    close(
        &far.z,
        &near.z,
        1e-5,
        &format!(
            "{steps:?}, {} and {} steps",
            near.stats.accepted, far.stats.accepted
        ),
    );
}

#[test]
fn of_day() {
    for first in [-1e3, 1e6] {
        check_clock(Steps::Knots, &solvers::RK4, first);
        check_clock(Steps::Every(0.5), &solvers::RK4, first);
        check_clock(Steps::Adaptive(shared(1e-7)), &solvers::DOPRI5, first);
        check_clock(Steps::Adaptive(own(1e-7)), &solvers::DOPRI5, first);
    }
}

#[test]
fn since_1970_with_own_adaptive_steps() {
    check_clock(Steps::Adaptive(own(1e-7)), &solvers::DOPRI5, 1.7e9);
}

#[test]
fn since_1970_with_shared_adaptive_steps() {
    check_clock(Steps::Adaptive(shared(1e-7)), &solvers::DOPRI5, 1.7e9);
}

#[test]
fn since_1970_with_steps_at_knots() {
    check_clock(Steps::Knots, &solvers::RK4, 1.7e9);
}

#[test]
fn since_1970_with_regular_steps() {
    check_clock(Steps::Every(0.5), &solvers::RK4, 1.7e9);
}

#[test]
fn since_1970_of_an_ordinary_equation() {
    let z = |first: f64| {
        let field = decay(&Tensor::from(1.0));
        odeint(
            &field,
            &column(&[1.0]),
            first,
            SaveAt::End(first + 2.0),
            &Solve::every(&solvers::RK4, 0.1),
        )
        .unwrap()
        .z
    };
    close(&z(1.7e9), &z(0.0), 1e-6, "regular steps");
}

/// Long times in single precision: the last time is met exactly, and no step is called too small.
#[track_caller]
fn check_single_precision(method: &'static Tableau) {
    for steps in [shared(1e-4), own(1e-4)] {
        for start in [0.0, 1e6] {
            let end = start + 20.0 + 0.1;
            let z0 = Tensor::from_slice(&[1.0_f32, -0.5]).view([2, 1]);
            let field = forced(&Tensor::from(1.0_f32));
            let how = Solve::adaptive(method, steps);
            let solution = odeint(&field, &z0, start, SaveAt::Steps(end), &how).unwrap();
            assert_eq!(solution.z.kind(), Kind::Float);
            for sample in 0..2 {
                assert_eq!(solution.times(sample).last(), Some(&end), "{how:?}");
            }
        }
    }
}

#[test]
fn in_single_precision() {
    for method in [&solvers::DOPRI5, &solvers::TSIT5, &solvers::BOSH3] {
        check_single_precision(method);
    }
}

#[test]
fn in_single_precision_with_implicit_methods() {
    for method in [&solvers::KVAERNO3, &solvers::KVAERNO5] {
        check_single_precision(method);
    }
}

/// A knot at the very end, and times that single precision would round past it.
#[test]
fn jumps_at_the_end_in_single_precision() {
    let knots = [0.1, 0.7, 1.3, 0.1 + 0.2 + 1.7];
    let end = knots[3];
    let path = [wave(Scheme::Linear, &knots, 0.0)];
    let truth = {
        let how = Solve::adaptive(&solvers::DOPRI8, shared(1e-11));
        cdeint(
            &bounded(&weights()),
            &stack(&path),
            &states().narrow(0, 0, 1),
            0.1,
            SaveAt::End(end),
            &how,
        )
        .unwrap()
        .z
    };
    let single = BatchPath::stack(&path, Kind::Float, Device::Cpu).unwrap();
    let field = bounded(&weights().to_kind(Kind::Float));
    let z0 = states().narrow(0, 0, 1).to_kind(Kind::Float);
    for steps in cde_steps(&solvers::TSIT5) {
        let solution = cdeint(
            &field,
            &single,
            &z0,
            0.1,
            SaveAt::End(end),
            &solve(&solvers::TSIT5, steps),
        )
        .unwrap();
        let tolerance = if matches!(steps, Steps::Knots | Steps::LogOde { .. } | Steps::Every(_)) {
            2e-3
        } else {
            1e-5
        };
        close(
            &solution.z.to_kind(Kind::Double),
            &truth,
            tolerance,
            &format!("{steps:?}"),
        );
    }
}

/// Saved at every step: times lead on, hold every knot, and states are those saved at these times.
#[test]
fn of_every_step() {
    let (field, path) = (bounded(&weights()), ragged(Scheme::Linear));
    for steps in [
        Steps::Knots,
        Steps::Every(0.3),
        Steps::Adaptive(shared(1e-3)),
        Steps::Adaptive(own(1e-3)),
    ] {
        let how = solve(&solvers::TSIT5, steps);
        let all = cdeint(&field, &path, &states(), 0.0, SaveAt::Steps(2.0), &how).unwrap();
        for sample in 0..3 {
            let what = format!("{steps:?}, sample {sample}");
            let times = all.times(sample);
            assert!(times.is_sorted_by(|a, b| a < b), "{what}: {times:?}");
            if !matches!(steps, Steps::Every(_)) {
                assert!(
                    path.knots(sample).iter().all(|knot| times.contains(knot)),
                    "{what}: {times:?}"
                );
            }
            let at = SaveAt::Times(times);
            // Saving at these times changes none of the steps.
            let saved = cdeint(&field, &path, &states(), 0.0, at, &how).unwrap();
            let count = times.len() as i64;
            let row = |z: &Tensor| z.get(sample as i64).narrow(0, 0, count);
            close(&row(&all.z), &row(&saved.z), 1e-12, &what);
        }
    }
}

/// Evaluations are counted as they are made; only paths with jumps in their slope take one more after each knot.
#[test]
fn are_not_asked_twice() {
    let calls = Cell::new(0);
    let weights = weights();
    let field = |z: &Tensor, dx: &Tensor| {
        calls.set(calls.get() + 1);
        let matrix = z.matmul(&weights).tanh().view([-1, 2, 2]);
        matrix.matmul(&dx.unsqueeze(-1)).squeeze_dim(-1)
    };
    let knots = [0.0, 0.3, 1.1, 1.6, 2.0];
    for (scheme, again) in [
        (Scheme::Linear, 3),
        (Scheme::Hermite(Gaps::FitAcross), 0),
        (Scheme::NaturalCubic(Ends::Free), 0),
    ] {
        let path = stack(&[wave(scheme, &knots, 0.0)]);
        for sharing in [Sharing::Batch, Sharing::Sample] {
            calls.set(0);
            let how = Solve::adaptive(
                &solvers::DOPRI5,
                Adaptive {
                    sharing,
                    ..shared(1e-4)
                },
            );
            let z0 = states().narrow(0, 0, 1);
            let stats = cdeint(&field, &path, &z0, 0.0, SaveAt::End(2.0), &how)
                .unwrap()
                .stats;
            let tried = stats.accepted + stats.rejected;
            assert_eq!(stats.evaluations, 2 + 6 * tried + again, "{scheme:?}");
            assert_eq!(stats.evaluations, calls.get(), "{scheme:?}");
        }
    }
}

/// No time outside the solve is ever asked for, unless the last step may pass the end.
#[test]
fn beyond_the_end() {
    for (overshoot, steps) in [(false, shared(1e-5)), (false, own(1e-5)), (true, own(1e-5))] {
        let latest = RefCell::new(0.0_f64);
        let field = |t: &Tensor, z: &Tensor| {
            let time = t.max().double_value(&[]);
            let mut latest = latest.borrow_mut();
            *latest = latest.max(time);
            -z
        };
        let how = Solve::adaptive(&solvers::TSIT5, Adaptive { overshoot, ..steps });
        let solution = odeint(&field, &column(&[1.0, 0.5]), 0.0, SaveAt::End(1.0), &how).unwrap();
        close(
            &solution.z.view([2]),
            &Tensor::from_slice(&[(-1.0_f64).exp(), 0.5 * (-1.0_f64).exp()]),
            1e-4,
            "decay",
        );
        assert_eq!(*latest.borrow() > 1.0, overshoot);
    }
}
