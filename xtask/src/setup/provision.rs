//! From nothing to a libtorch folder, or to no change at all.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::installed::{Marker, Unpacked};
use super::{Choice, VERSION, Variant, gpu, pip, unpack, wheel};
use crate::download::{
    Client, Fetched, Interrupt, Means, Patience, Plain, RealDisk, hold, put, remove,
};

/// Fills `target`, says how it goes, and returns whether another libtorch was there before.
///
/// Everything is prepared beside it, in `<target>.part`, and kept there when interrupted. One run at
/// a time works there; another waits for it and finds the work done.
pub(super) fn provision(target: &Path, wanted: Choice, force: bool) -> Result<bool> {
    let part = beside(target);
    fs::create_dir_all(&part).with_context(|| format!("cannot make {}", part.display()))?;
    let lock = part.join("lock");
    let _held = hold(&lock, "setup")?;
    // The run we waited for, or one that ended a moment ago, may have done it.
    if !force && let Some(found) = super::accepted(target, wanted)? {
        eprintln!("{found}.");
        return Ok(false);
    }

    let variant = choose(wanted)?;
    let what = variant.name();
    eprintln!(
        "Providing libtorch {VERSION} ({what}) in {}",
        target.display()
    );
    require_space(&part, variant)?;
    eprintln!("  asking pip where it is");
    let wheels = pip::wheels(variant)?;

    let patience = Patience::USUAL;
    let means = Means {
        // The index chooses the addresses, as it does for pip.
        client: &Client::new(&patience, Plain::Anywhere, None)?,
        patience,
        disk: &RealDisk,
        // Nobody sets it: Ctrl-C ends the program, and what came is in a part file.
        interrupt: &Interrupt::default(),
    };
    let mut paths = Vec::with_capacity(wheels.len());
    let mut unpacked = Vec::with_capacity(wheels.len());
    for wheel in &wheels {
        let Fetched { path, sha256, .. } = wheel::fetch(wheel, &part, &means)?;
        paths.push(path);
        unpacked.push(Unpacked {
            file: wheel.file.clone(),
            sha256,
        });
    }

    let tree = part.join("tree");
    remove(&tree)?;
    unpack::unpack(&paths, variant, &tree)?;
    Marker {
        libtorch: VERSION.to_owned(),
        variant,
        wheels: unpacked,
    }
    .write(&tree)?;
    let replaced = put(&tree, target, &part.join("replaced"))?;

    // The lock file stays: removing it would let a waiting run and a new one work side by side.
    for path in &paths {
        fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    eprintln!("libtorch {VERSION} ({what}) is in {}.", target.display());
    Ok(replaced)
}

fn beside(target: &Path) -> PathBuf {
    let mut name = target
        .file_name()
        .map_or_else(|| OsString::from("libtorch"), OsString::from);
    name.push(".part");
    target.with_file_name(name)
}

fn choose(wanted: Choice) -> Result<Variant> {
    match wanted {
        Choice::Cpu => Ok(Variant::Cpu),
        Choice::Cuda if cfg!(target_os = "linux") => Ok(Variant::Cuda),
        Choice::Cuda => bail!(
            "this platform's wheel of libtorch {VERSION} has no CUDA: take `--variant cpu`, or set \
             LIBTORCH to a CUDA build of libtorch {VERSION}"
        ),
        Choice::Auto => {
            let (variant, why) = gpu::suitable();
            eprintln!("libtorch {VERSION}, {}: {why}.", variant.name());
            Ok(variant)
        }
    }
}

/// Refuses early where the disk cannot take it. A system without `df` finds out late.
fn require_space(folder: &Path, variant: Variant) -> Result<()> {
    let needed_mib: u64 = match variant {
        Variant::Cpu => 1_600,
        Variant::Cuda => 8_000,
    };
    // Bytes a former run left are part of the sum.
    let there: u64 = fs::read_dir(folder)
        .map(|entries| {
            entries
                .flatten()
                .filter_map(|e| e.metadata().ok())
                .map(|m| m.len())
                .sum()
        })
        .unwrap_or(0);
    let Ok(output) = Command::new("df").arg("-Pk").arg(folder).output() else {
        return Ok(());
    };
    let Some(free_mib) = free_mib(&String::from_utf8_lossy(&output.stdout)) else {
        return Ok(());
    };
    if free_mib + (there >> 20) < needed_mib {
        bail!(
            "{} has {free_mib} MiB free, and libtorch ({}) takes up to {needed_mib} MiB while it \
             is unpacked: free some, or set LIBTORCH to a libtorch {VERSION} elsewhere",
            folder.display(),
            variant.name(),
        );
    }
    Ok(())
}

/// The fourth column of POSIX `df -Pk`.
fn free_mib(answer: &str) -> Option<u64> {
    let free: u64 = answer
        .lines()
        .nth(1)?
        .split_whitespace()
        .nth(3)?
        .parse()
        .ok()?;
    Some(free >> 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_space_by_df() {
        let answer = "Filesystem     1024-blocks     Used Available Capacity Mounted on\n\
                      /dev/vda         264212084 16198416  79087472      17% /\n";
        assert_eq!(free_mib(answer), Some(77_233));
        assert_eq!(free_mib(""), None);
    }

    #[test]
    fn the_workshop_is_beside() {
        assert_eq!(
            beside(Path::new("/a/.libtorch")),
            Path::new("/a/.libtorch.part")
        );
    }
}
