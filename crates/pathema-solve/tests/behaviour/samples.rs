//! Samples that differ: in length, in health, in the steps they ask for.

use pathema_path::{ControlPath, Gaps, Intensity, Observations, Scheme};
use pathema_solve::field::Parametrised;
use pathema_solve::{
    Adaptive, Cause, Gradient, SaveAt, Sharing, Solve, Status, Steps, cdeint, odeint, solvers,
};
use tch::{Kind, Tensor};

use crate::support::{
    GRADIENTS, METHODS, bounded, cde_steps, close, column, decay, own, ragged, solve, stack,
    states, wave, weights,
};

/// All ways to step come to the same states, whatever starts and ends the paths have.
#[test]
fn with_starts_and_ends_of_their_own() {
    let field = bounded(&weights());
    let path = ragged(Scheme::Hermite(Gaps::FitAcross));
    let saves = [-0.5, 0.2, 0.3, 1.15, 1.3, 2.0, 2.5];
    let truth = cdeint(
        &field,
        &path,
        &states(),
        -1.0,
        SaveAt::Times(&saves),
        &solve(&solvers::DOPRI8, Steps::Adaptive(own(1e-11))),
    )
    .unwrap()
    .z;
    for method in METHODS.into_iter().filter(|method| method.order >= 3) {
        for steps in cde_steps(method) {
            // The stages of steps so long are not solved.
            if method.is_implicit() && matches!(steps, Steps::Knots) {
                continue;
            }
            let how = solve(method, steps);
            let z = cdeint(&field, &path, &states(), -1.0, SaveAt::Times(&saves), &how)
                .unwrap()
                .z;
            let tolerance = match steps {
                Steps::Knots => 0.2,
                Steps::Every(_) | Steps::LogOde { .. } => 5e-3,
                Steps::Adaptive(_) => 2e-5,
            };
            close(&z, &truth, tolerance, &format!("{how:?}"));
        }
    }
    let before = truth.select(1, 0);
    close(&before, &states(), 0.0, "before any path starts");
}

/// One knot, or a channel never observed: the path stands still, and so does what follows it.
#[test]
fn with_paths_that_stand_still() {
    let one = Observations::new(vec![0.4], vec![3.0, -1.0], 2).unwrap();
    let never = Observations::new(vec![0.0, 0.7, 1.0], vec![f64::NAN; 6], 2).unwrap();
    let field = bounded(&weights());
    for scheme in [Scheme::Linear, Scheme::Hermite(Gaps::FitAcross)] {
        let still = [&one, &never].map(|seen| ControlPath::fit(scheme, seen));
        let mut paths: Vec<ControlPath> = still.into_iter().filter_map(Result::ok).collect();
        let count = paths.len() as i64;
        assert!(count > 0, "{scheme:?}");
        for moving in [false, true] {
            if moving {
                paths.push(wave(scheme, &[0.0, 0.5, 1.0], 0.0));
            }
            let z0 = states().narrow(0, 0, paths.len() as i64);
            for method in [&solvers::RK4, &solvers::TSIT5, &solvers::KVAERNO5] {
                for steps in cde_steps(method) {
                    for save in [
                        SaveAt::End(1.0),
                        SaveAt::Times(&[0.0, 0.4, 1.0]),
                        SaveAt::Dense(1.0),
                    ] {
                        let how = solve(method, steps);
                        let z = cdeint(&field, &stack(&paths), &z0, 0.0, save, &how)
                            .unwrap()
                            .z;
                        let rest = z.narrow(0, 0, count);
                        let expected = z0.narrow(0, 0, count).unsqueeze(1).expand_as(&rest);
                        close(
                            &rest,
                            &expected,
                            0.0,
                            &format!("{scheme:?} {how:?} {save:?}"),
                        );
                        let moved = z.narrow(0, count, z.size()[0] - count).select(1, -1);
                        assert!(bool::try_from(moved.isfinite().all()).unwrap());
                    }
                }
            }
        }
    }
}

