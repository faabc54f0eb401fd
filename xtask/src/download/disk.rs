//! What is asked of a disk, in one place, so that tests can have one that is full.

use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use anyhow::{Context as _, Error, Result, anyhow, bail};
use indicatif::BinaryBytes;

/// Left free: a system with a full disk has other troubles than ours.
const RESERVE: u64 = 64 << 20;

pub(crate) trait Disk {
    /// Bytes a user may still write at this place.
    fn free(&self, folder: &Path) -> io::Result<u64>;

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()>;
}

pub(crate) struct RealDisk;

impl Disk for RealDisk {
    fn free(&self, folder: &Path) -> io::Result<u64> {
        fs4::available_space(folder)
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }
}

/// Refuses early what the disk cannot take. Where a system does not tell, it is found out late.
pub(crate) fn require(disk: &dyn Disk, folder: &Path, bytes: u64, what: &str) -> Result<()> {
    let Ok(free) = disk.free(folder) else {
        return Ok(());
    };
    if free < bytes.saturating_add(RESERVE) {
        bail!(
            "{} has {} free, and {what} takes {} more: free some, or take another folder",
            folder.display(),
            BinaryBytes(free),
            BinaryBytes(bytes),
        );
    }
    Ok(())
}

/// What a failed write means to the user.
pub(crate) fn unwritten(error: io::Error, path: &Path) -> Error {
    let full = matches!(
        error.kind(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded
    );
    let error = Err::<(), _>(error).with_context(|| format!("cannot write {}", path.display()));
    let error = error
        .err()
        .unwrap_or_else(|| anyhow!("cannot write {}", path.display()));
    if full {
        return error.context(
            "the disk is full. What came so far is kept: free some space, then run the same command again",
        );
    }
    error
}
