use tch::nn::{self, Module};
use tch::{Kind, Tensor};

use crate::FusionError;
use crate::attend::attend;

/// Sizes of a [`CrossModalFusion`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FusionConfig {
    /// Dimension of each modality's latent state; at least two modalities.
    pub hidden: Vec<i64>,
    /// Dimension that all are mapped to.
    pub d_model: i64,
    /// Attention heads; a divisor of `d_model`.
    pub heads: i64,
}

/// Multi-head attention across modalities (Vaswani et al. 2017, *Attention is all you need*, between
/// modalities as in Tsai et al. 2019, *Multimodal transformer for unaligned multimodal language sequences*).
///
/// A modality's states ask as queries; keys and values are the states of all the others, at all instants. The
/// heads are concatenated, mapped linearly and normalised ([layer norm](https://arxiv.org/abs/1607.06450)). On a CPU the
/// attention is native code without second derivatives.
///
/// ```
/// use pathema_fusion::{CrossModalFusion, FusionConfig};
/// use tch::{Device, Kind, Tensor, nn};
///
/// let vs = nn::VarStore::new(Device::Cpu);
/// let config = FusionConfig { hidden: vec![8, 6], d_model: 16, heads: 4 };
/// let fusion = CrossModalFusion::new(&vs.root(), &config)?;
/// let z = [8, 6].map(|hidden| Tensor::randn([3, 20, hidden], (Kind::Float, Device::Cpu)));
/// let attended = fusion.forward(&z)?;
/// assert_eq!(attended[0].size(), [3, 20, 16]);
/// # Ok::<(), pathema_fusion::FusionError>(())
/// ```
#[derive(Debug)]
pub struct CrossModalFusion {
    config: FusionConfig,
    modalities: Vec<Projections>,
}

/// What one modality brings.
#[derive(Debug)]
struct Projections {
    /// hidden → d_model.
    model: nn::Linear,
    query: nn::Linear,
    key: nn::Linear,
    value: nn::Linear,
    /// Concatenated heads → d_model.
    output: nn::Linear,
    norm: nn::LayerNorm,
}

impl CrossModalFusion {
    /// A fusion whose parameters live under `path`: `m0`, `m1`, … for the modalities in order.
    ///
    /// # Errors
    /// [`FusionError::Config`] for fewer than two modalities, or sizes that are not positive or do not divide.
    pub fn new(path: &nn::Path<'_>, config: &FusionConfig) -> Result<Self, FusionError> {
        let &FusionConfig {
            ref hidden,
            d_model,
            heads,
        } = config;
        if hidden.len() < 2 {
            return Err(FusionError::Config(format!(
                "{} modality cannot attend to others: cross-modal attention takes at least two",
                hidden.len()
            )));
        }
        if hidden.iter().any(|&size| size < 1) || heads < 1 || d_model < 1 || d_model % heads != 0 {
            return Err(FusionError::Config(format!(
                "hidden sizes {hidden:?}, d_model {d_model} and {heads} heads do not go together: \
                 sizes are at least 1, and d_model is a multiple of the heads"
            )));
        }
        let modalities = hidden
            .iter()
            .enumerate()
            .map(|(index, &size)| Projections::new(&(path / format!("m{index}")), size, d_model))
            .collect();
        Ok(CrossModalFusion {
            config: config.clone(),
            modalities,
        })
    }

    /// What each modality finds in the others: from trajectories [batch, instants, hidden] to [batch, instants,
    /// d_model] each.
    ///
    /// Modalities may be sampled at different numbers of instants.
    ///
    /// # Errors
    /// [`FusionError::Count`] and [`FusionError::Shape`] name what does not fit.
    pub fn forward(&self, latents: &[Tensor]) -> Result<Vec<Tensor>, FusionError> {
        self.check(latents)?;
        let projected: Vec<Tensor> = latents
            .iter()
            .zip(&self.modalities)
            .map(|(z, projections)| projections.model.forward(z))
            .collect();
        let layer = |of: fn(&Projections) -> &nn::Linear| -> Vec<Tensor> {
            let pairs = projected.iter().zip(&self.modalities);
            pairs
                .map(|(y, projections)| of(projections).forward(y))
                .collect()
        };
        let keys = layer(|projections| &projections.key);
        let values = layer(|projections| &projections.value);
        let queries = layer(|projections| &projections.query);
        let mut attended = Vec::with_capacity(queries.len());
        for (own, (query, projections)) in queries.iter().zip(&self.modalities).enumerate() {
            let (keys, values) = (others(&keys, own)?, others(&values, own)?);
            let concatenated = attend(query, &keys, &values, self.config.heads)?;
            let mixed = projections.output.forward(&concatenated) + &projected[own];
            attended.push(projections.norm.forward(&mixed));
        }
        Ok(attended)
    }

    fn check(&self, latents: &[Tensor]) -> Result<(), FusionError> {
        if latents.len() != self.modalities.len() {
            return Err(FusionError::Count {
                found: latents.len(),
                expected: self.modalities.len(),
            });
        }
        let batch = latents[0].size().first().copied().unwrap_or(0);
        for (modality, (z, &hidden)) in latents.iter().zip(&self.config.hidden).enumerate() {
            let found = z.size();
            if found.len() != 3 || found[0] != batch || found[2] != hidden {
                return Err(FusionError::Shape {
                    modality,
                    found,
                    expected: format!("[{batch}, instants, {hidden}]"),
                });
            }
            if z.kind() != Kind::Float && z.kind() != Kind::Double {
                return Err(FusionError::Config(format!(
                    "the latent trajectory of modality {modality} holds {:?}, expected Float or Double",
                    z.kind()
                )));
            }
        }
        Ok(())
    }
}

impl Projections {
    fn new(path: &nn::Path<'_>, hidden: i64, d_model: i64) -> Projections {
        let square = |name| nn::linear(path / name, d_model, d_model, Default::default());
        Projections {
            model: nn::linear(path / "model", hidden, d_model, Default::default()),
            query: square("query"),
            key: square("key"),
            value: square("value"),
            output: square("output"),
            norm: nn::layer_norm(path / "norm", vec![d_model], Default::default()),
        }
    }
}

/// The instants of all modalities but one, one after another.
fn others(all: &[Tensor], own: usize) -> Result<Tensor, FusionError> {
    let others: Vec<&Tensor> = (0..all.len())
        .filter(|&modality| modality != own)
        .map(|modality| &all[modality])
        .collect();
    Ok(Tensor::f_cat(&others, 1)?)
}
