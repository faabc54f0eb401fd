use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use pathema_fusion::{CrossModalFusion, FusionConfig, FusionError};
use pathema_path::{ControlPath, PathError};
use pathema_solve::{BatchPath, Solve, SolveError};
use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;
use tch::nn::{self, Module};
use tch::{Device, Kind, TchError, Tensor};

use super::encoder::{Encoder, method};
use super::lift::{Lift, path_channels};
use super::standardise::Standardiser;
use crate::config::Config;
use crate::data::Input;
use crate::loso::{Predictor, Probabilities};

/// Outputs of a head: three for the 3-class task, two for stress against the rest.
const OUTPUTS: i64 = 5;
/// Windows that are predicted at once.
const PREDICTION_BATCH: usize = 64;

/// A neural CDE per modality, cross-modal attention between their trajectories, and a head.
#[derive(Debug)]
pub struct Recogniser {
    /// All parameters.
    pub variables: nn::VarStore,
    config: Config,
    standardiser: Standardiser,
    lifts: Vec<Lift>,
    encoders: Vec<Encoder>,
    fusion: Option<CrossModalFusion>,
    unimodal: Vec<Head>,
    fused: Head,
    method: Solve,
    /// Instants at which z(t) is sampled.
    instants: Vec<f64>,
}

/// Why a window was not recognised.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// Its observations make no path.
    #[error("modality {modality}: {source}")]
    Path {
        /// Which.
        modality: &'static str,
        /// Why.
        source: PathError,
    },
    /// The CDE could not be solved.
    #[error("the neural CDE of modality {modality}: {source}")]
    Solve {
        /// Which.
        modality: &'static str,
        /// Why.
        source: Box<SolveError>,
    },
    /// The trajectories could not be fused.
    #[error(transparent)]
    Fusion(#[from] FusionError),
    /// libtorch refused an operation.
    #[error("libtorch: {0}")]
    Tch(#[from] TchError),
}

/// What a batch of windows gives, [batch, 5] each: three outputs for the 3-class task, then two for the binary.
#[derive(Debug)]
pub struct Logits {
    /// From all modalities.
    pub fused: Tensor,
    /// From each modality by itself.
    pub unimodal: Vec<Tensor>,
}

/// What is drawn while training.
#[derive(Debug)]
pub struct Regularisation {
    /// Where it is drawn from.
    pub rng: ChaCha8Rng,
    /// Standard deviation of the offset of each standardised channel of a window.
    pub offset: f64,
}

#[derive(Debug)]
struct Head {
    hidden: nn::Linear,
    output: nn::Linear,
}

impl Recogniser {
    /// A recogniser whose parameters are yet to be set, see [`Recogniser::initialise`].
    ///
    /// # Errors
    /// [`ModelError::Fusion`] if the sizes do not go together.
    pub fn new(
        config: &Config,
        standardiser: Standardiser,
        device: Device,
    ) -> Result<Recogniser, ModelError> {
        let variables = nn::VarStore::new(device);
        let root = variables.root();
        let model = &config.model;
        let groups = &config.data.modalities;
        let encoders = groups
            .iter()
            .zip(standardiser.channels())
            .map(|(group, channels)| {
                let channels = path_channels(&config.path, channels) as i64;
                Encoder::new(&(&root / "encoder" / group.name()), channels, model)
            })
            .collect();
        let pooled = 2 * model.hidden;
        let fusion = (groups.len() > 1)
            .then(|| {
                let fusion = FusionConfig {
                    hidden: vec![model.hidden; groups.len()],
                    d_model: model.d_model,
                    heads: model.heads,
                };
                CrossModalFusion::new(&(&root / "fusion"), &fusion)
            })
            .transpose()?;
        let embedded = pooled + fusion.as_ref().map_or(0, |_| model.d_model);
        let unimodal = groups
            .iter()
            .map(|group| {
                let path = &root / "unimodal" / group.name();
                Head::new(&path, pooled, model.head_width)
            })
            .collect();
        let count = (config.windows.length / model.sample_every + 1e-9).floor() as usize;
        Ok(Recogniser {
            config: config.clone(),
            lifts: groups
                .iter()
                .map(|group| Lift::new(&config.path, config.windows.length, group.nominal_rate()))
                .collect(),
            standardiser,
            encoders,
            fusion,
            unimodal,
            fused: Head::new(
                &(&root / "head"),
                embedded * groups.len() as i64,
                model.head_width,
            ),
            method: method(&config.solver),
            instants: (1..=count).map(|k| k as f64 * model.sample_every).collect(),
            variables,
        })
    }

    /// The recogniser of a fold, from its weights and the config of its run.
    ///
    /// # Errors
    /// Names the file, and the tensor that is off.
    pub fn load(path: &Path, config: &Config, device: Device) -> Result<Recogniser> {
        let (tensors, metadata) = super::read_weights(path)?;
        let standardiser = metadata.get("standardiser").with_context(|| {
            format!(
                "{} holds no standardiser: it is no fold's weights",
                path.display()
            )
        })?;
        let standardiser = serde_json::from_str(standardiser)
            .with_context(|| format!("the standardiser in {}", path.display()))?;
        let recogniser = Recogniser::new(config, standardiser, device)?;
        super::weights::assign(&recogniser.variables, &tensors, path)?;
        Ok(recogniser)
    }

    /// Draws all parameters: weights from N(0, 1/inputs), biases 0. The same generator gives the same model on
    /// any machine.
    pub fn initialise(&mut self, rng: &mut ChaCha8Rng) {
        let _guard = tch::no_grad_guard();
        for (name, mut parameter) in self.named_parameters() {
            let size = parameter.size();
            let count = size.iter().product::<i64>() as usize;
            let values: Vec<f32> = if size.len() == 2 {
                let scale = (1.0 / size[1] as f64).sqrt();
                (0..count).map(|_| (normal(rng) * scale) as f32).collect()
            } else {
                let one = f32::from(u8::from(name.ends_with("norm.weight")));
                vec![one; count]
            };
            parameter.copy_(&Tensor::from_slice(&values).view(size.as_slice()));
        }
    }

    /// What the windows give. With `regularisation`, as in training: with offsets, dropout and hidden modalities.
    ///
    /// # Errors
    /// [`ModelError`] names the modality.
    pub fn forward(
        &self,
        inputs: &[Input<'_>],
        mut regularisation: Option<&mut Regularisation>,
    ) -> Result<Logits, ModelError> {
        let mut latents = Vec::with_capacity(self.encoders.len());
        for modality in 0..self.encoders.len() {
            let path = self.batch_path(inputs, modality, regularisation.as_deref_mut())?;
            let (z, _) = self.encoders[modality]
                .latents(&path, &self.instants, &self.method)
                .map_err(|source| ModelError::Solve {
                    modality: self.config.data.modalities[modality].name(),
                    source: source.into(),
                })?;
            latents.push(z);
        }
        let dropout = self.config.train.dropout;
        let pooled: Vec<Tensor> = latents.iter().map(pool).collect();
        let unimodal = pooled
            .iter()
            .zip(&self.unimodal)
            .map(|(pooled, head)| head.forward(pooled, dropout, regularisation.as_deref_mut()))
            .collect();
        let mut parts = pooled;
        if let Some(fusion) = &self.fusion {
            for (part, attended) in parts.iter_mut().zip(fusion.forward(&latents)?) {
                let attended = attended.f_mean_dim(1, false, None)?;
                *part = Tensor::f_cat(&[&*part, &attended], 1)?;
            }
        }
        let mut embedding = Tensor::f_stack(&parts, 1)?;
        if let Some(regularisation) = regularisation.as_deref_mut() {
            let chance = self.config.train.modality_dropout;
            embedding = regularisation.hide_modalities(&embedding, chance);
        }
        let embedding = embedding.f_flatten(1, 2)?;
        let fused = self.fused.forward(&embedding, dropout, regularisation);
        Ok(Logits { fused, unimodal })
    }

    fn batch_path(
        &self,
        inputs: &[Input<'_>],
        modality: usize,
        mut regularisation: Option<&mut Regularisation>,
    ) -> Result<BatchPath, ModelError> {
        let name = self.config.data.modalities[modality].name();
        let paths: Result<Vec<ControlPath>, PathError> = inputs
            .iter()
            .map(|input| {
                let observed = input.observations(modality)?;
                let offsets: Vec<f64> = match regularisation.as_deref_mut() {
                    Some(drawn) => (0..observed.channels())
                        .map(|_| drawn.offset * normal(&mut drawn.rng))
                        .collect(),
                    None => Vec::new(),
                };
                let standardised = self.standardiser.apply(modality, &observed, &offsets)?;
                self.lifts[modality].path(&standardised)
            })
            .collect();
        let paths = paths.map_err(|source| ModelError::Path {
            modality: name,
            source,
        })?;
        BatchPath::stack(&paths, Kind::Float, self.variables.device()).map_err(|source| {
            ModelError::Solve {
                modality: name,
                source: source.into(),
            }
        })
    }

    /// What the windows are recognised as.
    ///
    /// # Errors
    /// [`ModelError`] names the modality.
    pub fn probabilities(&self, inputs: &[Input<'_>]) -> Result<Vec<Probabilities>, ModelError> {
        let _guard = tch::no_grad_guard();
        let mut said = Vec::with_capacity(inputs.len());
        for batch in inputs.chunks(PREDICTION_BATCH) {
            said.extend(probabilities(&self.forward(batch, None)?.fused)?);
        }
        Ok(said)
    }

    /// Parameters by name; they share their storage with the recogniser's.
    pub fn named_parameters(&self) -> BTreeMap<String, Tensor> {
        self.variables.variables().into_iter().collect()
    }

    /// The statistics that inputs are standardised by.
    pub fn standardiser(&self) -> &Standardiser {
        &self.standardiser
    }

    /// Number of trainable parameters.
    pub fn parameters(&self) -> usize {
        let variables = self.variables.trainable_variables();
        variables.iter().map(Tensor::numel).sum()
    }
}

impl Predictor for Recogniser {
    fn predict(&self, inputs: &[Input<'_>]) -> Result<Vec<Probabilities>> {
        Ok(self.probabilities(inputs)?)
    }
}

/// Softmax of both tasks, in double precision.
pub(crate) fn probabilities(logits: &Tensor) -> Result<Vec<Probabilities>, TchError> {
    let logits = logits.f_to_kind(Kind::Double)?.f_to_device(Device::Cpu)?;
    let three = logits.f_narrow(1, 0, 3)?.f_softmax(1, Kind::Double)?;
    let two = logits.f_narrow(1, 3, 2)?.f_softmax(1, Kind::Double)?;
    let flat: Vec<f64> = Vec::try_from(Tensor::f_cat(&[three, two], 1)?.f_flatten(0, 1)?)?;
    Ok(flat
        .chunks_exact(OUTPUTS as usize)
        .map(|row| Probabilities {
            three_class: [row[0], row[1], row[2]],
            stress: row[4],
        })
        .collect())
}

/// The mean of a trajectory over its instants beside its end: [batch, 2 hidden].
fn pool(z: &Tensor) -> Tensor {
    Tensor::cat(&[z.mean_dim(1, false, None), z.select(1, -1)], 1)
}

impl Regularisation {
    /// Zeroes each number with the given chance and scales the others up.
    fn drop(&mut self, x: &Tensor, chance: f64) -> Tensor {
        let keep = (1.0 / (1.0 - chance)) as f32;
        let mask: Vec<f32> = (0..x.numel())
            .map(|_| {
                if self.rng.random::<f64>() < chance {
                    0.0
                } else {
                    keep
                }
            })
            .collect();
        x * Tensor::from_slice(&mask)
            .view(x.size().as_slice())
            .to_device(x.device())
    }

    /// Hides whole modalities of [batch, modalities, features], never all of them.
    fn hide_modalities(&mut self, x: &Tensor, chance: f64) -> Tensor {
        let (batch, modalities) = (x.size()[0], x.size()[1]);
        let mut mask: Vec<f32> = Vec::with_capacity((batch * modalities) as usize);
        for _ in 0..batch {
            let mut kept: Vec<bool> = (0..modalities)
                .map(|_| self.rng.random::<f64>() >= chance)
                .collect();
            if !kept.contains(&true) {
                kept.fill(true);
            }
            let share = kept.iter().filter(|&&kept| kept).count() as f32 / modalities as f32;
            mask.extend(
                kept.iter()
                    .map(|&kept| if kept { 1.0 / share } else { 0.0 }),
            );
        }
        x * Tensor::from_slice(&mask)
            .view([batch, modalities, 1])
            .to_device(x.device())
    }
}

impl Head {
    fn new(path: &nn::Path<'_>, inputs: i64, width: i64) -> Head {
        Head {
            hidden: nn::linear(path / "hidden", inputs, width, Default::default()),
            output: nn::linear(path / "output", width, OUTPUTS, Default::default()),
        }
    }

    fn forward(
        &self,
        x: &Tensor,
        dropout: f64,
        regularisation: Option<&mut Regularisation>,
    ) -> Tensor {
        let Some(regularisation) = regularisation else {
            return self.output.forward(&self.hidden.forward(x).silu());
        };
        let x = regularisation.drop(x, dropout);
        let hidden = self.hidden.forward(&x).silu();
        self.output.forward(&regularisation.drop(&hidden, dropout))
    }
}

/// A standard normal number (Box & Muller 1958).
fn normal(rng: &mut impl Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.random::<f64>()).cos()
}
