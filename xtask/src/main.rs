//! The workspace's own commands: `cargo xtask setup · fetch · train · reproduce · test · bench · ci`.
//!
//! One file a command. Nothing here depends on libtorch, because this is what provides it.

// A program talks to its user.
#![allow(clippy::print_stderr, clippy::print_stdout)]

mod bench;
mod ci;
mod download;
mod fetch;
mod reproduce;
mod setup;
mod test;
mod train;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The workspace's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Provision libtorch, so that everything else builds; does nothing where it is there already
    Setup(setup::Options),
    /// Fetch a public data set into `data/`: wesad, affectiveroad, stress-predict or mitdb
    Fetch(fetch::Options),
    /// Set up, then train: every argument goes to `pathema train` (try `cargo xtask train --help`)
    #[command(disable_help_flag = true)]
    Train {
        /// Arguments of `pathema train`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Make every table and figure of the study: every argument goes to `pathema-study` (try `cargo xtask reproduce --help`); needs no
    /// libtorch
    #[command(disable_help_flag = true)]
    Reproduce {
        /// Arguments of `pathema-study`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Set up, then run the tests of the whole workspace
    Test {
        /// Arguments of `cargo test`, such as `-p pathema-path` or `-- --ignored`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Measure our solvers beside other libraries' and write the table of ratios
    Bench(bench::Options),
    /// Everything a change must pass: format, lints, documentation, tests
    Ci,
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Setup(options) => setup::run(&options),
        Command::Fetch(options) => fetch::run(&options),
        Command::Train { args } => train::run(&args),
        Command::Reproduce { args } => reproduce::run(&args),
        Command::Test { args } => test::run(&args),
        Command::Bench(options) => bench::run(&options),
        Command::Ci => ci::run(),
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_measured_is_named() {
        let is_understood = |line: &str| Cli::try_parse_from(line.split(' ')).is_ok();
        for line in [
            "xtask bench --peers",
            "xtask bench --formats",
            "xtask bench --physio --only cvxEDA",
            "xtask bench --formats --quick --only pickle --out table.md",
            "xtask bench --peers --quick --only dopri5",
        ] {
            assert!(is_understood(line), "{line}");
        }
        for line in [
            "xtask bench",
            "xtask bench --quick",
            "xtask bench --peers --formats",
            "xtask bench --physio --formats",
        ] {
            assert!(!is_understood(line), "{line}");
        }
    }

    #[test]
    fn where_a_set_comes_from_is_said_once() {
        let is_understood = |line: &str| Cli::try_parse_from(line.split(' ')).is_ok();
        assert!(is_understood(
            "xtask fetch wesad --from WESAD.zip --to d --accept-terms --force"
        ));
        assert!(is_understood(
            "xtask fetch mitdb --mirror https://a/b --proxy http://c:1"
        ));
        assert!(!is_understood("xtask fetch"));
        assert!(!is_understood(
            "xtask fetch mitdb --from a.zip --mirror https://a/b"
        ));
        assert!(!is_understood("xtask fetch mitdb --insecure-http"));
    }
}
