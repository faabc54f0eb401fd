//! `cargo xtask setup`: provisions libtorch into `.libtorch/`.
//!
//! The registry's own wheels are taken, because they exist wherever Python's `pip` works: pip is
//! asked for addresses and hashes, we download (resumably), verify, and unpack only what a Rust
//! program needs. Everything is prepared in `.libtorch.part/` and appears by one rename.

mod gpu;
mod installed;
mod own;
mod pip;
mod provision;
mod unpack;
mod wheel;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Error, Result, anyhow, bail};
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use self::installed::Installed;
pub(crate) use self::own::Libtorch;
use crate::workspace;

/// The libtorch this workspace is built for (with tch 0.24).
const VERSION: &str = "2.11.0";

#[derive(Args)]
pub(crate) struct Options {
    /// Which part of libtorch: `auto` takes CUDA where a GPU and its driver can run it
    #[arg(long, value_enum, default_value_t = Choice::Auto)]
    variant: Choice,
    /// Provision anew even where libtorch is there already
    #[arg(long)]
    force: bool,
    /// Fill this folder instead of `.libtorch`; use it later by `LIBTORCH=<DIR>`
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Choice {
    Auto,
    Cpu,
    Cuda,
}

/// What of libtorch is installed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Variant {
    Cpu,
    Cuda,
}

impl Variant {
    fn name(self) -> &'static str {
        match self {
            Variant::Cpu => "CPU only",
            Variant::Cuda => "with CUDA",
        }
    }
}

/// The command: as [`ensure`], but it follows the options and says what it found.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let root = workspace::root();
    if options.into.is_none()
        && let Some(own) = own::from_environment(&root)?
    {
        eprintln!("{}: nothing to do. {}", own.described(), own.way_back());
        return Ok(ExitCode::SUCCESS);
    }
    let target = match &options.into {
        Some(folder) => {
            std::path::absolute(folder).with_context(|| format!("--into {}", folder.display()))?
        }
        None => root.join(".libtorch"),
    };
    match installed::look(&target)? {
        // Replacing is removing: only what is certainly no loss.
        Installed::Other => return Err(not_libtorch(&target)),
        Installed::ByHand(_) if options.force && options.into.is_some() => bail!(
            "{} holds a libtorch that was not put there by `cargo xtask setup`: remove it \
             yourself, or name another folder.",
            target.display()
        ),
        _ => {}
    }
    if !options.force
        && let Some(found) = accepted(&target, options.variant)?
    {
        eprintln!("{found}: nothing to do.");
        return Ok(ExitCode::SUCCESS);
    }
    let replaced = provision::provision(&target, options.variant, options.force)?;
    if replaced && options.into.is_none() {
        forget_former(&root);
    }
    Ok(ExitCode::SUCCESS)
}

/// Sees to it that libtorch is there, whoever provides it, and says where.
pub(crate) fn ensure(root: &Path) -> Result<Libtorch> {
    if let Some(own) = own::from_environment(root)? {
        return Ok(own);
    }
    let target = root.join(".libtorch");
    if accepted(&target, Choice::Auto)?.is_none()
        && provision::provision(&target, Choice::Auto, false)?
    {
        forget_former(root);
    }
    Ok(Libtorch::ours(target))
}

/// What is in `target`, in words, if it will do.
fn accepted(target: &Path, wanted: Choice) -> Result<Option<String>> {
    Ok(match installed::look(target)? {
        Installed::Nothing | Installed::Broken => None,
        Installed::Other => return Err(not_libtorch(target)),
        Installed::ByUs(marker) => {
            let right = marker.libtorch == VERSION
                && match wanted {
                    Choice::Auto => true,
                    Choice::Cpu => marker.variant == Variant::Cpu,
                    Choice::Cuda => marker.variant == Variant::Cuda,
                };
            right.then(|| {
                let what = marker.variant.name();
                format!("libtorch {VERSION} ({what}) is in {}", target.display())
            })
        }
        Installed::ByHand(Some(version)) if own::fits(&version) => Some(format!(
            "libtorch {version}, put there by hand, is in {}",
            target.display()
        )),
        Installed::ByHand(version) => bail!(
            "{} holds libtorch {}, and this workspace needs {VERSION}. It was not put there by \
             `cargo xtask setup`, so it is left alone: `cargo xtask setup --force` replaces it.",
            target.display(),
            version.as_deref().unwrap_or("of an unknown version"),
        ),
    })
}

/// Lets everything that was linked with another libtorch in the same place be linked anew: cargo
/// does not look there, and the parts have their libraries in different folders.
fn forget_former(root: &Path) {
    for profile in ["dev", "release"] {
        let mut clean = workspace::cargo();
        clean
            .current_dir(root)
            .args(["clean", "--quiet", "-p", "torch-sys", "--profile", profile]);
        let cleaned = clean.status().is_ok_and(|status| status.success());
        if !cleaned {
            eprintln!(
                "`{}` failed: run `cargo clean` before you build.",
                workspace::shown(&clean)
            );
        }
    }
}

fn not_libtorch(target: &Path) -> Error {
    anyhow!(
        "{} exists and is no libtorch folder, so it is left alone: move it away, or remove it",
        target.display()
    )
}
