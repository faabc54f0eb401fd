//! What a libtorch folder says of itself.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use super::Variant;

/// The file that says a folder was filled by us, and with what.
const MARKER: &str = "pathema.json";

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Marker {
    pub(super) libtorch: String,
    pub(super) variant: Variant,
    pub(super) wheels: Vec<Unpacked>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Unpacked {
    pub(super) file: String,
    pub(super) sha256: String,
}

impl Marker {
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(MARKER);
        let text = serde_json::to_string_pretty(self).context("the marker as JSON")? + "\n";
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}

pub(super) enum Installed {
    /// No folder, or an empty one.
    Nothing,
    /// What we put there, but no longer whole, or by another version of this program.
    Broken,
    ByUs(Marker),
    /// Whole, without our marker; its version, where it tells.
    ByHand(Option<String>),
    /// Something that is no libtorch at all.
    Other,
}

/// Looks into a folder without changing anything.
pub(super) fn look(folder: &Path) -> Result<Installed> {
    let named = || format!("cannot read {}", folder.display());
    let empty = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == ErrorKind::NotFound => true,
        Err(error) => return Err(error).with_context(named),
    };
    if empty {
        return Ok(Installed::Nothing);
    }
    let library = folder.join("lib").join(cpu_library());
    let whole = library.is_file() && folder.join("include/torch").is_dir();
    match fs::read(folder.join(MARKER)) {
        Ok(text) => Ok(match serde_json::from_slice(&text) {
            Ok(marker) if whole => Installed::ByUs(marker),
            _ => Installed::Broken,
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(if whole {
            Installed::ByHand(version(folder))
        } else {
            Installed::Other
        }),
        Err(error) => Err(error).with_context(named),
    }
}

/// The library without which there is no libtorch.
pub(super) fn cpu_library() -> PathBuf {
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    PathBuf::from(format!("{prefix}torch_cpu{suffix}"))
}

/// The version by `build-version` (in libtorch's own archives), or by the headers (everywhere).
pub(super) fn version(folder: &Path) -> Option<String> {
    if let Ok(text) = fs::read_to_string(folder.join("build-version")) {
        return Some(text.trim().to_owned());
    }
    let headers = [
        "include/torch/headeronly/version.h",
        "include/torch/csrc/api/include/torch/version.h",
    ];
    headers.iter().find_map(|header| {
        let text = fs::read_to_string(folder.join(header)).ok()?;
        let number = |name: &str| {
            let line = text
                .lines()
                .find_map(|l| l.strip_prefix("#define ")?.strip_prefix(name))?;
            line.trim().parse::<u32>().ok()
        };
        let major = number("TORCH_VERSION_MAJOR ")?;
        let minor = number("TORCH_VERSION_MINOR ")?;
        let patch = number("TORCH_VERSION_PATCH ")?;
        Some(format!("{major}.{minor}.{patch}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, name: &str, text: &str) {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    const HEADER: &str = "#pragma once\n#define TORCH_VERSION_MAJOR 2\n\n\
        #define TORCH_VERSION_MINOR 11\n#define TORCH_VERSION_PATCH 0\n\
        #define TORCH_VERSION \\\n  \"2.11.0\"\n";

    #[test]
    fn the_version_is_in_either_header() {
        for name in [
            "include/torch/headeronly/version.h",
            "include/torch/csrc/api/include/torch/version.h",
        ] {
            let folder = tempfile::tempdir().unwrap();
            assert_eq!(version(folder.path()), None);
            write(folder.path(), name, HEADER);
            assert_eq!(version(folder.path()).as_deref(), Some("2.11.0"), "{name}");
        }
    }

    #[test]
    fn build_version_comes_before_headers() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "include/torch/headeronly/version.h", HEADER);
        write(folder.path(), "build-version", "2.9.1+cpu\n");
        assert_eq!(version(folder.path()).as_deref(), Some("2.9.1+cpu"));
    }

    #[test]
    fn folders_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        assert!(matches!(
            look(&folder.join("none")).unwrap(),
            Installed::Nothing
        ));
        assert!(matches!(look(folder).unwrap(), Installed::Nothing));
        write(folder, "include/torch/headeronly/version.h", HEADER);
        assert!(matches!(look(folder).unwrap(), Installed::Other));
        let library = format!("lib/{}", cpu_library().display());
        write(folder, &library, "");
        assert!(matches!(look(folder).unwrap(), Installed::ByHand(Some(v)) if v == "2.11.0"));

        let marker = Marker {
            libtorch: "2.11.0".into(),
            variant: Variant::Cuda,
            wheels: vec![Unpacked {
                file: "a.whl".into(),
                sha256: "00".into(),
            }],
        };
        marker.write(folder).unwrap();
        assert!(matches!(look(folder).unwrap(), Installed::ByUs(m) if m == marker));
        fs::remove_file(folder.join(library)).unwrap();
        assert!(matches!(look(folder).unwrap(), Installed::Broken));
    }
}
