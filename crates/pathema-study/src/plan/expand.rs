use pathema_experiments::config::ModalityGroup;

use super::{
    Experiment, ExperimentError, Family, Profile, Recipe, Recipes, Run, Selection, Trained, Variant,
};
use crate::models::NetSpec;
use crate::records::{Key, Normalisation, Protocol};
use crate::run::{Fitted, Job, Setting};

/// Chance that a batch, or a window of a classifier, is seen through a degraded recording, where a model is trained with gaps.
const GAPS: f64 = 0.6;

/// A job, and how its cells are called.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// Of the cells, but for what they are tested on.
    pub key: Key,
    /// Outputs shown beside the model's own.
    pub outputs: Vec<String>,
    /// Subjects; empty for all.
    pub subjects: Vec<String>,
    /// What is computed; its setting is filled in once the data is known.
    pub job: Job,
}

impl Experiment {
    /// The jobs of a profile, `seeds` of each where it is given.
    ///
    /// # Errors
    /// [`ExperimentError`] names the recipe and the setting.
    pub fn jobs(
        &self,
        recipes: &Recipes,
        profile: Profile,
        seeds: Option<u64>,
    ) -> Result<Vec<Planned>, ExperimentError> {
        let mut all: Vec<Planned> = Vec::new();
        for run in &self.runs {
            let of_profile = run.seeds.unwrap_or(self.seeds).of(profile);
            if of_profile == 0 {
                continue;
            }
            let count = seeds.unwrap_or(of_profile);
            for &protocol in &run.protocols {
                let without = self.without_signals(run, protocol);
                if !all
                    .iter()
                    .any(|own| own.key == without.key && own.subjects == without.subjects)
                {
                    all.push(without);
                }
                for &normalisation in &run.normalisations {
                    for model in &run.models {
                        let recipe = recipes.get(model)?;
                        for seed in 0..count {
                            self.of_model(
                                recipes,
                                run,
                                (model, recipe),
                                (protocol, normalisation),
                                seed,
                                &mut all,
                            )?;
                        }
                    }
                }
            }
        }
        Ok(all)
    }

    fn of_model(
        &self,
        recipes: &Recipes,
        run: &Run,
        (name, recipe): (&str, &Recipe),
        (protocol, normalisation): (Protocol, Normalisation),
        seed: u64,
        all: &mut Vec<Planned>,
    ) -> Result<(), ExperimentError> {
        let plain = [Variant {
            name: String::new(),
            set: toml::Table::new(),
        }];
        let variants = if run.variants.is_empty() {
            &plain[..]
        } else {
            &run.variants
        };
        let named =
            |name: &str, variant: &Variant, trained: Trained, modalities: &[ModalityGroup]| Key {
                experiment: self.name.clone(),
                model: name.to_owned(),
                variant: variant.name.clone(),
                modalities: modalities
                    .iter()
                    .map(|group| group.name())
                    .collect::<Vec<_>>()
                    .join("+"),
                protocol,
                normalisation,
                trained: trained.name().to_owned(),
                tested: "clean".into(),
                seed,
            };
        if recipe.family == Family::Classical {
            let kind = recipe.classifier.ok_or_else(|| ExperimentError::Value {
                recipe: name.to_owned(),
                what: "classifier".into(),
                problem: "a recipe of the family classical names one".into(),
            })?;
            let every = [ModalityGroup::Heart, ModalityGroup::Eda, ModalityGroup::Acc];
            let channels = match &recipe.like {
                None => None,
                Some(_) => Some(recipes.network(name, protocol, normalisation, &[])?),
            };
            let channels = channels.map(|spec| Box::new(measured(spec, normalisation)));
            // What nothing is drawn for is the same from every seed.
            let drawn = |trained: Trained| {
                recipe.is_random()
                    || normalisation == Normalisation::Causal
                    || trained == Trained::Gaps
            };
            let all_trained = run.trained.iter().copied();
            for trained in all_trained.filter(|&trained| seed == 0 || drawn(trained)) {
                let gaps = match trained {
                    Trained::Clean => 0.0,
                    Trained::Gaps => GAPS,
                };
                all.push(Planned {
                    key: named(name, &plain[0], trained, &every),
                    outputs: Vec::new(),
                    subjects: run.subjects.clone(),
                    job: self.job(
                        run,
                        protocol,
                        seed,
                        Fitted::Classical {
                            kind,
                            normalisation,
                            channels: channels.clone(),
                            gaps,
                        },
                    ),
                });
            }
            return Ok(());
        }
        for variant in variants {
            for &trained in &run.trained {
                let over = over(run, trained);
                let spec = |what: &str, candidate: &toml::Table| {
                    let over = [
                        (what, candidate),
                        (variant.name.as_str(), &variant.set),
                        ("run", &over),
                    ];
                    let spec = recipes.network(name, protocol, normalisation, &over)?;
                    Ok::<NetSpec, ExperimentError>(measured(spec, normalisation))
                };
                let none = toml::Table::new();
                let candidates: Vec<(String, NetSpec)> = match run.selection {
                    Selection::Recipe => vec![("recipe".into(), spec("recipe", &none)?)],
                    Selection::Nested => {
                        let every = recipes.candidates(name)?;
                        let mut found: Vec<(String, NetSpec)> = Vec::with_capacity(every.len());
                        for set in every {
                            let name = told(set);
                            let spec = spec(&name, set)?;
                            if found.iter().all(|(_, own)| *own != spec) {
                                found.push((name, spec));
                            }
                        }
                        found
                    }
                };
                if candidates.is_empty() {
                    return Err(ExperimentError::Value {
                        recipe: name.to_owned(),
                        what: "candidates".into(),
                        problem: "there are none to choose among".into(),
                    });
                }
                let modalities = candidates[0].1.modalities.clone();
                all.push(Planned {
                    key: named(name, variant, trained, &modalities),
                    outputs: run.outputs.clone(),
                    subjects: run.subjects.clone(),
                    job: self.job(
                        run,
                        protocol,
                        seed,
                        Fitted::Network {
                            candidates,
                            selection: run.selection,
                        },
                    ),
                });
            }
        }
        Ok(())
    }

