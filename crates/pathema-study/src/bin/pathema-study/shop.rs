use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use pathema_experiments::config::WindowConfig;
use pathema_signal::simulate::affective_road::{RoadConfig, write_drives};
use pathema_signal::simulate::{self, Protocol, SimulationConfig};
use pathema_study::plan::{DataSet, Experiment};
use pathema_study::run::Data;
use pathema_study::signals::{
    Degradation, LoadSettings, Loaded, LoadedRoad, RoadSettings, load, load_road,
};
use sha2::{Digest, Sha256};

use crate::args::Args;

/// Features of classical models, and seconds of their windows.
const FEATURES: (&str, f64) = ("schmidt2018-wrist", 60.0);
/// People simulated where nobody's recordings are given.
const SIMULATED: usize = 15;

/// Recordings, read when an experiment first asks for them, and cohorts of the subjects and windows that it asks for.
pub(crate) struct Shop<'a> {
    args: &'a Args,
    out: &'a Path,
    degradations: &'a [Degradation],
    /// Names of the degraded recordings.
    pub(crate) degraded: Vec<String>,
    wesad: Option<Loaded>,
    road: Option<LoadedRoad>,
    made: HashMap<String, Data>,
}

impl<'a> Shop<'a> {
    pub(crate) fn new(args: &'a Args, out: &'a Path, degradations: &'a [Degradation]) -> Shop<'a> {
        Shop {
            args,
            out,
            degradations,
            degraded: degradations.iter().map(Degradation::name).collect(),
            wesad: None,
            road: None,
            made: HashMap::new(),
        }
    }

    /// Whether nobody's recordings were read.
    pub(crate) fn all_simulated(&self) -> bool {
        let wesad = self.wesad.as_ref().is_none_or(|wesad| wesad.simulated);
        wesad && self.road.as_ref().is_none_or(|road| road.drives.simulated)
    }

    /// Of the files of all subjects of a data set.
    pub(crate) fn digest(&mut self, set: DataSet) -> Result<String> {
        let subjects = match set {
            DataSet::Wesad => &self.wesad()?.subjects,
            DataSet::AffectiveRoad => &self.road()?.drives.subjects,
        };
        let mut hasher = Sha256::new();
        for subject in subjects {
            hasher.update(subject.subject.as_bytes());
            hasher.update(subject.sha256.as_bytes());
        }
        let digest = hasher.finalize();
        Ok(digest
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect())
    }

    /// The cohort of an experiment, of some subjects or of all.
    pub(crate) fn data(&mut self, subjects: &[String], experiment: &Experiment) -> Result<&Data> {
        let windows = experiment.windows;
        let key = format!("{:?} {subjects:?} {windows:?}", experiment.data);
        if !self.made.contains_key(&key) {
            let config = WindowConfig {
                length: windows.length,
                shift: windows.shift,
                train_shift: windows.train_shift,
            };
            let groups = LoadSettings::of("").groups;
            let what = || format!("experiment {}", experiment.name);
            let made = match experiment.data {
                DataSet::Wesad => {
                    let mut loaded = self.wesad()?.clone();
                    let known: BTreeSet<String> = loaded
                        .subjects
                        .iter()
                        .map(|own| own.subject.clone())
                        .collect();
                    for subject in subjects {
                        ensure!(
                            known.contains(subject),
                            "{}: the data has no subject {subject}",
                            what()
                        );
                    }
                    loaded
                        .subjects
                        .retain(|own| subjects.is_empty() || subjects.contains(&own.subject));
                    Data::new(loaded, &groups, self.degraded.clone(), &config)
                }
                DataSet::AffectiveRoad => {
                    ensure!(subjects.is_empty(), "{}: all drives are taken", what());
                    Data::road(self.road()?.clone(), &groups, Vec::new(), &config)
                }
            };
            self.made.insert(key.clone(), made.with_context(what)?);
        }
        Ok(&self.made[&key])
    }

    fn wesad(&mut self) -> Result<&Loaded> {
        if self.wesad.is_none() {
            let path = match &self.args.data {
                Some(path) => path.clone(),
                None => self.simulated()?,
            };
            let settings = LoadSettings {
                degradations: self.degradations.to_vec(),
                features: Some((FEATURES.0.into(), FEATURES.1)),
                ..LoadSettings::of(path)
            };
            let told = Reading::new();
            let loaded = load(&settings, |subject, done, total| {
                told.read(subject, done, total)
            });
            self.wesad = Some(loaded?);
        }
        self.wesad.as_ref().context("it was read")
    }

    fn road(&mut self) -> Result<&LoadedRoad> {
        if self.road.is_none() {
            let path = match &self.args.road {
                Some(path) => path.clone(),
                None => {
                    let root = self.out.join("simulated-road");
                    if !root.exists() {
                        eprintln!("simulating 13 drives into {}", root.display());
                        write_drives(&root, &RoadConfig::default())?;
                    }
                    root
                }
            };
            let told = Reading::new();
            let road = load_road(&RoadSettings::of(path), |drive, done, total| {
                told.read(drive, done, total)
            });
            self.road = Some(road?);
        }
        self.road.as_ref().context("it was read")
    }

    fn simulated(&self) -> Result<PathBuf> {
        let root = self.out.join("simulated");
        let path = root.join("WESAD");
        if !path.exists() {
            eprintln!("simulating {SIMULATED} subjects into {}", path.display());
            let config = SimulationConfig {
                subjects: SIMULATED,
                seed: 0,
                protocol: Protocol::Short,
            };
            simulate::write(&root, &config, &mut |_, _, _| {})?;
        }
        Ok(path)
    }
}

/// Says who is being read.
struct Reading(indicatif::ProgressBar);

impl Reading {
    fn new() -> Reading {
        Reading(indicatif::ProgressBar::new(0))
    }

    fn read(&self, subject: &str, done: usize, total: usize) {
        self.0.set_length(total as u64);
        self.0.set_position(done as u64);
        self.0.set_message(subject.to_owned());
        if done == total {
            self.0.finish_and_clear();
        }
    }
}
