use crate::number::Number;
use crate::parameters::{Gradients, Parameters};

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

impl Default for AdamWConfig {
    /// Decay 0.01, moments by 0.9 and 0.999, epsilon 10⁻⁸.
    fn default() -> AdamWConfig {
        AdamWConfig {
            weight_decay: 0.01,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
        }
    }
}

/// AdamW (Loshchilov & Hutter 2019, *Decoupled weight decay regularization*), whose state is open, so that a resumed run
/// can go on as if it had never stopped.
#[derive(Clone, Debug, PartialEq)]
pub struct AdamW<T> {
    /// How it steps.
    pub config: AdamWConfig,
    /// Steps taken.
    pub steps: u64,
    /// First moments of all parameters, one matrix after the other.
    pub first: Vec<T>,
    /// Second moments.
    pub second: Vec<T>,
}

impl<T: Number> AdamW<T> {
    /// An optimiser of these parameters that has taken no step.
    pub fn new(config: AdamWConfig, parameters: &Parameters<T>) -> AdamW<T> {
        AdamW {
            config,
            steps: 0,
            first: vec![T::default(); parameters.count()],
            second: vec![T::default(); parameters.count()],
        }
    }

    /// Takes one step along the gradients.
    ///
    /// With `clip` above zero, gradients whose norm over all parameters is larger are scaled to it. The norm before.
    ///
    /// # Panics
    /// If parameters or gradients are not those of the optimiser.
    pub fn step(
        &mut self,
        parameters: &mut Parameters<T>,
        gradients: &Gradients<T>,
        rate: f64,
        clip: f64,
    ) -> f64 {
        let count = self.first.len();
        assert_eq!(parameters.count(), count, "parameters of the optimiser");
        assert_eq!(gradients.all().len(), count, "gradients of the optimiser");
        let norm = gradients.norm();
        let scale = if clip > 0.0 {
            (clip / (norm + 1e-6)).min(1.0)
        } else {
            1.0
        };
        self.steps += 1;
        let AdamWConfig {
            weight_decay,
            beta1,
            beta2,
            epsilon,
        } = self.config;
        let steps = self.steps as f64;
        let correction1 = 1.0 - beta1.powf(steps);
        let root_of_correction2 = T::of((1.0 - beta2.powf(steps)).sqrt());
        let (beta1, beta2, epsilon) = (T::of(beta1), T::of(beta2), T::of(epsilon));
        let (rest1, rest2) = (T::of(1.0) - beta1, T::of(1.0) - beta2);
        let (kept, rate) = (T::of(1.0 - rate * weight_decay), T::of(rate / correction1));
        let scale = T::of(scale);
        let moments = self.first.iter_mut().zip(&mut self.second);
        let all = parameters.all_mut().iter_mut().zip(gradients.all());
        for ((parameter, &gradient), (first, second)) in all.zip(moments) {
            let gradient = gradient * scale;
            *first = beta1 * *first + rest1 * gradient;
            *second = beta2 * *second + rest2 * gradient * gradient;
            let root = second.sqrt() / root_of_correction2 + epsilon;
            *parameter = kept * *parameter - rate * *first / root;
        }
        norm
    }
}
