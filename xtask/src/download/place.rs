//! A place where one run works at a time, and from which what it made appears at once.

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Waits until nobody else works here. It is held as long as the file is open.
pub(crate) fn hold(path: &Path, who: &str) -> Result<File> {
    let named = || format!("cannot lock {}", path.display());
    let file = File::create(path).with_context(named)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            eprintln!(
                "Another {who} is at work (it holds {}): waiting for it.",
                path.display()
            );
            file.lock().with_context(named)?;
            Ok(file)
        }
        Err(TryLockError::Error(error)) => Err(error).with_context(named),
    }
}

/// Lets `tree` appear as `target` at once, and returns whether anything was there; it is put back
/// should that fail.
pub(crate) fn put(tree: &Path, target: &Path, replaced: &Path) -> Result<bool> {
    remove(replaced)?;
    let had_one = match fs::rename(target, replaced) {
        Ok(()) => true,
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        Err(error) => {
            return Err(error).with_context(|| format!("cannot replace {}", target.display()));
        }
    };
    if let Err(error) = fs::rename(tree, target) {
        if had_one {
            fs::rename(replaced, target)
                .with_context(|| format!("cannot put {} back", replaced.display()))?;
        }
        return Err(error).with_context(|| format!("cannot make {}", target.display()));
    }
    remove(replaced)?;
    Ok(had_one)
}

pub(crate) fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_comes_back_when_the_new_cannot() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("target");
        fs::create_dir(&target).unwrap();
        fs::write(target.join("old"), "").unwrap();
        let gone = folder.path().join("gone");
        let error = put(&gone, &target, &folder.path().join("replaced")).unwrap_err();
        assert!(error.to_string().contains("target"), "{error}");
        assert!(target.join("old").is_file());
    }

    #[test]
    fn the_new_replaces_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let [tree, target] = ["tree", "target"].map(|name| folder.path().join(name));
        for (path, name) in [(&tree, "new"), (&target, "old")] {
            fs::create_dir(path).unwrap();
            fs::write(path.join(name), "").unwrap();
        }
        assert!(put(&tree, &target, &folder.path().join("replaced")).unwrap());
        assert!(target.join("new").is_file() && !target.join("old").exists());
        assert!(!tree.exists() && !folder.path().join("replaced").exists());
    }
}
