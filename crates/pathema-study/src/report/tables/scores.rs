//! One block in one task: every score of every row.

use super::{DESCRIPTION, description, role};
use crate::records::{Estimate, Protocol, Row};
use crate::report::block::{Block, comparison};
use crate::report::material::{Layout, Material, NamedComparison, Task};
use crate::report::number::{interval, p_value, share, share_or_dash, signed};
use crate::report::table::{Column, Table};
use crate::report::{method, names};
use crate::statistics::power::LEVEL;

pub(crate) fn scores(material: &Material, block: &Block, task: Task) -> Table {
    let rows: Vec<_> = block.with_references().collect();
    let tests: Vec<_> = rows
        .iter()
        // A borrowed row was tested against others than those here.
        .map(|row| {
            comparison(material, row, block.normalisation, task)
                .filter(|test| test.key.experiment == block.text.name)
        })
        .collect();
    let tested = tests.iter().any(Option::is_some);
    let of_method = block.text.layout == Layout::Method;
    let mut columns = vec![Column::text("model")];
    columns.extend(DESCRIPTION.map(Column::text));
    columns.extend(["subjects", "seeds"].map(Column::numbers));
    columns.extend(["accuracy", "95 % interval", "macro F1"].map(Column::numbers));
    if of_method {
        columns.push(Column::numbers("method: accuracy / F1"));
    }
    if tested {
        columns.extend(["difference", "p (Holm)"].map(Column::numbers));
    }
    columns.extend(
        [
            "ROC-AUC",
            "cross-entropy",
            "ECE",
            "pooled",
            "seeds together",
        ]
        .map(Column::numbers),
    );
    let dagger = if names::flatters(block.protocol) {
        " ‡"
    } else {
        ""
    };
    let mut table = Table {
        caption: format!("{}{dagger}: {}", block.title(), block.text.task(task).name),
        simulated: block.simulated,
        columns,
        ..Table::default()
    };
    for (row, test) in rows.iter().zip(&tests) {
        let summary = task.of(row);
        let both = |(accuracy, f1): (f64, f64)| format!("{} / {}", share(accuracy), share(f1));
        let mut cells = vec![names::model(&row.key.model)];
        cells.extend(description(row));
        cells.extend([summary.subjects.len().to_string(), row.seeds.to_string()]);
        let spread = |estimate: &Estimate| {
            let over_seeds = if row.seeds > 1 {
                format!(" ± {}", share(estimate.over_seeds))
            } else {
                String::new()
            };
            format!("{}{over_seeds}", share(estimate.mean))
        };
        cells.extend([
            spread(&summary.accuracy),
            interval(summary.accuracy.interval),
            spread(&summary.macro_f1),
        ]);
        if of_method {
            cells.push(method::figure(row).map_or("–".into(), both));
        }
        if tested {
            cells.extend(match test {
                Some(test) => [
                    format!("{} [{}]", signed(test.difference), interval(test.interval)),
                    p_value(test.p_holm),
                ],
                None => ["–".into(), "–".into()],
            });
        }
        cells.extend([
            share_or_dash(summary.roc_auc),
            share(summary.cross_entropy),
            share(summary.ece),
            both((summary.pooled_accuracy, summary.pooled_macro_f1)),
            both(summary.together),
        ]);
        table.push(role(material, row), cells);
    }
    table.notes = vec![format!(
        "{}. Accuracy and macro F1: mean over subjects ± standard deviation over seeds; 95 % bootstrap interval over subjects \
         (of F1: in the CSV). \
         Pooled and seeds together: accuracy / macro F1; cross-entropy in nats; ECE of 15 bins.",
        block.extent()
    )];
    if let Some(test) = tests.iter().flatten().next() {
        let against: Vec<String> = {
            let mut all: Vec<String> = tests
                .iter()
                .flatten()
                .map(|test| names::model(&test.against.model))
                .collect();
            all.sort();
            all.dedup();
            all
        };
        table.notes.push(format!(
            "Difference: accuracy less that of {}, with its 95 % interval; p of the {} test, Holm's correction over this table's tests.",
            against.join(" or "),
            test.test
        ));
        table.notes.extend(detectable(&rows, &tests));
    }
    if of_method {
        table.notes.push(
            "The method's figures do not say of which task they are. They are of chest signals with the fusion transformer, the neural CDE's of EDA alone and validation on 5 subjects; \
             blood volume pulse at the wrist stands for its ECG."
                .into(),
        );
    }
    table
        .notes
        .extend(Some(block.warning()).filter(|warning| !warning.is_empty()));
    if block.protocol == Protocol::CrossOrder {
        table.notes.push(super::CROSS_ORDER.into());
    }
    table.notes.extend(reference_note(block));
    table.fold_constant(&["subjects", "seeds"]);
    table.fold_constant(&DESCRIPTION);
    // Said by the extent already.
    table
        .notes
        .retain(|note| !note.starts_with("Subjects: ") && !note.starts_with("Seeds: "));
    table
}

/// What so few subjects could have shown, where the test by itself did not find a difference.
fn detectable(rows: &[&Row], tests: &[Option<&NamedComparison>]) -> Option<String> {
    let tested = rows.iter().zip(tests);
    let missed = tested.filter_map(|(row, test)| {
        let test = test.as_ref().filter(|test| test.p > LEVEL)?;
        // Rows that agree subject by subject show nothing.
        let least = test.detectable.filter(|least| *least > 0.0)?;
        Some((row.binary.subjects.len(), least))
    });
    let (subjects, least): (Vec<usize>, Vec<f64>) = missed.unzip();
    let subjects = subjects.iter().max()?;
    let low = least.iter().copied().fold(f64::INFINITY, f64::min);
    let high = least.iter().copied().fold(0.0, f64::max);
    Some(format!(
        "Where p, not corrected, is above .05: with {subjects} subjects the test finds a difference of {} to {}, by how much people differ in it, in four studies \
         of five. What is smaller may still be there.",
        share(low),
        share(high)
    ))
}

fn reference_note(block: &Block) -> Option<String> {
    let absent = block.absent();
    (!absent.is_empty()).then(|| format!("Not run under this protocol: {}.", absent.join(", ")))
}
