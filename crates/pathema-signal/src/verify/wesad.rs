use std::path::Path;

use super::{Check, Outcome, hashes, protocol, recording};
use crate::FormatError;
use crate::inspect::survey;
use crate::open::Opened;
use crate::recording::Whole;
use crate::wesad::{Archive, Finding};

/// The subjects that were published: S1 and S12 had a broken sensor.
const SUBJECTS: [u32; 15] = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17];

/// What each subject's folder holds.
const FILES: [&str; 5] = [
    ".pkl",
    "_quest.csv",
    "_readme.txt",
    "_respiban.txt",
    "_E4_Data.zip",
];

/// Checks WESAD's subjects one by one.
pub(super) fn check(
    path: &Path,
    opened: &Opened,
    archive: &Archive,
    tell: &mut dyn FnMut(Check) -> bool,
) -> Result<(), FormatError> {
    let tree = hashes::tree(path, opened)?;
    if !opened.is_simulated() && !tell(subjects(archive.subjects())) {
        return Ok(());
    }
    for subject in archive.subjects() {
        let missing: Vec<&str> = FILES
            .into_iter()
            .filter(|file| {
                let name = format!("{subject}/{subject}{file}");
                tree.as_ref().is_some_and(|tree| !tree.has(&name))
            })
            .collect();
        let files = if missing.is_empty() {
            Check::new(subject, "files", Outcome::Passed, "all five are there")
        } else {
            let named: Vec<String> = missing
                .iter()
                .map(|file| format!("{subject}{file}"))
                .collect();
            let detail = format!("{} missing", named.join(", "));
            // Training needs the pickle; the rest can be done without.
            let outcome = if missing.contains(&".pkl") {
                Outcome::Failed
            } else {
                Outcome::Noted
            };
            Check::new(subject, "files", outcome, detail)
        };
        if !tell(files) {
            return Ok(());
        }
        for check in one(archive, subject)? {
            if !tell(check) {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn subjects(found: &[String]) -> Check {
    let expected: Vec<String> = SUBJECTS.iter().map(|number| format!("S{number}")).collect();
    let only = |of: &[String], not_of: &[String]| {
        let apart: Vec<String> = of
            .iter()
            .filter(|name| !not_of.contains(name))
            .cloned()
            .collect();
        apart.join(", ")
    };
    let (missing, unknown) = (only(&expected, found), only(found, &expected));
    match (missing.is_empty(), unknown.is_empty()) {
        (true, true) => Check::new("WESAD", "subjects", Outcome::Passed, "all 15 are there"),
        (true, false) => {
            let detail = format!("{unknown} beside the 15 that were published");
            Check::new("WESAD", "subjects", Outcome::Noted, detail)
        }
        _ => Check::new(
            "WESAD",
            "subjects",
            Outcome::Failed,
            format!("{missing} missing"),
        ),
    }
}

/// The recording, the labels against the questionnaire, and the questionnaire against the protocol.
fn one(archive: &Archive, subject: &str) -> Result<Vec<Check>, FormatError> {
    let read = match archive.read(subject) {
        Ok(read) => read,
        Err(error) => {
            return Ok(vec![Check::new(
                subject,
                "recording",
                Outcome::Failed,
                error.to_string(),
            )]);
        }
    };
    let of_labels = |finding: &&Finding| {
        matches!(
            finding,
            Finding::RunDuration { .. } | Finding::RunCount { .. }
        )
    };
    let labels: Vec<String> = read
        .findings
        .iter()
        .filter(of_labels)
        .map(Finding::to_string)
        .collect();
    let others = read.findings.iter().filter(|finding| {
        // A file that is missing was told of already.
        !of_labels(finding) && !matches!(finding, Finding::MissingFile { .. })
    });
    let others: Vec<String> = others.map(Finding::to_string).collect();
    let runs = read.recording.labels.len();
    let report = survey(
        &mut Whole::new(read.recording).with_odd(others),
        &mut |_| {},
    )?;
    let mut checks = vec![recording(subject, &report)];
    if let Some(questionnaire) = &read.questionnaire {
        checks.push(if labels.is_empty() {
            let detail = format!("{runs} runs, as long as the questionnaire says");
            Check::new(subject, "labels", Outcome::Passed, detail)
        } else {
            Check::new(subject, "labels", Outcome::Failed, labels.join("; "))
        });
        let odd = protocol::departures(questionnaire);
        checks.push(if odd.is_empty() {
            Check::new(
                subject,
                "protocol",
                Outcome::Passed,
                "every condition as long as it should be",
            )
        } else {
            Check::new(subject, "protocol", Outcome::Noted, odd.join("; "))
        });
    }
    Ok(checks)
}
