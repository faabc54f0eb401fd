use serde::Serialize;

use super::ChannelReport;
use super::channel::Watch;
use crate::{Label, Modality, Recording, Start};

/// A recording, as its blocks come.
#[derive(Debug)]
pub struct Survey {
    head: Recording,
    watches: Vec<Watch>,
    annotations: Vec<(String, u64)>,
    other_annotations: u64,
    labels: Vec<LabelTime>,
}

/// What a recording is like.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Who was recorded.
    pub subject: String,
    /// When it began, as ISO 8601 says it as far as the files know.
    pub start: Option<String>,
    /// Seconds until the last sample of any channel has ended.
    pub duration: f64,
    /// Channel by channel.
    pub channels: Vec<ChannelReport>,
    /// How long each label lasts, in the order of their codes.
    pub labels: Vec<LabelTime>,
    /// What is annotated and how often, most often first.
    pub annotations: Vec<(String, u64)>,
    /// Annotations of further kinds.
    pub other_annotations: u64,
    /// What is odd about the files.
    pub odd: Vec<String>,
    /// Channels that begin or end apart from most of the others.
    pub unsynchronised: Vec<Unsynchronised>,
}

/// How long a label lasts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabelTime {
    /// WESAD's code.
    pub code: u8,
    /// Its meaning.
    pub name: &'static str,
    /// From when to when, stretch by stretch.
    pub runs: Vec<[f64; 2]>,
    /// Seconds together.
    pub seconds: f64,
}

/// A channel that begins or ends apart from most of the others.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unsynchronised {
    /// Which channel: where it was worn, and its name.
    pub channel: String,
    /// Seconds by which it begins after the middle one of all.
    pub begins_late: f64,
    /// Seconds by which it ends after the middle one of all.
    pub ends_late: f64,
}

/// Seconds by which channels of one recording may differ at their ends.
const TOGETHER: f64 = 1.5;
/// As many kinds of annotations are told apart.
const KINDS: usize = 64;

impl Survey {
    /// Of a recording with this head.
    pub fn new(header: &Recording) -> Survey {
        let mut survey = Survey {
            head: header.clone_head(),
            watches: header.channels.iter().map(Watch::new).collect(),
            annotations: Vec::new(),
            other_annotations: 0,
            labels: Vec::new(),
        };
        survey.marks(header);
        survey
    }

    /// Takes in the next block.
    pub fn add(&mut self, block: &Recording) {
        for (index, channel) in block.channels.iter().enumerate() {
            if self.watches.len() <= index {
                self.watches.push(Watch::new(channel));
            }
            self.watches[index].add(channel);
        }
        // What the head says already does not count twice.
        if self.head.labels.is_empty() && self.head.annotations.is_empty() {
            self.marks(block);
        }
    }

    /// Seconds that have been seen.
    pub fn seconds(&self) -> f64 {
        self.watches.iter().map(Watch::end).fold(0.0, f64::max)
    }

    /// What there was to see.
    pub fn finish(mut self) -> Report {
        let duration = self.seconds();
        let channels: Vec<ChannelReport> = self.watches.into_iter().map(Watch::finish).collect();
        self.annotations
            .sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        self.labels.sort_by_key(|label| label.code);
        Report {
            subject: self.head.subject,
            start: self.head.start.map(|start| match start {
                Start::Instant(instant) => instant.to_string(),
                Start::Local(local) => local.to_string(),
                Start::TimeOfDay(time) => time.to_string(),
            }),
            duration,
            odd: Vec::new(),
            unsynchronised: unsynchronised(&channels),
            channels,
            labels: self.labels,
            annotations: self.annotations,
            other_annotations: self.other_annotations,
        }
    }

    fn marks(&mut self, recording: &Recording) {
        for annotation in &recording.annotations {
            let known = self
                .annotations
                .iter()
                .position(|(text, _)| *text == annotation.text);
            match known {
                Some(index) => self.annotations[index].1 += 1,
                None if self.annotations.len() < KINDS => {
                    self.annotations.push((annotation.text.clone(), 1));
                }
                None => self.other_annotations += 1,
            }
        }
        for run in &recording.labels {
            let code = run.label.code();
            let known = self.labels.iter().position(|label| label.code == code);
            let index = known.unwrap_or_else(|| {
                self.labels.push(LabelTime {
                    code,
                    name: name(run.label),
                    runs: Vec::new(),
                    seconds: 0.0,
                });
                self.labels.len() - 1
            });
            self.labels[index].runs.push([run.start, run.end]);
            self.labels[index].seconds += run.duration();
        }
    }
}

fn name(label: Label) -> &'static str {
    match label {
        Label::Transient => "transient",
        Label::Baseline => "baseline",
        Label::Stress => "stress",
        Label::Amusement => "amusement",
        Label::Meditation => "meditation",
        Label::Ignored(_) => "to be ignored",
    }
}

/// Of sensors with a rate. Those with own times begin and end with an event, and what devices compute from others begins
/// when there is enough to compute it from.
fn unsynchronised(channels: &[ChannelReport]) -> Vec<Unsynchronised> {
    let computed = [Modality::HeartRate, Modality::BreathingRate].map(Modality::name);
    let is_sensor =
        |channel: &&ChannelReport| channel.rate.is_some() && !computed.contains(&channel.modality);
    let regular = || channels.iter().filter(is_sensor);
    let ends = |of: fn(&ChannelReport) -> Option<f64>| {
        let mut all: Vec<f64> = regular().filter_map(of).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied()
    };
    let (Some(start), Some(end)) = (ends(|channel| channel.start), ends(|channel| channel.end))
    else {
        return Vec::new();
    };
    let apart = |channel: &ChannelReport| {
        let begins_late = channel.start? - start;
        let ends_late = channel.end? - end;
        let rate = channel.rate?;
        let allowed = TOGETHER.max(1.5 / rate);
        (begins_late.abs() > allowed || ends_late.abs() > allowed).then(|| Unsynchronised {
            channel: format!("{} {}", channel.placement, channel.name),
            begins_late,
            ends_late,
        })
    };
    regular().filter_map(apart).collect()
}
