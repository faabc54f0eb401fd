//! RespiBAN: the text files of OpenSignals, as WESAD holds them (`SX_respiban.txt`).
//!
//! Three lines of head: `# OpenSignals Text File Format`, `# ` and a JSON object of one device (`sampling rate`, `column`,
//! `sensor`, `resolution`, `date`, `time`), `# EndOfHeader`. Then rows between tabs: `nSeq`, `DI` and one whole number a
//! channel, 16 bits each. The numbers are kept as they are ([`Samples::U16`](crate::Samples::U16)); with s for one, vcc = 3
//! and B = 2¹⁶ they mean, by the data set's readme:
//!
//! | sensor | channel | unit | value |
//! |---|---|---|---|
//! | `ECG`, `EMG` | ECG, EMG | mV | (s / B − 0.5) · vcc |
//! | `EDA` | EDA | µS | s / B · vcc / 0.12 |
//! | `XYZ` three times | ACC, three axes | g | (s − 28000) / 10000 · 2 − 1 |
//! | `RESPIRATION` | RESP | % | (s / B − 0.5) · 100 |
//! | `TEMP` | TEMP | °C | of a thermistor: [`Thermistor`](crate::recording::Thermistor) |
//!
//! `DI`, the digital input, is a channel of its own. A sensor that is not in the table is kept without a unit.
//!
//! `nSeq` counts the samples, from 0 to 15, 255, 4095 or 65535 and then from 0 again, or on and on. Where it leaps, samples
//! were lost on the way from the device: the channels have a gap there, and a [`Finding`] says how many. A loss of a whole
//! round of the counter cannot be seen.

mod counter;
mod finding;
mod head;
mod reader;
mod sensors;

pub use finding::Finding;
pub use reader::{Reader, Session, read};
