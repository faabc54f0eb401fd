//! What one thing changes while all else stays: a protocol, a normalisation, the modalities.

use pathema_experiments::metrics;

use super::role;
use crate::records::{Key, Row};
use crate::report::block::{is_simulated, reference, rows_of};
use crate::report::material::{ExperimentText, Material, Task};
use crate::report::names;
use crate::report::number::{interval, p_value, share, share_or_dash, signed};
use crate::report::table::{Column, Table};
use crate::statistics::Score;
use crate::statistics::gap::optimism;

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Factor {
    Normalisation,
    Protocol,
    Modalities,
}

impl Factor {
    pub(crate) const ALL: [Factor; 3] =
        [Factor::Normalisation, Factor::Protocol, Factor::Modalities];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Factor::Normalisation => "normalisation",
            Factor::Protocol => "protocol",
            Factor::Modalities => "modalities",
        }
    }

    /// With its verb.
    pub(crate) fn changes(self) -> String {
        let ending = if self == Factor::Modalities {
            "change"
        } else {
            "changes"
        };
        format!("{} {ending}", self.name())
    }

    fn level(self, key: &Key) -> String {
        match self {
            Factor::Normalisation => names::normalisation(key.normalisation),
            Factor::Protocol if names::flatters(key.protocol) => {
                format!("{} ‡", names::protocol(key.protocol))
            }
            Factor::Protocol => names::protocol(key.protocol).into(),
            Factor::Modalities => names::modalities(&key.modalities),
        }
    }

    /// The key with this thing made the same for all.
    fn rest(self, row: &Row) -> (Key, String) {
        let mut key = Key {
            seed: 0,
            ..row.key.clone()
        };
        match self {
            Factor::Normalisation => key.normalisation = crate::records::Normalisation::Population,
            Factor::Protocol => key.protocol = crate::records::Protocol::Loso,
            Factor::Modalities => key.modalities.clear(),
        }
        (key, row.info.selection.clone())
    }
}

/// Rows that differ in one factor only, with their levels in order.
#[derive(Clone, Debug)]
pub(crate) struct Contrast<'a> {
    pub(crate) factor: Factor,
    pub(crate) levels: Vec<String>,
    /// One row a level, where there is one; at least two.
    pub(crate) groups: Vec<Vec<Option<&'a Row>>>,
    pub(crate) simulated: bool,
}

/// What all rows of a group have in common, and the row of each level.
type Group<'a> = ((Key, String), Vec<Option<&'a Row>>);

/// The contrast of a factor within an experiment; `None` where nothing differs in it.
pub(crate) fn contrast<'a>(
    material: &'a Material,
    text: &ExperimentText,
    factor: Factor,
) -> Option<Contrast<'a>> {
    let mut rows = rows_of(material, text);
    rows.sort_by_key(|row| {
        (
            names::is_reference(&row.key.model),
            row.key.model != material.headline,
        )
    });
    let mut ordered: Vec<&Key> = rows.iter().map(|row| &row.key).collect();
    // A stable sort: modalities stay in the order of the rows.
    ordered.sort_by_key(|key| match factor {
        Factor::Normalisation => key.normalisation as usize,
        Factor::Protocol => key.protocol as usize,
        Factor::Modalities => key.modalities.matches('+').count(),
    });
    let mut levels: Vec<String> = Vec::new();
    for level in ordered.into_iter().map(|key| factor.level(key)) {
        if !levels.contains(&level) {
            levels.push(level);
        }
    }
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        let rest = factor.rest(row);
        let index = levels
            .iter()
            .position(|level| *level == factor.level(&row.key))?;
        if groups.iter().all(|group| group.0 != rest) {
            groups.push((rest.clone(), vec![None; levels.len()]));
        }
        let group = groups.iter_mut().find(|group| group.0 == rest)?;
        group.1[index].get_or_insert(row);
    }
    let groups: Vec<_> = groups
        .into_iter()
        .map(|group| group.1)
        .filter(|group| group.iter().flatten().count() > 1)
        .collect();
    let simulated = groups
        .iter()
        .flatten()
        .flatten()
        .any(|row| is_simulated(material, row));
    (!groups.is_empty()).then_some(Contrast {
        factor,
        levels,
        groups,
        simulated,
    })
}

