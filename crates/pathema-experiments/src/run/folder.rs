use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::records::{EpochRecord, FoldSummary, Prediction, Results};
use super::{Manifest, way_out, write_atomically};
use crate::config::Config;

/// A run's folder; `docs/run-folder.md` says what lies in it.
#[derive(Clone, Debug)]
pub struct RunFolder {
    path: PathBuf,
}

/// What a finished fold leaves: `folds/<subject>/fold.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoldResult {
    /// How the fold was trained.
    pub summary: FoldSummary,
    /// Trainable parameters of the recogniser.
    pub parameters: usize,
    /// Every epoch.
    pub epochs: Vec<EpochRecord>,
    /// Every window of the subject held out, by every model.
    pub predictions: Vec<Prediction>,
}

/// Why a run folder could not be used.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The file system refused.
    #[error("{}: {source}{}", path.display(), way_out(source))]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of the folder does not hold what it should.
    #[error("{} cannot be understood: {problem}", path.display())]
    Content {
        /// Which file.
        path: PathBuf,
        /// What is off.
        problem: String,
    },
    /// There is a run already.
    #[error(
        "{} holds a run already: go on with it by --resume {}, or choose another --out", path.display(), path.display()
    )]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// There is no run.
    #[error("{} holds no run: config.toml and manifest.json are not both there", path.display())]
    NoRun {
        /// The folder.
        path: PathBuf,
    },
}

impl RunFolder {
    /// Starts a run in a folder that holds none.
    ///
    /// # Errors
    /// [`RunError::Exists`], or the file that could not be written.
    pub fn create(path: &Path, config: &Config, manifest: &Manifest) -> Result<Self, RunError> {
        let run = RunFolder {
            path: path.to_owned(),
        };
        if run.file("config.toml").exists() {
            return Err(RunError::Exists {
                path: path.to_owned(),
            });
        }
        fs::create_dir_all(path).map_err(|source| RunError::Io {
            path: path.to_owned(),
            source,
        })?;
        run.write_json("manifest.json", manifest)?;
        let text = config.to_toml().map_err(|source| RunError::Content {
            path: run.file("config.toml"),
            problem: source.to_string(),
        })?;
        run.write("config.toml", text.as_bytes())?;
        Ok(run)
    }

