//! What a feature is called, and how it is computed.

use std::fmt::Write as _;

use thiserror::Error;

use super::schmidt2018;

/// One number that is computed of a window.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Feature {
    /// Its name, which starts with that of its modality.
    pub name: &'static str,
    /// Its unit, as of its signal; empty for what has none.
    pub unit: &'static str,
    /// How it is computed, in words or symbols.
    pub formula: &'static str,
    /// Where the definition comes from.
    pub source: &'static str,
}

/// The features of one modality.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Modality {
    /// Its name: `acc`, `bvp`, `ecg`, `eda`, `emg`, `resp`, `temp`.
    pub name: &'static str,
    /// What is computed, in the order of a row.
    pub features: &'static [Feature],
    /// Seconds at the end of a window that these features look at, where that is less than the window.
    pub last: Option<f64>,
}

/// A set of features, known by its name.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct FeatureSet {
    /// Its name, as given on a command line.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// Its modalities, in the order of a row.
    pub modalities: &'static [Modality],
}

/// A name that no set of features has.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("there is no set of features {name:?}: take one of {}", known.join(", "))]
pub struct UnknownSet {
    /// The name given.
    pub name: String,
    /// The names there are.
    pub known: Vec<&'static str>,
}

/// Every set there is.
pub const SETS: &[FeatureSet] = &[schmidt2018::CHEST, schmidt2018::WRIST];

/// Every feature of every set, as a page in Markdown: `docs/features.md`.
pub fn page() -> String {
    let mut page = "# Features\n\nThe named sets of features, as `pathema_physio::features` computes them. Each window stands for itself: what it says \
                    depends on its own samples, but for filters that look some seconds beyond its ends to find beats and breaths. A modality \
                    of which less than half of a window is present has no features there, but for the heart, of which the plausible intervals \
                    are taken, however few; a feature that cannot be computed is missing, never a \
                    made-up number. NN are the plausible intervals between beats, both in the window. Skin conductance of 8 Hz or more is first brought to 4–8 Hz, by a low-pass that looks 2.5 s beyond. This page is printed by \
                    `cargo run -p pathema-physio --example features_page`, and a test compares the two.\n"
        .to_owned();
    for set in SETS {
        page.push('\n');
        page += &set.markdown();
    }
    page
}

impl FeatureSet {
    /// The set called `name`.
    ///
    /// # Errors
    /// [`UnknownSet`], which tells the names there are.
    ///
    /// ```
    /// use pathema_physio::features::FeatureSet;
    /// let wrist = FeatureSet::named("schmidt2018-wrist")?;
    /// assert_eq!(wrist.features().count(), 56);
    /// assert_eq!(wrist.features().next().unwrap().name, "acc_x_mean");
    /// # Ok::<(), pathema_physio::features::UnknownSet>(())
    /// ```
    pub fn named(name: &str) -> Result<FeatureSet, UnknownSet> {
        SETS.iter()
            .find(|set| set.name == name)
            .copied()
            .ok_or_else(|| UnknownSet {
                name: name.to_owned(),
                known: SETS.iter().map(|set| set.name).collect(),
            })
    }

    /// All features, in the order of a row.
    pub fn features(&self) -> impl Iterator<Item = &'static Feature> {
        self.modalities
            .iter()
            .flat_map(|modality| modality.features)
    }

    /// Name, unit, formula and source of each feature, as a page in Markdown.
    pub fn markdown(&self) -> String {
        let mut page = format!("## {}\n\n{}\n", self.name, self.about);
        for modality in self.modalities {
            let _ = write!(page, "\n### {}", modality.name);
            if let Some(last) = modality.last {
                let _ = write!(page, " (the last {last} s of a window)");
            }
            page += "\n\n| name | unit | formula | source |\n|---|---|---|---|\n";
            for feature in modality.features {
                let _ = writeln!(
                    page,
                    "| `{}` | {} | {} | {} |",
                    feature.name, feature.unit, feature.formula, feature.source
                );
            }
        }
        page
    }
}
