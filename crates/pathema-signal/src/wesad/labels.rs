//! The label array: its runs, and how they agree with the questionnaire.

use super::pickle::{Array, Value};
use super::questionnaire::{Condition, Phase, Questionnaire};
use super::signals::describe;
use super::{Finding, WesadError};
use crate::recording::{Label, LabelRun};

/// Labels a second.
pub(super) const RATE: f64 = 700.0;

/// Seconds that the authors left unlabelled at each end of a condition.
pub(super) const TRIMMED: f64 = 10.0;

/// Seconds by which a run may differ from the questionnaire, whose times are whole seconds.
const TOLERANCE: f64 = 1.0;

/// The label array, once it is known to be one.
pub(super) fn codes<'a>(file: &str, label: Option<Value<'a>>) -> Result<Array<'a>, WesadError> {
    let whole = |array: &Array<'_>| {
        array.shape().len() == 1 && !array.is_empty() && array.dtype().element.is_whole()
    };
    let array = label.and_then(Value::array).filter(whole);
    array.ok_or_else(|| WesadError::Content {
        file: file.to_owned(),
        name: "label".to_owned(),
        found: describe(label),
        expected: "a one-dimensional array of whole numbers".to_owned(),
    })
}

/// The maximal stretches of one code.
pub(super) fn runs(file: &str, codes: Array<'_>) -> Result<Vec<LabelRun>, WesadError> {
    let mut runs: Vec<LabelRun> = Vec::new();
    let (mut last, mut index) = (None, 0);
    for (code, count) in codes.stretches() {
        let start = index as f64 / RATE;
        let end = (index + count) as f64 / RATE;
        match runs.last_mut() {
            Some(run) if last == Some(code) => run.end = end,
            _ => {
                let label = Label::from_code(code).ok_or_else(|| WesadError::LabelCode {
                    file: file.to_owned(),
                    code,
                    index,
                })?;
                runs.push(LabelRun { label, start, end });
            }
        }
        (last, index) = (Some(code), index + count);
    }
    Ok(runs)
}

/// Compares runs with the questionnaire's intervals, in the order of time: one file lists its meditations the wrong
/// way round.
pub(super) fn compare(runs: &[LabelRun], questionnaire: &Questionnaire) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (phase, name) in PHASES {
        let runs: Vec<&LabelRun> = runs
            .iter()
            .filter(|run| Phase::of(run.label) == Some(phase))
            .collect();
        let mut conditions: Vec<&Condition> = questionnaire
            .conditions
            .iter()
            .filter(|condition| condition.phase == phase)
            .collect();
        conditions.sort_by(|a, b| a.start.total_cmp(&b.start));
        if runs.len() != conditions.len() {
            findings.push(Finding::RunCount {
                phase: name,
                runs: runs.len(),
                conditions: conditions.len(),
            });
            continue;
        }
        for (run, condition) in runs.into_iter().zip(conditions) {
            let expected = condition.duration() - 2.0 * TRIMMED;
            if (run.duration() - expected).abs() > TOLERANCE {
                findings.push(Finding::RunDuration {
                    condition: condition.name.clone(),
                    labelled: run.duration(),
                    expected,
                });
            }
        }
    }
    findings
}

const PHASES: [(Phase, &str); 5] = [
    (Phase::Baseline, "baseline"),
    (Phase::Stress, "stress"),
    (Phase::Amusement, "amusement"),
    (Phase::Meditation, "meditation"),
    (Phase::Reading, "reading"),
];
