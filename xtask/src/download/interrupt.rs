//! Ctrl-C: a wish to stop, heard between two steps.

use std::fmt;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// What shells report for a program that Ctrl-C ended.
pub(crate) const EXIT_CODE: u8 = 130;

/// How long a step may go on after Ctrl-C. A server that has fallen silent must not hold us.
const GRACE: Duration = Duration::from_secs(3);

/// Whether somebody wants it to stop.
#[derive(Default)]
pub(crate) struct Interrupt(AtomicBool);

/// The error of whatever was stopped.
#[derive(Debug)]
pub(crate) struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

static BY_USER: Interrupt = Interrupt::new();

impl Interrupt {
    pub(crate) const fn new() -> Interrupt {
        Interrupt(AtomicBool::new(false))
    }

    /// The one that Ctrl-C sets from now on. Whoever does not hear it within a few seconds is ended from outside, which
    /// harms nothing: a download's part only ever grows, and unpacking starts anew.
    pub(crate) fn by_user() -> Result<&'static Interrupt> {
        ctrlc::set_handler(|| {
            BY_USER.set();
            thread::sleep(GRACE);
            eprintln!("{}", Interrupted::ADVICE);
            process::exit(i32::from(EXIT_CODE));
        })
        .context("Ctrl-C cannot be listened for")?;
        Ok(&BY_USER)
    }

    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// An error if somebody wants it to stop.
    pub(crate) fn check(&self) -> Result<()> {
        if self.0.load(Ordering::SeqCst) {
            return Err(Interrupted.into());
        }
        Ok(())
    }

    /// Waits, and hears a wish to stop meanwhile.
    pub(crate) fn sleep(&self, long: Duration) -> Result<()> {
        let until = Instant::now() + long;
        loop {
            self.check()?;
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            thread::sleep(left.min(Duration::from_millis(50)));
        }
    }
}

impl Interrupted {
    pub(crate) const ADVICE: &'static str =
        "Interrupted. What came so far is kept: run the same command again to go on from there.";
}
