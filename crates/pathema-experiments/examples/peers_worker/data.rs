//! Inputs and weights: drawn once, written for all programs, and read back.

use std::collections::BTreeMap;
use std::path::Path;

use tch::{Device, Kind, Tensor};

use crate::protocol::{Answer, Fallible, Workload};

/// The field's three layers, then the map to the first state and the map to the logits: the order in which gradients are
/// laid end to end.
pub(crate) const WEIGHTS: [&str; 10] = [
    "w0",
    "b0",
    "w1",
    "b1",
    "w2",
    "b2",
    "initial.w",
    "initial.b",
    "readout.w",
    "readout.b",
];
const CLASSES: i64 = 2;
const SEED: i64 = 0;
const REAL: (Kind, Device) = (Kind::Float, Device::Cpu);

/// Draws random walks, the first channel of which is time, each channel to mean 0 and deviation 1, labels, and weights as
/// torch.nn.Linear has them.
pub(crate) fn write(asked: &Workload) -> Fallible<Answer> {
    let (batch, length, channels) = (asked.batch, asked.length, asked.channels);
    tch::manual_seed(SEED);
    let times = Tensor::f_linspace(0.0, asked.seconds, length, REAL)?;
    let x = Tensor::f_randn([batch, length, channels], REAL)?.f_cumsum(1, Kind::Float)?;
    x.f_select(2, 0)?
        .f_copy_(&times.f_expand([batch, length], false)?)?;
    let (mean, deviation) = (
        x.f_mean_dim([0, 1].as_slice(), false, Kind::Float)?,
        x.f_std_dim([0, 1].as_slice(), true, false)?,
    );
    let mut x = ((x - mean) / deviation).f_contiguous()?;
    if asked.missing > 0.0 {
        let dropped = x.f_rand_like()?.f_lt(asked.missing)?;
        // Time is never missing.
        let _ = dropped.f_select(2, 0)?.f_fill_(0)?;
        x = x.f_masked_fill(&dropped, f64::NAN)?;
    }
    let labels = Tensor::f_randint(CLASSES, [batch], (Kind::Int64, Device::Cpu))?;
    let mut all = vec![("times", times), ("x", x), ("labels", labels)];
    for (names, [inputs, outputs]) in WEIGHTS.chunks_exact(2).zip(layers(asked)) {
        let size = (inputs as f64).powf(-0.5);
        for (&name, shape) in names.iter().zip([&[outputs, inputs][..], &[outputs]]) {
            let weight = (Tensor::f_rand(shape, REAL)? * 2 - 1) * size;
            all.push((name, weight));
        }
    }
    Tensor::write_safetensors(&all, asked.out()?)?;
    Ok(Answer::default())
}

/// (Inputs, outputs) of every layer, in the order of [`WEIGHTS`].
fn layers(asked: &Workload) -> [[i64; 2]; 5] {
    let (hidden, width, channels) = (asked.hidden, asked.width, asked.channels);
    [
        [hidden, width],
        [width, width],
        [width, hidden * channels],
        [channels, hidden],
        [hidden, CLASSES],
    ]
}

/// The tensors of a file, by name.
pub(crate) struct Data {
    file: String,
    tensors: BTreeMap<String, Tensor>,
}

impl Data {
    pub(crate) fn read(file: &Path) -> Fallible<Data> {
        Ok(Data {
            file: file.display().to_string(),
            tensors: Tensor::read_safetensors(file)?.into_iter().collect(),
        })
    }

    pub(crate) fn get(&self, name: &str) -> Fallible<Tensor> {
        let tensor = self.tensors.get(name).map(Tensor::shallow_clone);
        Ok(tensor.ok_or_else(|| format!("{} holds no tensor {name:?}", self.file))?)
    }

    /// The same as numbers, row by row.
    pub(crate) fn numbers(&self, name: &str) -> Fallible<Vec<f64>> {
        numbers(&self.get(name)?)
    }
}

pub(crate) fn numbers(tensor: &Tensor) -> Fallible<Vec<f64>> {
    let flat = tensor.detach().f_to_kind(Kind::Double)?.f_reshape([-1])?;
    Ok(Vec::try_from(flat)?)
}
