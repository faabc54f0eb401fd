//! Controlled differential equations on the tape.

use std::sync::Arc;

use pathema_kernel::{
    Activation, Controller, Course, Drive, Gradient, KernelError, Method, Norm, Saves, Tolerance,
    Way,
};
use pathema_net::{Field, Linear, NetError, Parameters, Tape};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::check::{check, numbers};

const MIDPOINT: Method<'static> = Method {
    a: &[&[0.5]],
    b: &[0.0, 1.0],
    c: &[0.0, 0.5],
    dense: &[],
};

/// Sample b takes 6 − b steps.
struct Walk {
    areas: bool,
}

impl Drive<f64> for Walk {
    fn steps(&self) -> usize {
        6
    }

    fn steps_of(&self, sample: usize) -> usize {
        6 - sample
    }

    fn has_areas(&self) -> bool {
        self.areas
    }

    fn fill(&self, sample: usize, step: usize, _nodes: &[f64], controls: &mut [f64]) {
        if step < self.steps_of(sample) {
            controls.copy_from_slice(&numbers((sample * 10 + step) as u64, controls.len(), 0.4));
        } else {
            controls.fill(0.0);
        }
    }
}

/// A start, a field, and a head on the states halfway and at the end.
fn network() -> (Parameters<f64>, Linear, Field, Linear) {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut parameters = Parameters::new();
    let start = Linear::new(&mut parameters, "start", 2, 3, &mut rng);
    let field = Field::new(&mut parameters, "field", (3, 2), &[5], &mut rng);
    let head = Linear::new(&mut parameters, "head", 3, 2, &mut rng);
    (parameters, start, field, head)
}

fn saves() -> Saves {
    Saves::new(vec![3, 6, 2, 5, 2, 4], 2)
}

#[test]
fn gradients_go_through_the_solve() {
    let (parameters, start, field, head) = network();
    let checkpointed = Gradient::Checkpointed { snapshots: 2 };
    let reversible = Gradient::Reversible { coupling: 0.99 };
    for (gradient, areas) in [
        (Gradient::Direct, false),
        (Gradient::Direct, true),
        (checkpointed, false),
        (reversible, false),
    ] {
        for activation in [Activation::Silu, Activation::Tanh] {
            let field = Field {
                activation,
                ..field.clone()
            };
            check(&parameters, |tape| {
                let x = tape.input(3, 2, numbers(5, 6, 1.0));
                let z0 = start.forward(tape, x);
                let drive = Arc::new(Walk { areas });
                let z = tape.solve_cde(z0, &field, drive, &MIDPOINT, saves(), gradient)?;
                assert_eq!(tape.shape(z), (6, 3));
                Ok(head.forward(tape, z))
            });
        }
    }
}

#[test]
fn evaluations_and_products_are_counted() {
    let (parameters, _, field, _) = network();
    let mut tape = Tape::new(&parameters);
    let z0 = tape.input(3, 3, vec![0.1; 9]);
    let drive = Arc::new(Walk { areas: false });
    tape.solve_cde(z0, &field, drive, &MIDPOINT, saves(), Gradient::Direct)
        .unwrap();
    // Steps of the three samples, two stages each.
    assert_eq!(tape.evaluations(), 2 * (6 + 5 + 4));
    assert_eq!(tape.multiply_adds(), 30 * (3 * 5 + 5 * 6 + 6));
}

#[test]
fn states_that_are_not_finite_are_an_error() {
    let (parameters, _, field, _) = network();
    let mut tape = Tape::new(&parameters);
    let mut start = vec![0.1; 9];
    start[4] = f64::NAN;
    let z0 = tape.input(3, 3, start);
    let drive = Arc::new(Walk { areas: false });
    let solved = tape.solve_cde(z0, &field, drive, &MIDPOINT, saves(), Gradient::Direct);
    let expected = KernelError::NonFinite {
        sample: 1,
        point: 2,
    };
    assert_eq!(solved.unwrap_err(), NetError::Solve(expected));
}

/// X(t) = t from 0 to 2, for sample 1 to 1.
struct Line;

impl Course<f64> for Line {
    fn fill(&self, _sample: usize, _ends: (f64, f64), _nodes: &[f64], slopes: &mut [f64]) {
        slopes.fill(1.0);
    }

    fn way(&self, sample: usize) -> Way {
        let end = 2.0 - sample as f64;
        Way {
            start: 0.0,
            end,
            stops: vec![],
            saves: vec![end],
            whole: false,
        }
    }
}

#[test]
fn steps_are_found_and_counted() {
    let (parameters, _, field, _) = network();
    let mut tape = Tape::new(&parameters);
    let z0 = tape.input(2, 3, vec![0.1; 6]);
    let mut tolerance = Tolerance {
        rtol: 1e-4,
        atol: 1e-4,
        error: &[-1.0, 1.0],
        order: 2,
        controller: Controller::I,
        norm: Norm::Rms(3),
        first_step: Some(1.0),
        max_steps: 1000,
        jumps: false,
    };
    let steps = tape
        .find_steps(z0, &field, &Line, &MIDPOINT, &tolerance)
        .unwrap();
    assert_eq!(steps.ends[0].last(), Some(&2.0));
    assert_eq!(steps.ends[1].last(), Some(&1.0));
    let tried: usize =
        steps.ends.iter().map(Vec::len).sum::<usize>() + steps.rejected.iter().sum::<usize>();
    assert_eq!(tape.evaluations(), 2 * tried as u64);
    assert_eq!(
        tape.multiply_adds(),
        tape.evaluations() * (3 * 5 + 5 * 6 + 6)
    );
    tolerance.max_steps = 2;
    let given_up = tape.find_steps(z0, &field, &Line, &MIDPOINT, &tolerance);
    assert!(matches!(
        given_up,
        Err(NetError::Solve(KernelError::Steps { sample: 0, .. }))
    ));
}
