//! What a record's channels are and which segment gives which of their samples.

use std::collections::HashMap;
use std::sync::Arc;

use super::modality::modality_of;
use super::segment::Head;
use super::source::{Source, check_name};
use super::{Content, Finding, Header, Signal};
use crate::error::quoted;
use crate::{Channel, Conversion, FormatError, Place, Samples, Timing};

/// What stands for a gap among segments.
const GAP: &str = "~";

/// How often segments may come again in one record, all together. A line of a few bytes can ask for a whole segment once
/// more, so that a small header could else ask for any number of samples.
const REPEATS: u64 = 4096;
/// How many samples may come from segments that come again, all together: 256 MiB of 32 bits each.
const REPEATED_SAMPLES: u64 = 1 << 26;

/// A record's channels and segments.
pub(super) struct Plan {
    pub(super) channels: Vec<Output>,
    /// The stretches that have samples, in the order of time; between them there is nothing to read.
    pub(super) parts: Vec<Part>,
    pub(super) frames: u64,
}

/// A channel.
pub(super) struct Output {
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) samples_per_frame: u32,
    /// What the samples are; lists of doubles where segments are calibrated in different ways.
    pub(super) samples: Samples,
    pub(super) conversion: Conversion,
}

/// The channels that a segment has samples of, each with its place among the segment's signals.
type Assigned = Arc<[(usize, usize)]>;

/// A stretch of the record that one segment fills.
pub(super) struct Part {
    pub(super) start: u64,
    pub(super) frames: u64,
    pub(super) head: Arc<Head>,
    pub(super) signals: Assigned,
}

impl Part {
    /// The frame after its last.
    pub(super) fn end(&self) -> u64 {
        self.start + self.frames
    }
}

impl Output {
    fn new(signal: &Signal, index: usize) -> Output {
        Output {
            name: signal.name(index),
            unit: signal.unit().to_owned(),
            samples_per_frame: signal.samples_per_frame,
            samples: signal
                .format
                .map_or(Samples::I16(Vec::new()), super::Format::empty),
            conversion: signal.conversion(),
        }
    }

    /// A channel of no sample, from `time` on.
    pub(super) fn channel(&self, rate: f64, time: f64) -> Channel {
        let timing = Timing::from(time, rate * f64::from(self.samples_per_frame));
        let modality = modality_of(&self.name, &self.unit);
        Channel::new(
            self.name.clone(),
            modality,
            self.unit.clone(),
            timing,
            self.samples.clone(),
        )
        .converted(self.conversion)
    }
}

impl Plan {
    /// The plan of a record of one segment, that has `frames` frames.
    pub(super) fn of_one(head: &Arc<Head>, frames: u64) -> Plan {
        let signals = head.header.signals();
        let stored = (0..signals.len()).filter(|&index| signals[index].format.is_some());
        let mut plan = Plan {
            channels: signals
                .iter()
                .enumerate()
                .map(|(index, signal)| Output::new(signal, index))
                .collect(),
            parts: Vec::new(),
            frames,
        };
        plan.part(Part {
            start: 0,
            frames,
            head: head.clone(),
            signals: stored.map(|index| (index, index)).collect(),
        });
        plan
    }

    /// Adds a stretch, if there are samples in it.
    fn part(&mut self, part: Part) {
        if part.frames > 0 && !part.signals.is_empty() {
            self.parts.push(part);
        }
    }

