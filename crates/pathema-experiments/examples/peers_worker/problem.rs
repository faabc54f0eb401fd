//! A neural CDE with its inputs: from the path to the loss and the gradient of every weight.

use pathema_path::{ControlPath, Ends, Gaps, Observations, Scheme};
use pathema_solve::field::{Activation, MlpField, MlpFieldConfig};
use pathema_solve::{BatchPath, SaveAt, Solve, SolveStats, cdeint};
use tch::{Device, Kind, Reduction, Tensor};

use crate::data::{Data, WEIGHTS, numbers};
use crate::protocol::{Fallible, Unsupported, Workload};

/// The equation and what it is applied to.
pub(crate) struct Problem {
    path: BatchPath,
    field: MlpField,
    /// In the order of [`WEIGHTS`].
    weights: Vec<Tensor>,
    labels: Tensor,
}

/// What one step of training finds, before weights are moved.
pub(crate) struct Outcome {
    pub(crate) loss: f64,
    /// Of each of the weights.
    pub(crate) gradients: Vec<Tensor>,
    pub(crate) stats: SolveStats,
}

impl Problem {
    /// Reads inputs and weights and fits the paths, with `between` more knots in each interval.
    pub(crate) fn read(asked: &Workload, kind: Kind, between: usize) -> Fallible<Problem> {
        let data = Data::read(asked.data()?)?;
        let times = data.numbers("times")?;
        let scheme = scheme(&asked.interpolation)?;
        let values = data.numbers("x")?;
        let each = (asked.length * asked.channels) as usize;
        let mut paths = Vec::with_capacity(asked.batch as usize);
        for values in values.chunks_exact(each) {
            let seen = Observations::new(times.clone(), values.to_vec(), asked.channels as usize)?;
            let path = ControlPath::fit(scheme, &seen)?;
            paths.push(path.refined(&inner(&times, between))?);
        }
        let mut weights = Vec::with_capacity(WEIGHTS.len());
        for name in WEIGHTS {
            let weight = data.get(name)?.f_to_kind(kind)?;
            weights.push(weight.f_set_requires_grad(true)?);
        }
        let layers = weights[..6].chunks_exact(2);
        let layers = layers.map(|pair| (pair[0].shallow_clone(), pair[1].shallow_clone()));
        let config = MlpFieldConfig {
            hidden: asked.hidden,
            channels: asked.channels,
            width: asked.width,
            layers: 3,
            activation: Activation::Relu,
            final_tanh: true,
        };
        Ok(Problem {
            path: BatchPath::stack(&paths, kind, Device::Cpu)?,
            field: MlpField::new(config, layers.collect()),
            weights,
            labels: data.get("labels")?,
        })
    }

    /// Forward and back.
    pub(crate) fn train(&self, how: &Solve) -> Fallible<Outcome> {
        let [initial, initial_bias, readout, readout_bias] = &self.weights[6..] else {
            return Err("the maps before and after the equation are missing".into());
        };
        let z0 = self.path.start()?.f_linear(initial, Some(initial_bias))?;
        let (start, end) = self.path.interval();
        let solution = cdeint(&self.field, &self.path, &z0, start, SaveAt::End(end), how)?;
        let last = solution.z.f_select(1, 0)?;
        let logits = last.f_linear(readout, Some(readout_bias))?;
        let loss = logits.f_cross_entropy_loss(
            &self.labels,
            None::<Tensor>,
            Reduction::Mean,
            -100,
            0.0,
        )?;
        let gradients = Tensor::f_run_backward(&[&loss], &self.weights, false, false)?;
        Ok(Outcome {
            loss: loss.f_double_value(&[])?,
            gradients,
            stats: solution.stats,
        })
    }
}

impl Outcome {
    /// The gradients of all weights laid end to end.
    pub(crate) fn gradient(&self) -> Fallible<Vec<f64>> {
        let mut all = Vec::new();
        for gradient in &self.gradients {
            all.extend(numbers(gradient)?);
        }
        Ok(all)
    }
}

/// How far `one` is from `truth`, relative to its norm.
pub(crate) fn distance(one: &[f64], truth: &[f64]) -> f64 {
    let difference = one.iter().zip(truth).map(|(a, b)| a - b);
    norm(difference) / norm(truth.iter().copied())
}

pub(crate) fn norm(of: impl Iterator<Item = f64>) -> f64 {
    of.map(|x| x * x).sum::<f64>().sqrt()
}

/// Our scheme for the one that both torchcde and diffrax mean, gaps included.
pub(crate) fn scheme(interpolation: &str) -> Fallible<Scheme> {
    Ok(match interpolation {
        "linear" => Scheme::Linear,
        "natural" => Scheme::NaturalCubic(Ends::FlatKnots),
        "hermite" => Scheme::Hermite(Gaps::FillLinear),
        other => return Err(Unsupported::choice("interpolation", other)),
    })
}

/// So many times evenly between each two.
fn inner(times: &[f64], count: usize) -> Vec<f64> {
    let pairs = times.windows(2);
    pairs
        .flat_map(|pair| {
            let step = (pair[1] - pair[0]) / (count + 1) as f64;
            (1..=count).map(move |k| pair[0] + step * k as f64)
        })
        .collect()
}
