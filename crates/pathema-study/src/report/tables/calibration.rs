//! Whether what is said with some confidence is right as often.

use crate::report::block::is_simulated;
use crate::report::material::{Material, Reliability, Task};
use crate::report::names;
use crate::report::number::{share, share_or_dash, signed};
use crate::report::table::{Column, Role, Table};

/// Whether the row that a curve is of was simulated.
pub(crate) fn simulated(material: &Material, curve: &Reliability) -> bool {
    material.simulated
        || material
            .rows
            .iter()
            .any(|row| names::same(&row.key, &curve.key) && is_simulated(material, row))
}

/// Expected calibration error before and after recalibration.
pub(crate) fn calibration(material: &Material) -> Option<Table> {
    let mut table = Table {
        caption: "Calibration error before and after recalibration".into(),
        simulated: material.reliability.iter().any(|curve| simulated(material, curve)),
        columns: ["model", "variant", "protocol", "normalisation", "task"].map(Column::text).into(),
        notes: vec![
            "Expected calibration error, 15 bins of equal width, windows pooled, mean over seeds; less is better. Recalibrated on training subjects only."
                .into(),
        ],
        ..Table::default()
    };
    table
        .columns
        .extend(["before", "after", "change"].map(Column::numbers));
    for curve in &material.reliability {
        let role = if curve.key.model == material.headline {
            Role::Headline
        } else {
            Role::Plain
        };
        let task = match curve.task {
            Task::Binary => "binary",
            Task::ThreeClass => "3 classes",
        };
        table.push(
            role,
            vec![
                names::model(&curve.key.model),
                curve.key.variant.clone(),
                names::protocol(curve.key.protocol).into(),
                names::normalisation(curve.key.normalisation),
                task.into(),
                share(curve.ece_before),
                share_or_dash(curve.ece_after),
                curve
                    .ece_after
                    .map_or("–".into(), |after| signed(after - curve.ece_before)),
            ],
        );
    }
    if material
        .reliability
        .iter()
        .any(|curve| curve.key.normalisation.is_confounded())
    {
        table
            .notes
            .push("† Confounded: owes something to the protocol's clock or to the future.".into());
    }
    table.fold_constant(&["variant", "protocol", "normalisation"]);
    (!table.lines.is_empty()).then_some(table)
}
