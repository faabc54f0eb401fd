//! What inner subjects chose.

use std::collections::BTreeMap;

use super::{description, role};
use crate::records::Row;
use crate::report::block::{is_simulated, rows_of};
use crate::report::material::{ExperimentText, Material};
use crate::report::names;
use crate::report::table::{Column, Table};

/// A line for each choice, with how many subjects were judged by each candidate; `None` where nothing was chosen.
pub(crate) fn choices(material: &Material, text: &ExperimentText) -> Option<Table> {
    let mut table = Table {
        caption: "What inner subjects chose".into(),
        columns: [
            "model",
            "variant",
            "protocol",
            "normalisation",
            "modalities",
            "trained",
            "chosen",
        ]
        .map(Column::text)
        .into(),
        notes: vec![
            "Candidates by what they change of the recipe (experiments/recipes.toml has lists whole), with the number of subjects \
             who were judged by it; each subject's is in the CSV. Across orders there are two choices, one a fold. Seeds share the choice."
                .into(),
        ],
        ..Table::default()
    };
    for row in rows_of(material, text) {
        // One fit has rows for each of its outputs, and for all that it was tested on.
        let chosen = row.info.selection == "nested" && !row.info.chosen.is_empty();
        if !chosen || names::is_of_output(&row.key.variant) {
            continue;
        }
        let [variant, modalities, trained, ..] = description(row);
        let line = vec![
            names::model(names::network(&row.key.model)),
            variant,
            names::protocol(row.key.protocol).into(),
            names::normalisation(row.key.normalisation),
            modalities,
            trained,
            told(row),
        ];
        table.simulated |= is_simulated(material, row);
        if table.lines.iter().all(|known| known.cells != line) {
            table.push(role(material, row), line);
        }
    }
    table.fold_constant(&["variant", "modalities", "trained"]);
    (!table.lines.is_empty()).then_some(table)
}

/// `as the recipe: 9, train.epochs = 16: 6`, what most were judged by first.
fn told(row: &Row) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for settings in row.info.chosen.values() {
        *counts.entry(without_lists(settings)).or_default() += 1;
    }
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let each = counts
        .iter()
        .map(|(settings, count)| format!("{settings}: {count}"));
    each.collect::<Vec<_>>().join("; ")
}

/// The settings with `[…]` for every list.
fn without_lists(settings: &str) -> String {
    let mut short = String::new();
    let mut depth = 0usize;
    for letter in settings.chars() {
        match letter {
            '[' => {
                depth += 1;
                if depth == 1 {
                    short.push_str("[…");
                }
            }
            ']' => depth = depth.saturating_sub(1),
            _ => (),
        }
        if depth == 0 {
            short.push(letter);
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_left_out() {
        let told = without_lists("centred = [\"heart\", \"eda\"], hidden = 16, omit = []");
        assert_eq!(told, "centred = […], hidden = 16, omit = […]");
        assert_eq!(without_lists("as the recipe"), "as the recipe");
    }
}
