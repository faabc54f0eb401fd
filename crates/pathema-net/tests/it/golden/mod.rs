//! Values as ONNX's reference has them, and steps of AdamW by its equations.

mod numbers;

use pathema_net::{AdamW, AdamWConfig, GruCell, LstmCell, Parameter, Parameters, Tape, Var};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use numbers::*;

const BATCH: usize = 2;
const LENGTH: usize = 4;
const INPUTS: usize = 3;
const HIDDEN: usize = 2;

fn wave(count: usize, phase: f64) -> Vec<f64> {
    (0..count).map(|k| (k as f64 * 0.7 + phase).sin()).collect()
}

fn near(ours: &[f64], theirs: &[f64]) {
    within(1e-13, ours, theirs);
}

fn within(allowed: f64, ours: &[f64], theirs: &[f64]) {
    assert_eq!(ours.len(), theirs.len());
    for (k, (a, b)) in ours.iter().zip(theirs).enumerate() {
        assert!((a - b).abs() < allowed, "number {k}: {a}, expected {b}");
    }
}

/// States with weights by waves.
fn check_cell(
    parameters: &mut Parameters<f64>,
    weights: &[(Parameter, f64)],
    steps: impl Fn(&mut Tape<'_, f64>, Var) -> Vec<Var>,
    states: &[f64],
) {
    for &(parameter, phase) in weights {
        let count = parameters.values(parameter).len();
        parameters
            .values_mut(parameter)
            .copy_from_slice(&wave(count, phase));
    }
    let mut tape = Tape::new(parameters);
    let x = wave(BATCH * LENGTH * INPUTS, 0.1);
    let x = tape.input(BATCH * LENGTH, INPUTS, x);
    let made = steps(&mut tape, x);
    let made = tape.stack_steps(&made);
    near(tape.values(made), states);
}

#[test]
fn lstm() {
    let mut parameters = Parameters::new();
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let cell = LstmCell::new(&mut parameters, "cell", INPUTS, HIDDEN, &mut rng);
    let weights = [
        (cell.of_input, 0.2),
        (cell.of_hidden, 0.3),
        (cell.bias, 0.4),
    ];
    check_cell(
        &mut parameters,
        &weights,
        |tape, x| cell.steps(tape, x, LENGTH),
        &LSTM_STATES,
    );
}

#[test]
fn gru() {
    let mut parameters = Parameters::new();
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let cell = GruCell::new(&mut parameters, "cell", INPUTS, HIDDEN, &mut rng);
    let weights = [
        (cell.of_input, 0.2),
        (cell.of_hidden, 0.3),
        (cell.bias_of_input, 0.4),
        (cell.bias_of_hidden, 0.5),
    ];
    check_cell(
        &mut parameters,
        &weights,
        |tape, x| cell.steps(tape, x, LENGTH),
        &GRU_STATES,
    );
}

#[test]
fn adamw_with_a_clipped_norm() {
    let mut parameters = Parameters::new();
    let weight = parameters.vector("weight", 6, 0.0);
    parameters.values_mut(weight).copy_from_slice(&wave(6, 0.0));
    let config = AdamWConfig {
        weight_decay: 0.1,
        ..AdamWConfig::default()
    };
    let mut adamw = AdamW::new(config, &parameters);
    for step in 0..5 {
        let mut tape = Tape::new(&parameters);
        let (own, target) = (tape.parameter(weight), tape.input(1, 6, wave(6, 2.0)));
        let loss = tape.squared_error(own, target);
        let gradients = tape.backward(loss).unwrap();
        let norm = adamw.step(&mut parameters, &gradients, 0.05 / f64::from(1 + step), 2.0);
        assert_eq!(norm, gradients.norm());
        assert!(norm > 2.0, "nothing to clip");
    }
    near(parameters.values(weight), &ADAMW);
}

#[test]
fn cross_entropy_and_layer_norm() {
    let mut parameters = Parameters::new();
    let (gain, bias) = (
        parameters.vector("gain", 3, 0.0),
        parameters.vector("bias", 3, 0.0),
    );
    parameters.values_mut(gain).copy_from_slice(&wave(3, 0.2));
    parameters.values_mut(bias).copy_from_slice(&wave(3, 0.3));
    let mut tape = Tape::new(&parameters);
    let logits = tape.input(4, 3, wave(12, 1.0));
    let loss = tape.cross_entropy(logits, &[2, 0, 1, 2], &[0.5, 1.0, 2.0]);
    near(tape.values(loss), &CROSS_ENTROPY);
    let norm = tape.layer_norm(logits, gain, bias);
    // Their 10⁻⁵ is of single precision.
    within(1e-10, tape.values(norm), &LAYER_NORM);
}
