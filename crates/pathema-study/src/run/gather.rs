use std::collections::BTreeMap;

use anyhow::Result;
use pathema_experiments::metrics::{Task as MetricTask, task_results};
use pathema_experiments::run::records::Prediction;

use crate::plan::{Experiment, Question};
use crate::records::{Cell, ClassNames, Key, Row};
use crate::report::material::{
    Bin, ExperimentText, Layout, NamedComparison, Reliability, Roc, Task, TaskText,
};
use crate::statistics::calibration::Reliability as Curve;
use crate::statistics::compare::compare_all;
use crate::statistics::roc::vertical_mean;
use crate::statistics::{Score, group};

/// What the cells of a study say together.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// Every line of every table.
    pub rows: Vec<Row>,
    /// Paired tests against the headline model.
    pub comparisons: Vec<NamedComparison>,
    /// Reliability curves.
    pub reliability: Vec<Reliability>,
    /// ROC curves.
    pub roc: Vec<Roc>,
}

impl Gathered {
    /// Of an experiment's cells; `headline` is the model that others are compared with.
    ///
    /// # Errors
    /// If cells that belong together do not fit each other.
    pub fn of(cells: &[Cell], layout: Layout, headline: &str) -> Result<Gathered> {
        let rows = group(cells)?;
        let mut gathered = Gathered {
            comparisons: comparisons(&rows, layout, headline)?,
            ..Gathered::default()
        };
        if layout == Layout::Comparison {
            gathered.reliability = reliability(cells, headline);
            gathered.roc = roc(cells, headline);
        }
        gathered.rows = rows;
        Ok(gathered)
    }

    /// Adds another experiment's.
    pub fn add(&mut self, other: Gathered) {
        self.rows.extend(other.rows);
        self.comparisons.extend(other.comparisons);
        self.reliability.extend(other.reliability);
        self.roc.extend(other.roc);
    }
}

/// An experiment as a report introduces it; `classes` are those of its data set.
pub fn text(experiment: &Experiment, classes: &ClassNames) -> ExperimentText {
    let mut text = ExperimentText::new(
        &experiment.name,
        &experiment.title,
        &experiment.purpose,
        experiment.layout,
    );
    let mut names = classes.classes.clone();
    let mut rest = classes.rest.as_str();
    if experiment.question == Question::Baseline {
        names.swap(0, 1);
        rest = "rest";
    }
    let sought = names.get(1).cloned().unwrap_or_default();
    text.binary = TaskText {
        name: format!("{sought} against the rest"),
        classes: vec![rest.to_owned(), sought],
    };
    text.three_class = TaskText {
        name: "3 classes".into(),
        classes: names,
    };
    text
}

/// What rows must share to be compared.
type Block<'a> = (&'a str, &'a str, usize, String);

fn comparisons(all: &[Row], layout: Layout, headline: &str) -> Result<Vec<NamedComparison>> {
    if !matches!(
        layout,
        Layout::Comparison | Layout::Ablation | Layout::Missing
    ) {
        return Ok(Vec::new());
    }
    let mut blocks: BTreeMap<Block<'_>, Vec<&Row>> = BTreeMap::new();
    for row in all {
        let key = &row.key;
        let place = format!("{:?} {:?}", key.protocol, key.normalisation);
        let block = (
            key.tested.as_str(),
            key.trained.as_str(),
            row.windows,
            place,
        );
        blocks.entry(block).or_default().push(row);
    }
    let mut found = Vec::new();
    for ((tested, trained, windows, _), rows) in blocks {
        let Some(reference) = rows
            .iter()
            .find(|row| row.key.model == headline && row.key.variant.is_empty())
        else {
            continue;
        };
        // What knows no signal has no normalisation: it is compared with every one.
        let silent = all.iter().filter(|row| {
            let key = &row.key;
            matches!(key.model.as_str(), "clock" | "majority")
                && key.protocol == reference.key.protocol
                && (key.tested.as_str(), key.trained.as_str(), row.windows)
                    == (tested, trained, windows)
        });
        // Recalibration names the same classes.
        let named = rows.iter().copied().filter(|row| {
            row.key != reference.key
                && !row.key.variant.ends_with("recalibrated")
                && !matches!(row.key.model.as_str(), "clock" | "majority")
        });
        let others: Vec<&Row> = named.chain(silent).collect();
        for task in Task::ALL {
            let metric = task.metric();
            for comparison in compare_all(reference, &others, metric, Score::Accuracy)? {
                let (low, high) = comparison.interval;
                found.push(NamedComparison {
                    key: comparison.other,
                    against: comparison.reference,
                    task,
                    // The report asks how much the row is above the reference.
                    difference: -comparison.difference,
                    interval: (-high, -low),
                    detectable: comparison.detectable,
                    p: comparison.sign_flip.p,
                    p_holm: comparison.sign_flip.holm,
                    test: "sign-flip permutation".into(),
                });
            }
        }
    }
    Ok(found)
}

