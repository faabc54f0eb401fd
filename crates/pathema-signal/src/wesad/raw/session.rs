use std::path::Path;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{Alignment, RawFinding, Search, align, labels};
use crate::error::Place;
use crate::files::Tree;
use crate::recording::{Channel, Modality, Placement, Recording, Start};
use crate::wesad::{Questionnaire, Readme, WesadError};
use crate::{FormatError, empatica, respiban};

/// How raw files are aligned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Seconds around the offset of the dates in which the best lag is looked for. Where the dates do not say, all lags are
    /// tried.
    pub window: f64,
    /// Seconds by which the RespiBAN's wall clock is ahead of UTC; `None` takes the whole hours that put the two starts
    /// closest, which is right if they lie less than half an hour apart.
    pub zone: Option<f64>,
    /// Take an alignment that cannot be trusted, with a finding that says so. Otherwise it is an error.
    pub accept_unsure: bool,
    /// Stretch the wrist's times by the drift that was found; else they keep their rates.
    pub apply_drift: bool,
}

impl Default for Options {
    /// Five minutes; German summer time, in which the data set was recorded, its E4s 15 to 24 minutes before its RespiBANs;
    /// only what can be trusted; rates as they are.
    fn default() -> Options {
        Options {
            window: 300.0,
            zone: Some(2.0 * HOUR),
            accept_unsure: false,
            apply_drift: false,
        }
    }
}

/// A subject from the devices' own files.
#[derive(Clone, Debug)]
pub struct RawSession {
    /// Chest and wrist on the RespiBAN's time, and the labels. Of the wrist, what was recorded while the chest was; stored
    /// values are those of the devices, with their conversions.
    pub recording: Recording,
    /// How the wrist was aligned.
    pub alignment: Alignment,
    /// The protocol's times and the self-reports.
    pub questionnaire: Questionnaire,
    /// Who it is, where the file is there.
    pub readme: Option<Readme>,
    /// What is odd about the files.
    pub findings: Vec<RawFinding>,
}

