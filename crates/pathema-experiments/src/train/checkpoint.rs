use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tch::Tensor;

use super::adamw::AdamW;
use super::error::TrainError;
use crate::model::{WeightsError, read_weights, write_weights};
use crate::run::records::EpochRecord;

/// Where a fold's training stands, apart from its tensors.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Epochs done.
    pub(crate) records: Vec<EpochRecord>,
    /// The best epoch, from 1, and its validation loss; 0 before there is one.
    pub(crate) best: (usize, f64),
}

/// Writes parameters, the best parameters so far and the optimiser's state.
pub(crate) fn write(
    path: &Path,
    fold: &str,
    parameters: &BTreeMap<String, Tensor>,
    best: &BTreeMap<String, Tensor>,
    optimiser: &AdamW,
    progress: &Progress,
) -> Result<(), WeightsError> {
    let mut tensors = BTreeMap::new();
    for (name, parameter) in parameters {
        tensors.insert(format!("current.{name}"), parameter.shallow_clone());
        tensors.insert(format!("best.{name}"), best[name].shallow_clone());
        let (first, second) = &optimiser.moments[name];
        tensors.insert(format!("first.{name}"), first.shallow_clone());
        tensors.insert(format!("second.{name}"), second.shallow_clone());
    }
    let records = serde_json::to_string(&progress.records).unwrap_or_default();
    let text = BTreeMap::from([
        ("fold".to_owned(), fold.to_owned()),
        ("steps".to_owned(), optimiser.steps.to_string()),
        ("best_epoch".to_owned(), progress.best.0.to_string()),
        // Bits, so that what is read back is what was compared.
        (
            "best_loss".to_owned(),
            progress.best.1.to_bits().to_string(),
        ),
        ("records".to_owned(), records),
    ]);
    write_weights(path, &tensors, &text)
}

/// Restores what [`write`] wrote; `None` if there is no checkpoint.
pub(crate) fn read(
    path: &Path,
    fold: &str,
    parameters: &mut BTreeMap<String, Tensor>,
    best: &mut BTreeMap<String, Tensor>,
    optimiser: &mut AdamW,
) -> Result<Option<Progress>, TrainError> {
    if !fs::exists(path).unwrap_or(false) {
        return Ok(None);
    }
    let (tensors, metadata) = read_weights(path)?;
    let problem = |problem: String| TrainError::Checkpoint {
        path: path.to_owned(),
        problem,
    };
    let text = |key: &str| {
        metadata
            .get(key)
            .ok_or_else(|| problem(format!("it has no {key}")))
    };
    let number = |key: &str| -> Result<u64, TrainError> {
        let text = text(key)?;
        text.parse()
            .map_err(|_| problem(format!("its {key} is {text:?}")))
    };
    if text("fold")? != fold {
        return Err(problem(format!("it belongs to fold {}", text("fold")?)));
    }
    let records = serde_json::from_str(text("records")?)
        .map_err(|source| problem(format!("its records cannot be read: {source}")))?;
    let progress = Progress {
        records,
        best: (
            number("best_epoch")? as usize,
            f64::from_bits(number("best_loss")?),
        ),
    };
    let steps = number("steps")?;
    let find = |prefix: &str, name: &str, like: &Tensor| {
        tensors
            .get(&format!("{prefix}.{name}"))
            .filter(|tensor| tensor.size() == like.size())
            .map(|tensor| tensor.to_device(like.device()))
            .ok_or_else(|| {
                problem(format!(
                    "its tensor {prefix}.{name} is missing or has another shape"
                ))
            })
    };
    let _guard = tch::no_grad_guard();
    for (name, parameter) in parameters.iter_mut() {
        best.insert(name.clone(), find("best", name, parameter)?);
        let moments = (
            find("first", name, parameter)?,
            find("second", name, parameter)?,
        );
        optimiser.moments.insert(name.clone(), moments);
        parameter.copy_(&find("current", name, parameter)?);
    }
    optimiser.steps = steps;
    Ok(Some(progress))
}
