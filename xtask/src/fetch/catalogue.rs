//! What is known of the data sets: a TOML file each, in `data/manifests/`.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

/// One data set.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DataSet {
    pub(super) name: String,
    pub(super) title: String,
    /// The page for people.
    pub(super) home: String,
    /// What to name in a publication.
    pub(super) cite: String,
    pub(super) terms: String,
    pub(super) holding: Holding,
}

/// How it lies at its source.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Holding {
    Archive(Archive),
    Listing(Listing),
}

/// One zip.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Archive {
    pub(super) url: String,
    pub(super) file: String,
    /// Its length and SHA-256 as others have found them. Its owners promise neither: another figure is told, not refused.
    pub(super) bytes: Option<u64>,
    pub(super) sha256: Option<String>,
    /// More than it can ever have, bytes: something else would be there.
    pub(super) largest: u64,
    /// The same of all that is in it, unpacked.
    pub(super) largest_unpacked: u64,
    /// Files without which it is another archive, below the one top folder if there is one.
    #[serde(default)]
    pub(super) holds: Vec<String>,
    /// The SHA-256 of files in it, as others have found them.
    #[serde(default)]
    pub(super) known: BTreeMap<String, String>,
}

/// Many files in a folder, with a list of records and one of hashes, as PhysioNet has them.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listing {
    /// The folder's address, with a slash at its end.
    pub(super) url: String,
    /// The file that names a record a line.
    pub(super) records: String,
    /// The file of SHA-256 sums.
    pub(super) sums: String,
    /// How many records there are.
    pub(super) count: usize,
    /// What a record's files end with.
    pub(super) suffixes: Vec<String>,
    /// More than any file can have, bytes.
    pub(super) largest: u64,
    /// More than a zip of all of it, packed or unpacked, can have, bytes.
    pub(super) largest_unpacked: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    title: String,
    home: String,
    cite: String,
    terms: String,
    archive: Option<Archive>,
    listing: Option<Listing>,
}

impl DataSet {
    pub(super) fn read(folder: &Path, name: &str) -> Result<DataSet> {
        let is_a_name = name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        let path = folder.join(format!("{name}.toml"));
        let text = match fs::read_to_string(&path) {
            Ok(text) if is_a_name => text,
            Err(error) if is_a_name && error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
            _ => bail!(
                "there is no data set {name:?}: {} are known ({})",
                names(folder).join(", "),
                folder.display()
            ),
        };
        DataSet::parse(name, &text).with_context(|| format!("cannot understand {}", path.display()))
    }

    pub(super) fn parse(name: &str, text: &str) -> Result<DataSet> {
        let text: Text = toml::from_str(text)?;
        let holding = match (text.archive, text.listing) {
            (Some(archive), None) => Holding::Archive(archive),
            (None, Some(listing)) => Holding::Listing(listing),
            _ => bail!("one table is needed, [archive] or [listing]"),
        };
        Ok(DataSet {
            name: name.to_owned(),
            title: text.title,
            home: text.home,
            cite: text.cite,
            terms: text.terms,
            holding,
        })
    }

    /// The sentence for whoever is refused the files.
    pub(super) fn way_out(&self) -> String {
        format!(
            "See {} for where it is now; fetch it there by a browser and hand it over by `cargo xtask fetch {} --from \
             <file>`, or name a mirror by --mirror.",
            self.home, self.name
        )
    }

    pub(super) fn again(&self) -> String {
        format!("cargo xtask fetch {}", self.name)
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some(name.strip_suffix(".toml")?.to_owned())
        })
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    #[test]
    fn every_set_of_the_repository_is_understood() {
        let folder = workspace::root().join("data/manifests");
        let all = names(&folder);
        assert_eq!(all, ["affectiveroad", "mitdb", "stress-predict", "wesad"]);
        for name in all {
            let set = DataSet::read(&folder, &name).unwrap();
            let (url, largest) = match &set.holding {
                Holding::Archive(archive) => {
                    let hashes = archive.sha256.iter().chain(archive.known.values());
                    for hash in hashes {
                        assert!(is_sha256(hash), "{name}: {hash}");
                    }
                    assert!(
                        archive.bytes.is_none_or(|bytes| bytes <= archive.largest),
                        "{name}"
                    );
                    assert!(archive.largest <= archive.largest_unpacked, "{name}");
                    (&archive.url, archive.largest)
                }
                Holding::Listing(listing) => {
                    assert!(listing.url.ends_with('/'), "{name}");
                    (&listing.url, listing.largest)
                }
            };
            assert!(url.starts_with("https://") && largest > 0, "{name}");
            assert!(set.home.starts_with("https://"), "{name}");
            assert!(
                set.terms.trim().len() > 100 && !set.cite.is_empty(),
                "{name}"
            );
        }
    }

    fn is_sha256(hash: &str) -> bool {
        hash.len() == 64 && hash.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
    }

    #[test]
    fn an_unknown_set_is_told_the_known_ones() {
        let folder = workspace::root().join("data/manifests");
        for name in ["nothing", "../manifests/wesad", "", "WESAD"] {
            let error = DataSet::read(&folder, name).unwrap_err().to_string();
            assert!(
                error.contains("affectiveroad, mitdb, stress-predict, wesad"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_manifest_that_says_too_much_or_too_little() {
        let head = "title = 't'\nhome = 'h'\ncite = 'c'\nterms = 'x'\n";
        let error = |text: &str| format!("{:#}", DataSet::parse("a", text).unwrap_err());
        assert!(error(head).contains("[archive] or [listing]"));
        assert!(error("title = 't'").contains("home"));
        let misspelt = format!(
            "{head}[archive]\nurl = 'u'\nfile = 'f'\nlargest = 1\nlargest_unpacked = 1\nsha265 = ''"
        );
        assert!(error(&misspelt).contains("sha265"));
    }
}
