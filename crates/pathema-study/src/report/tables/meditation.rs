//! What is said of meditation, which nothing was trained on.

use super::contrast::Factor;
use super::role;
use crate::records::Row;
use crate::report::block::{headline_first, is_simulated, rows_of};
use crate::report::material::{ExperimentText, Material};
use crate::report::names;
use crate::report::number::{interval, share_or_dash};
use crate::report::table::{Column, Table};

/// `355 windows of meditation of 15 subjects`.
pub(crate) fn of_meditation(rows: &[&Row]) -> String {
    let mut all: Vec<String> = Vec::new();
    for found in rows.iter().filter_map(|row| row.meditation) {
        let told = format!(
            "{} windows of meditation of {} subjects",
            found.windows, found.subjects
        );
        if !all.contains(&told) {
            all.push(told);
        }
    }
    all.join(" or ")
}

/// How often meditation, never trained on, is called stress.
pub(crate) fn meditation(material: &Material, text: &ExperimentText) -> Option<Table> {
    let mut rows: Vec<&Row> = rows_of(material, text)
        .into_iter()
        .filter(|row| row.meditation.is_some())
        .collect();
    headline_first(material, &mut rows);
    let mut table = Table {
        caption: "Meditation, never trained on, called stress".into(),
        simulated: rows.iter().any(|row| is_simulated(material, row)),
        columns: [
            "model",
            "variant",
            "modalities",
            "protocol",
            "normalisation",
        ]
        .map(Column::text)
        .into(),
        notes: vec![format!(
            "{}. Share of each subject's meditation windows, mean over subjects and seeds, with its 95 % bootstrap interval over subjects; less is better.",
            of_meditation(&rows)
        )],
        ..Table::default()
    };
    table
        .columns
        .extend(["called stress", "95 % interval"].map(Column::numbers));
    for row in &rows {
        table.push(
            role(material, row),
            vec![
                names::model(&row.key.model),
                row.key.variant.clone(),
                names::modalities(&row.key.modalities),
                Factor::Protocol.level(&row.key),
                names::normalisation(row.key.normalisation),
                share_or_dash(row.meditation.map(|found| found.called_stress.mean)),
                row.meditation
                    .map_or("–".into(), |found| interval(found.called_stress.interval)),
            ],
        );
    }
    if rows.iter().any(|row| row.key.normalisation.is_confounded()) {
        table.notes.push(names::CONFOUNDED.into());
    }
    table.fold_constant(&["variant", "modalities", "protocol", "normalisation"]);
    (!rows.is_empty()).then_some(table)
}
