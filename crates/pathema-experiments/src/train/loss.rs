use tch::{Device, Kind, TchError, Tensor};

use crate::loso::Probabilities;
use crate::model::Logits;
use crate::run::records::{EpochScores, TaskPair};

/// Weights of the classes of both tasks.
pub(crate) struct ClassWeights {
    three_class: Tensor,
    binary: Tensor,
}

impl ClassWeights {
    /// Inverse frequencies to a power: 0 weighs all windows alike, 1 all classes.
    pub(crate) fn new(classes: &[usize], power: f64, device: Device) -> ClassWeights {
        let mut counts = [0.0_f64; 3];
        for &class in classes {
            counts[class] += 1.0;
        }
        let weights = |counts: &[f64]| {
            let total: f64 = counts.iter().sum();
            let weights: Vec<f32> = counts
                .iter()
                .map(|&count| (total / (counts.len() as f64 * count.max(1.0))).powf(power) as f32)
                .collect();
            Tensor::from_slice(&weights).to_device(device)
        };
        ClassWeights {
            three_class: weights(&counts),
            binary: weights(&[counts[0] + counts[2], counts[1]]),
        }
    }
}

/// Cross-entropy of both tasks, of the fused head and, to a share, of each modality's own.
pub(crate) fn loss(
    logits: &Logits,
    classes: &[usize],
    weights: &ClassWeights,
    auxiliary: f64,
) -> Result<Tensor, TchError> {
    let device = logits.fused.device();
    let index = |of: fn(usize) -> i64| {
        let classes: Vec<i64> = classes.iter().map(|&class| of(class)).collect();
        Tensor::from_slice(&classes).to_device(device)
    };
    let three = index(|class| class as i64);
    let two = index(|class| i64::from(class == 1));
    let both = |output: &Tensor| -> Result<Tensor, TchError> {
        let three_class = weighted(&output.f_narrow(1, 0, 3)?, &three, &weights.three_class)?;
        let binary = weighted(&output.f_narrow(1, 3, 2)?, &two, &weights.binary)?;
        Ok(three_class + binary)
    };
    let mut sum = both(&logits.fused)?;
    if logits.unimodal.len() > 1 && auxiliary > 0.0 {
        for output in &logits.unimodal {
            sum = sum.f_add(&(both(output)? * auxiliary))?;
        }
    }
    Ok(sum)
}

/// Mean over the batch of the negative log-likelihood times the class's weight.
fn weighted(logits: &Tensor, truth: &Tensor, weights: &Tensor) -> Result<Tensor, TchError> {
    let likelihood = logits
        .f_log_softmax(1, Kind::Float)?
        .f_gather(1, &truth.f_unsqueeze(1)?, false)?
        .f_squeeze_dim(1)?;
    let weight = weights.f_index_select(0, truth)?;
    (likelihood * weight).f_mean(None)?.f_neg()
}

/// Running scores of both tasks.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tally {
    windows: f64,
    three_class: (f64, f64),
    binary: (f64, f64),
}

impl Tally {
    pub(crate) fn add(&mut self, said: &[Probabilities], classes: &[usize]) {
        for (said, &class) in said.iter().zip(classes) {
            self.windows += 1.0;
            let two = [1.0 - said.stress, said.stress];
            score(&mut self.three_class, &said.three_class, class);
            score(&mut self.binary, &two, usize::from(class == 1));
        }
    }

    pub(crate) fn pair(&self) -> TaskPair {
        let scores = |(nats, right): (f64, f64)| EpochScores {
            cross_entropy: nats / self.windows.max(1.0),
            accuracy: right / self.windows.max(1.0),
        };
        TaskPair {
            binary: scores(self.binary),
            three_class: scores(self.three_class),
        }
    }
}

fn score(sums: &mut (f64, f64), probabilities: &[f64], truth: usize) {
    sums.0 -= probabilities[truth].max(1e-15).ln();
    let beaten = probabilities.iter().enumerate().any(|(class, &p)| {
        p > probabilities[truth] || (p == probabilities[truth] && class < truth)
    });
    sums.1 += f64::from(u8::from(!beaten));
}
