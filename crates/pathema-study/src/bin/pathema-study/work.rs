use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use pathema_experiments::config::WindowConfig;
use pathema_signal::simulate::{self, Protocol, SimulationConfig};
use pathema_study::plan::{Experiment, Planned, Profile, Recipes, Tested};
use pathema_study::report::material::{Aim, Material};
use pathema_study::report::write;
use pathema_study::run::{Data, Fitted, Gathered, Observer, Workshop, cells, text};
use pathema_study::signals::{Degradation, LoadSettings, Loaded, load};

use crate::args::Args;
use crate::progress::Bar;

/// The model that the study is about.
const HEADLINE: &str = "cde";
/// Features of classical models.
const FEATURES: &str = "schmidt2018-wrist";

/// Does all of it; false if it was stopped.
pub(crate) fn run(args: &Args, stop: &AtomicBool) -> Result<bool> {
    let clock = Instant::now();
    let profile = Profile::from(args.profile);
    let recipes = Recipes::read(&args.experiments.join("recipes.toml"))?;
    let experiments = experiments(args)?;
    let mut planned: Vec<(usize, Planned)> = Vec::new();
    for (place, experiment) in experiments.iter().enumerate() {
        let jobs = experiment.jobs(&recipes, profile, args.seeds)?;
        planned.extend(jobs.into_iter().map(|job| (place, job)));
    }
    let out = args
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from("runs/study"));
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    let data = match &args.data {
        Some(data) => data.clone(),
        None => simulated(&out)?,
    };
    let degradations = degradations(&planned);
    let loaded = read(&data, &degradations)?;
    let threads = args
        .threads
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let mut shop = Shop {
        loaded: &loaded,
        degraded: degradations.iter().map(Degradation::name).collect(),
        made: HashMap::new(),
    };
    let digest = digest(&loaded);
    let mut units = 0.0;
    for (place, planned) in &mut planned {
        planned.job.setting.data.clone_from(&digest);
        planned.job.setting.version = env!("CARGO_PKG_VERSION").into();
        if sees_gaps(planned) {
            planned.job.setting.degraded.clone_from(&shop.degraded);
        }
        let data = shop.data(&planned.subjects, &experiments[*place])?;
        units += planned.job.units(data);
    }
    if args.plan {
        println!(
            "{} jobs, about {:.0} min on {threads} threads",
            planned.len(),
            units / 60.0 / threads as f64
        );
        return Ok(true);
    }
    let bar = Bar::new(units);
    let mut gathered = Gathered::default();
    for (place, experiment) in experiments.iter().enumerate() {
        let mut all = Vec::new();
        let mut stores = HashMap::new();
        for (_, planned) in planned.iter().filter(|(own, _)| *own == place) {
            let data = shop.data(&planned.subjects, experiment)?;
            let units = planned.job.units(data);
            match planned.job.found(&out)? {
                Some(_) => bar.skip(units),
                None => bar.began(&name(planned), units),
            }
            let of_data = stores.remove(&planned.subjects).unwrap_or_default();
            let workshop = Workshop {
                data,
                folder: &out,
                threads,
                observer: &bar,
                stop,
                stores: Mutex::new(of_data),
            };
            let found = workshop
                .done(&planned.job)
                .with_context(|| format!("{}: {}", experiment.name, name(planned)))?;
            let Some(found) = found else {
                bar.clear();
                return Ok(false);
            };
            all.extend(cells(planned, &found, experiment.question));
            let kept = workshop.stores.into_inner().unwrap_or_default();
            stores.insert(planned.subjects.clone(), kept);
        }
        gathered.add(
            Gathered::of(&all, experiment.layout, HEADLINE)
                .with_context(|| format!("experiment {}", experiment.name))?,
        );
    }
    bar.clear();
    let material = Material {
        title: "Stress and emotion from a wrist, in people never seen".into(),
        simulated: loaded.simulated,
        data: match loaded.simulated {
            true => "simulated recordings of a wrist".into(),
            false => "WESAD, wrist".into(),
        },
        created: jiff::Zoned::now().strftime("%Y-%m-%d").to_string(),
        commit: commit(),
        profile: format!("{profile:?}").to_lowercase(),
        machine: format!(
            "{} cores, {} on {}",
            threads,
            std::env::consts::OS,
            std::env::consts::ARCH
        ),
        wall_seconds: clock.elapsed().as_secs_f64(),
        headline: HEADLINE.into(),
        aims: Aim::of_the_study(),
        rows: gathered.rows,
        comparisons: gathered.comparisons,
        reliability: gathered.reliability,
        roc: gathered.roc,
        costs: Vec::new(),
        inside: None,
        experiments: experiments.iter().map(text).collect(),
    };
    let results = args.results.clone().unwrap_or_else(|| out.join("results"));
    write(&material, &results)?;
    fs::write(
        out.join("material.json"),
        serde_json::to_vec_pretty(&material)?,
    )?;
    println!(
        "{} ({:.0} min)",
        results.join("README.md").display(),
        clock.elapsed().as_secs_f64() / 60.0
    );
    Ok(true)
}

