//! Errors name the thing, the place and the cause.

use pathema_path::{ControlPath, Observations, Scheme};
use pathema_solve::{
    BatchPath, Method, OdeMethod, SolveError, Steps, Tolerance, cdeint, odeint, solvers,
};
use tch::{Device, Kind, Tensor};

use crate::reference::{field, reference_path};

fn z0() -> Tensor {
    Tensor::from_slice(&[0.1, -0.3]).view([1, 2])
}

const KNOTS: Method = Method::Fixed {
    tableau: &solvers::MIDPOINT,
    steps: Steps::Knots,
};

#[track_caller]
fn check(result: Result<pathema_solve::Solution, SolveError>, says: &str) {
    let error = result.unwrap_err().to_string();
    assert!(error.contains(says), "{error}");
}

#[test]
fn of_shapes_times_and_settings() {
    let path = reference_path(Scheme::Linear);
    let wide = Tensor::zeros([2, 2], (Kind::Double, Device::Cpu));
    check(
        cdeint(&field, &path, &wide, &[1.0], &KNOTS),
        "initial state has shape [2, 2], expected [1, hidden]",
    );
    check(
        cdeint(&field, &path, &z0(), &[1.0, 1.0], &KNOTS),
        "save time 1 is 1",
    );
    check(
        cdeint(&field, &path, &z0(), &[f64::NAN], &KNOTS),
        "save time 0 is NaN",
    );
    let still = Method::Fixed {
        tableau: &solvers::RK4,
        steps: Steps::Every(0.0),
    };
    check(cdeint(&field, &path, &z0(), &[1.0], &still), "step = 0");
    let tiny = Method::Fixed {
        tableau: &solvers::RK4,
        steps: Steps::Every(1e-12),
    };
    check(
        cdeint(&field, &path, &z0(), &[1.0], &tiny),
        "step = 0.000000000001",
    );
    let loose = Method::Dopri5(Tolerance::new(f64::NAN, 1.0));
    check(
        cdeint(&field, &path, &z0(), &[1.0], &loose),
        "relative tolerance = NaN",
    );
    let narrow = |_: &Tensor, dx: &Tensor| dx.narrow(1, 0, 1);
    let dopri5 = Method::Dopri5(Tolerance::new(1e-3, 1e-3));
    check(
        cdeint(&narrow, &path, &z0(), &[1.0], &dopri5),
        "vector field's value has shape [1, 1]",
    );
    assert!(BatchPath::stack(&[], Kind::Double, Device::Cpu).is_err());
}

#[test]
fn of_what_is_not_finite() {
    let line = |values: Vec<f64>| {
        let seen = Observations::new(vec![0.0, 1.0, 2.0, 3.0], values, 1).unwrap();
        ControlPath::fit(Scheme::Linear, &seen).unwrap()
    };
    let calm = line(vec![0.0; 4]);
    // z jumps to infinity in the third interval, of the second sample only.
    let wild = line(vec![0.0, 0.0, 0.0, 1e300]);
    let path = BatchPath::stack(&[calm, wild], Kind::Double, Device::Cpu).unwrap();
    let z0 = Tensor::ones([2, 1], (Kind::Double, Device::Cpu));
    let field = |z: &Tensor, dx: &Tensor| z * dx * 1e20;
    for method in [KNOTS, Method::Dopri5(Tolerance::new(1e-3, 1e-3))] {
        match cdeint(&field, &path, &z0, &[1.0, 2.0, 3.0], &method) {
            Err(SolveError::NonFinite {
                sample: 1, time, ..
            }) => {
                assert!((2.0..=3.0).contains(&time), "{time}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn of_work_that_does_not_end() {
    let z0 = Tensor::from_slice(&[1.0]).view([1, 1]);
    let solve = |f: &dyn Fn(f64, &Tensor) -> Tensor, max_steps| {
        let tolerance = Tolerance {
            max_steps,
            ..Tolerance::new(1e-6, 1e-6)
        };
        let method = OdeMethod::Dopri5 {
            tolerance,
            overshoot: false,
        };
        odeint(f, &z0, &[0.0, 2.0], &method)
    };
    check(solve(&|_, z| z * 5.0, 3), "3 steps did not suffice");
    // z' = z² leaves every bound at t = 1.
    match solve(&|_, z| z.square(), 100_000) {
        Err(SolveError::StepTooSmall { time, .. } | SolveError::NonFinite { time, .. }) => {
            assert!((time - 1.0).abs() < 1e-3, "{time}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn up_to_the_start_there_is_no_work() {
    let path = reference_path(Scheme::Linear);
    for method in [KNOTS, Method::Dopri5(Tolerance::new(1e-3, 1e-3))] {
        let solution = cdeint(&field, &path, &z0(), &[-1.0, 0.0], &method).unwrap();
        assert_eq!(solution.z.select(1, 0), z0());
        assert_eq!(solution.z.select(1, 1), z0());
    }
}
