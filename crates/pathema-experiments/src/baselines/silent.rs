use anyhow::Result;

use super::{Clock, Majority};
use crate::data::Input;
use crate::loso::{Fitting, Predictor, Probabilities};

/// What knows nothing of the body: the class frequencies, and the time since the session's start.
pub fn without_signals(fitting: &Fitting<'_, '_>) -> (Majority, Clock) {
    let (times, classes): (Vec<f64>, Vec<usize>) = fitting
        .examples()
        .iter()
        .map(|example| (example.input.session_time(), example.class))
        .unzip();
    (Majority::fit(&classes), Clock::fit(&times, &classes))
}

impl Predictor for Majority {
    fn predict(&self, inputs: &[Input<'_>]) -> Result<Vec<Probabilities>> {
        let (three_class, stress) = self.probabilities();
        Ok(vec![
            Probabilities {
                three_class,
                stress
            };
            inputs.len()
        ])
    }
}

impl Predictor for Clock {
    fn predict(&self, inputs: &[Input<'_>]) -> Result<Vec<Probabilities>> {
        Ok(inputs
            .iter()
            .map(|input| {
                let (three_class, stress) = self.probabilities(input.session_time());
                Probabilities {
                    three_class,
                    stress,
                }
            })
            .collect())
    }
}