/// A contrast as a table of accuracies, with the change from the first level to the last.
pub(crate) fn contrasts(
    material: &Material,
    text: &ExperimentText,
    contrast: &Contrast,
    task: Task,
) -> Table {
    let mut table = Table {
        caption: format!(
            "What the {}: accuracy, {}",
            contrast.factor.changes(),
            text.task(task).name
        ),
        simulated: contrast.simulated,
        columns: [
            "model",
            "variant",
            "protocol",
            "normalisation",
            "modalities",
        ]
        .map(Column::text)
        .into(),
        ..Table::default()
    };
    table
        .columns
        .extend(contrast.levels.iter().map(Column::numbers));
    table
        .columns
        .extend(["change", "95 % interval", "p"].map(Column::numbers));
    for group in &contrast.groups {
        let found: Vec<&Row> = group.iter().copied().flatten().collect();
        let key = &found[0].key;
        let unless = |factor: Factor, text: String| {
            if factor == contrast.factor {
                String::new()
            } else {
                text
            }
        };
        let mut cells = vec![
            names::model(&key.model),
            key.variant.clone(),
            unless(Factor::Protocol, Factor::Protocol.level(key)),
            unless(Factor::Normalisation, Factor::Normalisation.level(key)),
            unless(Factor::Modalities, names::modalities(&key.modalities)),
        ];
        let accuracy = |row: &Row| task.of(row).accuracy.mean;
        cells.extend(group.iter().map(|row| share_or_dash(row.map(accuracy))));
        let (first, last) = (found[0], found[found.len() - 1]);
        let level = |row: &Row| contrast.factor.level(&row.key);
        let metric = match task {
            Task::Binary => metrics::Task::Binary,
            Task::ThreeClass => metrics::Task::ThreeClass,
        };
        cells.push(format!(
            "{} → {}: {}",
            level(first),
            level(last),
            signed(accuracy(last) - accuracy(first))
        ));
        // One model on the same subjects, or no test.
        cells.extend(match optimism(last, first, metric, Score::Accuracy) {
            Ok(found) => [interval(found.interval), p_value(found.sign_flip.p)],
            Err(_) => ["–".into(), "–".into()],
        });
        table.push(role(material, found[0]), cells);
    }
    let rows: Vec<&Row> = contrast
        .groups
        .iter()
        .flatten()
        .copied()
        .flatten()
        .collect();
    table.notes = vec![format!(
        "{}. Mean over subjects. Change: from the first level that was run to the last, with its 95 % bootstrap interval over subjects and the p of a \
         sign-flip test, not corrected.",
        crate::report::block::extent(&rows)
    )];
    table.notes.extend(references(material, &rows, task));
    if contrast.levels.iter().any(|level| level.ends_with('†')) {
        table
            .notes
            .push("† Confounded: owes something to the protocol's clock or to the future.".into());
    }
    if contrast.levels.iter().any(|level| level.ends_with('‡')) {
        table
            .notes
            .push("‡ Windows of one person lie on both sides of the split.".into());
    }
    table.fold_constant(&["variant", "protocol", "normalisation", "modalities"]);
    table
}

/// What the clock and the majority reach, where they have no lines of their own.
fn references(material: &Material, rows: &[&Row], task: Task) -> Option<String> {
    if rows.iter().any(|row| names::is_reference(&row.key.model)) {
        return None;
    }
    let mut told: Vec<String> = Vec::new();
    for row in rows {
        for name in ["clock", "majority"] {
            let Some(reference) = reference(material, name, row) else {
                continue;
            };
            let accuracy = share(task.of(reference).accuracy.mean);
            let one = format!("{name} {accuracy} ({})", Factor::Protocol.level(&row.key));
            if !told.contains(&one) {
                told.push(one);
            }
        }
    }
    (!told.is_empty()).then(|| format!("Beside them: {}.", told.join(", ")))
}

/// How often meditation, never trained on, is called stress.
pub(crate) fn meditation(material: &Material, text: &ExperimentText) -> Option<Table> {
    let mut rows: Vec<&Row> = rows_of(material, text)
        .into_iter()
        .filter(|row| row.meditation_stress.is_some())
        .collect();
    rows.sort_by_key(|row| {
        (
            names::is_reference(&row.key.model),
            row.key.model != material.headline,
        )
    });
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
        notes: vec!["Share of meditation windows, mean over seeds; less is better.".into()],
        ..Table::default()
    };
    table.columns.push(Column::numbers("called stress"));
    for row in &rows {
        table.push(
            role(material, row),
            vec![
                names::model(&row.key.model),
                row.key.variant.clone(),
                names::modalities(&row.key.modalities),
                Factor::Protocol.level(&row.key),
                names::normalisation(row.key.normalisation),
                share(row.meditation_stress.unwrap_or(f64::NAN)),
            ],
        );
    }
    if rows.iter().any(|row| row.key.normalisation.is_confounded()) {
        table
            .notes
            .push("† Confounded: owes something to the protocol's clock or to the future.".into());
    }
    table.fold_constant(&["variant", "modalities", "protocol", "normalisation"]);
    (!rows.is_empty()).then_some(table)
}
