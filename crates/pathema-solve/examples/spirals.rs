//! A small neural CDE tells which way noisy spirals turn, from few points at irregular times, some of them missing.
//!
//! ```console
//! $ cargo run --release -p pathema-solve --example spirals -- reversible
//! ```

#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::error::Error;

use pathema_path::{ControlPath, Intensity, Observations, Scheme};
use pathema_solve::field::{Activation, MlpField, MlpFieldConfig};
use pathema_solve::{BatchPath, Gradient, SaveAt, Solve, cdeint, solvers};
use tch::nn::{self, Module, OptimizerConfig};
use tch::{Device, Kind, Reduction, Tensor};

/// How well it went on spirals that were not trained on.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Share of spirals named right.
    pub(crate) accuracy: f64,
    /// Share of the more frequent direction.
    pub(crate) majority: f64,
}

/// Trains on `train` spirals for so many steps over all of them, and judges on `test` others.
///
/// # Errors
/// If a path cannot be fitted or a solve fails.
pub(crate) fn run(
    gradient: Gradient,
    train: usize,
    test: usize,
    steps: usize,
) -> Result<Outcome, Box<dyn Error>> {
    let mut random = Random(1);
    let (seen, turns) = spirals(&mut random, train)?;
    let (unseen, unseen_turns) = spirals(&mut random, test)?;

    let variables = nn::VarStore::new(Device::Cpu);
    let root = variables.root();
    let channels = seen.channels();
    let config = MlpFieldConfig {
        hidden: 8,
        channels,
        width: 16,
        layers: 2,
        activation: Activation::Silu,
        final_tanh: true,
    };
    let field = MlpField::on(&(&root / "field"), config);
    let initial = nn::linear(&root / "initial", channels, 8, Default::default());
    let head = nn::linear(&root / "head", 8, 1, Default::default());
    initialise(&variables, &mut random);
    let how = Solve::knots(&solvers::MIDPOINT).with_gradient(gradient);
    let logits = |path: &BatchPath| -> Result<Tensor, Box<dyn Error>> {
        let z0 = initial.forward(&path.start()?);
        let (start, end) = path.interval();
        let z = cdeint(&field, path, &z0, start, SaveAt::End(end), &how)?.z;
        Ok(head.forward(&z.select(1, 0)).squeeze_dim(1))
    };

    let mut adam = nn::Adam::default().build(&variables, 1e-2)?;
    for step in 1..=steps {
        let loss = logits(&seen)?.binary_cross_entropy_with_logits::<Tensor>(
            &turns,
            None,
            None,
            Reduction::Mean,
        );
        adam.backward_step(&loss);
        if step % 10 == 0 {
            println!("step {step}: loss {:.3}", loss.double_value(&[]));
        }
    }
    let said = tch::no_grad(|| logits(&unseen))?
        .gt(0.0)
        .to_kind(Kind::Float);
    let accuracy = said
        .eq_tensor(&unseen_turns)
        .to_kind(Kind::Double)
        .mean(None)
        .double_value(&[]);
    let share = unseen_turns.mean(Kind::Double).double_value(&[]);
    let outcome = Outcome {
        accuracy,
        majority: share.max(1.0 - share),
    };
    Ok(outcome)
}

/// Evenly within one over the root of the inputs, from a generator of our own: the same on every machine.
fn initialise(variables: &nn::VarStore, random: &mut Random) {
    let _guard = tch::no_grad_guard();
    let mut named: Vec<(String, Tensor)> = variables.variables().into_iter().collect();
    named.sort_by(|a, b| a.0.cmp(&b.0));
    for (_, mut parameter) in named {
        let size = parameter.size();
        let bound = (size[size.len() - 1] as f64).powf(-0.5);
        let numbers: Vec<f32> = (0..parameter.numel())
            .map(|_| (bound * (2.0 * random.unit() - 1.0)) as f32)
            .collect();
        parameter.copy_(&Tensor::from_slice(&numbers).view(size.as_slice()));
    }
}

/// Paths of spirals with time and counts of observations as channels, and which way each turns.
fn spirals(random: &mut Random, count: usize) -> Result<(BatchPath, Tensor), Box<dyn Error>> {
    let mut paths = Vec::with_capacity(count);
    let mut turns = Vec::with_capacity(count);
    for _ in 0..count {
        let turn = if random.unit() < 0.5 { 1.0 } else { -1.0 };
        let (phase, mut time) = (std::f64::consts::TAU * random.unit(), 0.0);
        let (mut times, mut values) = (Vec::new(), Vec::new());
        for _ in 0..20 {
            let angle = phase + turn * 6.0 * time;
            let radius = 0.3 + time;
            times.push(time);
            for coordinate in [radius * angle.cos(), radius * angle.sin()] {
                let missing = random.unit() < 0.3;
                values.push(if missing {
                    f64::NAN
                } else {
                    coordinate + 0.2 * (random.unit() - 0.5)
                });
            }
            time += 0.02 + 0.06 * random.unit();
        }
        let seen = Observations::new(times, values, 2)?
            .with_intensity(Intensity::Shared)
            .with_time();
        paths.push(ControlPath::fit(Scheme::Linear, &seen)?);
        turns.push(if turn > 0.0 { 1.0_f32 } else { 0.0 });
    }
    Ok((
        BatchPath::stack(&paths, Kind::Float, Device::Cpu)?,
        Tensor::from_slice(&turns),
    ))
}

/// Splitmix64 (Steele, Lea & Flood 2014).
struct Random(u64);

impl Random {
    /// Evenly from 0 to 1.
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) as f64 / u64::MAX as f64
    }
}

#[allow(dead_code, reason = "the tests include this file and call `run`")]
fn main() -> Result<(), Box<dyn Error>> {
    let gradient = match std::env::args().nth(1).as_deref() {
        None | Some("direct") => Gradient::Direct,
        Some("checkpointed") => Gradient::checkpointed(),
        Some("reversible") => Gradient::reversible(),
        Some("continuous") => Gradient::continuous(),
        Some(other) => {
            return Err(format!(
                "{other} is no gradient: direct, checkpointed, reversible or continuous"
            )
            .into());
        }
    };
    // Tensors this small are done before a second thread has begun.
    tch::set_num_threads(1);
    let outcome = run(gradient, 128, 256, 80)?;
    let Outcome { accuracy, majority } = outcome;
    println!("{accuracy:.3} of the unseen spirals are named right; the majority is {majority:.3}.");
    Ok(())
}
