use pathema_autograd::AutogradError;
use pathema_kernel::KernelError;
use tch::TchError;

/// Why trajectories could not be fused.
#[derive(Debug, thiserror::Error)]
pub enum FusionError {
    /// The configuration does not make a fusion.
    #[error("{0}")]
    Config(String),
    /// A latent trajectory does not have the shape that its place asks for.
    #[error(
        "the latent trajectory of modality {modality} has shape {found:?}, expected {expected}"
    )]
    Shape {
        /// Which modality, by its place.
        modality: usize,
        /// Its shape.
        found: Vec<i64>,
        /// The shape asked for, in words.
        expected: String,
    },
    /// Not as many trajectories as modalities.
    #[error("{found} latent trajectories were given, the fusion was made for {expected}")]
    Count {
        /// How many were given.
        found: usize,
        /// How many modalities there are.
        expected: usize,
    },
    /// Attention could not be made a function with a gradient.
    #[error(transparent)]
    Autograd(#[from] AutogradError),
    /// The native attention refused its numbers.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// libtorch refused an operation.
    #[error("libtorch: {0}")]
    Tch(#[from] TchError),
}
