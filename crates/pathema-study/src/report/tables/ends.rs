//! What was learnt: on the windows learnt from, and on inner subjects set aside.

use super::{description, role};
use crate::records::{Protocol, Row, Scored};
use crate::report::block::Block;
use crate::report::material::{Material, Task};
use crate::report::names;
use crate::report::number::{share, share_or_dash};
use crate::report::table::{Column, Table};

/// What the method states.
const STATED: &str = "The method states for its neural CDE on 5 subjects, EDA alone, not saying of which task: loss .34 in training and .48 in \
    validation, accuracy .842 and .765, F1 .83 and .74, ROC-AUC .88 and .79.";

/// Scores on training and validation windows of every row that has them; `None` where none has.
pub(crate) fn ends(material: &Material, block: &Block, task: Task) -> Option<Table> {
    let mut table = Table {
        caption: format!(
            "{}: training and validation, {}",
            block.title(),
            block.text.task(task).name
        ),
        simulated: block.simulated,
        columns: ["model", "variant", "modalities"].map(Column::text).into(),
        ..Table::default()
    };
    for score in ["loss", "accuracy", "macro F1", "ROC-AUC"] {
        for set in ["training", "validation"] {
            table
                .columns
                .push(Column::numbers(format!("{score}, {set}")));
        }
    }
    let rows: Vec<&Row> = block
        .rows
        .iter()
        .copied()
        .filter(|row| row.info.ends.is_some())
        .collect();
    for row in &rows {
        let Some(ends) = row.info.ends else { continue };
        let place = match task {
            Task::Binary => 0,
            Task::ThreeClass => 1,
        };
        let [variant, modalities, ..] = description(row);
        let mut cells = vec![names::model(&row.key.model), variant, modalities];
        let sets = [ends.training[place], ends.validation[place]];
        let scores: [fn(Scored) -> String; 4] = [
            |scored| share(scored.cross_entropy),
            |scored| share(scored.accuracy),
            |scored| share(scored.macro_f1),
            |scored| share_or_dash(scored.roc_auc),
        ];
        for score in scores {
            cells.extend(sets.map(score));
        }
        table.push(role(material, row), cells);
    }
    table.notes.push(
        "After the last epoch, windows pooled, mean over folds and seeds. Loss: cross-entropy, nats. Validation: inner subjects set aside, never the one tested."
            .into(),
    );
    if block.protocol == Protocol::Loso {
        table.notes.push(STATED.into());
    }
    table
        .notes
        .extend(Some(block.warning()).filter(|warning| !warning.is_empty()));
    table.fold_constant(&["variant", "modalities"]);
    (!rows.is_empty()).then_some(table)
}
