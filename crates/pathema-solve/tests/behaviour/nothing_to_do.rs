//! A solve of no length: nothing is evaluated, the initial state comes back, and its gradient is 1.

use pathema_path::Scheme;
use pathema_solve::{Adaptive, Gradient, SaveAt, Solution, Solve, cdeint, odeint, solvers};
use tch::{Kind, Tensor};

use crate::support::{
    DOUBLE, GRADIENTS, METHODS, bounded, cde_steps, fits, forced, ode_steps, ragged, solve, states,
    weights,
};

const SAVES: [SaveAt<'_>; 4] = [
    SaveAt::End(0.3),
    SaveAt::Times(&[0.3]),
    SaveAt::Steps(0.3),
    SaveAt::Dense(0.3),
];

#[track_caller]
fn check(solution: Solution, z0: &Tensor, how: &Solve, save: SaveAt<'_>) {
    let what = format!("{how:?} {save:?}");
    assert_eq!(solution.z.detach(), z0.detach().unsqueeze(1), "{what}");
    assert_eq!(
        (solution.stats.evaluations, solution.stats.accepted),
        (0, 0),
        "{what}"
    );
    assert_eq!(solution.times(0), [0.3], "{what}");
    if let Some(trajectory) = &solution.trajectory {
        assert_eq!(trajectory.at(0.7).unwrap().detach(), z0.detach(), "{what}");
    }
    solution.z.sum(Kind::Double).backward();
    assert_eq!(z0.grad(), Tensor::ones(z0.size(), DOUBLE), "{what}");
}

fn all(mut each: impl FnMut(Solve, SaveAt<'static>), along_a_path: bool) {
    for method in METHODS {
        let steps = if along_a_path {
            cde_steps(method)
        } else {
            ode_steps(method)
        };
        for steps in steps {
            for gradient in GRADIENTS {
                for save in SAVES {
                    let dense = matches!(save, SaveAt::Dense(_));
                    let direct = matches!(gradient, Gradient::Direct);
                    if fits(gradient, method) && (direct || !dense) {
                        each(solve(method, steps).with_gradient(gradient), save);
                    }
                }
            }
        }
    }
}

#[test]
fn of_ordinary_equations() {
    let field = forced(&Tensor::from(0.5));
    all(
        |how, save| {
            let z0 = states().set_requires_grad(true);
            check(
                odeint(&field, &z0, 0.3, save, &how).unwrap(),
                &z0,
                &how,
                save,
            );
        },
        false,
    );
}

#[test]
fn of_controlled_equations() {
    let (field, path) = (bounded(&weights()), ragged(Scheme::Linear));
    all(
        |how, save| {
            let z0 = states().set_requires_grad(true);
            let solution = cdeint(&field, &path, &z0, 0.3, save, &how).unwrap();
            check(solution, &z0, &how, save);
        },
        true,
    );
}

/// Nothing saved is nothing solved.
#[test]
fn with_no_save_time() {
    for method in METHODS {
        for steps in ode_steps(method) {
            let field = forced(&Tensor::from(0.5));
            let how = solve(method, steps);
            let solution = odeint(&field, &states(), 0.3, SaveAt::Times(&[]), &how).unwrap();
            assert_eq!(solution.z.size(), [3, 0, 2]);
            assert_eq!(solution.stats.evaluations, 0);
        }
    }
}

/// A last step that may pass the end is a last step all the same.
#[test]
fn with_every_step_saved_and_overshoot() {
    let steps = Adaptive {
        overshoot: true,
        max_steps: 1000,
        ..Adaptive::new(1e-6, 1e-8)
    };
    let field = forced(&Tensor::from(0.5));
    let how = Solve::adaptive(&solvers::TSIT5, steps);
    for end in [0.3, 1.0] {
        odeint(&field, &states(), 0.3, SaveAt::Steps(end), &how).unwrap();
    }
}
