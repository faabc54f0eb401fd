//! The engine beside a plain one that evaluates number by number, and against differences.

mod areas;
mod attention;
mod plain;

use pathema_kernel::{
    Activation, Controller, Course, Drive, Engine, Gradient, InstructionSet, KernelError, Mlp,
    Norm, Real, Saves, Tolerance, Way,
};
use plain::{Case, METHODS};
use proptest::prelude::*;

const SETS: [InstructionSet; 4] = [
    InstructionSet::Avx512,
    InstructionSet::Avx2,
    InstructionSet::Neon,
    InstructionSet::Portable,
];

pub(crate) fn engines() -> impl Iterator<Item = Engine> {
    let here = SETS.into_iter().filter(|set| set.is_here());
    here.map(|instructions| Engine {
        instructions,
        threads: 1,
    })
}

fn activations() -> impl Strategy<Value = Activation> {
    prop_oneof![
        Just(Activation::Relu),
        Just(Activation::Silu),
        Just(Activation::Tanh),
        Just(Activation::Softplus),
    ]
}

fn gradients() -> impl Strategy<Value = Gradient> {
    prop_oneof![
        Just(Gradient::Direct),
        (0..4_usize).prop_map(|snapshots| Gradient::Checkpointed { snapshots }),
        (0.9..=1.0).prop_map(|coupling| Gradient::Reversible { coupling }),
    ]
}

pub(crate) fn off(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    let size = b.iter().fold(1.0_f64, |size, x| size.max(x.abs()));
    let pairs = a.iter().zip(b);
    pairs.fold(0.0_f64, |off, (a, b)| off.max((a - b).abs())) / size
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// States and all gradients, on shapes of any size.
    #[test]
    fn as_number_by_number(
        activation in activations(),
        final_tanh in any::<bool>(),
        (batch, hidden, channels) in (1..40_usize, 1..20_usize, 1..6_usize),
        widths in proptest::collection::vec(1..40_usize, 0..3),
        steps in 0..7_usize,
        method in 0..METHODS.len(),
        gradient in gradients(),
        seed in any::<u64>(),
    ) {
        let case = Case::new(batch, hidden, channels, &widths, steps, seed);
        let method = &METHODS[method];
        let saves = case.saves(method, gradient);
        let field = case.field(activation, final_tanh);
        let truth = case.solve(&field, method, gradient);
        for engine in engines() {
            let solved = engine.solve(&field, method, &case, &saves, &case.z0, gradient).unwrap();
            prop_assert!(off(&solved.saved, &truth) < 1e-12, "{engine:?}");
            let gradients = engine
                .pull_back(&solved, method, &case, &saves, &case.weights_of_saved())
                .unwrap();
            for (predicted, measured) in case.differences(&field, method, gradient, &gradients) {
                let off = (predicted - measured).abs() / (1.0 + measured.abs());
                // ReLU may change sides on the way.
                let allowed = if activation == Activation::Relu { 1e-2 } else { 2e-6 };
                prop_assert!(off < allowed, "{engine:?}: {predicted} is not {measured}");
            }
        }
    }

    /// Steps that are taken again are the same to the last bit, however few states are kept.
    #[test]
    fn checkpoints_change_nothing(
        (batch, steps, snapshots) in (1..40_usize, 0..100_usize, 0..6_usize),
        seed in any::<u64>(),
    ) {
        let case = Case::new(batch, 6, 2, &[9], steps, seed);
        let method = &METHODS[4];
        let (saves, field) = (case.saves(method, Gradient::Direct), case.field(Activation::Silu, true));
        let run = |engine: Engine, gradient| {
            let solved = engine.solve(&field, method, &case, &saves, &case.z0, gradient).unwrap();
            let weights = case.weights_of_saved();
            let gradients = engine.pull_back(&solved, method, &case, &saves, &weights).unwrap();
            (solved.saved.clone(), gradients.z0, gradients.layers)
        };
        for engine in engines() {
            let again = run(engine, Gradient::Checkpointed { snapshots });
            prop_assert!(run(engine, Gradient::Direct) == again);
        }
    }

    /// To the last bit.
    #[test]
    fn threads_change_nothing(batch in 1..80_usize, seed in any::<u64>()) {
        let case = Case::new(batch, 7, 3, &[9], 5, seed);
        let method = &METHODS[4];
        let saves = case.saves(method, Gradient::Direct);
        let field = case.field(Activation::Silu, true);
        let run = |threads| {
            let engine = Engine { threads, ..Engine::new() };
            let solved = engine.solve(&field, method, &case, &saves, &case.z0, Gradient::Direct).unwrap();
            let weights = case.weights_of_saved();
            let gradients = engine.pull_back(&solved, method, &case, &saves, &weights).unwrap();
            (solved.saved.clone(), gradients)
        };
        prop_assert_eq!(run(1), run(3));
    }
}