/// The experiments' files, in the order of their names, or those asked for.
fn experiments(args: &Args) -> Result<Vec<Experiment>> {
    let folder = &args.experiments;
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .filter(|path| path.file_stem().is_some_and(|stem| stem != "recipes"))
        .collect();
    paths.sort();
    let mut all = paths
        .iter()
        .map(|path| Experiment::read(path))
        .collect::<Result<Vec<_>, _>>()?;
    let known: Vec<String> = all
        .iter()
        .map(|experiment| experiment.name.clone())
        .collect();
    for name in &args.only {
        ensure!(
            known.contains(name),
            "no experiment is called {name}: there are {}",
            known.join(", ")
        );
    }
    all.retain(|experiment| args.only.is_empty() || args.only.contains(&experiment.name));
    Ok(all)
}

/// Degraded recordings that some job asks for, in the order of their names.
fn degradations(planned: &[(usize, Planned)]) -> Vec<Degradation> {
    let shares = [0.3, 0.5, 0.7];
    let all = shares
        .map(|share| Degradation::Random { share })
        .into_iter()
        .chain(shares.map(Degradation::bursts));
    let gaps = planned.iter().any(|(_, planned)| sees_gaps(planned));
    if gaps { all.collect() } else { Vec::new() }
}

/// Whether a job is judged on, or learns from, degraded recordings.
fn sees_gaps(planned: &Planned) -> bool {
    let judged = planned
        .job
        .tested
        .iter()
        .any(|tested| matches!(tested, Tested::Recording(name) if name != "clean"));
    let learns = match &planned.job.model {
        Fitted::Network { candidates, .. } => {
            candidates.iter().any(|(_, spec)| spec.train.gaps > 0.0)
        }
        _ => false,
    };
    judged || learns
}

fn simulated(out: &Path) -> Result<PathBuf> {
    let root = out.join("simulated");
    let path = root.join("WESAD");
    if !path.exists() {
        eprintln!("simulating 15 subjects into {}", path.display());
        let config = SimulationConfig {
            subjects: 15,
            seed: 0,
            protocol: Protocol::Short,
        };
        simulate::write(&root, &config, &mut |_, _, _| {})?;
    }
    Ok(path)
}

fn read(data: &Path, degradations: &[Degradation]) -> Result<Loaded> {
    let settings = LoadSettings {
        degradations: degradations.to_vec(),
        features: Some((FEATURES.into(), 60.0)),
        ..LoadSettings::of(data)
    };
    let bar = indicatif::ProgressBar::new(0);
    let loaded = load(&settings, |subject, done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
        bar.set_message(subject.to_owned());
    });
    bar.finish_and_clear();
    Ok(loaded?)
}

/// Of the files of all subjects.
fn digest(loaded: &Loaded) -> String {
    use sha2::{Digest, Sha256};
    let mut hasher = Sha256::new();
    for subject in &loaded.subjects {
        hasher.update(subject.subject.as_bytes());
        hasher.update(subject.sha256.as_bytes());
    }
    hasher
        .finalize()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Cohorts of the subjects and windows that experiments ask for.
struct Shop<'a> {
    loaded: &'a Loaded,
    degraded: Vec<String>,
    made: HashMap<String, Data>,
}

impl Shop<'_> {
    fn data(&mut self, subjects: &[String], experiment: &Experiment) -> Result<&Data> {
        let windows = experiment.windows;
        let key = format!("{subjects:?} {windows:?}");
        if !self.made.contains_key(&key) {
            let known: BTreeSet<&String> = self
                .loaded
                .subjects
                .iter()
                .map(|own| &own.subject)
                .collect();
            for subject in subjects {
                ensure!(
                    known.contains(subject),
                    "{}: the data has no subject {subject}",
                    experiment.name
                );
            }
            let mut loaded = self.loaded.clone();
            loaded
                .subjects
                .retain(|own| subjects.is_empty() || subjects.contains(&own.subject));
            let config = WindowConfig {
                length: windows.length,
                shift: windows.shift,
                train_shift: windows.train_shift,
            };
            let groups = LoadSettings::of("").groups;
            let made = Data::new(loaded, &groups, self.degraded.clone(), &config)
                .with_context(|| format!("experiment {}", experiment.name))?;
            self.made.insert(key.clone(), made);
        }
        Ok(&self.made[&key])
    }
}

fn name(planned: &Planned) -> String {
    let key = &planned.key;
    let parts = [
        key.experiment.as_str(),
        if key.model.is_empty() {
            "majority and clock"
        } else {
            &key.model
        },
        &key.variant,
        &key.modalities,
        key.protocol.name(),
        key.normalisation.name(),
    ];
    let told: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{}, seed {}", told.join(" · "), key.seed)
}

fn commit() -> String {
    let said = std::process::Command::new("git")
        .args(["rev-parse", "--short", "HEAD"])
        .output();
    let said = said.ok().filter(|said| said.status.success());
    said.map_or_else(
        || "unknown".into(),
        |said| String::from_utf8_lossy(&said.stdout).trim().to_owned(),
    )
}
