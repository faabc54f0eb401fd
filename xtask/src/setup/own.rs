//! A libtorch the user brings: `LIBTORCH=<folder>` or `LIBTORCH_USE_PYTORCH=1`.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::{VERSION, installed};

/// A libtorch that is there and fits.
#[derive(Debug)]
pub(crate) struct Libtorch {
    source: Source,
    version: String,
}

#[derive(Debug)]
enum Source {
    /// A folder with `include/` and `lib/`: ours, or the one `LIBTORCH` names.
    Folder { folder: PathBuf, ours: bool },
    /// The package `torch` of the Python in the path; its library folder.
    Python { lib: PathBuf },
}

impl Libtorch {
    pub(super) fn ours(folder: PathBuf) -> Libtorch {
        Libtorch {
            source: Source::Folder { folder, ours: true },
            version: VERSION.to_owned(),
        }
    }

    pub(super) fn described(&self) -> String {
        let version = &self.version;
        match &self.source {
            Source::Folder { folder, .. } => {
                format!("libtorch {version} is in {}", folder.display())
            }
            Source::Python { lib } => {
                format!("Python's libtorch {version} is in {}", lib.display())
            }
        }
    }

    pub(super) fn way_back(&self) -> &'static str {
        match &self.source {
            Source::Folder { ours: true, .. } => "",
            Source::Folder { .. } => "(LIBTORCH names it; unset it to let setup provide one.)",
            Source::Python { .. } => {
                "(LIBTORCH_USE_PYTORCH asks for it; unset it to let setup provide one.)"
            }
        }
    }

    /// Gives a child process what it needs to build with this libtorch and to run.
    ///
    /// On Linux and macOS the programs know by their run path where it is; Windows looks in `PATH`.
    pub(crate) fn tell(&self, command: &mut Command) -> Result<()> {
        let lib = match &self.source {
            Source::Folder { folder, .. } => {
                command.env("LIBTORCH", folder);
                folder.join("lib")
            }
            Source::Python { lib } => lib.clone(),
        };
        if without_build(&self.version) != VERSION {
            // A patch of 2.11 has the same interface, but torch-sys wants its own number exactly.
            command.env("LIBTORCH_BYPASS_VERSION_CHECK", "1");
        }
        if cfg!(windows) {
            let path = env::var_os("PATH").unwrap_or_default();
            let folders = std::iter::once(lib).chain(env::split_paths(&path));
            command.env(
                "PATH",
                env::join_paths(folders).context("libtorch's folder in PATH")?,
            );
        }
        Ok(())
    }
}

/// The libtorch that the environment asks for, if any; an error where it does not fit.
pub(super) fn from_environment(root: &Path) -> Result<Option<Libtorch>> {
    // torch-sys looks at it first, and only at whether it is set.
    if env::var_os("LIBTORCH_USE_PYTORCH").is_some() {
        return of_python(&python()).map(Some);
    }
    match env::var_os("LIBTORCH") {
        Some(folder) if !folder.is_empty() => of_folder(root, &folder),
        _ => Ok(None),
    }
}

/// The interpreter torch-sys would call.
pub(super) fn python() -> PathBuf {
    let name = if cfg!(windows) {
        "python.exe"
    } else if env::var_os("VIRTUAL_ENV").is_some() {
        "python"
    } else {
        "python3"
    };
    PathBuf::from(name)
}

/// Whether a libtorch of this version works here.
pub(super) fn fits(version: &str) -> bool {
    let needed: Vec<&str> = VERSION.split('.').take(2).collect();
    let found: Vec<&str> = without_build(version).split('.').take(2).collect();
    needed == found
}

/// `2.11.0+cu130` as `2.11.0`.
fn without_build(version: &str) -> &str {
    version
        .split_once('+')
        .map_or(version, |(number, _)| number)
}

