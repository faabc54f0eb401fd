//! Each method converges as fast as its order says: halving the step divides the error by 2^order.

use pathema_path::{ControlPath, Ends, Observations, Scheme};
use pathema_solve::{
    BatchPath, Method, OdeMethod, Steps, Tableau, Tolerance, cdeint, odeint, solvers,
};
use tch::{Device, Kind, Tensor};

use crate::reference::{field, reference_path};

#[track_caller]
fn check_slope(name: &str, errors: &[(f64, f64)], order: f64) {
    let (first, last) = (errors[0], errors[errors.len() - 1]);
    let slope = (first.1 / last.1).ln() / (first.0 / last.0).ln();
    assert!(
        (slope - order).abs() < 0.3,
        "{name}: slope {slope}, order {order}, errors {errors:?}"
    );
}

#[test]
fn of_ode_methods() {
    // z' = z cos t, z = exp(sin t).
    let z0 = Tensor::from_slice(&[1.0]).view([1, 1]);
    let truth = 3.0_f64.sin().exp();
    for tableau in [
        &solvers::EULER,
        &solvers::MIDPOINT,
        &solvers::RK4,
        &solvers::DOPRI5,
    ] {
        let steps: &[f64] = if tableau.order > 3 {
            &[0.2, 0.1, 0.05]
        } else {
            &[0.02, 0.01, 0.005]
        };
        let error = |&step: &f64| {
            let method = OdeMethod::Fixed { tableau, step };
            let solution = odeint(&|t, z| z * t.cos(), &z0, &[0.0, 3.0], &method).unwrap();
            (step, (solution.z.double_value(&[0, 1, 0]) - truth).abs())
        };
        let errors: Vec<(f64, f64)> = steps.iter().map(error).collect();
        check_slope(tableau.name, &errors, f64::from(tableau.order));
    }
}

#[test]
fn of_cde_methods_between_the_knots() {
    let path = reference_path(Scheme::NaturalCubic(Ends::Free));
    let z0 = Tensor::from_slice(&[0.1, -0.3]).view([1, 2]);
    let end = |method: &Method, save_at: &[f64]| {
        let z = cdeint(&field, &path, &z0, save_at, method).unwrap().z;
        z.select(1, -1)
    };
    let truth = end(&Method::Dopri5(Tolerance::new(1e-12, 1e-13)), &[4.25]);
    for tableau in [&solvers::EULER, &solvers::MIDPOINT, &solvers::RK4] {
        // Save times are steps too: so many of them that they set the step.
        let error = |&count: &usize| {
            let save_at: Vec<f64> = (1..=count)
                .map(|k| 4.25 * k as f64 / count as f64)
                .collect();
            let method = Method::Fixed {
                tableau,
                steps: Steps::Knots,
            };
            let error = (end(&method, &save_at) - &truth)
                .abs()
                .max()
                .double_value(&[]);
            (4.25 / count as f64, error)
        };
        let errors: Vec<(f64, f64)> = [340, 680, 1360].iter().map(error).collect();
        check_slope(tableau.name, &errors, f64::from(tableau.order));
    }
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
    let solve = |tableau: &'static Tableau, steps| {
        let method = Method::Fixed { tableau, steps };
        cdeint(&field, &path, &z0, &[1.0, 4.0], &method).unwrap().z
    };
    for tableau in [&solvers::MIDPOINT, &solvers::RK4] {
        let knots = solve(tableau, Steps::Knots);
        let every = solve(tableau, Steps::Every(0.5));
        assert!(
            knots.allclose(&every, 1e-12, 1e-12, false),
            "{}",
            tableau.name
        );
    }
    // Longer than the knots are apart, they still see all of the path: dz = dX ends where X does.
    let moves = |_: &Tensor, dx: &Tensor| dx.shallow_clone();
    let method = Method::Fixed {
        tableau: &solvers::MIDPOINT,
        steps: Steps::Every(1.3),
    };
    let end = cdeint(&moves, &path, &path.start().unwrap(), &[4.0], &method)
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
