use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::Format;
use crate::FormatError;
use crate::csv;
use crate::empatica::is_sensor;
use crate::files::{Tree, is_debris};
use crate::wesad;
use crate::wfdb::{Content, Header};

/// What was looked for, for the message that it is not there.
const LOOKED_FOR: &str = "WESAD's folder, zip or pickle; AffectiveROAD; an Empatica E4 session; RespiBAN text; WFDB records; EDF or BDF; CSV with its schema (TOML) beside it";

/// What lies at a path.
pub(super) struct Found {
    pub(super) format: Format,
    /// Names, and where in the tree: a file, a folder with `/` at its end, or nothing for the tree itself.
    pub(super) recordings: Vec<(String, String)>,
    pub(super) tree: Option<Tree>,
}

/// Finds out what lies at `path`.
pub(super) fn detect(path: &Path) -> Result<Found, FormatError> {
    let name = path.display().to_string();
    let unknown = || FormatError::Unrecognised {
        file: name.clone(),
        looked_for: LOOKED_FOR.to_owned(),
    };
    // A record of WFDB may be named without its header's ending.
    let Ok(metadata) = std::fs::metadata(path) else {
        let header = path.with_added_extension("hea");
        std::fs::metadata(&header).map_err(FormatError::io(&name))?;
        return Ok(single(Format::Wfdb, path));
    };
    let mut start = Vec::new();
    if metadata.is_file() {
        let file = File::open(path).map_err(FormatError::io(&name))?;
        let read = file.take(256).read_to_end(&mut start);
        read.map_err(FormatError::io(&name))?;
        if !start.starts_with(b"PK") {
            let format = of_start(path, &start).ok_or_else(unknown)?;
            return Ok(single(format, path));
        }
    }
    let tree = Tree::open(path)?;
    let (format, recordings) = of_names(path, &tree)?.ok_or_else(unknown)?;
    Ok(Found {
        format,
        recordings,
        tree: Some(tree),
    })
}

fn single(format: Format, path: &Path) -> Found {
    Found {
        format,
        recordings: vec![(last(&path.display().to_string()).to_owned(), String::new())],
        tree: None,
    }
}

/// The format that the first bytes of a file tell, or its name where they do not.
fn of_start(path: &Path, start: &[u8]) -> Option<Format> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let ends = |endings: &[&str]| {
        extension.is_some_and(|extension| {
            endings
                .iter()
                .any(|ending| ending.eq_ignore_ascii_case(extension))
        })
    };
    match start {
        [0x80, 0..=5, ..] => Some(Format::WesadPickle),
        [0xff, b'B', b'I', b'O', b'S', b'E', b'M', b'I', ..] => Some(Format::Edf),
        [b'0', b' ', b' ', b' ', b' ', b' ', b' ', b' ', ..] => Some(Format::Edf),
        _ if start.starts_with(b"# OpenSignals") => Some(Format::Respiban),
        _ if ends(&["pkl", "pickle"]) => Some(Format::WesadPickle),
        _ if ends(&["edf", "bdf"]) => Some(Format::Edf),
        _ if ends(&["csv", "toml"]) && path.with_extension("toml").is_file() => Some(Format::Csv),
        _ if ends(&["hea"]) || path.with_extension("hea").is_file() => Some(Format::Wfdb),
        _ => None,
    }
}

type Listed = Option<(Format, Vec<(String, String)>)>;

