//! Label runs from the questionnaire's times.

use crate::FormatError;
use crate::error::Place;
use crate::recording::{Label, LabelRun};
use crate::wesad::labels::TRIMMED;
use crate::wesad::{Condition, Phase, Questionnaire};

/// Runs over `[0, end)`: the conditions without 10 s at each end, and transient between.
pub(super) fn runs(
    file: &str,
    questionnaire: &Questionnaire,
    end: f64,
) -> Result<Vec<LabelRun>, FormatError> {
    let mut conditions: Vec<&Condition> = questionnaire.conditions.iter().collect();
    conditions.sort_by(|a, b| a.start.total_cmp(&b.start));
    let off = |condition: &Condition, found: String, expected: &str| {
        let found = format!("{} {found}", condition.name);
        let way_out = "correct its times, or fetch the subject's files again";
        FormatError::content(file, Place::Whole, found, expected, way_out)
    };
    let mut runs = Vec::new();
    let mut now = 0.0;
    let mut before = 0.0;
    let mut push = |label, start, end| {
        if end > start {
            runs.push(LabelRun { label, start, end });
        }
    };
    for condition in conditions {
        if condition.start < before {
            let found = format!("starts at {} s, before {before} s", condition.start);
            return Err(off(condition, found, "conditions one after the other"));
        }
        if condition.end > end {
            let found = format!("ends at {} s", condition.end);
            let expected = format!("an end within the chest's recording of {end:.1} s");
            return Err(off(condition, found, &expected));
        }
        if condition.duration() <= 2.0 * TRIMMED {
            let found = format!("lasts {} s", condition.duration());
            return Err(off(
                condition,
                found,
                "more than the 20 s that are left out",
            ));
        }
        let (start, last) = (condition.start + TRIMMED, condition.end - TRIMMED);
        push(Label::Transient, now, start);
        push(label(condition), start, last);
        (now, before) = (last, condition.end);
    }
    push(Label::Transient, now, end);
    Ok(runs)
}

/// The codes of the reading blocks are those of the pickles.
fn label(condition: &Condition) -> Label {
    match (condition.phase, condition.name.as_str()) {
        (Phase::Baseline, _) => Label::Baseline,
        (Phase::Stress, _) => Label::Stress,
        (Phase::Amusement, _) => Label::Amusement,
        (Phase::Meditation, _) => Label::Meditation,
        (Phase::Reading, "bRead") => Label::Ignored(5),
        (Phase::Reading, "sRead") => Label::Ignored(6),
        (Phase::Reading, _) => Label::Ignored(7),
    }
}
