//! Steps of the log-ODE method of depth 2.

use pathema_kernel::{Activation, Drive, Engine, Gradient, Layer, Method, Mlp, Saves};

use crate::plain::numbers;
use crate::{engines, off};

const EULER: Method<'static> = Method {
    a: &[],
    b: &[1.0],
    c: &[0.0],
    dense: &[],
};
const MIDPOINT: Method<'static> = Method {
    a: &[&[0.5]],
    b: &[0.0, 1.0],
    c: &[0.0, 0.5],
    dense: &[],
};

/// Words of two channels that a hash makes.
struct Words(usize);

impl Drive<f64> for Words {
    fn steps(&self) -> usize {
        self.0
    }

    fn has_areas(&self) -> bool {
        true
    }

    fn fill(&self, sample: usize, step: usize, nodes: &[f64], controls: &mut [f64]) {
        let seed = (1 + sample * 1000 + step) as u64;
        for own in controls.chunks_exact_mut(controls.len() / nodes.len()) {
            let drawn = numbers(seed, 3, 0.4);
            own.copy_from_slice(&[drawn[0], drawn[1], 0.0, drawn[2], -drawn[2], 0.0]);
        }
    }
}

/// Of linear fields f_i = A_i z the brackets are A_j A_i z − A_i A_j z.
#[test]
fn of_linear_fields_as_their_matrices_say() {
    let (hidden, samples) = (3, 20);
    let weight = numbers(5, hidden * 2 * hidden, 0.8);
    let field = Mlp {
        hidden,
        channels: 2,
        layers: vec![Layer {
            weight: &weight,
            bias: &[0.0; 6],
        }],
        activation: Activation::Relu,
        final_tanh: false,
    };
    let along = |channel: usize, z: &[f64]| -> Vec<f64> {
        let row = |h: usize| &weight[(2 * h + channel) * hidden..][..hidden];
        let dot = |h: usize| row(h).iter().zip(z).map(|(w, z)| w * z).sum();
        (0..hidden).map(dot).collect()
    };
    let z0 = numbers(6, samples * hidden, 1.0);
    let saves = Saves::new(vec![1; samples], 1);
    let mut truth = Vec::new();
    for (sample, z) in z0.chunks_exact(hidden).enumerate() {
        let mut words = [0.0; 6];
        Words(1).fill(sample, 0, &[0.0], &mut words);
        let (one, other) = (along(0, z), along(1, z));
        let (along_other, along_one) = (along(1, &one), along(0, &other));
        truth.extend((0..hidden).map(|h| {
            let bracket = words[3] * along_other[h] + words[4] * along_one[h];
            z[h] + words[0] * one[h] + words[1] * other[h] + bracket
        }));
    }
    for engine in engines() {
        let solved = engine
            .solve(&field, &EULER, &Words(1), &saves, &z0, Gradient::Nothing)
            .unwrap();
        assert!(off(&solved.saved, &truth) < 1e-13, "{engine:?}");
    }
}

#[test]
fn gradients_against_differences() {
    let (hidden, samples, steps) = (3, 5, 4);
    let sizes = [(3, 5), (5, 4), (4, 6)];
    for (activation, final_tanh) in [
        (Activation::Silu, true),
        (Activation::Softplus, false),
        (Activation::Tanh, true),
    ] {
        let flat: Vec<f64> = numbers(7, 200, 0.6);
        let solve = |engine: &Engine, z0: &[f64], flat: &[f64], gradient| {
            let mut rest = flat;
            let layers = sizes.map(|(inputs, outputs)| {
                let (weight, after) = rest.split_at(inputs * outputs);
                let (bias, after) = after.split_at(outputs);
                rest = after;
                Layer { weight, bias }
            });
            let field = Mlp {
                hidden,
                channels: 2,
                layers: layers.to_vec(),
                activation,
                final_tanh,
            };
            let saves = Saves::new(vec![steps; samples], 1);
            let solved = engine
                .solve(&field, &MIDPOINT, &Words(steps), &saves, z0, gradient)
                .unwrap();
            let weights = numbers(8, solved.saved.len(), 1.0);
            let loss: f64 = solved.saved.iter().zip(&weights).map(|(z, w)| z * w).sum();
            let back = (gradient != Gradient::Nothing).then(|| {
                engine
                    .pull_back(&solved, &MIDPOINT, &Words(steps), &saves, &weights)
                    .unwrap()
            });
            (loss, back)
        };
        let z0 = numbers(9, samples * hidden, 1.0);
        for engine in engines() {
            for gradient in [
                Gradient::Direct,
                Gradient::Checkpointed { snapshots: 1 },
                Gradient::Reversible { coupling: 0.99 },
            ] {
                let (_, back) = solve(&engine, &z0, &flat, gradient);
                let back = back.unwrap();
                let plain = match gradient {
                    Gradient::Reversible { .. } => gradient,
                    _ => Gradient::Nothing,
                };
                let mut predicted = back.z0.clone();
                predicted.extend(
                    back.layers
                        .iter()
                        .flat_map(|(weight, bias)| [weight, bias])
                        .flatten(),
                );
                let measured: Vec<f64> = (0..predicted.len())
                    .map(|place| {
                        let at = |by: f64| {
                            let (mut z0, mut flat) = (z0.clone(), flat.clone());
                            match place.checked_sub(z0.len()) {
                                None => z0[place] += by,
                                Some(place) => flat[place] += by,
                            }
                            solve(&engine, &z0, &flat, plain).0
                        };
                        (at(1e-5) - at(-1e-5)) / 2e-5
                    })
                    .collect();
                let off = off(&predicted, &measured);
                assert!(
                    off < 1e-8,
                    "{engine:?} {activation:?} {gradient:?}: {off:e}"
                );
            }
        }
    }
}
