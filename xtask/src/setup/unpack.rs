//! Takes out of the wheels what a Rust program needs, and lays it out as a libtorch folder.

use std::env::consts::OS;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use zip::ZipArchive;

use super::installed::cpu_library;
use super::{VERSION, Variant};
use crate::download::Progress;

/// How the wheels' files are laid out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Layout {
    /// Linux without a GPU: of a wheel built for CUDA, the libraries that work without it.
    CpuPart,
    /// Linux with a GPU: the wheels as pip would install them, because CUDA's libraries find each
    /// other by their places; `lib` and `include` are links into it.
    Site,
    /// Elsewhere: all of the wheel's libraries, which know nothing of CUDA.
    Whole,
}

/// Libraries that need CUDA, or Python; and `libtorch.so`, which does nothing but need those.
const NOT_OF_THE_CPU_PART: [&str; 8] = [
    "libtorch.so",
    "libtorch_global_deps.so",
    "libtorch_cuda",
    "libtorch_nvshmem",
    "libtorch_python",
    "libc10_cuda",
    "libcaffe2_nvrtc",
    "libshm",
];

/// The two CUDA libraries that libtorch_cpu is linked with, GPU or not.
const CUDA_OF_THE_CPU_PART: [&str; 2] = ["libcudart.so.13", "libcupti.so.13"];

/// Unpacks into `tree`, which must not exist, and checks that what was needed was there.
pub(super) fn unpack(wheels: &[PathBuf], variant: Variant, tree: &Path) -> Result<()> {
    let layout = layout(variant, OS);
    fs::create_dir_all(tree).with_context(|| format!("cannot make {}", tree.display()))?;
    for wheel in wheels {
        one(wheel, layout, tree).with_context(|| format!("cannot unpack {}", wheel.display()))?;
    }
    let written = match layout {
        Layout::CpuPart => {
            // Everybody links with -ltorch: here it stands for the one library that matters.
            let script = tree.join("lib/libtorch.so");
            fs::create_dir_all(tree.join("lib"))
                .and_then(|()| fs::write(script, "INPUT(libtorch_cpu.so)\n"))
        }
        Layout::Site => links(tree),
        Layout::Whole => Ok(()),
    };
    written.with_context(|| format!("cannot write into {}", tree.display()))?;
    fs::write(tree.join("build-version"), format!("{VERSION}\n"))
        .with_context(|| format!("cannot write into {}", tree.display()))?;

    for needed in needed(layout) {
        if !tree.join(&needed).exists() {
            bail!(
                "the wheels hold no {}: they are of another build of libtorch",
                needed.display()
            );
        }
    }
    Ok(())
}

fn layout(variant: Variant, os: &str) -> Layout {
    match (os, variant) {
        ("linux", Variant::Cpu) => Layout::CpuPart,
        ("linux", Variant::Cuda) => Layout::Site,
        _ => Layout::Whole,
    }
}

fn needed(layout: Layout) -> Vec<PathBuf> {
    let mut files = vec![
        PathBuf::from("include/torch"),
        Path::new("lib").join(cpu_library()),
    ];
    match layout {
        Layout::CpuPart => {
            files.extend(CUDA_OF_THE_CPU_PART.map(|name| Path::new("lib").join(name)));
        }
        Layout::Site => files.extend(["lib/libtorch_cuda.so".into(), "site/nvidia".into()]),
        Layout::Whole => {}
    }
    files
}

fn one(wheel: &Path, layout: Layout, tree: &Path) -> Result<()> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(wheel)?))?;
    let mut chosen = Vec::new();
    let mut total = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index)?;
        if entry.is_file()
            && let Some(place) = entry.enclosed_name().and_then(|name| place(layout, &name))
        {
            total += entry.size();
            chosen.push((index, tree.join(place)));
        }
    }

    let name = wheel
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut progress = Progress::new(&format!("unpacking {name}"));
    progress.begin(Some(total), 0);
    for (index, path) in &chosen {
        let mut entry = archive.by_index(*index)?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let named = || format!("cannot write {}", path.display());
        let mut file = File::create(path).with_context(named)?;
        io::copy(&mut entry, &mut file).with_context(named)?;
        progress.advance(entry.size());
    }
    progress.end(&format!("  {name}: {} files unpacked", chosen.len()));
    Ok(())
}

