//! How the headline model stands among others of the same channels: a sentence, so that nobody takes an aim that is met for a comparison won.

use crate::records::{Normalisation, Protocol, Row};
use crate::report::block::{Block, comparison, extent};
use crate::report::material::{Layout, Material, Task};
use crate::report::names::{self, Family};
use crate::report::number::{p_value, share};

/// Of the comparison of models, under LOSO and across orders; `None` where there is none.
pub(crate) fn peers(material: &Material, task: Task) -> Option<String> {
    let compares = |layout| layout == Layout::Comparison;
    let text = material
        .experiments
        .iter()
        .find(|text| compares(text.layout))?;
    let told: Vec<String> = Block::all(material, text)
        .iter()
        .filter(|block| {
            block.normalisation == Normalisation::Population
                && matches!(block.protocol, Protocol::Loso | Protocol::CrossOrder)
        })
        .filter_map(|block| of_block(material, block, task))
        .collect();
    (!told.is_empty()).then(|| {
        format!(
            "Beside other models of the same windows and channels (networks choose among the same): {}.",
            told.join("; ")
        )
    })
}

fn of_block(material: &Material, block: &Block, task: Task) -> Option<String> {
    let accuracy = |row: &Row| task.of(row).accuracy.mean;
    let plain = |row: &&Row| {
        row.key.variant.is_empty()
            && (row.key.trained.as_str(), row.key.tested.as_str()) == ("clean", "clean")
    };
    let own = block
        .rows
        .iter()
        .copied()
        .filter(plain)
        .find(|row| row.key.model == material.headline)?;
    let mut others: Vec<&Row> = block
        .rows
        .iter()
        .copied()
        .filter(plain)
        .filter(|row| {
            matches!(Family::of(&row.key.model), Family::Irregular | Family::Grid)
                || row.key.model.ends_with("-channels")
        })
        .collect();
    others.sort_by(|a, b| accuracy(b).total_cmp(&accuracy(a)));
    let shown = |row: &Row| format!("{} {}", names::model(&row.key.model), share(accuracy(row)));
    let least = others
        .iter()
        .filter_map(|row| comparison(material, row, block.normalisation, task))
        .map(|test| test.p_holm)
        .min_by(f64::total_cmp);
    let least = least.map_or(String::new(), |p| {
        format!(", smallest p by Holm {}", p_value(p))
    });
    let all: Vec<String> = others.iter().map(|row| shown(row)).collect();
    (!all.is_empty()).then(|| {
        format!(
            "{}, {} ({}{least}): {} beside {}",
            names::protocol(block.protocol),
            names::normalisation(block.normalisation),
            extent(&[own]),
            shown(own),
            all.join(", ")
        )
    })
}
