//! What a model costs: arithmetic, memory, time and instructions, with the same parts for all of them.
//!
//! Three stages lead from a recording to an answer. **Sensing** is done once for every sample: channels of a network, or beats
//! and sums that features are taken from. **Preparing** is done for every window: a control path or a grid, or the features.
//! **Predicting** is the network or the classifier by itself. A classifier's own work is next to nothing beside that of its
//! features, so only the sum says what a device would have to do; [`Measured`] keeps the parts, and [`Measured::cost`] gives
//! them per second of signal, for windows side by side or overlapping.
//!
//! All is measured on simulated people ([`Bench`]), on one thread. Time is the least of several rounds. Instructions are
//! counted by callgrind and the peak of the heap by an allocator, both in a process of its own: the program
//! `pathema-study-cost`.
//!
//! ```no_run
//! use pathema_study::cost::{Bench, Model, Workload};
//! use pathema_study::models::NetSpec;
//! let bench = Bench::simulated(2018)?;
//! let mut workload = Workload::new(&bench, &Model::Network(Box::new(NetSpec::default())), None)?;
//! let cost = workload.measure(5)?.cost("cde", 60.0, 0.0);
//! assert!(cost.multiply_adds_per_second > 0.0 && cost.weight_bytes == 4 * cost.parameters);
//! # Ok::<(), anyhow::Error>(())
//! ```

mod bench;
mod callgrind;
mod channels;
mod classifier;
mod features;
mod measured;
mod network;
mod state;
mod workload;

pub use crate::report::material::Cost;
pub use bench::{Bench, Training};
pub use callgrind::{Order, counted, instructions, measured_apart};
pub use measured::{Measured, Work};
pub use state::state_numbers;
pub use workload::{Model, Stage, Workload};

/// Bytes of a number, as all models could be stored: in single precision.
pub const NUMBER: u64 = 4;
