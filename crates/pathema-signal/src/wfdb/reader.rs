//! Records read stretch by stretch or from any place.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::plan::Plan;
use super::segment::{Head, Opened};
use super::source::{Source, check_name, locate};
use super::{Annotations, Content, Finding, Header, person};
use crate::files::Tree;
use crate::{Blocks, Channel, FormatError, Place, Recording, Samples, Segment, Timing};

/// An open record. Memory holds what is read at a time, not the record.
///
/// ```no_run
/// use pathema_signal::{Blocks, wfdb};
/// let mut reader = wfdb::Reader::open("mitdb/100".as_ref())?;
/// println!("{} s at {} Hz", reader.duration(), reader.file_header().rate);
/// let middle = reader.read(900.0, 910.0)?;
/// assert_eq!(middle.channels[0].start(), 900.0);
/// while let Some(minute) = reader.next_block(60.0)? {
///     println!("{}", minute.channels[0].len());
/// }
/// # Ok::<(), pathema_signal::FormatError>(())
/// ```
pub struct Reader {
    source: Source,
    top: Arc<Head>,
    record: String,
    plan: Plan,
    head: Recording,
    /// The segment that is open.
    open: Option<Opened>,
    /// The frame from which on the next block is sought; none after the last block.
    next: Option<u64>,
    findings: Vec<Finding>,
    /// What was found in signal files, which may be opened and read again and again.
    found: HashSet<Finding>,
}

impl Reader {
    /// Opens a record: `100`, `100.hea` or another of its files (`100.dat`) all mean the same.
    ///
    /// # Errors
    /// If the header or a signal file is missing, does not read, is shorter than the header says, or would lie outside the
    /// header's folder.
    pub fn open(path: &Path) -> Result<Reader, FormatError> {
        let (source, record) = locate(path)?;
        Reader::new(source, record)
    }

    /// Opens a record in a folder or zip, by its path there without `.hea`.
    ///
    /// # Errors
    /// As [`open`](Reader::open). A member of a zip is held in memory while it is read, up to 1 GiB.
    pub fn open_in(tree: &Tree, record: &str) -> Result<Reader, FormatError> {
        check_name(record, tree.name(), Place::Whole)?;
        Reader::new(Source::Tree(tree.clone()), record.to_owned())
    }

    /// Opens a record whose files are in memory, by their names.
    ///
    /// ```
    /// use std::collections::{BTreeMap, HashSet};
    /// use pathema_signal::wfdb::Reader;
    /// let files = BTreeMap::from([
    ///     ("a.hea".to_owned(), b"a 1 4 2\na.dat 16 100/uS 0 0 0 0 0 EDA\n".to_vec()),
    ///     ("a.dat".to_owned(), vec![50, 0, 60, 0]),
    /// ]);
    /// let recording = Reader::in_memory(files, "a")?.read(0.0, 1.0)?;
    /// assert_eq!(recording.channels[0].all()[..], [0.5, 0.6]);
    /// # Ok::<(), pathema_signal::FormatError>(())
    /// ```
    ///
    /// # Errors
    /// As [`open`](Reader::open).
    pub fn in_memory(
        files: BTreeMap<String, Vec<u8>>,
        record: &str,
    ) -> Result<Reader, FormatError> {
        let files = files
            .into_iter()
            .map(|(name, bytes)| (name, bytes.into()))
            .collect();
        Reader::new(Source::Memory(files), record.to_owned())
    }

    fn new(source: Source, record: String) -> Result<Reader, FormatError> {
        let mut findings = Vec::new();
        let top = Arc::new(Head::read(&source, &record)?);
        let name = &record[top.folder.len()..];
        if top.header.record != name {
            findings.push(Finding::RecordName {
                file: top.file.clone(),
                header: top.header.record.clone(),
            });
        }
        top.findings(&mut findings);
        let mut open = None;
        let plan = match &top.header.content {
            Content::Segments(_) => Plan::of_segments(&source, &top, &mut findings)?,
            Content::Signals(_) => {
                let opened = Opened::new(&source, top.clone(), &mut findings)?;
                let plan = Plan::of_one(&top, opened.frames);
                open = Some(opened);
                plan
            }
        };
        let rate = top.header.rate;
        let (subject, person) = person::read(&top.header.comments);
        let head = Recording {
            subject,
            person,
            start: top.header.start,
            channels: plan
                .channels
                .iter()
                .map(|channel| channel.channel(rate, 0.0))
                .collect(),
            ..Recording::default()
        };
        Ok(Reader {
            source,
            top,
            record,
            plan,
            head,
            open,
            next: Some(0),
            found: findings.iter().cloned().collect(),
            findings,
        })
    }

