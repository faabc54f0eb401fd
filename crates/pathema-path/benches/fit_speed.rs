//! How long a batch of fits takes, complete and with 30 % of the values missing:
//! `cargo bench -p pathema-path`.
#![allow(clippy::print_stdout)] // A table is what it is for.

use std::hint::black_box;
use std::time::{Duration, Instant};

use pathema_path::{ControlPath, Ends, Gaps, Observations, Scheme, Share};

const BATCH: usize = 32;
const SAMPLES: usize = 240;
const CHANNELS: usize = 4;

fn main() {
    let complete = batch(0.0);
    let missing = batch(0.3);
    println!("{BATCH} × {SAMPLES} × {CHANNELS}, the fastest of 300 runs");
    let schemes = [
        Scheme::Linear,
        Scheme::Rectilinear,
        Scheme::SmoothedLinear(Share::new(0.25).expect("a quarter is a share")),
        Scheme::Hermite(Gaps::FillLinear),
        Scheme::Hermite(Gaps::FitAcross),
        Scheme::NaturalCubic(Ends::Free),
        Scheme::NaturalCubic(Ends::FlatKnots),
    ];
    for scheme in schemes {
        let batches = [&complete, &missing].map(|batch| match scheme {
            Scheme::Rectilinear => batch.iter().map(Observations::with_time).collect(),
            _ => batch.clone(),
        });
        let [whole, gappy] = batches
            .each_ref()
            .map(|batch| fastest(|| fit(scheme, batch)));
        let [back, gappy_back] = batches
            .each_ref()
            .map(|batch| fastest(|| pull_back(scheme, batch)));
        println!(
            "{:<28} fit {whole:>9.1?}, 30 % missing {gappy:>9.1?} ({:.2}×); \
             pull-back {back:>9.1?}, {gappy_back:>9.1?} ({:.2}×)",
            format!("{scheme:?}"),
            gappy.as_secs_f64() / whole.as_secs_f64(),
            gappy_back.as_secs_f64() / back.as_secs_f64(),
        );
    }
}

fn fit(scheme: Scheme, batch: &[Observations]) {
    for seen in batch {
        black_box(ControlPath::fit(scheme, black_box(seen)).expect("the values are small"));
    }
}

fn pull_back(scheme: Scheme, batch: &[Observations]) {
    for seen in batch {
        let knots = match scheme {
            Scheme::Rectilinear | Scheme::SmoothedLinear(_) => 2 * SAMPLES - 1,
            _ => SAMPLES,
        };
        let ones = vec![1.0; (knots - 1) * 4 * seen.channels()];
        let gradient = scheme.pull_back(
            black_box(seen),
            &ones,
            &ones[..knots],
            &ones[..seen.channels()],
        );
        black_box(gradient.expect("the shapes are right"));
    }
}

/// Rows at uneven times; each value missing by itself, which leaves no two channels alike.
fn batch(missing: f64) -> Vec<Observations> {
    let mut state = 1_u64;
    let mut uniform = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..BATCH)
        .map(|_| {
            let mut time = 0.0;
            let (mut times, mut values) = (Vec::new(), Vec::new());
            for _ in 0..SAMPLES {
                time += 0.1 + uniform();
                times.push(time);
                for _ in 0..CHANNELS {
                    let value = uniform();
                    values.push(if uniform() < missing { f64::NAN } else { value });
                }
            }
            Observations::new(times, values, CHANNELS).expect("times rise")
        })
        .collect()
}

fn fastest(mut run: impl FnMut()) -> Duration {
    (0..300)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}
