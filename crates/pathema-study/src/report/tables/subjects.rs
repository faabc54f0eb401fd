//! Every subject by every model.

use crate::report::block::Block;
use crate::report::material::Task;
use crate::report::names;
use crate::report::number::share;
use crate::report::table::{Column, Role, Table};

/// Names of all subjects of a block, in the order of its rows.
pub(crate) fn of_block(block: &Block) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for row in &block.rows {
        for (name, ..) in &row.binary.subjects {
            if !all.contains(name) {
                all.push(name.clone());
            }
        }
    }
    all
}

/// Accuracy / macro F1, the mean of all at the end.
pub(crate) fn subjects(block: &Block, task: Task) -> Table {
    let rows: Vec<_> = block.with_references().collect();
    let mut table = Table {
        caption: format!(
            "{}: each subject, {}",
            block.title(),
            block.text.task(task).name
        ),
        simulated: block.simulated,
        columns: vec![Column::text("subject")],
        notes: vec!["Accuracy / macro F1, mean over seeds.".into()],
        ..Table::default()
    };
    let several = |row: &crate::records::Row| {
        rows.iter()
            .filter(|other| names::row(other) == names::row(row))
            .count()
            > 1
    };
    table.columns.extend(rows.iter().map(|row| {
        let detail = format!(
            " ({}, {})",
            names::modalities(&row.key.modalities),
            names::selection(&row.info.selection)
        );
        Column::numbers(format!(
            "{}{}",
            names::row(row),
            if several(row) { &detail } else { "" }
        ))
    }));
    let both = |accuracy: f64, f1: f64| format!("{} / {}", share(accuracy), share(f1));
    for name in of_block(block) {
        let mut cells = vec![name.clone()];
        cells.extend(rows.iter().map(|row| {
            let found = task
                .of(row)
                .subjects
                .iter()
                .find(|subject| subject.0 == name);
            found.map_or("–".into(), |subject| both(subject.1, subject.2))
        }));
        table.push(Role::Plain, cells);
    }
    let mut cells = vec!["mean".to_owned()];
    cells.extend(
        rows.iter()
            .map(|row| both(task.of(row).accuracy.mean, task.of(row).macro_f1.mean)),
    );
    table.push(Role::Headline, cells);
    table
        .notes
        .extend(Some(block.warning()).filter(|warning| !warning.is_empty()));
    table
}