/// Where an entry of a wheel goes, if it is needed.
fn place(layout: Layout, entry: &Path) -> Option<PathBuf> {
    if layout == Layout::Site {
        let kept = ["torch/lib", "torch/include", "nvidia"]
            .iter()
            .any(|top| entry.starts_with(top));
        return kept.then(|| Path::new("site").join(entry));
    }
    if let Ok(header) = entry.strip_prefix("torch/include") {
        return Some(Path::new("include").join(header));
    }
    if let Ok(library) = entry.strip_prefix("torch/lib") {
        let kept = layout == Layout::Whole || is_cpu_library(library);
        return kept.then(|| Path::new("lib").join(library));
    }
    let library = entry.strip_prefix("nvidia/cu13/lib").ok()?;
    let kept = CUDA_OF_THE_CPU_PART
        .iter()
        .any(|name| library == Path::new(name));
    kept.then(|| Path::new("lib").join(library))
}

fn is_cpu_library(library: &Path) -> bool {
    let name = library.to_string_lossy();
    // Folders in there hold headers of libshm.
    !name.contains('/')
        && name.contains(".so")
        && !NOT_OF_THE_CPU_PART
            .iter()
            .any(|other| name.starts_with(other))
}

#[cfg(unix)]
fn links(tree: &Path) -> io::Result<()> {
    use std::os::unix::fs::symlink;

    symlink("site/torch/lib", tree.join("lib"))?;
    symlink("site/torch/include", tree.join("include"))
}

#[cfg(not(unix))]
fn links(_tree: &Path) -> io::Result<()> {
    Err(io::Error::other("CUDA's layout is Linux's"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(layout: Layout, entry: &str, expected: Option<&str>) {
        assert_eq!(
            place(layout, Path::new(entry)),
            expected.map(PathBuf::from),
            "{entry}"
        );
    }

    #[test]
    fn the_cpu_part() {
        let check = |entry, expected| check(Layout::CpuPart, entry, expected);
        check("torch/lib/libtorch_cpu.so", Some("lib/libtorch_cpu.so"));
        check("torch/lib/libc10.so", Some("lib/libc10.so"));
        check("torch/lib/libgomp.so.1", Some("lib/libgomp.so.1"));
        check(
            "nvidia/cu13/lib/libcudart.so.13",
            Some("lib/libcudart.so.13"),
        );
        check("nvidia/cu13/lib/libcupti.so.13", Some("lib/libcupti.so.13"));
        check("torch/include/ATen/ATen.h", Some("include/ATen/ATen.h"));
        for other in [
            "torch/lib/libtorch.so",
            "torch/lib/libtorch_cuda.so",
            "torch/lib/libtorch_cuda_linalg.so",
            "torch/lib/libtorch_global_deps.so",
            "torch/lib/libtorch_nvshmem.so",
            "torch/lib/libtorch_python.so",
            "torch/lib/libc10_cuda.so",
            "torch/lib/libcaffe2_nvrtc.so",
            "torch/lib/libshm.so",
            "torch/lib/libshm/socket.h",
            "torch/bin/protoc",
            "torch/__init__.py",
            "nvidia/cu13/lib/libnvperf_host.so",
            "nvidia/cu13/include/cupti.h",
        ] {
            check(other, None);
        }
    }

    #[test]
    fn the_site() {
        let check = |entry, expected| check(Layout::Site, entry, expected);
        check(
            "torch/lib/libtorch_cuda.so",
            Some("site/torch/lib/libtorch_cuda.so"),
        );
        check(
            "nvidia/cudnn/lib/libcudnn.so.9",
            Some("site/nvidia/cudnn/lib/libcudnn.so.9"),
        );
        check("torch/nn/modules/rnn.py", None);
    }

    #[test]
    fn other_systems() {
        let check = |entry, expected| check(Layout::Whole, entry, expected);
        check("torch/lib/torch_cpu.dll", Some("lib/torch_cpu.dll"));
        check("torch/lib/libtorch.dylib", Some("lib/libtorch.dylib"));
        check(
            "torch/include/torch/library.h",
            Some("include/torch/library.h"),
        );
        check("torch/bin/protoc.exe", None);
    }

    #[test]
    fn layouts() {
        assert_eq!(layout(Variant::Cpu, "linux"), Layout::CpuPart);
        assert_eq!(layout(Variant::Cuda, "linux"), Layout::Site);
        assert_eq!(layout(Variant::Cpu, "macos"), Layout::Whole);
        assert_eq!(layout(Variant::Cpu, "windows"), Layout::Whole);
    }
}