    /// The plan of a record of several segments, whose headers are read.
    pub(super) fn of_segments(
        source: &Source,
        top: &Head,
        findings: &mut Vec<Finding>,
    ) -> Result<Plan, FormatError> {
        let mut planner = Planner {
            source,
            top,
            channels: Vec::new(),
            by_name: None,
            known: HashMap::new(),
            repeats: 0,
            repeated_samples: 0,
            calibrated: Vec::new(),
        };
        let mut plan = Plan {
            channels: Vec::new(),
            parts: Vec::new(),
            frames: 0,
        };
        for (index, line) in top.header.segments().iter().enumerate() {
            let name = line.record.as_str();
            if index == 0 && line.frames == 0 && name != GAP {
                planner.layout(name, findings)?;
                continue;
            }
            let segment = match name {
                GAP => None,
                _ => Some(planner.segment(name, line.frames, findings)?),
            };
            let start = plan.frames;
            plan.frames = start
                .checked_add(line.frames)
                .ok_or_else(|| planner.error(name, "fewer samples", "correct the header"))?;
            if let Some((head, signals)) = segment {
                plan.part(Part {
                    start,
                    frames: line.frames,
                    head,
                    signals,
                });
            }
        }
        if let Some(frames) = top.header.frames
            && frames != plan.frames
        {
            return Err(planner.error(
                &format!("segments of {} samples together", plan.frames),
                &format!("{frames}, as the first line says"),
                "correct the header",
            ));
        }
        let channels = planner.channels.iter_mut().zip(&planner.calibrated);
        for (channel, _) in channels.filter(|(_, calibrated)| **calibrated == Calibrated::Mixed) {
            channel.samples = Samples::F64(Vec::new());
            channel.conversion = Conversion::None;
            findings.push(Finding::MixedCalibration {
                signal: channel.name.clone(),
            });
        }
        plan.channels = planner.channels;
        Ok(plan)
    }
}

/// Whether a channel's calibration has been met, and the same one everywhere.
#[derive(Clone, Copy, PartialEq)]
enum Calibrated {
    NotYet,
    Same,
    Mixed,
}

struct Planner<'a> {
    source: &'a Source,
    top: &'a Head,
    channels: Vec<Output>,
    /// The channels of each name, where a layout segment named them, so that segments may lack some.
    by_name: Option<HashMap<String, Vec<usize>>>,
    /// The segments met so far that have samples or at least signals.
    known: HashMap<String, (Arc<Head>, Assigned)>,
    /// How often a segment that has samples came again.
    repeats: u64,
    /// How many samples these have.
    repeated_samples: u64,
    calibrated: Vec<Calibrated>,
}

