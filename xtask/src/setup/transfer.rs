//! One wheel on its way: a part file that grows by one request after another.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Error, Result, anyhow};
use indicatif::BinaryBytes;
use sha2::{Digest as _, Sha256};
use ureq::Agent;
use ureq::http::StatusCode;

use super::pip::Wheel;
use super::progress::Progress;

/// No wheel is larger; a server that goes on sending is stopped here.
const LARGEST: u64 = 4 << 30;

/// What went wrong: it may pass, or asking again is no use.
pub(super) enum Trouble {
    Passing(String),
    Lasting(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        Trouble::Lasting(error)
    }
}

/// A download under way.
pub(super) struct Transfer<'a> {
    wheel: &'a Wheel,
    part: PathBuf,
    file: File,
    hasher: Sha256,
    pub(super) length: u64,
    /// More than one request contributed.
    pub(super) pieced: bool,
    pub(super) progress: Progress,
}

impl<'a> Transfer<'a> {
    pub(super) fn open(wheel: &'a Wheel, folder: &Path) -> Result<Transfer<'a>> {
        let part = folder.join(format!("{}.part", wheel.file));
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
        let progress = Progress::new(&wheel.file);
        if length > 0 {
            let there = BinaryBytes(length);
            progress.note(&format!("  {}: going on after {there}", wheel.file));
        }
        Ok(Transfer {
            wheel,
            part,
            file,
            hasher,
            length,
            pieced: false,
            progress,
        })
    }

    /// Asks for what is missing, and writes what comes.
    pub(super) fn request(&mut self, client: &Agent) -> Result<(), Trouble> {
        let mut request = client.get(&self.wheel.url);
        if self.length > 0 {
            request = request.header("Range", format!("bytes={}-", self.length));
        }
        let mut response = request.call().map_err(|error| self.judge(error))?;
        let range = response
            .headers()
            .get("Content-Range")
            .and_then(|v| v.to_str().ok());
        let range = range.map(str::to_owned);
        let status = response.status();
        let announced = response.body().content_length();
        let total = match status {
            StatusCode::PARTIAL_CONTENT => {
                let range = range.unwrap_or_default();
                if starts_at(&range) != Some(self.length) {
                    self.restart()?;
                    let why = format!("the server answered with the wrong part ({range:?})");
                    return Err(Trouble::Passing(why));
                }
                self.pieced = true;
                announced.map(|rest| self.length.saturating_add(rest))
            }
            StatusCode::RANGE_NOT_SATISFIABLE => {
                // Either all of it is here already, or what is here is of no use.
                if range.and_then(|r| r.strip_prefix("bytes */")?.parse().ok()) == Some(self.length)
                {
                    self.pieced = true;
                    return Ok(());
                }
                self.restart()?;
                return Err(Trouble::Passing("the server has no such part".to_owned()));
            }
            StatusCode::OK => {
                if self.length > 0 {
                    self.progress
                        .note("  the server cannot resume: fetching it all anew");
                    self.restart()?;
                }
                announced
            }
            other => return Err(self.refused(other)),
        };
        self.progress.begin(total, self.length);
        self.receive(response.body_mut().as_reader(), total)
    }

    fn receive(&mut self, mut body: impl Read, total: Option<u64>) -> Result<(), Trouble> {
        let mut buffer = vec![0; 1 << 18];
        loop {
            let read = match body.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) => {
                    return Err(Trouble::Passing(format!("the connection broke: {error}")));
                }
            };
            let piece = &buffer[..read];
            self.file
                .write_all(piece)
                .with_context(|| format!("cannot write {}", self.part.display()))?;
            self.hasher.update(piece);
            self.length += read as u64;
            self.progress.advance(read as u64);
            if self.length > LARGEST {
                self.discard();
                let url = &self.wheel.url;
                return Err(anyhow!("{url} sends more than {LARGEST} bytes: not a wheel").into());
            }
        }
        match total {
            Some(total) if self.length < total => Err(Trouble::Passing(format!(
                "the connection closed after {} of {total} bytes",
                self.length
            ))),
            _ => Ok(()),
        }
    }

    /// Which failures of a request may pass by themselves.
    fn judge(&self, error: ureq::Error) -> Trouble {
        let url = &self.wheel.url;
        let text = error.to_string();
        let certificate = matches!(error, ureq::Error::Tls(_) | ureq::Error::Rustls(_))
            || text.contains("certificate");
        if certificate {
            return Trouble::Lasting(anyhow!(
                "{url}: {text}. If a proxy here has a certificate of its own, name the file by \
                 SSL_CERT_FILE or PIP_CERT."
            ));
        }
        match error {
            ureq::Error::Io(_)
            | ureq::Error::Timeout(_)
            | ureq::Error::HostNotFound
            | ureq::Error::ConnectionFailed
            | ureq::Error::Protocol(_) => Trouble::Passing(text),
            other => Trouble::Lasting(Error::new(other).context(format!("cannot fetch {url}"))),
        }
    }

    fn refused(&self, status: StatusCode) -> Trouble {
        let passing = status.is_server_error()
            || matches!(
                status,
                StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
            );
        if passing {
            return Trouble::Passing(format!("the server answered {status}"));
        }
        Trouble::Lasting(anyhow!(
            "the server answered {status} for {}. See that `python3 -m pip download --no-deps` \
             works for it, or set LIBTORCH to a folder with libtorch {}.",
            self.wheel.url,
            super::VERSION,
        ))
    }

    pub(super) fn restart(&mut self) -> Result<()> {
        let emptied = self
            .file
            .set_len(0)
            .and_then(|()| self.file.seek(SeekFrom::Start(0)));
        emptied.with_context(|| format!("cannot empty {}", self.part.display()))?;
        (self.hasher, self.length, self.pieced) = (Sha256::new(), 0, false);
        Ok(())
    }

    pub(super) fn hash(&self) -> String {
        hexadecimal(self.hasher.clone())
    }

    pub(super) fn discard(&self) {
        // It is of no use, and the next run would notice: failing to remove it harms nothing.
        let _ = fs::remove_file(&self.part);
    }

    pub(super) fn finish(self, path: &Path, found: String) -> Result<(PathBuf, String)> {
        let kept = self
            .file
            .sync_all()
            .and_then(|()| fs::rename(&self.part, path));
        kept.with_context(|| format!("cannot write {}", path.display()))?;
        let size = BinaryBytes(self.length);
        self.progress.end(&format!(
            "  {}: {size}, SHA-256 as promised",
            self.wheel.file
        ));
        Ok((path.to_path_buf(), found))
    }
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

pub(super) fn hexadecimal(hasher: Sha256) -> String {
    hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
