use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use pathema_experiments::config::ClassifierKind;
use pathema_experiments::run::records::Prediction;
use pathema_experiments::run::write_atomically;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::models::{NetSpec, is_zero};
use crate::plan::{Selection, Tested, Windows};
use crate::records::{Info, Normalisation, Protocol};

/// Raised whenever the same settings give other numbers.
pub const METHOD: u32 = 3;
/// The same of features of degraded recordings alone, and of curves of training where subjects were set aside; other curves are shown nowhere.
const DEGRADED_FEATURES: u32 = 1;
const CURVES: u32 = 1;

/// A model fitted in every fold of a protocol from one seed: all that decides what comes of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// What is fitted.
    pub model: Fitted,
    /// Who is held out together.
    pub protocol: Protocol,
    /// Seed of everything drawn.
    pub seed: u64,
    /// What it is judged on.
    pub tested: Vec<Tested>,
    /// Where it is fitted.
    pub setting: Setting,
}

/// What a job fits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fitted {
    /// A network, or, where settings are chosen on inner subjects, the candidates.
    Network {
        /// Of one, the recipe; of several, what is chosen among.
        candidates: Vec<(String, NetSpec)>,
        /// How settings are chosen.
        selection: Selection,
    },
    /// A classifier of features.
    Classical {
        /// Which.
        kind: ClassifierKind,
        /// What features are measured against.
        normalisation: Normalisation,
        /// The network whose channels it sees, summed up; `None` for the features of Schmidt et al. 2018.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channels: Option<Box<NetSpec>>,
        /// Chance that a window is learnt from through a degraded recording.
        #[serde(default, skip_serializing_if = "is_zero")]
        gaps: f64,
    },
    /// The majority and the clock.
    WithoutSignals,
}

/// The data that jobs share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// SHA-256 of what was read: the subjects' files, in order.
    pub data: String,
    /// Subjects.
    pub subjects: Vec<String>,
    /// How sessions are cut.
    pub windows: Windows,
    /// Degraded recordings beside those as they were recorded.
    pub degraded: Vec<String>,
    /// Version of the program and of the [`METHOD`]: another may find something else.
    pub version: String,
}

/// What came of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// How it came about.
    pub info: Info,
    /// Commit of the code that found it.
    pub commit: String,
    /// Wall time of all of it, choices included where they were made for it.
    pub seconds: f64,
    /// Of each output judged and each thing it was judged on.
    pub parts: Vec<Part>,
}

/// One output of a model, judged on one thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Which output: empty for the model itself, `late`, `both`, the name of a modality; `alone` for the first member of several;
    /// `recalibrated`.
    pub output: String,
    /// What it was judged on.
    pub tested: String,
    /// Of the windows of the classes recognised.
    pub predictions: Vec<Prediction>,
    /// Of windows of meditation, where it was judged on the recording as it is.
    pub meditation: Vec<Prediction>,
}

impl Job {
    /// Version of the program and of what decides this job's numbers.
    pub fn version(&self) -> String {
        let whole = format!("{}+{METHOD}", env!("CARGO_PKG_VERSION"));
        let degraded = |own: &Tested| matches!(own, Tested::Recording(name) if name != "clean");
        let own = match &self.model {
            Fitted::Classical {
                channels: None,
                gaps,
                ..
            } if *gaps > 0.0 || self.tested.iter().any(degraded) => DEGRADED_FEATURES,
            Fitted::Network { candidates, .. }
                if candidates.iter().any(|(_, spec)| spec.train.validation > 0) =>
            {
                CURVES
            }
            _ => return whole,
        };
        format!("{whole}.{own}")
    }

    /// A name of the choice that the job makes: all jobs that differ in their seeds, in how many members they fit, and in what they are
    /// judged on make the same.
    pub fn choice_id(&self) -> String {
        let mut own = self.clone();
        own.seed = 0;
        own.tested.clear();
        if let Fitted::Network { candidates, .. } = &mut own.model {
            for (_, spec) in candidates {
                spec.members = 1;
            }
        }
        own.id()
    }

    /// A name that no other job has: a hash of all that decides what comes of it.
    pub fn id(&self) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        let digest = Sha256::digest(text.as_bytes());
        digest
            .iter()
            .take(10)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// What a run folder holds of it.
    ///
    /// # Errors
    /// If the file cannot be read, or is not what is written here.
    pub fn found(&self, folder: &Path) -> Result<Option<Found>> {
        let path = self.path(folder);
        if !path.exists() {
            return Ok(None);
        }
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_str(&text)
            .with_context(|| format!("{}: delete it to compute it anew", path.display()))
            .map(Some)
    }

    /// Writes what was found, whole or not at all.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn keep(&self, folder: &Path, found: &Found) -> Result<()> {
        let path = self.path(folder);
        write_whole(&path, &serde_json::to_vec(found)?)?;
        // What it was, for whoever looks into the folder.
        write_whole(
            &path.with_extension("job.json"),
            &serde_json::to_vec_pretty(self)?,
        )
    }

    /// Whether a run folder holds what came of it.
    pub fn is_kept(&self, folder: &Path) -> bool {
        self.path(folder).exists()
    }

    /// Where a run folder keeps a choice of that name.
    pub(super) fn choice_path(folder: &Path, choice: &str) -> PathBuf {
        folder.join("choices").join(format!("{choice}.json"))
    }

    fn path(&self, folder: &Path) -> PathBuf {
        folder.join("jobs").join(format!("{}.json", self.id()))
    }
}

/// Writes a file so that it is there whole or not at all.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    write_atomically(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
