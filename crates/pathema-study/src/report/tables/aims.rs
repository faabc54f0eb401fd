//! The headline: what was to be reached, and what was.

use super::peers::peers;
use super::role;
use crate::records::{Protocol, Row};
use crate::report::block::{is_simulated, reference};
use crate::report::material::{Aim, Material, Task};
use crate::report::names;
use crate::report::number::{interval, share, signed};
use crate::report::table::{Column, Role, Table};

/// A row that an aim speaks of.
#[derive(Clone, Debug)]
pub(crate) struct Reached<'a> {
    pub(crate) aim: &'a Aim,
    pub(crate) row: &'a Row,
    pub(crate) clock: Option<&'a Row>,
    pub(crate) majority: Option<&'a Row>,
}

/// The experiment whose rows are meant for the aims; others' stand where it has none.
const HEADLINE: &str = "headline";

/// Aims are about stress: a row whose two classes are something else reaches none.
fn asks_for_stress(material: &Material, row: &Row) -> bool {
    let mut texts = material.experiments.iter();
    let text = texts.find(|text| text.name == row.key.experiment);
    text.is_none_or(|text| {
        text.binary
            .classes
            .last()
            .is_some_and(|sought| sought == "stress")
    })
}

/// Rows of the headline model that fit an aim, nested selection first, then post hoc; of the most subjects, without a variant if there are such.
pub(crate) fn reached<'a>(material: &'a Material, aim: &'a Aim) -> Vec<Reached<'a>> {
    let model = aim.model.as_ref().unwrap_or(&material.headline);
    let own = || {
        material
            .rows
            .iter()
            // Simulated people reach no aim that was set for real ones.
            .filter(|row| row.key.model == *model && row.info.simulated <= material.simulated)
            .filter(|row| asks_for_stress(material, row))
    };
    let often = |name: &str| own().filter(|row| row.key.modalities == name).count();
    let most = own()
        .map(|row| row.key.modalities.as_str())
        .max_by_key(|name| (often(name), name.matches('+').count(), *name));
    let modalities = aim.modalities.as_deref().or(most);
    let mut rows: Vec<&Row> = own()
        .filter(|row| {
            let key = &row.key;
            key.protocol == aim.protocol
                && key.normalisation == aim.normalisation
                && key.tested == aim.tested
                && Some(key.modalities.as_str()) == modalities
                && (aim.tested != "clean" || key.trained == "clean")
        })
        .collect();
    // A stable sort: of equals, the row told first stays first.
    rows.sort_by_key(|row| {
        (
            row.info.selection != "nested",
            row.key.experiment != HEADLINE,
            !row.key.variant.is_empty(),
            std::cmp::Reverse(row.binary.subjects.len()),
        )
    });
    // Settings that nothing chose are shown only where there is nothing else.
    let chosen = |row: &&Row| matches!(row.info.selection.as_str(), "nested" | "post-hoc");
    if rows.iter().any(chosen) {
        rows.retain(chosen);
    }
    let mut kept: Vec<&Row> = Vec::new();
    for row in rows {
        let known = kept.iter().any(|other| {
            (&other.info.selection, &other.key.trained) == (&row.info.selection, &row.key.trained)
        });
        if !known {
            kept.push(row);
        }
    }
    let with = |row| Reached {
        aim,
        row,
        clock: reference(material, "clock", row),
        majority: reference(material, "majority", row),
    };
    kept.into_iter().map(with).collect()
}

