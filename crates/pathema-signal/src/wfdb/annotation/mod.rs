//! Annotation files (`.atr` and others): beats and other marks (annot(5) of the WFDB Applications Guide, MIT format).

mod code;
mod decode;
mod encode;
mod recording;

use std::borrow::Cow;
use std::fs;
use std::path::Path;

pub use code::Code;

use super::Finding;
use super::source::Source;
use crate::FormatError;

/// A mark in a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// When: the frame, from 0, or the tick where the file has its own [`resolution`](Annotations::resolution).
    pub sample: i64,
    /// What it marks.
    pub code: Code,
    /// What it is more closely; its meaning depends on the code.
    pub subtype: i8,
    /// The signal that it is about, from 0; most files leave it at 0.
    pub channel: u8,
    /// A number that users give; its meaning depends on the database.
    pub num: i8,
    /// More of it as bytes: the rhythm (`(AFIB`), a note's text. Some files end it with a zero byte.
    pub aux: Vec<u8>,
}

impl Annotation {
    /// A mark of this code at this frame, without more.
    pub fn new(sample: i64, code: Code) -> Annotation {
        Annotation {
            sample,
            code,
            subtype: 0,
            channel: 0,
            num: 0,
            aux: Vec::new(),
        }
    }

    /// Whether it marks a heartbeat; rhythm changes, notes and waves do not.
    pub fn is_beat(&self) -> bool {
        self.code.is_beat()
    }

    /// [`aux`](Annotation::aux) as text, without zero bytes at its end: UTF-8, or Latin-1 where it is none.
    pub fn text(&self) -> Cow<'_, str> {
        let end = self
            .aux
            .iter()
            .rposition(|&byte| byte != 0)
            .map_or(0, |last| last + 1);
        let bytes = &self.aux[..end];
        match str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
        }
    }
}

/// A code that a file gives a meaning of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The code.
    pub code: Code,
    /// Its symbol, without blanks.
    pub symbol: String,
    /// What it means.
    pub description: String,
}

/// An annotation file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Annotations {
    /// The marks, in the file's order.
    pub items: Vec<Annotation>,
    /// Ticks a second of [`Annotation::sample`], where the file says that they are not the record's frames.
    pub resolution: Option<f64>,
    /// Codes that the file gives a meaning.
    pub definitions: Vec<Definition>,
    /// What is odd about the file.
    pub findings: Vec<Finding>,
}

impl Annotations {
    /// How many mark heartbeats.
    pub fn beats(&self) -> usize {
        self.items.iter().filter(|item| item.is_beat()).count()
    }
}

/// Reads an annotation file, such as `mitdb/100.atr`.
///
/// ```no_run
/// use pathema_signal::wfdb;
/// let annotations = wfdb::read_annotations("mitdb/100.atr".as_ref())?;
/// assert_eq!(annotations.beats(), 2273);
/// # Ok::<(), pathema_signal::FormatError>(())
/// ```
///
/// # Errors
/// If the file cannot be read, has more than 16 MiB, or ends within an annotation.
pub fn read_annotations(path: &Path) -> Result<Annotations, FormatError> {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    let source = Source::Disk(path.parent().unwrap_or(Path::new("")).to_owned());
    let bytes = source.short(&name)?.ok_or_else(|| FormatError::Missing {
        file: path.display().to_string(),
        needed: "it is the annotation file that was asked for; check the path".to_owned(),
    })?;
    Annotations::decode(&bytes, &path.display().to_string())
}

/// Writes an annotation file, such as `100.atr`.
///
/// # Errors
/// As [`Annotations::encode`], and if the file cannot be written.
pub fn write_annotations(path: &Path, annotations: &Annotations) -> Result<(), FormatError> {
    let bytes = annotations.encode()?;
    fs::write(path, bytes).map_err(FormatError::io(path.display()))
}
