//! What one thing changes while all else stays: a protocol, a normalisation, a variant of the settings, the modalities.

use super::role;
use crate::records::{Key, Row};
use crate::report::block::{headline_first, is_simulated, reference, rows_of};
use crate::report::material::{ExperimentText, Material, Task};
use crate::report::names;
use crate::report::number::{interval, p_value, share, share_or_dash, signed};
use crate::report::table::{Column, Table};
use crate::statistics::Score;
use crate::statistics::compare::{Comparison, compare_all, holm};
use crate::statistics::gap::optimism;

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Factor {
    Normalisation,
    Protocol,
    Variant,
    Modalities,
}

impl Factor {
    pub(crate) const ALL: [Factor; 4] = [
        Factor::Normalisation,
        Factor::Protocol,
        Factor::Variant,
        Factor::Modalities,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Factor::Normalisation => "normalisation",
            Factor::Protocol => "protocol",
            Factor::Variant => "variant",
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

    pub(super) fn level(self, key: &Key) -> String {
        match self {
            Factor::Normalisation => names::normalisation(key.normalisation),
            Factor::Protocol if names::flatters(key.protocol) => {
                format!("{} ‡", names::protocol(key.protocol))
            }
            Factor::Protocol => names::protocol(key.protocol).into(),
            Factor::Variant if key.variant.is_empty() => "as it is".into(),
            Factor::Variant => key.variant.clone(),
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
            Factor::Variant => key.variant.clear(),
            Factor::Modalities => key.modalities.clear(),
        }
        (key, row.info.selection.clone())
    }

    /// Which levels are read against which: all against the first, but normalisations against `causal`, which takes off what a device can
    /// know.
    fn pairs(self, levels: &[String]) -> Vec<(usize, usize)> {
        let middle = match self {
            Factor::Normalisation => {
                let causal = names::normalisation(crate::records::Normalisation::Causal);
                levels.iter().position(|level| *level == causal)
            }
            _ => None,
        };
        let middle = middle.unwrap_or(0);
        let before = (0..middle).map(|level| (level, middle));
        before
            .chain((middle + 1..levels.len()).map(|level| (middle, level)))
            .collect()
    }

    /// The later row less the earlier one.
    fn change(self, (earlier, later): (&Row, &Row), task: Task) -> Change {
        let (metric, score) = (task.metric(), Score::Accuracy);
        let test = match self {
            Factor::Variant => {
                compare_all(later, &[earlier], metric, score).map(|mut pair| pair.remove(0))
            }
            _ => optimism(later, earlier, metric, score),
        };
        let accuracy = |row: &Row| task.of(row).accuracy.mean;
        Change {
            by: accuracy(later) - accuracy(earlier),
            test: test.ok(),
        }
    }
}

/// From one level to another.
struct Change {
    by: f64,
    /// `None` of rows that no test pairs: of other subjects, or other modalities.
    test: Option<Comparison>,
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
    headline_first(material, &mut rows);
    let mut ordered: Vec<&Key> = rows.iter().map(|row| &row.key).collect();
    // A stable sort: modalities stay in the order of the rows.
    ordered.sort_by_key(|key| match factor {
        Factor::Normalisation => key.normalisation as usize,
        Factor::Protocol => key.protocol as usize,
        Factor::Variant => usize::from(!key.variant.is_empty()),
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

/// A contrast as a table of accuracies, with the changes from level to level.
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
    let pairs = contrast.factor.pairs(&contrast.levels);
    table.columns.extend(pairs.iter().map(|&(from, to)| {
        Column::numbers(format!(
            "{} → {}",
            contrast.levels[from], contrast.levels[to]
        ))
    }));
    let changes_of = |group: &Vec<Option<&Row>>| -> Vec<Option<Change>> {
        let both = pairs.iter().map(|&(from, to)| group[from].zip(group[to]));
        both.map(|pair| Some(contrast.factor.change(pair?, task)))
            .collect()
    };
    let changes: Vec<_> = contrast.groups.iter().map(changes_of).collect();
    // A column is a question of its own.
    let mut corrected: Vec<_> = (0..pairs.len())
        .map(|pair| {
            let tested = changes.iter();
            let tested = tested.filter_map(|group| group[pair].as_ref()?.test.as_ref());
            holm(&tested.map(|test| test.sign_flip.p).collect::<Vec<_>>()).into_iter()
        })
        .collect();
    for (group, changes) in contrast.groups.iter().zip(&changes) {
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
            unless(Factor::Variant, key.variant.clone()),
            unless(Factor::Protocol, Factor::Protocol.level(key)),
            unless(Factor::Normalisation, Factor::Normalisation.level(key)),
            unless(Factor::Modalities, names::modalities(&key.modalities)),
        ];
        let accuracy = |row: &Row| task.of(row).accuracy.mean;
        cells.extend(group.iter().map(|row| share_or_dash(row.map(accuracy))));
        for (change, corrected) in changes.iter().zip(&mut corrected) {
            cells.push(match change {
                Some(Change {
                    test: Some(test), ..
                }) => format!(
                    "{} [{}], {}",
                    signed(test.difference),
                    interval(test.interval),
                    p_value(corrected.next().unwrap_or(f64::NAN))
                ),
                Some(Change { by, test: None }) => signed(*by),
                None => "–".into(),
            });
        }
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
        "{}. Mean over subjects. Changes: with their 95 % bootstrap intervals over subjects and the p of a sign-flip test, Holm's correction \
         within a column.",
        crate::report::block::extent(&rows)
    )];
    table.notes.extend(references(material, &rows, task));
    if rows.iter().any(|row| row.key.normalisation.is_confounded()) {
        table.notes.push(names::CONFOUNDED.into());
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
