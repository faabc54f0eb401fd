//! Whether what is said with some confidence is right as often.

use crate::report::block;
use crate::report::material::{Material, Reliability, Task};
use crate::report::names;
use crate::report::number::{share, share_or_dash, signed};
use crate::report::table::{Column, Role, Table};

/// Subjects, windows and seeds of all curves.
pub(crate) fn extent(material: &Material) -> String {
    let rows = material
        .reliability
        .iter()
        .filter_map(|curve| block::row_of(material, &curve.key));
    block::extent(&rows.collect::<Vec<_>>())
}

/// Whether the row that a curve is of was simulated.
pub(crate) fn simulated(material: &Material, curve: &Reliability) -> bool {
    material.simulated
        || block::row_of(material, &curve.key).is_some_and(|row| block::is_simulated(material, row))
}

/// Expected calibration error before and after recalibration.
pub(crate) fn calibration(material: &Material) -> Option<Table> {
    let mut table = Table {
        caption: "Calibration error before and after recalibration".into(),
        simulated: material
            .reliability
            .iter()
            .any(|curve| simulated(material, curve)),
        columns: ["model", "variant", "protocol", "normalisation", "task"]
            .map(Column::text)
            .into(),
        notes: vec![format!(
            "{}. Expected calibration error, 15 bins of equal width, windows pooled, mean over seeds; less is better. Recalibrated on training subjects only. \
             Clock, majority: what models without signals leave under the same protocol, never recalibrated.",
            extent(material)
        )],
        ..Table::default()
    };
    table
        .columns
        .extend(["before", "after", "change", "clock", "majority"].map(Column::numbers));
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
        let without_signals = |name: &str| {
            let own = block::row_of(material, &curve.key);
            let found = own.and_then(|own| block::reference(material, name, own));
            share_or_dash(found.map(|found| curve.task.of(found).ece))
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
                without_signals("clock"),
                without_signals("majority"),
            ],
        );
    }
    if material
        .reliability
        .iter()
        .any(|curve| curve.key.normalisation.is_confounded())
    {
        table.notes.push(names::CONFOUNDED.into());
    }
    table.fold_constant(&["variant", "protocol", "normalisation"]);
    (!table.lines.is_empty()).then_some(table)
}
