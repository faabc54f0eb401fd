use std::env;
use std::thread;

use serde::{Deserialize, Serialize};

use crate::data::SubjectManifest;

/// `manifest.json`: what a run started from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this schema.
    pub schema: u32,
    /// When the run was started, RFC 3339 in UTC.
    pub created: String,
    /// The command line.
    pub command: Vec<String>,
    /// Seed of everything drawn.
    pub seed: u64,
    /// The recordings.
    pub data: DataManifest,
    /// What computed it.
    pub versions: Versions,
    /// Where it was computed.
    pub machine: Machine,
}

/// The recordings that a run used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataManifest {
    /// Where they lay.
    pub path: String,
    /// Whether they are simulated.
    pub simulated: bool,
    /// Whose sensors were used: `chest` or `wrist`.
    pub placement: String,
    /// Each subject's file, its hash, and what was odd about it.
    pub subjects: Vec<SubjectManifest>,
}

/// What computed a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Versions {
    /// Pathema.
    pub pathema: String,
    /// libtorch, as it says itself.
    pub libtorch: String,
}

/// Where a run was computed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Operating system.
    pub os: String,
    /// Processor architecture.
    pub arch: String,
    /// Processors that the program may use.
    pub processors: usize,
    /// Folds trained side by side.
    pub threads: usize,
    /// Where tensors lived.
    pub device: String,
}

impl Versions {
    /// Of this program.
    pub fn current() -> Versions {
        Versions {
            pathema: env!("CARGO_PKG_VERSION").to_owned(),
            libtorch: option_env!("PATHEMA_LIBTORCH_VERSION")
                .unwrap_or("unknown")
                .to_owned(),
        }
    }
}

impl Machine {
    /// This machine.
    pub fn current(threads: usize, device: &str) -> Machine {
        Machine {
            os: env::consts::OS.to_owned(),
            arch: env::consts::ARCH.to_owned(),
            processors: thread::available_parallelism().map_or(1, usize::from),
            threads,
            device: device.to_owned(),
        }
    }
}
