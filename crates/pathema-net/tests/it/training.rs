//! Training as a whole: the same bits on every run, and a task learnt.

use pathema_net::{AdamW, AdamWConfig, Gradients, Linear, LstmCell, Parameters, Tape, one_cycle};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Whether the first step of a sequence was positive, from its last state.
fn train(steps: usize) -> (Parameters<f32>, f64) {
    const LENGTH: usize = 8;
    const BATCH: usize = 16;
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let mut parameters = Parameters::new();
    let cell = LstmCell::new(&mut parameters, "cell", 1, 6, &mut rng);
    let head = Linear::new(&mut parameters, "head", 6, 2, &mut rng);
    let mut adamw = AdamW::new(AdamWConfig::default(), &parameters);
    let mut right = 0.0;
    for step in 0..steps {
        let draw = |_| 2.0 * rng.random::<f32>() - 1.0;
        let x: Vec<f32> = (0..BATCH * LENGTH).map(draw).collect();
        let truth: Vec<usize> = x
            .iter()
            .step_by(LENGTH)
            .map(|&x| usize::from(x > 0.0))
            .collect();
        let mut tape = Tape::new(&parameters);
        let x = tape.input(BATCH * LENGTH, 1, x);
        let states = cell.steps(&mut tape, x, LENGTH);
        let logits = head.forward(&mut tape, states[LENGTH - 1]);
        let shares = tape.probabilities(logits, 0..2);
        let hits = truth
            .iter()
            .zip(shares.chunks_exact(2))
            .filter(|(truth, p)| p[**truth] > 0.5);
        right = 0.9 * right + 0.1 * hits.count() as f64 / BATCH as f64;
        let loss = tape.cross_entropy(logits, &truth, &[1.0, 1.0]);
        let gradients: Gradients<f32> = tape.backward(loss).unwrap();
        adamw.step(
            &mut parameters,
            &gradients,
            one_cycle(step, steps, 0.05),
            1.0,
        );
    }
    (parameters, right)
}

#[test]
fn learns_to_remember() {
    let (_, right) = train(300);
    assert!(right > 0.95, "{right}");
}

#[test]
fn gives_the_same_bits_on_every_run() {
    assert_eq!(train(5).0.all(), train(5).0.all());
}
