//! Where the files of a record are, and which names may stand for one.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::quoted;
use crate::files::{self, INNER_LIMIT, TEXT_LIMIT, Tree};
use crate::{FormatError, Place};

/// Bytes that can be read from any place.
pub(super) trait Bytes: Read + Seek + Send {}
impl<T: Read + Seek + Send> Bytes for T {}

/// An open file and its length in bytes.
pub(super) type Open = (Box<dyn Bytes>, u64);

/// The folder of a record.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Disk(PathBuf),
    /// Members of a zip cannot be read from any place: they are held in memory while they are read.
    Tree(Tree),
    Memory(BTreeMap<String, Arc<[u8]>>),
}

impl Source {
    /// A file and its length; `None` if there is none of this name.
    pub(super) fn open(&self, name: &str) -> Result<Option<Open>, FormatError> {
        Ok(match self {
            Source::Disk(folder) => {
                let path = folder.join(name);
                let open = || -> std::io::Result<_> {
                    let file = files::regular(&path)?;
                    let length = file.metadata()?.len();
                    Ok((file, length))
                };
                match open() {
                    Ok((file, length)) => Some((Box::new(file), length)),
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                    Err(error) => return Err(FormatError::io(path.display())(error)),
                }
            }
            Source::Tree(tree) => tree.bytes(name, INNER_LIMIT)?.map(|bytes| {
                let length = bytes.len() as u64;
                (Box::new(Cursor::new(bytes)) as _, length)
            }),
            Source::Memory(files) => files.get(name).map(|bytes| {
                let length = bytes.len() as u64;
                (
                    Box::new(Cursor::new(bytes.clone())) as Box<dyn Bytes>,
                    length,
                )
            }),
        })
    }

    /// All bytes of a short file; `None` if there is none of this name.
    pub(super) fn short(&self, name: &str) -> Result<Option<Vec<u8>>, FormatError> {
        let Some((file, length)) = self.open(name)? else {
            return Ok(None);
        };
        let full = self.full_name(name);
        let mut bytes = Vec::new();
        let read = file.take(TEXT_LIMIT + 1).read_to_end(&mut bytes);
        read.map_err(FormatError::io(&full))?;
        if bytes.len() as u64 > TEXT_LIMIT || length > TEXT_LIMIT {
            return Err(FormatError::TooLarge {
                file: full,
                limit: TEXT_LIMIT,
                way_out: "see whether it is the right file".to_owned(),
            });
        }
        Ok(Some(bytes))
    }

    /// The text of a header: UTF-8, or Latin-1 as older programs wrote it.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, FormatError> {
        Ok(self.short(name)?.map(|bytes| text(&bytes)))
    }

    /// A file's name for messages.
    pub(super) fn full_name(&self, name: &str) -> String {
        match self {
            Source::Disk(folder) => folder.join(name).display().to_string(),
            Source::Tree(tree) => tree.full_name(name),
            Source::Memory(_) => name.to_owned(),
        }
    }
}

/// Text that is UTF-8, with or without a byte order mark, or else Latin-1.
pub(super) fn text(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// Refuses a name that is no file's, or that leads out of the record's folder.
pub(super) fn check_name(name: &str, file: &str, place: Place) -> Result<(), FormatError> {
    let inside = name
        .split('/')
        .all(|part| !matches!(part, "" | "." | ".." | "-"));
    if inside && !name.contains(['\\', ':', '~']) && !name.contains(char::is_control) {
        return Ok(());
    }
    Err(FormatError::content(
        file,
        place,
        quoted(name),
        "the name of a file in the record's folder",
        "put the file beside the header and name it there",
    ))
}

/// The folder that a name lies in, with the `/` after it; empty for the record's own.
pub(super) fn folder_of(name: &str) -> &str {
    name.rfind('/').map_or("", |slash| &name[..=slash])
}

/// The folder and the name of the record that a path means: `100`, `100.hea`, or another file of it (`100.dat`).
pub(super) fn locate(path: &Path) -> Result<(Source, String), FormatError> {
    let missing = |header: &Path| FormatError::Missing {
        file: header.display().to_string(),
        needed: "it is the record's header; give the path of a record, with or without .hea"
            .to_owned(),
    };
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return Err(missing(path));
    };
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let stem = name
        .rsplit_once('.')
        .map(|(stem, _)| stem)
        .filter(|stem| !stem.is_empty());
    let record = if name.ends_with(".hea") {
        stem.unwrap_or(name)
    } else if folder.join(format!("{name}.hea")).exists() {
        name
    } else {
        stem.filter(|stem| folder.join(format!("{stem}.hea")).exists())
            .ok_or_else(|| missing(&folder.join(format!("{name}.hea"))))?
    };
    Ok((Source::Disk(folder), record.to_owned()))
}
