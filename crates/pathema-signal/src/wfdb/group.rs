//! One signal file: the frames of the signals that share it.

use std::io::SeekFrom;
use std::ops::Range;

use super::source::{Bytes, Source, check_name};
use super::{Finding, Format, Signal, format};
use crate::error::quoted;
use crate::{FormatError, Place, Samples};

/// Samples that are decoded at a time, so that they stay in a processor's cache.
const CHUNK: u64 = 1 << 15;

/// The signals of one file. They lie frame by frame, and in a frame signal by signal.
pub(super) struct Group {
    file: Box<dyn Bytes>,
    /// The file's name for messages.
    pub(super) name: String,
    /// Its length in bytes.
    length: u64,
    format: Format,
    byte_offset: u64,
    /// Samples of all signals in a frame.
    frame: u64,
    /// Frames stored.
    pub(super) frames: u64,
    pub(super) members: Vec<Member>,
    /// Frames that are in the sums; more are only added in order.
    summed: u64,
}

/// A signal of a group.
pub(super) struct Member {
    /// Its place among the record's signals.
    pub(super) signal: usize,
    first: usize,
    count: usize,
    skew: u64,
    sum: u16,
    initial: Option<i32>,
}

impl Group {
    /// Opens the file of `signals[members]`, which share it. `frames` is how many the header speaks of.
    pub(super) fn open(
        source: &Source,
        folder: &str,
        header: &str,
        signals: &[Signal],
        members: Range<usize>,
        frames: Option<u64>,
    ) -> Result<Group, FormatError> {
        let lead = &signals[members.start];
        check_name(&lead.file, header, Place::Whole)?;
        let path = format!("{folder}{}", lead.file);
        let name = source.full_name(&path);
        let format = lead.format.unwrap_or(Format::F16);
        for signal in &signals[members.clone()] {
            let same = signal.format == lead.format
                && (signal.byte_offset == lead.byte_offset || signal.byte_offset == 0);
            if !same {
                return Err(FormatError::content(
                    header,
                    Place::Whole,
                    format!("signals of {name} with different formats or byte offsets"),
                    "the same ones for all signals of a file",
                    "correct the header",
                ));
            }
        }
        let (file, length) = source.open(&path)?.ok_or_else(|| FormatError::Missing {
            file: name.clone(),
            needed: format!("{header} names it; put it beside the header"),
        })?;
        let mut group = Group {
            file,
            name,
            length,
            format,
            byte_offset: lead.byte_offset,
            frame: 0,
            frames: 0,
            members: Vec::new(),
            summed: 0,
        };
        for index in members {
            let signal = &signals[index];
            group.members.push(Member {
                signal: index,
                first: group.frame as usize,
                count: signal.samples_per_frame as usize,
                skew: u64::from(signal.skew),
                sum: 0,
                initial: None,
            });
            group.frame += u64::from(signal.samples_per_frame);
        }
        let held = format.samples(length.saturating_sub(group.byte_offset)) / group.frame;
        group.frames = frames.unwrap_or(held);
        if held < group.frames {
            return Err(FormatError::Truncated {
                file: group.name,
                found: held,
                expected: group.frames,
                unit: "samples a signal",
            });
        }
        Ok(group)
    }

    /// Bytes after the last frame.
    pub(super) fn trailing(&self) -> Option<Finding> {
        // The length was compared with them: they can be counted.
        let used = self.byte_offset + self.format.bytes(self.frames * self.frame)?;
        // Some programs fill the last pair of format 212 up.
        let filled = u64::from(self.format == Format::F212 && self.frames * self.frame % 2 == 1);
        (self.length > used + filled).then(|| Finding::TrailingBytes {
            file: self.name.clone(),
            count: self.length - used,
        })
    }