/// To the last bit, though samples that are done make room for others.
#[test]
fn threads_change_no_step() {
    struct Waves;
    impl Course<f64> for Waves {
        fn fill(&self, sample: usize, ends: (f64, f64), nodes: &[f64], slopes: &mut [f64]) {
            let rows = slopes.chunks_exact_mut(3);
            for (row, &node) in rows.zip(nodes) {
                let time = ends.0 + node * (ends.1 - ends.0);
                for (c, slope) in row.iter_mut().enumerate() {
                    *slope = ((1 + c) as f64 * time + sample as f64).sin();
                }
            }
        }

        fn way(&self, sample: usize) -> Way {
            let end = 2.0 + (sample % 7) as f64;
            Way {
                start: 0.0,
                end,
                stops: vec![1.0, 2.0],
                saves: vec![end],
                whole: false,
            }
        }
    }
    let case = Case::new(50, 7, 3, &[9], 1, 4);
    let field = case.field(Activation::Silu, true);
    let tolerance = Tolerance {
        rtol: 1e-5,
        atol: 1e-5,
        error: &[-(5.0 / 72.0), 1.0 / 12.0, 1.0 / 9.0, -0.125],
        order: 3,
        controller: Controller::PI,
        norm: Norm::Rms(7),
        first_step: None,
        max_steps: 10_000,
        jumps: true,
    };
    let find = |threads, tolerance: &Tolerance<'_>| {
        let engine = Engine {
            threads,
            ..Engine::new()
        };
        engine.find_steps(&field, &METHODS[4], &Waves, tolerance, &case.z0)
    };
    let one = find(1, &tolerance).unwrap();
    let three = find(3, &tolerance).unwrap();
    assert_eq!(
        (&one.ends, one.evaluations),
        (&three.ends, three.evaluations)
    );
    for (sample, ends) in one.ends.iter().enumerate() {
        assert!(ends.contains(&1.0) && ends.contains(&2.0));
        assert_eq!(ends.last(), Some(&(2.0 + (sample % 7) as f64)));
    }
    let few = Tolerance {
        max_steps: 3,
        ..tolerance
    };
    let error = find(1, &few).unwrap_err();
    assert!(matches!(error, KernelError::Steps { .. }), "{error}");
}

/// Weights are packed for the instructions of the solve, whatever engine goes back.
#[test]
fn back_by_the_instructions_of_the_solve() {
    let case = Case::new(20, 7, 3, &[9], 4, 1);
    let method = &METHODS[1];
    let saves = case.saves(method, Gradient::Direct);
    let (field, weights) = (case.field(Activation::Tanh, true), case.weights_of_saved());
    for engine in engines() {
        let solved = engine
            .solve(&field, method, &case, &saves, &case.z0, Gradient::Direct)
            .unwrap();
        let back = |engine: Engine| engine.pull_back(&solved, method, &case, &saves, &weights);
        let own = back(engine).unwrap();
        for instructions in SETS {
            let other = Engine {
                instructions,
                threads: 1,
            };
            assert_eq!(back(other).unwrap(), own);
        }
    }
}

