//! A data set as a whole, and one subject of it at a time.

use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::source::Source;
use super::{Finding, Questionnaire, Readme, WesadError, labels, pickle, signals};
use crate::recording::Recording;

/// An opened data set in WESAD's layout: a folder or a zip that has one folder a subject.
#[derive(Clone, Debug)]
pub struct Archive {
    path: PathBuf,
    source: Source,
    subjects: Vec<String>,
    provenance: Provenance,
}

/// Where recordings come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provenance {
    /// From people.
    Recorded,
    /// From [`crate::simulate`], which leaves `simulation.json` beside the subjects' folders.
    Simulated,
}

/// All that there is of one subject.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The signals and the label runs.
    pub recording: Recording,
    /// The protocol's times and the self-reports, where the file is there.
    pub questionnaire: Option<Questionnaire>,
    /// Who it is, where the file is there.
    pub readme: Option<Readme>,
    /// What is odd about the files.
    pub findings: Vec<Finding>,
    /// SHA-256 of the pickle's file, in hexadecimal.
    pub sha256: String,
}

impl Archive {
    /// Opens WESAD's folder, a folder that holds it, or a zip of it.
    ///
    /// # Errors
    /// If there is nothing at `path`, it is neither a folder nor a zip, the zip is cut short, or it has no subject.
    ///
    /// ```
    /// use pathema_signal::wesad::Archive;
    /// let error = Archive::open("no/such/folder".as_ref()).unwrap_err();
    /// assert!(error.to_string().starts_with("no/such/folder: "));
    /// ```
    pub fn open(path: &Path) -> Result<Archive, WesadError> {
        let source = Source::open(path)?;
        let subjects = source.subjects()?;
        if subjects.is_empty() {
            return Err(WesadError::NoSubjects {
                path: path.to_owned(),
            });
        }
        let provenance = match source.has("simulation.json") {
            true => Provenance::Simulated,
            false => Provenance::Recorded,
        };
        Ok(Archive {
            path: path.to_owned(),
            source,
            subjects,
            provenance,
        })
    }

    /// What was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of the subjects' folders (`S2`, `S3`, …), by number.
    pub fn subjects(&self) -> &[String] {
        &self.subjects
    }

    /// Whether the recordings are of people.
    pub fn provenance(&self) -> Provenance {
        self.provenance
    }

    /// Reads all of one subject and checks it. Threads may read subjects at once, each through a handle of its own.
    ///
    /// # Errors
    /// If the subject or its pickle is not there, the pickle is damaged or names a callable that numpy arrays do not
    /// need, its arrays have the wrong shape or do not last equally long, or the questionnaire does not parse.
    pub fn read(&self, subject: &str) -> Result<Subject, WesadError> {
        if !self.subjects.iter().any(|known| known == subject) {
            return Err(WesadError::UnknownSubject {
                path: self.path.clone(),
                subject: subject.to_owned(),
                known: self.subjects.clone(),
            });
        }
        let mut findings = Vec::new();
        let name = format!("{subject}/{subject}.pkl");
        let file = self.source.full_name(&name);
        let read = self.source.with(&name, |reader| unpickle(reader, &file))?;
        let Some((pickle, length, sha256)) = read else {
            return Err(WesadError::MissingPickle {
                subject: subject.to_owned(),
                file,
            });
        };
        if length > pickle.length() {
            findings.push(Finding::TrailingBytes {
                count: length - pickle.length(),
            });
        }
        let recording = signals::recording(&file, subject, pickle, &mut findings)?;

        let name = format!("{subject}/{subject}_quest.csv");
        let questionnaire = self
            .text(&name, &mut findings)?
            .map(|text| Questionnaire::parse(&self.source.full_name(&name), &text))
            .transpose()?;
        if let Some(questionnaire) = &questionnaire {
            findings.extend(labels::compare(&recording.labels, questionnaire));
        }
        let readme = self
            .text(&format!("{subject}/{subject}_readme.txt"), &mut findings)?
            .map(|text| {
                let (readme, odd) = Readme::parse(&text);
                findings.extend(odd);
                readme
            });
        Ok(Subject {
            recording,
            questionnaire,
            readme,
            findings,
            sha256,
        })
    }

    /// A short text, or a finding that it is missing.
    fn text(&self, name: &str, findings: &mut Vec<Finding>) -> Result<Option<String>, WesadError> {
        let text = self.source.with(name, |reader| {
            let mut bytes = Vec::new();
            let read = reader.take(TEXT_LIMIT).read_to_end(&mut bytes);
            read.map_err(|source| WesadError::File {
                file: self.source.full_name(name),
                source,
            })?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        })?;
        if text.is_none() {
            findings.push(Finding::MissingFile {
                file: name.to_owned(),
            });
        }
        Ok(text)
    }
}

/// Reads a subject's pickle by itself; `file` names it in errors. The subject is whoever the pickle names.
///
/// # Errors
/// As [`Archive::read`], of the pickle alone.
pub fn read_pickle(
    reader: impl BufRead,
    file: &str,
) -> Result<(Recording, Vec<Finding>), WesadError> {
    let pickle = pickle::load(reader, file)?;
    let subject = pickle
        .root()
        .get("subject")
        .and_then(|subject| subject.text());
    let subject = subject.unwrap_or_default().into_owned();
    let mut findings = Vec::new();
    let recording = signals::recording(file, &subject, pickle, &mut findings)?;
    Ok((recording, findings))
}

/// Questionnaires and readmes have about a kilobyte.
const TEXT_LIMIT: u64 = 1 << 20;

/// Large enough that a zip and the hash work on long stretches.
const BUFFER: usize = 1 << 18;

/// The pickle, the bytes of its file and their hash.
fn unpickle(
    reader: &mut dyn Read,
    file: &str,
) -> Result<(pickle::Pickle, u64, String), WesadError> {
    let mut reader = BufReader::with_capacity(
        BUFFER,
        Hashed {
            reader,
            hash: Sha256::new(),
            length: 0,
        },
    );
    let pickle = pickle::load(&mut reader, file)?;
    // To the very end, for the hash, and because only there a zip tells whether its bytes were right.
    io::copy(&mut reader, &mut io::sink()).map_err(|source| WesadError::File {
        file: file.to_owned(),
        source,
    })?;
    let Hashed { hash, length, .. } = reader.into_inner();
    let digest = hash.finalize();
    let hex = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((pickle, length, hex))
}

/// Hashes what passes through.
struct Hashed<R> {
    reader: R,
    hash: Sha256,
    length: u64,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.hash.update(&buffer[..read]);
        self.length += read as u64;
        Ok(read)
    }
}
