use std::path::Path;

use pathema_signal::wesad::{Archive, Provenance, WesadError};
use pathema_signal::{Placement, Recording};
use serde::{Deserialize, Serialize};

use super::Session;
use super::extract::{self, ExtractError};
use super::features::{self, FeaturesError};
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
    /// Features could not be computed.
    #[error("{subject}: {source}")]
    Features {
        /// Who.
        subject: String,
        /// Why.
        source: FeaturesError,
    },
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
    let mut placement = None;
    read(config, &mut progress, |recording| {
        let placement = *placement.get_or_insert_with(|| place(recording, config.placement));
        if config.placement == PlacementChoice::Auto && !recording.has(placement) {
            return Err(LoadError::Placement {
                subject: recording.subject.clone(),
                placement,
            });
        }
        Ok((session(recording, placement, config)?, placement))
    })
}

/// Reads subjects of a data set as [`load`] does, and computes the features of their windows of `length` seconds instead of tracks.
///
/// # Errors
/// As [`load`], and [`LoadError::Features`] if the set is unknown or a sensor of it was not worn.
pub fn load_features(
    config: &DataConfig,
    set: &str,
    length: f64,
    mut progress: impl FnMut(&str, usize, usize),
) -> Result<Loaded, LoadError> {
    read(config, &mut progress, |recording| {
        let (features, placement) =
            features::features_of(recording, set, length).map_err(|source| {
                LoadError::Features {
                    subject: recording.subject.clone(),
                    source,
                }
            })?;
        let session = Session {
            subject: recording.subject.clone(),
            tracks: Vec::new(),
            degraded: Vec::new(),
            features: Some(features),
            labels: recording.labels.clone(),
            duration: recording.duration(),
        };
        Ok((session, placement))
    })
}

/// Reads subjects one after another, so that one recording at a time is in memory, and makes each a session.
fn read(
    config: &DataConfig,
    progress: &mut dyn FnMut(&str, usize, usize),
    mut make: impl FnMut(&Recording) -> Result<(Session, Placement), LoadError>,
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
        let (session, placement) = make(recording)?;
        loaded.placement = placement;
        loaded.sessions.push(session);
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
        degraded: Vec::new(),
        features: None,
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
