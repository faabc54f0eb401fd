//! Events: none, at once, at a time of each sample's own, and what is saved about them.

use pathema_path::Scheme;
use pathema_solve::field::Parametrised;
use pathema_solve::{
    Adaptive, Crossing, Event, Gradient, SaveAt, Solution, Solve, Status, cdeint_until,
    odeint_until, solvers,
};
use tch::{Kind, Tensor};

use crate::support::{
    GRADIENTS, bounded, close, column, fits, own, ragged, shared, states, weights,
};

/// z' = −r: the level 0 is crossed at z₀ / r.
fn fall(rate: &Tensor) -> impl pathema_solve::OdeField + use<> {
    Parametrised::new(
        vec![rate.shallow_clone()],
        |p: &[Tensor], _: &Tensor, z: &Tensor| z.ones_like() * -&p[0],
    )
}

fn height(_: &Tensor, z: &Tensor) -> Tensor {
    z.select(1, 0)
}

const GROUND: Event<'static> = Event {
    condition: &height,
    crossing: Crossing::Any,
};

fn tsit5() -> Solve {
    Solve::adaptive(&solvers::TSIT5, shared(1e-8))
}

#[track_caller]
fn check(solution: &Solution, expected: &[Option<f64>]) {
    let event = solution.event.as_ref().unwrap();
    for (sample, expected) in expected.iter().enumerate() {
        let time = event.times.double_value(&[sample as i64]);
        assert_eq!(
            event.happened[sample],
            expected.is_some(),
            "sample {sample}"
        );
        assert_eq!(
            solution.status[sample] == Status::Event,
            expected.is_some(),
            "sample {sample}"
        );
        match expected {
            Some(expected) => assert!((time - expected).abs() < 1e-7, "{time} is not {expected}"),
            None => assert!(time.is_nan(), "sample {sample}: {time}"),
        }
    }
}

#[test]
fn at_times_of_their_own() {
    let (field, z0) = (fall(&Tensor::from(1.0)), column(&[0.5, 1.5, 9.0]));
    for method in [
        &solvers::TSIT5,
        &solvers::DOPRI5,
        &solvers::DOPRI8,
        &solvers::BOSH3,
        &solvers::KVAERNO5,
    ] {
        for gradient in GRADIENTS {
            if !fits(gradient, method) {
                continue;
            }
            let how = Solve::adaptive(method, shared(1e-6)).with_gradient(gradient);
            let solution = odeint_until(
                &field,
                &z0,
                0.0,
                SaveAt::Times(&[0.25, 1.0, 2.0]),
                &how,
                &GROUND,
            )
            .unwrap();
            check(&solution, &[Some(0.5), Some(1.5), None]);
            // What is saved before the event is there, what would come after is NaN.
            let expected = Tensor::from_slice(&[
                0.25,
                f64::NAN,
                f64::NAN,
                1.25,
                0.5,
                f64::NAN,
                8.75,
                8.0,
                7.0,
            ])
            .view([3, 3, 1]);
            assert!(solution.z.allclose(&expected, 1e-7, 1e-7, true), "{how:?}");
            let event = solution.event.unwrap();
            close(
                &event.z.narrow(0, 0, 2),
                &column(&[0.0, 0.0]),
                1e-7,
                "states",
            );
        }
    }
}

/// A condition that is zero at the start is no crossing, whichever way it leaves; the next one is.
#[test]
fn that_are_zero_at_the_start() {
    // A pendulum, small: z = (sin t, cos t).
    let turn = |_: &Tensor, z: &Tensor| Tensor::stack(&[z.select(1, 1), -z.select(1, 0)], 1);
    let z0 = Tensor::from_slice(&[0.0, 1.0]).view([1, 2]);
    for (crossing, expected) in [
        (Crossing::Any, std::f64::consts::PI),
        (Crossing::Falling, std::f64::consts::PI),
        (Crossing::Rising, std::f64::consts::TAU),
    ] {
        let event = Event {
            condition: &height,
            crossing,
        };
        let solution = odeint_until(&turn, &z0, 0.0, SaveAt::End(10.0), &tsit5(), &event).unwrap();
        check(&solution, &[Some(expected)]);
    }
}

