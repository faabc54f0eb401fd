//! What features are computed of.

use thiserror::Error;

use super::acc::Acceleration;
use super::eda::SkinConductance;
use super::emg::Muscle;
use super::resp::Breathing;
use super::table::TableError;
use super::temp::Warmth;
use crate::BeatError;
use crate::acc::AccError;
use crate::emg::EmgError;
use crate::hrv::TachogramError;
use crate::resample::ResampleError;
use crate::resp::RespError;

/// A signal in regular samples, NaN where one is missing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signal<'a> {
    /// The samples; of acceleration, x, y and z of each in turn.
    pub samples: &'a [f64],
    /// Samples per second.
    pub rate: f64,
}

/// The signals of one recording; all start together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Signals<'a> {
    /// Acceleration in g, three axes.
    pub acc: Option<Signal<'a>>,
    /// Electrocardiogram, in any unit.
    pub ecg: Option<Signal<'a>>,
    /// Blood volume pulse, in any unit.
    pub bvp: Option<Signal<'a>>,
    /// Skin conductance in µS.
    pub eda: Option<Signal<'a>>,
    /// Electromyogram in mV.
    pub emg: Option<Signal<'a>>,
    /// Expansion of the chest in %.
    pub resp: Option<Signal<'a>>,
    /// Skin temperature in °C.
    pub temp: Option<Signal<'a>>,
}

/// Windows of equal length, each a shift after the one before; the first starts with the recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Windows {
    /// Seconds that each lasts.
    pub length: f64,
    /// Seconds from one start to the next.
    pub shift: f64,
}

/// Why no features can be computed.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum FeatureError {
    /// A signal that the set needs is not there.
    #[error("{set} needs {modality}, which was not recorded: take another set, or add the signal")]
    Missing {
        /// The set of features.
        set: &'static str,
        /// The modality.
        modality: &'static str,
    },
    /// The windows make no sense.
    #[error(
        "windows of {length} s every {shift} s cannot be laid: take a length from {least} s to a day and a shift from \
         1 ms to a day"
    )]
    Windows {
        /// The length asked for, in seconds.
        length: f64,
        /// The shift asked for, in seconds.
        shift: f64,
        /// The least length, in seconds.
        least: f64,
    },
    /// The sampling rate does not serve.
    #[error("{modality}: a rate of {rate} Hz does not serve: it takes {lowest}–{highest} Hz")]
    Rate {
        /// The modality.
        modality: &'static str,
        /// The rate, in Hz.
        rate: f64,
        /// The lowest rate served, in Hz.
        lowest: f64,
        /// The highest rate served, in Hz.
        highest: f64,
    },
    /// A sample is infinite.
    #[error("{modality}: sample {index} is {value}; make it NaN if it is missing")]
    Infinite {
        /// The modality.
        modality: &'static str,
        /// Which sample.
        index: usize,
        /// What it is.
        value: f64,
    },
    /// Acceleration without three axes.
    #[error("acc: {len} values are no rows of three axes; give x, y and z of each sample in turn")]
    Axes {
        /// How many values there are.
        len: usize,
    },
    /// Beats cannot be sought.
    #[error(transparent)]
    Beats(#[from] BeatError),
    /// Intervals between beats cannot be put in order.
    #[error(transparent)]
    Tachogram(#[from] TachogramError),
    /// The windows make no table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Acceleration does not serve.
    #[error(transparent)]
    Acc(#[from] AccError),
    /// Muscle tension does not serve.
    #[error(transparent)]
    Emg(#[from] EmgError),
    /// Skin conductance cannot be brought to a lower rate.
    #[error("eda: {0}")]
    Resample(#[from] ResampleError),
    /// Respiration does not serve.
    #[error(transparent)]
    Resp(#[from] RespError),
}

/// No signal of a body is sampled faster.
const HIGHEST_RATE: f64 = 100_000.0;
const DAY: f64 = 86_400.0;

impl<'a> Signals<'a> {
    /// What `find` has of each modality, by its name.
    ///
    /// ```
    /// use pathema_physio::features::{Signal, Signals};
    /// let temp = [33.5; 240];
    /// let signals = Signals::of(|name| (name == "temp").then_some(Signal { samples: &temp, rate: 4.0 }));
    /// assert!(signals.temp.is_some() && signals.ecg.is_none());
    /// ```
    pub fn of(find: impl Fn(&str) -> Option<Signal<'a>>) -> Signals<'a> {
        Signals {
            acc: find("acc"),
            ecg: find("ecg"),
            bvp: find("bvp"),
            eda: find("eda"),
            emg: find("emg"),
            resp: find("resp"),
            temp: find("temp"),
        }
    }

    /// The signal of a modality, checked.
    pub(super) fn take(
        &self,
        set: &'static str,
        modality: &'static str,
    ) -> Result<Signal<'a>, FeatureError> {
        let (signal, lowest) = match modality {
            "acc" => (self.acc, Acceleration::LOWEST_RATE),
            // Those who seek beats check the rate themselves.
            "ecg" => (self.ecg, 0.0),
            "bvp" => (self.bvp, 0.0),
            "eda" => (self.eda, SkinConductance::LOWEST_RATE),
            "emg" => (self.emg, Muscle::LOWEST_RATE),
            "resp" => (self.resp, Breathing::LOWEST_RATE),
            "temp" => (self.temp, Warmth::LOWEST_RATE),
            _ => (None, 0.0),
        };
        let signal = signal.ok_or(FeatureError::Missing { set, modality })?;
        if !(lowest..=HIGHEST_RATE).contains(&signal.rate) {
            return Err(FeatureError::Rate {
                modality,
                rate: signal.rate,
                lowest,
                highest: HIGHEST_RATE,
            });
        }
        if let Some(index) = signal.samples.iter().position(|value| value.is_infinite()) {
            return Err(FeatureError::Infinite {
                modality,
                index,
                value: signal.samples[index],
            });
        }
        if modality == "acc" && !signal.samples.len().is_multiple_of(3) {
            return Err(FeatureError::Axes {
                len: signal.samples.len(),
            });
        }
        Ok(signal)
    }
}

impl Windows {
    /// The windows of the WESAD baseline: 60 s, every 0.25 s (Schmidt et al. 2018).
    pub const WESAD: Windows = Windows {
        length: 60.0,
        shift: 0.25,
    };

    /// Starts of the windows that end within `duration` seconds.
    pub(super) fn starts(&self, duration: f64, least: f64) -> Result<Vec<f64>, FeatureError> {
        // Comparisons with NaN fail, so that this refuses it too.
        if !((least..=DAY).contains(&self.length) && (1e-3..=DAY).contains(&self.shift)) {
            return Err(FeatureError::Windows {
                length: self.length,
                shift: self.shift,
                least,
            });
        }
        // A hair of slack: durations come from sample counts, and rounding must not cost the last window.
        let last = (duration - self.length) / self.shift + 1e-9;
        Ok(match last >= 0.0 {
            true => (0..=last as usize).map(|k| k as f64 * self.shift).collect(),
            false => Vec::new(),
        })
    }
}
