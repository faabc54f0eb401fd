//! `cargo xtask reproduce`: the program `pathema-study`, built and started.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;

use crate::workspace;

/// Hands every argument to `pathema-study`. Nothing is to be set up: it needs no libtorch.
///
/// The experiments are those of the workspace, and results go to its `docs/results`, unless the arguments say otherwise. The working
/// folder stays the user's, because paths among the arguments are meant from there.
pub(crate) fn run(args: &[OsString]) -> Result<ExitCode> {
    let root = workspace::root();
    // The program that measures costs lies beside the one that asks it.
    let mut build = workspace::cargo();
    build
        .args(["build", "--release", "--manifest-path"])
        .arg(root.join("Cargo.toml"))
        .args(["-p", "pathema-study", "--bins"]);
    let (status, _) = workspace::call(&mut build)?;
    if !status.success() {
        return Ok(workspace::exit_code(status));
    }
    let mut command = workspace::cargo();
    command
        .args(["run", "--release", "--manifest-path"])
        .arg(root.join("Cargo.toml"))
        .args(["-p", "pathema-study", "--bin", "pathema-study", "--"])
        .args(args);
    let is_said = |name: &str| {
        args.iter().any(|arg| {
            let arg = arg.to_string_lossy();
            arg == name || arg.starts_with(&format!("{name}="))
        })
    };
    if !is_said("--experiments") {
        command.arg("--experiments").arg(root.join("experiments"));
    }
    workspace::become_it(command)
}
