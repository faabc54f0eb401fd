//! Every number with all its digits, as comma-separated values.

use serde::Serialize;

use super::ReportError;
use super::block::{comparison, is_simulated, rows_of};
use super::material::{ExperimentText, Material, Task};
use crate::records::Row;

/// A file's name and text.
pub(crate) type File = (String, Vec<u8>);

/// `<experiment>.csv`, `<experiment>-subjects.csv` and `<experiment>-confusion.csv`: one line a row and task, a subject (with
/// what inner subjects chose for its fold), a cell of a confusion matrix.
pub(crate) fn experiment(
    material: &Material,
    text: &ExperimentText,
) -> Result<Vec<File>, ReportError> {
    let rows: Vec<(&Row, Task)> = rows_of(material, text)
        .into_iter()
        .flat_map(|row| Task::ALL.map(|task| (row, task)))
        .collect();
    let scores = table(
        &text.name,
        &SCORES,
        rows.iter().map(|&(row, task)| scores(material, row, task)),
    )?;
    let subjects = rows.iter().flat_map(|&(row, task)| {
        let which = which(material, row, task);
        let summary = task.of(row);
        let each = summary.subjects.iter().enumerate();
        each.map(move |(place, (name, accuracy, f1))| {
            let mut cells = which.clone();
            cells.extend([name.clone(), number(*accuracy), number(*f1)]);
            let recalls = summary.recalls.get(place);
            cells.extend((0..3).map(|class| {
                let recall = recalls.and_then(|own| *own.get(class)?);
                recall.map_or(String::new(), number)
            }));
            cells.push(row.info.chosen.get(name).cloned().unwrap_or_default());
            cells
        })
    });
    let subjects = table(&format!("{}-subjects", text.name), &SUBJECTS, subjects)?;
    let confusion = rows.iter().flat_map(|&(row, task)| {
        let which = which(material, row, task);
        let classes = &text.task(task).classes;
        let class = move |index: usize| {
            classes
                .get(index)
                .cloned()
                .unwrap_or_else(|| index.to_string())
        };
        let cells = task.of(row).confusion.iter().enumerate();
        cells.flat_map(move |(truth, cells)| {
            let (which, class) = (which.clone(), class);
            cells.iter().enumerate().map(move |(named, windows)| {
                [
                    which.clone(),
                    vec![class(truth), class(named), number(*windows)],
                ]
                .concat()
            })
        })
    });
    let confusion = table(
        &format!("{}-confusion", text.name),
        &["truth", "named", "windows"],
        confusion,
    )?;
    Ok(vec![scores, subjects, confusion])
}

/// `cost.csv` and `reliability.csv`, where there is something to write.
pub(crate) fn of_all(material: &Material) -> Result<Vec<File>, ReportError> {
    let mut files = Vec::new();
    if !material.costs.is_empty() {
        files.push(records("cost", &material.costs)?);
    }
    let bins = material.reliability.iter().flat_map(|curve| {
        [("before", &curve.before), ("after", &curve.after)]
            .into_iter()
            .flat_map(move |(when, bins)| {
                bins.iter().map(move |bin| {
                    let key = &curve.key;
                    let words = [
                        &key.experiment,
                        &key.model,
                        &key.variant,
                        &key.modalities,
                        &key.trained,
                        &key.tested,
                    ];
                    let mut cells: Vec<String> = words.into_iter().cloned().collect();
                    cells.extend([
                        name(&key.protocol),
                        name(&key.normalisation),
                        name(&curve.task),
                        when.to_owned(),
                    ]);
                    cells.extend([bin.confidence, bin.accuracy, bin.windows].map(number));
                    cells
                })
            })
    });
    let bins: Vec<_> = bins.collect();
    if !bins.is_empty() {
        let head = [
            "experiment",
            "model",
            "variant",
            "modalities",
            "trained",
            "tested",
            "protocol",
            "normalisation",
            "task",
            "recalibration",
            "confidence",
            "accuracy",
            "windows",
        ];
        files.push(lines(
            "reliability",
            head.map(String::from).into(),
            bins.into_iter(),
        )?);
    }
    Ok(files)
}

/// What a row is, in every file of an experiment.
const WHICH: [&str; 12] = [
    "experiment",
    "model",
    "variant",
    "modalities",
    "protocol",
    "normalisation",
    "confounded",
    "trained",
    "tested",
    "selection",
    "simulated",
    "task",
];

