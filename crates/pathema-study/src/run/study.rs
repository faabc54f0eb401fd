use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use pathema_experiments::run::records::Prediction;

use super::asks::asks;
use super::classical::{classifier, without};
use super::effort::effort;
use super::job::{Fitted, Found, Job, Part, write_whole};
use super::networks::{Judged, network};
use super::select::{Chosen, Kept, choice_for, choose};
use super::{Data, Held, seen};
use crate::fit::Output;
use crate::models::NetSpec;
use crate::plan::{Selection, Tested};
use crate::records::Protocol;
use crate::statistics::calibration::Recalibration;
use crate::windows::Store;

/// Is told how much of the work is done; from several threads at once.
pub trait Observer: Sync {
    /// A job begins.
    fn began(&self, _name: &str) {}
    /// So many units are done.
    fn did(&self, _units: f64) {}
}

/// Where and how jobs are done.
pub struct Workshop<'a> {
    /// The recordings.
    pub data: &'a Data,
    /// Keeps what is found.
    pub folder: &'a Path,
    /// Folds side by side.
    pub threads: usize,
    /// Commit of the code, for the records.
    pub commit: String,
    /// Watches.
    pub observer: &'a dyn Observer,
    /// Raised to stop.
    pub stop: &'a AtomicBool,
    /// Windows as networks take them, by what they take.
    pub stores: Mutex<HashMap<String, Arc<Store>>>,
}

