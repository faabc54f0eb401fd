//! Values of operations, and what holds of them whatever the numbers.

use pathema_net::{NetError, Parameters, Tape, Var};
use proptest::prelude::*;

use crate::check::{numbers, random};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn linear_is_a_sum_of_products(rows in 1_usize..9, inputs in 1_usize..9, outputs in 1_usize..9, seed: u64) {
        let (parameters, p) = random(&[(outputs, inputs), (1, outputs)], seed);
        let mut tape = Tape::new(&parameters);
        let x: Vec<f64> = numbers(seed, rows * inputs, 1.0);
        let input = tape.input(rows, inputs, x.clone());
        let y = tape.linear(input, p[0], Some(p[1]));
        let (weight, bias) = (parameters.values(p[0]), parameters.values(p[1]));
        for row in 0..rows {
            for output in 0..outputs {
                let terms = (0..inputs).map(|k| x[row * inputs + k] * weight[output * inputs + k]);
                let expected = bias[output] + terms.sum::<f64>();
                prop_assert!((tape.values(y)[row * outputs + output] - expected).abs() < 1e-12);
            }
        }
        prop_assert_eq!(tape.multiply_adds(), (rows * inputs * outputs) as u64);
    }

    #[test]
    fn convolution_is_a_sum_over_taps(
        length in 1_usize..9, width in 1_usize..6, dilation in 1_usize..4, stride in 1_usize..4, seed: u64,
    ) {
        let (batch, channels, outputs) = (2, 3, 2);
        let (parameters, p) = random(&[(outputs, width * channels), (1, outputs)], seed);
        let mut tape = Tape::new(&parameters);
        let x: Vec<f64> = numbers(seed, batch * length * channels, 1.0);
        let input = tape.input(batch * length, channels, x.clone());
        let y = tape.convolve(input, p[0], Some(p[1]), length, width, dilation, stride);
        let made = length.div_ceil(stride);
        prop_assert_eq!(tape.shape(y), (batch * made, outputs));
        let (weight, bias) = (parameters.values(p[0]), parameters.values(p[1]));
        for (sample, step, output) in (0..batch * made * outputs)
            .map(|k| (k / outputs / made, k / outputs % made, k % outputs))
        {
            let mut expected = bias[output];
            for tap in 0..width {
                let from = (step * stride + tap * dilation) as isize - ((width - 1) / 2 * dilation) as isize;
                if (0..length as isize).contains(&from) {
                    for channel in 0..channels {
                        expected += weight[(output * width + tap) * channels + channel]
                            * x[(sample * length + from as usize) * channels + channel];
                    }
                }
            }
            let own = tape.values(y)[(sample * made + step) * outputs + output];
            prop_assert!((own - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn attention_is_a_mean_by_its_weights(
        batch in 1_usize..4, heads in 1_usize..4, queries in 1_usize..6, keys in 1_usize..6, seed: u64,
    ) {
        let parameters = Parameters::<f64>::new();
        let mut tape = Tape::new(&parameters);
        let (width, row) = (2, 2 * heads);
        let q = tape.input(batch * queries, row, numbers(seed, batch * queries * row, 2.0));
        let k = tape.input(batch * keys, row, numbers(seed ^ 1, batch * keys * row, 2.0));
        let v: Vec<f64> = numbers(seed ^ 2, batch * keys * row, 1.0);
        let value = tape.input(batch * keys, row, v.clone());
        let attended = tape.attend(q, k, value, heads, batch);
        let weights = tape.attention_weights(q, k, heads, batch);
        for (pair, weights) in weights.chunks_exact(keys).enumerate() {
            prop_assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let (sample, head, query) = (pair / queries / heads, pair / queries % heads, pair % queries);
            for c in 0..width {
                let column = head * width + c;
                let terms = weights.iter().enumerate();
                let mean: f64 = terms.map(|(key, w)| w * v[(sample * keys + key) * row + column]).sum();
                let own = tape.values(attended)[(sample * queries + query) * row + column];
                prop_assert!((own - mean).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn steps_stack_to_the_sequences(batch in 1_usize..5, length in 1_usize..6, columns in 1_usize..4, seed: u64) {
        let parameters = Parameters::<f32>::new();
        let mut tape = Tape::new(&parameters);
        let x: Vec<f32> = numbers(seed, batch * length * columns, 1.0);
        let input = tape.input(batch * length, columns, x.clone());
        let steps: Vec<Var> = (0..length).map(|t| tape.step(input, t, length)).collect();
        let stacked = tape.stack_steps(&steps);
        prop_assert_eq!(tape.shape(stacked), (batch * length, columns));
        prop_assert_eq!(tape.values(stacked), &x[..]);
        let repeated = tape.repeat_rows(input, 3);
        let mean = tape.max_groups(repeated, 3);
        prop_assert_eq!(tape.values(mean), &x[..]);
    }

    #[test]
    fn norms_have_mean_zero_and_variance_one(rows in 1_usize..5, columns in 2_usize..20, seed: u64) {
        let mut parameters = Parameters::<f64>::new();
        let gain = parameters.vector("gain", columns, 1.0);
        let bias = parameters.vector("bias", columns, 0.0);
        let mut tape = Tape::new(&parameters);
        let x = tape.input(rows, columns, numbers(seed, rows * columns, 1e4));
        let y = tape.layer_norm(x, gain, bias);
        for row in tape.values(y).chunks_exact(columns) {
            let mean = row.iter().sum::<f64>() / columns as f64;
            let square = row.iter().map(|x| x * x).sum::<f64>() / columns as f64;
            prop_assert!(mean.abs() < 1e-9 && (square - 1.0).abs() < 1e-6);
        }
    }
}

#[test]
fn probabilities_and_entropy_are_those_of_a_softmax() {
    let parameters = Parameters::<f64>::new();
    let mut tape = Tape::new(&parameters);
    // e^0 : e^ln 3 = 1 : 3, and a score that would overflow.
    let logits = tape.input(2, 3, vec![0.0, 3.0_f64.ln(), -1e6, 1000.0, 1000.0, 1000.0]);
    let shares = tape.probabilities(logits, 0..2);
    let expected = [0.25, 0.75, 0.5, 0.5];
    assert!(
        shares
            .iter()
            .zip(expected)
            .all(|(a, b)| (a - b).abs() < 1e-15)
    );
    let loss = tape.cross_entropy(logits, &[1, 2], &[1.0, 2.0, 0.5]);
    let expected = (2.0 * (4.0_f64 / 3.0).ln() + 0.5 * 3.0_f64.ln()) / 2.0;
    assert!((tape.values(loss)[0] - expected).abs() < 1e-14);
}

#[test]
fn numbers_that_are_none_show() {
    let parameters = Parameters::<f32>::new();
    let mut tape = Tape::new(&parameters);
    let x = tape.input(4, 1, vec![1.0, f32::NAN, 3.0, 2.0]);
    let largest = tape.max_groups(x, 2);
    assert!(tape.values(largest)[0].is_nan());
    assert_eq!(tape.values(largest)[1], 3.0);
    for function in [
        Tape::relu,
        Tape::tanh,
        Tape::silu,
        Tape::sigmoid,
        Tape::exp,
        Tape::softplus,
    ] {
        let y = function(&mut tape, x);
        assert!(tape.values(y)[1].is_nan() && tape.values(y)[0].is_finite());
    }
}

#[test]
fn a_loss_is_one_finite_number() {
    let parameters = Parameters::<f32>::new();
    let mut tape = Tape::new(&parameters);
    let x = tape.input(2, 1, vec![1.0, f32::INFINITY]);
    let error = tape.backward(x).unwrap_err();
    assert_eq!(
        error,
        NetError::NotANumber {
            rows: 2,
            columns: 1
        }
    );
    let sum = tape.sum(x);
    assert_eq!(
        tape.backward(sum).unwrap_err(),
        NetError::NotFinite(f64::INFINITY)
    );
}
