//! Where a data set lies: a folder or a zip.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use super::WesadError;
use crate::files::regular;

/// A place that holds the subjects' folders.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// The folder above the subjects'.
    Folder(PathBuf),
    /// A zip, and its members below that folder: path from there → index.
    Zip(PathBuf, BTreeMap<String, usize>),
}

impl Source {
    pub(super) fn open(path: &Path) -> Result<Source, WesadError> {
        let io = |source| WesadError::Io {
            path: path.to_owned(),
            source,
        };
        if fs::metadata(path).map_err(io)?.is_dir() {
            let inner = path.join("WESAD");
            let here = folders(path)
                .map_err(io)?
                .iter()
                .any(|name| is_subject(name));
            let root = if !here && inner.is_dir() {
                inner
            } else {
                path.to_owned()
            };
            return Ok(Source::Folder(root));
        }
        let mut start = Vec::new();
        let file = File::open(path).map_err(io)?;
        file.take(2).read_to_end(&mut start).map_err(io)?;
        if start != b"PK" {
            return Err(WesadError::NotAnArchive {
                path: path.to_owned(),
            });
        }
        let zip = open_zip(path)?;
        let mut names = BTreeMap::new();
        for index in 0..zip.len() {
            // A name in no known encoding is none of the data set's, whose names are ASCII.
            if let Some(Ok(name)) = zip.name_for_index(index) {
                // Some Windows programs write backslashes.
                names.insert(name.replace('\\', "/"), index);
            }
        }
        let root = zip_root(&names);
        let below = names
            .into_iter()
            .filter_map(|(name, index)| Some((name.strip_prefix(&root)?.to_owned(), index)))
            .collect();
        Ok(Source::Zip(path.to_owned(), below))
    }

    /// The names of the subjects, by number.
    pub(super) fn subjects(&self) -> Result<Vec<String>, WesadError> {
        let mut subjects: Vec<String> = match self {
            Source::Folder(root) => folders(root).map_err(|source| WesadError::Io {
                path: root.clone(),
                source,
            })?,
            Source::Zip(_, members) => members
                .keys()
                .filter_map(|name| Some(name.split_once('/')?.0.to_owned()))
                .collect(),
        };
        subjects.retain(|name| is_subject(name));
        // Numbers of any length, compared as numbers: fewer digits first.
        subjects.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
        subjects.dedup();
        Ok(subjects)
    }

    /// Whether a file lies there; `name` is its path from the folder above the subjects'.
    pub(super) fn has(&self, name: &str) -> bool {
        match self {
            Source::Folder(root) => root.join(name).is_file(),
            Source::Zip(_, members) => members.contains_key(name),
        }
    }

    /// A file's full name for messages.
    pub(super) fn full_name(&self, name: &str) -> String {
        match self {
            Source::Folder(root) => root.join(name).display().to_string(),
            Source::Zip(path, _) => format!("{}: {name}", path.display()),
        }
    }

    /// Lets `read` have a file; `None` if there is no such file. Each call has a handle of its own.
    pub(super) fn with<T>(
        &self,
        name: &str,
        read: impl FnOnce(&mut dyn Read) -> Result<T, WesadError>,
    ) -> Result<Option<T>, WesadError> {
        match self {
            Source::Folder(root) => match regular(&root.join(name)) {
                Ok(mut file) => read(&mut file).map(Some),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(source) => Err(WesadError::File {
                    file: self.full_name(name),
                    source,
                }),
            },
            Source::Zip(path, members) => {
                let Some(&index) = members.get(name) else {
                    return Ok(None);
                };
                let mut zip = open_zip(path)?;
                let mut member = zip.by_index(index).map_err(|source| WesadError::Zip {
                    path: path.clone(),
                    source,
                })?;
                read(&mut member).map(Some)
            }
        }
    }
}

fn open_zip(path: &Path) -> Result<ZipArchive<BufReader<File>>, WesadError> {
    let file = File::open(path).map_err(|source| WesadError::Io {
        path: path.to_owned(),
        source,
    })?;
    // A cut archive may end in a whole zip, an E4 one: only one that begins with the file is meant.
    let config = zip::read::Config {
        archive_offset: zip::read::ArchiveOffset::Known(0),
    };
    ZipArchive::with_config(config, BufReader::new(file)).map_err(|source| WesadError::Zip {
        path: path.to_owned(),
        source,
    })
}

/// The prefix of the members that are the data set: the one with most pickles, which copies of a file system's
/// metadata (`__MACOSX/`) lack.
fn zip_root(names: &BTreeMap<String, usize>) -> String {
    let mut roots: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for name in names.keys() {
        let mut start = 0;
        for part in name.split_inclusive('/') {
            if part.strip_suffix('/').is_some_and(is_subject) {
                let counts = roots.entry(&name[..start]).or_default();
                counts.0 += usize::from(
                    name[start + part.len()..] == format!("{}.pkl", &part[..part.len() - 1]),
                );
                counts.1 += 1;
                break;
            }
            start += part.len();
        }
    }
    roots
        .into_iter()
        .max_by_key(|&(root, counts)| (counts, std::cmp::Reverse(root.len())))
        .map(|(root, _)| root.to_owned())
        .unwrap_or_default()
}

fn folders(root: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        if entry.path().is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

/// Whether a folder of this name is a subject's: S and a number.
pub(crate) fn is_subject(name: &str) -> bool {
    name.strip_prefix('S').is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}
