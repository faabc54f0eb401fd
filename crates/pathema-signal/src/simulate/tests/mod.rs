//! What the simulator promises, checked without a reader.

mod body;
mod files;
mod signals;

use super::{Protocol, SimulationConfig};

fn config(seed: u64) -> SimulationConfig {
    SimulationConfig {
        seed,
        ..SimulationConfig::default()
    }
}

fn full(seed: u64) -> SimulationConfig {
    SimulationConfig {
        protocol: Protocol::Full,
        ..config(seed)
    }
}
