//! A data set that is one zip.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::Order;
use super::catalogue::Archive;
use super::memory::Memory;
use super::provenance::{ArchiveRecord, FileRecord, Provenance};
use super::unpack::{self, BadArchive, Limits};
use crate::download::{Source, fetch, remove, sha256_of};

/// Fetches the archive, or takes the user's, and unpacks it; returns the folder that holds all of it.
pub(super) fn bring(
    order: &Order,
    archive: &Archive,
    part: &Path,
    memory: &Memory,
    provenance: &mut Provenance,
) -> Result<PathBuf> {
    provenance.source.clone_from(&archive.url);
    let (path, mut record) = match order.from {
        Some(path) => (path.to_owned(), by_hand(path, provenance)?),
        None => download(order, archive, part, provenance)?,
    };
    for text in doubts(order, archive, memory, &record) {
        provenance.warn(text);
    }
    let tree = part.join("tree");
    remove(&tree)?;
    let limits = Limits {
        bytes: archive.largest_unpacked,
        ..Limits::USUAL
    };
    let unpacked = unpack::unpack(&path, &tree, &limits, order.means);
    let unpacked = unpacked.and_then(|unpacked| {
        for needed in &archive.holds {
            if !unpacked.files.iter().any(|file| file.path == *needed) {
                let why = format!("it holds no {needed}, so it is not {}", order.set.title);
                return Err(BadArchive::new(&path, why).into());
            }
        }
        Ok(unpacked)
    });
    let unpacked = match unpacked {
        Err(error) if error.is::<BadArchive>() && order.from.is_none() => {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
            let (again, way_out) = (order.set.again(), order.set.way_out());
            let words = "what was fetched is of no use, and was thrown away";
            return Err(error.context(format!("{words}: `{again}` starts anew. {way_out}")));
        }
        unpacked => unpacked?,
    };
    record.comment = unpacked.comment;
    provenance.archive = Some(record);
    let others: Vec<(&FileRecord, &String)> = unpacked
        .files
        .iter()
        .filter_map(|file| Some((file, archive.known.get(&file.path)?)))
        .filter(|(file, known)| file.sha256 != **known)
        .collect();
    if let Some(((file, known), more)) = others.split_first() {
        let FileRecord { path, sha256, .. } = file;
        let mut text = format!("{path} has SHA-256 {sha256}; others have found {known}");
        if !more.is_empty() {
            let names: Vec<&str> = more.iter().map(|(file, _)| file.path.as_str()).collect();
            text += &format!(". Other files than known are also {}", names.join(", "));
        }
        provenance.warn(text);
    }
    provenance.files = unpacked.files;
    Ok(tree)
}

/// What a user hands over stays where it is.
fn by_hand(path: &Path, provenance: &mut Provenance) -> Result<ArchiveRecord> {
    let path = std::path::absolute(path).with_context(|| format!("--from {}", path.display()))?;
    if path.is_dir() {
        bail!(
            "--from {} is a folder, and the archive as it was fetched is meant. An unpacked folder needs no fetching: \
             name it by `--data` where it is used.",
            path.display()
        );
    }
    eprintln!("  {}: reading it", path.display());
    let (sha256, bytes) = sha256_of(&path).context("--from")?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Of the path only the name: the rest may say who somebody is.
    provenance.by_way_of = Some(format!("the file {name}, fetched by hand"));
    Ok(ArchiveRecord {
        file: name.into_owned(),
        bytes,
        sha256,
        comment: None,
    })
}

fn download(
    order: &Order,
    archive: &Archive,
    part: &Path,
    provenance: &mut Provenance,
) -> Result<(PathBuf, ArchiveRecord)> {
    let mirrored = order
        .mirror
        .map(|base| format!("{}/{}", base.trim_end_matches('/'), archive.file));
    provenance.by_way_of.clone_from(&mirrored);
    let fetched = fetch(
        &Source {
            file: &archive.file,
            shown: &archive.file,
            url: mirrored.as_deref().unwrap_or(&archive.url),
            sha256: None,
            largest: archive.largest,
            way_out: &order.set.way_out(),
            again: &order.set.again(),
        },
        part,
        order.means,
    )?;
    let record = ArchiveRecord {
        file: archive.file.clone(),
        bytes: fetched.bytes,
        sha256: fetched.sha256,
        comment: None,
    };
    Ok((fetched.path, record))
}

/// How what came differs from what others found, and from what came last time.
fn doubts(order: &Order, archive: &Archive, memory: &Memory, found: &ArchiveRecord) -> Vec<String> {
    let mut doubts = Vec::new();
    let ArchiveRecord {
        file,
        bytes,
        sha256,
        ..
    } = found;
    if let Some(known) = archive.bytes.filter(|known| known != bytes) {
        doubts.push(format!(
            "{file} has {bytes} bytes; others have found {known}"
        ));
    }
    if let Some(known) = archive.sha256.as_ref().filter(|known| *known != sha256) {
        doubts.push(format!(
            "{file} has SHA-256 {sha256}; others have found {known}. Its owners publish none, so this is no proof of \
             anything: they may have issued it anew"
        ));
    }
    let seen = memory.archives.get(&order.set.name);
    if let Some(seen) = seen.filter(|seen| seen.sha256 != *sha256) {
        let (former, date) = (&seen.sha256, &seen.date);
        let state = seen.comment.as_ref();
        let state = state.map_or_else(String::new, |state| format!(", {state}"));
        doubts.push(format!(
            "{file} has SHA-256 {sha256}, and on {date} it had {former}{state}: it has changed at its source"
        ));
    }
    doubts
}
