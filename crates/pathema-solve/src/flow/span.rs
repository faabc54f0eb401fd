use tch::{Device, Kind, Tensor};

/// A time: one for all rows of a step, or one each.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Clock {
    Shared(f64),
    Each(Vec<f64>),
}

impl Clock {
    pub(crate) fn at(&self, row: usize) -> f64 {
        match self {
            Clock::Shared(time) => *time,
            Clock::Each(times) => times[row],
        }
    }
}

/// One step: from when to when, and which samples it moves.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Span {
    pub(crate) from: Clock,
    pub(crate) to: Clock,
    /// The sample of each row; all in order where there is none.
    pub(crate) samples: Option<Vec<usize>>,
}

impl Span {
    pub(crate) fn shared(from: f64, to: f64) -> Span {
        Span {
            from: Clock::Shared(from),
            to: Clock::Shared(to),
            samples: None,
        }
    }

    /// The sample of a row.
    pub(crate) fn sample(&self, row: usize) -> usize {
        self.samples.as_ref().map_or(row, |samples| samples[row])
    }

    /// Number of rows, in a batch of so many samples.
    pub(crate) fn rows(&self, batch: usize) -> usize {
        self.samples.as_ref().map_or(batch, Vec::len)
    }

    /// That of some rows only.
    pub(crate) fn of(&self, rows: &[usize]) -> Span {
        Span {
            from: Clock::Each(rows.iter().map(|&row| self.from.at(row)).collect()),
            to: Clock::Each(rows.iter().map(|&row| self.to.at(row)).collect()),
            samples: Some(rows.iter().map(|&row| self.sample(row)).collect()),
        }
    }

    /// The same step the other way.
    pub(crate) fn reversed(&self) -> Span {
        Span {
            from: self.to.clone(),
            to: self.from.clone(),
            samples: self.samples.clone(),
        }
    }

    /// The samples as a tensor to select by.
    pub(crate) fn index(&self, device: Device) -> Option<Tensor> {
        let samples = self.samples.as_ref()?;
        Some(index(samples.iter().copied(), device))
    }
}

/// Numbers as a tensor of the state's kind and device, a column that broadcasts over its rows.
pub(crate) fn column(values: &[f64], like: &Tensor) -> Tensor {
    let mut shape = vec![1_i64; like.dim().max(1)];
    shape[0] = values.len() as i64;
    tensor(values, like.kind(), like.device()).view(shape.as_slice())
}

/// Rows as a tensor to select by.
pub(crate) fn index(rows: impl Iterator<Item = usize>, device: Device) -> Tensor {
    let rows: Vec<i64> = rows.map(|row| row as i64).collect();
    Tensor::from_slice(&rows).to_device(device)
}

pub(crate) fn tensor(values: &[f64], kind: Kind, device: Device) -> Tensor {
    Tensor::from_slice(values).to_kind(kind).to_device(device)
}

/// The distance from 1 to the next number, or what goes for it where nothing exact is asked for.
pub(crate) fn epsilon(kind: Kind) -> f64 {
    match kind {
        Kind::Double => f64::EPSILON,
        Kind::Float => f64::from(f32::EPSILON),
        _ => 1e-2,
    }
}