/// Single precision is as exact as it can be.
#[test]
fn in_single_precision() {
    struct Single(Case);
    impl Drive<f32> for Single {
        fn steps(&self) -> usize {
            self.0.steps()
        }

        fn steps_of(&self, sample: usize) -> usize {
            self.0.steps_of(sample)
        }

        fn fill(&self, sample: usize, step: usize, nodes: &[f64], controls: &mut [f32]) {
            let mut own = vec![0.0; controls.len()];
            self.0.fill(sample, step, nodes, &mut own);
            for (to, x) in controls.iter_mut().zip(own) {
                *to = f32::of(x);
            }
        }
    }
    let case = Case::new(33, 8, 3, &[20, 20], 50, 3);
    let method = &METHODS[1];
    let saves = case.saves(method, Gradient::Direct);
    let field = case.field(Activation::Silu, true);
    let truth = case.solve(&field, method, Gradient::Nothing);
    let weights: Vec<(Vec<f32>, Vec<f32>)> = field
        .layers
        .iter()
        .map(|layer| (single(layer.weight), single(layer.bias)))
        .collect();
    let field = Mlp {
        hidden: field.hidden,
        channels: field.channels,
        layers: weights
            .iter()
            .map(|(weight, bias)| pathema_kernel::Layer { weight, bias })
            .collect(),
        activation: field.activation,
        final_tanh: field.final_tanh,
    };
    let z0 = single(&case.z0);
    let case = Single(case);
    for engine in engines() {
        let solved = engine
            .solve(&field, method, &case, &saves, &z0, Gradient::Nothing)
            .unwrap();
        let found: Vec<f64> = solved.saved.iter().map(|&z| f64::from(z)).collect();
        assert!(off(&found, &truth) < 1e-5, "{engine:?}");
    }
}

fn single(numbers: &[f64]) -> Vec<f32> {
    numbers.iter().map(|&x| f32::of(x)).collect()
}

#[test]
fn wrong_sizes_are_named() {
    let case = Case::new(3, 4, 2, &[5], 2, 0);
    let mut field = case.field(Activation::Relu, true);
    let engine = Engine::new();
    let run = |field: &Mlp<'_, f64>, z0: &[f64], saves: &Saves| {
        let error = engine.solve(field, &METHODS[0], &case, saves, z0, Gradient::Nothing);
        error.err().map(|error| error.to_string())
    };
    let saves = case.saves(&METHODS[0], Gradient::Direct);
    assert_eq!(
        run(&field, &case.z0[1..], &saves).unwrap(),
        "the initial state has 11 numbers, expected 8"
    );
    assert_eq!(
        run(&field, &case.z0, &Saves::new(vec![0; 4], 2)).unwrap(),
        "the points to save at has 4 numbers, expected 6"
    );
    let error = run(&field, &case.z0, &Saves::new(vec![0, 1, 1, 0, 3, 3], 2)).unwrap();
    assert!(error.starts_with("point 0 to save sample 1"), "{error}");
    let mut sick = case.z0.clone();
    sick[5] = f64::NAN;
    let error = run(&field, &sick, &saves).unwrap();
    assert!(
        error.starts_with("the state of sample 1 is not finite"),
        "{error}"
    );
    let solved = engine
        .solve(
            &field,
            &METHODS[0],
            &case,
            &saves,
            &case.z0,
            Gradient::Nothing,
        )
        .unwrap();
    let weights = case.weights_of_saved();
    let back = engine.pull_back(&solved, &METHODS[0], &case, &saves, &weights);
    assert_eq!(back.unwrap_err(), KernelError::NotKept);
    let method = pathema_kernel::Method {
        c: &[0.0, 0.5],
        ..METHODS[0]
    };
    let error = engine
        .solve(&field, &method, &case, &saves, &case.z0, Gradient::Nothing)
        .err()
        .unwrap();
    assert_eq!(
        error.to_string(),
        "the method's nodes has 2 numbers, expected 1"
    );
    field.hidden = 3;
    assert!(run(&field, &case.z0, &saves).unwrap().contains("layer 0"));
}
