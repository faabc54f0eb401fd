//! Every table of the report.

mod aims;
mod calibration;
mod choices;
mod contrast;
mod cost;
mod ends;
mod meditation;
mod missing;
mod peers;
mod scores;
mod subjects;

pub(crate) use aims::{CROSS_ORDER, NESTED, aims, reached};
pub(crate) use calibration::{
    calibration, extent as reliability_extent, simulated as reliability_simulated,
};
pub(crate) use choices::choices;
pub(crate) use contrast::{Contrast, Factor, contrast, contrasts};
pub(crate) use cost::{accuracy_of, by_kind, costs};
pub(crate) use ends::ends;
pub(crate) use meditation::{meditation, of_meditation};
pub(crate) use missing::missing;
pub(crate) use scores::scores;
pub(crate) use subjects::{of_block, subjects};

use super::material::Material;
use super::names;
use super::table::Role;
use crate::records::Row;

fn role(material: &Material, row: &Row) -> Role {
    if names::is_reference(&row.key.model) {
        Role::Reference
    } else if row.key.model == material.headline
        && row.key.variant.is_empty()
        && row.info.selection != "post-hoc"
    {
        Role::Headline
    } else {
        Role::Plain
    }
}

/// What tells rows of a block apart: columns that [`Table::fold_constant`](super::table::Table::fold_constant) folds where they do not differ.
const DESCRIPTION: [&str; 5] = ["variant", "modalities", "trained", "tested", "selection"];

fn description(row: &Row) -> [String; 5] {
    let key = &row.key;
    if names::is_reference(&key.model) {
        return [
            key.variant.clone(),
            "–".into(),
            "–".into(),
            "–".into(),
            "–".into(),
        ];
    }
    [
        key.variant.clone(),
        names::modalities(&key.modalities),
        names::tested(&key.trained),
        names::tested(&key.tested),
        names::selection(&row.info.selection),
    ]
}
