use std::fs::File;
use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use pathema_experiments::config::Config;
use pathema_experiments::data::{self, Session};
use pathema_experiments::loso::Probabilities;
use pathema_experiments::model::Recogniser;
use pathema_experiments::run::records::{BINARY_CLASSES, CLASSES};
use pathema_experiments::run::{Manifest, RunFolder};
use pathema_signal::{Label, Placement};
use tch::Device;

use crate::args::PredictArgs;
use crate::train;

pub(crate) fn run(args: &PredictArgs) -> Result<ExitCode> {
    ensure!(
        args.shift.is_finite() && args.shift > 0.0,
        "--shift {}: must be above zero",
        args.shift
    );
    let workers = train::workers(&args.device)?;
    let (folder, config, manifest) = RunFolder::open(&args.run)?;
    ensure!(
        config.baselines.is_none(),
        "{} is a run of pathema baselines, which keeps no models: take one of pathema train",
        args.run.display()
    );
    let placement = match manifest.data.placement.as_str() {
        "chest" => Placement::Chest,
        _ => Placement::Wrist,
    };
    let (session, sha256) =
        data::predict_session(&args.data, &args.subject, placement, &config.data)?;
    let folds = folds(&folder, &manifest, &args.subject, &sha256)?;
    let inputs = session.inputs(config.windows.length, args.shift);
    ensure!(
        !inputs.is_empty(),
        "the recording of {} lasts {:.1} s, a window {} s",
        args.subject,
        session.duration,
        config.windows.length
    );
    let mut sum: Vec<Probabilities> = Vec::new();
    for fold in &folds {
        let recogniser = load(&folder, fold, &config, workers.device)?;
        add(
            &mut sum,
            recogniser.probabilities(&inputs)?,
            folds.len() as f64,
        );
    }
    match &args.out {
        Some(path) => {
            let file = File::create(path)
                .with_context(|| format!("cannot write the table {}", path.display()))?;
            table(file, &session, &config, args.shift, &sum)
                .with_context(|| format!("cannot write the table {}", path.display()))?;
            eprintln!("{} windows in {}", sum.len(), path.display());
        }
        None => table(io::stdout().lock(), &session, &config, args.shift, &sum)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The fold that held this very recording out, or all folds for someone the run does not know.
fn folds(
    folder: &RunFolder,
    manifest: &Manifest,
    subject: &str,
    sha256: &str,
) -> Result<Vec<String>> {
    let known = manifest
        .data
        .subjects
        .iter()
        .find(|known| known.sha256 == sha256);
    let folds: Vec<String> = match known {
        Some(known) => {
            eprintln!("{subject} by the model that has never seen them");
            vec![known.subject.clone()]
        }
        None => {
            let all = manifest.data.subjects.iter();
            let all: Vec<String> = all.map(|known| known.subject.clone()).collect();
            eprintln!(
                "{subject} took no part in the run: by its {} models together",
                all.len()
            );
            all
        }
    };
    for fold in &folds {
        if !folder.has_fold(fold) {
            bail!(
                "fold {fold} of {0} is not finished: go on with pathema train --resume {0}",
                folder.path().display()
            );
        }
    }
    Ok(folds)
}

fn load(folder: &RunFolder, fold: &str, config: &Config, device: Device) -> Result<Recogniser> {
    Recogniser::load(&folder.weights(fold), config, device)
}

fn add(sum: &mut Vec<Probabilities>, said: Vec<Probabilities>, models: f64) {
    let none = Probabilities {
        three_class: [0.0; 3],
        stress: 0.0,
    };
    sum.resize(said.len(), none);
    for (sum, said) in sum.iter_mut().zip(said) {
        for (sum, said) in sum.three_class.iter_mut().zip(said.three_class) {
            *sum += said / models;
        }
        sum.stress += said.stress / models;
    }
}

fn table(
    to: impl Write,
    session: &Session,
    config: &Config,
    shift: f64,
    said: &[Probabilities],
) -> Result<()> {
    let mut table = csv::Writer::from_writer(to);
    table.write_record([
        "subject",
        "start",
        "length",
        "label",
        "state",
        "stress",
        "p_baseline",
        "p_stress",
        "p_amusement",
        "p_stress_binary",
    ])?;
    for (index, said) in said.iter().enumerate() {
        let start = index as f64 * shift;
        let [baseline, stress, amusement] = said.three_class;
        let best =
            |p: &[f64]| (1..p.len()).fold(0, |best, k| if p[k] > p[best] { k } else { best });
        table.write_record([
            session.subject.as_str(),
            &start.to_string(),
            &config.windows.length.to_string(),
            label(session, start, start + config.windows.length),
            CLASSES[best(&said.three_class)],
            BINARY_CLASSES[usize::from(said.stress > 0.5)],
            &format!("{baseline:.6}"),
            &format!("{stress:.6}"),
            &format!("{amusement:.6}"),
            &format!("{:.6}", said.stress),
        ])?;
    }
    table.flush()?;
    Ok(())
}

/// What the recording says of a window that lies whole in one label; nothing else is known of others.
fn label(session: &Session, start: f64, end: f64) -> &'static str {
    let run = session
        .labels
        .iter()
        .find(|run| run.start <= start + 1e-9 && end <= run.end + 1e-9);
    match run.map(|run| run.label) {
        Some(Label::Baseline) => "baseline",
        Some(Label::Stress) => "stress",
        Some(Label::Amusement) => "amusement",
        Some(Label::Meditation) => "meditation",
        Some(Label::Transient | Label::Ignored(_)) | None => "",
    }
}
