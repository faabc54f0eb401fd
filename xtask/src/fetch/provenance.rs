//! `MANIFEST.json`: what a fetched folder is, so that a run can cite it.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use super::catalogue::DataSet;
use super::memory::{Accepted, now};

pub(super) const FILE: &str = "MANIFEST.json";

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Provenance {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) home: String,
    pub(super) cite: String,
    /// The owners' address; where another place was asked instead, `by_way_of` names it.
    pub(super) source: String,
    pub(super) by_way_of: Option<String>,
    /// When it was fetched, in UTC.
    pub(super) date: String,
    pub(super) terms: Accepted,
    pub(super) archive: Option<ArchiveRecord>,
    /// Everything in the folder but this file, by path.
    pub(super) files: Vec<FileRecord>,
    /// What was told while fetching, if it did not go as known.
    pub(super) warnings: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ArchiveRecord {
    pub(super) file: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
    /// The zip's comment; GitHub's archives name the commit there.
    pub(super) comment: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct FileRecord {
    /// From the folder, with slashes.
    pub(super) path: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

impl Provenance {
    pub(super) fn new(set: &DataSet, terms: Accepted) -> Provenance {
        Provenance {
            name: set.name.clone(),
            title: set.title.clone(),
            home: set.home.clone(),
            cite: set.cite.clone(),
            source: String::new(),
            by_way_of: None,
            date: now(),
            terms,
            archive: None,
            files: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Tells a user, and whoever reads the manifest later.
    pub(super) fn warn(&mut self, text: String) {
        eprintln!("warning: {text}");
        self.warnings.push(text);
    }

    pub(super) fn write(&mut self, folder: &Path) -> Result<()> {
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        let path = folder.join(FILE);
        let text = serde_json::to_string_pretty(self).context("the manifest as JSON")? + "\n";
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}
