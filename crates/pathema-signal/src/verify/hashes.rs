use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::{Check, Outcome};
use crate::error::quoted;
use crate::files::{Tree, is_debris};
use crate::open::{Format, Opened};
use crate::{FormatError, Place};

/// SHA-256 hashes of files, by their paths from the folder of the data set.
///
/// ```
/// use pathema_signal::verify::Hashes;
/// let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// let hashes = Hashes::parse("SHA256SUMS.txt", &format!("{empty}  100.dat\n"))?;
/// assert_eq!(hashes.of("100.dat"), Some(empty));
/// # Ok::<(), pathema_signal::FormatError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hashes(BTreeMap<String, String>);

/// Lists of hashes as PhysioNet and `sha256sum` leave them in the folder.
const LISTS: [&str; 2] = ["SHA256SUMS.txt", "SHA256SUMS"];

impl Hashes {
    /// Reads a list as `sha256sum` writes it: the hash, two spaces (or a space and `*`), the path.
    ///
    /// # Errors
    /// If a line is something else; `file` names the list.
    pub fn parse(file: &str, text: &str) -> Result<Hashes, FormatError> {
        let mut hashes = BTreeMap::new();
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let parts = line.split_once(char::is_whitespace);
            let known = parts.filter(|(hash, _)| {
                hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
            });
            let Some((hash, path)) = known else {
                return Err(FormatError::content(
                    file,
                    Place::Line(index as u64 + 1),
                    quoted(line),
                    "64 hexadecimal digits and a path",
                    "make the list with sha256sum",
                ));
            };
            let path = path
                .trim_start()
                .trim_start_matches('*')
                .trim_start_matches("./");
            hashes.insert(path.replace('\\', "/"), hash.to_ascii_lowercase());
        }
        Ok(Hashes(hashes))
    }

    /// The hash of a file, in lower case.
    pub fn of(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }
}

/// Checks the files that there are hashes for; whether to go on.
pub(super) fn check(
    path: &Path,
    opened: &Opened,
    given: Option<&Hashes>,
    tell: &mut dyn FnMut(Check) -> bool,
) -> Result<bool, FormatError> {
    let Some(tree) = tree(path, opened)? else {
        return Ok(given.is_none_or(|hashes| tell(single(path, hashes))));
    };
    let mut lists = Vec::new();
    if let Some(given) = given {
        lists.push((given.clone(), Outcome::Failed));
    } else {
        for list in LISTS {
            if let Some(text) = tree.text(list)? {
                lists.push((
                    Hashes::parse(&tree.full_name(list), &text)?,
                    Outcome::Failed,
                ));
            }
        }
        if lists.is_empty() && opened.format() == Format::Wesad && !opened.is_simulated() {
            let known = Hashes::parse("wesad.sha256", include_str!("wesad.sha256"))?;
            lists.push((known, Outcome::Noted));
        }
    }
    for (hashes, mismatch) in &lists {
        let given_or_found = *mismatch == Outcome::Failed;
        let known: Vec<&str> = tree
            .names()
            .filter(|name| hashes.of(name).is_some())
            .collect();
        let absent: Vec<&str> = hashes
            .0
            .keys()
            .map(String::as_str)
            .filter(|name| !tree.has(name))
            .collect();
        // Of WESAD's own list, files that are missing are told of subject by subject.
        if given_or_found && !absent.is_empty() {
            let detail = format!(
                "{} of {} files of the list are not there: {}",
                absent.len(),
                hashes.0.len(),
                few(&absent)
            );
            if !tell(Check::new("list", "hashes", Outcome::Failed, detail)) {
                return Ok(false);
            }
        }
        // A folder is one check: a subject's files belong together.
        for files in known.chunk_by(|a, b| folder(a) == folder(b)) {
            if !tell(compare(&tree, files, hashes, *mismatch)) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// The first of some names, and how many more there are.
fn few(names: &[&str]) -> String {
    let shown = names.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(5) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The folder of a file, or the file itself where it lies in none.
fn folder(name: &str) -> &str {
    name.split_once('/').map_or(name, |(folder, _)| folder)
}

/// A file by itself, by its name in the list.
fn single(path: &Path, hashes: &Hashes) -> Check {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let found = crate::files::regular(path)
        .map_err(FormatError::io(path.display()))
        .and_then(|file| digest(Box::new(file), &name));
    match (hashes.of(&name), found) {
        (None, _) => {
            let detail = format!("the list does not name {name}; give the list of this file");
            Check::new(&name, "hashes", Outcome::Failed, detail)
        }
        (_, Err(error)) => Check::new(&name, "hashes", Outcome::Failed, error.to_string()),
        (Some(expected), Ok(found)) if expected == found => {
            Check::new(&name, "hashes", Outcome::Passed, format!("SHA-256 {found}"))
        }
        (Some(expected), Ok(found)) => {
            let detail = format!("{name} has SHA-256 {found}, known is {expected}");
            Check::new(&name, "hashes", Outcome::Failed, detail)
        }
    }
}

fn compare(tree: &Tree, files: &[&str], hashes: &Hashes, mismatch: Outcome) -> Check {
    let about = files.first().map_or("", |name| folder(name));
    let (mut outcome, mut odd) = (Outcome::Passed, Vec::new());
    for name in files {
        let expected = hashes.of(name).unwrap_or_default();
        match hash(tree, name) {
            Ok(found) if found == expected => {}
            Ok(found) => {
                outcome = outcome.max(mismatch);
                odd.push(format!("{name} has SHA-256 {found}, known is {expected}"));
            }
            Err(error) => {
                outcome = Outcome::Failed;
                odd.push(error.to_string());
            }
        }
    }
    let right = files.len() - odd.len();
    odd.insert(0, format!("{right} of {} files as known", files.len()));
    Check::new(about, "hashes", outcome, odd.join("; "))
}

/// The files of the data set from the folder down that its own names start from; `None` for a single file.
pub(super) fn tree(path: &Path, opened: &Opened) -> Result<Option<Tree>, FormatError> {
    let single =
        path.is_file() && !crate::files::is_zip(path).map_err(FormatError::io(path.display()))?;
    if single {
        return Ok(None);
    }
    let tree = Tree::open(path)?;
    if opened.format() != Format::Wesad {
        return Ok(Some(tree));
    }
    // The folder that the subjects' folders lie in.
    let root = opened.names().into_iter().find_map(|subject| {
        let inner = format!("{subject}/{subject}.pkl");
        tree.names()
            .filter(|name| !is_debris(name))
            .find_map(|name| name.strip_suffix(&inner))
    });
    Ok(Some(match root {
        Some(root) if !root.is_empty() => tree.below(root),
        _ => tree,
    }))
}

fn hash(tree: &Tree, name: &str) -> Result<String, FormatError> {
    let stream = tree.stream(name)?.ok_or_else(|| FormatError::Missing {
        file: tree.full_name(name),
        needed: "it was there a moment ago; look again".to_owned(),
    })?;
    digest(stream, &tree.full_name(name))
}

fn digest(mut stream: Box<dyn Read + Send>, name: &str) -> Result<String, FormatError> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = stream.read(&mut buffer).map_err(FormatError::io(name))?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
    }
    Ok(hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
