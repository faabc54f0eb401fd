//! Takes everything out of a zip that may hold anything.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use zip::ZipArchive;
use zip::result::ZipError;

use super::provenance::FileRecord;
use crate::download::{Means, Progress, hexadecimal, require, unwritten};

/// What an archive may come to.
pub(super) struct Limits {
    /// All files together, unpacked.
    pub(super) bytes: u64,
    pub(super) members: usize,
}

impl Limits {
    pub(super) const USUAL: Limits = Limits {
        bytes: u64::MAX,
        members: 100_000,
    };
}

pub(super) struct Unpacked {
    pub(super) files: Vec<FileRecord>,
    pub(super) comment: Option<String>,
}

/// The archive itself is at fault, and will be each time.
#[derive(Debug)]
pub(super) struct BadArchive {
    path: PathBuf,
    why: String,
}

impl BadArchive {
    pub(super) fn new(path: &Path, why: impl Into<String>) -> BadArchive {
        BadArchive {
            path: path.to_owned(),
            why: why.into(),
        }
    }
}

impl fmt::Display for BadArchive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is refused: {}", self.path.display(), self.why)
    }
}

impl std::error::Error for BadArchive {}

/// A member that is to be written.
struct Member {
    index: usize,
    /// From the folder, with slashes.
    path: String,
    bytes: u64,
    is_folder: bool,
}

/// Unpacks into `tree`, which must not exist. Where all lies in one folder, that folder becomes `tree`.
///
/// Nothing is written before every name and size was looked at. Refused are names that lead elsewhere, links, members
/// that come twice, and more bytes than `limits` or than the member announces.
pub(super) fn unpack(path: &Path, tree: &Path, limits: &Limits, means: &Means) -> Result<Unpacked> {
    let bad = |why: String| BadArchive::new(path, why);
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| fault(path, error))?;
    let members = look(path, &mut archive, limits)?;
    let total = members.iter().map(|member| member.bytes).sum();
    fs::create_dir_all(tree).with_context(|| format!("cannot make {}", tree.display()))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    require(means.disk, tree, total, &format!("{name}, unpacked,"))?;

    let mut progress = Progress::new(&format!("unpacking {name}"));
    progress.begin(Some(total), 0);
    let mut files = Vec::with_capacity(members.len());
    for member in members {
        let to = tree.join(&member.path);
        let folder = if member.is_folder {
            Some(to.as_path())
        } else {
            to.parent()
        };
        if let Some(folder) = folder {
            fs::create_dir_all(folder).map_err(|error| clash(path, &member, folder, error))?;
        }
        if member.is_folder {
            continue;
        }
        let entry = archive
            .by_index(member.index)
            .map_err(|error| fault(path, error))?;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&to)
            .map_err(|error| clash(path, &member, &to, error))?;
        let mut hasher = Sha256::new();
        let mut written = 0;
        // One byte more, to see whether there is one.
        let mut entry = entry.take(member.bytes.saturating_add(1));
        let mut buffer = vec![0; 1 << 18];
        loop {
            means.interrupt.check()?;
            let read = entry
                .read(&mut buffer)
                .map_err(|error| bad(format!("{} is damaged ({error})", member.path)))?;
            if read == 0 {
                break;
            }
            written += read as u64;
            if written > member.bytes {
                let announced = member.bytes;
                let why = format!(
                    "{} is longer than the {announced} bytes it announces",
                    member.path
                );
                return Err(bad(why).into());
            }
            means
                .disk
                .write(&mut file, &buffer[..read])
                .map_err(|error| unwritten(error, &to))?;
            hasher.update(&buffer[..read]);
            progress.advance(read as u64);
        }
        if written < member.bytes {
            let why = format!(
                "{} ends after {written} of {} bytes",
                member.path, member.bytes
            );
            return Err(bad(why).into());
        }
        file.sync_all()
            .with_context(|| format!("cannot write {}", to.display()))?;
        files.push(FileRecord {
            path: member.path,
            bytes: written,
            sha256: hexadecimal(hasher),
        });
    }
    progress.end(&format!("  {name}: {} files unpacked", files.len()));
    let comment = String::from_utf8_lossy(archive.comment()).trim().to_owned();
    Ok(Unpacked {
        files,
        comment: (!comment.is_empty() && comment.len() <= 200).then_some(comment),
    })
}