/// The headline table of one task.
pub(crate) fn aims(material: &Material, task: Task) -> Table {
    let name = match task {
        Task::Binary => "stress against the rest",
        Task::ThreeClass => "3 classes",
    };
    let mut table = Table {
        caption: format!(
            "{}, against its aims: {name}",
            super::super::table::capitalised(&names::model(&material.headline))
        ),
        simulated: material.simulated,
        columns: ["protocol, normalisation", "selection"]
            .map(Column::text)
            .into(),
        ..Table::default()
    };
    let numbers = [
        "seeds",
        "accuracy",
        "95 % interval",
        "aim",
        "clock",
        "majority",
        "macro F1",
        "aim (F1)",
    ];
    table.columns.extend(numbers.map(Column::numbers));
    let mut rows = Vec::new();
    for aim in &material.aims {
        let (least, least_f1) = aim.least(task);
        let found = reached(material, aim);
        if found.is_empty() {
            let dash = || "–".to_owned();
            let (aimed, aimed_f1) = (verdict(f64::NAN, Some(least)), verdict(f64::NAN, least_f1));
            let mut cells = vec![aim.title.clone(), "not run".into()];
            cells.extend([
                dash(),
                dash(),
                dash(),
                aimed,
                dash(),
                dash(),
                dash(),
                aimed_f1,
            ]);
            table.push(Role::Plain, cells);
        }
        for reached in found {
            let summary = task.of(reached.row);
            let of = |row: Option<&Row>| {
                row.map_or("–".into(), |row| share(task.of(row).accuracy.mean))
            };
            let spread = |mean: f64, sd: f64| {
                if reached.row.seeds > 1 {
                    format!("{} ± {}", share(mean), share(sd))
                } else {
                    share(mean)
                }
            };
            let (accuracy, f1) = (&summary.accuracy, &summary.macro_f1);
            let gaps = if reached.row.key.trained == "clean" {
                ""
            } else {
                ", gaps"
            };
            let role = match (
                reached.row.info.selection.as_str(),
                role(material, reached.row),
            ) {
                ("nested", role) => role,
                _ => Role::Plain,
            };
            table.simulated |= is_simulated(material, reached.row);
            rows.push(reached.row);
            table.push(
                role,
                vec![
                    aim.title.clone(),
                    format!("{}{gaps}", names::selection(&reached.row.info.selection)),
                    reached.row.seeds.to_string(),
                    spread(accuracy.mean, accuracy.over_seeds),
                    interval(accuracy.interval),
                    verdict(accuracy.mean, Some(least)),
                    of(reached.clock),
                    of(reached.majority),
                    spread(f1.mean, f1.over_seeds),
                    verdict(f1.mean, least_f1),
                ],
            );
        }
    }
    if rows.iter().any(|row| row.key.trained != "clean") {
        table
            .notes
            .push("Gaps: trained with samples taken away; all others on whole recordings.".into());
    }
    table.notes.extend([
        NESTED.into(),
        format!(
            "{}. Mean over subjects ± standard deviation over seeds, which share one choice of settings; 95 % bootstrap interval over subjects. Aims are of the mean of 5 seeds.",
            super::super::block::extent(&rows)
        ),
        "The clock knows only the time since the start of the session.".into(),
    ]);
    if rows
        .iter()
        .any(|row| row.key.protocol == Protocol::CrossOrder)
    {
        table.notes.push(CROSS_ORDER.into());
    }
    table.notes.extend(peers(material, task));
    table
}

/// What a choice on inner subjects does not undo.
pub(crate) const NESTED: &str = "Nested: chosen on inner subjects only, among candidates that were designed by looking at these \
    subjects: at scores of inner ones, and four times at outer scores (looks 3, 5, 7 and 8 in docs/notes/looks.md). Post hoc: such a recipe as it is.";

/// What an interval over subjects does not tell under two folds.
pub(crate) const CROSS_ORDER: &str = "Cross-order: two fitted models judge all subjects, so intervals and tests, which take subjects as independent, leave out that each model is one draw.";

/// By how much, in units of the score. Compared with all digits: what only rounds to the aim misses it.
fn verdict(mean: f64, least: Option<f64>) -> String {
    let Some(least) = least else {
        return "–".into();
    };
    let word = match mean - least {
        by if by >= 0.0 => format!("met, {} ", signed(by)),
        by if by > -0.0005 => "missed by less than .001 ".into(),
        by if by < 0.0 => format!("missed, {} ", signed(by)),
        _ => String::new(),
    };
    format!("{word}(≥ {})", share(least))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aim_is_met_by_all_digits() {
        assert_eq!(verdict(0.955, Some(0.955)), "met, ±.000 (≥ .955)");
        assert_eq!(verdict(0.9551, Some(0.955)), "met, ±.000 (≥ .955)");
        assert_eq!(verdict(0.96, Some(0.955)), "met, +.005 (≥ .955)");
        assert_eq!(
            verdict(0.9548, Some(0.955)),
            "missed by less than .001 (≥ .955)"
        );
        assert_eq!(verdict(0.9544, Some(0.955)), "missed, −.001 (≥ .955)");
        assert_eq!(verdict(f64::NAN, Some(0.955)), "(≥ .955)");
        assert_eq!(verdict(0.9, None), "–");
    }
}
