//! Whether a data set is whole and what it should be: files, hashes, durations against the protocol.

mod hashes;
mod protocol;
mod wesad;

pub use hashes::Hashes;

use std::path::Path;

use serde::Serialize;

use crate::FormatError;
use crate::inspect::{Report, survey};
use crate::open::Opened;

/// What was checked and how it went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// What it is about: a subject, a record, or the data set itself.
    pub about: String,
    /// What was checked (`files`, `hash`, `durations`, …).
    pub what: &'static str,
    /// How it went.
    pub outcome: Outcome,
    /// What was found, in words.
    pub detail: String,
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// As it should be.
    Passed,
    /// Worth knowing, and no reason not to use the data.
    Noted,
    /// Wrong.
    Failed,
}

impl Check {
    fn new(about: &str, what: &'static str, outcome: Outcome, detail: impl Into<String>) -> Check {
        Check {
            about: about.to_owned(),
            what,
            outcome,
            detail: detail.into(),
        }
    }
}

/// Checks a whole data set: all files by the hashes that are known of them, all recordings from beginning to end. `told`
/// gets each check as it is done, and decides whether to go on.
///
/// Of WESAD, S2 to S11 and S13 to S17 are expected with all their files, and every condition of the protocol with about its
/// length. Hashes come from `hashes`, or from the lists that lie in the folder itself; without either, WESAD's files are
/// compared with those that one public project has computed, and since its owners publish none, a mismatch is noted only.
///
/// # Errors
/// If nothing that can be checked is at `path`. What is wrong with a recording is a check that failed.
pub fn verify(
    path: &Path,
    hashes: Option<&Hashes>,
    told: &mut dyn FnMut(&Check) -> bool,
) -> Result<(), FormatError> {
    let opened = Opened::at(path)?;
    let mut on = true;
    let mut tell = |check: Check| {
        on = on && told(&check);
        on
    };
    if !hashes::check(path, &opened, hashes, &mut tell)? {
        return Ok(());
    }
    if let Some(archive) = opened.archive() {
        return wesad::check(path, &opened, archive, &mut tell);
    }
    for name in opened.names() {
        let surveyed = opened
            .read(&name)
            .and_then(|mut blocks| survey(&mut *blocks, &mut |_| {}));
        let check = match surveyed {
            Err(error) => Check::new(&name, "recording", Outcome::Failed, error.to_string()),
            Ok(report) => recording(&name, &report),
        };
        if !tell(check) {
            break;
        }
    }
    Ok(())
}

/// Whether a recording could be read to its end, and what of it is odd.
fn recording(name: &str, report: &Report) -> Check {
    let mut odd = report.odd.clone();
    for apart in &report.unsynchronised {
        odd.push(format!(
            "{} begins {:+.1} s and ends {:+.1} s apart from the others",
            apart.channel, apart.begins_late, apart.ends_late
        ));
    }
    for channel in &report.channels {
        let name = format!("{} {}", channel.placement, channel.name);
        if channel.samples == 0 {
            odd.push(format!("{name} is empty"));
        }
        if channel.gaps > 0 {
            odd.push(format!(
                "{name} has {} gaps, {:.1} s in all",
                channel.gaps, channel.gap_seconds
            ));
        }
        if channel.missing > 0 {
            odd.push(format!("{name} has {} missing values", channel.missing));
        }
        if channel.flat_seconds > 0.0 {
            odd.push(format!("{name} is flat for {:.0} s", channel.flat_seconds));
        }
        if channel.out_of_range > 0 {
            odd.push(format!(
                "{name} has {} values out of range",
                channel.out_of_range
            ));
        }
    }
    let read = format!(
        "{} channels, {:.1} min",
        report.channels.len(),
        report.duration / 60.0
    );
    if odd.is_empty() {
        Check::new(name, "recording", Outcome::Passed, read)
    } else {
        Check::new(
            name,
            "recording",
            Outcome::Noted,
            format!("{read}; {}", odd.join("; ")),
        )
    }
}
