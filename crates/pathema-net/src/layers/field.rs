use pathema_kernel::Activation;
use rand_chacha::ChaCha8Rng;

use crate::number::Number;
use crate::parameters::{Parameter, Parameters};

/// The field of a neural CDE: a multilayer perceptron from the state to a matrix \[hidden, channels\] (Kidger et al. 2020,
/// *Neural controlled differential equations for irregular time series*), for [`Tape::solve_cde`](crate::Tape::solve_cde).
#[derive(Clone, Debug)]
pub struct Field {
    /// Weight \[outputs, inputs\] and bias \[1, outputs\] of each layer; the last has hidden · channels outputs.
    pub layers: Vec<(Parameter, Parameter)>,
    /// Dimension of the state.
    pub hidden: usize,
    /// Channels of the control.
    pub channels: usize,
    /// Between the layers.
    pub activation: Activation,
    /// Whether tanh bounds the matrix.
    pub final_tanh: bool,
}

impl Field {
    /// Layers `name.0`, `name.1`, … through each of `widths` to the matrix, by SiLU and bounded by tanh: weights of variance
    /// 1 / inputs, biases of zeros.
    pub fn new<T: Number>(
        parameters: &mut Parameters<T>,
        name: &str,
        (hidden, channels): (usize, usize),
        widths: &[usize],
        rng: &mut ChaCha8Rng,
    ) -> Field {
        let mut inputs = hidden;
        let mut layers = Vec::with_capacity(widths.len() + 1);
        for (k, &outputs) in widths.iter().chain(&[hidden * channels]).enumerate() {
            let weight = format!("{name}.{k}.weight");
            let weight = parameters.matrix(weight, outputs, inputs, 1.0, rng);
            let bias = parameters.vector(format!("{name}.{k}.bias"), outputs, 0.0);
            layers.push((weight, bias));
            inputs = outputs;
        }
        Field {
            layers,
            hidden,
            channels,
            activation: Activation::Silu,
            final_tanh: true,
        }
    }

    /// Of one evaluation of one sample: the layers' products and that of the matrix with the control. With areas, the
    /// derivative along each channel's column goes through all layers too, and the words of length two join in.
    pub fn multiply_adds(&self, areas: bool) -> usize {
        let size = |&(weight, _): &(Parameter, Parameter)| weight.rows() * weight.columns();
        let all: usize = self.layers.iter().map(size).sum();
        let last = self.layers.last().map_or(0, size);
        let plain = all + self.hidden * self.channels;
        if areas {
            let tangents = self.channels * (all - last) + last;
            plain + tangents + self.hidden * self.channels * self.channels
        } else {
            plain
        }
    }
}