    /// Reads the annotation file of this annotator (`atr`) too, if there is one: the recordings read from now on have its
    /// annotations.
    ///
    /// # Errors
    /// If the file is there and does not read.
    pub fn with_annotations(mut self, annotator: &str) -> Result<Reader, FormatError> {
        let name = format!("{}.{annotator}", self.record);
        check_name(&name, &self.top.file, Place::Whole)?;
        if let Some(bytes) = self.source.short(&name)? {
            let annotations = Annotations::decode(&bytes, &self.source.full_name(&name))?;
            let names: Vec<&str> = self
                .head
                .channels
                .iter()
                .map(|channel| channel.name.as_str())
                .collect();
            self.head.annotations = annotations.to_recording(self.top.header.rate, &names);
            self.findings.extend(annotations.findings);
        }
        Ok(self)
    }

    /// What the header file says.
    pub fn file_header(&self) -> &Header {
        &self.top.header
    }

    /// How many frames the record has, gaps between segments included.
    pub fn frames(&self) -> u64 {
        self.plan.frames
    }

    /// Seconds from the first frame to the end of the last.
    pub fn duration(&self) -> f64 {
        self.plan.frames as f64 / self.top.header.rate
    }

    /// What is odd about the files, as far as they have been read. Checksums are known when all of a record, or of a
    /// segment, has been read in order.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// All in `[start, end)`, in seconds: the frames whose time lies there.
    ///
    /// # Errors
    /// If a file cannot be read; of a record of several segments also if one's files are missing or not as its header says.
    pub fn read(&mut self, start: f64, end: f64) -> Result<Recording, FormatError> {
        self.read_frames(self.frame(start)..self.frame(end))
    }

    /// Some frames, those past the end left out. An annotation before frame 0 comes with frame 0, one after the last with
    /// the last: stretches that follow each other have together what the whole has.
    ///
    /// # Errors
    /// As [`read`](Reader::read).
    pub fn read_frames(&mut self, frames: Range<u64>) -> Result<Recording, FormatError> {
        let end = frames.end.min(self.plan.frames);
        let frames = frames.start.min(end)..end;
        let rate = self.top.header.rate;
        let start = frames.start as f64 / rate;
        let empty = self
            .plan
            .channels
            .iter()
            .map(|channel| channel.channel(rate, start));
        let mut builders: Vec<Builder> = empty.map(Builder::new).collect();
        let first = self
            .plan
            .parts
            .partition_point(|part| part.end() <= frames.start);
        for index in first..self.plan.parts.len() {
            let part = &self.plan.parts[index];
            let inside = frames.start.max(part.start)..frames.end.min(part.end());
            if inside.start >= inside.end {
                break;
            }
            self.read_part(index, inside, &mut builders)?;
        }
        Ok(Recording {
            subject: self.head.subject.clone(),
            person: self.head.person.clone(),
            start: self.head.start,
            channels: builders
                .into_iter()
                .map(|builder| builder.channel)
                .collect(),
            annotations: self.head.annotations[self.marks(&frames)].to_vec(),
            ..Recording::default()
        })
    }

    /// Lets the next block begin with the first frame at or after `time`, in seconds, that has samples or an annotation.
    pub fn seek(&mut self, time: f64) {
        self.next = Some(self.frame(time));
    }

    /// The annotations of some frames, which stand in the order of time. What is marked before the first frame of all or
    /// after the last is theirs.
    fn marks(&self, frames: &Range<u64>) -> Range<usize> {
        let rate = self.top.header.rate;
        let before = |frame: u64| {
            let time = frame as f64 / rate;
            let marks = &self.head.annotations;
            marks.partition_point(|mark| mark.span.start < time)
        };
        let all = self.head.annotations.len();
        match (frames.start, frames.end) {
            (0, end) if end == self.plan.frames => 0..all,
            (start, end) if start >= end => 0..0,
            (0, end) => 0..before(end),
            (start, end) if end == self.plan.frames => before(start)..all,
            (start, end) => before(start)..before(end),
        }
    }

