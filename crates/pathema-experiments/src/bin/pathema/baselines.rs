use std::collections::BTreeMap;
use std::io::{IsTerminal, stderr};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;
use std::{env, fs, thread};

use anyhow::{Context, Result, ensure};
use indicatif::ProgressBar;
use pathema_experiments::baselines::{self, Progress};
use pathema_experiments::config::{BaselineConfig, ClassifierKind, Config};
use pathema_experiments::data;
use pathema_experiments::loso::Cohort;
use pathema_experiments::run::{
    self, DataManifest, Machine, Manifest, Outcome, RunFolder, SCHEMA, Versions,
};

use crate::args::BaselinesArgs;
use crate::{INTERRUPTED, STOP, bars, train};

pub(crate) fn run(args: &BaselinesArgs) -> Result<ExitCode> {
    let settings = settings(args);
    let config = config(args, &settings)?;
    ensure!(
        !args.out.join("config.toml").exists(),
        "{} holds a run already: choose another --out",
        args.out.display()
    );
    let threads = match args.threads {
        0 => thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    let bar = bars::subjects("features");
    let loaded = data::load_features(
        &config.data,
        &settings.set,
        config.windows.length,
        |subject, done, total| {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
            bar.set_message(subject.to_owned());
        },
    );
    bar.finish_and_clear();
    let loaded = loaded?;
    train::notes(&loaded);
    let manifest = Manifest {
        schema: SCHEMA,
        created: jiff::Timestamp::now()
            .round(jiff::Unit::Second)?
            .to_string(),
        command: env::args().collect(),
        seed: config.train.seed,
        data: DataManifest {
            path: config.data.path.clone(),
            simulated: loaded.simulated,
            placement: loaded.placement.to_string(),
            subjects: loaded.subjects,
        },
        versions: Versions::current(),
        machine: Machine::current(threads, "cpu"),
    };
    // Nobody is set aside: there is no epoch to choose.
    let cohort = Cohort::new(loaded.sessions, &config.windows, 0)?;
    let run = RunFolder::create(&args.out, &config, &manifest)?;
    eprintln!(
        "{} folds, {} classifiers; run folder {}",
        cohort.len(),
        settings.classifiers.len(),
        run.path().display()
    );
    let clock = Instant::now();
    let bar = Bar::new(cohort.len() * settings.classifiers.len());
    let seed = config.train.seed;
    let told = |progress: Progress<'_>| bar.tell(progress);
    let outcome = baselines::study(&cohort, &settings, seed, &run, threads, &told, &STOP);
    bar.bar.finish_and_clear();
    if outcome? == Outcome::Interrupted {
        eprintln!(
            "interrupted; the folds that were finished are in {}, a new run needs another --out",
            run.path().display()
        );
        return Ok(ExitCode::from(INTERRUPTED));
    }
    let results = run::finish(&run, &config, &manifest, clock.elapsed().as_secs_f64())?;
    println!("{}", train::summary(&results));
    println!("report: {}", run.file("report.html").display());
    Ok(ExitCode::SUCCESS)
}

fn settings(args: &BaselinesArgs) -> BaselineConfig {
    let mut settings = BaselineConfig::default();
    if let Some(set) = &args.set {
        settings.set.clone_from(set);
    }
    if !args.classifiers.is_empty() {
        let named = |name: &String| {
            ClassifierKind::ALL
                .into_iter()
                .find(|kind| kind.name() == name)
        };
        settings.classifiers = args.classifiers.iter().filter_map(named).collect();
    }
    settings
}

fn config(args: &BaselinesArgs, settings: &BaselineConfig) -> Result<Config> {
    let mut config = Config::default();
    config.data.path = fs::canonicalize(&args.data)
        .with_context(|| format!("cannot find --data {}", args.data.display()))?
        .display()
        .to_string();
    config.data.subjects.clone_from(&args.subjects);
    let windows = &mut config.windows;
    windows.length = args.length.unwrap_or(windows.length);
    windows.train_shift = args.train_shift.unwrap_or(windows.train_shift);
    windows.shift = args.shift.unwrap_or(windows.shift);
    config.train.seed = args.seed.unwrap_or(config.train.seed);
    config.baselines = Some(settings.clone());
    config.check()?;
    Ok(config)
}

/// A bar over all fits, and what is fitted now; plain lines where nobody watches a terminal.
struct Bar {
    bar: ProgressBar,
    /// Fits done, fold by fold.
    done: Mutex<BTreeMap<String, usize>>,
    watched: bool,
}

impl Bar {
    fn new(fits: usize) -> Bar {
        let bar = bars::subjects("fitting");
        bar.set_length(fits as u64);
        Bar {
            bar,
            done: Mutex::default(),
            watched: stderr().is_terminal(),
        }
    }

    fn tell(&self, progress: Progress<'_>) {
        if let Ok(mut done) = self.done.lock() {
            done.insert(progress.fold.to_owned(), progress.done);
            self.bar.set_position(done.values().sum::<usize>() as u64);
        }
        match progress.fitting {
            Some(kind) => self
                .bar
                .set_message(format!("{} {}", progress.fold, kind.name())),
            None if !self.watched => eprintln!("{}: done", progress.fold),
            None => {}
        }
    }
}
