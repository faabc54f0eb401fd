//! Fetches a wheel: resumable, patient, verified.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Error, Result, anyhow, bail};
use sha2::{Digest as _, Sha256};
use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use super::pip::{Wheel, percent_decoded};
use super::transfer::{Transfer, Trouble, feed, hexadecimal};

/// How much trouble is borne.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    /// Failures in a row, without getting any further between them.
    pub(super) failures: u32,
    /// The first pause; each next one is twice as long, up to half a minute.
    pub(super) pause: Duration,
    /// How long a server may say nothing.
    pub(super) silence: Duration,
}

impl Patience {
    pub(super) const USUAL: Patience = Patience {
        failures: 6,
        pause: Duration::from_secs(1),
        silence: Duration::from_secs(30),
    };
}

/// A client that trusts what the system trusts (or what pip is told to trust, by `PIP_CERT`) and
/// takes the proxies of the environment.
pub(super) fn client(patience: &Patience) -> Result<Agent> {
    let roots = match env::var_os("PIP_CERT").filter(|path| !path.is_empty()) {
        None => RootCerts::PlatformVerifier,
        Some(path) => {
            let path = PathBuf::from(path);
            let named = || format!("PIP_CERT names {}, which is not readable", path.display());
            let pem = fs::read(&path).with_context(named)?;
            let certificates = parse_pem(&pem).filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) => Some(certificate),
                _ => None,
            });
            RootCerts::Specific(Arc::new(certificates.collect()))
        }
    };
    Ok(Agent::config_builder()
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .http_status_as_error(false)
        // A compressed answer would make nonsense of byte ranges.
        .accept_encoding("identity")
        .timeout_resolve(Some(patience.silence))
        .timeout_connect(Some(patience.silence))
        .timeout_recv_response(Some(patience.silence))
        .timeout_per_read(Some(patience.silence))
        .build()
        .new_agent())
}

/// Fetches `wheel` into `folder` and returns its path and its SHA-256.
///
/// What an interrupted run left in `<file>.part` is taken up again.
pub(super) fn fetch(
    client: &Agent,
    wheel: &Wheel,
    folder: &Path,
    patience: &Patience,
) -> Result<(PathBuf, String)> {
    let path = folder.join(&wheel.file);
    if path.is_file() {
        let found = sha256_of(&path)?;
        if wheel
            .sha256
            .as_ref()
            .is_none_or(|expected| *expected == found)
        {
            eprintln!("  {}: fetched before, and whole", wheel.file);
            return Ok((path, found));
        }
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    if let Some(local) = wheel.url.strip_prefix("file://") {
        return copy(wheel, local, path);
    }

    let mut transfer = Transfer::open(wheel, folder)?;
    let (mut failures, mut furthest, mut anew) = (0, transfer.length, false);
    loop {
        match transfer.request(client) {
            Ok(()) => {
                let found = transfer.hash();
                if wheel
                    .sha256
                    .as_ref()
                    .is_none_or(|expected| *expected == found)
                {
                    return transfer.finish(&path, found);
                }
                if !transfer.pieced || anew {
                    transfer.discard();
                    return Err(mismatch(wheel, &found));
                }
                // Pieces of different days or servers need not fit: once, all of it anew.
                transfer
                    .progress
                    .note("  the pieces do not fit together: fetching it all anew");
                transfer.restart()?;
                (furthest, anew) = (0, true);
            }
            Err(Trouble::Lasting(error)) => return Err(error),
            Err(Trouble::Passing(why)) => {
                // Further than ever, not only further than at the start of this request: a server
                // that cannot resume and always breaks off must come to an end too.
                failures = if transfer.length > furthest {
                    1
                } else {
                    failures + 1
                };
                furthest = furthest.max(transfer.length);
                if failures >= patience.failures {
                    bail!(
                        "gave up on {} after {failures} failures in a row ({why}). \
                         {} bytes are kept: run `cargo xtask setup` again to go on from there.",
                        wheel.url,
                        transfer.length,
                    );
                }
                let pause = patience.pause * 2_u32.pow(failures - 1);
                let pause = pause.min(Duration::from_secs(30));
                let again = pause.as_secs_f64();
                transfer
                    .progress
                    .note(&format!("  {why}; trying again in {again:.0} s"));
                thread::sleep(pause);
            }
        }
    }
}

fn mismatch(wheel: &Wheel, found: &str) -> Error {
    anyhow!(
        "{} is not what the package index promises: SHA-256 {} expected, {found} found. It was \
         thrown away. Run `cargo xtask setup` again; if that does not help, a proxy or mirror \
         between here and {} changes files.",
        wheel.file,
        wheel.sha256.as_deref().unwrap_or("none"),
        wheel.url,
    )
}

/// A wheel from a folder of the user's own.
fn copy(wheel: &Wheel, local: &str, path: PathBuf) -> Result<(PathBuf, String)> {
    let local = percent_decoded(local);
    // On Windows the address is file:///C:/…
    let local = if cfg!(windows) {
        local.trim_start_matches('/')
    } else {
        &local
    };
    let part = path.with_added_extension("part");
    fs::copy(local, &part).with_context(|| format!("cannot copy {local} to {}", part.display()))?;
    let found = sha256_of(&part)?;
    if wheel
        .sha256
        .as_ref()
        .is_some_and(|expected| *expected != found)
    {
        let _ = fs::remove_file(&part);
        return Err(mismatch(wheel, &found));
    }
    fs::rename(&part, &path).with_context(|| format!("cannot write {}", path.display()))?;
    eprintln!("  {}: copied from {local}", wheel.file);
    Ok((path, found))
}

fn sha256_of(path: &Path) -> Result<String> {
    let named = || format!("cannot read {}", path.display());
    let mut hasher = Sha256::new();
    let mut file = File::open(path).with_context(named)?;
    feed(&mut file, &mut hasher).with_context(named)?;
    Ok(hexadecimal(hasher))
}

#[cfg(test)]
#[path = "download_tests.rs"]
mod tests;
