use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zip::ZipArchive;

use super::member::{Member, Place};
use super::{INNER_LIMIT, TEXT_LIMIT};
use crate::FormatError;

/// The files below a folder or in a zip, by their paths with `/` between the parts.
#[derive(Clone, Debug)]
pub struct Tree {
    name: String,
    root: Root,
    /// Where each file is.
    files: BTreeMap<String, Option<Place>>,
}

#[derive(Clone, Debug)]
enum Root {
    Folder(PathBuf),
    Zip(PathBuf),
    /// A zip that lay in a zip.
    Inner(Arc<[u8]>),
}

impl Tree {
    /// Opens a folder or a zip.
    ///
    /// # Errors
    /// If there is nothing at `path`, it is neither, or the zip is damaged or has names that lead out of it.
    ///
    /// ```
    /// use pathema_signal::files::Tree;
    /// let folder = tempfile::tempdir()?;
    /// std::fs::write(folder.path().join("EDA.csv"), "1495437325\n4\n0.1\n")?;
    /// let tree = Tree::open(folder.path())?;
    /// assert!(tree.names().eq(["EDA.csv"]));
    /// assert_eq!(tree.text("EDA.csv")?.unwrap().len(), 17);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(path: &Path) -> Result<Tree, FormatError> {
        let name = path.display().to_string();
        let metadata = fs::metadata(path).map_err(FormatError::io(&name))?;
        if metadata.is_dir() {
            let mut files = BTreeMap::new();
            list(path, "", &mut BTreeSet::new(), &mut files).map_err(FormatError::io(&name))?;
            return Ok(Tree {
                name,
                root: Root::Folder(path.to_owned()),
                files,
            });
        }
        if !is_zip(path).map_err(FormatError::io(&name))? {
            return Err(FormatError::Unrecognised {
                file: name,
                looked_for: "a folder or a zip".to_owned(),
            });
        }
        Tree::zip(name, Root::Zip(path.to_owned()))
    }

    /// The name of the folder or zip, for messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The paths of all files, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Whether there is a file of this path.
    pub fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// A file's name for messages: with the archive or folder that it is in.
    pub fn full_name(&self, name: &str) -> String {
        match &self.root {
            Root::Folder(root) => root.join(name).display().to_string(),
            Root::Zip(_) | Root::Inner(_) => format!("{}: {name}", self.name),
        }
    }

    /// A file as a stream; `None` if there is no such file. Each stream is independent of the others.
    ///
    /// # Errors
    /// If the file cannot be opened. Later, a member of a zip whose checksum or length is not right gives an error at its
    /// end.
    pub fn stream(&self, name: &str) -> Result<Option<Box<dyn Read + Send>>, FormatError> {
        let Some(place) = self.files.get(name) else {
            return Ok(None);
        };
        let open = || -> io::Result<Box<dyn Read + Send>> {
            match (&self.root, place) {
                (Root::Folder(root), _) => Ok(Box::new(regular(&root.join(name))?)),
                (root, Some(place)) => Ok(Box::new(Member::open(root.bytes()?, *place)?)),
                (_, None) => Err(io::ErrorKind::NotFound.into()),
            }
        };
        open()
            .map(Some)
            .map_err(FormatError::io(self.full_name(name)))
    }

    /// The path of a file that lies on disk by itself, for readers that go to and fro.
    pub(crate) fn on_disk(&self, name: &str) -> Option<PathBuf> {
        match &self.root {
            Root::Folder(root) if self.has(name) => Some(root.join(name)),
            _ => None,
        }
    }

    /// All bytes of a file; `None` if there is no such file.
    ///
    /// # Errors
    /// If the file cannot be read or has more than `limit` bytes.
    pub fn bytes(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, FormatError> {
        let Some(stream) = self.stream(name)? else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        let read = stream.take(limit.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(FormatError::io(self.full_name(name)))?;
        if bytes.len() as u64 > limit {
            return Err(FormatError::TooLarge {
                file: self.full_name(name),
                limit,
                way_out: "see whether it is the right file".to_owned(),
            });
        }
        Ok(Some(bytes))
    }

    /// The text of a short file, whatever is not UTF-8 replaced and a byte order mark taken away; `None` if there is no
    /// such file.
    ///
    /// # Errors
    /// As [`bytes`](Tree::bytes), with a limit of 16 MiB.
    pub fn text(&self, name: &str) -> Result<Option<String>, FormatError> {
        let bytes = self.bytes(name, TEXT_LIMIT)?;
        Ok(bytes.map(|bytes| {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
            String::from_utf8_lossy(bytes).into_owned()
        }))
    }

    /// Opens a zip that lies in the tree; `None` if there is no such file. It is held in memory.
    ///
    /// # Errors
    /// As [`open`](Tree::open), and if it has more than 1 GiB.
    pub fn inner(&self, name: &str) -> Result<Option<Tree>, FormatError> {
        let full = self.full_name(name);
        match &self.root {
            // On disk already: no need to hold it.
            Root::Folder(root) if self.has(name) => {
                Tree::zip(full, Root::Zip(root.join(name))).map(Some)
            }
            _ => {
                let bytes = self.bytes(name, INNER_LIMIT)?;
                bytes
                    .map(|bytes| Tree::zip(full, Root::Inner(bytes.into())))
                    .transpose()
            }
        }
    }

    /// The part of the tree below a folder of it, its names from there.
    pub fn below(&self, folder: &str) -> Tree {
        let prefix = format!("{}/", folder.trim_end_matches('/'));
        let files = self
            .files
            .iter()
            .filter_map(|(name, place)| Some((name.strip_prefix(&prefix)?.to_owned(), *place)))
            .collect();
        Tree {
            name: self.full_name(folder.trim_end_matches('/')),
            root: match &self.root {
                Root::Folder(root) => Root::Folder(root.join(folder)),
                other => other.clone(),
            },
            files,
        }
    }

    fn zip(name: String, root: Root) -> Result<Tree, FormatError> {
        // A cut archive may end in a whole zip, an inner one: only one that begins with the file is meant.
        let config = zip::read::Config {
            archive_offset: zip::read::ArchiveOffset::Known(0),
        };
        let damaged = |source| FormatError::Zip {
            file: name.clone(),
            source,
        };
        let bytes = root.bytes().map_err(FormatError::io(&name))?;
        let mut zip =
            ZipArchive::with_config(config, io::BufReader::new(bytes)).map_err(damaged)?;
        let mut files = BTreeMap::new();
        for index in 0..zip.len() {
            let member = zip.by_index_raw(index).map_err(damaged)?;
            // Some Windows programs write backslashes.
            let path = member.name().map_err(damaged)?.replace('\\', "/");
            if member.is_dir() || path.ends_with('/') {
                continue;
            }
            let refuse = |problem: &str| FormatError::Unsafe {
                file: name.clone(),
                problem: format!("its member {} {problem}", crate::error::quoted(&path)),
            };
            if leads_out(&path) {
                return Err(refuse("has a path that leads out of the archive"));
            }
            if member.is_symlink() {
                return Err(refuse("is a symbolic link"));
            }
            if member.encrypted() {
                return Err(refuse("is encrypted"));
            }
            let place = Place {
                start: member
                    .data_start()
                    .ok_or_else(|| refuse("has no place in the archive"))?,
                packed: member.compressed_size(),
                size: member.size(),
                crc: member.crc32(),
                method: member.compression(),
            };
            // Deflate cannot do better than about 1032 : 1.
            if place.size / 1100 > place.packed {
                return Err(refuse("claims more bytes than it can hold"));
            }
            files.insert(path, Some(place));
        }
        Ok(Tree { name, root, files })
    }
}

impl Root {
    fn bytes(&self) -> io::Result<Bytes> {
        match self {
            Root::Folder(path) | Root::Zip(path) => Ok(Bytes::File(regular(path)?)),
            Root::Inner(bytes) => Ok(Bytes::Memory(Cursor::new(bytes.clone()))),
        }
    }
}

/// The bytes of an archive, on disk or in memory.
pub(super) enum Bytes {
    File(File),
    Memory(Cursor<Arc<[u8]>>),
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Bytes::File(file) => file.read(buffer),
            Bytes::Memory(bytes) => bytes.read(buffer),
        }
    }
}

