use std::fs;
use std::io;

use super::Manifest;
use super::folder::{FoldResult, RunError, RunFolder};
use super::records::{EpochRecord, ModelResults, Prediction, Results};
use super::tensorboard::EventWriter;
use crate::config::Config;
use crate::metrics::{self, Task, task_results};
use crate::report::{self, ReportInput};

/// Version of the schemas of `manifest.json` and `results.json`.
pub const SCHEMA: u32 = 1;

/// Sums the finished folds up: `metrics.jsonl`, `predictions.csv`, `results.json`, TensorBoard's files and
/// `report.html`. All of them can be made again from the folds.
///
/// # Errors
/// The file that could not be read or written.
pub fn finish(
    run: &RunFolder,
    config: &Config,
    manifest: &Manifest,
    seconds: f64,
) -> Result<Results, RunError> {
    let subjects: Vec<String> = manifest
        .data
        .subjects
        .iter()
        .map(|subject| subject.subject.clone())
        .collect();
    let folds: Result<Vec<FoldResult>, RunError> = subjects
        .iter()
        .map(|subject| run.read_fold(subject))
        .collect();
    let folds = folds?;
    let epochs: Vec<EpochRecord> = folds.iter().flat_map(|fold| fold.epochs.clone()).collect();
    let predictions: Vec<Prediction> = folds
        .iter()
        .flat_map(|fold| fold.predictions.clone())
        .collect();
    metrics::validate(&predictions).map_err(|source| RunError::Content {
        path: run.file("folds"),
        problem: source.to_string(),
    })?;
    let results = Results {
        schema: SCHEMA,
        simulated: manifest.data.simulated,
        subjects,
        seed: config.train.seed,
        models: models(&predictions),
        parameters: folds.first().map_or(0, |fold| fold.parameters),
        folds: folds.into_iter().map(|fold| fold.summary).collect(),
        seconds,
    };
    run.write_epochs(&epochs)?;
    run.write_predictions(&predictions)?;
    run.write_results(&results)?;
    tensorboard(run, &epochs)?;
    write_report(run, config, manifest, &results, &epochs, &predictions)?;
    Ok(results)
}

/// Each model's scores, in the order in which the models occur.
fn models(predictions: &[Prediction]) -> Vec<ModelResults> {
    let mut names: Vec<&str> = Vec::new();
    for prediction in predictions {
        if !names.contains(&prediction.model.as_str()) {
            names.push(&prediction.model);
        }
    }
    names
        .into_iter()
        .map(|name| {
            let own: Vec<Prediction> = predictions
                .iter()
                .filter(|prediction| prediction.model == name)
                .cloned()
                .collect();
            ModelResults {
                model: name.to_owned(),
                binary: task_results(&own, Task::Binary),
                three_class: task_results(&own, Task::ThreeClass),
            }
        })
        .collect()
}

fn write_report(
    run: &RunFolder,
    config: &Config,
    manifest: &Manifest,
    results: &Results,
    epochs: &[EpochRecord],
    predictions: &[Prediction],
) -> Result<(), RunError> {
    let config_toml = config.to_toml().map_err(|source| RunError::Content {
        path: run.file("config.toml"),
        problem: source.to_string(),
    })?;
    let page = report::render(&ReportInput {
        results,
        epochs,
        predictions,
        config_toml: &config_toml,
        command: &manifest.command.join(" "),
        data: &manifest.data.path,
        created: &manifest.created,
        version: &manifest.versions.pathema,
    });
    run.write("report.html", page.as_bytes())
}

/// One event file a fold, written anew, so that a resumed run has no epoch twice.
fn tensorboard(run: &RunFolder, epochs: &[EpochRecord]) -> Result<(), RunError> {
    let root = run.file("tensorboard");
    let io = |source| RunError::Io {
        path: root.clone(),
        source,
    };
    fs::remove_dir_all(&root)
        .or_else(|source| match source.kind() {
            io::ErrorKind::NotFound => Ok(()),
            _ => Err(source),
        })
        .map_err(io)?;
    let mut wall_time = now();
    for fold in epochs.chunk_by(|a, b| a.fold == b.fold) {
        write_events(&root.join(&fold[0].fold), fold, wall_time).map_err(io)?;
        wall_time += 1e-3;
    }
    Ok(())
}

fn write_events(
    folder: &std::path::Path,
    epochs: &[EpochRecord],
    wall_time: f64,
) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut events = EventWriter::create(folder, wall_time)?;
    for record in epochs {
        let step = record.epoch as u64;
        let mut scalar = |tag: &str, value: f64| events.scalar(tag, step, value, wall_time);
        scalar("loss/train", record.train_loss)?;
        scalar("learning_rate", record.learning_rate)?;
        for (part, scores) in [("train", &record.train), ("validation", &record.validation)] {
            for (task, scores) in [
                ("binary", &scores.binary),
                ("three_class", &scores.three_class),
            ] {
                scalar(
                    &format!("cross_entropy/{task}/{part}"),
                    scores.cross_entropy,
                )?;
                scalar(&format!("accuracy/{task}/{part}"), scores.accuracy)?;
            }
        }
    }
    events.flush()
}

fn now() -> f64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64())
}