    /// Opens a run that was started before.
    ///
    /// # Errors
    /// [`RunError::NoRun`], or the file that is off.
    pub fn open(path: &Path) -> Result<(Self, Config, Manifest), RunError> {
        let run = RunFolder {
            path: path.to_owned(),
        };
        let file = run.file("config.toml");
        if !file.exists() || !run.file("manifest.json").exists() {
            return Err(RunError::NoRun {
                path: path.to_owned(),
            });
        }
        let config = Config::read(&file).map_err(|source| RunError::Content {
            path: file,
            problem: format!("{source:#}"),
        })?;
        let manifest = run.read_json(&run.file("manifest.json"))?;
        Ok((run, config, manifest))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where a file of the folder lies.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Where a fold's checkpoint lies; its folder is made.
    ///
    /// # Errors
    /// If the folder cannot be made.
    pub fn checkpoint(&self, fold: &str) -> Result<PathBuf, RunError> {
        let folder = self.fold(fold);
        fs::create_dir_all(&folder).map_err(|source| RunError::Io {
            path: folder.clone(),
            source,
        })?;
        Ok(folder.join("checkpoint.safetensors"))
    }

    /// A fold's weights at its chosen epoch.
    pub fn weights(&self, fold: &str) -> PathBuf {
        self.fold(fold).join("weights.safetensors")
    }

    /// Whether the fold is finished.
    pub fn has_fold(&self, fold: &str) -> bool {
        self.fold(fold).join("fold.json").exists()
    }

    /// Writes a finished fold down and removes its checkpoint.
    ///
    /// # Errors
    /// The file that could not be written.
    pub fn write_fold(&self, fold: &str, result: &FoldResult) -> Result<(), RunError> {
        let checkpoint = self.checkpoint(fold)?;
        self.write_json(&format!("folds/{fold}/fold.json"), result)?;
        fs::remove_file(&checkpoint).or_else(|source| match source.kind() {
            io::ErrorKind::NotFound => Ok(()),
            _ => Err(RunError::Io {
                path: checkpoint,
                source,
            }),
        })
    }

    /// A finished fold.
    ///
    /// # Errors
    /// The file that could not be read.
    pub fn read_fold(&self, fold: &str) -> Result<FoldResult, RunError> {
        self.read_json(&self.fold(fold).join("fold.json"))
    }

    /// Writes `metrics.jsonl`: every epoch, sorted by fold (in the order given) and epoch.
    ///
    /// # Errors
    /// The file that could not be written.
    pub fn write_epochs(&self, records: &[EpochRecord]) -> Result<(), RunError> {
        let lines: Result<Vec<String>, _> = records.iter().map(serde_json::to_string).collect();
        let lines = lines.map_err(|source| RunError::Content {
            path: self.file("metrics.jsonl"),
            problem: source.to_string(),
        })?;
        let text: String = lines.into_iter().map(|line| line + "\n").collect();
        self.write("metrics.jsonl", text.as_bytes())
    }

    /// Adds an epoch to `metrics.jsonl` as it ends, for whoever watches; [`RunFolder::write_epochs`] sorts them in
    /// the end.
    ///
    /// # Errors
    /// The file that could not be written.
    pub fn append_epoch(&self, record: &EpochRecord) -> Result<(), RunError> {
        let path = self.file("metrics.jsonl");
        let line = serde_json::to_string(record).map_err(|source| RunError::Content {
            path: path.clone(),
            problem: source.to_string(),
        })?;
        let file = OpenOptions::new().create(true).append(true).open(&path);
        // One write a line, so that folds side by side do not mix theirs.
        file.and_then(|mut file| file.write_all((line + "\n").as_bytes()))
            .map_err(|source| RunError::Io { path, source })
    }

    /// Writes `predictions.csv`.
    ///
    /// # Errors
    /// The file that could not be written.
    pub fn write_predictions(&self, predictions: &[Prediction]) -> Result<(), RunError> {
        let path = self.file("predictions.csv");
        let content = |problem: String| RunError::Content {
            path: path.clone(),
            problem,
        };
        let mut table = csv::Writer::from_writer(Vec::new());
        for prediction in predictions {
            table
                .serialize(prediction)
                .map_err(|source| content(source.to_string()))?;
        }
        let bytes = table
            .into_inner()
            .map_err(|source| content(source.to_string()))?;
        self.write("predictions.csv", &bytes)
    }

    /// Writes `results.json`.
    ///
    /// # Errors
    /// The file that could not be written.
    pub fn write_results(&self, results: &Results) -> Result<(), RunError> {
        self.write_json("results.json", results)
    }

    /// Reads `results.json`.
    ///
    /// # Errors
    /// The file that could not be read.
    pub fn read_results(&self) -> Result<Results, RunError> {
        self.read_json(&self.file("results.json"))
    }

    /// Writes a file of the folder, at once or not at all.
    ///
    /// # Errors
    /// The file that could not be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), RunError> {
        let path = self.file(name);
        write_atomically(&path, bytes).map_err(|source| RunError::Io { path, source })
    }

    fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), RunError> {
        let text = serde_json::to_string_pretty(value).map_err(|source| RunError::Content {
            path: self.file(name),
            problem: source.to_string(),
        })?;
        self.write(name, (text + "\n").as_bytes())
    }

    fn read_json<T: DeserializeOwned>(&self, path: &Path) -> Result<T, RunError> {
        let text = fs::read_to_string(path).map_err(|source| RunError::Io {
            path: path.to_owned(),
            source,
        })?;
        serde_json::from_str(&text).map_err(|source| RunError::Content {
            path: path.to_owned(),
            problem: source.to_string(),
        })
    }

    fn fold(&self, fold: &str) -> PathBuf {
        self.path.join("folds").join(fold)
    }
}
