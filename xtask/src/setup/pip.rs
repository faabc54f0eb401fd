//! Asks pip where the wheels are, and what their hashes must be. Nothing is installed.

use std::env::consts::{ARCH, OS};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::{VERSION, Variant, own};

/// One wheel to fetch.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wheel {
    /// Its name in the registry.
    pub(super) package: String,
    /// Its file name.
    pub(super) file: String,
    pub(super) url: String,
    /// In hexadecimal. A wheel from a folder of the user's own may come without.
    pub(super) sha256: Option<String>,
}

/// The Python the wheels are for: all contain the same libtorch, and one choice makes one download
/// whatever Python this machine has.
const PYTHON_VERSION: &str = "3.12";

/// What Linux's libtorch_cpu needs of CUDA even where there is no GPU.
const CUDA_FOR_CPU: [&str; 2] = ["nvidia-cuda-runtime==13.0.96", "nvidia-cuda-cupti==13.0.85"];

/// The wheels of a variant, libtorch's own first.
pub(super) fn wheels(variant: Variant) -> Result<Vec<Wheel>> {
    let python = own::python();
    let program = python.display();
    let output = Command::new(&python)
        .args(arguments(variant, &platforms(OS, ARCH)?))
        .output()
        .with_context(|| {
            format!(
                "`{program}` did not start, and its pip is needed to find libtorch: install \
                 Python 3 with pip, or set LIBTORCH to a folder with libtorch {VERSION}"
            )
        })?;
    if !output.status.success() {
        bail!(refusal(&python, &String::from_utf8_lossy(&output.stderr)));
    }
    read(&output.stdout)
}

fn arguments(variant: Variant, platforms: &[String]) -> Vec<String> {
    let fixed = "-m pip install --dry-run --ignore-installed --quiet --report - \
                 --only-binary=:all: --implementation cp --python-version";
    let mut arguments: Vec<String> = fixed.split_whitespace().map(str::to_owned).collect();
    arguments.push(PYTHON_VERSION.to_owned());
    // pip wants a target where the platform is named; with --dry-run it writes nothing there.
    arguments.extend(["--target".to_owned(), ".libtorch.part".to_owned()]);
    for platform in platforms {
        arguments.extend(["--platform".to_owned(), platform.clone()]);
    }
    if variant == Variant::Cpu {
        arguments.push("--no-deps".to_owned());
        if OS == "linux" {
            arguments.extend(CUDA_FOR_CPU.map(str::to_owned));
        }
    }
    arguments.push(format!("torch=={VERSION}"));
    arguments
}

/// The wheel tags this machine can take, best first.
fn platforms(os: &str, arch: &str) -> Result<Vec<String>> {
    match (os, arch) {
        // pip does not know that a newer tag includes the older ones when they are named by hand.
        ("linux", "x86_64" | "aarch64") => Ok((5..=28)
            .rev()
            .map(|minor| format!("manylinux_2_{minor}_{arch}"))
            .chain([format!("manylinux2014_{arch}"), format!("linux_{arch}")])
            .collect()),
        ("macos", "aarch64") => Ok(vec!["macosx_14_0_arm64".to_owned()]),
        ("windows", "x86_64") => Ok(vec!["win_amd64".to_owned()]),
        _ => bail!(
            "there is no libtorch {VERSION} wheel for {os} on {arch}: set LIBTORCH to a folder \
             with libtorch {VERSION} built for it"
        ),
    }
}

/// Why pip did not answer, and what to do about it.
fn refusal(python: &Path, stderr: &str) -> String {
    let python = python.display();
    let last = stderr
        .trim()
        .lines()
        .rev()
        .find(|l| l.contains("ERROR") || l.contains("No module"));
    let why = last
        .or(stderr.trim().lines().last())
        .unwrap_or("it said nothing")
        .trim();
    let way_out = if why.contains("No module named pip") {
        format!(
            "install it by `{python} -m ensurepip --upgrade` or your system's package python3-pip"
        )
    } else if why.contains("no such option") {
        format!("it is older than 22.2: `{python} -m pip install --upgrade pip`")
    } else {
        format!(
            "see that `{python} -m pip download torch=={VERSION}` works (network, proxy, index)"
        )
    };
    format!(
        "`{python} -m pip` could not say where libtorch {VERSION} is: {why}\n\
         Either {way_out}; or set LIBTORCH to a folder with libtorch {VERSION}."
    )
}

/// Reads pip's installation report (its version 1), and keeps what holds libraries.
fn read(report: &[u8]) -> Result<Vec<Wheel>> {
    #[derive(Deserialize)]
    struct Report {
        version: String,
        install: Vec<Item>,
    }
    #[derive(Deserialize)]
    struct Item {
        download_info: Info,
        metadata: Metadata,
    }
    #[derive(Deserialize)]
    struct Info {
        url: String,
        archive_info: Option<Archive>,
    }
    #[derive(Deserialize)]
    struct Archive {
        hash: Option<String>,
        hashes: Option<Hashes>,
    }
    #[derive(Deserialize)]
    struct Hashes {
        sha256: Option<String>,
    }
    #[derive(Deserialize)]
    struct Metadata {
        name: String,
    }

    let report: Report =
        serde_json::from_slice(report).context("pip's installation report is not understood")?;
    if report.version != "1" {
        bail!(
            "pip's installation report has version {}, and 1 is understood",
            report.version
        );
    }
    let mut wheels = Vec::new();
    for item in report.install {
        let package = item.metadata.name.to_lowercase().replace('_', "-");
        if package != "torch" && !package.starts_with("nvidia-") {
            continue;
        }
        let sha256 = item.download_info.archive_info.and_then(|archive| {
            let old = archive
                .hash
                .and_then(|h| Some(h.strip_prefix("sha256=")?.to_owned()));
            archive.hashes.and_then(|h| h.sha256).or(old)
        });
        let url = item.download_info.url;
        if sha256.is_none() && !url.starts_with("file://") {
            bail!(
                "the package index gives no SHA-256 for {url}, so a download could not be \
                 verified: use an index that does, or set LIBTORCH"
            );
        }
        let file = file_name(&url)?;
        wheels.push(Wheel {
            package,
            file,
            url,
            sha256: sha256.map(|s| s.to_lowercase()),
        });
    }
    wheels.sort_by_key(|wheel| wheel.package != "torch");
    if wheels.first().is_none_or(|wheel| wheel.package != "torch") {
        bail!("pip's installation report names no wheel of torch {VERSION}");
    }
    Ok(wheels)
}

fn file_name(url: &str) -> Result<String> {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let name = percent_decoded(path.rsplit('/').next().unwrap_or(path));
    if !name.ends_with(".whl") || name.contains(['/', '\\']) {
        bail!("{url} is not the address of a wheel");
    }
    Ok(name)
}

/// `%2B` as `+`; what is no such escape stays.
pub(super) fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escape = text.get(at + 1..at + 3).filter(|_| byte == b'%');
        if let Some(value) = escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            decoded.push(value);
            at += 3;
        } else {
            decoded.push(byte);
            at += 1;
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
#[path = "pip_tests.rs"]
mod tests;
