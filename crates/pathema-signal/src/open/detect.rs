use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::Format;
use crate::FormatError;
use crate::files::Tree;

/// What was looked for, for the message that it is not there.
const LOOKED_FOR: &str = "WESAD's folder or zip, or a pickle of it";

/// The format of what lies at `path`.
pub(super) fn detect(path: &Path) -> Result<Format, FormatError> {
    let name = path.display().to_string();
    let metadata = std::fs::metadata(path).map_err(FormatError::io(&name))?;
    let mut start = Vec::new();
    if metadata.is_file() {
        let file = File::open(path).map_err(FormatError::io(&name))?;
        file.take(256)
            .read_to_end(&mut start)
            .map_err(FormatError::io(&name))?;
    }
    let found = if metadata.is_dir() || start.starts_with(b"PK") {
        of_names(&Tree::open(path)?)
    } else {
        of_start(path, &start)
    };
    found.ok_or_else(|| FormatError::Unrecognised {
        file: name,
        looked_for: LOOKED_FOR.to_owned(),
    })
}

/// The format that the names of files tell.
fn of_names(tree: &Tree) -> Option<Format> {
    tree.names().find_map(|name| {
        let (folders, file) = name.rsplit_once('/')?;
        let subject = folders.rsplit('/').next()?;
        (file.strip_suffix(".pkl") == Some(subject)).then_some(Format::Wesad)
    })
}

/// The format that the first bytes of a file tell, or its name where they do not.
fn of_start(path: &Path, start: &[u8]) -> Option<Format> {
    let ends = |suffix: &str| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|extension| extension.eq_ignore_ascii_case(suffix))
    };
    match start {
        [0x80, 0..=5, ..] => Some(Format::WesadPickle),
        _ if ends("pkl") || ends("pickle") => Some(Format::WesadPickle),
        _ => None,
    }
}
