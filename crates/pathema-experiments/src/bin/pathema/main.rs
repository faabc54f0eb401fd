//! The program `pathema`: inspects, verifies, measures, trains, predicts, simulates.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program speaks to its user"
)]

mod args;
mod bars;
mod baselines;
mod evaluate_peaks;
mod inspect;
mod physio;
mod predict;
mod report;
mod simulate;
mod train;
mod verify;

use std::io::{ErrorKind, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use clap::Parser;

use args::{Command, Pathema};

/// Raised by Ctrl-C.
static STOP: AtomicBool = AtomicBool::new(false);
/// What a shell says of a program that was interrupted.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let args = Pathema::parse();
    match run(&args.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", told(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> Result<ExitCode> {
    ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            // Asked twice: what is on disk is whole at any time.
            std::process::exit(i32::from(INTERRUPTED));
        }
        eprintln!("\nstopping as soon as all is whole; Ctrl-C again to stop at once");
    })?;
    match command {
        Command::Train(args) => train::run(args),
        Command::Baselines(args) => baselines::run(args),
        Command::Predict(args) => predict::run(args),
        Command::Simulate(args) => simulate::run(args),
        Command::Inspect(args) => inspect::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Report(args) => report::run(args),
        Command::Physio(args) => physio::run(args),
        Command::EvaluatePeaks(args) => evaluate_peaks::run(args),
    }
}

/// Writes to standard output. Whoever reads may have had enough: a closed pipe is no error.
fn say(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// An error and its causes, each said once: many of ours name their cause themselves.
fn told(error: &anyhow::Error) -> String {
    error.chain().fold(String::new(), |mut told, cause| {
        let cause = cause.to_string();
        if !told.contains(&cause) {
            if !told.is_empty() {
                told += ": ";
            }
            told += &cause;
        }
        told
    })
}
