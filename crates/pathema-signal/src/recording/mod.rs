//! A recording: channels at their own rates, and the runs of its labels.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// What the sensors of one person stored in one session.
///
/// All times are seconds since the start of the recording; sample `i` of a channel lies at `i / rate`.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// Who was recorded, as the data set names them (`S2`).
    pub subject: String,
    /// The channels, each at its own rate.
    pub channels: Vec<Channel>,
    /// Maximal stretches of one label, in order, without overlap.
    pub labels: Vec<LabelRun>,
}

impl Recording {
    /// The channel of one sensor, if it was recorded.
    pub fn channel(&self, placement: Placement, modality: Modality) -> Option<&Channel> {
        self.channels
            .iter()
            .find(|channel| channel.placement == placement && channel.modality == modality)
    }

    /// Whether any channel was worn there.
    pub fn has(&self, placement: Placement) -> bool {
        self.channels
            .iter()
            .any(|channel| channel.placement == placement)
    }

    /// Seconds until the last sample of the longest channel has ended.
    pub fn duration(&self) -> f64 {
        self.channels
            .iter()
            .map(Channel::duration)
            .fold(0.0, f64::max)
    }
}

/// One sensor's samples at one rate.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    /// Where the sensor was worn.
    pub placement: Placement,
    /// What it measured.
    pub modality: Modality,
    /// The unit of the samples as stored (`µS`, `1/64 g`, …).
    pub unit: &'static str,
    /// Samples per second.
    pub rate: f64,
    /// Values per sample: 3 for accelerometers, 1 otherwise.
    pub axes: usize,
    /// The values as stored, sample by sample (`x₀ y₀ z₀ x₁ …` for three axes).
    pub samples: Samples,
}

impl Channel {
    /// Number of samples (not values).
    pub fn len(&self) -> usize {
        self.samples.len() / self.axes.max(1)
    }

    /// Whether nothing was recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Seconds from the first sample to the end of the last.
    pub fn duration(&self) -> f64 {
        self.len() as f64 / self.rate
    }

    /// Indices of the samples that lie in `[start, end)`, in seconds, clipped to the recording.
    ///
    /// ```
    /// use pathema_signal::{Channel, Modality, Placement, Samples};
    /// let eda = Channel {
    ///     placement: Placement::Wrist,
    ///     modality: Modality::Eda,
    ///     unit: "µS",
    ///     rate: 4.0,
    ///     axes: 1,
    ///     samples: Samples::F64(vec![0.4; 40]),
    /// };
    /// assert_eq!(eda.indices(1.0, 2.0), 4..8);
    /// assert_eq!(eda.indices(9.5, 99.0), 38..40);
    /// ```
    pub fn indices(&self, start: f64, end: f64) -> Range<usize> {
        // A time that rounding pushed a hair past a sample still means that sample.
        let index =
            |time: f64| ((time * self.rate - 1e-6).ceil().max(0.0) as usize).min(self.len());
        let first = index(start);
        first..index(end).max(first)
    }
}

/// Values as their file stored them.
#[derive(Clone, Debug, PartialEq)]
pub enum Samples {
    /// Single precision.
    F32(Vec<f32>),
    /// Double precision.
    F64(Vec<f64>),
}

impl Samples {
    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Samples::F32(values) => values.len(),
            Samples::F64(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Some of the values in double precision; borrowed where they are stored so.
    ///
    /// # Panics
    /// If the range reaches past the end, as slicing does; [`Channel::indices`] never does.
    pub fn slice(&self, range: Range<usize>) -> Cow<'_, [f64]> {
        match self {
            Samples::F32(values) => values[range]
                .iter()
                .map(|&value| f64::from(value))
                .collect(),
            Samples::F64(values) => Cow::Borrowed(&values[range]),
        }
    }
}

/// Where a sensor was worn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Placement {
    /// RespiBAN, on a belt.
    Chest,
    /// Empatica E4.
    Wrist,
}

impl fmt::Display for Placement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Placement::Chest => "chest",
            Placement::Wrist => "wrist",
        })
    }
}

/// What a sensor measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Modality {
    /// Acceleration, three axes.
    Acc,
    /// Blood volume pulse.
    Bvp,
    /// Electrocardiogram.
    Ecg,
    /// Electrodermal activity (skin conductance).
    Eda,
    /// Electromyogram.
    Emg,
    /// Respiration.
    Resp,
    /// Skin temperature.
    Temp,
}

impl fmt::Display for Modality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Modality::Acc => "ACC",
            Modality::Bvp => "BVP",
            Modality::Ecg => "ECG",
            Modality::Eda => "EDA",
            Modality::Emg => "EMG",
            Modality::Resp => "RESP",
            Modality::Temp => "TEMP",
        })
    }
}

/// What a person was doing, by WESAD's codes 0 to 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Label {
    /// 0: not defined, between the conditions.
    Transient,
    /// 1: neutral reading.
    Baseline,
    /// 2: the Trier Social Stress Test.
    Stress,
    /// 3: funny video clips.
    Amusement,
    /// 4: guided meditation.
    Meditation,
    /// 5, 6 or 7: to be ignored, says the data set's readme.
    Ignored(u8),
}

impl Label {
    /// The label of a code, or `None` for a code that WESAD does not know.
    pub fn from_code(code: i64) -> Option<Label> {
        Some(match code {
            0 => Label::Transient,
            1 => Label::Baseline,
            2 => Label::Stress,
            3 => Label::Amusement,
            4 => Label::Meditation,
            5..=7 => Label::Ignored(code as u8),
            _ => return None,
        })
    }

    /// WESAD's code.
    pub fn code(self) -> u8 {
        match self {
            Label::Transient => 0,
            Label::Baseline => 1,
            Label::Stress => 2,
            Label::Amusement => 3,
            Label::Meditation => 4,
            Label::Ignored(code) => code,
        }
    }
}

/// A maximal stretch of one label, `[start, end)` in seconds since the start of the recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelRun {
    /// What the stretch is labelled.
    pub label: Label,
    /// Its first labelled instant.
    pub start: f64,
    /// The instant after its last.
    pub end: f64,
}

impl LabelRun {
    /// Seconds.
    pub fn duration(&self) -> f64 {
        self.end - self.start
    }
}
