//! `cargo xtask train`: the program `pathema`, built and started.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;

use crate::{setup, workspace};

/// Hands every argument to `pathema train`.
///
/// The working folder stays the user's, because paths among the arguments are meant from there.
pub(crate) fn run(args: &[OsString]) -> Result<ExitCode> {
    let libtorch = setup::ensure(&workspace::root())?;
    let mut command = workspace::cargo();
    command
        .args(["run", "--release", "--manifest-path"])
        .arg(workspace::root().join("Cargo.toml"))
        .args([
            "-p",
            "pathema-experiments",
            "--bin",
            "pathema",
            "--",
            "train",
        ])
        .args(args);
    libtorch.tell(&mut command)?;
    workspace::become_it(command)
}
