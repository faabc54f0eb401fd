use super::Finding;
use super::clockless::Kind;
use super::marks::{self, Mark};
use super::table::Table;
use super::wrist::{self, instant, joined};
use crate::FormatError;
use crate::files::Tree;
use crate::recording::{Annotation, Channel, Modality, Placement, Recording, Start, Timing};

/// All that there is of one drive.
#[derive(Clone, Debug)]
pub struct Drive {
    /// Which.
    pub number: u32,
    /// Both wrists, the chest (`HR`, `BR`, `Posture`, `Activity`) and the rated stress on one time; the parts of the road as
    /// annotations. The subject is the driver, or the drive where nobody says who drove.
    pub recording: Recording,
    /// What is odd about the files.
    pub findings: Vec<Finding>,
}

/// Samples per second of the E4's marks and of the ratings.
const MARK_RATE: f64 = 4.0;

pub(super) fn read(tree: &Tree, number: u32, folder: &str) -> Result<Drive, FormatError> {
    let mut findings = Vec::new();
    let sides = [
        ("Left", Placement::LeftWrist),
        ("Right", Placement::RightWrist),
    ];
    let mut parts = Vec::new();
    for (side, placement) in sides {
        let found = wrist::read(
            tree,
            &format!("E4/{folder}"),
            side,
            placement,
            &mut findings,
        )?;
        if found.is_empty() {
            let file = format!("E4/{folder}/{side}");
            findings.push(Finding::MissingFile { file });
        }
        parts.push(found);
    }
    // The recording begins with the first E4.
    let Some(zero) = parts.iter().flatten().filter_map(instant).min() else {
        return Err(FormatError::Missing {
            file: tree.full_name(&format!("E4/{folder}")),
            needed: "it holds Left and Right, folders or zips of an E4's files; fetch the data set again".to_owned(),
        });
    };
    let mut recording = Recording {
        start: Some(Start::Instant(zero)),
        ..Recording::default()
    };
    for recordings in parts {
        let moved = recordings.into_iter().map(|part| {
            let start = instant(&part).unwrap_or(zero);
            let after = (start.as_microsecond() - zero.as_microsecond()) as f64 / 1e6;
            let channels = part.channels.into_iter();
            let channels = channels.map(move |channel| after_by(channel, after));
            channels.collect::<Vec<_>>()
        });
        recording.channels.extend(joined(moved.collect()));
    }

    let end = recording.duration();
    let mut marked = Vec::new();
    for (side, placement) in sides {
        let file = format!("E4/Annot_E4_{side}.csv");
        let marks = marks(tree, &file, number, &mut findings)?;
        let eda = recording
            .channel(placement, Modality::Eda)
            .map(|channel| channel.timing.clone());
        let timing = eda.unwrap_or(Timing::regular(MARK_RATE));
        let spans: Vec<Annotation> = marks
            .into_iter()
            .map(|mark| {
                Annotation::over(
                    time(&timing, mark.first),
                    time(&timing, mark.last) + 1.0 / MARK_RATE,
                    mark.part,
                )
            })
            .collect();
        // The left's, as far as they are there.
        if marked.is_empty() {
            marked = spans;
        }
    }
    for (file, kind, rate) in [
        ("Bioharness/Annot_Bioharness.csv", Kind::Chest, 1.0),
        (
            "Subj_metric/Annot_Subjective_metric.csv",
            Kind::Rating,
            MARK_RATE,
        ),
    ] {
        let channels = kind.read(tree, number, &mut findings)?;
        if channels.is_empty() {
            continue;
        }
        let marks = marks(tree, file, number, &mut findings)?;
        let after = offset(&marked, &marks, rate, file, &mut findings);
        let channels = channels.into_iter().map(|channel| after_by(channel, after));
        recording.channels.extend(channels);
    }
    marked.sort_by(|a, b| a.span.start.total_cmp(&b.span.start));
    let late = marked.iter().filter(|mark| mark.span.end > end + 1.0);
    findings.extend(late.map(|mark| Finding::MarkOutside {
        part: mark.text.clone(),
    }));
    recording.annotations = marked;
    Ok(Drive {
        number,
        recording,
        findings,
    })
}

/// The channel, that much later.
fn after_by(channel: Channel, after: f64) -> Channel {
    Channel {
        timing: channel.timing.mapped(|time| time + after, 1.0),
        ..channel
    }
}

/// The marks of a drive; none, with a finding, where the file is not there.
fn marks(
    tree: &Tree,
    file: &str,
    number: u32,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Mark>, FormatError> {
    match tree.text(file)? {
        Some(text) => marks::of_drive(&Table::parse(&tree.full_name(file), &text)?, number),
        None => {
            findings.push(Finding::MissingFile {
                file: file.to_owned(),
            });
            Ok(Vec::new())
        }
    }
}

/// When a sample was taken, in seconds.
fn time(timing: &Timing, sample: u64) -> f64 {
    timing.time(sample as usize)
}

/// Seconds from the recording's start to a device's, by the marks that it has in common with the E4.
fn offset(
    marked: &[Annotation],
    marks: &[Mark],
    rate: f64,
    file: &str,
    findings: &mut Vec<Finding>,
) -> f64 {
    let mut apart: Vec<f64> = marks
        .iter()
        .filter_map(|mark| {
            let same = marked
                .iter()
                .find(|annotation| annotation.text == mark.part)?;
            let first = same.span.start - mark.first as f64 / rate;
            Some([first, same.span.end - (mark.last + 1) as f64 / rate])
        })
        .flatten()
        .collect();
    apart.sort_by(f64::total_cmp);
    let Some(&middle) = apart.get(apart.len() / 2) else {
        findings.push(Finding::Unaligned {
            file: file.to_owned(),
        });
        return 0.0;
    };
    let seconds = apart
        .iter()
        .map(|apart| (apart - middle).abs())
        .fold(0.0, f64::max);
    // Marks of whole seconds, set by hand.
    if seconds > 2.0 {
        findings.push(Finding::MarksDisagree {
            file: file.to_owned(),
            seconds,
        });
    }
    middle
}
