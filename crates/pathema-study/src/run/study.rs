use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use pathema_experiments::data::Sight;
use pathema_experiments::loso::{Ask, Asked, Said};
use pathema_experiments::run::records::Prediction;
use pathema_signal::Label;

use super::classical::{classifier, without};
use super::effort::effort;
use super::job::{Fitted, Found, Job, Part, write_whole};
use super::networks::{FoldOutcome, Judged, network};
use super::select::{Chosen, Kept, choice_for, choose};
use super::{Data, Held, seen};
use crate::fit::Output;
use crate::models::NetSpec;
use crate::plan::{Selection, Tested};
use crate::records::{Ends, Epoch, Info, Protocol};
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
                let asks = self.asks(&job.tested)?;
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
                .map(|outcomes| self.found(job, &outcomes, &[], "fixed"))
                .transpose()?
            }
            Fitted::WithoutSignals => {
                let outcomes = without(self.data, job.protocol, &self.asks(&job.tested)?)?;
                self.observer.did(job.fitting(self.data));
                Some(self.found(job, &outcomes, &[], "fixed")?)
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
        let asks = self.asks(&job.tested)?;
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
        let mut found = self.found(job, &outcomes, &names, how)?;
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

    fn found(
        &self,
        job: &Job,
        outcomes: &[FoldOutcome],
        names: &[String],
        selection: &str,
    ) -> Result<Found> {
        let tested: Vec<String> = job.tested.iter().map(ToString::to_string).collect();
        let mut parts: Vec<Part> = Vec::new();
        let models = outcomes.first().map_or(0, |outcome| outcome.said.len());
        for model in 0..models {
            for (ask, tested) in tested.iter().enumerate() {
                let output = outcomes[0].said[model].0.clone();
                let of = |ask: usize| {
                    let all = outcomes
                        .iter()
                        .flat_map(move |fold| &fold.said[model].1[ask]);
                    all.collect::<Vec<&Said>>()
                };
                let predictions = of(ask)
                    .iter()
                    .filter_map(|said| said.prediction(&output))
                    .collect();
                // What follows the questions about classes is the one about meditation.
                let meditation = match tested.as_str() {
                    "clean" => of(job.tested.len())
                        .iter()
                        .map(|said| Said {
                            class: Some(0),
                            ..(*said).clone()
                        })
                        .filter_map(|said| said.prediction(&output))
                        .collect(),
                    _ => Vec::new(),
                };
                parts.push(Part {
                    output,
                    tested: tested.clone(),
                    predictions,
                    meditation,
                });
            }
        }
        let chosen: BTreeMap<String, String> = outcomes
            .iter()
            .zip(names)
            .flat_map(|(outcome, name)| {
                outcome
                    .held_out
                    .iter()
                    .map(move |who| (who.clone(), name.clone()))
            })
            .collect();
        Ok(Found {
            info: Info {
                simulated: self.data.simulated,
                parameters: outcomes
                    .iter()
                    .map(|outcome| outcome.parameters as u64)
                    .max()
                    .unwrap_or(0),
                train_seconds: outcomes.iter().map(|outcome| outcome.seconds).sum(),
                selection: selection.to_owned(),
                chosen,
                curves: mean_curve(outcomes),
                ends: mean_ends(outcomes),
            },
            commit: String::new(),
            seconds: 0.0,
            parts,
        })
    }

    /// Questions: one for each thing judged on, and one about meditation.
    fn asks(&self, tested: &[Tested]) -> Result<Vec<Ask>> {
        let mut asks = Vec::with_capacity(tested.len() + 1);
        for tested in tested {
            let sight = match tested {
                Tested::Recording(name) if name == "clean" => Sight::default(),
                Tested::Recording(name) => {
                    let place = self.data.degraded.iter().position(|own| own == name);
                    let Some(place) = place else {
                        bail!(
                            "nothing is called {name}: there are clean, {}",
                            self.data.degraded.join(", ")
                        );
                    };
                    Sight {
                        degraded: place + 1,
                        lost: None,
                    }
                }
                Tested::Lost { lost, after } => {
                    let place = self.data.groups.iter().position(|own| own == lost);
                    let place = place.with_context(|| format!("{} was not loaded", lost.name()))?;
                    Sight {
                        degraded: 0,
                        lost: Some((place, *after)),
                    }
                }
            };
            asks.push(Ask {
                windows: Asked::Classed,
                sight,
            });
        }
        asks.push(Ask {
            windows: Asked::Labelled(Label::Meditation),
            sight: Sight::default(),
        });
        Ok(asks)
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

/// Mean of the folds' ends, where all have one.
fn mean_ends(outcomes: &[FoldOutcome]) -> Option<Ends> {
    let all: Option<Vec<Ends>> = outcomes.iter().map(|outcome| outcome.ends).collect();
    Ends::mean(&all?)
}

/// Mean of the folds' curves.
fn mean_curve(outcomes: &[FoldOutcome]) -> Vec<Epoch> {
    let epochs = outcomes
        .iter()
        .map(|outcome| outcome.curve.len())
        .min()
        .unwrap_or(0);
    let count = outcomes.len().max(1) as f64;
    (0..epochs)
        .map(|epoch| {
            let mean = |of: fn(&Epoch) -> f64| {
                outcomes
                    .iter()
                    .map(|outcome| of(&outcome.curve[epoch]))
                    .sum::<f64>()
                    / count
            };
            let known = |of: fn(&Epoch) -> Option<f64>| {
                let all: Option<Vec<f64>> = outcomes
                    .iter()
                    .map(|outcome| of(&outcome.curve[epoch]))
                    .collect();
                all.map(|all| all.iter().sum::<f64>() / count)
            };
            Epoch {
                epoch: epoch + 1,
                loss: mean(|epoch| epoch.loss),
                binary: mean(|epoch| epoch.binary),
                three_class: mean(|epoch| epoch.three_class),
                validation_loss: known(|epoch| epoch.validation_loss),
                validation_binary: known(|epoch| epoch.validation_binary),
                validation_three_class: known(|epoch| epoch.validation_three_class),
            }
        })
        .collect()
}