impl Planner<'_> {
    fn error(&self, found: &str, expected: &str, way_out: &str) -> FormatError {
        FormatError::content(&self.top.file, Place::Whole, found, expected, way_out)
    }

    fn head(&self, name: &str, findings: &mut Vec<Finding>) -> Result<Head, FormatError> {
        check_name(name, &self.top.file, Place::Whole)?;
        let head = Head::read(self.source, &format!("{}{name}", self.top.folder))?;
        let Header { rate, content, .. } = &head.header;
        if matches!(content, Content::Segments(_)) {
            return Err(self.error(
                &format!("segment {} made of segments", quoted(name)),
                "segments that have signals",
                "name its segments instead",
            ));
        }
        if *rate != self.top.header.rate {
            return Err(self.error(
                &format!("segment {} of {rate} samples a second", quoted(name)),
                &format!("{}, as the record's", self.top.header.rate),
                "correct the header that is wrong",
            ));
        }
        head.findings(findings);
        Ok(head)
    }

    /// Takes the channels from a segment that only names them.
    fn layout(&mut self, name: &str, findings: &mut Vec<Finding>) -> Result<(), FormatError> {
        let head = self.head(name, findings)?;
        self.take_channels(&head.header)?;
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, channel) in self.channels.iter().enumerate() {
            by_name.entry(channel.name.clone()).or_default().push(index);
        }
        self.by_name = Some(by_name);
        Ok(())
    }

    fn take_channels(&mut self, header: &Header) -> Result<(), FormatError> {
        let signals = header.signals();
        if signals.len() != self.top.header.signal_count {
            return Err(self.error(
                &format!("{} signals in its first segment", signals.len()),
                &format!("{}, as the first line says", self.top.header.signal_count),
                "correct the header that is wrong",
            ));
        }
        self.channels = signals
            .iter()
            .enumerate()
            .map(|(index, signal)| Output::new(signal, index))
            .collect();
        self.calibrated = vec![Calibrated::NotYet; signals.len()];
        Ok(())
    }

    fn segment(
        &mut self,
        name: &str,
        frames: u64,
        findings: &mut Vec<Finding>,
    ) -> Result<(Arc<Head>, Assigned), FormatError> {
        let known = self.known.get(name).cloned();
        let again = known.is_some();
        let (head, signals) = match known {
            Some(segment) => segment,
            None => {
                let head = Arc::new(self.head(name, findings)?);
                if self.channels.is_empty() && self.by_name.is_none() {
                    self.take_channels(&head.header)?;
                }
                let signals = self.assign(name, &head.header)?;
                self.known
                    .insert(name.to_owned(), (head.clone(), signals.clone()));
                (head, signals)
            }
        };
        if let Some(own) = head.header.frames
            && own != frames
        {
            return Err(self.error(
                &format!("{frames} samples of segment {}", quoted(name)),
                &format!("{own}, as its own header says"),
                "correct the header that is wrong",
            ));
        }
        if again {
            self.repeat(name, frames, &head.header, &signals)?;
        }
        Ok((head, signals))
    }

    /// Counts a segment that came before. One without samples, which stands for a gap, costs nothing.
    fn repeat(
        &mut self,
        name: &str,
        frames: u64,
        header: &Header,
        signals: &Assigned,
    ) -> Result<(), FormatError> {
        let count = |&(_, index): &(usize, usize)| header.signals()[index].samples_per_frame;
        let in_frame: u64 = signals.iter().map(count).map(u64::from).sum();
        let samples = frames.saturating_mul(in_frame);
        self.repeats += u64::from(samples > 0);
        self.repeated_samples = self.repeated_samples.saturating_add(samples);
        if self.repeats > REPEATS || self.repeated_samples > REPEATED_SAMPLES {
            return Err(self.error(
                &format!(
                    "segment {} again, so that segments come again {} times with {} samples",
                    quoted(name),
                    self.repeats,
                    self.repeated_samples
                ),
                &format!("{REPEATS} times and {REPEATED_SAMPLES} samples at most"),
                "read the segments one by one",
            ));
        }
        Ok(())
    }

    /// Which of a segment's signals is which channel.
    fn assign(&mut self, segment: &str, header: &Header) -> Result<Assigned, FormatError> {
        if self.by_name.is_none() && header.signals().len() != self.channels.len() {
            return Err(self.error(
                &format!(
                    "{} signals in segment {}",
                    header.signals().len(),
                    quoted(segment)
                ),
                &format!("{}, as in the others", self.channels.len()),
                "correct the header that is wrong",
            ));
        }
        // Of signals of one name, the first is the first channel of this name, and so on.
        let mut met: HashMap<&str, usize> = HashMap::new();
        let mut found = Vec::new();
        for (index, signal) in header.signals().iter().enumerate() {
            let name = signal.name(index);
            let channel = match &self.by_name {
                None => Some(index),
                Some(by_name) => by_name.get_key_value(&name).and_then(|(name, channels)| {
                    let met = met.entry(name).or_default();
                    *met += 1;
                    channels.get(*met - 1).copied()
                }),
            };
            let channel = channel.ok_or_else(|| {
                self.error(
                    &format!("signal {} in segment {}", quoted(&name), quoted(segment)),
                    "one of those that the layout segment names",
                    "correct the header that is wrong",
                )
            })?;
            found.push((channel, index));
        }
        for &(channel, index) in &found {
            self.compare(channel, segment, &header.signals()[index])?;
        }
        found.retain(|&(_, index)| header.signals()[index].format.is_some());
        Ok(found.into())
    }

    /// Sees whether a segment's signal is what the channel was before.
    fn compare(&mut self, index: usize, segment: &str, signal: &Signal) -> Result<(), FormatError> {
        let channel = &self.channels[index];
        if signal.samples_per_frame != channel.samples_per_frame {
            return Err(self.error(
                &format!(
                    "{} samples a frame of {} in segment {}",
                    signal.samples_per_frame,
                    quoted(&channel.name),
                    quoted(segment)
                ),
                &format!("{}", channel.samples_per_frame),
                "read the segments one by one",
            ));
        }
        if signal.format.is_none() {
            return Ok(());
        }
        let first = self.calibrated[index] == Calibrated::NotYet;
        if !first && signal.unit() != channel.unit {
            return Err(self.error(
                &format!(
                    "{} in {} in segment {}",
                    quoted(&channel.name),
                    quoted(signal.unit()),
                    quoted(segment)
                ),
                &format!("{}, as before", quoted(&channel.unit)),
                "read the segments one by one",
            ));
        }
        if first {
            // A layout segment need not say what it only announces.
            let name = channel.name.clone();
            self.channels[index] = Output {
                name,
                ..Output::new(signal, index)
            };
            self.calibrated[index] = Calibrated::Same;
        } else if signal.conversion() != channel.conversion {
            self.calibrated[index] = Calibrated::Mixed;
        }
        Ok(())
    }
}
