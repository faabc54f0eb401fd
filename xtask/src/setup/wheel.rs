//! Brings a wheel here: from the index's address, or from a folder of the user's own.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::VERSION;
use super::pip::{Wheel, percent_decoded};
use crate::download::{self, Fetched, Means, Source, sha256_of};

/// No wheel is larger.
const LARGEST: u64 = 4 << 30;

/// Fetches `wheel` into `folder`.
pub(super) fn fetch(wheel: &Wheel, folder: &Path, means: &Means) -> Result<Fetched> {
    let way_out = format!(
        "See that `python3 -m pip download --no-deps` works for it, or set LIBTORCH to a folder with libtorch {VERSION}."
    );
    let source = Source {
        file: &wheel.file,
        shown: &wheel.file,
        url: &wheel.url,
        sha256: wheel.sha256.as_deref(),
        largest: LARGEST,
        way_out: &way_out,
        again: "cargo xtask setup",
    };
    match wheel.url.strip_prefix("file://") {
        Some(local) if !folder.join(&wheel.file).is_file() => copy(&source, local, folder),
        _ => download::fetch(&source, folder, means),
    }
}

fn copy(source: &Source, local: &str, folder: &Path) -> Result<Fetched> {
    let path = folder.join(source.file);
    let local = percent_decoded(local);
    // On Windows the address is file:///C:/…
    let local = if cfg!(windows) {
        local.trim_start_matches('/')
    } else {
        &local
    };
    let part = path.with_added_extension("part");
    fs::copy(local, &part).with_context(|| format!("cannot copy {local} to {}", part.display()))?;
    let (sha256, bytes) = sha256_of(&part)?;
    if source.sha256.is_some_and(|expected| *expected != sha256) {
        let _ = fs::remove_file(&part);
        return Err(source.mismatch(&sha256));
    }
    fs::rename(&part, &path).with_context(|| format!("cannot write {}", path.display()))?;
    eprintln!("  {}: copied from {local}", source.file);
    Ok(Fetched {
        path,
        sha256,
        bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::download::{Client, Interrupt, Patience, Plain, RealDisk};

    #[test]
    fn a_wheel_of_the_users_own_folder() {
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("my wheel.whl");
        fs::write(&local, "a wheel").unwrap();
        let sha256 = sha256_of(&local).unwrap().0;
        let address = local
            .to_string_lossy()
            .replace('\\', "/")
            .replace(' ', "%20");
        let wheel = Wheel {
            package: "torch".into(),
            file: "torch-2.11.0.whl".into(),
            url: format!("file:///{}", address.trim_start_matches('/')),
            sha256: Some(sha256.clone()),
        };
        let means = Means {
            client: &Client::new(&Patience::USUAL, Plain::Nowhere, None).unwrap(),
            patience: Patience::USUAL,
            disk: &RealDisk,
            interrupt: &Interrupt::default(),
        };
        for _ in 0..2 {
            let fetched = fetch(&wheel, folder.path(), &means).unwrap();
            assert_eq!(fs::read(&fetched.path).unwrap(), b"a wheel");
            assert_eq!((fetched.sha256, fetched.bytes), (sha256.clone(), 7));
        }

        fs::remove_file(folder.path().join(&wheel.file)).unwrap();
        fs::write(&local, "wrong").unwrap();
        let found = sha256_of(&local).unwrap().0;
        let error = format!("{:#}", fetch(&wheel, folder.path(), &means).unwrap_err());
        for reason in ["SHA-256", &sha256, &found, "cargo xtask setup"] {
            assert!(error.contains(reason), "{error}");
        }
        assert!(!folder.path().join(&wheel.file).exists());
    }
}
