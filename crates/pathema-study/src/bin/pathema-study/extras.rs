//! What stands beside the scores: costs, and a look inside.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use pathema_study::cost::{Bench, Measured, Model, Order, Training, Workload, measured_apart};
use pathema_study::inside::{Looked, look};
use pathema_study::plan::{Family, Profile, Recipes};
use pathema_study::records::{Normalisation, Protocol, Row};
use pathema_study::report::material::{Cost, Inside};
use pathema_study::run::{Data, METHOD};
use serde::{Deserialize, Serialize};

/// Seed of the people that costs are measured on.
const SEED: u64 = 2018;
/// Rounds of which the fastest counts.
const ROUNDS: usize = 7;
/// Windows whose instructions are counted.
const WINDOWS: usize = 2;
/// Seconds of a window: windows side by side.
const LENGTH: f64 = 60.0;

/// A model measured, kept in the run folder: times are never the same twice.
#[derive(Serialize, Deserialize)]
struct Kept {
    model: String,
    of: Model,
    /// What it computes, and, of what is no network, the windows that it was fitted on; as long as these stay, so does what it costs.
    #[serde(default)]
    method: u32,
    #[serde(default)]
    fitted: Option<String>,
    counted: bool,
    measured: Measured,
}

/// Costs of every model of the rows, measured once for a run folder; with instructions in the full profile, where valgrind is. Those that
/// are no networks are fitted on the first fold of the data: how many splits and neighbours they have decides what they cost. `windows` tells that fold's from those of other data.
///
/// # Errors
/// If one cannot be measured.
pub(crate) fn costs(
    rows: &[Row],
    recipes: &Recipes,
    (data, windows): (&Data, &str),
    profile: Profile,
    folder: &Path,
    stop: &AtomicBool,
) -> Result<Vec<Cost>> {
    let path = folder.join("costs.json");
    let mut kept: Vec<Kept> = match fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text)
            .with_context(|| format!("{}: delete it to measure anew", path.display()))?,
        Err(_) => Vec::new(),
    };
    let bench = Bench::simulated(SEED)?;
    let program = std::env::current_exe()?.with_file_name("pathema-study-cost");
    let mut found: Vec<Cost> = Vec::new();
    for row in rows.iter().filter(|row| {
        row.key.protocol == Protocol::Loso
            && row.key.normalisation == Normalisation::Population
            && row.key.variant.is_empty()
    }) {
        let name = &row.key.model;
        if found.iter().any(|cost| cost.model == *name) {
            continue;
        }
        let Some(of) = model(name, recipes)? else {
            continue;
        };
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let counted = profile == Profile::Full;
        let fitted = match of {
            Model::Network(_) => None,
            _ => Some(windows.to_owned()),
        };
        let known = kept.iter().position(|own| {
            own.model == *name
                && own.of == of
                && (own.method, &own.fitted) == (METHOD, &fitted)
                && own.counted >= counted
        });
        let place = match known {
            Some(place) => place,
            None => {
                eprintln!("what {name} costs");
                let order = Order {
                    model: of.clone(),
                    training: match of {
                        Model::Network(_) => None,
                        _ => Some(Training::of(data, &of)?),
                    },
                    rounds: ROUNDS,
                    windows: if counted { WINDOWS } else { 0 },
                    stage: None,
                };
                let measured = match program.exists() {
                    true => measured_apart(&program, &order)?,
                    false => {
                        let training = order.training.as_ref();
                        Workload::new(&bench, &of, training)?.measure(ROUNDS)?
                    }
                };
                kept.push(Kept {
                    model: name.clone(),
                    of,
                    method: METHOD,
                    fitted,
                    counted,
                    measured,
                });
                fs::write(&path, serde_json::to_vec_pretty(&kept)?)
                    .with_context(|| format!("cannot write {}", path.display()))?;
                kept.len() - 1
            }
        };
        let measured = &kept[place].measured;
        found.push(measured.cost(name, LENGTH, row.info.train_seconds));
    }
    Ok(found)
}

fn model(name: &str, recipes: &Recipes) -> Result<Option<Model>> {
    Ok(match name {
        "majority" => Some(Model::Majority),
        "clock" => Some(Model::Clock),
        name => match recipes.get(name) {
            Err(_) => None,
            Ok(recipe) => {
                let network =
                    || recipes.network(name, Protocol::Loso, Normalisation::Population, &[]);
                match (recipe.family, &recipe.like, recipe.classifier) {
                    (Family::Network, ..) => Some(Model::Network(Box::new(network()?))),
                    (_, Some(_), Some(kind)) => Some(Model::Channels(kind, Box::new(network()?))),
                    (_, _, kind) => kind.map(Model::Classifier),
                }
            }
        },
    })
}

/// A look at the subject whose accuracy in 3 classes is the median of the headline model's.
///
/// # Errors
/// If it cannot be fitted.
pub(crate) fn inside(
    rows: &[Row],
    headline: &str,
    recipes: &Recipes,
    data: &Data,
    stop: &AtomicBool,
) -> Result<Option<Inside>> {
    let row = rows.iter().find(|row| {
        row.key.model == headline
            && row.key.protocol == Protocol::Loso
            && row.key.normalisation == Normalisation::Population
            && row.three_class.subjects.len() == data.cohort.len()
    });
    let Some(row) = row else {
        return Ok(None);
    };
    let mut subjects = row.three_class.subjects.clone();
    subjects.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
    let (subject, ..) = &subjects[subjects.len() / 2];
    let spec = recipes.network(headline, Protocol::Loso, Normalisation::Population, &[])?;
    let halted = || stop.load(Ordering::Relaxed);
    let looked = Looked::at(subject);
    let told = format!(
        "{subject} is the median of {} subjects by accuracy in 3 classes under LOSO, population. Shown is the recipe as it is, which is post hoc, fitted \
         without {subject} by seed {}; a window every {} s.",
        subjects.len(),
        looked.seed,
        looked.shift
    );
    let found = look(data, &spec, &looked, &halted)?;
    Ok(found.map(|look| Inside {
        told,
        ..look.inside
    }))
}
