//! When each data record was taken, and what was marked: all that a file says besides its samples.

use std::io::{BufReader, Read, Seek};

use super::decimal::Decimal;
use super::header::{Header, Layout};
use super::{reader, tal};
use crate::{Annotation, FormatError, Label, LabelRun, Place, Recording, Segment, Span, Timing};

/// The records of a file.
#[derive(Clone, Debug)]
pub(super) struct Index {
    /// How many there are.
    pub(super) records: u64,
    /// When the first one began, in seconds since the head's start: time 0.
    pub(super) first: Decimal,
    /// The first record of each stretch without a gap, and its time; at least one.
    segments: Vec<(u64, f64)>,
    /// All annotations, in the order of their starts.
    pub(super) annotations: Vec<Annotation>,
    /// What was passed over, in words.
    pub(super) odd: Vec<String>,
}

/// More annotations no recording has; they are held in memory.
const MOST_ANNOTATIONS: usize = 1 << 22;

impl Index {
    /// Of no record, for a head alone.
    pub(super) fn starting(first: Decimal) -> Index {
        Index {
            records: 0,
            first,
            segments: vec![(0, 0.0)],
            annotations: Vec::new(),
            odd: Vec::new(),
        }
    }

    /// The times of a channel of so many samples a record.
    pub(super) fn timing(&self, record_duration: f64, samples: usize) -> Timing {
        Timing::Regular {
            rate: samples as f64 / record_duration,
            segments: self
                .segments
                .iter()
                .map(|&(record, start)| Segment {
                    start,
                    first: record as usize * samples,
                })
                .collect(),
        }
    }

    /// When the last record ends.
    pub(super) fn end(&self, record_duration: f64) -> f64 {
        let &(record, start) = self.segments.last().unwrap_or(&(0, 0.0));
        start + (self.records - record) as f64 * record_duration
    }

    /// The first instant from `time` on that lies in a record.
    pub(super) fn recorded_after(&self, time: f64, record_duration: f64) -> f64 {
        let after = self.segments.partition_point(|&(_, start)| start <= time);
        let Some(&(next, start)) = self.segments.get(after) else {
            return time;
        };
        let (record, begin) = self.segments[after.saturating_sub(1)];
        let end = begin + (next - record) as f64 * record_duration;
        if time < end { time } else { start }
    }
}

/// Reads the annotations, and checks that the records are as many and as long as the head says.
pub(super) fn build<R: Read + Seek + ?Sized>(
    file: &str,
    header: &Header,
    source: &mut BufReader<Box<R>>,
    size: u64,
) -> Result<Index, FormatError> {
    let mut index = Index {
        records: count(file, header, size)?,
        ..Index::starting(Decimal::ZERO)
    };
    let rest = size - header.bytes() - index.records * header.record_bytes();
    if rest > 0 {
        index.odd.push(format!(
            "{file}: of a last data record {rest} of {} bytes were written, after {} data records; they are left out",
            header.record_bytes(),
            index.records
        ));
    }
    let annotated = header.signals.iter().any(|signal| signal.annotations);
    if header.layout == Layout::Discontinuous && !annotated {
        return Err(FormatError::content(
            file,
            Place::Byte(192),
            "records with gaps, but no signal of annotations",
            format!(
                "a signal {:?} that says when each was taken",
                header.format.annotations()
            ),
            "write +C into the header if there are no gaps",
        ));
    }
    if !annotated {
        return Ok(index);
    }
    let mut clock = Clock::new(header);
    let mut bytes = Vec::new();
    for record in 0..index.records {
        let mut at = header.bytes() + record * header.record_bytes();
        let mut timed = false;
        for signal in &header.signals {
            let width = (signal.samples * header.format.width()) as u64;
            if signal.annotations {
                let io = FormatError::io(file);
                reader::fetch(source, at, width, &mut bytes).map_err(io)?;
                let mut tals = tal::parse(file, record, &bytes)?;
                if !timed {
                    let time = tals
                        .first_mut()
                        .filter(|tal| tal.texts.first().is_some_and(String::is_empty));
                    if let Some(time) = &time {
                        clock.record(file, &mut index, record, time.onset)?;
                    } else if header.layout == Layout::Discontinuous {
                        return Err(FormatError::content(
                            file,
                            Place::Record(record + 1),
                            "no time",
                            "the record's time, as its first annotation without a text",
                            "write +C into the header if there are no gaps",
                        ));
                    }
                    timed = true;
                }
                for tal in tals {
                    mark(file, &mut index, tal)?;
                }
            }
            at += width;
        }
    }
    index.odd.extend(clock.odd(file));
    index
        .annotations
        .sort_by(|a, b| a.span.start.total_cmp(&b.span.start));
    Ok(index)
}

