//! Header files (`.hea`): what a record holds and how (header(5) of the WFDB Applications Guide).

mod compose;
mod parse;

use super::{Format, start};
use crate::{Conversion, Start};

/// What a header file says. Optional fields are `None` where the file leaves them out.
///
/// ```
/// use pathema_signal::wfdb::{Format, Header};
/// let text = "100 2 360 650000\n100.dat 212 200 11 1024 995 -22131 0 MLII\n100.dat 212 200 11 1024 1011 20052 0 V5\n# 69 M\n";
/// let header = Header::parse(text, "100.hea")?;
/// assert_eq!((header.rate, header.frames), (360.0, Some(650_000)));
/// assert_eq!(header.signals()[1].format, Some(Format::F212));
/// assert_eq!(header.signals()[1].baseline(), 1024);
/// assert_eq!(header.comments, ["69 M"]);
/// assert_eq!(header.to_text(), text);
/// # Ok::<(), pathema_signal::FormatError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Header {
    /// The record's name.
    pub record: String,
    /// How many signals it has, in all its segments together.
    pub signal_count: usize,
    /// Frames per second. A frame holds one sample of each signal, or several of one that has a higher rate; 250 where the
    /// header does not say.
    pub rate: f64,
    /// Counts per second of a counter beside the samples (a tape's).
    pub counter_rate: Option<f64>,
    /// What the counter showed at frame 0.
    pub base_counter: Option<f64>,
    /// How many frames there are.
    pub frames: Option<u64>,
    /// When frame 0 was taken.
    pub start: Option<Start>,
    /// The signals, or the segments of a record that has several.
    pub content: Content,
    /// The comment lines after the last signal or segment, without `#`: WFDB's info strings, which speak of the recording.
    pub comments: Vec<String>,
    /// The comment lines before that, which WFDB passes over.
    pub remarks: Vec<String>,
    /// What did not read and was passed over.
    pub unread: Vec<String>,
}

/// What a record is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Signals in files of its own.
    Signals(Vec<Signal>),
    /// Other records, one after the other.
    Segments(Vec<SegmentLine>),
}

/// A segment of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentLine {
    /// The record that it is; `~` for a gap.
    pub record: String,
    /// How many frames it has; 0 for a first one that only names the signals.
    pub frames: u64,
}

/// A signal: where and how it is stored and what its values mean.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Signal {
    /// The file; `~` for none.
    pub file: String,
    /// How its samples are stored; `None` for format 0, which stores none.
    pub format: Option<Format>,
    /// Samples in each frame.
    pub samples_per_frame: u32,
    /// How many frames after its time a sample is stored.
    pub skew: u32,
    /// Bytes before the first sample in the file.
    pub byte_offset: u64,
    /// Steps a unit; 0, as none, says that the signal was not calibrated.
    pub gain: Option<f64>,
    /// The stored value of 0 in the unit.
    pub baseline: Option<i32>,
    /// The unit.
    pub unit: Option<String>,
    /// Bits of the converter that took it.
    pub adc_bits: Option<u32>,
    /// What the converter gave for the middle of its range.
    pub adc_zero: Option<i32>,
    /// The first sample.
    pub initial: Option<i32>,
    /// The sum of all samples, modulo 2¹⁶.
    pub checksum: Option<u16>,
    /// Bytes that must be read at once from some devices; 0 otherwise.
    pub block_size: Option<u32>,
    /// What it is: `MLII`.
    pub description: Option<String>,
}

/// WFDB's gain for signals that were not calibrated, in steps a unit.
pub(super) const UNCALIBRATED_GAIN: f64 = 200.0;

/// WFDB's frames per second where a header does not say.
const DEFAULT_RATE: f64 = 250.0;

impl Header {
    /// The signals; none where the record is made of segments.
    pub fn signals(&self) -> &[Signal] {
        match &self.content {
            Content::Signals(signals) => signals,
            Content::Segments(_) => &[],
        }
    }

    /// The segments, of a record that has several.
    pub fn segments(&self) -> &[SegmentLine] {
        match &self.content {
            Content::Signals(_) => &[],
            Content::Segments(segments) => segments,
        }
    }
}

impl Signal {
    /// A signal in this file and format, all else left out.
    pub(super) fn new(file: String, format: Option<Format>) -> Signal {
        Signal {
            file,
            format,
            samples_per_frame: 1,
            skew: 0,
            byte_offset: 0,
            gain: None,
            baseline: None,
            unit: None,
            adc_bits: None,
            adc_zero: None,
            initial: None,
            checksum: None,
            block_size: None,
            description: None,
        }
    }

    /// Whether the header gives the gain.
    pub fn is_calibrated(&self) -> bool {
        self.gain.is_some_and(|gain| gain != 0.0)
    }

    /// The stored value of 0 in the unit; the converter's zero where the header does not say.
    pub fn baseline(&self) -> i32 {
        self.baseline.or(self.adc_zero).unwrap_or(0)
    }

    /// The unit: `mV` where the header does not say, and none for WFDB's `NU`.
    pub fn unit(&self) -> &str {
        match self.unit.as_deref() {
            None => "mV",
            Some("NU") => "",
            Some(unit) => unit,
        }
    }

    /// What stored values are in the unit.
    pub fn conversion(&self) -> Conversion {
        Conversion::Adc {
            baseline: f64::from(self.baseline()),
            gain: self
                .gain
                .filter(|&gain| gain != 0.0)
                .unwrap_or(UNCALIBRATED_GAIN),
            missing: self.format.map(Format::missing),
        }
    }

    /// What it is, or its place among the record's signals.
    pub(super) fn name(&self, index: usize) -> String {
        match &self.description {
            Some(description) => description.clone(),
            None => format!("signal {index}"),
        }
    }
}