    /// Appends the samples that were taken in `range` of frames, each signal's to its own list. Of a signal with a skew,
    /// the last of the record were not stored and do not come.
    pub(super) fn read(
        &mut self,
        range: Range<u64>,
        out: &mut [Option<Samples>],
    ) -> Result<(), FormatError> {
        // In format 212 an even number of samples keeps pairs whole.
        let step = (CHUNK / self.frame).max(1).next_multiple_of(2);
        for member in &self.members {
            if let Some(samples) = &mut out[member.signal] {
                let stored = member.stored(&range, self.frames);
                reserve(samples, (stored.end - stored.start) as usize * member.count);
            }
        }
        let mut bytes = Vec::new();
        let mut flat = self.format.empty();
        for needed in self.needed(&range) {
            let mut start = needed.start;
            while start < needed.end {
                let stop = needed.end.min(start.saturating_add(step));
                self.chunk(start..stop, &mut bytes, &mut flat)?;
                self.sum(start..stop, &flat);
                for member in &self.members {
                    let wanted = member.stored(&range, self.frames);
                    let wanted = wanted.start.max(start)..wanted.end.min(stop);
                    if let Some(samples) = &mut out[member.signal]
                        && wanted.start < wanted.end
                    {
                        let frames = (wanted.start - start) as usize..(wanted.end - start) as usize;
                        match (&flat, samples) {
                            (Samples::I16(flat), Samples::I16(out)) => {
                                member.append(flat, self.frame as usize, frames, out);
                            }
                            (Samples::I32(flat), Samples::I32(out)) => {
                                member.append(flat, self.frame as usize, frames, out);
                            }
                            _ => unreachable!("lists are of the format's kind"),
                        }
                    }
                }
                start = stop;
            }
        }
        Ok(())
    }

    /// The frames that hold what was taken in `range`, in order and each once: signals of different skews can lie far apart.
    fn needed(&self, range: &Range<u64>) -> Vec<Range<u64>> {
        let stored = self.members.iter();
        let mut stored: Vec<Range<u64>> = stored
            .map(|member| member.stored(range, self.frames))
            .filter(|stored| !stored.is_empty())
            .collect();
        // What is stored before the time of the first frame is in the sums.
        if range.start == 0
            && let Some(first) = stored.iter().map(|stored| stored.start).min()
        {
            stored.push(0..first);
        }
        stored.sort_by_key(|stored| stored.start);
        let mut needed: Vec<Range<u64>> = Vec::new();
        for stored in stored {
            match needed.last_mut() {
                Some(last) if stored.start <= last.end => last.end = last.end.max(stored.end),
                _ => needed.push(stored),
            }
        }
        needed
    }

    /// Refuses a skew by which none of a signal's samples would be in the record.
    pub(super) fn check_skew(&self, header: &str, signals: &[Signal]) -> Result<(), FormatError> {
        let beyond = |member: &&Member| member.skew > 0 && member.skew >= self.frames;
        match self.members.iter().find(beyond) {
            Some(member) if self.frames > 0 => Err(FormatError::content(
                header,
                Place::Whole,
                format!(
                    "a skew of {} frames of signal {}",
                    member.skew,
                    quoted(&signals[member.signal].name(member.signal))
                ),
                format!("less than the {} frames that there are", self.frames),
                "correct the skew",
            )),
            _ => Ok(()),
        }
    }

    /// Decodes some frames.
    fn chunk(
        &mut self,
        frames: Range<u64>,
        bytes: &mut Vec<u8>,
        flat: &mut Samples,
    ) -> Result<(), FormatError> {
        let first = frames.start * self.frame;
        // Half a pair of format 212 cannot be read alone.
        let early = u64::from(self.format == Format::F212 && first % 2 == 1);
        let count = (frames.end - frames.start) * self.frame + early;
        let place = |samples| self.format.bytes(samples).unwrap_or(u64::MAX);
        let at = self.byte_offset + place(first - early);
        let length = place(count);
        bytes.resize(length as usize, 0);
        let seek = self.file.seek(SeekFrom::Start(at));
        let read = seek.and_then(|_| self.file.read_exact(bytes));
        read.map_err(FormatError::io(&self.name))?;
        match flat {
            Samples::I16(flat) => {
                flat.clear();
                format::decode_short(self.format, bytes, flat);
                flat.drain(..early as usize);
            }
            Samples::I32(flat) => {
                flat.clear();
                format::decode_24(bytes, flat);
            }
            _ => unreachable!("formats have values of 16 or 32 bits"),
        }
        Ok(())
    }

