//! The gradient of every layer, through networks of them.

use pathema_net::{
    GruCell, LayerNorm, Linear, LstmCell, Mlp, MultiHeadAttention, Parameters, Tape,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::check::{check, numbers};

fn begin() -> (Parameters<f64>, ChaCha8Rng) {
    (Parameters::new(), ChaCha8Rng::seed_from_u64(7))
}

#[test]
fn perceptron_with_a_norm() {
    let (mut parameters, mut rng) = begin();
    let mlp = Mlp::new(&mut parameters, "mlp", 3, &[5, 4], &mut rng);
    let norm = LayerNorm::new(&mut parameters, "norm", 4);
    let names: Vec<&str> = parameters.iter().map(|(name, _, _)| name).collect();
    let expected = [
        "mlp.0.weight",
        "mlp.0.bias",
        "mlp.1.weight",
        "mlp.1.bias",
        "norm.gain",
        "norm.bias",
    ];
    assert_eq!(names, expected);
    check(&parameters, |tape| {
        let x = tape.input(4, 3, numbers(1, 12, 1.0));
        let x = mlp.forward(tape, x);
        Ok(norm.forward(tape, x))
    });
}

#[test]
fn lstm_over_steps() {
    let (mut parameters, mut rng) = begin();
    let cell = LstmCell::new(&mut parameters, "cell", 2, 3, &mut rng);
    assert_eq!(
        parameters.values(cell.bias)[2..7],
        [0.0, 1.0, 1.0, 1.0, 0.0]
    );
    check(&parameters, |tape| {
        let x = tape.input(2 * 4, 2, numbers(1, 16, 1.0));
        let states = cell.steps(tape, x, 4);
        Ok(tape.stack_steps(&states))
    });
    // One step at a time comes to the same.
    let mut tape = Tape::without_gradients(&parameters);
    let x = tape.input(2 * 4, 2, numbers(1, 16, 1.0));
    let states = cell.steps(&mut tape, x, 4);
    let mut state = cell.start(&mut tape, 2);
    for (t, &together) in states.iter().enumerate() {
        let own = tape.step(x, t, 4);
        state = cell.forward(&mut tape, own, state);
        near(tape.values(state.0), tape.values(together));
    }
}

#[test]
fn gru_over_steps() {
    let (mut parameters, mut rng) = begin();
    let cell = GruCell::new(&mut parameters, "cell", 2, 3, &mut rng);
    check(&parameters, |tape| {
        let x = tape.input(2 * 4, 2, numbers(1, 16, 1.0));
        let states = cell.steps(tape, x, 4);
        Ok(tape.stack_steps(&states))
    });
    let mut tape = Tape::without_gradients(&parameters);
    let x = tape.input(2 * 4, 2, numbers(1, 16, 1.0));
    let states = cell.steps(&mut tape, x, 4);
    let mut state = cell.start(&mut tape, 2);
    for (t, &together) in states.iter().enumerate() {
        let own = tape.step(x, t, 4);
        state = cell.forward(&mut tape, own, state);
        near(tape.values(state), tape.values(together));
    }
}

#[test]
fn attention_across_sequences() {
    let (mut parameters, mut rng) = begin();
    let attention = MultiHeadAttention::new(&mut parameters, "attention", 4, 2, &mut rng);
    let embed = Linear::new(&mut parameters, "embed", 2, 4, &mut rng);
    check(&parameters, |tape| {
        let asking = tape.input(2 * 3, 4, numbers(1, 24, 1.0));
        let asked = tape.input(2 * 5, 2, numbers(2, 20, 1.0));
        let asked = embed.forward(tape, asked);
        Ok(attention.forward(tape, asking, asked, 2))
    });
    let mut tape = Tape::without_gradients(&parameters);
    let asking = tape.input(2 * 3, 4, numbers(1, 24, 1.0));
    let asked = tape.input(2 * 5, 4, numbers(2, 40, 1.0));
    let weights = attention.weights(&mut tape, asking, asked, 2);
    assert_eq!(weights.len(), 2 * 2 * 3 * 5);
    for weights in weights.chunks_exact(5) {
        assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-14);
    }
}

fn near(a: &[f64], b: &[f64]) {
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() < 1e-14, "{a} {b}");
    }
}