/// What is known of a subject in one task. Classes are numbered as in the confusion matrix.
const SUBJECTS: [&str; 7] = [
    "subject",
    "accuracy",
    "macro_f1",
    "recall_of_class_1",
    "recall_of_class_2",
    "recall_of_class_3",
    "chosen",
];

/// What is known of a row in one task.
const SCORES: [&str; 30] = [
    "subjects",
    "windows",
    "seeds",
    "parameters",
    "train_seconds",
    "accuracy",
    "accuracy_over_seeds",
    "accuracy_low",
    "accuracy_high",
    "macro_f1",
    "macro_f1_over_seeds",
    "macro_f1_low",
    "macro_f1_high",
    "pooled_accuracy",
    "pooled_macro_f1",
    "roc_auc",
    "cross_entropy",
    "ece",
    "together_accuracy",
    "together_macro_f1",
    "meditation_stress",
    "meditation_stress_low",
    "meditation_stress_high",
    "meditation_windows",
    "against",
    "difference",
    "difference_low",
    "difference_high",
    "p",
    "p_holm",
];

fn which(material: &Material, row: &Row, task: Task) -> Vec<String> {
    let key = &row.key;
    vec![
        key.experiment.clone(),
        key.model.clone(),
        key.variant.clone(),
        key.modalities.clone(),
        name(&key.protocol),
        name(&key.normalisation),
        key.normalisation.is_confounded().to_string(),
        key.trained.clone(),
        key.tested.clone(),
        row.info.selection.clone(),
        is_simulated(material, row).to_string(),
        name(&task),
    ]
}

fn scores(material: &Material, row: &Row, task: Task) -> Vec<String> {
    let summary = task.of(row);
    let mut cells = which(material, row, task);
    cells.extend(
        [
            summary.subjects.len() as u64,
            row.windows as u64,
            row.seeds as u64,
            row.info.parameters,
        ]
        .map(|count| count.to_string()),
    );
    cells.push(number(row.info.train_seconds));
    for estimate in [&summary.accuracy, &summary.macro_f1] {
        cells.extend(
            [
                estimate.mean,
                estimate.over_seeds,
                estimate.interval.0,
                estimate.interval.1,
            ]
            .map(number),
        );
    }
    cells.extend(
        [
            summary.pooled_accuracy,
            summary.pooled_macro_f1,
            summary.roc_auc.unwrap_or(f64::NAN),
        ]
        .map(number),
    );
    cells.extend(
        [
            summary.cross_entropy,
            summary.ece,
            summary.together.0,
            summary.together.1,
        ]
        .map(number),
    );
    let meditation = row.meditation.map(|found| {
        let share = found.called_stress;
        [
            share.mean,
            share.interval.0,
            share.interval.1,
            found.windows as f64,
        ]
    });
    cells.extend(meditation.unwrap_or([f64::NAN; 4]).map(number));
    let test = comparison(material, row, row.key.normalisation, task);
    cells.push(test.map_or(String::new(), |test| test.against.model.clone()));
    let nothing = [f64::NAN; 5];
    cells.extend(
        test.map_or(nothing, |test| {
            [
                test.difference,
                test.interval.0,
                test.interval.1,
                test.p,
                test.p_holm,
            ]
        })
        .map(number),
    );
    cells
}

/// The shortest digits that read back as the same number; nothing where there is none.
fn number(value: f64) -> String {
    if value.is_finite() {
        value.to_string()
    } else {
        String::new()
    }
}

/// A name as serde writes it.
fn name(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}

fn table(
    file: &str,
    columns: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<File, ReportError> {
    let head = WHICH
        .iter()
        .chain(columns)
        .map(|&name| name.to_owned())
        .collect();
    lines(file, head, rows)
}

fn lines(
    file: &str,
    head: Vec<String>,
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<File, ReportError> {
    let failed = |source| ReportError::Values {
        file: format!("{file}.csv"),
        source,
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&head).map_err(failed)?;
    for row in rows {
        writer.write_record(&row).map_err(failed)?;
    }
    let text = writer
        .into_inner()
        .map_err(|error| failed(error.into_error().into()))?;
    Ok((format!("{file}.csv"), text))
}

fn records(file: &str, records: &[impl Serialize]) -> Result<File, ReportError> {
    let failed = |source| ReportError::Values {
        file: format!("{file}.csv"),
        source,
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in records {
        writer.serialize(record).map_err(failed)?;
    }
    let text = writer
        .into_inner()
        .map_err(|error| failed(error.into_error().into()))?;
    Ok((format!("{file}.csv"), text))
}
