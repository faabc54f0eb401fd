use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use tch::{Device, Kind, Tensor, nn};

/// What a safetensors file holds: tensors by name, and text by key.
pub type Weights = (BTreeMap<String, Tensor>, BTreeMap<String, String>);

/// The one entry of a file's metadata, a JSON object: several entries would come in another order each time, and
/// equal weights would make different files.
const TEXT: &str = "pathema";

/// Why weights could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// The file system refused.
    #[error("{}: {source}{}", path.display(), crate::run::way_out(source))]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no safetensors file, or it was cut short.
    #[error("{} cannot be read as safetensors: {source}", path.display())]
    Format {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: safetensors::SafeTensorError,
    },
    /// A tensor is missing or has another shape or type than asked for.
    #[error("{} has {found} as {name}, expected {expected}: it was written for another config", path.display())]
    Tensor {
        /// Which file.
        path: PathBuf,
        /// Which tensor.
        name: String,
        /// What it holds.
        found: String,
        /// What it should hold.
        expected: String,
    },
}

/// Writes single-precision tensors and text to a safetensors file, at once or not at all.
///
/// # Errors
/// [`WeightsError::Io`] names the file; what was there before then still is.
pub fn write(
    path: &Path,
    tensors: &BTreeMap<String, Tensor>,
    text: &BTreeMap<String, String>,
) -> Result<(), WeightsError> {
    let bytes: Vec<(&String, Vec<usize>, Vec<u8>)> = tensors
        .iter()
        .map(|(name, tensor)| {
            let flat = tensor.detach().to_device(Device::Cpu).to_kind(Kind::Float);
            let mut values = vec![0.0_f32; tensor.numel()];
            flat.contiguous().copy_data(&mut values, tensor.numel());
            let shape = tensor.size().iter().map(|&size| size as usize).collect();
            (
                name,
                shape,
                values
                    .iter()
                    .flat_map(|value| value.to_le_bytes())
                    .collect(),
            )
        })
        .collect();
    let format = |source| WeightsError::Format {
        path: path.to_owned(),
        source,
    };
    let views: Result<Vec<_>, _> = bytes
        .iter()
        .map(|(name, shape, bytes)| Ok((name, TensorView::new(Dtype::F32, shape.clone(), bytes)?)))
        .collect();
    let text = serde_json::to_string(text).unwrap_or_default();
    let metadata = HashMap::from([(TEXT.to_owned(), text)]);
    let file = safetensors::serialize(views.map_err(format)?, Some(metadata)).map_err(format)?;
    crate::run::write_atomically(path, &file).map_err(|source| WeightsError::Io {
        path: path.to_owned(),
        source,
    })
}

/// Reads all tensors and the text of a safetensors file.
///
/// # Errors
/// [`WeightsError`] names the file and what is wrong with it.
pub fn read(path: &Path) -> Result<Weights, WeightsError> {
    let bytes = fs::read(path).map_err(|source| WeightsError::Io {
        path: path.to_owned(),
        source,
    })?;
    let format = |source| WeightsError::Format {
        path: path.to_owned(),
        source,
    };
    let (_, header) = SafeTensors::read_metadata(&bytes).map_err(format)?;
    let mut tensors = BTreeMap::new();
    for (name, view) in SafeTensors::deserialize(&bytes).map_err(format)?.iter() {
        if view.dtype() != Dtype::F32 {
            return Err(WeightsError::Tensor {
                path: path.to_owned(),
                name: name.to_owned(),
                found: format!("{:?}", view.dtype()),
                expected: "F32".into(),
            });
        }
        let values: Vec<f32> = view
            .data()
            .as_chunks::<4>()
            .0
            .iter()
            .map(|bytes| f32::from_le_bytes(*bytes))
            .collect();
        let shape: Vec<i64> = view.shape().iter().map(|&size| size as i64).collect();
        tensors.insert(
            name.to_owned(),
            Tensor::from_slice(&values).view(shape.as_slice()),
        );
    }
    let metadata = header.metadata().as_ref();
    let text = metadata.and_then(|metadata| metadata.get(TEXT));
    // A file of somebody else's holds no text of ours; what is missed is named where it is asked for.
    let text = text.and_then(|text| serde_json::from_str(text).ok());
    Ok((tensors, text.unwrap_or_default()))
}

/// Sets every parameter from the tensor of its name.
///
/// # Errors
/// [`WeightsError::Tensor`] if one is missing or has another shape; no parameter is changed then.
pub(crate) fn assign(
    variables: &nn::VarStore,
    tensors: &BTreeMap<String, Tensor>,
    path: &Path,
) -> Result<(), WeightsError> {
    let parameters: BTreeMap<String, Tensor> = variables.variables().into_iter().collect();
    for (name, parameter) in &parameters {
        let found = tensors.get(name).map(Tensor::size);
        if found.as_ref() != Some(&parameter.size()) {
            return Err(WeightsError::Tensor {
                path: path.to_owned(),
                name: name.clone(),
                found: found.map_or("nothing".into(), |size| format!("a tensor {size:?}")),
                expected: format!("a tensor {:?}", parameter.size()),
            });
        }
    }
    let _guard = tch::no_grad_guard();
    for (name, mut parameter) in parameters {
        parameter.copy_(&tensors[&name]);
    }
    Ok(())
}