    fn without_signals(&self, run: &Run, protocol: Protocol) -> Planned {
        Planned {
            key: Key {
                experiment: self.name.clone(),
                model: String::new(),
                // Of others than all, they are others' clock.
                variant: match run.subjects.len() {
                    0 => String::new(),
                    some => format!("{some} subjects"),
                },
                modalities: String::new(),
                protocol,
                normalisation: Normalisation::Population,
                trained: "clean".into(),
                tested: "clean".into(),
                seed: 0,
            },
            outputs: Vec::new(),
            subjects: run.subjects.clone(),
            job: Job {
                tested: vec![super::Tested::Recording("clean".into())],
                ..self.job(run, protocol, 0, Fitted::WithoutSignals)
            },
        }
    }

    fn job(&self, run: &Run, protocol: Protocol, seed: u64, model: Fitted) -> Job {
        Job {
            model,
            protocol,
            seed,
            tested: run.tested.clone(),
            setting: Setting {
                data: String::new(),
                subjects: run.subjects.clone(),
                windows: self.windows,
                degraded: Vec::new(),
                version: String::new(),
            },
        }
    }
}

impl Recipe {
    /// Whether what is fitted depends on the seed.
    fn is_random(&self) -> bool {
        use pathema_experiments::config::ClassifierKind::Forest;
        self.classifier == Some(Forest)
    }
}

/// Under `population` there is nothing to be measured against: settings that differ in that alone are alike.
fn measured(spec: NetSpec, normalisation: Normalisation) -> NetSpec {
    match normalisation {
        Normalisation::Population => NetSpec {
            centred: None,
            ..spec
        },
        _ => spec,
    }
}

/// What a run says, over all else.
fn over(run: &Run, trained: Trained) -> toml::Table {
    let mut over = toml::Table::new();
    let mut put = |key: &str, value: toml::Value| over.insert(key.to_owned(), value);
    if !run.modalities.is_empty()
        && let Ok(value) = toml::Value::try_from(&run.modalities)
    {
        put("modalities", value);
    }
    if trained == Trained::Gaps {
        let mut train = toml::Table::new();
        train.insert("gaps".into(), toml::Value::Float(GAPS));
        put("train", toml::Value::Table(train));
    }
    over
}

/// A candidate's settings in one line.
fn told(set: &toml::Table) -> String {
    fn add(prefix: &str, table: &toml::Table, parts: &mut Vec<String>) {
        for (key, value) in table {
            match value {
                toml::Value::Table(inner) => add(&format!("{prefix}{key}."), inner, parts),
                value => parts.push(format!("{prefix}{key} = {value}")),
            }
        }
    }
    let mut parts = Vec::new();
    add("", set, &mut parts);
    if parts.is_empty() {
        "as the recipe".into()
    } else {
        parts.join(", ")
    }
}