/// Every member, once all of them are fit to be written.
fn look(
    path: &Path,
    archive: &mut ZipArchive<BufReader<File>>,
    limits: &Limits,
) -> Result<Vec<Member>> {
    let bad = |why: String| BadArchive::new(path, why);
    if archive.len() > limits.members {
        let (members, limit) = (archive.len(), limits.members);
        return Err(bad(format!(
            "it has {members} members, and {limit} would be many"
        ))
        .into());
    }
    let mut members = Vec::with_capacity(archive.len());
    let mut names = BTreeSet::new();
    let mut total: u64 = 0;
    for index in 0..archive.len() {
        let entry = archive
            .by_index_raw(index)
            .map_err(|error| fault(path, error))?;
        let name = entry
            .name()
            .map_err(|error| fault(path, error))?
            .into_owned();
        if entry.is_symlink() {
            return Err(bad(format!("{name:?} is a link, which could lead anywhere")).into());
        }
        let inside = inside(&name).ok_or_else(|| {
            bad(format!(
                "{name:?} leads out of the folder it is unpacked into"
            ))
        })?;
        if is_clutter(&inside) {
            continue;
        }
        if !entry.is_dir() && !names.insert(inside.clone()) {
            return Err(bad(format!("{inside} is in it twice")).into());
        }
        total = total.saturating_add(entry.size());
        members.push(Member {
            index,
            path: inside,
            bytes: entry.size(),
            is_folder: entry.is_dir(),
        });
    }
    if total > limits.bytes {
        let limit = limits.bytes;
        return Err(bad(format!(
            "unpacked it has {total} bytes, and {limit} would be many"
        ))
        .into());
    }
    if members.iter().all(|member| member.is_folder) {
        return Err(bad("there is no file in it".to_owned()).into());
    }
    Ok(without_top(members))
}

/// A member's path if it stays in the folder it is unpacked into, on any system; with slashes only.
fn inside(name: &str) -> Option<String> {
    // Some Windows programs write backslashes.
    let name = name.replace('\\', "/");
    if name.starts_with('/') || name.contains([':', '\0']) {
        return None;
    }
    let name = name.strip_suffix('/').unwrap_or(&name);
    let parts: Vec<&str> = name.split('/').filter(|part| *part != ".").collect();
    let fit = !parts.is_empty() && parts.iter().all(|part| !part.is_empty() && *part != "..");
    fit.then(|| parts.join("/"))
}

/// What macOS puts beside every file.
fn is_clutter(path: &str) -> bool {
    path == "__MACOSX" || path.starts_with("__MACOSX/") || path.ends_with(".DS_Store")
}

/// Takes away the one folder that holds everything, if there is one.
fn without_top(mut members: Vec<Member>) -> Vec<Member> {
    let top = |member: &Member| {
        let path = member.path.as_str();
        let top = path.split('/').next().unwrap_or_default().to_owned();
        (member.is_folder || top.len() < path.len()).then_some(top)
    };
    let Some(first) = members.first().and_then(top) else {
        return members;
    };
    if members
        .iter()
        .any(|member| top(member).as_ref() != Some(&first))
    {
        return members;
    }
    members.retain(|member| member.path != first);
    for member in &mut members {
        member.path.drain(..=first.len());
    }
    members
}

/// The zip's reader is at odds with the archive, or the disk with the reader.
fn fault(path: &Path, error: ZipError) -> anyhow::Error {
    match error {
        ZipError::Io(error)
            if error.kind() != ErrorKind::UnexpectedEof
                && error.kind() != ErrorKind::InvalidData =>
        {
            anyhow::Error::new(error).context(format!("cannot read {}", path.display()))
        }
        error => BadArchive::new(path, format!("it is no whole zip ({error})")).into(),
    }
}

/// Two members want the same place; or the disk has none.
fn clash(path: &Path, member: &Member, to: &Path, error: io::Error) -> anyhow::Error {
    let twice = matches!(
        error.kind(),
        ErrorKind::AlreadyExists | ErrorKind::NotADirectory | ErrorKind::IsADirectory
    );
    if twice {
        let why = format!("{} is in it twice, or where another file is", member.path);
        return BadArchive::new(path, why).into();
    }
    unwritten(error, to)
}