fn of_folder(root: &Path, named: &OsString) -> Result<Option<Libtorch>> {
    let folder = std::path::absolute(named).context("LIBTORCH")?;
    let ours = root.join(".libtorch");
    // Cargo sets LIBTORCH to our own folder for everything it runs: that is not the user's wish.
    let same = folder == ours
        || matches!((folder.canonicalize(), ours.canonicalize()), (Ok(a), Ok(b)) if a == b);
    if same {
        return Ok(None);
    }
    let shown = folder.display();
    if !folder.join("lib").is_dir() || !folder.join("include").is_dir() {
        bail!(
            "LIBTORCH is {shown}, which lacks `lib/` or `include/`. Name a libtorch {VERSION} \
             folder that has both, or unset LIBTORCH to let `cargo xtask setup` provide one."
        );
    }
    let Some(version) = installed::version(&folder) else {
        bail!(
            "LIBTORCH is {shown}, which does not tell its version: neither `build-version` nor \
             `version.h` is there. This workspace needs {VERSION}: name another folder, or unset \
             LIBTORCH to let `cargo xtask setup` provide one."
        );
    };
    let libtorch = Libtorch {
        source: Source::Folder {
            folder: folder.clone(),
            ours: false,
        },
        version,
    };
    refuse_misfit(&libtorch, &format!("LIBTORCH is {shown}"), "unset LIBTORCH")?;
    Ok(Some(libtorch))
}

fn of_python(python: &Path) -> Result<Libtorch> {
    const ASK: &str = "import os, torch\nprint(torch.__version__)\n\
                       print(os.path.join(os.path.dirname(torch.__file__), 'lib'))";
    let program = python.display();
    let output = Command::new(python).args(["-c", ASK]).output().with_context(|| {
        format!("LIBTORCH_USE_PYTORCH is set, but `{program}` did not start: install Python, or unset it")
    })?;
    let answer = String::from_utf8_lossy(&output.stdout);
    let mut lines = answer.lines();
    let (true, Some(version), Some(lib)) = (output.status.success(), lines.next(), lines.next())
    else {
        let why = String::from_utf8_lossy(&output.stderr);
        let why = why
            .trim()
            .lines()
            .last()
            .unwrap_or("it said nothing")
            .to_owned();
        bail!(
            "LIBTORCH_USE_PYTORCH is set, but `{program}` cannot import torch ({why}). Run \
             `{program} -m pip install torch=={VERSION}`, or unset LIBTORCH_USE_PYTORCH to let \
             `cargo xtask setup` provide libtorch."
        );
    };
    let libtorch = Libtorch {
        source: Source::Python {
            lib: PathBuf::from(lib),
        },
        version: version.to_owned(),
    };
    let found = format!("LIBTORCH_USE_PYTORCH is set and `{program}` has torch");
    refuse_misfit(&libtorch, &found, "unset LIBTORCH_USE_PYTORCH")?;
    Ok(libtorch)
}

fn refuse_misfit(libtorch: &Libtorch, found: &str, way_out: &str) -> Result<()> {
    let version = &libtorch.version;
    if fits(version) {
        return Ok(());
    }
    if env::var_os("LIBTORCH_BYPASS_VERSION_CHECK").is_some() {
        eprintln!(
            "{found}, version {version}, not {VERSION}: taken, as LIBTORCH_BYPASS_VERSION_CHECK asks."
        );
        return Ok(());
    }
    bail!(
        "{found}, version {version}, and this workspace needs {VERSION}: {way_out} to let \
         `cargo xtask setup` provide it, or bring libtorch {VERSION}."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_fit() {
        for (version, expected) in [
            ("2.11.0", true),
            ("2.11.0+cu130", true),
            ("2.11.1", true),
            ("2.1.1", false),
            ("2.110.0", false),
            ("3.11.0", false),
            ("2", false),
            ("", false),
        ] {
            assert_eq!(fits(version), expected, "{version}");
        }
    }
}
