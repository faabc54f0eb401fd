//! The peers' own Python environment, `target/bench/venv`.

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use crate::workspace;

/// The file in the environment that says from which requirements it was made.
const STAMP: &str = "requirements.sha256";

/// What the pinned versions need.
const OLDEST_PYTHON: &str = "3.11";

/// Makes the environment unless it is there and up to date; returns its interpreter.
///
/// `how_much` says what is to be fetched for it.
pub(super) fn ensure(folder: &Path, requirements: &Path, how_much: &str) -> Result<PathBuf> {
    let text = fs::read(requirements)
        .with_context(|| format!("cannot read {}", requirements.display()))?;
    let stamp = hash(&text);
    let python = interpreter(folder);
    if is_made_from(folder, &stamp) && python.is_file() {
        return Ok(python);
    }

    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot remove {}", folder.display()));
        }
        _ => {}
    }
    eprintln!("Installing the peers in {} ({how_much}).", folder.display());
    let mut make = Command::new(if cfg!(windows) {
        "python.exe"
    } else {
        "python3"
    });
    make.args(["-m", "venv"]).arg(folder);
    step(&mut make, "install Python 3 with its module venv")?;
    let mut install = Command::new(&python);
    install
        .args(["-m", "pip", "install", "--quiet", "-r"])
        .arg(requirements);
    let way_out = format!(
        "see that pip reaches its index, and that python3 is {OLDEST_PYTHON} or newer, which the \
         versions in {} need",
        requirements.display()
    );
    step(&mut install, &way_out)?;
    // Last, so that an environment made by half is made again.
    let path = folder.join(STAMP);
    fs::write(&path, stamp).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(python)
}

fn step(command: &mut Command, way_out: &str) -> Result<()> {
    let (status, _) = workspace::call(command).with_context(|| way_out.to_owned())?;
    if !status.success() {
        bail!("`{}` failed: {way_out}", workspace::shown(command));
    }
    Ok(())
}

fn interpreter(folder: &Path) -> PathBuf {
    folder.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    })
}

fn is_made_from(folder: &Path, stamp: &str) -> bool {
    fs::read_to_string(folder.join(STAMP)).is_ok_and(|made_from| made_from == stamp)
}

fn hash(text: &[u8]) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(text) {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let requirements = folder.path().join("requirements.txt");
        let venv = folder.path().join("venv");
        fs::write(&requirements, "a==1\n").unwrap();
        fs::create_dir_all(interpreter(&venv).parent().unwrap()).unwrap();
        fs::write(interpreter(&venv), "").unwrap();
        assert!(!is_made_from(&venv, &hash(b"a==1\n")));
        fs::write(venv.join(STAMP), hash(b"a==1\n")).unwrap();
        // An interpreter that is no program: it would fail if it were called.
        assert_eq!(
            ensure(&venv, &requirements, "").unwrap(),
            interpreter(&venv)
        );
        assert!(!is_made_from(&venv, &hash(b"a==2\n")));
    }

    #[test]
    fn hashes_are_hexadecimal() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hash(b""), empty);
    }
}