/// From each event on to the next, whatever the gradient: none is found twice.
#[test]
fn one_after_the_other() {
    for gradient in [
        Gradient::Direct,
        Gradient::checkpointed(),
        Gradient::continuous(),
    ] {
        check_one_after_the_other(gradient);
    }
}

/// The coupled solution has not quite the event's state.
#[test]
fn one_after_the_other_reversibly() {
    check_one_after_the_other(Gradient::reversible());
}

#[track_caller]
fn check_one_after_the_other(gradient: Gradient) {
    let turn = |p: &[Tensor], _: &Tensor, z: &Tensor| {
        Tensor::stack(&[z.select(1, 1), -z.select(1, 0)], 1) * &p[0]
    };
    let field = Parametrised::new(vec![Tensor::from(1.0)], turn);
    let how = tsit5().with_gradient(gradient);
    let (mut time, mut z) = (0.0, Tensor::from_slice(&[1.0, 0.0]).view([1, 2]));
    for k in 0..6 {
        let solution =
            odeint_until(&field, &z, time, SaveAt::End(time + 10.0), &how, &GROUND).unwrap();
        let event = solution.event.unwrap();
        let found = event.times.double_value(&[0]);
        let expected = (f64::from(k) + 0.5) * std::f64::consts::PI;
        assert!(
            (found - expected).abs() < 1e-5,
            "{gradient:?}: {found} is not {expected}"
        );
        (time, z) = (found, event.z.detach());
    }
}

#[test]
fn backward_in_time() {
    let field = fall(&Tensor::from(-1.0));
    let solution = odeint_until(
        &field,
        &column(&[0.5, 9.0]),
        0.0,
        SaveAt::Times(&[-0.25, -3.0]),
        &tsit5(),
        &GROUND,
    )
    .unwrap();
    check(&solution, &[Some(-0.5), None]);
    let falling = Event {
        condition: &height,
        crossing: Crossing::Falling,
    };
    let solution = odeint_until(
        &field,
        &column(&[0.5]),
        0.0,
        SaveAt::End(-3.0),
        &tsit5(),
        &falling,
    )
    .unwrap();
    check(&solution, &[Some(-0.5)]);
}

/// An event after the last time has not happened, also where the last step passes it.
#[test]
fn after_the_end() {
    let field = fall(&Tensor::from(1.0));
    for overshoot in [false, true] {
        let how = Solve::adaptive(
            &solvers::TSIT5,
            Adaptive {
                overshoot,
                ..own(1e-6)
            },
        );
        let solution = odeint_until(
            &field,
            &column(&[1.05, 0.95]),
            0.0,
            SaveAt::End(1.0),
            &how,
            &GROUND,
        )
        .unwrap();
        check(&solution, &[None, Some(0.95)]);
    }
}

/// The event may lie exactly at the end.
#[test]
fn at_the_end() {
    let field = fall(&Tensor::from(1.0));
    let solution = odeint_until(
        &field,
        &column(&[1.0]),
        0.0,
        SaveAt::End(1.0),
        &tsit5(),
        &GROUND,
    )
    .unwrap();
    let happened = solution.event.unwrap().happened[0];
    let z = solution.z.double_value(&[0, 0, 0]);
    assert!(z.abs() < 1e-12 || happened && z.is_nan(), "{z}");
}

type Condition = dyn Fn(&Tensor, &Tensor) -> Tensor;

/// Conditions that say no more than on which side a state lies, and such that only touch zero slowly.
#[test]
fn with_conditions_that_have_no_slope() {
    let field = fall(&Tensor::from(1.0));
    let side = |_: &Tensor, z: &Tensor| z.select(1, 0).gt(0.0).to_kind(Kind::Double) - 0.5;
    let cube = |t: &Tensor, z: &Tensor| {
        z.select(1, 0) * 0.0 + (t.reshape([-1]) - 0.5).pow_tensor_scalar(3)
    };
    let of: [(&str, &Condition); 3] = [
        ("side", &side),
        ("cube", &cube),
        ("sign", &|_, z| z.select(1, 0).sign()),
    ];
    for (name, condition) in of {
        let event = Event {
            condition,
            crossing: Crossing::Any,
        };
        let solution = odeint_until(
            &field,
            &column(&[0.5]),
            0.0,
            SaveAt::End(1.0),
            &tsit5(),
            &event,
        )
        .unwrap();
        let event = solution.event.unwrap();
        let time = event.times.double_value(&[0]);
        assert!(
            event.happened[0] && (time - 0.5).abs() < 1e-4,
            "{name}: {time}"
        );
        assert!(event.z.double_value(&[0, 0]).abs() < 1e-4, "{name}");
    }
}

