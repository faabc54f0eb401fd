//! Recordings of simulated people, in the official WESAD format, with the ground truth beside them.
//!
//! [`write()`] makes a folder `WESAD` that a reader of the real data set takes as it is: chest (ECG, EDA, EMG,
//! ACC, Resp, Temp at 700 Hz) and wrist (ACC, BVP, EDA, TEMP), labels, questionnaires and readmes.
//! [`session`] gives one such session in memory. Beside the signals lies what the sensors could not know
//! ([`Truth`]): when each heart beat came, what the sweat glands did, and how strongly each person's body
//! answers stress. Some bodies answer weakly, and some the wrong way round.
//!
//! Nothing here was measured on a person. The formulas and their sources are in `docs/simulator.md`.
//!
//! ```
//! use pathema_signal::simulate::{self, SimulationConfig};
//! use pathema_signal::{Modality, Placement};
//! let session = simulate::session(&SimulationConfig::default(), 0);
//! assert_eq!(session.subject, "S2");
//! let ecg = session.recording.channel(Placement::Chest, Modality::Ecg).unwrap();
//! assert_eq!(ecg.rate(), Some(700.0));
//! // More than 40 beats a minute, and their exact instants are known.
//! assert!(session.truth.r_peaks.len() as f64 > 40.0 * ecg.duration() / 60.0);
//! ```

pub mod affective_road;
mod breath;
mod cardiac;
mod chest;
mod device;
mod electrodermal;
mod error;
mod folder;
mod motion;
mod person;
mod pickle;
mod pulse;
mod questionnaire;
mod random;
pub mod raw;
mod schedule;
mod session;
mod state;
mod temperature;
mod truth;
mod wrist;

#[cfg(test)]
mod tests;

pub use error::SimulateError;
pub use folder::write;
pub use schedule::Interval;
pub use session::{Session, session};
pub use truth::{StressEffects, Truth};

use serde::{Deserialize, Serialize};

/// Version of the generator; any change that alters a written byte raises it.
pub const GENERATOR_VERSION: u32 = 1;

/// The most subjects that one simulation may have.
pub const MAX_SUBJECTS: usize = 999;

/// What to simulate.
///
/// The signals depend on the seed, the protocol and the subject's index alone: subject `k` is the same
/// person in the same session whatever `subjects` is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimulationConfig {
    /// How many people, 1 to [`MAX_SUBJECTS`].
    pub subjects: usize,
    /// Seed of every random choice.
    pub seed: u64,
    /// How long the conditions last.
    pub protocol: Protocol,
}

impl Default for SimulationConfig {
    /// Six people, short sessions.
    fn default() -> Self {
        SimulationConfig {
            subjects: 6,
            seed: 2018,
            protocol: Protocol::Short,
        }
    }
}

/// How long the conditions last; each session varies a little around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// About 16 minutes: baseline 5, stress 3.5, amusement 3, two meditations of 1.4; no reading blocks.
    #[default]
    Short,
    /// About 90 minutes, as the real study: baseline 20, stress 10.5, amusement 6.5, two meditations of 7,
    /// three reading blocks of about 1.3.
    Full,
}