impl Workshop<'_> {
    /// What comes of a job: from the folder, or computed and kept there. `None` where it was stopped.
    ///
    /// # Errors
    /// What failed.
    pub fn done(&self, job: &Job) -> Result<Option<Found>> {
        if let Some(found) = job.found(self.folder)? {
            return Ok(Some(found));
        }
        if self.stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let clock = Instant::now();
        let found = match &job.model {
            Fitted::Network {
                candidates,
                selection,
            } => self.network(job, candidates, *selection)?,
            Fitted::Classical {
                kind,
                normalisation,
                channels,
                gaps,
            } => {
                let lost = |own: &&Tested| matches!(own, Tested::Lost { .. });
                if let Some(lost) = job.tested.iter().find(lost).filter(|_| channels.is_none()) {
                    bail!(
                        "classifiers of features cannot be judged on {lost}: tables of features are of whole windows"
                    );
                }
                let asks = asks(self.data, &job.tested)?;
                let one = job.fitting(self.data) / self.folds(job.protocol) as f64;
                let did = || self.observer.did(one);
                let seen = match channels {
                    None => seen::features(*normalisation, job.seed),
                    Some(spec) => seen::channels(self.data, spec, job.seed),
                };
                let learns = match *gaps {
                    0.0 => Arc::clone(&seen),
                    share => {
                        let degraded = self.data.degraded.len();
                        seen::through_gaps(Arc::clone(&seen), degraded, share, job.seed)
                    }
                };
                classifier(
                    self.data,
                    job.protocol,
                    *kind,
                    &learns,
                    &seen,
                    job.seed,
                    &asks,
                    self.threads,
                    &did,
                    self.stop,
                )?
                .map(|outcomes| Found::of(self.data, job, &outcomes, &[], "fixed"))
            }
            Fitted::WithoutSignals => {
                let outcomes = without(self.data, job.protocol, &asks(self.data, &job.tested)?)?;
                self.observer.did(job.fitting(self.data));
                Some(Found::of(self.data, job, &outcomes, &[], "fixed"))
            }
        };
        let Some(mut found) = found else {
            return Ok(None);
        };
        found.commit.clone_from(&self.commit);
        found.seconds = clock.elapsed().as_secs_f64();
        job.keep(self.folder, &found)?;
        Ok(Some(found))
    }

    fn network(
        &self,
        job: &Job,
        candidates: &[(String, NetSpec)],
        selection: Selection,
    ) -> Result<Option<Found>> {
        let asks = asks(self.data, &job.tested)?;
        let specs: Vec<NetSpec> = candidates.iter().map(|(_, spec)| spec.clone()).collect();
        let first = specs.first().context("a network has settings")?;
        let chosen = match selection {
            Selection::Recipe => Vec::new(),
            Selection::Nested => match self.chosen(job, &specs)? {
                Some(chosen) => chosen,
                None => return Ok(None),
            },
        };
        let mut judged = vec![judged("", Output::Answer, false)];
        if first.modalities.len() > 1 {
            judged.push(self::judged("fused", Output::Fused, false));
            judged.push(self::judged("late", Output::Late, false));
            judged.push(self::judged("both", Output::Both, false));
            for (place, group) in first.modalities.iter().enumerate() {
                judged.push(self::judged(group.name(), Output::Modality(place), false));
            }
        }
        if first.members > 1 {
            judged.push(self::judged("alone", Output::Answer, true));
        }
        let folds = job.protocol.folds(self.data);
        let mut of_fold: Vec<usize> = Vec::with_capacity(folds.len());
        for held in &folds {
            of_fold.push(match selection {
                Selection::Recipe => 0,
                Selection::Nested => *choice_for(self.data, held, &chosen)?.choice.value(),
            });
        }
        // Folds that chose alike are fitted by one store; each by its own.
        let spec_of = |held: &Held| {
            let place = folds.iter().position(|own| own == held).unwrap_or(0);
            specs[of_fold[place]].clone()
        };
        let did = || self.observer.did(effort(first));
        let store_of = |spec: &NetSpec| self.store(spec);
        let outcomes = network(
            self.data,
            &store_of,
            job.protocol,
            &spec_of,
            job.seed,
            &judged,
            &asks,
            self.threads,
            &did,
            self.stop,
        )?;
        let Some(outcomes) = outcomes else {
            return Ok(None);
        };
        let names: Vec<String> = of_fold
            .iter()
            .map(|&own| candidates[own].0.clone())
            .collect();
        let how = match selection {
            Selection::Recipe => "post-hoc",
            Selection::Nested => "nested",
        };
        let mut found = Found::of(self.data, job, &outcomes, &names, how);
        if selection == Selection::Nested
            && first.members == 1
            && job.protocol != Protocol::RandomSplit
        {
            let recalibrated = self.recalibrated(job, &folds, &chosen, &found)?;
            found.parts.push(recalibrated);
        }
        Ok(Some(found))
    }

    /// What is chosen for each group: from the folder, or found and kept there. `None` where it was stopped.
    fn chosen(&self, job: &Job, specs: &[NetSpec]) -> Result<Option<Vec<Chosen>>> {
        let path = Job::choice_path(self.folder, &job.choice_id());
        if path.exists() {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            let kept: Vec<Kept> = serde_json::from_str(&text)
                .with_context(|| format!("{}: delete it to choose anew", path.display()))?;
            return Ok(Some(
                kept.into_iter()
                    .map(|kept| kept.chosen(self.data))
                    .collect(),
            ));
        }
        // Members are for the final fit: one of them chooses.
        let alone: Vec<NetSpec> = specs
            .iter()
            .map(|spec| NetSpec {
                members: 1,
                ..spec.clone()
            })
            .collect();
        let each = alone.first().map_or(0.0, effort);
        let store_of = |spec: &NetSpec| self.store(spec);
        let did = || self.observer.did(each);
        // The same choice for every seed of the final fit.
        let chosen = choose(
            self.data,
            job.protocol,
            &alone,
            &store_of,
            0,
            self.threads,
            &did,
            self.stop,
        )?;
        if let Some(chosen) = &chosen {
            let kept: Vec<Kept> = chosen.iter().map(Kept::of).collect();
            write_whole(&path, &serde_json::to_vec(&kept)?)?;
        }
        Ok(chosen)
    }

    /// The model's own output on the recordings as they are, at temperatures learnt on inner subjects.
    fn recalibrated(
        &self,
        job: &Job,
        folds: &[Held],
        chosen: &[Chosen],
        found: &Found,
    ) -> Result<Part> {
        let subjects = self.data.cohort.subjects();
        let own = found
            .parts
            .iter()
            .find(|part| part.output.is_empty() && part.tested == "clean")
            .with_context(|| {
                format!("job {} was judged on the recordings as they are", job.id())
            })?;
        let mut predictions = Vec::with_capacity(own.predictions.len());
        for held in folds {
            let Held::Subjects(members) = held else {
                continue;
            };
            let names: Vec<String> = members.iter().map(|&who| subjects[who].clone()).collect();
            let inner = &choice_for(self.data, held, chosen)?.inner;
            let mend = Recalibration::fit(names.iter().cloned(), inner)?;
            let of_fold: Vec<Prediction> = own
                .predictions
                .iter()
                .filter(|prediction| names.contains(&prediction.subject))
                .cloned()
                .collect();
            predictions.extend(mend.apply(&of_fold)?);
        }
        Ok(Part {
            output: "recalibrated".into(),
            tested: "clean".into(),
            predictions,
            meditation: Vec::new(),
        })
    }

    fn store(&self, spec: &NetSpec) -> Arc<Store> {
        let made = self.data.store(spec);
        let key = format!("{:?}", (made.shape(), made.parts()));
        match self.stores.lock() {
            Ok(mut stores) => Arc::clone(stores.entry(key).or_insert_with(|| Arc::new(made))),
            Err(_) => Arc::new(made),
        }
    }

    fn folds(&self, protocol: Protocol) -> usize {
        protocol.folds(self.data).len()
    }
}

fn judged(name: &str, output: Output, alone: bool) -> Judged {
    Judged {
        name: name.to_owned(),
        output,
        alone,
    }
}