/// Reads a subject from `SX_respiban.txt`, `SX_E4_Data.zip` and `SX_quest.csv`, in the data set's folder or zip or in the
/// subject's own folder.
///
/// # Errors
/// If a file is missing or is not what it should be, if a condition lies outside the recording, and if chest and wrist
/// cannot be aligned with confidence.
///
/// ```no_run
/// use pathema_signal::wesad::raw;
/// let subject = raw::read("WESAD".as_ref(), "S2", &raw::Options::default())?;
/// println!("the E4 began {:.2} s after the RespiBAN", subject.alignment.offset_s);
/// # Ok::<(), pathema_signal::wesad::WesadError>(())
/// ```
pub fn read(path: &Path, subject: &str, options: &Options) -> Result<RawSession, WesadError> {
    let tree = Tree::open(path)?;
    let (tree, name) = within(tree, subject)?;
    let mut findings = Vec::new();

    let stream = tree.stream(&name)?.ok_or_else(|| missing(&tree, &name))?;
    let chest = respiban::Reader::of(tree.full_name(&name), stream)?.read()?;
    findings.extend(chest.findings.into_iter().map(RawFinding::Chest));
    let chest = chest.recording;

    let name = format!("{subject}_E4_Data.zip");
    let inner = tree.inner(&name)?.ok_or_else(|| missing(&tree, &name))?;
    let wrist = empatica::Reader::of(inner)?.read()?;
    findings.extend(wrist.findings.into_iter().map(RawFinding::Wrist));
    let wrist = wrist.recording;

    let name = format!("{subject}_quest.csv");
    let text = tree.text(&name)?.ok_or_else(|| missing(&tree, &name))?;
    let file = tree.full_name(&name);
    let questionnaire = Questionnaire::parse(&file, &text)?;
    let labels = labels::runs(&file, &questionnaire, chest.duration())?;

    let name = format!("{subject}_readme.txt");
    let readme = tree.text(&name)?.map(|text| Readme::parse(&text).0);
    if readme.is_none() {
        findings.push(RawFinding::MissingFile { file: name });
    }

    let unaligned = |found: String| {
        let expected = "movements of chest and wrist that agree at one lag";
        let way_out = "see whether the files are of one session, look further from the dates, or align by hand";
        FormatError::content(tree.name(), Place::Whole, found, expected, way_out)
    };
    let moving = |recording: &Recording, placement, what: &str| {
        let channel = recording.channel(placement, Modality::Acc).cloned();
        channel.ok_or_else(|| unaligned(format!("no acceleration of the {what}")))
    };
    let search = search(&chest, &wrist, options);
    let alignment = align(
        &moving(&chest, Placement::Chest, "chest")?,
        &moving(&wrist, Placement::Wrist, "wrist")?,
        search,
    )
    .ok_or_else(|| unaligned("movements that do not overlap".to_owned()))?;
    if !alignment.is_sure() {
        let unsure = RawFinding::Unsure {
            peak: alignment.peak,
            ratio: alignment.ratio,
            windows: alignment.windows,
        };
        if !options.accept_unsure {
            return Err(unaligned(unsure.to_string()).into());
        }
        findings.push(unsure);
    }
    let drift = if options.apply_drift {
        alignment.drift_ppm * 1e-6
    } else {
        0.0
    };
    let end = chest.duration();
    let apart = alignment.drift_ppm.abs() * 1e-6 * end / 2.0;
    if !options.apply_drift && apart > 1.0 / 32.0 {
        findings.push(RawFinding::Drift { seconds: apart });
    }
    let time = |time: f64| time + alignment.offset_s + drift * (time - alignment.middle_s);
    let wrist = wrist.channels.into_iter().map(|channel| {
        let channel = Channel {
            timing: channel.timing.mapped(time, 1.0 + drift),
            ..channel
        };
        channel.part(channel.indices(0.0, end))
    });
    Ok(RawSession {
        recording: Recording {
            subject: subject.to_owned(),
            start: chest.start,
            channels: chest.channels.into_iter().chain(wrist).collect(),
            labels,
            ..Recording::default()
        },
        alignment,
        questionnaire,
        readme,
        findings,
    })
}

/// The subject's own folder, and the name of the chest's file in it.
fn within(tree: Tree, subject: &str) -> Result<(Tree, String), FormatError> {
    let name = format!("{subject}_respiban.txt");
    let found = tree
        .names()
        .filter(|path| !path.starts_with("__MACOSX/"))
        .find_map(|path| match path.strip_suffix(&name)? {
            "" => Some(String::new()),
            folder => folder.strip_suffix('/').map(str::to_owned),
        });
    match found.as_deref() {
        Some("") => Ok((tree, name)),
        Some(folder) => Ok((tree.below(folder), name)),
        None => Err(missing(&tree, &name)),
    }
}

fn missing(tree: &Tree, name: &str) -> FormatError {
    FormatError::Missing {
        file: tree.full_name(name),
        needed:
            "the recording is put together from it; fetch the data set again, or read the pickle"
                .to_owned(),
    }
}

/// Where the dates say that the wrist's recording began.
fn search(chest: &Recording, wrist: &Recording, options: &Options) -> Search {
    let instant = |start: DateTime| {
        start
            .to_zoned(TimeZone::UTC)
            .ok()
            .map(|zoned| zoned.timestamp())
    };
    let center = match (chest.start, wrist.start) {
        (Some(Start::Local(chest)), Some(Start::Instant(wrist))) => instant(chest).map(|chest| {
            let apart = (wrist.as_millisecond() - chest.as_millisecond()) as f64 / 1e3;
            let zone = options
                .zone
                .unwrap_or_else(|| -(apart / HOUR).round() * HOUR);
            apart + zone
        }),
        _ => None,
    };
    match center {
        Some(center) => Search {
            center,
            window: options.window,
        },
        None => Search {
            center: 0.0,
            window: f64::INFINITY,
        },
    }
}

const HOUR: f64 = 3600.0;