    /// Adds what was decoded to the sums, if all that comes before it is in them.
    fn sum(&mut self, frames: Range<u64>, flat: &Samples) {
        if frames.start > self.summed || frames.end <= self.summed {
            return;
        }
        let skip = (self.summed - frames.start) as usize * self.frame as usize;
        let first = self.summed == 0;
        self.summed = frames.end;
        for member in &mut self.members {
            let (sum, initial) = match flat {
                Samples::I16(flat) => {
                    member.total(&flat[skip..], self.frame as usize, |value| value as u16)
                }
                Samples::I32(flat) => {
                    member.total(&flat[skip..], self.frame as usize, |value| value as u16)
                }
                _ => unreachable!("formats have values of 16 or 32 bits"),
            };
            member.sum = member.sum.wrapping_add(sum);
            if first {
                member.initial = initial;
            }
        }
    }

    /// What is odd about the signals' sums and first samples; nothing unless all frames were read in order.
    pub(super) fn check(&mut self, header: &str, signals: &[Signal], findings: &mut Vec<Finding>) {
        if self.summed < self.frames || self.frames == 0 {
            return;
        }
        // Once is enough.
        for member in self
            .members
            .iter()
            .filter(|member| member.initial.is_some())
        {
            let signal = &signals[member.signal];
            let name = || signal.name(member.signal);
            if let (Some(expected), Some(found)) = (signal.initial, member.initial)
                && expected != found
            {
                findings.push(Finding::InitialValue {
                    file: header.to_owned(),
                    signal: name(),
                    header: expected,
                    found,
                });
            }
            if let Some(expected) = signal.checksum
                && expected != member.sum
            {
                findings.push(Finding::Checksum {
                    file: header.to_owned(),
                    signal: name(),
                    header: expected,
                    found: member.sum,
                });
            }
        }
        for member in &mut self.members {
            member.initial = None;
        }
    }
}

impl Member {
    /// Where the samples taken in `range` are stored.
    fn stored(&self, range: &Range<u64>, frames: u64) -> Range<u64> {
        let end = range.end.saturating_add(self.skew).min(frames);
        range.start.saturating_add(self.skew).min(end)..end
    }

    fn append<T: Copy>(&self, flat: &[T], frame: usize, frames: Range<usize>, out: &mut Vec<T>) {
        let flat = &flat[frames.start * frame..frames.end * frame];
        let of_frame = self.first..self.first + self.count;
        match (frame, self.count) {
            (1, _) => out.extend_from_slice(flat),
            // The commonest of all records.
            (2, 1) => {
                let (pairs, _) = flat.as_chunks::<2>();
                out.extend(pairs.iter().map(|pair| pair[self.first & 1]));
            }
            (_, 1) => out.extend(flat.chunks_exact(frame).map(|frame| frame[self.first])),
            _ => {
                for frame in flat.chunks_exact(frame) {
                    out.extend_from_slice(&frame[of_frame.clone()]);
                }
            }
        }
    }

    /// The sum of what is the member's in these frames, and the first sample.
    fn total<T: Copy + Into<i32>>(
        &self,
        flat: &[T],
        frame: usize,
        low: impl Fn(T) -> u16,
    ) -> (u16, Option<i32>) {
        let add = |sum: u16, &value: &T| sum.wrapping_add(low(value));
        let sum = match (frame, self.count) {
            (2, 1) => {
                let (pairs, _) = flat.as_chunks::<2>();
                pairs
                    .iter()
                    .fold(0, |sum, pair| add(sum, &pair[self.first & 1]))
            }
            _ => {
                let frames = flat.chunks_exact(frame);
                frames.fold(0, |sum, frame| {
                    frame[self.first..][..self.count].iter().fold(sum, add)
                })
            }
        };
        (sum, flat.get(self.first).map(|&value| value.into()))
    }
}

fn reserve(samples: &mut Samples, count: usize) {
    match samples {
        Samples::I16(values) => values.reserve_exact(count),
        Samples::I32(values) => values.reserve_exact(count),
        _ => {}
    }
}
