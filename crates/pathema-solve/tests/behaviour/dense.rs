//! Dense output: what it says at any time is what is saved there, and so are its gradients.

use pathema_path::{Gaps, Scheme};
use pathema_solve::tableau::Dense;
use pathema_solve::{Adaptive, BatchPath, SaveAt, Steps, Tableau, cdeint, odeint, solvers};
use tch::{Kind, Tensor};

use crate::support::{
    METHODS, bounded, cde_steps, close, column, decay, forced, ode_steps, own, ragged, shared,
    solve, states, weights,
};

/// Off the grid of steps 0.05 apart, and unevenly so.
const TIMES: [f64; 6] = [0.013, 0.27, 0.444, 1.01, 1.313, 2.0];

/// Within a step the interpolant is of an order of its own.
fn tolerance(method: &Tableau) -> f64 {
    match method.order {
        1 => 3e-2,
        2 => 1e-3,
        3 => 2e-5,
        _ => 1e-5,
    }
}

#[track_caller]
fn check_ordinary(method: &'static Tableau, steps: Steps) {
    let field = forced(&Tensor::from(0.5));
    for end in [2.0, -2.0] {
        let how = solve(method, steps);
        let start = states();
        let times = TIMES.map(|time| time * end / 2.0);
        let saved = odeint(&field, &start, 0.0, SaveAt::Times(&times), &how)
            .unwrap()
            .z;
        let dense = odeint(&field, &start, 0.0, SaveAt::Dense(end), &how).unwrap();
        let trajectory = dense.trajectory.unwrap();
        for (k, &time) in times.iter().enumerate() {
            let what = format!("{how:?} at {time}");
            let saved = saved.select(1, k as i64);
            close(
                &trajectory.at(time).unwrap(),
                &saved,
                tolerance(method),
                &what,
            );
        }
        close(&trajectory.at(0.0).unwrap(), &start, 1e-15, "at the start");
        let at_end = dense.z.select(1, 0);
        close(
            &trajectory.at(end).unwrap(),
            &at_end,
            1e-12,
            &format!("{how:?} at the end"),
        );
        close(
            &trajectory.at(-end).unwrap(),
            &start,
            1e-15,
            "before the start",
        );
    }
}

#[test]
fn of_adaptive_steps() {
    for method in METHODS {
        for steps in ode_steps(method) {
            if matches!(steps, Steps::Adaptive(_)) {
                check_ordinary(method, steps);
            }
        }
    }
}

#[test]
fn of_fixed_steps() {
    for method in METHODS
        .into_iter()
        .filter(|method| method.dense == Dense::Hermite)
    {
        check_ordinary(method, Steps::Every(0.05));
    }
}

#[test]
fn of_fixed_steps_with_dense_weights() {
    for method in METHODS
        .into_iter()
        .filter(|method| method.dense != Dense::Hermite)
    {
        check_ordinary(method, Steps::Every(0.05));
    }
}

/// Fixed steps of high order are as good inside as at their ends, to within an order.
#[test]
fn inside_long_steps_of_high_order() {
    let field = decay(&Tensor::from(1.0));
    for (method, expected) in [
        (&solvers::DOPRI5, 2e-5),
        (&solvers::TSIT5, 2e-5),
        (&solvers::DOPRI8, 2e-5),
        (&solvers::RK4, 1e-3),
    ] {
        let how = solve(method, Steps::Every(0.5));
        let dense = odeint(&field, &column(&[1.0]), 0.0, SaveAt::Dense(1.0), &how).unwrap();
        for time in [0.1, 0.25, 0.8] {
            let found = dense
                .trajectory
                .as_ref()
                .unwrap()
                .at(time)
                .unwrap()
                .double_value(&[0, 0]);
            assert!(
                (found - (-time).exp()).abs() < expected,
                "{} at {time}: {found} is not {}",
                method.name,
                (-time).exp()
            );
        }
    }
}

