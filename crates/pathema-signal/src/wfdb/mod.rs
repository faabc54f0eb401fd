//! WFDB, the format of PhysioNet's databases: records of a header (`.hea`), signal files (`.dat`) and annotation files
//! (`.atr` and others).
//!
//! Written after header(5), signal(5) and annot(5) of the
//! [WFDB Applications Guide](https://physionet.org/physiotools/wag/). Signals are read and written in formats 80, 212, 16
//! and 24; they stay as stored, and what they mean is each channel's [`Conversion::Adc`](crate::Conversion::Adc). The lowest
//! value of a format stands for a missing sample.
//!
//! - A signal that has several samples in a frame is a channel of its own rate.
//! - A signal with a skew is read from its first sample in time on, as all WFDB readers do; so it ends before the others.
//! - A record of several segments is one recording, with a gap where a segment is missing (`~`) or does not have the
//!   signal. A segment may come again; up to 4096 times and with 2²⁶ samples, all segments that do taken together.
//! - Age, sex, height, weight and subject are read from comments of the usual styles; all other comments after
//!   the signals are the person's notes.
//!
//! What is odd and yet lets a record be read, a wrong checksum foremost, is a [`Finding`] beside it.

mod annotation;
mod digitise;
mod finding;
mod format;
mod group;
mod header;
mod modality;
mod person;
mod plan;
mod reader;
mod segment;
mod source;
mod start;
mod write;

use std::path::Path;

pub use annotation::{
    Annotation, Annotations, Code, Definition, read_annotations, write_annotations,
};
pub use digitise::digitise;
pub use finding::Finding;
pub use format::Format;
pub use header::{Content, Header, SegmentLine, Signal};
pub use reader::Reader;
pub use write::write;

use crate::{FormatError, Recording};

/// A record, whole.
#[derive(Clone, Debug)]
pub struct Record {
    /// What its header file says.
    pub header: Header,
    /// Its signals, and the annotations of its annotator `atr` if there are any.
    pub recording: Recording,
    /// What is odd about its files.
    pub findings: Vec<Finding>,
}

/// Reads a record whole: `100`, `100.hea` or another of its files (`100.dat`) all mean the same. Annotations are those of
/// `100.atr`, if it is there.
///
/// ```
/// use pathema_signal::{Channel, Conversion, Modality, Recording, Samples, Timing, wfdb};
/// let folder = tempfile::tempdir()?;
/// let conversion = Conversion::Adc { baseline: 1024.0, gain: 200.0, missing: Some(-2048) };
/// let ecg = Channel::new("MLII", Modality::Ecg, "mV", Timing::regular(360.0), Samples::I16(vec![995, 1000, 1024]))
///     .converted(conversion);
/// let recording = Recording { channels: vec![ecg], ..Recording::default() };
/// wfdb::write(&folder.path().join("100"), &recording, wfdb::Format::F212)?;
/// let record = wfdb::read(&folder.path().join("100"))?;
/// assert_eq!(record.recording, recording);
/// assert!(record.findings.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`Reader::open`] and [`Reader::read`].
pub fn read(path: &Path) -> Result<Record, FormatError> {
    let mut reader = Reader::open(path)?.with_annotations("atr")?;
    let recording = reader.read_frames(0..reader.frames())?;
    Ok(Record {
        header: reader.file_header().clone(),
        findings: reader.findings().to_vec(),
        recording,
    })
}