/// Dense output ends where the solution does: with the event.
#[test]
fn end_the_dense_output() {
    let field = fall(&Tensor::from(1.0));
    let solution = odeint_until(
        &field,
        &column(&[0.5, 9.0]),
        0.0,
        SaveAt::Dense(2.0),
        &tsit5(),
        &GROUND,
    )
    .unwrap();
    let trajectory = solution.trajectory.unwrap();
    close(
        &trajectory.at(0.25).unwrap(),
        &column(&[0.25, 8.75]),
        1e-7,
        "before",
    );
    for time in [0.6, 1.5, 2.0] {
        close(
            &trajectory.at(time).unwrap(),
            &column(&[0.0, 9.0 - time]),
            1e-7,
            &format!("at {time}"),
        );
    }
}

/// Every step is saved up to the event, and it is the last.
#[test]
fn end_the_steps_saved() {
    for gradient in GRADIENTS {
        let field = fall(&Tensor::from(1.0));
        let how = tsit5().with_gradient(gradient);
        let solution = odeint_until(
            &field,
            &column(&[0.5, 9.0]),
            0.0,
            SaveAt::Steps(2.0),
            &how,
            &GROUND,
        )
        .unwrap();
        check(&solution, &[Some(0.5), None]);
        let times = solution.times(0);
        assert!(
            (times[times.len() - 1] - 0.5).abs() < 1e-7,
            "{gradient:?}: {times:?}"
        );
        assert_eq!(solution.times(1).last(), Some(&2.0));
        let last = solution.z.double_value(&[0, times.len() as i64 - 1, 0]);
        assert!(last.abs() < 1e-7, "{gradient:?}: {last}");
    }
}

/// Time and state of the event move with z₀ and rate: t = z₀ / r, and with it the level of 1.
#[test]
fn have_gradients() {
    for gradient in GRADIENTS {
        let rate = Tensor::from(2.0).set_requires_grad(true);
        let z0 = column(&[3.0, 5.0, 99.0]).set_requires_grad(true);
        let level = Tensor::from(1.0).set_requires_grad(true);
        let event = Event {
            condition: &|_, z| z.select(1, 0) - &level,
            crossing: Crossing::Falling,
        };
        let how = tsit5().with_gradient(gradient);
        let solution =
            odeint_until(&fall(&rate), &z0, 0.0, SaveAt::End(4.0), &how, &event).unwrap();
        let event = solution.event.unwrap();
        // t = (z₀ − level) / r, and z there is the level.
        (event.times.narrow(0, 0, 2).sum(Kind::Double) + event.z.narrow(0, 0, 2).sum(Kind::Double))
            .backward();
        close(
            &z0.grad(),
            &column(&[0.5, 0.5, 0.0]),
            1e-7,
            &format!("{gradient:?}: z0"),
        );
        close(
            &rate.grad(),
            &Tensor::from(-(2.0 + 4.0) / 4.0),
            1e-7,
            &format!("{gradient:?}: rate"),
        );
        close(
            &level.grad(),
            &Tensor::from(-1.0 + 2.0),
            1e-7,
            &format!("{gradient:?}: level"),
        );
    }
}

/// Along paths of their own, under every gradient; a closure's condition that looks at time alone.
#[test]
fn along_paths() {
    let path = ragged(Scheme::Linear);
    for gradient in [
        Gradient::Direct,
        Gradient::continuous(),
        Gradient::checkpointed(),
        Gradient::reversible(),
    ] {
        let event = Event {
            condition: &|t, z| t.reshape([-1]) - 0.9 + z.select(1, 0) * 0.0,
            crossing: Crossing::Rising,
        };
        let how = tsit5().with_gradient(gradient);
        let solution = cdeint_until(
            &bounded(&weights()),
            &path,
            &states(),
            0.0,
            SaveAt::End(2.0),
            &how,
            &event,
        )
        .unwrap();
        check(&solution, &[Some(0.9); 3]);
    }
}
