use serde::{Deserialize, Serialize};

use super::Cost;

/// What was measured of a model. One window is followed at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Seconds of a window.
    pub window: f64,
    /// Numbers that were learnt; of neighbours and the clock, numbers that are remembered.
    pub parameters: u64,
    /// Multiplications followed by an addition, of a window: of a network, or of a classifier without its features.
    pub multiply_adds: u64,
    /// Evaluations of a vector field in a window, or steps of a recurrent network.
    pub field_evaluations: u64,
    /// Of all that was learnt, in single precision.
    pub weight_bytes: u64,
    /// Kept from one sample to the next while a window is followed.
    pub state_bytes: u64,
    /// Heap at its peak while a window is prepared and predicted, what was learnt included; `None` where nobody counted.
    pub peak_bytes: Option<u64>,
    /// From samples to channels, of a second of signal.
    pub sensing: Work,
    /// From observations to what the model takes, of a window.
    pub preparing: Work,
    /// From there to probabilities, of a window.
    pub predicting: Work,
}

/// How long a stage takes on one core.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Work {
    /// The least of several rounds.
    pub nanoseconds: f64,
    /// Counted by callgrind; `None` where it was not.
    pub instructions: Option<f64>,
}

impl Measured {
    /// Per second of signal, where a window begins every `shift` seconds: the window's own length for windows side by side,
    /// less where a stream is judged more often and several windows are followed at once.
    ///
    /// # Panics
    /// Unless the shift is above zero.
    pub fn cost(&self, model: &str, shift: f64, train_seconds: f64) -> Cost {
        assert!(shift > 0.0, "windows every {shift} s");
        let at_once = (self.window / shift - 1e-9).ceil().max(1.0);
        let whole = |sensing: f64, preparing: f64, predicting: f64| {
            sensing + (preparing + predicting) / shift
        };
        let instructions = |work: Work| work.instructions;
        Cost {
            model: model.to_owned(),
            parameters: self.parameters,
            multiply_adds_per_second: self.multiply_adds as f64 / shift,
            field_evaluations_per_second: self.field_evaluations as f64 / shift,
            weight_bytes: self.weight_bytes,
            state_bytes: self.state_bytes * at_once as u64,
            peak_bytes: self.peak_bytes,
            nanoseconds_per_second: whole(
                self.sensing.nanoseconds,
                self.preparing.nanoseconds,
                self.predicting.nanoseconds,
            ),
            instructions_per_second: match (
                instructions(self.sensing),
                instructions(self.preparing),
                instructions(self.predicting),
            ) {
                (Some(sensing), Some(preparing), Some(predicting)) => {
                    Some(whole(sensing, preparing, predicting))
                }
                _ => None,
            },
            train_seconds,
        }
    }
}
