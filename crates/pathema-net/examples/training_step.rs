//! How long a training step of small networks takes: forward, back, and one of AdamW.
//!
//! `cargo run --release -p pathema-net --example training_step [name]`

use std::sync::Arc;
use std::time::Instant;

use pathema_kernel::{Drive, Gradient, Method, Saves};
use pathema_net::{
    AdamW, AdamWConfig, Field, GruCell, LayerNorm, Linear, LstmCell, Mlp, MultiHeadAttention,
    NetError, Parameters, Tape, Var,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

const BATCH: usize = 48;
const LENGTH: usize = 120;
const CHANNELS: usize = 14;
const HIDDEN: usize = 16;
const STEPS: usize = 30;

const MIDPOINT: Method<'static> = Method {
    a: &[&[0.5]],
    b: &[0.0, 1.0],
    c: &[0.0, 0.5],
    dense: &[],
};

/// Increments that a hash makes.
struct Walk;

impl Drive<f32> for Walk {
    fn steps(&self) -> usize {
        STEPS
    }

    fn fill(&self, sample: usize, step: usize, _nodes: &[f64], controls: &mut [f32]) {
        for (c, control) in controls.iter_mut().enumerate() {
            let hash = (sample * 7919 + step * 104_729 + c * 1_299_709) % 1000;
            *control = hash as f32 * 1e-4 - 0.05;
        }
    }
}

fn main() -> Result<(), NetError> {
    let length = LENGTH;
    time("LSTM", |parameters, rng| {
        let cell = LstmCell::new(parameters, "cell", CHANNELS, HIDDEN, rng);
        let head = Linear::new(parameters, "head", HIDDEN, 3, rng);
        move |tape: &mut Tape<'_, f32>| {
            let x = sequences(tape);
            let states = cell.steps(tape, x, length);
            Ok(head.forward(tape, states[length - 1]))
        }
    })?;
    time("GRU", |parameters, rng| {
        let cell = GruCell::new(parameters, "cell", CHANNELS, HIDDEN, rng);
        let head = Linear::new(parameters, "head", HIDDEN, 3, rng);
        move |tape: &mut Tape<'_, f32>| {
            let x = sequences(tape);
            let states = cell.steps(tape, x, length);
            Ok(head.forward(tape, states[length - 1]))
        }
    })?;
    time("convolution", |parameters, rng| {
        let widths = [(CHANNELS, 2), (32, 2), (32, 2)];
        let layers = widths.map(|(inputs, stride)| {
            let weight = parameters.matrix("weight", 32, 5 * inputs, 1.4, rng);
            (weight, parameters.vector("bias", 32, 0.0), stride)
        });
        let head = Linear::new(parameters, "head", 32, 3, rng);
        move |tape: &mut Tape<'_, f32>| {
            let (mut x, mut length) = (sequences(tape), length);
            for (weight, bias, stride) in layers {
                x = tape.convolve(x, weight, Some(bias), length, 5, 1, stride);
                x = tape.relu(x);
                length = length.div_ceil(stride);
            }
            let mean = tape.mean_groups(x, length);
            Ok(head.forward(tape, mean))
        }
    })?;
    time("transformer", |parameters, rng| {
        let embed = Linear::new(parameters, "embed", CHANNELS, 32, rng);
        let norms = ["a", "b"].map(|name| LayerNorm::new(parameters, name, 32));
        let attention = MultiHeadAttention::new(parameters, "attention", 32, 4, rng);
        let wide = Mlp::new(parameters, "wide", 32, &[64, 32], rng);
        let head = Linear::new(parameters, "head", 32, 3, rng);
        move |tape: &mut Tape<'_, f32>| {
            let x = sequences(tape);
            let x = embed.forward(tape, x);
            let normal = norms[0].forward(tape, x);
            let attended = attention.forward(tape, normal, normal, BATCH);
            let x = tape.add(x, attended);
            let normal = norms[1].forward(tape, x);
            let wide = wide.forward(tape, normal);
            let x = tape.add(x, wide);
            let mean = tape.mean_groups(x, length);
            Ok(head.forward(tape, mean))
        }
    })?;
    time("neural CDE", |parameters, rng| {
        let field = Field::new(parameters, "field", (HIDDEN, CHANNELS), &[24, 24], rng);
        let start = Linear::new(parameters, "start", CHANNELS, HIDDEN, rng);
        let head = Linear::new(parameters, "head", HIDDEN, 3, rng);
        move |tape: &mut Tape<'_, f32>| {
            let first = tape.input(BATCH, CHANNELS, vec![0.1; BATCH * CHANNELS]);
            let z0 = start.forward(tape, first);
            let saves = Saves::new(vec![STEPS; BATCH], 1);
            let drive = Arc::new(Walk);
            let z = tape.solve_cde(z0, &field, drive, &MIDPOINT, saves, Gradient::Direct)?;
            Ok(head.forward(tape, z))
        }
    })
}

fn sequences(tape: &mut Tape<'_, f32>) -> Var {
    let count = BATCH * LENGTH * CHANNELS;
    let numbers = (0..count).map(|k| ((k * 2_654_435_761) % 1013) as f32 / 506.5 - 1.0);
    let numbers = numbers.collect();
    tape.input(BATCH * LENGTH, CHANNELS, numbers)
}

/// Of 200 steps the fastest.
#[allow(clippy::print_stdout, reason = "what a benchmark is for")]
fn time<F: Fn(&mut Tape<'_, f32>) -> Result<Var, NetError>>(
    name: &str,
    network: impl FnOnce(&mut Parameters<f32>, &mut ChaCha8Rng) -> F,
) -> Result<(), NetError> {
    if std::env::args().nth(1).is_some_and(|only| only != name) {
        return Ok(());
    }
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut parameters = Parameters::new();
    let network = network(&mut parameters, &mut rng);
    let mut adamw = AdamW::new(AdamWConfig::default(), &parameters);
    let truth: Vec<usize> = (0..BATCH).map(|sample| sample % 3).collect();
    let mut best = [f64::INFINITY; 3];
    let mut cost = 0;
    for _ in 0..200 {
        let start = Instant::now();
        let mut tape = Tape::new(&parameters);
        let logits = network(&mut tape)?;
        let loss = tape.cross_entropy(logits, &truth, &[1.0; 3]);
        let forward = start.elapsed();
        cost = tape.multiply_adds();
        let gradients = tape.backward(loss)?;
        let backward = start.elapsed();
        adamw.step(&mut parameters, &gradients, 1e-3, 1.0);
        let all = start.elapsed();
        for (best, time) in best.iter_mut().zip([forward, backward, all]) {
            *best = best.min(time.as_secs_f64() * 1e3);
        }
    }
    println!(
        "{name:<12} {:>8} parameters  forward {:>6.3} ms  and back {:>6.3} ms  and AdamW {:>6.3} ms  {:>5.1} GFLOP/s",
        parameters.count(),
        best[0],
        best[1],
        best[2],
        6e-6 * cost as f64 / best[2]
    );
    Ok(())
}
