//! `cargo xtask train`: the program `pathema`, built and started.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

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
    become_it(command)
}

/// Replaces this process, so that Ctrl-C and every other signal reach the training itself.
#[cfg(unix)]
fn become_it(mut command: Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;

    let error = command.exec();
    Err(anyhow::Error::new(error)
        .context(format!("`{}` did not start", workspace::shown(&command))))
}

/// Waits for it. Ctrl-C reaches every process of the console: the training ends itself in order,
/// and we must outlive it.
#[cfg(not(unix))]
fn become_it(mut command: Command) -> Result<ExitCode> {
    use anyhow::Context as _;

    ctrlc::set_handler(|| {}).context("Ctrl-C cannot be left to the training")?;
    let status = command
        .status()
        .with_context(|| format!("`{}` did not start", workspace::shown(&command)))?;
    Ok(workspace::exit_code(status))
}