/// Predictions of each seed of a row.
fn of_seeds<'a>(
    cells: &'a [Cell],
    variant: &'a str,
    model: &'a str,
) -> BTreeMap<Key, Vec<&'a [Prediction]>> {
    let mut found: BTreeMap<Key, Vec<&[Prediction]>> = BTreeMap::new();
    for cell in cells {
        if cell.key.model == model && cell.key.variant == variant && cell.key.tested == "clean" {
            let key = Key {
                seed: 0,
                ..cell.key.clone()
            };
            found.entry(key).or_default().push(&cell.predictions);
        }
    }
    found
}

fn reliability(cells: &[Cell], headline: &str) -> Vec<Reliability> {
    let after = of_seeds(cells, "recalibrated", headline);
    let mut found = Vec::new();
    for (key, before) in of_seeds(cells, "", headline) {
        let mended = after.get(&Key {
            variant: "recalibrated".into(),
            ..key.clone()
        });
        let seeds = before.len() as f64;
        for task in Task::ALL {
            let metric = task.metric();
            let Some(ece_before) = expected_error(&before, metric) else {
                continue;
            };
            let bins_of =
                |seen: &[&[Prediction]]| bins(&Curve::of_task(&seen.concat(), metric), seeds);
            found.push(Reliability {
                key: key.clone(),
                task,
                before: bins_of(&before),
                ece_after: mended.and_then(|mended| expected_error(mended, metric)),
                after: mended.map_or_else(Vec::new, |mended| bins_of(mended)),
                ece_before,
            });
        }
    }
    found
}

/// Mean over seeds, as in the tables of scores.
fn expected_error(seeds: &[&[Prediction]], metric: MetricTask) -> Option<f64> {
    let each = seeds
        .iter()
        .map(|own| Curve::of_task(own, metric).expected_error());
    let each: Option<Vec<f64>> = each.collect();
    each.map(|each| each.iter().sum::<f64>() / each.len().max(1) as f64)
}

fn bins(curve: &Curve, seeds: f64) -> Vec<Bin> {
    let seen = curve.bins.iter();
    seen.filter_map(|bin| {
        Some(Bin {
            confidence: bin.confidence?,
            accuracy: bin.accuracy?,
            windows: bin.windows as f64 / seeds,
        })
    })
    .collect()
}

fn roc(cells: &[Cell], headline: &str) -> Vec<Roc> {
    let mut found = Vec::new();
    for model in [headline, "lstm", "forest", "clock"] {
        for (key, seeds) in of_seeds(cells, "", model) {
            let curve = |seed: &&[Prediction]| task_results(seed, MetricTask::Binary).roc;
            let points = vertical_mean(&seeds.iter().map(curve).collect::<Vec<_>>());
            found.push(Roc { key, points });
        }
    }
    found
}