/// The format that the names of files tell, and the recordings among them.
fn of_names(path: &Path, tree: &Tree) -> Result<Listed, FormatError> {
    let files: Vec<&str> = tree.names().filter(|name| !is_debris(name)).collect();
    let subject = |name: &&&str| {
        let parts = name.rsplit_once('/');
        let stem = |file: &str| file.strip_suffix(".pkl").map(str::to_owned);
        parts.is_some_and(|(folders, file)| {
            wesad::is_subject(last(folders)) && stem(file).as_deref() == Some(last(folders))
        })
    };
    if files.iter().any(|name| subject(&name)) {
        return Ok(Some((Format::Wesad, Vec::new())));
    }
    if let Some(numbers) = drives(&files) {
        let named = numbers.map(|number| (format!("Drv{number}"), number.to_string()));
        return Ok(Some((Format::AffectiveRoad, named.collect())));
    }
    let ending = |endings: &[&str]| -> Vec<(String, String)> {
        let lower = |name: &str| name.to_ascii_lowercase();
        let wanted = |name: &&&str| endings.iter().any(|ending| lower(name).ends_with(ending));
        files
            .iter()
            .filter(|name| wanted(name))
            .map(|name| ((*name).to_owned(), (*name).to_owned()))
            .collect()
    };
    let sessions = sessions(path, &files);
    if !sessions.is_empty() {
        return Ok(Some((Format::Empatica, sessions)));
    }
    if files.iter().any(|name| name.ends_with(".hea")) {
        return Ok(Some((Format::Wfdb, records(tree, &files)?)));
    }
    for (format, endings) in [
        (Format::Edf, &[".edf", ".bdf"][..]),
        (Format::Respiban, &["respiban.txt"]),
    ] {
        let found = ending(endings);
        if !found.is_empty() {
            return Ok(Some((format, found)));
        }
    }
    // A schema names its tables, which lie beside it on disk.
    let schemas = ending(&[".toml"]);
    let described = |(name, _): &(String, String)| {
        tree.on_disk(name)
            .is_some_and(|path| csv::Reader::open(&path).is_ok())
    };
    let schemas: Vec<(String, String)> = schemas.into_iter().filter(described).collect();
    if !schemas.is_empty() {
        return Ok(Some((Format::Csv, schemas)));
    }
    let zips = ending(&[".zip"]);
    let zipped = zips.into_iter().filter(|(_, place)| {
        let inner = tree.inner(place);
        inner.is_ok_and(|inner| inner.is_some_and(|inner| inner.names().any(is_sensor)))
    });
    let zipped: Vec<(String, String)> = zipped.collect();
    Ok((!zipped.is_empty()).then_some((Format::Empatica, zipped)))
}

/// The numbers of AffectiveROAD's drives, if there are any.
fn drives(files: &[&str]) -> Option<impl Iterator<Item = u32>> {
    let number = |name: &&str| {
        let (_, below) = name
            .split_once("E4/")
            .filter(|(above, _)| above.is_empty() || above.ends_with('/'))?;
        let (number, _) = below.split_once('/')?.0.split_once("-E4-Drv")?;
        number.parse().ok()
    };
    let numbers: BTreeSet<u32> = files.iter().filter_map(number).collect();
    (!numbers.is_empty()).then(|| numbers.into_iter())
}

/// The folders that hold an E4 session's files.
fn sessions(path: &Path, files: &[&str]) -> Vec<(String, String)> {
    let of_sensors = files.iter().filter(|name| is_sensor(name));
    let folders: BTreeSet<&str> = of_sensors
        .map(|name| name.rsplit_once('/').map_or("", |(folder, _)| folder))
        .collect();
    let named = |folder: &str| match folder {
        "" => (last(&path.display().to_string()).to_owned(), String::new()),
        folder => (folder.to_owned(), format!("{folder}/")),
    };
    folders.into_iter().map(named).collect()
}

/// The records that have headers, but for those that are segments of others.
fn records(tree: &Tree, files: &[&str]) -> Result<Vec<(String, String)>, FormatError> {
    let headers = files
        .iter()
        .filter_map(|name| Some((name.strip_suffix(".hea")?, *name)));
    let mut records: BTreeMap<&str, ()> = headers.clone().map(|(record, _)| (record, ())).collect();
    for (record, file) in headers {
        let Some(text) = tree.text(file)? else {
            continue;
        };
        // What does not read is told of when the record is read.
        let Ok(Header {
            content: Content::Segments(segments),
            ..
        }) = Header::parse(&text, file)
        else {
            continue;
        };
        let folder = &record[..record.len() - last(record).len()];
        for segment in segments {
            records.remove(format!("{folder}{}", segment.record).as_str());
        }
    }
    Ok(records
        .into_keys()
        .map(|record| (record.to_owned(), record.to_owned()))
        .collect())
}

fn last(path: &str) -> &str {
    path.trim_end_matches(['/', '\\'])
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or(path)
}
