//! Errors name the thing, the place and the cause.

use pathema_path::{ControlPath, Observations, Scheme};
use pathema_solve::{
    Adaptive, BatchPath, Cause, OdeField, SaveAt, Solution, Solve, SolveError, cdeint, odeint,
    solvers,
};
use tch::{Device, Kind, Tensor};

use crate::reference::{field, reference_path};

fn z0() -> Tensor {
    Tensor::from_slice(&[0.1, -0.3]).view([1, 2])
}

fn knots() -> Solve {
    Solve::knots(&solvers::MIDPOINT)
}

fn dopri5(rtol: f64, atol: f64) -> Solve {
    Solve::adaptive(&solvers::DOPRI5, Adaptive::new(rtol, atol))
}

#[track_caller]
fn check(result: Result<Solution, SolveError>, says: &str) {
    let error = result.unwrap_err().to_string();
    assert!(error.contains(says), "{error}");
}

#[test]
fn of_shapes_times_and_settings() {
    let path = reference_path(Scheme::Linear);
    let wide = Tensor::zeros([2, 2], (Kind::Double, Device::Cpu));
    check(
        cdeint(&field, &path, &wide, 0.0, SaveAt::Times(&[1.0]), &knots()),
        "initial state has shape [2, 2], expected [1, hidden]",
    );
    check(
        cdeint(
            &field,
            &path,
            &z0(),
            0.0,
            SaveAt::Times(&[1.0, 1.0]),
            &knots(),
        ),
        "save time 1 is 1",
    );
    check(
        cdeint(
            &field,
            &path,
            &z0(),
            0.0,
            SaveAt::Times(&[f64::NAN]),
            &knots(),
        ),
        "save time 0 is NaN",
    );
    let to_1 = |how: &Solve| cdeint(&field, &path, &z0(), 0.0, SaveAt::End(1.0), how);
    check(to_1(&Solve::every(&solvers::RK4, 0.0)), "step = 0");
    check(
        to_1(&Solve::every(&solvers::RK4, 1e-12)),
        "step = 0.000000000001",
    );
    check(to_1(&dopri5(f64::NAN, 1.0)), "relative tolerance = NaN");
    let rk4 = Solve::adaptive(&solvers::RK4, Adaptive::new(1e-3, 1e-3));
    check(to_1(&rk4), "an adaptive step does not go with rk4");
    let narrow = |_: &Tensor, dx: &Tensor| dx.narrow(1, 0, 1);
    check(
        cdeint(
            &narrow,
            &path,
            &z0(),
            0.0,
            SaveAt::End(1.0),
            &dopri5(1e-3, 1e-3),
        ),
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
    for how in [knots(), dopri5(1e-3, 1e-3)] {
        let save = SaveAt::Times(&[1.0, 2.0, 3.0]);
        let error = cdeint(&field, &path, &z0, 0.0, save, &how).unwrap_err();
        match error.cause {
            Cause::NonFinite {
                sample: 1, time, ..
            } => {
                assert!((2.0..=3.0).contains(&time), "{time}");
            }
            ref other => panic!("{other:?}"),
        }
        let partial = error.into_partial().unwrap();
        assert_eq!(partial.z.double_value(&[1, 1, 0]), 1.0);
    }
}

#[test]
fn of_work_that_does_not_end() {
    let z0 = Tensor::from_slice(&[1.0]).view([1, 1]);
    let solve = |f: &dyn OdeField, max_steps| {
        let steps = Adaptive {
            max_steps,
            ..Adaptive::new(1e-6, 1e-6)
        };
        odeint(
            f,
            &z0,
            0.0,
            SaveAt::End(2.0),
            &Solve::adaptive(&solvers::DOPRI5, steps),
        )
    };
    check(
        solve(&|_: &Tensor, z: &Tensor| z * 5.0, 3),
        "3 steps did not suffice",
    );
    // z' = z² leaves every bound at t = 1.
    match solve(&|_: &Tensor, z: &Tensor| z.square(), 100_000)
        .unwrap_err()
        .cause
    {
        Cause::StepTooSmall { time, .. } | Cause::NonFinite { time, .. } => {
            assert!((time - 1.0).abs() < 1e-3, "{time}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn up_to_the_start_there_is_no_work() {
    let path = reference_path(Scheme::Linear);
    for how in [knots(), dopri5(1e-3, 1e-3)] {
        let save = SaveAt::Times(&[-1.0, 0.0]);
        let solution = cdeint(&field, &path, &z0(), -1.0, save, &how).unwrap();
        assert_eq!(solution.z.select(1, 0), z0());
        assert_eq!(solution.z.select(1, 1), z0());
    }
}
