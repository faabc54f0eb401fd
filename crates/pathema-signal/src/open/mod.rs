//! Opening whatever is there: which format a file or folder is in, and its recordings.

mod detect;
mod format;

pub use format::Format;

use std::path::{Path, PathBuf};

use crate::recording::Whole;
use crate::wesad::{self, Archive, Provenance};
use crate::{Blocks, FormatError};

/// A file or a data set of a format that was recognised.
#[derive(Debug)]
pub struct Opened {
    path: PathBuf,
    format: Format,
    names: Vec<String>,
    archive: Option<Archive>,
}

/// A recording that is about to be read.
pub struct Reading {
    /// The recording, stretch by stretch.
    pub blocks: Box<dyn Blocks>,
    /// What is odd about its files, as far as is known before they have been read to the end.
    pub findings: Vec<String>,
}

impl Opened {
    /// Looks what is at `path`.
    ///
    /// # Errors
    /// If nothing is there, or nothing in a format that is known.
    ///
    /// ```
    /// use pathema_signal::open::Opened;
    /// let error = Opened::at("no/such/file".as_ref()).unwrap_err();
    /// assert!(error.to_string().contains("no/such/file"));
    /// ```
    pub fn at(path: &Path) -> Result<Opened, FormatError> {
        let format = detect::detect(path)?;
        let mut opened = Opened {
            path: path.to_owned(),
            format,
            names: Vec::new(),
            archive: None,
        };
        match format {
            Format::Wesad => {
                let archive = Archive::open(path)?;
                opened.names = archive.subjects().to_vec();
                opened.archive = Some(archive);
            }
            Format::WesadPickle => opened.names = vec![file_name(path)],
        }
        Ok(opened)
    }

    /// The format.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The names of the recordings, in order: subjects, drives, records.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether the files say that they are simulated.
    pub fn is_simulated(&self) -> bool {
        self.archive
            .as_ref()
            .is_some_and(|archive| archive.provenance() == Provenance::Simulated)
    }

    /// Begins to read one recording. Formats that cannot be read in stretches come as one.
    ///
    /// # Errors
    /// If it cannot be read, or there is none of this name.
    pub fn read(&self, name: &str) -> Result<Reading, FormatError> {
        match (self.format, &self.archive) {
            (Format::Wesad, Some(archive)) => {
                let subject = archive.read(name)?;
                Ok(Reading::whole(subject.recording, &subject.findings))
            }
            _ => {
                let file = self.path.display().to_string();
                let reader = std::fs::File::open(&self.path).map_err(FormatError::io(&file))?;
                let (recording, findings) =
                    wesad::read_pickle(std::io::BufReader::new(reader), &file)?;
                Ok(Reading::whole(recording, &findings))
            }
        }
    }
}

impl Reading {
    fn whole(recording: crate::Recording, findings: &[impl ToString]) -> Reading {
        Reading {
            blocks: Box::new(Whole::new(recording)),
            findings: findings.iter().map(ToString::to_string).collect(),
        }
    }
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
