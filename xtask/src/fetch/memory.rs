//! What the data folder remembers from run to run: `fetched.json`.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use super::provenance::ArchiveRecord;

/// Outlives the folders of the sets, so that an archive fetched anew can be held against the one of last year.
#[derive(Default, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Memory {
    /// Which terms were accepted, by data set.
    pub(super) terms: BTreeMap<String, Accepted>,
    /// The archive that was last unpacked, by data set.
    pub(super) archives: BTreeMap<String, Seen>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Accepted {
    /// When, in UTC.
    pub(super) date: String,
    /// The SHA-256 of the text.
    pub(super) sha256: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Seen {
    pub(super) date: String,
    pub(super) sha256: String,
    pub(super) bytes: u64,
    /// What the archive says of itself; GitHub's name the commit there.
    pub(super) comment: Option<String>,
}

impl Memory {
    pub(super) fn read(folder: &Path) -> Result<Memory> {
        let path = place(folder);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Memory::default()),
            text => text.with_context(|| format!("cannot read {}", path.display()))?,
        };
        serde_json::from_str(&text).with_context(|| {
            format!(
                "cannot understand {}: remove it to be asked for terms of use again",
                path.display()
            )
        })
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let path = place(folder);
        let text = serde_json::to_string_pretty(self).context("the memory as JSON")? + "\n";
        // By a rename, so that a run that is ended now leaves the former one.
        let part = path.with_added_extension("part");
        let written = fs::write(&part, text).and_then(|()| fs::rename(&part, &path));
        written.with_context(|| format!("cannot write {}", path.display()))
    }

    pub(super) fn see(&mut self, name: &str, archive: &ArchiveRecord) {
        let seen = Seen {
            date: now(),
            sha256: archive.sha256.clone(),
            bytes: archive.bytes,
            comment: archive.comment.clone(),
        };
        self.archives.insert(name.to_owned(), seen);
    }
}

/// The time in UTC, to the second.
pub(super) fn now() -> String {
    jiff::Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}

fn place(folder: &Path) -> PathBuf {
    folder.join("fetched.json")
}
