//! All subjects of a data set, clean and with samples taken away.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use pathema_experiments::config::{ModalityGroup, PlacementChoice};
use pathema_experiments::data::{Session, Track, features_of};
use pathema_physio::features::FeatureTable;
use pathema_signal::wesad::{self, Archive, Provenance};
use pathema_signal::{LabelRun, Placement, Recording};

use super::pulse::joined;
use super::{ChannelOptions, Degradation, SignalsError, degrade, tracks};

/// What is read, and what is made of it.
#[derive(Clone, Debug)]
pub struct LoadSettings {
    /// A folder or a zip in WESAD's layout.
    pub path: PathBuf,
    /// Subjects to use; empty for all.
    pub subjects: Vec<String>,
    /// Whose sensors; [`Auto`](PlacementChoice::Auto) takes the wrist if the first subject has one.
    pub placement: PlacementChoice,
    /// The modalities, in order.
    pub groups: Vec<ModalityGroup>,
    /// Their channels.
    pub options: ChannelOptions,
    /// What is taken away, one version each, after the clean one.
    pub degradations: Vec<Degradation>,
    /// A set of features, of windows of so many seconds, computed of each version beside its tracks.
    pub features: Option<(String, f64)>,
    /// Seed of what is taken away.
    pub seed: u64,
    /// Subjects read at once, each by a thread that holds one recording. The outcome is the same whatever the number.
    pub threads: usize,
}

impl LoadSettings {
    /// All subjects, all modalities and channels, nothing taken away, two threads.
    pub fn of(path: impl Into<PathBuf>) -> LoadSettings {
        LoadSettings {
            path: path.into(),
            subjects: Vec::new(),
            placement: PlacementChoice::Auto,
            groups: vec![ModalityGroup::Heart, ModalityGroup::Eda, ModalityGroup::Acc],
            options: ChannelOptions::default(),
            degradations: Vec::new(),
            features: None,
            seed: 0,
            threads: 2,
        }
    }
}

/// The subjects of a data set.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// In the data set's order.
    pub subjects: Vec<Subject>,
    /// Whether the recordings are simulated.
    pub simulated: bool,
    /// Whose sensors were used.
    pub placement: Placement,
}

impl Loaded {
    /// Copies of one version of all subjects, for a [`Cohort`](pathema_experiments::loso::Cohort); 0 is clean, k is the k-th degradation.
    ///
    /// # Panics
    /// If there is no such version.
    pub fn sessions(&self, version: usize) -> Vec<Session> {
        self.subjects
            .iter()
            .map(|subject| subject.session(version))
            .collect()
    }
}

/// One subject's series.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// Who.
    pub subject: String,
    /// A track a modality, in their order: the clean version, then one a degradation.
    pub versions: Vec<Vec<Track>>,
    /// Features of each version, where they were asked for.
    pub features: Vec<FeatureTable>,
    /// What was going on.
    pub labels: Vec<LabelRun>,
    /// Seconds.
    pub duration: f64,
    /// SHA-256 of the pickle, in hexadecimal; empty where it came from no archive.
    pub sha256: String,
    /// What was odd about the files, if anything.
    pub findings: Vec<String>,
}

impl Subject {
    /// A copy of one version; 0 is clean.
    ///
    /// # Panics
    /// If there is no such version.
    pub fn session(&self, version: usize) -> Session {
        Session {
            subject: self.subject.clone(),
            tracks: self.versions[version].clone(),
            degraded: Vec::new(),
            features: self.features.get(version).cloned(),
            labels: self.labels.clone(),
            duration: self.duration,
        }
    }
}

