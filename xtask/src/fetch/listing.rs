//! A data set that is a folder of files on a server, with a list of its records and one of its hashes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};

use super::Order;
use super::catalogue::Listing;
use super::provenance::{ArchiveRecord, FileRecord, Provenance};
use super::unpack::{self, Limits};
use crate::download::{Source, fetch, remove, sha256_of};

/// No list is longer.
const LARGEST_LIST: u64 = 1 << 20;

/// Fetches every file of every record and verifies it; returns the folder that holds all of it.
pub(super) fn bring(
    order: &Order,
    listing: &Listing,
    part: &Path,
    provenance: &mut Provenance,
) -> Result<PathBuf> {
    provenance.source.clone_from(&listing.url);
    if let Some(path) = order.from {
        return by_hand(order, listing, path, part, provenance);
    }
    let base = order
        .mirror
        .map(|base| format!("{}/", base.trim_end_matches('/')));
    provenance.by_way_of.clone_from(&base);
    let base = base.as_deref().unwrap_or(&listing.url);

    let tree = part.join("files");
    fs::create_dir_all(&tree).with_context(|| format!("cannot make {}", tree.display()))?;
    let one = |file: &str, shown: &str, sha256: Option<&str>, largest: u64| {
        fetch(
            &Source {
                file,
                shown,
                url: &format!("{base}{file}"),
                sha256,
                largest,
                way_out: &order.set.way_out(),
                again: &order.set.again(),
            },
            &tree,
            order.means,
        )
    };
    for list in [&listing.records, &listing.sums] {
        // Of another day's list nobody could tell whether it is whole.
        for name in [list.clone(), format!("{list}.part")] {
            let path = tree.join(name);
            if path.exists() {
                fs::remove_file(&path)
                    .with_context(|| format!("cannot remove {}", path.display()))?;
            }
        }
        one(list, list, None, LARGEST_LIST)?;
    }
    let wanted = wanted(listing, &tree, base)?;
    for (index, (file, sha256)) in wanted.iter().enumerate() {
        let shown = format!("[{}/{}] {file}", index + 1, wanted.len());
        one(file, &shown, Some(sha256), listing.largest)?;
    }
    provenance.files = records(&tree, &wanted, listing)?;
    Ok(tree)
}

/// A zip of the same folder, as PhysioNet offers it.
fn by_hand(
    order: &Order,
    listing: &Listing,
    path: &Path,
    part: &Path,
    provenance: &mut Provenance,
) -> Result<PathBuf> {
    let (sha256, bytes) = sha256_of(path).context("--from wants a zip of all files")?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    provenance.by_way_of = Some(format!("the file {name}, fetched by hand"));
    let tree = part.join("tree");
    remove(&tree)?;
    let limits = Limits {
        bytes: listing.largest_unpacked,
        ..Limits::USUAL
    };
    let unpacked = unpack::unpack(path, &tree, &limits, order.means)?;
    provenance.archive = Some(ArchiveRecord {
        file: name.into_owned(),
        bytes,
        sha256,
        comment: unpacked.comment,
    });
    let from = path.display().to_string();
    let wanted = wanted(listing, &tree, &from)?;
    for (file, expected) in &wanted {
        let found = unpacked.files.iter().find(|found| found.path == *file);
        let found = found.with_context(|| format!("{from} holds no {file}"))?;
        if found.sha256 != *expected {
            bail!(
                "{file} of {from} is not what {} there promises: SHA-256 {expected} expected, {} found. Fetch it anew.",
                listing.sums,
                found.sha256
            );
        }
    }
    provenance.files = unpacked.files;
    Ok(tree)
}

/// The files of all records with their hashes, from the two lists in `tree`, which came from `source`.
fn wanted(listing: &Listing, tree: &Path, source: &str) -> Result<BTreeMap<String, String>> {
    let text = |name: &str| {
        let path = tree.join(name);
        fs::read_to_string(&path)
            .with_context(|| format!("cannot read the list {}", path.display()))
    };
    let sums = sums(&text(&listing.sums)?);
    let records: Vec<String> = text(&listing.records)?
        .lines()
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    let strange = records.iter().find(|name| {
        !name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    });
    if let Some(name) = strange {
        bail!(
            "{} of {source} names {name:?}, which is no record",
            listing.records
        );
    }
    if records.len() != listing.count {
        bail!(
            "{} of {source} names {} records, and there are {}: something else is there",
            listing.records,
            records.len(),
            listing.count
        );
    }
    let files = records.iter().flat_map(|record| {
        let suffixes = listing.suffixes.iter();
        suffixes.map(move |suffix| format!("{record}.{suffix}"))
    });
    files
        .map(|file| {
            let sum = sums.get(&file).ok_or_else(|| {
                anyhow!(
                    "{} of {source} has no hash of {file}, so it could not be verified",
                    listing.sums
                )
            })?;
            Ok((file, sum.clone()))
        })
        .collect()
}

/// What `sha256sum` writes: a hash and a name a line. Other lines are none of ours.
fn sums(text: &str) -> BTreeMap<String, String> {
    let pairs = text.lines().filter_map(|line| {
        let (sum, name) = line.split_once([' ', '\t'])?;
        let is_sum = sum.len() == 64 && sum.chars().all(|c| c.is_ascii_hexdigit());
        let name = name.trim().trim_start_matches('*').trim_start_matches("./");
        is_sum.then(|| (name.to_owned(), sum.to_ascii_lowercase()))
    });
    pairs.collect()
}

fn records(
    tree: &Path,
    wanted: &BTreeMap<String, String>,
    listing: &Listing,
) -> Result<Vec<FileRecord>> {
    let lists = [&listing.records, &listing.sums];
    let names = wanted.keys().chain(lists);
    names
        .map(|name| {
            let (sha256, bytes) = sha256_of(&tree.join(name))?;
            Ok(FileRecord {
                path: name.clone(),
                bytes,
                sha256,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_as_tools_write_them() {
        let a = "a".repeat(64);
        let text = format!(
            "{a}  100.dat\n{a} *b/100.hea\r\n{}\t./RECORDS\n# no sum\nabc  short\n",
            "F".repeat(64)
        );
        let found = sums(&text);
        assert_eq!(found.len(), 3);
        assert_eq!((&found["100.dat"], &found["b/100.hea"]), (&a, &a));
        assert_eq!(found["RECORDS"], "f".repeat(64));
    }
}
