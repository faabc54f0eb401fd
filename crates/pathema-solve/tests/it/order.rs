//! Each method converges as fast as its order says: halving the step divides the error by 2^order.

use pathema_path::{ControlPath, Depth, Ends, Observations, Scheme};
use pathema_solve::{Adaptive, BatchPath, SaveAt, Solve, Steps, Tableau, cdeint, odeint, solvers};
use tch::{Device, Kind, Tensor};

use crate::reference::{field, reference_path};

const ALL: [&Tableau; 12] = [
    &solvers::EULER,
    &solvers::MIDPOINT,
    &solvers::HEUN,
    &solvers::RALSTON,
    &solvers::BOSH3,
    &solvers::RK4,
    &solvers::RK4_38,
    &solvers::DOPRI5,
    &solvers::TSIT5,
    &solvers::DOPRI8,
    &solvers::KVAERNO3,
    &solvers::KVAERNO5,
];

#[track_caller]
fn check_slope(name: &str, errors: &[(f64, f64)], order: f64) {
    let (first, last) = (errors[0], errors[errors.len() - 1]);
    let slope = (first.1 / last.1).ln() / (first.0 / last.0).ln();
    assert!(
        (slope - order).abs() < 0.5,
        "{name}: slope {slope}, order {order}, errors {errors:?}"
    );
}

#[test]
fn of_ode_methods() {
    // A circular orbit, run through at the pace 1 + cos(t / 2) / 2: at time t it is t + sin(t / 2) around.
    let field = |t: &Tensor, z: &Tensor| {
        let (place, speed) = (z.narrow(1, 0, 2), z.narrow(1, 2, 2));
        let dims: &[i64] = &[1];
        let radius = place.square().sum_dim_intlist(dims, true, None).sqrt();
        let pull = -place / radius.pow_tensor_scalar(3);
        Tensor::cat(&[speed, pull], 1) * ((t * 0.5).cos() * 0.5 + 1.0)
    };
    let z0 = Tensor::from_slice(&[1.0, 0.0, 0.0, 1.0]).view([1, 4]);
    let (sin, cos) = (3.0 + 1.5_f64.sin()).sin_cos();
    let truth = Tensor::from_slice(&[cos, sin, -sin, cos]);
    for tableau in ALL {
        let steps: &[f64] = match tableau.order {
            0..=3 => &[0.02, 0.01, 0.005],
            4..=5 => &[0.05, 0.025, 0.0125],
            _ => &[0.375, 0.25, 0.1875],
        };
        let error = |&step: &f64| {
            let how = Solve::every(tableau, step);
            let solution = odeint(&field, &z0, 0.0, SaveAt::End(3.0), &how).unwrap();
            let error = (solution.z.flatten(0, 2) - &truth).abs().max();
            (step, error.double_value(&[]))
        };
        let errors: Vec<(f64, f64)> = steps.iter().map(error).collect();
        check_slope(tableau.name, &errors, f64::from(tableau.order));
    }
}

#[test]
fn of_cde_methods_between_the_knots() {
    let path = reference_path(Scheme::NaturalCubic(Ends::Free));
    let z0 = Tensor::from_slice(&[0.1, -0.3]).view([1, 2]);
    let end = |how: &Solve, save_at: &[f64]| {
        let z = cdeint(&field, &path, &z0, 0.0, SaveAt::Times(save_at), how)
            .unwrap()
            .z;
        z.select(1, -1)
    };
    let tight = Solve::adaptive(&solvers::DOPRI8, Adaptive::new(1e-13, 1e-14));
    let truth = end(&tight, &[4.25]);
    for tableau in ALL.into_iter().filter(|tableau| tableau.order < 5) {
        // Save times are steps too: so many of them that they set the step.
        let error = |&count: &usize| {
            let save_at: Vec<f64> = (1..=count)
                .map(|k| 4.25 * k as f64 / count as f64)
                .collect();
            let error = (end(&Solve::knots(tableau), &save_at) - &truth)
                .abs()
                .max()
                .double_value(&[]);
            (4.25 / count as f64, error)
        };
        let errors: Vec<(f64, f64)> = [340, 680, 1360].iter().map(error).collect();
        check_slope(tableau.name, &errors, f64::from(tableau.order));
    }
}

