//! Which rows stand together: a [`Block`] is one experiment under one protocol and one normalisation.

use super::material::{ExperimentText, Layout, Material, NamedComparison, Task};
use super::names;
use crate::records::{Key, Normalisation, Protocol, Row};

/// Models that see no signal.
const REFERENCES: [&str; 2] = ["clock", "majority"];

/// Rows that may be read against each other.
#[derive(Clone, Debug)]
pub(crate) struct Block<'a> {
    pub(crate) text: &'a ExperimentText,
    pub(crate) protocol: Protocol,
    pub(crate) normalisation: Normalisation,
    /// Whether its recordings were simulated.
    pub(crate) simulated: bool,
    /// The headline model first, models that see no signal last.
    pub(crate) rows: Vec<&'a Row>,
    /// Clock and majority on the same subjects under the same protocol, from elsewhere, where the block has none of its own.
    pub(crate) borrowed: Vec<&'a Row>,
}

impl<'a> Block<'a> {
    /// All of an experiment, in the order of the enumerations: what flatters comes last.
    pub(crate) fn all(material: &'a Material, text: &'a ExperimentText) -> Vec<Block<'a>> {
        let rows = rows_of(material, text);
        let mut keys: Vec<_> = rows
            .iter()
            .map(|row| {
                (
                    row.key.protocol,
                    row.key.normalisation,
                    is_simulated(material, row),
                )
            })
            .collect();
        keys.sort();
        keys.dedup();
        let block = |(protocol, normalisation, simulated)| {
            let mut own: Vec<&Row> = rows
                .iter()
                .copied()
                .filter(|row| {
                    (
                        row.key.protocol,
                        row.key.normalisation,
                        is_simulated(material, row),
                    ) == (protocol, normalisation, simulated)
                })
                .collect();
            headline_first(material, &mut own);
            // For each set of subjects that has none of its own.
            let mut borrowed: Vec<&Row> = Vec::new();
            for name in REFERENCES {
                for row in &own {
                    let has =
                        |other: &&&Row| other.key.model == name && subjects(other) == subjects(row);
                    if !own.iter().chain(&borrowed).any(|other| has(&other)) {
                        borrowed.extend(reference(material, name, row));
                    }
                }
            }
            Block {
                text,
                protocol,
                normalisation,
                simulated,
                rows: own,
                borrowed,
            }
        };
        keys.into_iter().map(block).collect()
    }

    /// Own rows, then borrowed ones.
    pub(crate) fn with_references(&self) -> impl Iterator<Item = &'a Row> + '_ {
        self.rows.iter().chain(&self.borrowed).copied()
    }

    /// `LOSO, population normalisation`.
    pub(crate) fn title(&self) -> String {
        format!(
            "{}, {} normalisation",
            names::protocol(self.protocol),
            names::normalisation(self.normalisation)
        )
    }

    /// As it stands in file names.
    pub(crate) fn slug(&self) -> String {
        let simulated = if self.simulated { "-simulated" } else { "" };
        let (protocol, normalisation) = (
            names::protocol_slug(self.protocol),
            names::normalisation_slug(self.normalisation),
        );
        format!("{}-{protocol}-{normalisation}{simulated}", self.text.name)
    }

    /// Which reference was not run on how many subjects; empty where all were.
    pub(crate) fn absent(&self) -> Vec<String> {
        let mut absent = Vec::new();
        for name in REFERENCES {
            for row in &self.rows {
                let found = self
                    .with_references()
                    .any(|other| other.key.model == name && subjects(other) == subjects(row));
                let told = format!("{name} of {} subjects", row.binary.subjects.len());
                if !found && !absent.contains(&told) {
                    absent.push(told);
                }
            }
        }
        absent
    }

    /// What to think of figures under such a protocol or normalisation; empty where nothing speaks against them.
    pub(crate) fn warning(&self) -> String {
        let normalisation = match self.normalisation {
            Normalisation::CausalFromStart => {
                "† Confounded: sessions start with the baseline, so the past taken off tells the time. "
            }
            Normalisation::Transductive => {
                "† Confounded: uses the whole session of the person tested, which no device has. "
            }
            _ => "",
        };
        let protocol = if names::flatters(self.protocol) {
            "‡ Windows of one person lie on both sides of this split: shown to measure its optimism, not as a result."
        } else {
            ""
        };
        format!("{normalisation}{protocol}").trim_end().into()
    }

    /// `15 subjects, 1041 test windows, 5 seeds`, or the ranges.
    pub(crate) fn extent(&self) -> String {
        extent(&self.rows)
    }
}

