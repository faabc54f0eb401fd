//! How long a solve and its gradient take, and how many multiplications and additions of the layers' products that is.
//!
//! `cargo bench -p pathema-kernel`

use std::time::Instant;

use pathema_kernel::{
    Activation, Drive, Engine, Gradient, InstructionSet, Layer, Method, Mlp, Saves,
};

const MIDPOINT: Method<'static> = Method {
    a: &[&[0.5]],
    b: &[0.0, 1.0],
    c: &[0.0, 0.5],
    dense: &[],
};
const RK4: Method<'static> = Method {
    a: &[&[0.5], &[0.0, 0.5], &[0.0, 0.0, 1.0]],
    b: &[1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0],
    c: &[0.0, 0.5, 0.5, 1.0],
    dense: &[],
};
const STEPS: usize = 239;
const SIZES: [(usize, usize); 3] = [(32, 64), (64, 64), (64, 128)];

/// A walk whose increments a hash makes.
struct Walk;

impl Drive<f32> for Walk {
    fn steps(&self) -> usize {
        STEPS
    }

    fn fill(&self, sample: usize, step: usize, nodes: &[f64], controls: &mut [f32]) {
        let channels = controls.len() / nodes.len();
        for controls in controls.chunks_exact_mut(channels) {
            for (c, control) in controls.iter_mut().enumerate() {
                let hash = (sample * 7919 + step * 104_729 + c * 1_299_709) % 1000;
                *control = hash as f32 * 1e-4 - 0.05;
            }
        }
    }
}

#[allow(clippy::print_stdout, reason = "what a benchmark is for")]
fn main() {
    let numbers = |count: usize, size: f32| -> Vec<f32> {
        (0..count)
            .map(|k| ((k * 2_654_435_761) % 1013) as f32 / 506.5 * size - size)
            .collect()
    };
    let layers: Vec<(Vec<f32>, Vec<f32>)> = SIZES
        .iter()
        .map(|&(inputs, outputs)| (numbers(inputs * outputs, 0.15), numbers(outputs, 0.1)))
        .collect();
    let field = Mlp {
        hidden: 32,
        channels: 4,
        layers: layers
            .iter()
            .map(|(weight, bias)| Layer { weight, bias })
            .collect(),
        activation: Activation::Relu,
        final_tanh: true,
    };
    let products: usize = SIZES.iter().map(|(inputs, outputs)| inputs * outputs).sum();
    println!(
        "set        method    gradient    batch  threads  forward ms  both ms  GFLOP/s if direct"
    );
    for instructions in [
        InstructionSet::Avx512,
        InstructionSet::Avx2,
        InstructionSet::Neon,
    ] {
        if !instructions.is_here() {
            continue;
        }
        for (name, method) in [("midpoint", MIDPOINT), ("rk4", RK4)] {
            let direct = Gradient::Direct;
            let reversible = Gradient::Reversible { coupling: 0.999 };
            for (batch, threads, gradient) in [
                (32, 1, direct),
                (32, 1, reversible),
                (256, 1, direct),
                (256, 1, reversible),
                (256, 2, direct),
            ] {
                let engine = Engine {
                    instructions,
                    threads,
                };
                let z0 = numbers(batch * 32, 0.5);
                let saves = Saves::new(vec![STEPS; batch], 1);
                let mut best = (f64::INFINITY, f64::INFINITY);
                for _ in 0..7 {
                    let start = Instant::now();
                    let solved = engine
                        .solve(&field, &method, &Walk, &saves, &z0, gradient)
                        .expect("sizes that fit");
                    let forward = start.elapsed().as_secs_f64() * 1e3;
                    let gradients = engine
                        .pull_back(&solved, &method, &Walk, &saves, &solved.saved)
                        .expect("sizes that fit");
                    std::hint::black_box(gradients);
                    let both = start.elapsed().as_secs_f64() * 1e3;
                    best = (best.0.min(forward), best.1.min(both));
                }
                let kind = match gradient {
                    Gradient::Reversible { .. } => "reversible",
                    _ => "direct",
                };
                let flops = 3.0 * 2.0 * (products * batch * STEPS * method.b.len()) as f64;
                println!(
                    "{:<10} {name:<9} {kind:<11} {batch:>5}  {threads:>7}  {:>10.2}  {:>7.2}  {:>15.1}",
                    format!("{instructions:?}"),
                    best.0,
                    best.1,
                    flops / best.1 / 1e6
                );
            }
        }
    }
}
