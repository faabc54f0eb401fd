use std::path::Path;

use pathema_signal::wesad::{Archive, Provenance, WesadError};
use pathema_signal::{Placement, Recording};
use serde::{Deserialize, Serialize};

use super::Session;
use super::extract::{self, ExtractError};
use crate::config::{DataConfig, PlacementChoice};

/// Sessions of a data set, and what the manifest says of where they came from.
#[derive(Debug)]
pub struct Loaded {
    /// One a subject.
    pub sessions: Vec<Session>,
    /// Whether the recordings are simulated.
    pub simulated: bool,
    /// Whose sensors were used.
    pub placement: Placement,
    /// What was read, subject by subject.
    pub subjects: Vec<SubjectManifest>,
}

/// What was read of one subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubjectManifest {
    /// Who.
    pub subject: String,
    /// SHA-256 of the pickle.
    pub sha256: String,
    /// Seconds recorded.
    pub duration: f64,
    /// What was odd about the files, if anything.
    pub findings: Vec<String>,
}

/// Why no sessions could be made.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The files could not be read.
    #[error(transparent)]
    Wesad(#[from] WesadError),
    /// A modality is missing.
    #[error(transparent)]
    Extract(#[from] ExtractError),
    /// A subject was asked for that the data set does not have.
    #[error("{path} has no subject {subject}: it has {}", known.join(", "))]
    UnknownSubject {
        /// The data set.
        path: String,
        /// Who was asked for.
        subject: String,
        /// Whom it has.
        known: Vec<String>,
    },
    /// Subjects wore different devices.
    #[error(
        "{subject} has no {placement} recording, as others before have: choose subjects by --subjects or the \
         device by --placement"
    )]
    Placement {
        /// Who.
        subject: String,
        /// Where the others wore theirs.
        placement: Placement,
    },
}

/// Reads the subjects that the config names; `progress` is told who is being read, how many are done and of how
/// many.
///
/// # Errors
/// [`LoadError`] names the file, the subject or the modality.
pub fn load(
    config: &DataConfig,
    mut progress: impl FnMut(&str, usize, usize),
) -> Result<Loaded, LoadError> {
    let archive = Archive::open(Path::new(&config.path))?;
    let subjects = chosen(&archive, &config.subjects)?;
    let mut loaded = Loaded {
        sessions: Vec::with_capacity(subjects.len()),
        simulated: archive.provenance() == Provenance::Simulated,
        placement: Placement::Wrist,
        subjects: Vec::with_capacity(subjects.len()),
    };
    for (done, subject) in subjects.iter().enumerate() {
        progress(subject, done, subjects.len());
        let read = archive.read(subject)?;
        let recording = &read.recording;
        if done == 0 {
            loaded.placement = place(recording, config.placement);
        } else if config.placement == PlacementChoice::Auto && !recording.has(loaded.placement) {
            return Err(LoadError::Placement {
                subject: subject.clone(),
                placement: loaded.placement,
            });
        }
        loaded
            .sessions
            .push(session(recording, loaded.placement, config)?);
        loaded.subjects.push(SubjectManifest {
            subject: subject.clone(),
            sha256: read.sha256.clone(),
            duration: recording.duration(),
            findings: read.findings.iter().map(ToString::to_string).collect(),
        });
    }
    Ok(loaded)
}

/// Reads one subject, to be labelled by a model that was trained on `placement`, and says the SHA-256 of its
/// file.
///
/// # Errors
/// As [`load`].
pub fn predict_session(
    path: &Path,
    subject: &str,
    placement: Placement,
    config: &DataConfig,
) -> Result<(Session, String), LoadError> {
    let archive = Archive::open(path)?;
    let subjects = chosen(&archive, &[subject.to_owned()])?;
    let read = archive.read(&subjects[0])?;
    Ok((session(&read.recording, placement, config)?, read.sha256))
}

fn session(
    recording: &Recording,
    placement: Placement,
    config: &DataConfig,
) -> Result<Session, LoadError> {
    let tracks: Result<Vec<_>, ExtractError> = config
        .modalities
        .iter()
        .map(|&group| extract::track(recording, placement, group))
        .collect();
    Ok(Session {
        subject: recording.subject.clone(),
        tracks: tracks?,
        labels: recording.labels.clone(),
        duration: recording.duration(),
    })
}

fn place(recording: &Recording, choice: PlacementChoice) -> Placement {
    match choice {
        PlacementChoice::Chest => Placement::Chest,
        PlacementChoice::Wrist => Placement::Wrist,
        PlacementChoice::Auto if recording.has(Placement::Wrist) => Placement::Wrist,
        PlacementChoice::Auto => Placement::Chest,
    }
}

fn chosen(archive: &Archive, asked: &[String]) -> Result<Vec<String>, LoadError> {
    let known = archive.subjects();
    if asked.is_empty() {
        return Ok(known.to_vec());
    }
    for subject in asked {
        if !known.contains(subject) {
            return Err(LoadError::UnknownSubject {
                path: archive.path().display().to_string(),
                subject: subject.clone(),
                known: known.to_vec(),
            });
        }
    }
    // In the data set's order, each once.
    Ok(known
        .iter()
        .filter(|subject| asked.contains(subject))
        .cloned()
        .collect())
}