/// The series of one recording, whatever files it came from: clean, then with each of `degradations`.
///
/// # Errors
/// As [`tracks`] and [`degrade`].
pub fn subject(
    recording: &Recording,
    placement: Placement,
    settings: &LoadSettings,
) -> Result<Subject, SignalsError> {
    let LoadSettings {
        groups,
        options,
        seed,
        ..
    } = settings;
    let mut versions = Vec::new();
    let mut features = Vec::new();
    let mut add = |recording: &Recording, whole: bool| -> Result<(), SignalsError> {
        versions.push(tracks(recording, placement, groups, *options)?);
        if let Some((set, length)) = &settings.features {
            // Gaps that the tracks' beats are sought across are none for the features' either.
            let table = match whole {
                true => features_of(recording, set, *length),
                false => features_of(&joined(recording, placement), set, *length),
            };
            let (table, _) = table.map_err(|source| SignalsError::Features {
                subject: recording.subject.clone(),
                source,
            })?;
            features.push(table);
        }
        Ok(())
    };
    add(recording, true)?;
    for degradation in &settings.degradations {
        add(&degrade(recording, placement, degradation, *seed)?, false)?;
    }
    Ok(Subject {
        subject: recording.subject.clone(),
        versions,
        features,
        labels: recording.labels.clone(),
        duration: recording.duration(),
        sha256: String::new(),
        findings: Vec::new(),
    })
}

/// Reads subjects; `progress` is told who was read, how many are done and of how many.
///
/// # Errors
/// [`SignalsError`] names the file, the subject, the modality or the value; of several, that of the subject that comes first.
///
/// ```no_run
/// use pathema_study::signals::{Degradation, LoadSettings, load};
/// let settings = LoadSettings {
///     degradations: vec![Degradation::Random { share: 0.5 }, Degradation::bursts(0.5)],
///     ..LoadSettings::of("data/WESAD.zip")
/// };
/// let loaded = load(&settings, |subject, done, of| println!("{subject}: {done} of {of}"))?;
/// let [clean, random, bursts] = [0, 1, 2].map(|version| loaded.sessions(version));
/// # Ok::<(), pathema_study::signals::SignalsError>(())
/// ```
pub fn load(
    settings: &LoadSettings,
    mut progress: impl FnMut(&str, usize, usize),
) -> Result<Loaded, SignalsError> {
    let archive = Archive::open(&settings.path)?;
    let names = chosen(&archive, &settings.subjects)?;
    let total = names.len();
    // The first subject decides where sensors were worn, before threads start.
    let first = archive.read(&names[0])?;
    let placement = place(&first.recording, settings.placement);
    let mut done: Vec<Option<Result<Subject, SignalsError>>> = (0..total).map(|_| None).collect();
    done[0] = Some(finish(first, placement, settings));
    progress(&names[0], 1, total);

    let next = AtomicUsize::new(1);
    let failed = AtomicBool::new(matches!(done[0], Some(Err(_))));
    let work = |sender: mpsc::Sender<(usize, Result<Subject, SignalsError>)>| {
        // In order, and what was begun is ended: the first error by number is the same whoever works on it.
        while !failed.load(Ordering::Acquire) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(name) = names.get(index) else { break };
            let read = archive.read(name).map_err(SignalsError::from);
            let subject = read.and_then(|read| finish(read, placement, settings));
            if subject.is_err() {
                failed.store(true, Ordering::Release);
            }
            if sender.send((index, subject)).is_err() {
                break;
            }
        }
    };
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..settings.threads.clamp(1, total) {
            let sender = sender.clone();
            let work = &work;
            scope.spawn(move || work(sender));
        }
        drop(sender);
        for (count, (index, subject)) in receiver.iter().enumerate() {
            done[index] = Some(subject);
            progress(&names[index], count + 2, total);
        }
    });
    Ok(Loaded {
        subjects: done.into_iter().flatten().collect::<Result<_, _>>()?,
        simulated: archive.provenance() == Provenance::Simulated,
        placement,
    })
}

fn finish(
    read: wesad::Subject,
    placement: Placement,
    settings: &LoadSettings,
) -> Result<Subject, SignalsError> {
    Ok(Subject {
        sha256: read.sha256,
        findings: read.findings.iter().map(ToString::to_string).collect(),
        ..subject(&read.recording, placement, settings)?
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

/// In the data set's order, each once; there is one at least.
fn chosen(archive: &Archive, asked: &[String]) -> Result<Vec<String>, SignalsError> {
    let known = archive.subjects();
    for subject in asked {
        if !known.contains(subject) {
            return Err(SignalsError::UnknownSubject {
                path: archive.path().display().to_string(),
                subject: subject.clone(),
                known: known.to_vec(),
            });
        }
    }
    let chosen = known
        .iter()
        .filter(|subject| asked.is_empty() || asked.contains(subject));
    Ok(chosen.cloned().collect())
}