/// With counts of observations a path that ends early goes with a longer one.
#[test]
fn with_intensities() {
    let seen = |times: Vec<f64>, values: Vec<f64>| {
        let seen = Observations::new(times, values, 1)
            .unwrap()
            .with_intensity(Intensity::Shared)
            .with_time();
        ControlPath::fit(Scheme::Rectilinear, &seen).unwrap()
    };
    let path = stack(&[
        seen(vec![0.0, 1.0], vec![0.5, f64::NAN]),
        seen(vec![0.0, 0.3, 2.0], vec![f64::NAN, 1.0, 0.2]),
    ]);
    let z0 = states().narrow(0, 0, 2);
    let solved = |how: Solve| {
        cdeint(
            &|z: &Tensor, dx: &Tensor| {
                z.cos() * dx.sum_dim_intlist([1_i64].as_slice(), true, Kind::Double) * 0.3
            },
            &path,
            &z0,
            0.0,
            SaveAt::End(2.0),
            &how,
        )
        .unwrap()
        .z
    };
    close(
        &solved(Solve::knots(&solvers::RK4)),
        &solved(solve(&solvers::DOPRI8, Steps::Adaptive(own(1e-10)))),
        1e-2,
        "rk4",
    );
}

/// A sample that fails has NaN in its own rows only, and the others are what they are alone.
#[test]
fn of_which_one_fails() {
    let square = |_: &Tensor, z: &Tensor| z.square();
    let z0 = column(&[0.2, 2.0, -1.0, f64::NAN, 0.1]);
    let saves = [0.25, 0.75, 2.0];
    for method in METHODS.into_iter().filter(|method| method.is_embedded()) {
        // Steps of first order are too many.
        let how = Solve::adaptive(method, own(1e-5));
        let what = method.name;
        let error = odeint(&square, &z0, 0.0, SaveAt::Times(&saves), &how).unwrap_err();
        let named = match error.cause {
            Cause::NonFinite { sample, .. }
            | Cause::StepTooSmall { sample, .. }
            | Cause::DidNotConverge { sample, .. }
            | Cause::MaxSteps { sample, .. } => sample,
            ref other => panic!("{what}: {other}"),
        };
        assert_eq!(named, 1, "{what}");
        let partial = error.into_partial().unwrap();
        for sample in 0..5 {
            let own = partial.z.get(sample as i64);
            let finite = Vec::<bool>::try_from(own.isfinite().view([3])).unwrap();
            match sample {
                1 => assert_eq!(finite, [true, false, false], "{what}"),
                3 => {
                    assert_eq!(finite, [false; 3], "{what}");
                    assert!(
                        matches!(partial.status[3], Status::NonFinite { time: 0.0, .. }),
                        "{what}"
                    );
                }
                _ => {
                    assert_eq!(partial.status[sample], Status::Done, "{what}");
                    let z0 = z0.narrow(0, sample as i64, 1);
                    let alone = odeint(&square, &z0, 0.0, SaveAt::Times(&saves), &how)
                        .unwrap()
                        .z;
                    // Implicit stages are solved until the last of all rows is.
                    let tolerance = if method.is_implicit() { 1e-4 } else { 1e-12 };
                    close(&own, &alone.get(0), tolerance, what);
                }
            }
        }
        assert_ne!(partial.status[1], Status::Done, "{what}");
    }
}

/// A limit of steps holds for each sample.
#[test]
fn with_a_limit_of_steps() {
    let turning = |_: &Tensor, z: &Tensor| (z * 40.0).sin() * 20.0;
    let steps = Adaptive {
        max_steps: 8,
        ..own(1e-8)
    };
    let z0 = column(&[0.0, 0.05, 0.0]);
    let error = odeint(
        &turning,
        &z0,
        0.0,
        SaveAt::End(1.0),
        &Solve::adaptive(&solvers::TSIT5, steps),
    )
    .unwrap_err();
    assert!(
        matches!(
            error.cause,
            Cause::MaxSteps {
                sample: 1,
                limit: 8,
                end: 1.0,
                ..
            }
        ),
        "{error}"
    );
    let partial = error.into_partial().unwrap();
    assert_eq!(
        (&partial.status[0], &partial.status[2]),
        (&Status::Done, &Status::Done)
    );
    // As many as are needed suffice.
    let decay = decay(&Tensor::from(1.0));
    let tries = |max_steps| {
        let how = Solve::adaptive(
            &solvers::TSIT5,
            Adaptive {
                max_steps,
                ..own(1e-6)
            },
        );
        odeint(&decay, &column(&[1.0]), 0.0, SaveAt::End(1.0), &how)
    };
    let stats = tries(1000).unwrap().stats;
    let needed = stats.accepted + stats.rejected;
    assert!(tries(needed).is_ok() && tries(needed - 1).is_err());
}