    /// The first frame from `next` on that has samples or an annotation. Gaps can be of any length, and cost nothing.
    fn filled(&self, next: u64) -> Option<u64> {
        let parts = &self.plan.parts;
        let part = parts.get(parts.partition_point(|part| part.end() <= next));
        let sampled = part.map(|part| part.start.max(next));
        let rest = self.marks(&(next..self.plan.frames));
        let mark = self.head.annotations[rest].first();
        let marked = mark.map(|mark| {
            let rate = self.top.header.rate;
            let frame = (mark.span.start * rate).floor().max(0.0) as u64;
            // Of what rounding makes of the last frame's time, the mark must still be after it.
            let late = u64::from(frame as f64 / rate > mark.span.start);
            frame
                .saturating_sub(late)
                .min(self.plan.frames.saturating_sub(1))
                .max(next)
        });
        sampled.into_iter().chain(marked).min()
    }

    /// The first frame that was not taken before `time`; a hair before a frame still means that frame.
    fn frame(&self, time: f64) -> u64 {
        // Casts of floats stop at the ends of what an integer holds.
        ((time * self.top.header.rate - 1e-6).ceil().max(0.0) as u64).min(self.plan.frames)
    }

    fn read_part(
        &mut self,
        index: usize,
        frames: Range<u64>,
        builders: &mut [Builder],
    ) -> Result<(), FormatError> {
        let part = &self.plan.parts[index];
        let head = &part.head;
        let mut findings = Vec::new();
        // A segment that comes again is the same one.
        let is_open = |open: &Opened| Arc::ptr_eq(&open.head, head);
        if !self.open.as_ref().is_some_and(is_open) {
            let opened = Opened::new(&self.source, head.clone(), &mut findings)?;
            if opened.frames < part.frames {
                return Err(FormatError::Truncated {
                    file: opened.head.file.clone(),
                    found: opened.frames,
                    expected: part.frames,
                    unit: "samples a signal",
                });
            }
            self.open = Some(opened);
        }
        let Some(opened) = &mut self.open else {
            return Ok(());
        };
        let inside = frames.start - part.start..frames.end - part.start;
        let mut lists = opened.read(inside, |_| true, &mut findings)?;
        for finding in findings {
            if self.found.insert(finding.clone()) {
                self.findings.push(finding);
            }
        }
        for &(channel, signal) in part.signals.iter() {
            if let Some(samples) = lists[signal].take() {
                let conversion = head.header.signals()[signal].conversion();
                builders[channel].push(frames.start, samples, conversion, self.top.header.rate);
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader")
            .field("header", &self.top.header)
            .field("next", &self.next)
            .field("findings", &self.findings)
            .finish_non_exhaustive()
    }
}

impl Blocks for Reader {
    fn header(&self) -> &Recording {
        &self.head
    }

    fn next_block(&mut self, seconds: f64) -> Result<Option<Recording>, FormatError> {
        let Some(start) = self.next.and_then(|next| self.filled(next)) else {
            self.next = None;
            return Ok(None);
        };
        let count = (seconds * self.top.header.rate).round().max(1.0) as u64;
        let end = start.saturating_add(count).min(self.plan.frames);
        let block = self.read_frames(start..end)?;
        self.next = Some(end).filter(|&end| end < self.plan.frames);
        Ok(Some(block))
    }

    fn odd(&self) -> Vec<String> {
        self.findings().iter().map(ToString::to_string).collect()
    }
}

/// A channel that grows segment by segment.
struct Builder {
    channel: Channel,
    /// The frame after the last that came.
    end: Option<u64>,
}

impl Builder {
    fn new(channel: Channel) -> Builder {
        Builder { channel, end: None }
    }

    fn push(&mut self, frame: u64, samples: Samples, conversion: crate::Conversion, rate: f64) {
        if samples.is_empty() {
            return;
        }
        let first = self.channel.len();
        if self.end != Some(frame)
            && let Timing::Regular { segments, .. } = &mut self.channel.timing
        {
            let segment = Segment {
                start: frame as f64 / rate,
                first,
            };
            if first == 0 {
                segments.clear();
            }
            segments.push(segment);
        }
        let per_frame = (self.channel.timing.rate().unwrap_or(rate) / rate).round() as u64;
        self.end = Some(frame + samples.len() as u64 / per_frame.max(1));
        match (&mut self.channel.samples, samples) {
            (Samples::I16(all), Samples::I16(more)) if first == 0 => *all = more,
            (Samples::I32(all), Samples::I32(more)) if first == 0 => *all = more,
            (Samples::I16(all), Samples::I16(more)) => all.extend(more),
            (Samples::I32(all), Samples::I32(more)) => all.extend(more),
            (Samples::F64(all), more) => {
                all.extend(
                    more.to_f64(0..more.len())
                        .into_iter()
                        .map(|value| conversion.apply(value)),
                );
            }
            _ => unreachable!("a channel's segments have one format, or give values in its unit"),
        }
    }
}
