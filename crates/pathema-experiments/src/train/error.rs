use std::path::PathBuf;

use pathema_path::PathError;
use tch::TchError;

use crate::model::{ModelError, WeightsError};

/// Why training ended early.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The loss is NaN or infinite.
    #[error(
        "the loss of fold {fold} is {loss} in epoch {epoch}, batch {batch}: the weights of the last good epoch are kept \
         in {}; a lower train.learning_rate or a limit on the gradient (train.clip) usually helps", kept.display()
    )]
    LossNotFinite {
        /// The subject held out.
        fold: String,
        /// From 1.
        epoch: usize,
        /// From 1.
        batch: usize,
        /// The loss.
        loss: f64,
        /// The last good weights.
        kept: PathBuf,
    },
    /// A window could not be recognised.
    #[error("fold {fold}, epoch {epoch}, batch {batch}: {source}; the weights of the last good epoch are kept in {}", kept.display())]
    Model {
        /// The subject held out.
        fold: String,
        /// From 1.
        epoch: usize,
        /// From 1; 0 for validation.
        batch: usize,
        /// Why.
        source: Box<ModelError>,
        /// The last good weights.
        kept: PathBuf,
    },
    /// A recogniser could not be made.
    #[error("fold {fold}: {source}")]
    Start {
        /// The subject held out.
        fold: String,
        /// Why.
        source: Box<ModelError>,
    },
    /// A window's observations are none.
    #[error("fold {fold}: {source}")]
    Standardise {
        /// The subject held out.
        fold: String,
        /// Why.
        source: PathError,
    },
    /// Weights could not be read or written.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A checkpoint does not say what it should.
    #[error("{} is no checkpoint of this run: {problem}; remove it to train the fold anew", path.display())]
    Checkpoint {
        /// Which file.
        path: PathBuf,
        /// What is off.
        problem: String,
    },
    /// libtorch refused an operation.
    #[error("libtorch: {0}")]
    Tch(#[from] TchError),
}
