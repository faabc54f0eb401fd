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
    /// The last layer's rows that make each channel of the matrix, without bias: where areas ask for derivatives. Else empty.
    pub(crate) by_channel: Vec<Packed<T>>,
}

impl<T: Real> Packed<T> {
    /// From `outputs` rows of `inputs` weights.
    fn new(
        (outputs, inputs): (usize, usize),
        height: usize,
        bias: &[T],
        weight: impl Fn(usize, usize) -> T,
    ) -> Packed<T> {
        let mut bias = bias.to_vec();
        bias.resize(outputs.next_multiple_of(height), T::default());
        Packed {
            inputs,
            outputs,
            weight: Panels::new(outputs, inputs, height, &weight),
            transposed: Panels::new(inputs, outputs, height, |row, term| weight(term, row)),
            bias,
        }
    }
}

impl<T: Real> Network<T> {
    /// For tiles of so many rows; with what areas need, if controls hold them.
    pub(crate) fn new(
        field: &Mlp<'_, T>,
        height: usize,
        areas: bool,
    ) -> Result<Network<T>, KernelError> {
        let widths = field.widths()?;
        let mut inputs = field.hidden;
        let mut layers = Vec::with_capacity(widths.len());
        for (layer, outputs) in field.layers.iter().zip(widths) {
            let weight = |row: usize, term: usize| layer.weight[row * inputs + term];
            layers.push(Packed::new((outputs, inputs), height, layer.bias, weight));
            inputs = outputs;
        }
        let last = field.layers.last().filter(|_| areas);
        let by_channel = last.map_or_else(Vec::new, |last| {
            let (channels, inputs) = (field.channels, last.weight.len() / last.bias.len());
            let of_channel = |channel: usize| {
                Packed::new((field.hidden, inputs), height, &[], |row, term| {
                    last.weight[(row * channels + channel) * inputs + term]
                })
            };
            (0..channels).map(of_channel).collect()
        });
        Ok(Network {
            hidden: field.hidden,
            channels: field.channels,
            layers,
            activation: field.activation,
            final_tanh: field.final_tanh,
            by_channel,
        })
    }
}