/// A field that is no number from the start on is named at once, whoever shares the step.
#[test]
fn with_a_field_that_is_nan() {
    let field = |_: &Tensor, z: &Tensor| z / z.abs() * 0.0 + z.sqrt();
    for sharing in [Sharing::Batch, Sharing::Sample] {
        for method in [&solvers::DOPRI5, &solvers::KVAERNO3] {
            let steps = Adaptive {
                sharing,
                ..own(1e-5)
            };
            let how = Solve::adaptive(method, steps);
            let error =
                odeint(&field, &column(&[1.0, -1.0]), 0.5, SaveAt::End(1.0), &how).unwrap_err();
            assert!(
                matches!(
                    error.cause,
                    Cause::NonFinite {
                        sample: 1,
                        time: 0.5,
                        what: "the vector field"
                    }
                ),
                "{error}"
            );
        }
    }
    for gradient in GRADIENTS {
        let field = decay(&Tensor::from(f64::NAN));
        let how = Solve::every(&solvers::MIDPOINT, 0.1).with_gradient(gradient);
        let error = odeint(&field, &column(&[1.0]), 0.0, SaveAt::End(1.0), &how).unwrap_err();
        assert!(
            matches!(error.cause, Cause::NonFinite { sample: 0, .. }),
            "{error}"
        );
    }
}

/// A step that one sample takes back, because it left all bounds on trial, leaves no trace in the gradient.
#[track_caller]
fn check_taken_back(gradient: Gradient) {
    let of = |z0: &[f64]| {
        let rate = Tensor::from(1.0).set_requires_grad(true);
        let field = Parametrised::new(
            vec![rate.shallow_clone()],
            |p: &[Tensor], _: &Tensor, z: &Tensor| -(z.pow_tensor_scalar(3) * &p[0]),
        );
        let steps = Adaptive {
            first_step: Some(1.0),
            ..own(1e-6)
        };
        let how = Solve::adaptive(&solvers::DOPRI5, steps).with_gradient(gradient);
        let solution = odeint(&field, &column(z0), 0.0, SaveAt::End(1.0), &how).unwrap();
        solution.z.sum(Kind::Double).backward();
        rate.grad().double_value(&[])
    };
    let (together, alone) = (of(&[0.1, 100.0]), of(&[0.1]) + of(&[100.0]));
    assert!((together - alone).abs() < 1e-9, "{together} is not {alone}");
}

#[test]
fn of_which_one_takes_a_wild_step_back_checkpointed() {
    check_taken_back(Gradient::checkpointed());
}

#[test]
fn of_which_one_takes_a_wild_step_back_continuously() {
    check_taken_back(Gradient::continuous());
}

#[test]
fn of_which_one_takes_a_wild_step_back_directly() {
    check_taken_back(Gradient::Direct);
}

#[test]
fn of_which_some_are_healthy_still_have_gradients() {
    let rate = Tensor::from(1.0).set_requires_grad(true);
    let field = Parametrised::new(
        vec![rate.shallow_clone()],
        |p: &[Tensor], _: &Tensor, z: &Tensor| z.square() * &p[0],
    );
    let how = Solve::adaptive(&solvers::TSIT5, own(1e-8));
    let error = odeint(&field, &column(&[0.2, 2.0]), 0.0, SaveAt::End(2.0), &how).unwrap_err();
    error
        .into_partial()
        .unwrap()
        .z
        .get(0)
        .sum(Kind::Double)
        .backward();
    // z = z₀ / (1 − r z₀ t), so ∂z/∂r = z₀² t / (1 − r z₀ t)².
    let expected = 0.04 * 2.0 / (0.6 * 0.6);
    assert!(
        (rate.grad().double_value(&[]) - expected).abs() < 1e-6,
        "{}",
        rate.grad().double_value(&[])
    );
}

/// Of fixed steps all samples stop together: who is to blame is said, and nobody else.
#[test]
fn of_which_one_has_a_stage_that_is_not_solved() {
    // An equation without a solution in steps so long, in the second sample only: y = base + hγ (1 + y²).
    let field =
        |_: &Tensor, z: &Tensor| (z.square() + 1.0) * 10.0 * z.gt(0.5).to_kind(Kind::Double);
    let how = Solve::every(&solvers::KVAERNO3, 0.5);
    let z0 = column(&[0.0, 1.0, 0.0]);
    let error = odeint(&field, &z0, 0.0, SaveAt::End(1.0), &how).unwrap_err();
    assert!(
        matches!(error.cause, Cause::DidNotConverge { sample: 1, .. }),
        "{error}"
    );
}
