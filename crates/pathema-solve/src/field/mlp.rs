use tch::{Tensor, nn};

use super::VectorField;

pub use pathema_kernel::Activation;

/// Sizes of an [`MlpField`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MlpFieldConfig {
    /// Dimension of the state.
    pub hidden: i64,
    /// Channels of the control path.
    pub channels: i64,
    /// Width of the layers between.
    pub width: i64,
    /// Number of affine layers, at least 1; the neural CDE of the method has 3.
    pub layers: usize,
    /// Between the layers.
    pub activation: Activation,
    /// Whether tanh bounds the field (Kidger et al. 2020, *Neural controlled differential equations for
    /// irregular time series*, recommend it).
    pub final_tanh: bool,
}

impl MlpFieldConfig {
    /// (inputs, outputs) of each layer: weights are `[outputs, inputs]`, biases `[outputs]`.
    pub fn shapes(&self) -> Vec<(i64, i64)> {
        let layers = self.layers.max(1);
        (0..layers)
            .map(|layer| {
                let inputs = if layer == 0 { self.hidden } else { self.width };
                let outputs = if layer + 1 == layers {
                    self.hidden * self.channels
                } else {
                    self.width
                };
                (inputs, outputs)
            })
            .collect()
    }
}

/// The standard field of neural CDEs: a multilayer perceptron from the state to a matrix
/// [hidden, channels], contracted with dX.
///
/// ```
/// use pathema_solve::VectorField;
/// use pathema_solve::field::{Activation, MlpField, MlpFieldConfig};
/// use tch::{Device, Kind, Tensor};
///
/// let config = MlpFieldConfig {
///     hidden: 4, channels: 3, width: 8, layers: 3, activation: Activation::Silu, final_tanh: true,
/// };
/// let layers = config.shapes().into_iter().map(|(inputs, outputs)| {
///     let weight = Tensor::randn([outputs, inputs], (Kind::Float, Device::Cpu));
///     (weight, Tensor::zeros([outputs], (Kind::Float, Device::Cpu)))
/// });
/// let field = MlpField::new(config, layers.collect());
/// let z = Tensor::zeros([5, 4], (Kind::Float, Device::Cpu));
/// let dx = Tensor::ones([5, 3], (Kind::Float, Device::Cpu));
/// assert_eq!(field.contract(&z, &dx).size(), [5, 4]);
/// ```
#[derive(Debug)]
pub struct MlpField {
    config: MlpFieldConfig,
    /// Transposed weights [inputs, outputs] and biases.
    layers: Vec<(Tensor, Tensor)>,
}

impl MlpField {
    /// A field with parameters of its own under `path`: `layer0`, `layer1`, …
    pub fn on(path: &nn::Path<'_>, config: MlpFieldConfig) -> MlpField {
        let layers = config.shapes().into_iter().enumerate();
        let layers = layers.map(|(layer, (inputs, outputs))| {
            let linear = nn::linear(
                path / format!("layer{layer}"),
                inputs,
                outputs,
                Default::default(),
            );
            let bias = linear
                .bs
                .unwrap_or_else(|| linear.ws.zeros_like().select(1, 0));
            (linear.ws, bias)
        });
        MlpField::new(config, layers.collect())
    }

    /// A field from (weight `[outputs, inputs]`, bias `[outputs]`) of each layer, in the order of
    /// [`MlpFieldConfig::shapes`].
    ///
    /// # Panics
    /// If the tensors do not have these shapes.
    pub fn new(config: MlpFieldConfig, layers: Vec<(Tensor, Tensor)>) -> MlpField {
        let shapes = config.shapes();
        assert_eq!(layers.len(), shapes.len(), "layers of the field");
        for ((weight, bias), (inputs, outputs)) in layers.iter().zip(shapes) {
            assert_eq!(weight.size(), [outputs, inputs], "weight [outputs, inputs]");
            assert_eq!(bias.size(), [outputs], "bias [outputs]");
        }
        let layers = layers.into_iter().map(|(weight, bias)| (weight.tr(), bias));
        MlpField {
            config,
            layers: layers.collect(),
        }
    }

    pub(crate) fn config(&self) -> &MlpFieldConfig {
        &self.config
    }

    /// Transposed weights [inputs, outputs] and biases.
    pub(crate) fn layers(&self) -> &[(Tensor, Tensor)] {
        &self.layers
    }
}

impl VectorField for MlpField {
    fn contract(&self, z: &Tensor, dx: &Tensor) -> Tensor {
        let mut h = z.shallow_clone();
        for (layer, (weight, bias)) in self.layers.iter().enumerate() {
            h = bias.addmm(&h, weight);
            if layer + 1 < self.layers.len() {
                h = match self.config.activation {
                    Activation::Relu => h.relu(),
                    Activation::Silu => h.silu(),
                    Activation::Tanh => h.tanh(),
                    Activation::Softplus => h.softplus(),
                };
            }
        }
        if self.config.final_tanh {
            h = h.tanh();
        }
        h.view([-1, self.config.hidden, self.config.channels])
            .matmul(&dx.unsqueeze(-1))
            .squeeze_dim(-1)
    }

    fn standard(&self) -> Option<&MlpField> {
        Some(self)
    }

    /// Weight [inputs, outputs] and bias of each layer.
    fn parameters(&self) -> Vec<Tensor> {
        let pairs = self.layers.iter();
        pairs
            .flat_map(|(weight, bias)| [weight.shallow_clone(), bias.shallow_clone()])
            .collect()
    }

    fn rebuilt(&self, parameters: Vec<Tensor>) -> Option<Box<dyn VectorField + Send>> {
        let mut layers = Vec::with_capacity(self.layers.len());
        let mut parameters = parameters.into_iter();
        while let (Some(weight), Some(bias)) = (parameters.next(), parameters.next()) {
            layers.push((weight, bias));
        }
        let config = self.config;
        Some(Box::new(MlpField { config, layers }))
    }
}
