//! A workspace with nothing in it, and stand-ins for the programs that setup calls.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A workspace with nothing in it, and the programs it sees.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// A place whose pip offers the small wheels of [`Place::offer`].
    pub(crate) fn new() -> Place {
        let place = Place {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(place.path("bin")).unwrap();
        fs::create_dir(place.path("wheels")).unwrap();
        place.offer("2.11.0");
        place.script("df", "printf 'head\\n/dev/x 9 9 99999999 9%% /\\n'");
        place.script("nvidia-smi", "exit 9");
        place.script("cargo", "echo \"ran $*\"");
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn script(&self, name: &str, body: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(crate) fn wheel(&self, file: &str, entries: &[&str]) -> Value {
        let path = self.path("wheels").join(file);
        let mut writer = ZipWriter::new(fs::File::create(&path).unwrap());
        for entry in entries {
            writer
                .start_file(*entry, SimpleFileOptions::default())
                .unwrap();
            write!(writer, "{entry} of {file}").unwrap();
        }
        writer.finish().unwrap();
        let name = file.split('-').next().unwrap();
        let address = format!("file://{}", path.display());
        json!({"download_info": {"url": address, "archive_info": {}}, "metadata": {"name": name}})
    }

    /// Lets `python3 -m pip` answer with a report of wheels.
    fn offer(&self, version: &str) {
        let torch = self.wheel(
            &format!("torch-{version}-cp312-cp312-linux_x86_64.whl"),
            &[
                "torch/__init__.py",
                "torch/lib/libtorch.so",
                "torch/lib/libtorch_cpu.so",
                "torch/lib/libtorch_cuda.so",
                "torch/lib/libc10.so",
                "torch/include/torch/library.h",
            ],
        );
        let runtime = self.wheel(
            "nvidia_cuda_runtime-13.0.96-py3-none-any.whl",
            &[
                "nvidia/cu13/lib/libcudart.so.13",
                "nvidia/cu13/include/cuda.h",
            ],
        );
        let cupti = self.wheel(
            "nvidia_cuda_cupti-13.0.85-py3-none-any.whl",
            &["nvidia/cu13/lib/libcupti.so.13"],
        );
        let report = json!({"version": "1", "install": [cupti, torch, runtime]});
        fs::write(self.path("report.json"), report.to_string()).unwrap();
        self.script(
            "python3",
            &format!("cat '{}'", self.path("report.json").display()),
        );
    }

    pub(crate) fn xtask(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        let path = format!("{}:/usr/bin:/bin", self.path("bin").display());
        command
            .current_dir(self.folder.path())
            .env("CARGO_MANIFEST_DIR", self.path("xtask"))
            .env("PATH", path)
            .env("CARGO", self.path("bin/cargo"))
            // As cargo sets it for everything it runs.
            .env("LIBTORCH", self.path(".libtorch"));
        for name in [
            "LIBTORCH_USE_PYTORCH",
            "LIBTORCH_BYPASS_VERSION_CHECK",
            "VIRTUAL_ENV",
            "PIP_CERT",
        ] {
            command.env_remove(name);
        }
        command
    }

    #[track_caller]
    pub(crate) fn check(&self, command: &mut Command, code: i32, said: &[&str]) -> String {
        let output = command.output().unwrap();
        let text = all(&output);
        assert_eq!(output.status.code(), Some(code), "{text}");
        for part in said {
            assert!(text.contains(part), "{part:?} is not in:\n{text}");
        }
        text
    }

    /// A libtorch folder that says it has `version`.
    pub(crate) fn own(&self, name: &str, version: &str) -> PathBuf {
        let folder = self.path(name);
        for part in ["lib", "include/torch"] {
            fs::create_dir_all(folder.join(part)).unwrap();
        }
        fs::write(folder.join("lib/libtorch_cpu.so"), "").unwrap();
        fs::write(folder.join("build-version"), version).unwrap();
        folder
    }
}

fn all(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
