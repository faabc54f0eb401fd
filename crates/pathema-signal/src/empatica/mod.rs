//! Empatica E4: the exported session, a folder or a zip of CSV files.
//!
//! | file | what | rate | unit |
//! |---|---|---|---|
//! | `ACC.csv` | acceleration, three axes, whole 1/64 g, ±2 g | 32 Hz | g |
//! | `BVP.csv` | blood volume pulse | 64 Hz | a.u. |
//! | `EDA.csv` | skin conductance | 4 Hz | µS |
//! | `TEMP.csv` | skin temperature | 4 Hz | °C |
//! | `HR.csv` | heart rate that the device's maker derived, from 10 s on | 1 Hz | 1/min |
//! | `IBI.csv` | intervals between beats, each at its own time | | s |
//! | `tags.csv` | presses of the button, Unix times | | |
//!
//! The first line of a file is its start in Unix seconds, the second its rate in hertz, each repeated for every column;
//! rates are taken from there. In `IBI.csv` the first line is the start and a heading, and rows are the time since then
//! and the interval. `tags.csv` has no head. The layout is that of the `info.txt` that lies beside the files.
//!
//! The files may lie in the folder or zip itself, one folder down, or in a zip inside it. Nothing is dropped: samples
//! from before the sensors had settled are there, and a [`Finding`] says how many. [`read`] gives a whole session,
//! [`Reader`] one stretch after the other in bounded memory.

mod finding;
mod head;
mod layout;
mod reader;
mod regular;
mod timed;

pub use finding::Finding;
pub(crate) use layout::is_sensor;
pub use reader::{Reader, Session, read};

use crate::recording::Conversion;

/// The E4 stores acceleration in 1/64 g.
pub const ACCELERATION: Conversion = Conversion::Linear {
    scale: 1.0 / 64.0,
    offset: 0.0,
};
