//! The program `pathema-study`: fits and judges every model of the experiments' files, and writes tables and figures.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program speaks to its user"
)]

mod args;
mod extras;
mod progress;
mod shop;
mod work;

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Parser;

use args::Args;

/// Raised by Ctrl-C.
static STOP: AtomicBool = AtomicBool::new(false);
/// What a shell says of a program that was interrupted.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let args = Args::parse();
    let handler = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            // Asked twice: what is on disk is whole at any time.
            std::process::exit(i32::from(INTERRUPTED));
        }
        eprintln!("\nstopping; what was finished is kept. Ctrl-C again to stop at once");
    });
    let done = handler
        .map_err(Into::into)
        .and_then(|()| work::run(&args, &STOP));
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("stopped: the same command goes on where this one ended");
            ExitCode::from(INTERRUPTED)
        }
        Err(error) => {
            eprintln!("error: {}", told(&error));
            ExitCode::FAILURE
        }
    }
}

/// An error and its causes, without those that the text before them tells already.
fn told(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}
