use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use std::{env, fs, thread};

use anyhow::{Context, Result, bail, ensure};
use pathema_experiments::config::{
    Config, Interpolation, ModalityGroup, PlacementChoice, SolverMethod,
};
use pathema_experiments::data::{self, Loaded, SubjectManifest};
use pathema_experiments::loso::Cohort;
use pathema_experiments::run::records::{Results, Scores};
use pathema_experiments::run::{
    self, DataManifest, Machine, Manifest, Outcome, RunFolder, SCHEMA, Versions,
};
use pathema_experiments::train::{Workers, study};
use pathema_signal::simulate::{Protocol, SimulationConfig};
use tch::Device;

use crate::args::{DeviceArgs, DeviceChoice, TrainArgs};
use crate::bars::{self, Bars};
use crate::{INTERRUPTED, STOP, simulate};

/// Windows an epoch where six short sessions are simulated: they hold some hundred, and the first run of a
/// newcomer is to end within minutes.
const SHORT_EPOCH: usize = 480;

pub(crate) fn run(args: &TrainArgs) -> Result<ExitCode> {
    let workers = workers(&args.device)?;
    let (run, config, manifest, cohort) = match &args.resume {
        Some(folder) => resume(folder)?,
        None => start(args, workers)?,
    };
    let finished = cohort
        .subjects()
        .iter()
        .filter(|subject| run.has_fold(subject))
        .count();
    eprintln!(
        "{} folds, {} modalities, {} epochs; run folder {}",
        cohort.len(),
        config.data.modalities.len(),
        config.train.epochs,
        run.path().display()
    );
    let clock = Instant::now();
    let bars = Bars::new(cohort.len(), finished);
    let outcome = study(&cohort, &config, &run, workers, &bars, &STOP);
    bars.clear();
    if outcome? == Outcome::Interrupted {
        eprintln!(
            "interrupted; go on with: pathema train --resume {}",
            run.path().display()
        );
        return Ok(ExitCode::from(INTERRUPTED));
    }
    let results = run::finish(&run, &config, &manifest, clock.elapsed().as_secs_f64())?;
    println!("{}", summary(&results));
    println!("report: {}", run.file("report.html").display());
    Ok(ExitCode::SUCCESS)
}

fn start(args: &TrainArgs, workers: Workers) -> Result<(RunFolder, Config, Manifest, Cohort)> {
    let mut config = config(args)?;
    if config.data.path.is_empty() {
        config.data.path = simulated(args.full)?.display().to_string();
        if !args.full && args.config.is_none() {
            config.train.windows_per_epoch = SHORT_EPOCH;
        }
    }
    let now = jiff::Timestamp::now().round(jiff::Unit::Second)?;
    let folder = args.out.clone().unwrap_or_else(|| {
        // Colons are no part of a file name on Windows.
        Path::new("runs").join(now.to_string().replace(':', "-"))
    });
    ensure!(
        !folder.join("config.toml").exists(),
        "{0} holds a run already: go on with it by --resume {0}, or choose another --out",
        folder.display()
    );
    let loaded = load(&config)?;
    let manifest = Manifest {
        schema: SCHEMA,
        created: now.to_string(),
        command: env::args().collect(),
        seed: config.train.seed,
        data: DataManifest {
            path: config.data.path.clone(),
            simulated: loaded.simulated,
            placement: loaded.placement.to_string(),
            subjects: loaded.subjects.clone(),
        },
        versions: Versions::current(),
        machine: Machine::current(workers.threads, device_name(workers.device)),
    };
    let cohort = cohort(loaded, &config)?;
    let run = RunFolder::create(&folder, &config, &manifest)?;
    Ok((run, config, manifest, cohort))
}

fn resume(folder: &Path) -> Result<(RunFolder, Config, Manifest, Cohort)> {
    let (run, config, manifest) = RunFolder::open(folder)?;
    ensure!(
        config.baselines.is_none(),
        "{} is a run of pathema baselines, which takes minutes: start it anew with another --out",
        folder.display()
    );
    let loaded = load(&config)?;
    same_data(&manifest.data.subjects, &loaded.subjects)
        .with_context(|| format!("cannot go on with {}", folder.display()))?;
    let cohort = cohort(loaded, &config)?;
    Ok((run, config, manifest, cohort))
}

/// A run goes on with the very files that it started from.
fn same_data(before: &[SubjectManifest], now: &[SubjectManifest]) -> Result<()> {
    let name = |subjects: &[SubjectManifest]| -> Vec<String> {
        subjects.iter().map(|one| one.subject.clone()).collect()
    };
    ensure!(
        name(before) == name(now),
        "the run started with subjects {}, the data now has {}",
        name(before).join(", "),
        name(now).join(", ")
    );
    for (before, now) in before.iter().zip(now) {
        ensure!(
            before.sha256 == now.sha256,
            "the recording of {} has changed since the run started: SHA-256 {} then, {} now",
            now.subject,
            before.sha256,
            now.sha256
        );
    }
    Ok(())
}

fn load(config: &Config) -> Result<Loaded> {
    let bar = bars::subjects("reading");
    let loaded = data::load(&config.data, |subject, done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
        bar.set_message(subject.to_owned());
    });
    bar.finish_and_clear();
    let loaded = loaded?;
    notes(&loaded);
    Ok(loaded)
}

