use crate::error::KernelError;
use crate::product::Panels;
use crate::simd::Real;

/// The nonlinearity between the layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// max(x, 0).
    Relu,
    /// x σ(x): smooth, so that methods of high order keep it.
    Silu,
    /// tanh x.
    Tanh,
    /// ln(1 + eˣ).
    Softplus,
}

/// One affine layer, y = W x + b.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'a, T> {
    /// W, `[outputs, inputs]`, row by row.
    pub weight: &'a [T],
    /// b, `[outputs]`.
    pub bias: &'a [T],
}

/// The standard field of neural CDEs: a multilayer perceptron from the state to a matrix [hidden, channels], applied to
/// the control (Kidger et al. 2020, *Neural controlled differential equations for irregular time series*).
#[derive(Clone, Debug)]
pub struct Mlp<'a, T> {
    /// Dimension of the state.
    pub hidden: usize,
    /// Channels of the control.
    pub channels: usize,
    /// From the state to the matrix.
    pub layers: Vec<Layer<'a, T>>,
    /// Between the layers.
    pub activation: Activation,
    /// Whether tanh bounds the matrix.
    pub final_tanh: bool,
}

impl<T: Real> Mlp<'_, T> {
    /// Outputs of each layer.
    ///
    /// # Errors
    /// [`KernelError::Shape`] names the layer whose numbers do not fit.
    pub fn widths(&self) -> Result<Vec<usize>, KernelError> {
        let mut inputs = self.hidden;
        let mut widths = Vec::with_capacity(self.layers.len());
        for (k, layer) in self.layers.iter().enumerate() {
            let outputs = layer.bias.len();
            if outputs == 0 || layer.weight.len() != outputs * inputs {
                return Err(KernelError::Shape {
                    what: format!("the weight of layer {k}"),
                    found: layer.weight.len(),
                    expected: outputs * inputs,
                });
            }
            widths.push(outputs);
            inputs = outputs;
        }
        let expected = self.hidden * self.channels;
        if self.hidden == 0 || self.channels == 0 || widths.last() != Some(&expected) {
            return Err(KernelError::Shape {
                what: "the field's last layer".into(),
                found: widths.last().copied().unwrap_or(0),
                expected,
            });
        }
        Ok(widths)
    }
}

/// A layer as tiles read it.
pub(crate) struct Packed<T> {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    /// W, to be applied.
    pub(crate) weight: Panels<T>,
    /// Wᵀ, to go back.
    pub(crate) transposed: Panels<T>,
    /// Zeros fill the last panel.
    pub(crate) bias: Vec<T>,
}

/// A field as tiles of so many rows read it: packed once for a whole solve.
pub(crate) struct Network<T> {
    pub(crate) hidden: usize,
    pub(crate) channels: usize,
    pub(crate) layers: Vec<Packed<T>>,
    pub(crate) activation: Activation,
    pub(crate) final_tanh: bool,
}

impl<T: Real> Network<T> {
    pub(crate) fn new(field: &Mlp<'_, T>, height: usize) -> Result<Network<T>, KernelError> {
        let widths = field.widths()?;
        let mut inputs = field.hidden;
        let mut layers = Vec::with_capacity(widths.len());
        for (layer, outputs) in field.layers.iter().zip(widths) {
            let mut bias = layer.bias.to_vec();
            bias.resize(outputs.next_multiple_of(height), T::default());
            layers.push(Packed {
                inputs,
                outputs,
                weight: Panels::new(outputs, inputs, height, |row, term| {
                    layer.weight[row * inputs + term]
                }),
                transposed: Panels::new(inputs, outputs, height, |row, term| {
                    layer.weight[term * inputs + row]
                }),
                bias,
            });
            inputs = outputs;
        }
        Ok(Network {
            hidden: field.hidden,
            channels: field.channels,
            layers,
            activation: field.activation,
            final_tanh: field.final_tanh,
        })
    }
}
