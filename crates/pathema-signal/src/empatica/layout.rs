//! Where in a folder or zip the files of a session lie.

use std::collections::BTreeSet;

use crate::FormatError;
use crate::files::{Tree, is_debris};

/// The files that hold what the sensors measured: without one of them there is no session.
const SENSORS: [&str; 4] = ["ACC.csv", "BVP.csv", "EDA.csv", "TEMP.csv"];

/// The tree whose root holds the files: `tree` itself, a folder of it, or a zip in one of these.
pub(super) fn find(tree: Tree) -> Result<Tree, FormatError> {
    let folders = folders(&tree);
    if folders.contains("") {
        return Ok(tree);
    }
    let near: Vec<String> = folders
        .into_iter()
        .filter(|name| !name.contains('/'))
        .collect();
    match &near[..] {
        [one] => return Ok(tree.below(one)),
        [] => {}
        several => return Err(ambiguous(&tree, "folders", several)),
    }
    let zips: Vec<String> = tree
        .names()
        .filter(|name| !is_debris(name))
        .filter(|name| name.matches('/').count() <= 1)
        .filter(|name| base(name).to_ascii_lowercase().ends_with(".zip"))
        .map(str::to_owned)
        .collect();
    match &zips[..] {
        [one] => {
            if let Some(inner) = tree.inner(one)? {
                return within(inner);
            }
        }
        [] => {}
        several => return Err(ambiguous(&tree, "zips", several)),
    }
    Err(unrecognised(&tree))
}

/// In a zip that was itself inside: not deeper, or a zip made for it would be unpacked for ever.
fn within(tree: Tree) -> Result<Tree, FormatError> {
    let folders = folders(&tree);
    if folders.contains("") {
        return Ok(tree);
    }
    match folders.iter().collect::<Vec<_>>()[..] {
        [one] if !one.contains('/') => Ok(tree.below(one)),
        _ => Err(unrecognised(&tree)),
    }
}

/// Whether a file is one of the sensors', by its name in whatever case.
pub(crate) fn is_sensor(name: &str) -> bool {
    SENSORS
        .iter()
        .any(|sensor| sensor.eq_ignore_ascii_case(base(name)))
}

/// The folders that hold a sensor's file; nothing stands for the root.
fn folders(tree: &Tree) -> BTreeSet<String> {
    tree.names()
        .filter(|name| !is_debris(name) && is_sensor(name))
        .map(|name| folder(name).to_owned())
        .collect()
}

/// The file of a name, in whatever case it is written; tags may have the subject's name appended (`tags_S01.csv`).
pub(super) fn file<'a>(tree: &'a Tree, wanted: &str) -> Option<&'a str> {
    tree.names()
        .filter(|name| !name.contains('/'))
        .find(|name| name.eq_ignore_ascii_case(wanted))
}

/// The file of the tags.
pub(super) fn tags(tree: &Tree) -> Option<&str> {
    let named = |name: &&str| {
        let lower = name.to_ascii_lowercase();
        !name.contains('/') && lower.starts_with("tags_") && lower.ends_with(".csv")
    };
    file(tree, "tags.csv").or_else(|| tree.names().find(named))
}

fn base(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, base)| base)
}

fn folder(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn unrecognised(tree: &Tree) -> FormatError {
    FormatError::Unrecognised {
        file: tree.name().to_owned(),
        looked_for: format!("an Empatica E4's {}", SENSORS.join(", ")),
    }
}

fn ambiguous(tree: &Tree, what: &str, names: &[String]) -> FormatError {
    let shown: Vec<&str> = names.iter().take(4).map(String::as_str).collect();
    FormatError::content(
        tree.name(),
        crate::Place::Whole,
        format!("{} {what} ({}, …)", names.len(), shown.join(", ")),
        "one session of an Empatica E4",
        "give one of them",
    )
}