#[test]
fn of_controlled_equations() {
    let (field, path) = (bounded(&weights()), ragged(Scheme::Linear));
    for method in METHODS {
        for steps in cde_steps(method) {
            let how = solve(method, steps);
            let dense = cdeint(&field, &path, &states(), 0.0, SaveAt::Dense(2.0), &how).unwrap();
            let trajectory = dense.trajectory.unwrap();
            let saved = cdeint(&field, &path, &states(), 0.0, SaveAt::Times(&TIMES), &how)
                .unwrap()
                .z;
            // A step of one's own for each piece is long; a save time cuts it in two.
            let tolerance = match steps {
                Steps::Knots if method.order < 3 => 0.3,
                Steps::Knots => 0.05,
                Steps::Every(_) | Steps::LogOde { .. } => tolerance(method).max(2e-3),
                Steps::Adaptive(_) => tolerance(method).max(1e-4),
            };
            for (k, &time) in TIMES.iter().enumerate() {
                let what = format!("{how:?} at {time}");
                let saved = saved.select(1, k as i64);
                close(&trajectory.at(time).unwrap(), &saved, tolerance, &what);
            }
            // Where each path has ended, its state stays.
            close(
                &trajectory.at(3.0).unwrap(),
                &dense.z.select(1, 0),
                1e-12,
                &format!("{how:?} after the end"),
            );
        }
    }
}

/// Gradients through the trajectory are those through saved states: to z₀, to parameters, and to values and times of paths.
#[track_caller]
fn check_gradients(steps: Adaptive, times: &[f64]) {
    let gradients = |dense: bool| {
        let leaf = |x: Tensor| x.set_requires_grad(true);
        let knots = [&[0.0, 0.4, 1.1, 2.0][..], &[0.0, 0.7, 1.2, 2.0]];
        let knots = knots.map(|knots| leaf(Tensor::from_slice(knots)));
        let values = knots
            .each_ref()
            .map(|t| leaf(Tensor::stack(&[t * 2.0, (t * 3.0).sin()], 1).detach()));
        let (z0, weights) = (leaf(states().narrow(0, 0, 2)), leaf(weights()));
        let path = BatchPath::fit(Scheme::Hermite(Gaps::FitAcross), &knots, &values).unwrap();
        let how = solve(&solvers::TSIT5, Steps::Adaptive(steps));
        let field = bounded(&weights);
        let z = if dense {
            let dense = cdeint(&field, &path, &z0, 0.0, SaveAt::Dense(2.0), &how).unwrap();
            let trajectory = dense.trajectory.unwrap();
            let states = times.iter().map(|&time| trajectory.at(time).unwrap());
            Tensor::stack(&states.collect::<Vec<_>>(), 1)
        } else {
            // To the same end, so in the same steps.
            let mut saves = times.to_vec();
            if saves.last() != Some(&2.0) {
                saves.push(2.0);
            }
            let z = cdeint(&field, &path, &z0, 0.0, SaveAt::Times(&saves), &how)
                .unwrap()
                .z;
            z.narrow(1, 0, times.len() as i64)
        };
        (z.square() * 0.5 + z).sum(Kind::Double).backward();
        let [first, second] = knots;
        let [of_first, of_second] = values;
        [z0, weights, of_first, of_second, first, second].map(|leaf| leaf.grad())
    };
    let names = [
        "z0",
        "parameters",
        "values 0",
        "values 1",
        "times 0",
        "times 1",
    ];
    for ((dense, saved), name) in gradients(true).iter().zip(gradients(false)).zip(names) {
        close(dense, &saved, 1e-9, name);
    }
}

const BETWEEN_KNOTS: [f64; 4] = [0.27, 0.444, 1.01, 1.313];

#[test]
fn has_gradients_with_own_steps() {
    check_gradients(own(1e-6), &BETWEEN_KNOTS);
}

#[test]
fn has_gradients_with_shared_steps() {
    check_gradients(shared(1e-6), &BETWEEN_KNOTS);
}

/// A time that is a knot moves with it, wherever its state comes from.
#[test]
fn has_gradients_at_knots() {
    check_gradients(own(1e-6), &[0.27, 2.0]);
}
