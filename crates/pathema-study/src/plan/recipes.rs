use std::collections::BTreeMap;
use std::path::Path;

use pathema_experiments::config::ClassifierKind;
use serde::{Deserialize, Serialize};

use super::ExperimentError;
use crate::models::NetSpec;
use crate::records::{Normalisation, Protocol};

/// All recipes: `experiments/recipes.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Recipes(BTreeMap<String, Recipe>);

/// A model's settings, and what is chosen among.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recipe {
    /// What tables call it.
    pub title: String,
    /// What kind of model it is.
    pub family: Family,
    /// The classifier, of the family `classical`.
    pub classifier: Option<ClassifierKind>,
    /// Another recipe that this one starts from. A classifier that is like a network sees that network's channels, summed up over the
    /// window, in the place of features.
    pub like: Option<String>,
    /// Settings, over the defaults or over those of `like`.
    pub set: toml::Table,
    /// Settings that differ where two folds hold half of the subjects out each.
    pub cross_order: toml::Table,
    /// Settings that differ where values are measured against the wearer's own level: under all normalisations but `population`.
    pub own_level: toml::Table,
    /// What is chosen among on inner subjects, each over the settings: as many for each model.
    pub candidates: Vec<toml::Table>,
}

/// What kind of model a recipe is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// A network.
    #[default]
    Network,
    /// A classifier of features, or of channels summed up.
    Classical,
}

impl Recipes {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ExperimentError`] names the file and the key.
    pub fn read(path: &Path) -> Result<Recipes, ExperimentError> {
        let text = std::fs::read_to_string(path).map_err(|source| ExperimentError::Read {
            path: path.to_owned(),
            source,
        })?;
        toml::from_str(&text).map_err(|source| ExperimentError::Toml {
            path: path.to_owned(),
            source: Box::new(source),
        })
    }

    /// A recipe by its name.
    ///
    /// # Errors
    /// [`ExperimentError::UnknownRecipe`].
    pub fn get(&self, name: &str) -> Result<&Recipe, ExperimentError> {
        self.0
            .get(name)
            .ok_or_else(|| ExperimentError::UnknownRecipe {
                name: name.to_owned(),
                known: self.0.keys().cloned().collect(),
            })
    }

    /// Names of all, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The settings of a network under a protocol and a normalisation, with others laid over them in turn.
    ///
    /// # Errors
    /// [`ExperimentError`] names the recipe and the key that no network has.
    pub fn network(
        &self,
        name: &str,
        protocol: Protocol,
        normalisation: Normalisation,
        over: &[(&str, &toml::Table)],
    ) -> Result<NetSpec, ExperimentError> {
        let mut table = toml::Table::try_from(NetSpec::default()).unwrap_or_default();
        if let Ok(value) = toml::Value::try_from(normalisation) {
            table.insert("normalisation".into(), value);
        }
        self.lay(name, protocol, normalisation, &mut table, 0)?;
        for (_, over) in over {
            lay_over(&mut table, over);
        }
        let what: Vec<&str> = over.iter().map(|(what, _)| *what).collect();
        let spec: NetSpec = table
            .try_into()
            .map_err(|source| ExperimentError::Setting {
                recipe: name.to_owned(),
                what: what.join(", "),
                source: Box::new(source),
            })?;
        spec.check().map_err(|problem| ExperimentError::Value {
            recipe: name.to_owned(),
            what: what.join(", "),
            problem,
        })?;
        Ok(spec)
    }

    /// What is chosen among: a recipe's own candidates, or, where it has none, those of the recipe that it is like.
    ///
    /// # Errors
    /// [`ExperimentError::UnknownRecipe`].
    pub fn candidates(&self, name: &str) -> Result<&[toml::Table], ExperimentError> {
        let mut recipe = self.get(name)?;
        for _ in 0..self.0.len() {
            match &recipe.like {
                Some(like) if recipe.candidates.is_empty() => recipe = self.get(like)?,
                _ => break,
            }
        }
        Ok(&recipe.candidates)
    }

    fn lay(
        &self,
        name: &str,
        protocol: Protocol,
        normalisation: Normalisation,
        table: &mut toml::Table,
        depth: usize,
    ) -> Result<(), ExperimentError> {
        let recipe = self.get(name)?;
        if let Some(like) = &recipe.like {
            if depth > self.0.len() {
                return Err(ExperimentError::Value {
                    recipe: name.to_owned(),
                    what: "like".into(),
                    problem: "recipes that are like each other in a circle".into(),
                });
            }
            self.lay(like, protocol, normalisation, table, depth + 1)?;
        }
        lay_over(table, &recipe.set);
        if protocol == Protocol::CrossOrder {
            lay_over(table, &recipe.cross_order);
        }
        if normalisation != Normalisation::Population {
            lay_over(table, &recipe.own_level);
        }
        Ok(())
    }
}

/// Values of `over` take the place of those in `table`; tables are laid over tables.
fn lay_over(table: &mut toml::Table, over: &toml::Table) {
    for (key, value) in over {
        match (table.get_mut(key), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(over)) => lay_over(inner, over),
            _ => {
                table.insert(key.clone(), value.clone());
            }
        }
    }
}
