//! AffectiveROAD's layout from end to end: drives are simulated, loaded, and recognised with all drives of a driver held out.
//!
//! `cargo run --release -p pathema-study --example road`; nothing that it prints was measured on a person.

#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use pathema_experiments::config::WindowConfig;
use pathema_experiments::data::Sight;
use pathema_experiments::loso::{Ask, Asked};
use pathema_experiments::metrics::{Task, task_results};
use pathema_signal::simulate::affective_road::{RoadConfig, write_drives};
use pathema_study::fit::Output;
use pathema_study::models::{NetSpec, TrainSpec};
use pathema_study::records::{Normalisation, Protocol};
use pathema_study::run::{Data, FoldOutcome, Judged, network, without};
use pathema_study::signals::{RoadSettings, load_road};
use pathema_study::windows::Store;

fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    write_drives(folder.path(), &RoadConfig::default())?;
    let settings = RoadSettings::of(folder.path());
    let road = load_road(&settings, |_, _, _| {})?;
    let windows = WindowConfig {
        length: 60.0,
        shift: 30.0,
        train_shift: 10.0,
    };
    let data = Data::road(road, &settings.load.groups, Vec::new(), &windows)?;
    let folds = Protocol::Loso.folds(&data).len();
    println!(
        "{} {} drives by {folds} drivers, {}",
        data.cohort.len(),
        if data.simulated {
            "simulated"
        } else {
            "recorded"
        },
        data.placement,
    );

    let asks = [Ask {
        windows: Asked::Classed,
        sight: Sight::default(),
    }];
    show(&data, &without(&data, Protocol::Loso, &asks)?);
    for (name, normalisation) in [
        ("cde, population", Normalisation::Population),
        ("cde, causal", Normalisation::Causal),
    ] {
        let spec = NetSpec {
            normalisation,
            hidden: 8,
            width: 16,
            train: TrainSpec {
                epochs: 6,
                ..TrainSpec::default()
            },
            ..NetSpec::default()
        };
        let judged = [Judged {
            name: name.to_owned(),
            output: Output::Fused,
            alone: false,
        }];
        let stores = Mutex::new(HashMap::<String, Arc<Store>>::new());
        let store_of = |spec: &NetSpec| {
            let made = data.store(spec);
            let mut stores = stores.lock().unwrap_or_else(|stores| stores.into_inner());
            let key = format!("{:?}", (made.shape(), made.parts()));
            Arc::clone(stores.entry(key).or_insert_with(|| Arc::new(made)))
        };
        let found = network(
            &data,
            &store_of,
            Protocol::Loso,
            &|_| spec.clone(),
            0,
            &judged,
            &asks,
            2,
            &|| {},
            &AtomicBool::new(false),
        )?;
        show(&data, &found.context("nobody stopped it")?);
    }
    Ok(())
}

/// Accuracies and macro F1, means over drives.
fn show(data: &Data, folds: &[FoldOutcome]) {
    let names = folds.first().into_iter().flat_map(|fold| &fold.said);
    for (model, (name, _)) in names.enumerate() {
        let said = folds
            .iter()
            .flat_map(|fold| fold.said[model].1.iter().flatten());
        let predictions: Vec<_> = said.filter_map(|said| said.prediction(name)).collect();
        let mut counts = [0; 3];
        predictions.iter().for_each(|one| counts[one.truth] += 1);
        let [binary, three] = [Task::Binary, Task::ThreeClass].map(|task| {
            let mean = task_results(&predictions, task).mean;
            let of = |score: Option<f64>| score.unwrap_or(f64::NAN);
            format!("{:.3} / {:.3}", of(mean.accuracy), of(mean.macro_f1))
        });
        println!(
            "{name}: {} {binary}; {} {three}; windows {counts:?}",
            data.classes.binary().join(" – "),
            data.classes.classes.join(" – "),
        );
    }
}
