//! Fetches a file: resumable, patient, verified. `setup` fetches wheels by it, `fetch` data sets.

mod client;
mod disk;
mod interrupt;
mod place;
mod progress;
mod transfer;
mod validator;

use std::fs::{self, File};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Error, Result, anyhow, bail};
use sha2::{Digest as _, Sha256};

pub(crate) use self::client::{Client, Patience, Plain};
pub(crate) use self::disk::{Disk, RealDisk, require, unwritten};
pub(crate) use self::interrupt::{EXIT_CODE, Interrupt, Interrupted};
pub(crate) use self::place::{hold, put, remove};
pub(crate) use self::progress::Progress;
pub(crate) use self::transfer::hexadecimal;
use self::transfer::{Transfer, Trouble, feed};

/// The longest pause that a server may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);

/// A file somewhere else.
pub(crate) struct Source<'a> {
    /// Its name here.
    pub(crate) file: &'a str,
    /// How it is called where progress is told.
    pub(crate) shown: &'a str,
    pub(crate) url: &'a str,
    /// What it must hash to, where somebody has promised that.
    pub(crate) sha256: Option<&'a str>,
    /// A server that goes on sending is stopped here, bytes.
    pub(crate) largest: u64,
    /// What a user can do who is refused it, as a sentence.
    pub(crate) way_out: &'a str,
    /// The command that goes on from what is there.
    pub(crate) again: &'a str,
}

/// What a file came to be.
#[derive(Debug)]
pub(crate) struct Fetched {
    pub(crate) path: PathBuf,
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
}

/// By what means it is fetched.
pub(crate) struct Means<'a> {
    pub(crate) client: &'a Client,
    pub(crate) patience: Patience,
    pub(crate) disk: &'a dyn Disk,
    pub(crate) interrupt: &'a Interrupt,
}

/// Fetches `source` into `folder`.
///
/// What an interrupted run left in `<file>.part` is taken up again, unless the file has changed at its source. A file
/// that is there, and is what was promised, is not fetched again.
pub(crate) fn fetch(source: &Source, folder: &Path, means: &Means) -> Result<Fetched> {
    let path = folder.join(source.file);
    if path.is_file() {
        let (found, bytes) = sha256_of(&path)?;
        if source.is_as_promised(&found) {
            eprintln!("  {}: fetched before, and whole", source.shown);
            return Ok(Fetched {
                path,
                sha256: found,
                bytes,
            });
        }
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    }

    let mut transfer = Transfer::open(source, folder, means)?;
    let (mut failures, mut furthest, mut anew) = (0, transfer.length, false);
    loop {
        means.interrupt.check()?;
        match transfer.request() {
            Ok(()) => {
                let found = transfer.hash();
                if source.is_as_promised(&found) {
                    return transfer.finish(path, found);
                }
                if !transfer.pieced || anew {
                    transfer.discard();
                    return Err(source.mismatch(&found));
                }
                // Pieces of different days or servers need not fit: once, all of it anew.
                transfer
                    .progress
                    .note("  the pieces do not fit together: fetching it all anew");
                transfer.restart()?;
                (furthest, anew) = (0, true);
            }
            Err(Trouble::Lasting(error)) => return Err(error),
            Err(Trouble::Passing(why, wait)) => {
                // Further than ever, not only further than at the start of this request: a server
                // that cannot resume and always breaks off must come to an end too.
                failures = if transfer.length > furthest {
                    1
                } else {
                    failures + 1
                };
                furthest = furthest.max(transfer.length);
                if failures >= means.patience.failures {
                    bail!(
                        "gave up on {} after {failures} failures in a row ({why}). {} bytes are kept: run `{}` again \
                         to go on from there.",
                        source.url,
                        transfer.length,
                        source.again,
                    );
                }
                let pause = pause(means.patience.pause, failures, chance());
                let pause = wait.map_or(pause, |asked| asked.min(LONGEST_PAUSE).max(pause));
                let again = pause.as_secs_f64();
                transfer
                    .progress
                    .note(&format!("  {why}; trying again in {again:.0} s"));
                means.interrupt.sleep(pause)?;
            }
        }
    }
}

impl Source<'_> {
    fn is_as_promised(&self, found: &str) -> bool {
        self.sha256.is_none_or(|expected| expected == found)
    }

    /// The error of a file that is another one than was promised, and is gone already.
    pub(crate) fn mismatch(&self, found: &str) -> Error {
        anyhow!(
            "{} is not what was promised: SHA-256 {} expected, {found} found. It was thrown away. Run `{}` again; if \
             that does not help, a proxy or mirror between here and {} changes files.",
            self.shown,
            self.sha256.unwrap_or("none"),
            self.again,
            self.url,
        )
    }
}

/// The pause after so many failures: twice as long each time, and between half and all of that by chance, so that many
/// who were cut off together do not come back together.
fn pause(first: Duration, failures: u32, chance: f64) -> Duration {
    let most = first.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)));
    most.min(Duration::from_secs(30))
        .mul_f64(0.5 + 0.5 * chance)
}

/// A number from 0 to 1. The standard library's hashers have keys drawn by the system, which is all the chance needed here.
fn chance() -> f64 {
    RandomState::new().build_hasher().finish() as f64 / u64::MAX as f64
}

/// The SHA-256 of a file, and its length.
pub(crate) fn sha256_of(path: &Path) -> Result<(String, u64)> {
    let named = || format!("cannot read {}", path.display());
    let mut hasher = Sha256::new();
    let mut file = File::open(path).with_context(named)?;
    let bytes = feed(&mut file, &mut hasher).with_context(named)?;
    Ok((hexadecimal(hasher), bytes))
}

#[cfg(test)]
pub(crate) mod server;
#[cfg(test)]
mod tests;
