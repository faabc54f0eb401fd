//! Build script of every crate that links libtorch: lets its programs and tests find the libraries.
//!
//! A link argument of tch or torch-sys does not reach the programs downstream, so each crate says it again.
//! Documentation tests get no link arguments at all; they find libtorch through the search path that cargo
//! puts into LD_LIBRARY_PATH, and cargo takes only folders inside its own target folder for that. Hence the
//! symbolic link there.

#![allow(clippy::print_stdout, reason = "a build script speaks to cargo by it")]

use std::path::{Path, PathBuf};
use std::{env, fs};

pub(crate) fn main() {
    println!("cargo:rerun-if-env-changed=LIBTORCH");
    println!("cargo:rerun-if-changed=../../build/link_libtorch.rs");
    // Set by torch-sys for the crates that depend on it directly. On Windows libraries are found by PATH.
    let Some(lib) = env::var_os("DEP_TCH_LIBTORCH_LIB") else {
        return;
    };
    if let Some(version) = version(Path::new(&lib)) {
        println!("cargo:rustc-env=PATHEMA_LIBTORCH_VERSION={version}");
    }
    if env::var("CARGO_CFG_TARGET_FAMILY").as_deref() != Ok("unix") {
        return;
    }
    // The CUDA libraries find each other relative to where they really lie.
    let lib = fs::canonicalize(&lib).unwrap_or_else(|_| PathBuf::from(lib));
    println!("cargo:rustc-link-arg=-Wl,-rpath,{}", lib.display());
    if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        // The linker would drop libtorch.so, which no symbol names, and with it the CUDA part.
        println!("cargo:rustc-link-arg=-Wl,--no-as-needed,-ltorch,--as-needed");
    }
    if let Some(search) = linked_into_target(&lib) {
        println!("cargo:rustc-link-search=native={}", search.display());
    }
}

/// What libtorch's headers say.
fn version(lib: &Path) -> Option<String> {
    let include = lib.parent()?.join("include/torch");
    ["version.h", "headeronly/version.h"]
        .iter()
        .filter_map(|file| fs::read_to_string(include.join(file)).ok())
        .find_map(|text| {
            let (_, after) = text.split_once("#define TORCH_VERSION ")?;
            Some(after.split('"').nth(1)?.to_owned())
        })
}

/// A folder inside the target folder that leads to `lib`; its grandparent is the link, so that
/// `lib/../../nvidia` stays reachable through it.
fn linked_into_target(lib: &Path) -> Option<PathBuf> {
    let torch = lib.parent()?;
    let base = torch.parent()?;
    let link = PathBuf::from(env::var_os("OUT_DIR")?).join("libtorch");
    let _ = fs::remove_file(&link);
    symlink(base, &link)?;
    Some(link.join(torch.file_name()?).join(lib.file_name()?))
}

#[cfg(unix)]
fn symlink(to: &Path, link: &Path) -> Option<()> {
    std::os::unix::fs::symlink(to, link).ok()
}

#[cfg(not(unix))]
fn symlink(_: &Path, _: &Path) -> Option<()> {
    None
}
