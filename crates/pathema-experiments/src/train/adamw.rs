use std::collections::BTreeMap;

use tch::{TchError, Tensor};

/// Settings of [`AdamW`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamWConfig {
    /// Decoupled weight decay, in units of the learning rate.
    pub weight_decay: f64,
    /// Decay of the first moment.
    pub beta1: f64,
    /// Decay of the second moment.
    pub beta2: f64,
    /// Added to the root of the second moment.
    pub epsilon: f64,
}

/// AdamW (Loshchilov & Hutter 2019, *Decoupled weight decay regularization*) whose state can be saved, so that
/// a resumed run goes on as if it had never stopped.
#[derive(Debug)]
pub struct AdamW {
    config: AdamWConfig,
    /// Steps taken.
    pub steps: u64,
    /// First and second moment of each parameter, by its name.
    pub moments: BTreeMap<String, (Tensor, Tensor)>,
}

impl AdamW {
    /// An optimiser of these parameters that has taken no step.
    pub fn new(config: AdamWConfig, parameters: &BTreeMap<String, Tensor>) -> AdamW {
        let zeros = |tensor: &Tensor| tensor.detach().zeros_like();
        AdamW {
            config,
            steps: 0,
            moments: parameters
                .iter()
                .map(|(name, tensor)| (name.clone(), (zeros(tensor), zeros(tensor))))
                .collect(),
        }
    }

    /// Takes one step along the gradients and clears them; a parameter without a gradient stays as it is.
    ///
    /// With `clip` above zero, gradients whose norm over all parameters is larger are scaled to it.
    ///
    /// # Errors
    /// What libtorch refuses.
    pub fn step(
        &mut self,
        parameters: &mut BTreeMap<String, Tensor>,
        learning_rate: f64,
        clip: f64,
    ) -> Result<(), TchError> {
        let _guard = tch::no_grad_guard();
        let scale = clip_scale(parameters, clip)?;
        self.steps += 1;
        let AdamWConfig {
            weight_decay,
            beta1,
            beta2,
            epsilon,
        } = self.config;
        let steps = self.steps as f64;
        let correction1 = 1.0 - beta1.powf(steps);
        let correction2 = 1.0 - beta2.powf(steps);
        for (name, parameter) in parameters.iter_mut() {
            let gradient = parameter.grad();
            if !gradient.defined() {
                continue;
            }
            let gradient = if scale < 1.0 {
                gradient * scale
            } else {
                gradient
            };
            if let Some((first, second)) = self.moments.get_mut(name) {
                let _ = first.f_mul_scalar_(beta1)?;
                let _ = first.f_add_(&(&gradient * (1.0 - beta1)))?;
                let _ = second.f_mul_scalar_(beta2)?;
                let _ = second.f_addcmul_(&(&gradient * (1.0 - beta2)), &gradient)?;
                let root = (&*second / correction2).sqrt() + epsilon;
                let _ = parameter.f_mul_scalar_(1.0 - learning_rate * weight_decay)?;
                let _ = parameter.f_sub_(&(&*first / root * (learning_rate / correction1)))?;
            }
            parameter.zero_grad();
        }
        Ok(())
    }
}

/// What all gradients are to be scaled by so that their norm is at most `clip`.
fn clip_scale(parameters: &BTreeMap<String, Tensor>, clip: f64) -> Result<f64, TchError> {
    let squares: Vec<Tensor> = parameters
        .values()
        .map(Tensor::grad)
        .filter(Tensor::defined)
        .map(|gradient| gradient.square().sum(None))
        .collect();
    if clip == 0.0 || squares.is_empty() {
        return Ok(1.0);
    }
    let norm = f64::try_from(Tensor::f_stack(&squares, 0)?.f_sum(None)?.f_sqrt()?)?;
    Ok((clip / (norm + 1e-6)).min(1.0))
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind, nn};

    use super::*;

    /// Against libtorch's own AdamW, step by step.
    #[test]
    fn equals_libtorch() {
        let config = AdamWConfig {
            weight_decay: 0.01,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
        };
        let start = Tensor::randn([5, 3], (Kind::Double, Device::Cpu));
        let target = Tensor::randn([5, 3], (Kind::Double, Device::Cpu));
        let mut theirs = nn::VarStore::new(Device::Cpu);
        let weight = theirs.root().zeros("w", &[5, 3]);
        theirs.double();
        tch::no_grad(|| weight.shallow_clone().copy_(&start));
        let optimiser = nn::AdamW {
            beta1: 0.9,
            beta2: 0.999,
            wd: 0.01,
            eps: 1e-8,
            amsgrad: false,
        };
        let mut optimiser = nn::OptimizerConfig::build(optimiser, &theirs, 0.05).unwrap();
        let mut ours = BTreeMap::from([("w".to_owned(), start.copy().set_requires_grad(true))]);
        let mut adamw = AdamW::new(config, &ours);
        for _ in 0..20 {
            let loss = (&weight - &target).pow_tensor_scalar(4).sum(None);
            optimiser.backward_step(&loss);
            let loss = (&ours["w"] - &target).pow_tensor_scalar(4).sum(None);
            loss.backward();
            adamw.step(&mut ours, 0.05, 0.0).unwrap();
            assert!(ours["w"].allclose(&weight, 1e-12, 1e-12, false));
        }
        assert!(!ours["w"].allclose(&start, 1e-2, 1e-2, false));
    }

    #[test]
    fn clips_the_norm_over_all_parameters() {
        let leaf = |value: f64| Tensor::from_slice(&[value]).set_requires_grad(true);
        let parameters = BTreeMap::from([("a".to_owned(), leaf(3.0)), ("b".to_owned(), leaf(4.0))]);
        let loss = (parameters["a"].square() + parameters["b"].square()) * 0.5;
        loss.sum(None).backward();
        // The gradient is (3, 4), its norm 5.
        let scale = clip_scale(&parameters, 1.0).unwrap();
        assert!((scale - 0.2).abs() < 1e-6);
        assert_eq!(clip_scale(&parameters, 10.0).unwrap(), 1.0);
        assert_eq!(clip_scale(&parameters, 0.0).unwrap(), 1.0);
    }
}
