//! What each model costs.

use crate::records::{Normalisation, Protocol, Row};
use crate::report::block::is_simulated;
use crate::report::material::{Cost, Layout, Material};
use crate::report::names::{self, Family};
use crate::report::number::{count, duration, quantity, share_or_dash};
use crate::report::table::{Column, Role, Table};

/// The row whose accuracy stands beside a model's cost: LOSO, population, all samples there, the default variant and the most
/// modalities; of the comparison of models if it is there.
pub(crate) fn accuracy_of<'a>(material: &'a Material, model: &str) -> Option<&'a Row> {
    let compares = |name: &str| {
        material
            .experiments
            .iter()
            .any(|text| text.name == name && text.layout == Layout::Comparison)
    };
    material
        .rows
        .iter()
        .filter(|row| {
            let key = &row.key;
            key.model == model
                && row.info.simulated <= material.simulated
                && (key.protocol, key.normalisation) == (Protocol::Loso, Normalisation::Population)
                && (key.trained.as_str(), key.tested.as_str()) == ("clean", "clean")
        })
        .min_by_key(|row| {
            let fewer = std::cmp::Reverse((
                row.binary.subjects.len(),
                row.key.modalities.matches('+').count(),
            ));
            (
                !compares(&row.key.experiment),
                !row.key.variant.is_empty(),
                fewer,
            )
        })
}

/// Costs in the order of figure and table: the model that the study is about, its like, then by kind; what sees no signal last.
pub(crate) fn by_kind(material: &Material) -> Vec<&Cost> {
    let mut all: Vec<&Cost> = material.costs.iter().collect();
    all.sort_by_key(|cost| (cost.model != material.headline, Family::of(&cost.model)));
    all
}

pub(crate) fn costs(material: &Material) -> Option<Table> {
    let mut table = Table {
        caption: "Cost, per second of signal on one core".into(),
        columns: vec![Column::text("model")],
        notes: vec![
            "From raw samples to probabilities, of windows side by side, one thread. Time and instructions (callgrind's) hold all of it; multiply–adds \
             the network or classifier alone, not the channels or features it takes. State: what is kept while a window is followed, where hand-made features need its raw samples and channels summed up a few sums. \
             Peak: heap while a window is prepared and predicted. All these are of the recipe; accuracy and training are of the row under LOSO, population normalisation, with the settings that inner subjects chose where they did. \
             Training: one LOSO, the wall times of folds that ran side by side added up, the choice of settings left out. Classical models were fitted on a fold of the \
             recordings, and are timed as all are on simulated ones. The method's transformers of one modality each are not here. A dash: not measured, or nothing of the kind."
                .into(),
        ],
        ..Table::default()
    };
    let columns = [
        "accuracy, binary",
        "accuracy, 3 classes",
        "parameters",
        "multiply–adds",
        "field evaluations",
        "weights, bytes",
        "state, bytes",
        "peak, bytes",
        "time, µs",
        "instructions",
        "training",
    ];
    table.columns.extend(columns.map(Column::numbers));
    for cost in by_kind(material) {
        let row = accuracy_of(material, &cost.model);
        table.simulated |= material.simulated || row.is_some_and(|row| is_simulated(material, row));
        let positive = |value: f64| {
            if value > 0.0 {
                quantity(value)
            } else {
                "–".into()
            }
        };
        let role = match cost.model.as_str() {
            model if model == material.headline => Role::Headline,
            model if names::is_reference(model) => Role::Reference,
            _ => Role::Plain,
        };
        table.push(
            role,
            vec![
                names::model(&cost.model),
                share_or_dash(row.map(|row| row.binary.accuracy.mean)),
                share_or_dash(row.map(|row| row.three_class.accuracy.mean)),
                count(cost.parameters),
                quantity(cost.multiply_adds_per_second),
                positive(cost.field_evaluations_per_second),
                count(cost.weight_bytes),
                count(cost.state_bytes),
                cost.peak_bytes
                    .map_or("–".into(), |bytes| quantity(bytes as f64)),
                quantity(cost.nanoseconds_per_second / 1e3),
                cost.instructions_per_second.map_or("–".into(), quantity),
                duration(cost.train_seconds),
            ],
        );
    }
    (!table.lines.is_empty()).then_some(table)
}
