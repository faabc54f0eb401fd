//! One wrist of a drive: an E4's recordings, usually one.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::Finding;
use crate::FormatError;
use crate::empatica;
use crate::error::Place;
use crate::files::Tree;
use crate::recording::{Channel, Placement, Recording, Samples, Segment, Start, Timing};

/// The recordings of one wrist, in order: one, or several where it was interrupted.
pub(super) fn read(
    tree: &Tree,
    folder: &str,
    side: &str,
    placement: Placement,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Recording>, FormatError> {
    let below = tree.below(folder);
    let places: BTreeSet<&str> = below
        .names()
        .filter_map(|name| name.split('/').next())
        .filter(|name| {
            let name = name.strip_suffix(".zip").unwrap_or(name);
            let rest = name.strip_prefix(side);
            rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
        })
        .collect();
    let mut recordings = Vec::new();
    for place in places {
        // A folder beside a zip of the same name is what somebody unpacked.
        let unpacked = place.strip_suffix(".zip");
        if unpacked.is_some_and(|name| {
            below
                .names()
                .any(|other| other.starts_with(&format!("{name}/")))
        }) {
            continue;
        }
        let files = match unpacked {
            Some(_) => below.inner(place)?,
            None => Some(below.below(place)),
        };
        let Some(files) = files else { continue };
        let session = empatica::Reader::of(files)?.worn(placement).read()?;
        let side = unpacked.unwrap_or(place);
        findings.extend(session.findings.into_iter().map(|finding| Finding::Wrist {
            side: side.to_owned(),
            finding,
        }));
        recordings.push(session.recording);
    }
    recordings.sort_by_key(instant);
    for pair in recordings.windows(2) {
        let (Some(before), Some(after)) = (instant(&pair[0]), instant(&pair[1])) else {
            continue;
        };
        let seconds = (after.as_microsecond() - before.as_microsecond()) as f64 / 1e6;
        if seconds < pair[0].duration() {
            let found = format!(
                "a second recording {seconds} s after the first, which lasts {} s",
                pair[0].duration()
            );
            let expected = "one recording after the other";
            let way_out = "see which of them belongs there, and take the other away";
            let place = format!("{}/{side}", below.name());
            return Err(FormatError::content(
                &place,
                Place::Whole,
                found,
                expected,
                way_out,
            ));
        }
    }
    Ok(recordings)
}

/// When an E4's recording began.
pub(super) fn instant(recording: &Recording) -> Option<Timestamp> {
    match recording.start {
        Some(Start::Instant(instant)) => Some(instant),
        _ => None,
    }
}

/// One channel of each kind, with gaps between the recordings.
pub(super) fn joined(recordings: Vec<Vec<Channel>>) -> Vec<Channel> {
    let mut whole: Vec<Channel> = Vec::new();
    for part in recordings.into_iter().flatten() {
        let same = |channel: &&mut Channel| {
            channel.modality == part.modality && channel.rate() == part.rate()
        };
        match whole.iter_mut().find(same) {
            Some(channel) => append(channel, part),
            None => whole.push(part),
        }
    }
    whole
}

fn append(channel: &mut Channel, part: Channel) {
    let first = channel.len();
    match (&mut channel.timing, part.timing) {
        (Timing::Regular { segments, .. }, Timing::Regular { segments: more, .. }) => {
            segments.extend(more.into_iter().map(|segment| Segment {
                first: segment.first + first,
                ..segment
            }));
        }
        (Timing::Irregular(times), Timing::Irregular(more)) => times.extend(more),
        _ => return,
    }
    match (&mut channel.samples, part.samples) {
        (Samples::I16(all), Samples::I16(more)) => all.extend(more),
        (Samples::F64(all), Samples::F64(more)) => all.extend(more),
        _ => {}
    }
}