impl Seek for Bytes {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Bytes::File(file) => file.seek(to),
            Bytes::Memory(bytes) => bytes.seek(to),
        }
    }
}

/// Whether a file begins as a zip does.
pub(crate) fn is_zip(path: &Path) -> io::Result<bool> {
    let mut start = Vec::new();
    regular(path)?.take(2).read_to_end(&mut start)?;
    Ok(start == b"PK")
}

/// A file on disk as a stream.
pub(crate) fn stream(path: &Path) -> Result<Box<dyn Read + Send>, FormatError> {
    let file = regular(path).map_err(FormatError::io(path.display()))?;
    Ok(Box::new(file))
}

/// All bytes of a file on disk, if they are not more than `limit`.
pub(crate) fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>, FormatError> {
    let mut bytes = Vec::new();
    let read = stream(path)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes);
    read.map_err(FormatError::io(path.display()))?;
    if bytes.len() as u64 > limit {
        return Err(FormatError::TooLarge {
            file: path.display().to_string(),
            limit,
            way_out: "see whether it is the right file".to_owned(),
        });
    }
    Ok(bytes)
}

/// Opens a file, but nothing that would make a reader wait for ever (a pipe, a terminal).
pub(crate) fn regular(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
    }
    File::open(path)
}

fn leads_out(path: &str) -> bool {
    path.starts_with('/') || path.contains(':') || path.split('/').any(|part| part == "..")
}

/// Folders of data sets are not deeper.
const DEPTH: usize = 8;

/// No data set has more files.
const FILES: usize = 100_000;

/// Lists the files below a folder. Links are followed, as people keep data sets on other disks, but into no folder that was
/// seen already: links may go in circles. A link to nowhere is passed over.
fn list(
    folder: &Path,
    prefix: &str,
    seen: &mut BTreeSet<PathBuf>,
    files: &mut BTreeMap<String, Option<Place>>,
) -> io::Result<()> {
    if prefix.matches('/').count() > DEPTH || !seen.insert(fs::canonicalize(folder)?) {
        return Ok(());
    }
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // A name that is not Unicode is none of a data set's.
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        match fs::metadata(entry.path()) {
            Ok(metadata) if metadata.is_file() => {
                files.insert(format!("{prefix}{name}"), None);
            }
            // A folder's own path comes before links to it.
            Ok(metadata) if metadata.is_dir() => {
                folders.push((entry.file_type()?.is_symlink(), name));
            }
            _ => {}
        }
        if files.len() > FILES {
            let problem =
                format!("it holds more than {FILES} files; give a folder of the data set alone");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
        }
    }
    folders.sort();
    for (_, name) in folders {
        list(
            &folder.join(&name),
            &format!("{prefix}{name}/"),
            seen,
            files,
        )?;
    }
    Ok(())
}
