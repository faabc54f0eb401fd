//! One file on its way: a part file that grows by one request after another.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Error, Result, anyhow};
use indicatif::BinaryBytes;
use sha2::{Digest as _, Sha256};
use ureq::Body;
use ureq::http::{Response, StatusCode};

use super::progress::Progress;
use super::validator::Validator;
use super::{Fetched, Means, Source, require, unwritten};

/// What went wrong: it may pass (after the pause that the server asks for, if it does), or asking again is no use.
pub(super) enum Trouble {
    Passing(String, Option<Duration>),
    Lasting(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        Trouble::Lasting(error)
    }
}

/// A download under way.
pub(super) struct Transfer<'a> {
    source: &'a Source<'a>,
    means: &'a Means<'a>,
    part: PathBuf,
    file: File,
    validator: Validator,
    hasher: Sha256,
    pub(super) length: u64,
    /// More than one request contributed.
    pub(super) pieced: bool,
    pub(super) progress: Progress,
}

impl<'a> Transfer<'a> {
    pub(super) fn open(
        source: &'a Source<'a>,
        folder: &Path,
        means: &'a Means<'a>,
    ) -> Result<Transfer<'a>> {
        let part = folder.join(format!("{}.part", source.file));
        let named = || format!("cannot open {}", part.display());
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&part)
            .with_context(named)?;
        let mut hasher = Sha256::new();
        let length = feed(&mut file, &mut hasher).with_context(named)?;
        let progress = Progress::new(source.shown);
        if length > 0 {
            let there = BinaryBytes(length);
            progress.note(&format!("  {}: going on after {there}", source.shown));
        }
        let validator = Validator::read(&part);
        Ok(Transfer {
            source,
            means,
            part,
            file,
            validator,
            hasher,
            length,
            pieced: false,
            progress,
        })
    }

    /// Asks for what is missing, and writes what comes.
    pub(super) fn request(&mut self) -> Result<(), Trouble> {
        let mut headers = Vec::new();
        if self.length > 0 {
            headers.push(("Range", format!("bytes={}-", self.length)));
            if let Some(state) = self.validator.if_range() {
                headers.push(("If-Range", state.to_owned()));
            }
        }
        let mut response = self.means.client.get(self.source.url, &headers)?;
        let total = match response.status() {
            StatusCode::PARTIAL_CONTENT => self.rest_of(&response)?,
            StatusCode::RANGE_NOT_SATISFIABLE => {
                // Either all of it is here already, or what is here is of no use.
                let found = Validator::of(&response, all_of(&content_range(&response)));
                if found.total == Some(self.length) && !self.validator.differs(&found) {
                    self.pieced = true;
                    return Ok(());
                }
                self.restart()?;
                return Err(passing("the server has no such part"));
            }
            StatusCode::OK => {
                let total = response.body().content_length();
                let found = Validator::of(&response, total);
                if self.length > 0 {
                    self.progress.note(if self.validator.differs(&found) {
                        "  the file has changed at its source: fetching it all anew"
                    } else {
                        "  the server cannot resume: fetching it all anew"
                    });
                    self.restart()?;
                }
                // Before the first byte, so that no part is ever beside another state's validator.
                found.write(&self.part)?;
                self.validator = found;
                total
            }
            _ => return Err(self.refused(&response)),
        };
        self.admit(total)?;
        self.progress.begin(total, self.length);
        self.receive(response.body_mut().as_reader(), total)
    }

    /// Sees that what comes is the rest of what is here; returns how much there is in all.
    fn rest_of(&mut self, response: &Response<Body>) -> Result<Option<u64>, Trouble> {
        let range = content_range(response);
        if starts_at(&range) != Some(self.length) {
            self.restart()?;
            return Err(passing(&format!(
                "the server answered with the wrong part ({range:?})"
            )));
        }
        let announced = response.body().content_length();
        let total = announced.map(|rest| self.length.saturating_add(rest));
        let found = Validator::of(response, all_of(&range).or(total));
        // A server need not heed If-Range.
        if self.validator.differs(&found) {
            self.restart()?;
            return Err(passing("the file has changed at its source"));
        }
        self.pieced = true;
        Ok(total.or(found.total))
    }

    /// Refuses what is too much for anything of this kind, or for the disk.
    fn admit(&self, total: Option<u64>) -> Result<()> {
        let Some(total) = total else { return Ok(()) };
        if total > self.source.largest {
            self.discard();
            return Err(self.too_much());
        }
        let folder = self.part.parent().unwrap_or(Path::new("."));
        let rest = total.saturating_sub(self.length);
        require(self.means.disk, folder, rest, self.source.shown)
    }

    fn receive(&mut self, mut body: impl Read, total: Option<u64>) -> Result<(), Trouble> {
        let mut buffer = vec![0; 1 << 18];
        loop {
            self.means.interrupt.check()?;
            let read = match body.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) => return Err(passing(&format!("the connection broke: {error}"))),
            };
            let piece = &buffer[..read];
            self.means
                .disk
                .write(&mut self.file, piece)
                .map_err(|error| unwritten(error, &self.part))?;
            self.hasher.update(piece);
            self.length += read as u64;
            self.progress.advance(read as u64);
            if self.length > self.source.largest {
                self.discard();
                return Err(self.too_much().into());
            }
        }
        match total {
            Some(total) if self.length < total => Err(passing(&format!(
                "the connection closed after {} of {total} bytes",
                self.length
            ))),
            _ => Ok(()),
        }
    }

    fn too_much(&self) -> Error {
        anyhow!(
            "{} sends more than {} bytes, which is more than {} can have: something else is there",
            self.source.url,
            self.source.largest,
            self.source.file,
        )
    }

    fn refused(&self, response: &Response<Body>) -> Trouble {
        let status = response.status();
        let passes = status.is_server_error()
            || matches!(
                status,
                StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
            );
        if passes {
            let asked = response.headers().get("Retry-After");
            let asked = asked.and_then(|value| value.to_str().ok()?.trim().parse().ok());
            let wait = asked.map(Duration::from_secs);
            return Trouble::Passing(format!("the server answered {status}"), wait);
        }
        let (url, way_out) = (self.source.url, self.source.way_out);
        Trouble::Lasting(anyhow!("the server answered {status} for {url}. {way_out}"))
    }

    pub(super) fn restart(&mut self) -> Result<()> {
        let emptied = self
            .file
            .set_len(0)
            .and_then(|()| self.file.seek(SeekFrom::Start(0)));
        emptied.with_context(|| format!("cannot empty {}", self.part.display()))?;
        Validator::remove(&self.part)?;
        self.validator = Validator::default();
        (self.hasher, self.length, self.pieced) = (Sha256::new(), 0, false);
        Ok(())
    }

    pub(super) fn hash(&self) -> String {
        hexadecimal(self.hasher.clone())
    }

    pub(super) fn discard(&self) {
        // It is of no use, and the next run would notice: failing to remove it harms nothing.
        let _ = fs::remove_file(&self.part);
        let _ = Validator::remove(&self.part);
    }

    pub(super) fn finish(self, path: PathBuf, sha256: String) -> Result<Fetched> {
        let kept = self
            .file
            .sync_all()
            .and_then(|()| fs::rename(&self.part, &path));
        kept.with_context(|| format!("cannot write {}", path.display()))?;
        Validator::remove(&self.part)?;
        let size = BinaryBytes(self.length);
        let promised = if self.source.sha256.is_some() {
            ", SHA-256 as promised"
        } else {
            ""
        };
        self.progress
            .end(&format!("  {}: {size}{promised}", self.source.shown));
        Ok(Fetched {
            path,
            sha256,
            bytes: self.length,
        })
    }
}

fn passing(why: &str) -> Trouble {
    Trouble::Passing(why.to_owned(), None)
}

fn content_range(response: &Response<Body>) -> String {
    let value = response.headers().get("Content-Range");
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned()
}

/// The first byte's position in `bytes 5-9/10`.
fn starts_at(range: &str) -> Option<u64> {
    range
        .strip_prefix("bytes ")?
        .split('-')
        .next()?
        .parse()
        .ok()
}

/// All bytes of the file in `bytes 5-9/10` and `bytes */10`.
fn all_of(range: &str) -> Option<u64> {
    range
        .strip_prefix("bytes ")?
        .split_once('/')?
        .1
        .parse()
        .ok()
}

/// Hashes the rest of a file and returns its length.
pub(super) fn feed(file: &mut File, hasher: &mut Sha256) -> io::Result<u64> {
    let mut buffer = vec![0; 1 << 18];
    let mut length = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(length);
        }
        hasher.update(&buffer[..read]);
        length += read as u64;
    }
}

pub(crate) fn hexadecimal(hasher: Sha256) -> String {
    hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
