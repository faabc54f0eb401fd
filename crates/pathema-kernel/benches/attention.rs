//! How long attention and its gradient take, and how many multiplications and additions of its products that is.
//!
//! `cargo bench -p pathema-kernel --bench attention`

use std::time::Instant;

use pathema_kernel::{Attention, Engine, InstructionSet, Real};

/// Of a training step: one for each of three modalities.
const CALLS: usize = 3;
const SIZES: Attention = Attention {
    batch: 48,
    heads: 2,
    queries: 120,
    keys: 240,
    width: 8,
};

#[allow(clippy::print_stdout, reason = "what a benchmark is for")]
fn main() {
    println!("set        kind  forward ms  both ms  GFLOP/s of the products, forward and both");
    for instructions in [
        InstructionSet::Avx512,
        InstructionSet::Avx2,
        InstructionSet::Neon,
        InstructionSet::Portable,
    ] {
        if instructions.is_here() {
            time::<f32>(instructions, "f32");
            time::<f64>(instructions, "f64");
        }
    }
}

#[allow(clippy::print_stdout, reason = "what a benchmark is for")]
fn time<T: Real>(instructions: InstructionSet, kind: &str) {
    let engine = Engine {
        instructions,
        threads: 1,
    };
    let numbers = |instants: usize, salt: usize| -> Vec<T> {
        (0..SIZES.batch * instants * SIZES.heads * SIZES.width)
            .map(|k| T::of(((k * 2_654_435_761 + salt) % 1013) as f64 / 506.5 - 1.0))
            .collect()
    };
    let (query, of_output) = (numbers(SIZES.queries, 1), numbers(SIZES.queries, 2));
    let (key, value) = (numbers(SIZES.keys, 3), numbers(SIZES.keys, 4));
    let mut best = (f64::INFINITY, f64::INFINITY);
    for _ in 0..20 {
        let start = Instant::now();
        let attended: Vec<_> = (0..CALLS)
            .map(|_| engine.attend(SIZES, &query, &key, &value))
            .map(|attended| attended.expect("sizes that fit"))
            .collect();
        let forward = start.elapsed().as_secs_f64() * 1e3;
        for attended in &attended {
            let gradients = engine
                .attend_back(attended, &query, &key, &value, &of_output)
                .expect("sizes that fit");
            std::hint::black_box(gradients);
        }
        let both = start.elapsed().as_secs_f64() * 1e3;
        best = (best.0.min(forward), best.1.min(both));
    }
    // Two products forward; back five, of which one is made again.
    let scores = SIZES.batch * SIZES.heads * SIZES.queries * SIZES.keys;
    let flops = |products: usize| (2 * products * CALLS * scores * SIZES.width) as f64;
    println!(
        "{:<10} {kind}   {:>10.2}  {:>7.2}  {:>9.1} {:>9.1}",
        format!("{instructions:?}"),
        best.0,
        best.1,
        flops(2) / best.0 / 1e6,
        flops(7) / best.1 / 1e6
    );
}
