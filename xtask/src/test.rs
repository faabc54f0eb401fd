//! `cargo xtask test`: every test of the workspace.

use std::env;
use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use anyhow::Result;

use crate::setup::{self, Libtorch};
use crate::workspace;

/// Sets up, runs the tests and says how they went.
pub(crate) fn run(args: &[OsString]) -> Result<ExitCode> {
    let libtorch = setup::ensure(&workspace::root())?;
    with(&libtorch, args)
}

/// Runs the tests with a libtorch that is there.
pub(crate) fn with(libtorch: &Libtorch, args: &[OsString]) -> Result<ExitCode> {
    let mut command = workspace::cargo();
    command
        .current_dir(workspace::root())
        .args(cargo_arguments(args));
    libtorch.tell(&mut command)?;
    // Tests run side by side: with threads of its own for each, libtorch would spend the time on waiting.
    if env::var_os("OMP_NUM_THREADS").is_none() {
        command.env("OMP_NUM_THREADS", "1");
    }
    let (status, took) = workspace::call(&mut command)?;
    let took = workspace::time(took);
    if env::var_os("PATHEMA_DATA").is_none() {
        eprintln!(
            "PATHEMA_DATA is not set: tests on real recordings were skipped (it names a folder with WESAD-wrist.zip and mitdb/100.*)."
        );
    }
    if status.success() {
        eprintln!("All tests passed ({took}).");
    } else {
        eprintln!("Tests failed, or did not build ({took}): the names are above.");
    }
    Ok(workspace::exit_code(status))
}

/// The whole workspace unless packages are named, and all failures rather than the first program's.
fn cargo_arguments(args: &[OsString]) -> Vec<OsString> {
    let own = args
        .iter()
        .take_while(|a| *a != "--")
        .map(OsString::as_os_str);
    let own: Vec<&OsStr> = own.collect();
    let mut all: Vec<OsString> = vec!["test".into()];
    let names_packages = own.iter().any(|a| {
        let a = a.to_string_lossy();
        a == "--workspace"
            || a.starts_with("--package")
            || (a.starts_with("-p") && !a.starts_with("--"))
    });
    if !names_packages {
        all.push("--workspace".into());
    }
    if !own.contains(&OsStr::new("--no-fail-fast")) {
        all.push("--no-fail-fast".into());
    }
    all.extend(args.iter().cloned());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(args: &[&str], expected: &str) {
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        let line = cargo_arguments(&args).join(OsStr::new(" "));
        assert_eq!(line.to_string_lossy(), expected);
    }

    #[test]
    fn arguments_of_cargo_test() {
        check(&[], "test --workspace --no-fail-fast");
        check(&["--locked"], "test --workspace --no-fail-fast --locked");
        check(
            &["-p", "pathema-path", "knots"],
            "test --no-fail-fast -p pathema-path knots",
        );
        check(&["-ppathema-path"], "test --no-fail-fast -ppathema-path");
        check(&["--no-fail-fast"], "test --workspace --no-fail-fast");
        check(&["--", "-p"], "test --workspace --no-fail-fast -- -p");
    }
}