/// On a smooth path the terms of depth 2 are of third order in the step, those of depths 3 and 4 of fifth, as in the Magnus
/// expansion.
#[test]
fn of_the_log_ode_method() {
    let path = reference_path(Scheme::NaturalCubic(Ends::Free));
    let z0 = Tensor::from_slice(&[0.1, -0.3]).view([1, 2]);
    let end = |how: &Solve| {
        cdeint(&field, &path, &z0, 0.0, SaveAt::End(4.25), how)
            .unwrap()
            .z
    };
    let truth = end(&Solve::adaptive(
        &solvers::DOPRI8,
        Adaptive::new(1e-13, 1e-14),
    ));
    for (depth, order) in [(Depth::One, 2.0), (Depth::Two, 4.0), (Depth::Three, 4.0)] {
        // All knots are ends of steps.
        let error = |&length: &f64| {
            let how = Solve::new(&solvers::DOPRI8, Steps::LogOde { length, depth });
            (length, (end(&how) - &truth).abs().max().double_value(&[]))
        };
        let errors: Vec<(f64, f64)> = [0.25, 0.125, 0.0625].iter().map(error).collect();
        check_slope(&format!("log-ODE {depth:?}"), &errors, order);
    }
}

/// Fields whose brackets of four vanish: with depth 3 a single step along the whole path is the solution.
#[test]
fn depth_3_is_exact_where_deeper_brackets_vanish() {
    let nilpotent = |z: &Tensor, dx: &Tensor| {
        let (x, y) = (dx.select(1, 0), dx.select(1, 1));
        let (first, area) = (z.select(1, 0), z.select(1, 2));
        Tensor::stack(&[&x, &y, &(first * &y), &(area * &x)], 1)
    };
    let path = reference_path(Scheme::NaturalCubic(Ends::Free));
    let z0 = Tensor::from_slice(&[0.4, -0.3, 0.2, 0.1]).view([1, 4]);
    let end = |how: &Solve| {
        cdeint(&nilpotent, &path, &z0, 0.0, SaveAt::End(4.25), how)
            .unwrap()
            .z
    };
    let truth = end(&Solve::adaptive(
        &solvers::DOPRI8,
        Adaptive::new(1e-12, 1e-13),
    ));
    let off = |depth: Depth| {
        let steps = Steps::LogOde { length: 5.0, depth };
        (end(&Solve::new(&solvers::RK4, steps)) - &truth)
            .abs()
            .max()
            .double_value(&[])
    };
    assert!(off(Depth::Two) > 1e-3);
    assert!(off(Depth::Three) < 1e-11, "{}", off(Depth::Three));
}

/// The log-ODE method of depth 1 on a linear path with steps at its knots is the Runge–Kutta method itself.
#[test]
fn increments_equal_derivatives_where_steps_end_at_knots() {
    let times: Vec<f64> = (0..9).map(|k| f64::from(k) * 0.5).collect();
    let values = times
        .iter()
        .flat_map(|t| [(3.0 * t).sin(), t * t * 0.1])
        .collect();
    let seen = Observations::new(times, values, 2).unwrap();
    let path = ControlPath::fit(Scheme::Linear, &seen).unwrap();
    let path = BatchPath::stack(&[path], Kind::Double, Device::Cpu).unwrap();
    let z0 = Tensor::from_slice(&[0.1, -0.3]).view([1, 2]);
    let solve = |how: &Solve| {
        cdeint(&field, &path, &z0, 0.0, SaveAt::Times(&[1.0, 4.0]), how)
            .unwrap()
            .z
    };
    for tableau in [&solvers::MIDPOINT, &solvers::RK4] {
        let knots = solve(&Solve::knots(tableau));
        let every = solve(&Solve::every(tableau, 0.5));
        assert!(
            knots.allclose(&every, 1e-12, 1e-12, false),
            "{}",
            tableau.name
        );
    }
    // Longer than the knots are apart, they still see all of the path: dz = dX ends where X does.
    let moves = |_: &Tensor, dx: &Tensor| dx.shallow_clone();
    let how = Solve::every(&solvers::MIDPOINT, 1.3);
    let start = path.start().unwrap();
    let end = cdeint(&moves, &path, &start, 0.0, SaveAt::End(4.0), &how)
        .unwrap()
        .z;
    for (place, expected) in [12.0_f64.sin(), 1.6].into_iter().enumerate() {
        let found = end.double_value(&[0, 0, place as i64]);
        assert!(
            (found - expected).abs() < 1e-12,
            "{found} is not {expected}"
        );
    }
}