/// How many records there are.
fn count(file: &str, header: &Header, size: u64) -> Result<u64, FormatError> {
    let room = size - header.bytes();
    let record = header.record_bytes();
    let whole = room.checked_div(record).unwrap_or(0);
    let Some(declared) = header.records else {
        // A recording that was cut off: what its last record lacks was never written.
        return Ok(whole);
    };
    if whole < declared && record > 0 {
        return Err(FormatError::Truncated {
            file: file.to_owned(),
            found: whole,
            expected: declared,
            unit: "data records",
        });
    }
    // A head of no signals declares records of no bytes.
    let records = if record == 0 { 0 } else { declared };
    if room > records * record {
        return Err(FormatError::content(
            file,
            Place::Byte(header.bytes() + records * record),
            format!("{} bytes more", room - records * record),
            format!("the end of the file after {records} data records"),
            "write the number of data records into the header, or -1 to have all read that are whole",
        ));
    }
    Ok(records)
}

/// Follows the times of the records.
struct Clock {
    gaps: bool,
    duration: f64,
    /// Less than this is no gap but how the time was rounded.
    tolerance: f64,
    /// Of a file that says it has no gaps: how many records say otherwise, and what the first of them says.
    off: u64,
    first_off: Option<(u64, Decimal, f64)>,
}

impl Clock {
    fn new(header: &Header) -> Clock {
        let most = header.signals.iter().filter(|signal| !signal.annotations);
        let most = most.map(|signal| signal.samples).max().unwrap_or(1);
        Clock {
            gaps: header.layout == Layout::Discontinuous,
            duration: header.record_duration,
            tolerance: tolerance(header.record_duration / most as f64),
            off: 0,
            first_off: None,
        }
    }

    /// Times that were not followed, in words.
    fn odd(&self, file: &str) -> Option<String> {
        let (record, onset, expected) = self.first_off?;
        Some(format!(
            "{file}: the header says that there are no gaps (+C), but {} data records say other times, first data record {}: {} s, where {expected} s is due; these times are passed over; write +D into the header if there are gaps",
            self.off,
            record + 1,
            onset.text(),
        ))
    }

    fn record(
        &mut self,
        file: &str,
        index: &mut Index,
        record: u64,
        onset: Decimal,
    ) -> Result<(), FormatError> {
        if record == 0 {
            index.first = onset;
            return Ok(());
        }
        let time = onset.minus(index.first).to_f64();
        if !self.gaps {
            let due = record as f64 * self.duration;
            if (time - due).abs() > self.tolerance {
                self.off += 1;
                self.first_off
                    .get_or_insert((record, onset, due + index.first.to_f64()));
            }
            return Ok(());
        }
        let &(first, start) = index.segments.last().unwrap_or(&(0, 0.0));
        let expected = start + (record - first) as f64 * self.duration;
        if time < expected - self.tolerance {
            return Err(FormatError::content(
                file,
                Place::Record(record + 1),
                format!("the time {} s", onset.text()),
                format!(
                    "no time before {} s, when the record before it ends",
                    expected + index.first.to_f64()
                ),
                "time cannot run backwards: put the records in order, or take out those that overlap",
            ));
        }
        if time > expected + self.tolerance {
            index.segments.push((record, time));
        }
        Ok(())
    }
}

/// How far a record's time may be off for there to be no gap: a hundredth of a sample's time and a microsecond.
pub(super) fn tolerance(step: f64) -> f64 {
    0.01 * step + 1e-6
}

/// Keeps the texts of a list.
fn mark(file: &str, index: &mut Index, tal: tal::Tal) -> Result<(), FormatError> {
    let onset = tal.onset.minus(index.first);
    let span = Span {
        start: onset.to_f64(),
        end: onset.plus(tal.duration).to_f64(),
    };
    for text in tal.texts.into_iter().filter(|text| !text.is_empty()) {
        if index.annotations.len() >= MOST_ANNOTATIONS {
            return Err(FormatError::content(
                file,
                Place::Whole,
                format!("more than {MOST_ANNOTATIONS} annotations"),
                "no more than a recording has",
                "see whether it is the right file",
            ));
        }
        index.annotations.push(Annotation {
            span,
            text,
            channel: None,
        });
    }
    Ok(())
}

/// How our own writer marks a label run: `WESAD label 2`.
pub(super) const LABEL: &str = "WESAD label ";

/// Finds which annotations are label runs, and which channels the others are about.
pub(super) fn resolve(recording: &mut Recording) {
    let mut labels = Vec::new();
    let channels = &recording.channels;
    recording.annotations.retain_mut(|annotation| {
        // So EDFbrowser names the signal that an annotation is about.
        if let Some((text, name)) = annotation.text.rsplit_once(ABOUT)
            && channels.iter().any(|channel| channel.name == name)
        {
            annotation.channel = Some(name.to_owned());
            annotation.text = text.to_owned();
            return true;
        }
        let run = annotation.text.strip_prefix(LABEL).and_then(|code| {
            let label = Label::from_code(i64::from(code.parse::<u8>().ok()?))?;
            (annotation.span.end > annotation.span.start).then_some(LabelRun {
                label,
                start: annotation.span.start,
                end: annotation.span.end,
            })
        });
        labels.extend(run);
        run.is_none()
    });
    recording.labels = labels;
}

/// What stands between a text and the signal that it is about.
pub(super) const ABOUT: &str = "@@";
