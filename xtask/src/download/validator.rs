//! What a part file is a part of: beside `<file>.part` lies `<file>.part.json`.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use ureq::Body;
use ureq::http::Response;

/// By what a server tells one state of a file from another.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Validator {
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
    /// All of its bytes.
    pub(super) total: Option<u64>,
}

impl Validator {
    pub(super) fn of(response: &Response<Body>, total: Option<u64>) -> Validator {
        let header = |name| {
            let value = response.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        Validator {
            etag: header("ETag"),
            last_modified: header("Last-Modified"),
            total,
        }
    }

    /// What `If-Range` may say: RFC 9110 wants a strong tag there, or a date.
    pub(super) fn if_range(&self) -> Option<&str> {
        let strong = self.etag.as_deref().filter(|tag| !tag.starts_with("W/"));
        strong.or(self.last_modified.as_deref())
    }

    /// Whether the two are certainly of different states; what one of them lacks says nothing.
    pub(super) fn differs(&self, other: &Validator) -> bool {
        fn apart<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> bool {
            a.is_some() && b.is_some() && a != b
        }
        apart(&self.etag, &other.etag)
            || apart(&self.last_modified, &other.last_modified)
            || apart(&self.total, &other.total)
    }

    pub(super) fn beside(part: &Path) -> PathBuf {
        part.with_added_extension("json")
    }

    /// Nothing where there is none, or none that can be read: then the part is taken as it is.
    pub(super) fn read(part: &Path) -> Validator {
        let text = fs::read_to_string(Validator::beside(part)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    pub(super) fn write(&self, part: &Path) -> Result<()> {
        let path = Validator::beside(part);
        let text = serde_json::to_string(self).context("a validator as JSON")?;
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    pub(super) fn remove(part: &Path) -> Result<()> {
        let path = Validator::beside(part);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", path.display()))
            }
            _ => Ok(()),
        }
    }
}
