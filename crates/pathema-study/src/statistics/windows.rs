//! Cells side by side: the same windows, seed by seed.

use std::collections::HashMap;

use pathema_experiments::metrics::validate;
use pathema_experiments::run::records::Prediction;

use super::{StatisticsError, mean};
use crate::records::{Cell, Key};

/// The cells of one row, once checked: the lowest seed first.
pub(super) struct Seeds<'a> {
    pub(super) cells: Vec<&'a Cell>,
    /// Test windows of each cell, all in the first one's order.
    pub(super) predictions: Vec<Vec<Prediction>>,
    /// Windows of meditation of each cell, likewise.
    pub(super) meditation: Vec<Vec<Prediction>>,
}

impl<'a> Seeds<'a> {
    /// Checks that the cells differ by seed only and judged the same windows.
    pub(super) fn of(cells: impl IntoIterator<Item = &'a Cell>) -> Result<Self, StatisticsError> {
        let mut cells: Vec<&Cell> = cells.into_iter().collect();
        cells.sort_by_key(|cell| cell.key.seed);
        let first = *cells.first().ok_or(StatisticsError::NoCells)?;
        for pair in cells.windows(2) {
            differ_by_seed_only(pair[0], pair[1])?;
        }
        if first.predictions.is_empty() {
            return Err(StatisticsError::NoWindows {
                model: first.key.model.clone(),
                seed: first.key.seed,
            });
        }
        let side_by_side = |windows: fn(&Cell) -> &[Prediction]| {
            cells
                .iter()
                .map(|cell| in_order_of(first, cell, windows))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            predictions: side_by_side(|cell| &cell.predictions)?,
            meditation: side_by_side(|cell| &cell.meditation)?,
            cells,
        })
    }

    /// Each test window with the seeds' mean probabilities.
    pub(super) fn together(&self) -> Vec<Prediction> {
        let mut together = self.predictions[0].clone();
        for (window, prediction) in together.iter_mut().enumerate() {
            let over_seeds = |p: fn(&Prediction) -> f64| {
                mean(self.predictions.iter().map(|seed| p(&seed[window])))
            };
            prediction.p_baseline = over_seeds(|p| p.p_baseline);
            prediction.p_stress = over_seeds(|p| p.p_stress);
            prediction.p_amusement = over_seeds(|p| p.p_amusement);
            prediction.p_stress_binary = over_seeds(|p| p.p_stress_binary);
        }
        together
    }
}

/// What stands before a seed: the same for all cells of a row.
pub(super) fn without_seed(key: &Key) -> Key {
    Key {
        seed: 0,
        ..key.clone()
    }
}

fn differ_by_seed_only(first: &Cell, other: &Cell) -> Result<(), StatisticsError> {
    let fields = |cell: &Cell| {
        let key = &cell.key;
        [
            ("experiment", key.experiment.clone()),
            ("model", key.model.clone()),
            ("variant", key.variant.clone()),
            ("modalities", key.modalities.clone()),
            ("protocol", format!("{:?}", key.protocol)),
            ("normalisation", format!("{:?}", key.normalisation)),
            ("trained", key.trained.clone()),
            ("tested", key.tested.clone()),
            ("simulated", cell.info.simulated.to_string()),
            ("selection", cell.info.selection.clone()),
        ]
    };
    for ((field, first), (_, other)) in fields(first).into_iter().zip(fields(other)) {
        if first != other {
            return Err(StatisticsError::Differ {
                field,
                first,
                other,
                reason: "the cells of a row differ by seed only: group them first",
            });
        }
    }
    if first.key.seed == other.key.seed {
        return Err(StatisticsError::SeedTwice {
            model: first.key.model.clone(),
            seed: first.key.seed,
        });
    }
    Ok(())
}

/// What a window is known by: whose it is, where it starts and how long it is.
type Window<'a> = (&'a str, u64, u64);

fn window(prediction: &Prediction) -> Window<'_> {
    // Bits, since f64 cannot be hashed; + 0.0, since −0 is where 0 is.
    let bits = |seconds: f64| (seconds + 0.0).to_bits();
    (
        &prediction.subject,
        bits(prediction.start),
        bits(prediction.length),
    )
}

/// The predictions of `cell` in the order of those of `first`.
fn in_order_of(
    first: &Cell,
    cell: &Cell,
    windows: fn(&Cell) -> &[Prediction],
) -> Result<Vec<Prediction>, StatisticsError> {
    let (model, seed) = (&cell.key.model, cell.key.seed);
    validate(windows(cell)).map_err(|source| StatisticsError::Prediction {
        model: model.clone(),
        seed,
        source,
    })?;
    let mut found = HashMap::new();
    for prediction in windows(cell) {
        if found.insert(window(prediction), prediction).is_some() {
            return Err(StatisticsError::WindowTwice {
                model: model.clone(),
                seed,
                subject: prediction.subject.clone(),
                start: prediction.start,
            });
        }
    }
    let differ = |prediction: &Prediction, difference| StatisticsError::WindowsDiffer {
        model: model.clone(),
        first: first.key.seed,
        other: seed,
        subject: prediction.subject.clone(),
        start: prediction.start,
        difference,
    };
    let ordered = windows(first)
        .iter()
        .map(|expected| match found.remove(&window(expected)) {
            None => Err(differ(expected, "only the first has it")),
            Some(prediction) if prediction.truth != expected.truth => {
                Err(differ(expected, "their truth differs"))
            }
            Some(prediction) => Ok(prediction.clone()),
        })
        .collect::<Result<Vec<_>, _>>()?;
    // Of those left over the first in the cell's own order, so that the message is always the same.
    let extra = windows(cell)
        .iter()
        .find(|prediction| found.contains_key(&window(prediction)));
    match extra {
        Some(prediction) => Err(differ(prediction, "only the other has it")),
        None => Ok(ordered),
    }
}
