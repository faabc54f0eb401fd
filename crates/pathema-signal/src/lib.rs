//! What was recorded: recordings, channels, annotations, their file formats, and a simulator that writes them.
//!
//! A [`Recording`] holds what the sensors stored, each channel at its own rate and in its own unit. The
//! readers, one module a format, check what they read and name the file and the value that is off; nothing is
//! resampled, filled in or scaled. [`simulate`] writes recordings in the official WESAD format with the
//! ground truth beside them.

pub mod affective_road;
pub mod csv;
pub mod edf;
pub mod empatica;
mod error;
pub mod files;
pub mod inspect;
pub mod open;
pub mod recording;
pub mod respiban;
pub mod simulate;
pub mod table;
pub mod verify;
pub mod wesad;
pub mod wfdb;
pub mod windows;

pub use error::{FormatError, Place};
pub use recording::{
    Annotation, Blocks, Channel, ChannelView, Conversion, Label, LabelRun, Modality, Person,
    Placement, Recording, Samples, Segment, Sex, Span, Start, Timing, View,
};

/// The README's example, run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
