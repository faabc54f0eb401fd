//! Accuracy by what was taken away: one line a model, one column a way of losing samples.

use super::{description, role};
use crate::records::{Estimate, Row};
use crate::report::block::{Block, comparison};
use crate::report::material::{Material, Task};
use crate::report::names::{self, Loss};
use crate::report::number::share;
use crate::report::table::{Column, Table};
use crate::statistics::power::LEVEL;

/// Accuracy, then macro F1.
pub(crate) fn missing(material: &Material, block: &Block, task: Task) -> [Table; 2] {
    let accuracy = table(material, block, task, "accuracy", |row| {
        &task.of(row).accuracy
    });
    let f1 = table(material, block, task, "macro F1", |row| {
        &task.of(row).macro_f1
    });
    [accuracy, f1]
}

/// All that was tested on: clean, at random, in bursts, then whole modalities.
pub(crate) fn tested_on<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<String> {
    let mut all: Vec<String> = rows.map(|row| row.key.tested.clone()).collect();
    all.sort_by_cached_key(|name| match names::share_missing(name) {
        _ if name == "clean" => (0, 0, name.clone()),
        Some((Loss::Random, share)) => (1, share, name.clone()),
        Some((Loss::Bursts, share)) => (2, share, name.clone()),
        None => (3, 0, name.clone()),
    });
    all.dedup();
    all
}

fn table<'r>(
    material: &Material,
    block: &Block<'r>,
    task: Task,
    score: &str,
    of: impl Fn(&'r Row) -> &'r Estimate,
) -> Table {
    let columns = tested_on(block.rows.iter().copied());
    let mut table = Table {
        caption: format!(
            "{}: {score} by samples missing, {}",
            block.title(),
            block.text.task(task).name
        ),
        simulated: block.simulated,
        columns: ["model", "variant", "modalities", "trained", "selection"]
            .map(Column::text)
            .into(),
        ..Table::default()
    };
    table.columns.extend(
        columns
            .iter()
            .map(|name| Column::numbers(names::tested(name))),
    );
    let identity = |row: &Row| {
        let [variant, modalities, trained, _, selection] = description(row);
        [
            names::model(&row.key.model),
            variant,
            modalities,
            trained,
            selection,
        ]
    };
    // Tests are of accuracy.
    let differs = |row: &Row| {
        score == "accuracy"
            && comparison(material, row, block.normalisation, task)
                .is_some_and(|test| test.p_holm <= LEVEL)
    };
    let mut waiting: Vec<&Row> = block.with_references().collect();
    // Two rows that nothing shown tells apart get a line each.
    while let Some(&first) = waiting.first() {
        let mut cells = identity(first).to_vec();
        for tested in &columns {
            let found = waiting
                .iter()
                .position(|row| identity(row) == identity(first) && row.key.tested == *tested);
            cells.push(match found.map(|index| waiting.remove(index)) {
                Some(row) => {
                    let spread = match row.seeds {
                        1 => String::new(),
                        _ => format!(" ± {}", share(of(row).over_seeds)),
                    };
                    let star = if differs(row) { " *" } else { "" };
                    format!("{}{spread}{star}", share(of(row).mean))
                }
                None => "–".into(),
            });
        }
        // A borrowed reference may have been tested on what the block was not.
        waiting.retain(|row| !std::ptr::eq(*row, first));
        table.push(role(material, first), cells);
    }
    table.notes = vec![format!(
        "{}. Mean over subjects ± standard deviation over seeds; intervals are in the figure and the CSV. Nothing is imputed \
         for the neural CDEs, whose paths run straight across a gap. Gaps of a pulse up to .3 s are crossed in straight lines before beats are sought, for all models. \
         What is gone is the same for all models and seeds; who is trained with gaps sees the six ways of losing samples that are tested.",
        block.extent()
    )];
    if block.rows.iter().any(|row| differs(row)) {
        table.notes.push(format!(
            "* Differs from the {} trained and tested on the same: sign-flip test over subjects, Holm's correction over the models of one column that were trained alike, not over columns.",
            names::model(&material.headline)
        ));
    }
    table
        .notes
        .extend(Some(block.warning()).filter(|warning| !warning.is_empty()));
    table.fold_constant(&["variant", "modalities", "trained", "selection"]);
    table
}
