//! The workspace's layers: who may depend on whom, and on libtorch.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Every crate may use those above it, and no other of ours.
const ORDER: [&str; 10] = [
    "pathema-signal",
    "pathema-physio",
    "pathema-path",
    "pathema-kernel",
    "pathema-net",
    "pathema-autograd",
    "pathema-solve",
    "pathema-fusion",
    "pathema-experiments",
    "pathema-study",
];

/// The crates that may depend on libtorch.
const WITH_LIBTORCH: [&str; 4] = [
    "pathema-autograd",
    "pathema-solve",
    "pathema-fusion",
    "pathema-experiments",
];

/// Of those, the one that builds without libtorch too; whether it does where it is used is seen by `libtorch_stays_below`.
const WITH_LIBTORCH_AT_WILL: &str = "pathema-experiments";

/// The crates that wrap libtorch.
const LIBTORCH: [&str; 2] = ["tch", "torch-sys"];

/// The only crate that may hold C or C++.
const WITH_CPP: &str = "pathema-autograd";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_path_buf()
}

/// The folders under `crates/`, which are named as their crates.
fn crates() -> Vec<String> {
    let entries = fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().join("Cargo.toml").is_file());
    let mut names: Vec<String> = folders
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(!names.is_empty());
    names
}

fn cargo(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(args)
        .current_dir(root())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {}: {told}", args.join(" "));
    String::from_utf8(output.stdout).unwrap()
}

/// The names of all packages that `package` is built with, itself included.
fn built_with(package: &str) -> Vec<String> {
    let tree = cargo(&[
        "tree",
        "--locked",
        "-p",
        package,
        "-e",
        "normal,build",
        "--prefix",
        "none",
    ]);
    let names = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let names: Vec<String> = names.map(str::to_owned).collect();
    assert!(names.iter().any(|name| name == package), "{tree}");
    names
}

/// A package's own dependencies: name and kind (`normal`, `build` or `dev`).
fn direct(package: &Value) -> Vec<(String, String)> {
    let dependencies = package["dependencies"].as_array().unwrap().iter();
    dependencies
        .map(|dependency| {
            let name = dependency["name"].as_str().unwrap().to_owned();
            (
                name,
                dependency["kind"].as_str().unwrap_or("normal").to_owned(),
            )
        })
        .collect()
}

fn members() -> Vec<(String, Vec<(String, String)>)> {
    let text = cargo(&["metadata", "--locked", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&text).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .map(|p| (p["name"].as_str().unwrap().to_owned(), direct(p)))
        .collect()
}

#[test]
fn every_crate_has_its_place() {
    for name in crates() {
        assert!(
            ORDER.contains(&name.as_str()),
            "crates/{name} has no place in the order of crates"
        );
    }
    let mut of_cargo: Vec<String> = members().into_iter().map(|(name, _)| name).collect();
    of_cargo.retain(|name| name != "xtask");
    of_cargo.sort();
    assert_eq!(
        of_cargo,
        crates(),
        "a folder under crates/ is named as its crate"
    );
}

#[test]
fn libtorch_stays_below() {
    for name in crates().into_iter().chain(["xtask".to_owned()]) {
        if WITH_LIBTORCH.contains(&name.as_str()) {
            continue;
        }
        let found = built_with(&name);
        for other in LIBTORCH {
            assert!(
                !found.iter().any(|n| n == other),
                "{name} must not depend on {other}"
            );
        }
    }
}

#[test]
fn the_crates_on_libtorch_are_found_by_the_same_look() {
    // Should `cargo tree` change its words, the test above would pass on anything.
    assert!(
        built_with("pathema-experiments")
            .iter()
            .any(|name| name == "torch-sys")
    );
}

#[test]
fn crates_use_only_those_above_them() {
    for (name, dependencies) in members() {
        let place = ORDER.iter().position(|n| *n == name);
        for (other, kind) in dependencies {
            if !WITH_LIBTORCH.contains(&name.as_str()) {
                let with_libtorch = LIBTORCH.contains(&other.as_str())
                    || (WITH_LIBTORCH.contains(&other.as_str()) && other != WITH_LIBTORCH_AT_WILL);
                assert!(
                    !with_libtorch,
                    "{name} must not depend on {other}, not even in its tests"
                );
            }
            if kind == "dev" || !other.starts_with("pathema-") {
                continue;
            }
            let above = ORDER.iter().position(|n| *n == other);
            // xtask has no place, and so none above it.
            let right = matches!((above, place), (Some(above), Some(place)) if above < place);
            assert!(right, "{name} must not use {other}, which is not above it");
        }
    }
}

#[test]
fn only_one_crate_has_cpp() {
    let mut found = Vec::new();
    let mut folders = vec![root().join("crates"), root().join("xtask")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
            if path.is_dir() {
                folders.push(path);
            } else if ["c", "cc", "cpp", "cxx", "cu", "h", "hh", "hpp"].contains(&extension) {
                found.push(path);
            }
        }
    }
    let home = root().join("crates").join(WITH_CPP);
    found.retain(|path| !path.starts_with(&home));
    assert!(
        found.is_empty(),
        "C and C++ belong to {WITH_CPP} alone: {found:?}"
    );
}

#[test]
fn every_crate_takes_the_workspaces_lints() {
    let crates = crates()
        .into_iter()
        .map(|name| root().join("crates").join(name));
    for folder in crates.chain([root().join("xtask")]) {
        let manifest = folder.join("Cargo.toml");
        let text = fs::read_to_string(&manifest).unwrap();
        let lines = text
            .lines()
            .map(|line| line.split_whitespace().collect::<String>());
        let after: Vec<String> = lines.skip_while(|line| line != "[lints]").skip(1).collect();
        let section = after.iter().take_while(|line| !line.starts_with('['));
        let takes = section.into_iter().any(|line| line == "workspace=true");
        assert!(
            takes,
            "{} needs `[lints] workspace = true`",
            manifest.display()
        );
    }
}
