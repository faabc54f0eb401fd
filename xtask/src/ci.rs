//! `cargo xtask ci`: everything a change must pass, cheapest first.

use std::process::{Command, ExitCode, ExitStatus};

use anyhow::Result;

use crate::{setup, test, workspace};

/// Stops at the first check that fails.
///
/// Lints, documentation and tests take the same profile and features, so that libtorch's wrapper
/// is compiled once. The lock file must be right as committed.
pub(crate) fn run() -> Result<ExitCode> {
    let format = call(
        cargo(&["fmt", "--all", "--check"]),
        "format (`cargo fmt --all` mends it)",
    )?;
    if !format.success() {
        return Ok(workspace::exit_code(format));
    }

    let libtorch = setup::ensure(&workspace::root())?;
    let mut lints = cargo(&["clippy", "--locked", "--workspace", "--all-targets"]);
    lints.args(["--", "-D", "warnings"]);
    let mut docs = cargo(&["doc", "--locked", "--workspace", "--no-deps"]);
    docs.env("RUSTDOCFLAGS", "-D warnings");
    for (mut command, what) in [(lints, "lints"), (docs, "documentation")] {
        libtorch.tell(&mut command)?;
        let status = call(command, what)?;
        if !status.success() {
            return Ok(workspace::exit_code(status));
        }
    }
    test::with(&libtorch, &["--locked".into()])
}

fn cargo(args: &[&str]) -> Command {
    let mut command = workspace::cargo();
    command.current_dir(workspace::root()).args(args);
    command
}

fn call(mut command: Command, what: &str) -> Result<ExitStatus> {
    let (status, took) = workspace::call(&mut command)?;
    let word = if status.success() {
        "Passed"
    } else {
        "Not passed"
    };
    eprintln!("{word}: {what} ({}).", workspace::time(took));
    Ok(status)
}
