//! What was recorded: recordings, channels, label runs, their file formats, and a simulator that writes them.
//!
//! A [`Recording`] holds what the sensors stored, each channel at its own rate and in its own unit. The
//! readers ([`wesad`]) check what they read and name the file and the value that is off; nothing is
//! resampled, filled in or scaled. [`simulate`] writes recordings in the official WESAD format with the
//! ground truth beside them.

pub mod recording;
pub mod simulate;
pub mod wesad;
pub mod windows;

pub use recording::{Channel, Label, LabelRun, Modality, Placement, Recording, Samples};