/// What was odd about the files.
pub(crate) fn notes(loaded: &Loaded) {
    for subject in &loaded.subjects {
        for finding in &subject.findings {
            eprintln!("note: {}: {finding}", subject.subject);
        }
    }
}

fn cohort(loaded: Loaded, config: &Config) -> Result<Cohort> {
    let aside = config.train.aside(loaded.sessions.len().saturating_sub(1));
    Ok(Cohort::new(loaded.sessions, &config.windows, aside)?)
}

/// Six short subjects, or fifteen of full length; made once and kept.
fn simulated(full: bool) -> Result<PathBuf> {
    let config = SimulationConfig {
        subjects: if full { 15 } else { 6 },
        protocol: if full {
            Protocol::Full
        } else {
            Protocol::Short
        },
        ..SimulationConfig::default()
    };
    let name = if full { "full" } else { "short" };
    let root = Path::new("data/simulated").join(name);
    if !root.join("WESAD/simulation.json").exists() {
        eprintln!(
            "no --data: simulating {} subjects in {}",
            config.subjects,
            root.display()
        );
        simulate::write(&root, &config)?;
    }
    Ok(root)
}

fn config(args: &TrainArgs) -> Result<Config> {
    let mut config = match &args.config {
        Some(path) => Config::read(path)?,
        None => Config::default(),
    };
    if let Some(path) = &args.data {
        config.data.path = fs::canonicalize(path)
            .with_context(|| format!("cannot find --data {}", path.display()))?
            .display()
            .to_string();
    }
    if !args.subjects.is_empty() {
        config.data.subjects.clone_from(&args.subjects);
    }
    match args.placement.as_deref() {
        Some("chest") => config.data.placement = PlacementChoice::Chest,
        Some("wrist") => config.data.placement = PlacementChoice::Wrist,
        Some(_) => config.data.placement = PlacementChoice::Auto,
        None => {}
    }
    if !args.modalities.is_empty() {
        config.data.modalities = args.modalities.iter().map(|name| group(name)).collect();
    }
    match args.interpolation.as_deref() {
        Some("hermite") => config.path.interpolation = Interpolation::Hermite,
        Some("natural") => config.path.interpolation = Interpolation::Natural,
        Some(_) => config.path.interpolation = Interpolation::Linear,
        None => {}
    }
    match args.solver.as_deref() {
        Some("euler") => config.solver.method = SolverMethod::Euler,
        Some("rk4") => config.solver.method = SolverMethod::Rk4,
        Some("dopri5") => config.solver.method = SolverMethod::Dopri5,
        Some(_) => config.solver.method = SolverMethod::Midpoint,
        None => {}
    }
    config.solver.step = args.step.unwrap_or(config.solver.step);
    let train = &mut config.train;
    train.epochs = args.epochs.unwrap_or(train.epochs);
    train.batch = args.batch.unwrap_or(train.batch);
    train.learning_rate = args.learning_rate.unwrap_or(train.learning_rate);
    train.seed = args.seed.unwrap_or(train.seed);
    config.check()?;
    Ok(config)
}

fn group(name: &str) -> ModalityGroup {
    match name {
        "heart" => ModalityGroup::Heart,
        "eda" => ModalityGroup::Eda,
        _ => ModalityGroup::Acc,
    }
}

/// On a GPU folds go one after another.
pub(crate) fn workers(args: &DeviceArgs) -> Result<Workers> {
    let device = match args.device {
        DeviceChoice::Auto | DeviceChoice::Cpu => Device::Cpu,
        DeviceChoice::Cuda if tch::Cuda::is_available() => Device::Cuda(0),
        DeviceChoice::Cuda => bail!(
            "--device cuda: libtorch finds no NVIDIA GPU that it can use; check the driver (580 or newer) and that \
             libtorch was set up with CUDA (cargo xtask setup --variant cuda), or take --device cpu"
        ),
    };
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let threads = match (device, args.threads) {
        (Device::Cuda(_), _) => 1,
        (_, 0) => processors,
        (_, threads) => threads,
    };
    Ok(Workers { threads, device })
}

fn device_name(device: Device) -> &'static str {
    match device {
        Device::Cuda(_) => "cuda",
        _ => "cpu",
    }
}

/// The table at the end.
pub(crate) fn summary(results: &Results) -> String {
    let percent = |value: Option<f64>| {
        value.map_or("    –".to_owned(), |value| {
            format!("{:5.1}", 100.0 * value)
        })
    };
    let row = |name: &str, binary: &Scores, three: &Scores| {
        format!(
            "{name:12}  {}  {}      {}  {}\n",
            percent(binary.accuracy),
            percent(binary.macro_f1),
            percent(three.accuracy),
            percent(three.macro_f1)
        )
    };
    let mut text = String::from(
        "held-out subjects, mean  stress/rest        3 classes\n              acc %  F1 %       acc %  F1 %\n",
    );
    for model in &results.models {
        text += &row(&model.model, &model.binary.mean, &model.three_class.mean);
    }
    if results.simulated {
        text += "All recordings are SIMULATED: these figures say nothing about people.\n";
    }
    text.trim_end().to_owned()
}