/// `15 subjects, 1041 test windows, 5 seeds`, or the ranges.
pub(crate) fn extent(rows: &[&Row]) -> String {
    let range = |of: &dyn Fn(&Row) -> usize, one: &str, many: &str| {
        let (low, high) = (
            rows.iter().map(|row| of(row)).min(),
            rows.iter().map(|row| of(row)).max(),
        );
        match (low.unwrap_or(0), high.unwrap_or(0)) {
            (1, 1) => format!("1 {one}"),
            (low, high) if low == high => format!("{high} {many}"),
            (low, high) => format!("{low}–{high} {many}"),
        }
    };
    [
        range(&|row| row.binary.subjects.len(), "subject", "subjects"),
        range(&|row| row.windows, "test window", "test windows"),
        range(&|row| row.seeds, "seed", "seeds"),
    ]
    .join(", ")
}

pub(crate) fn rows_of<'a>(material: &'a Material, text: &ExperimentText) -> Vec<&'a Row> {
    material
        .rows
        .iter()
        .filter(|row| row.key.experiment == text.name)
        .collect()
}

/// The headline model first, models that see no signal last; others stay in their order.
pub(crate) fn headline_first(material: &Material, rows: &mut [&Row]) {
    rows.sort_by_key(|row| {
        (
            names::is_reference(&row.key.model),
            row.key.model != material.headline,
        )
    });
}

/// The row that a key names.
pub(crate) fn row_of<'a>(material: &'a Material, key: &Key) -> Option<&'a Row> {
    let mut rows = material.rows.iter();
    rows.find(|row| names::same(&row.key, key))
}

pub(crate) fn is_simulated(material: &Material, row: &Row) -> bool {
    material.simulated || row.info.simulated
}

/// All experiments: those told, then those that only rows know.
pub(crate) fn experiments(material: &Material) -> Vec<ExperimentText> {
    let mut texts = material.experiments.clone();
    for row in &material.rows {
        let name = &row.key.experiment;
        if texts.iter().all(|text| text.name != *name) {
            texts.push(ExperimentText::new(name, name, "", Layout::Generic));
        }
    }
    texts.retain(|text| {
        material
            .rows
            .iter()
            .any(|row| row.key.experiment == text.name)
    });
    texts
}

/// The `clock` or `majority` that a row is to be read against: same protocol, same subjects, all samples there; of the same
/// experiment and normalisation if there is one.
pub(crate) fn reference<'a>(material: &'a Material, name: &str, row: &Row) -> Option<&'a Row> {
    material
        .rows
        .iter()
        .filter(|other| {
            other.key.model == name
                && other.key.variant.is_empty()
                && other.key.protocol == row.key.protocol
                && is_simulated(material, other) == is_simulated(material, row)
                && subjects(other) == subjects(row)
        })
        .min_by_key(|other| {
            let (one, other) = (&row.key, &other.key);
            (
                one.experiment != other.experiment,
                one.normalisation != other.normalisation,
                other.tested != "clean",
            )
        })
}

/// The test of a row in a task against a reference under a normalisation, if there was one: what sees no signal is tested under each.
pub(crate) fn comparison<'a>(
    material: &'a Material,
    row: &Row,
    normalisation: Normalisation,
    task: Task,
) -> Option<&'a NamedComparison> {
    material.comparisons.iter().find(|test| {
        test.task == task
            && test.against.normalisation == normalisation
            && names::same(&test.key, &row.key)
    })
}

/// Names of a row's subjects.
fn subjects(row: &Row) -> Vec<&str> {
    row.binary
        .subjects
        .iter()
        .map(|subject| subject.0.as_str())
        .collect()
}
