//! The files that programs are given.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use zip::ZipArchive;

use super::workloads::Workload;
use crate::download::RealDisk;
use crate::workspace;

pub(super) enum Input {
    /// The archive `WESAD-wrist.zip` among the recordings.
    Archive,
    /// A member of it.
    Member(&'static str),
    /// The files of a zip that is a member of it.
    Inner(&'static str),
    /// A WFDB record among the recordings, by the name of its header.
    Record(&'static str),
    /// What `simulate_pickle.py` writes.
    Simulated,
}

/// Where inputs come from and go.
pub(super) struct Place {
    /// Our own folder for files that are unpacked or made.
    pub(super) folder: PathBuf,
    /// The recordings, `PATHEMA_DATA`.
    pub(super) data: Option<PathBuf>,
    pub(super) python: PathBuf,
    pub(super) scripts: PathBuf,
}

impl Place {
    /// Sees to it that a workload's file is there, and says where. An error says what is missing.
    pub(super) fn ready(&self, workload: &Workload) -> Result<PathBuf> {
        match workload.input {
            Input::Archive => self.archive(),
            Input::Member(name) => self.unpacked(name),
            Input::Inner(name) => self.inner(name),
            Input::Record(name) => {
                let record = self.data("mitdb records")?.join(name);
                let header = record.with_extension("hea");
                if !header.is_file() {
                    bail!("there is no {}", header.display());
                }
                Ok(record)
            }
            Input::Simulated => self.simulated(),
        }
    }

    fn data(&self, what: &str) -> Result<&Path> {
        self.data.as_deref().with_context(|| {
            format!("PATHEMA_DATA is not set: it names the folder that holds {what}")
        })
    }

    fn archive(&self) -> Result<PathBuf> {
        let archive = self.data("WESAD-wrist.zip")?.join("WESAD-wrist.zip");
        if !archive.is_file() {
            bail!("there is no {}", archive.display());
        }
        Ok(archive)
    }

    /// Unpacked once, and again when the archive is newer.
    fn unpacked(&self, member: &str) -> Result<PathBuf> {
        let archive = self.archive()?;
        let name = member.rsplit('/').next().unwrap_or(member);
        let path = self.folder.join(name);
        let time = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
        let archive_time =
            time(&archive).with_context(|| format!("there is no {}", archive.display()))?;
        if time(&path).is_some_and(|made| made > archive_time) {
            return Ok(path);
        }
        let named = || format!("cannot unpack {member} of {}", archive.display());
        let mut zip =
            ZipArchive::new(File::open(&archive).with_context(named)?).with_context(named)?;
        let mut entry = zip.by_name(member).with_context(named)?;
        fs::create_dir_all(&self.folder).with_context(named)?;
        crate::download::require(&RealDisk, &self.folder, entry.size(), name)?;
        let part = path.with_added_extension("part");
        let mut file = File::create(&part).with_context(named)?;
        io::copy(&mut entry, &mut file).with_context(named)?;
        fs::rename(&part, &path).with_context(named)?;
        Ok(path)
    }

    /// The folder of what a zip in the archive holds, unpacked once.
    fn inner(&self, member: &str) -> Result<PathBuf> {
        let archive = self.unpacked(member)?;
        let folder = archive.with_extension("");
        if !folder.is_dir() {
            let named = || format!("cannot unpack {}", archive.display());
            let part = archive.with_extension("part");
            let file = File::open(&archive).with_context(named)?;
            ZipArchive::new(file)
                .with_context(named)?
                .extract(&part)
                .with_context(named)?;
            fs::rename(&part, &folder).with_context(named)?;
        }
        Ok(folder)
    }

    /// Made once, and again when the script is newer.
    fn simulated(&self) -> Result<PathBuf> {
        let script = self.scripts.join("simulate_pickle.py");
        let path = self.folder.join("simulated.pkl");
        let time = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
        let script_time =
            time(&script).with_context(|| format!("there is no {}", script.display()))?;
        if time(&path).is_some_and(|made| made > script_time) {
            return Ok(path);
        }
        fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot make {}", self.folder.display()))?;
        crate::download::require(&RealDisk, &self.folder, 1 << 30, "the simulated pickle")?;
        let mut make = Command::new(&self.python);
        make.arg(&script).arg(&path);
        let (status, _) = workspace::call(&mut make)?;
        if !status.success() {
            bail!(
                "`{}` failed: what it said is above",
                workspace::shown(&make)
            );
        }
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::super::workloads::{FORMATS, PHYSIO};
    use super::*;
    use std::io::Write as _;

    fn place(folder: &Path, data: Option<&Path>) -> Place {
        Place {
            folder: folder.join("made"),
            data: data.map(Path::to_owned),
            python: "python-that-is-not-there".into(),
            scripts: folder.join("scripts"),
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        for workload in (FORMATS.workloads)().iter().chain(&(PHYSIO.workloads)()) {
            let error = place(folder.path(), None).ready(workload).unwrap_err();
            let missing = match workload.input {
                Input::Simulated => "simulate_pickle.py",
                _ => "PATHEMA_DATA",
            };
            assert!(format!("{error:#}").contains(missing), "{error:#}");
            let error = place(folder.path(), Some(folder.path()))
                .ready(workload)
                .unwrap_err();
            assert!(format!("{error:#}").contains("there is no"), "{error:#}");
        }
    }

    #[test]
    fn a_member_is_unpacked_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut zip =
            zip::ZipWriter::new(File::create(folder.path().join("WESAD-wrist.zip")).unwrap());
        zip.start_file("WESAD/S2/S2.pkl", zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(b"pickle").unwrap();
        zip.finish().unwrap();
        let place = place(folder.path(), Some(folder.path()));
        let path = place.unpacked("WESAD/S2/S2.pkl").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"pickle");
        fs::write(&path, "kept").unwrap();
        assert_eq!(
            fs::read(place.unpacked("WESAD/S2/S2.pkl").unwrap()).unwrap(),
            b"kept"
        );
        let error = place.unpacked("WESAD/S3/S3.pkl").unwrap_err();
        assert!(format!("{error:#}").contains("S3.pkl"), "{error:#}");
    }
}
