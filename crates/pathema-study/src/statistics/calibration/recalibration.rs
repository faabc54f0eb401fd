use std::collections::BTreeSet;

use pathema_experiments::metrics::STRESS;
use pathema_experiments::run::records::Prediction;

use super::Temperature;
use crate::statistics::StatisticsError;

/// The temperatures of one fold, learnt on windows of its training subjects, for the subjects it holds out.
#[derive(Clone, Debug, PartialEq)]
pub struct Recalibration {
    held_out: BTreeSet<String>,
    binary: Temperature,
    three_class: Temperature,
}

impl Recalibration {
    /// Learns from `inner`: windows of the fold's training subjects, predicted by models that were not trained on them.
    ///
    /// # Errors
    /// Where an inner window is of a held-out subject, or there is none, or a probability is not a number.
    ///
    /// # Panics
    /// If a truth is no class.
    pub fn fit(
        held_out: impl IntoIterator<Item = impl Into<String>>,
        inner: &[Prediction],
    ) -> Result<Self, StatisticsError> {
        let held_out: BTreeSet<String> = held_out.into_iter().map(Into::into).collect();
        if let Some(leak) = inner.iter().find(|p| held_out.contains(&p.subject)) {
            return Err(StatisticsError::HeldOut {
                subject: leak.subject.clone(),
            });
        }
        let stressed: Vec<usize> = inner
            .iter()
            .map(|p| usize::from(p.truth == STRESS))
            .collect();
        let truth: Vec<usize> = inner.iter().map(|p| p.truth).collect();
        let binary: Vec<[f64; 2]> = inner.iter().map(Prediction::binary).collect();
        let three_class: Vec<[f64; 3]> = inner.iter().map(Prediction::three_class).collect();
        let fitted = Temperature::fit(&binary, &stressed)
            .zip(Temperature::fit(&three_class, &truth))
            .ok_or(StatisticsError::NothingToFit)?;
        Ok(Self {
            held_out,
            binary: fitted.0,
            three_class: fitted.1,
        })
    }

    /// The predictions of held-out subjects with both tasks' probabilities mended; the classes named stay the same.
    ///
    /// # Errors
    /// Where a prediction is of a subject that this fold does not hold out.
    pub fn apply(&self, predictions: &[Prediction]) -> Result<Vec<Prediction>, StatisticsError> {
        predictions.iter().map(|p| self.apply_to(p)).collect()
    }

    /// Of the binary task and of the three classes.
    pub fn temperatures(&self) -> (Temperature, Temperature) {
        (self.binary, self.three_class)
    }

    fn apply_to(&self, prediction: &Prediction) -> Result<Prediction, StatisticsError> {
        if !self.held_out.contains(&prediction.subject) {
            return Err(StatisticsError::NotHeldOut {
                subject: prediction.subject.clone(),
            });
        }
        let [p_baseline, p_stress, p_amusement] = self.three_class.apply(prediction.three_class());
        Ok(Prediction {
            p_baseline,
            p_stress,
            p_amusement,
            p_stress_binary: self.binary.apply(prediction.binary())[STRESS],
            ..prediction.clone()
        })
    }
}
