use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use pathema_study::plan::{Experiment, Planned, Profile, Recipes, Tested};
use pathema_study::records::Row;
use pathema_study::report::material::{Aim, Layout, Material};
use pathema_study::report::write;
use pathema_study::run::{Fitted, Gathered, Observer, Reckoned, Workshop, cells, text};
use pathema_study::signals::Degradation;

use crate::args::Args;
use crate::extras;
use crate::progress::Bar;
use crate::shop::Shop;

/// The model that the study is about.
const HEADLINE: &str = "cde";
/// Five of it, averaged.
const ENSEMBLE: &str = "cde-ensemble";
/// Models whose costs are told, beside those that are compared.
const PRICED: [&str; 3] = [ENSEMBLE, "prototype", "method-cde"];

/// Does all of it; false if it was stopped.
pub(crate) fn run(args: &Args, stop: &AtomicBool) -> Result<bool> {
    let clock = Instant::now();
    // Before anything that takes minutes, while nobody edits what was built.
    let commit = commit();
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
    let degradations = degradations(&planned);
    let threads = args
        .threads
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let mut shop = Shop::new(args, &out, &degradations);
    let (mut units, mut reckoned) = (0.0, Reckoned::default());
    for (place, planned) in &mut planned {
        let experiment = &experiments[*place];
        planned.job.setting.data = shop.digest(experiment.data)?;
        planned.job.setting.version = planned.job.version();
        if sees_gaps(planned) {
            planned.job.setting.degraded.clone_from(&shop.degraded);
        }
        let data = shop.data(&planned.subjects, experiment)?;
        units += reckoned.add(&planned.job, data, &out);
    }
    if args.plan {
        println!(
            "{} jobs, about {:.0} min on {threads} threads",
            planned.len(),
            units / 60.0 / threads as f64
        );
        return Ok(true);
    }
    let (mut commits, mut seconds) = (BTreeSet::new(), BTreeMap::new());
    let bar = Bar::new(units, threads);
    let mut gathered = Gathered::default();
    for (place, experiment) in experiments.iter().enumerate() {
        let mut all = Vec::new();
        let mut stores = HashMap::new();
        for (_, planned) in planned.iter().filter(|(own, _)| *own == place) {
            let data = shop.data(&planned.subjects, experiment)?;
            if !planned.job.is_kept(&out) {
                bar.began(&name(planned));
            }
            let of_data = stores.remove(&planned.subjects).unwrap_or_default();
            let workshop = Workshop {
                data,
                folder: &out,
                commit: commit.clone(),
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
            commits.insert(found.commit.clone());
            seconds.insert(planned.job.id(), found.seconds);
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
    let mut texts = Vec::with_capacity(experiments.len());
    for experiment in &experiments {
        let classes = shop.data(&[], experiment)?.classes.clone();
        texts.push(text(experiment, &classes));
    }
    let compared = experiments
        .iter()
        .find(|experiment| experiment.layout == Layout::Comparison);
    let (mut costs, mut inside) = (Vec::new(), None);
    if let Some(experiment) = compared {
        let rows: Vec<Row> = gathered
            .rows
            .iter()
            .filter(|row| {
                row.key.experiment == experiment.name || PRICED.contains(&row.key.model.as_str())
            })
            .filter(|row| row.key.modalities.contains('+') || row.key.modalities.is_empty())
            .cloned()
            .collect();
        let windows = format!("{} {:?}", shop.digest(experiment.data)?, experiment.windows);
        let data = shop.data(&[], experiment)?;
        costs = extras::costs(&rows, &recipes, (data, &windows), profile, &out, stop)?;
        inside = extras::inside(&rows, HEADLINE, &recipes, data, stop)?;
    }
    let material = Material {
        title: "Stress and emotion from a wrist, in people never seen".into(),
        simulated: shop.all_simulated(),
        data: match args.data {
            None => "simulated recordings of a wrist".into(),
            Some(_) => "WESAD, wrist".into(),
        },
        created: jiff::Zoned::now().strftime("%Y-%m-%d").to_string(),
        commit: commits.into_iter().collect::<Vec<_>>().join(", "),
        profile: format!("{profile:?}").to_lowercase(),
        machine: format!(
            "{} cores, {} on {}",
            threads,
            std::env::consts::OS,
            std::env::consts::ARCH
        ),
        wall_seconds: seconds.values().sum(),
        headline: HEADLINE.into(),
        aims: aims(),
        rows: gathered.rows,
        comparisons: gathered.comparisons,
        reliability: gathered.reliability,
        roc: gathered.roc,
        costs,
        inside,
        experiments: texts,
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

/// The aims, of the model, and where recordings are whole also of five of it together.
fn aims() -> Vec<Aim> {
    let mut aims = Aim::of_the_study();
    let whole = aims.iter().filter(|aim| aim.tested == "clean");
    let together: Vec<Aim> = whole
        .map(|aim| aim.of_model(ENSEMBLE, "5 members"))
        .collect();
    aims.extend(together);
    aims
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
        Fitted::Classical { gaps, .. } => *gaps > 0.0,
        Fitted::WithoutSignals => false,
    };
    judged || learns
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
        .args(["describe", "--always", "--dirty", "--exclude=*"])
        .output();
    let said = said.ok().filter(|said| said.status.success());
    said.map_or_else(
        || "unknown".into(),
        |said| String::from_utf8_lossy(&said.stdout).trim().to_owned(),
    )
}
