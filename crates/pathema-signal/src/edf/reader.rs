use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use super::channels::{self, Source};
use super::header::{Header, PART};
use super::index::{self, Index};
use crate::error::FormatError;
use crate::recording::Blocks;
use crate::{Channel, Recording, Samples, Timing};

/// What can be read from any place.
trait Bytes: Read + Seek + Send {}

impl<T: Read + Seek + Send> Bytes for T {}

/// A file of which any stretch can be read, with no more memory than the stretch needs.
///
/// Opening it reads the head and the annotations, not the samples.
///
/// ```
/// use pathema_signal::{Blocks, Channel, Modality, Recording, Samples, Timing, edf};
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("night.edf");
/// let samples = Samples::I16((0..2560).map(|index| (index % 100) as i16).collect());
/// let eeg = Channel::new("EEG Fpz-Cz", Modality::Eeg, "µV", Timing::regular(256.0), samples);
/// let night = Recording { channels: vec![eeg], ..Recording::default() };
/// edf::write(&night, &path, &edf::Options::default())?;
///
/// let mut reader = edf::Reader::open(&path)?;
/// assert_eq!(reader.header().channels[0].name, "EEG Fpz-Cz");
/// assert_eq!(reader.read(2.0, 4.0)?.channels[0].len(), 512);
/// let mut seconds = 0;
/// while let Some(block) = reader.next_block(1.0)? {
///     assert_eq!(block.channels[0].len(), 256);
///     seconds += 1;
/// }
/// assert_eq!(seconds, 10);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Reader {
    file: String,
    source: BufReader<Box<dyn Bytes>>,
    head: Header,
    index: Index,
    /// What the file says of the recording; each channel of no sample.
    recording: Recording,
    sources: Vec<Source>,
    /// The times of all samples of each channel, and how many there are.
    timings: Vec<(Timing, usize)>,
    /// When the next block begins; `None` at the end.
    next: Option<f64>,
}

/// Records are read in stretches of about so many bytes.
const STRETCH: u64 = 1 << 20;

impl Reader {
    /// Opens a file.
    ///
    /// # Errors
    /// If it cannot be read, is neither EDF nor BDF, is shorter or longer than its head says, or holds in its head or its
    /// annotations what the format does not allow.
    pub fn open(path: &Path) -> Result<Reader, FormatError> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(FormatError::io(&name))?;
        Reader::new(file, name)
    }

    /// Reads from anything that can go to any place of its bytes; `name` is for messages.
    ///
    /// # Errors
    /// As [`open`](Reader::open).
    pub fn new(
        source: impl Read + Seek + Send + 'static,
        name: String,
    ) -> Result<Reader, FormatError> {
        // Annotations are a few hundred bytes each few thousand: a large buffer would mostly read what is between.
        let mut source = BufReader::with_capacity(1 << 13, Box::new(source) as Box<dyn Bytes>);
        let failed = FormatError::io(&name);
        let measure = |source: &mut BufReader<Box<dyn Bytes>>| {
            let size = source.seek(SeekFrom::End(0))?;
            source.seek(SeekFrom::Start(0)).map(|_| size)
        };
        let size = measure(&mut source).map_err(failed)?;
        let head = read_head(&name, &mut source, size)?;
        let index = index::build(&name, &head, &mut source, size)?;
        let (mut recording, sources) = channels::head(&name, &head, &index)?;
        let timings = sources
            .iter()
            .map(|source| {
                let count = index.records as usize * source.samples;
                (index.timing(head.record_duration, source.samples), count)
            })
            .collect();
        recording.annotations.clone_from(&index.annotations);
        index::resolve(&mut recording);
        Ok(Reader {
            file: name,
            source,
            head,
            index,
            recording,
            sources,
            timings,
            next: Some(f64::NEG_INFINITY),
        })
    }

    /// The head as it stands in the file.
    pub fn head(&self) -> &Header {
        &self.head
    }

    /// Seconds from the start to the end of the last data record.
    pub fn duration(&self) -> f64 {
        self.index.end(self.head.record_duration)
    }

    /// All samples in `[start, end)`, in seconds, with the annotations and labels that begin in it. Times are still those
    /// since the start of the whole recording.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn read(&mut self, start: f64, end: f64) -> Result<Recording, FormatError> {
        let ranges: Vec<Range<usize>> = self
            .timings
            .iter()
            .map(|(timing, count)| {
                let first = timing.index(start, *count);
                first..timing.index(end, *count).max(first)
            })
            .collect();
        let channels = self.samples(&ranges)?;
        let whole = &self.recording;
        Ok(Recording {
            subject: whole.subject.clone(),
            person: whole.person.clone(),
            start: whole.start,
            channels,
            labels: within(&whole.labels, start..end, |run| run.start),
            annotations: within(&whole.annotations, start..end, |mark| mark.span.start),
        })
    }

    /// The whole recording.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn read_all(&mut self) -> Result<Recording, FormatError> {
        let ranges: Vec<Range<usize>> = self.timings.iter().map(|&(_, count)| 0..count).collect();
        let mut all = self.recording.clone_head();
        all.channels = self.samples(&ranges)?;
        Ok(all)
    }

    /// When what comes first from `time` on was taken: a sample, or a mark where there are no channels; and the seconds
    /// between two of its kind. `None` at the end.
    fn after(&self, time: f64) -> Option<(f64, f64)> {
        let samples = self.timings.iter().filter_map(|(timing, count)| {
            let index = timing.index(time, *count);
            let step = timing.rate().map_or(0.0, |rate| 1.0 / rate);
            (index < *count).then(|| (timing.time(index), step))
        });
        let (marks, runs) = (&self.recording.annotations, &self.recording.labels);
        let mark = marks.partition_point(|mark| mark.span.start < time);
        let run = runs.partition_point(|run| run.start < time);
        let marks = [
            marks.get(mark).map(|mark| (mark.span.start, 0.0)),
            runs.get(run).map(|run| (run.start, 0.0)),
        ];
        let marks = marks.into_iter().flatten();
        let marks = marks.filter(|_| self.timings.is_empty());
        samples.chain(marks).min_by(|a, b| a.0.total_cmp(&b.0))
    }

    /// Some samples of each channel.
    fn samples(&mut self, ranges: &[Range<usize>]) -> Result<Vec<Channel>, FormatError> {
        let mut stored: Vec<Samples> = ranges
            .iter()
            .map(|_| channels::empty(self.head.format))
            .collect();
        let record_bytes = self.head.record_bytes();
        let all = self
            .sources
            .iter()
            .zip(ranges)
            .fold(None, |all, (source, range)| {
                if range.is_empty() {
                    return all;
                }
                let first = range.start / source.samples;
                let end = range.end.div_ceil(source.samples);
                let (low, high) = all.unwrap_or((first, end));
                Some((low.min(first), high.max(end)))
            });
        let (mut record, end) = all.unwrap_or((0, 0));
        let mut bytes = Vec::new();
        while record < end && record_bytes <= STRETCH {
            let count = ((STRETCH / record_bytes) as usize).min(end - record);
            let at = self.head.bytes() + record as u64 * record_bytes;
            self.fetch(at, count as u64 * record_bytes, &mut bytes)?;
            let records = bytes.chunks_exact(record_bytes as usize);
            for (record, bytes) in (record..).zip(records) {
                for ((source, range), stored) in self.sources.iter().zip(ranges).zip(&mut stored) {
                    let part = source.within(record, range);
                    source.decode(self.head.format, bytes, 0, part, stored);
                }
            }
            record += count;
        }
        // Records too large to be held: some files have one alone, of all there is.
        for record in record..end {
            for ((index, range), stored) in (0..).zip(ranges).zip(&mut stored) {
                let mut part = self.sources[index].within(record, range);
                while !part.is_empty() {
                    let step = part.start..part.end.min(part.start + STRETCH as usize / 4);
                    self.record_part(record, index, step.clone(), stored, &mut bytes)?;
                    part.start = step.end;
                }
            }
        }
        let channels = self
            .recording
            .channels
            .iter()
            .zip(&self.timings)
            .zip(ranges);
        Ok(channels
            .zip(stored)
            .map(|(((channel, (timing, _)), range), samples)| Channel {
                timing: timing.part(range.clone()),
                samples,
                name: channel.name.clone(),
                unit: channel.unit.clone(),
                ..*channel
            })
            .collect())
    }

    /// Some samples of one channel's part of one record.
    fn record_part(
        &mut self,
        record: usize,
        index: usize,
        part: Range<usize>,
        stored: &mut Samples,
        bytes: &mut Vec<u8>,
    ) -> Result<(), FormatError> {
        let width = self.head.format.width();
        let at = self.head.bytes() + record as u64 * self.head.record_bytes();
        let mut axes = Vec::new();
        for offset in self.sources[index].offsets.clone() {
            let from = at + (offset + part.start * width) as u64;
            self.fetch(from, (part.len() * width) as u64, bytes)?;
            axes.extend_from_slice(bytes);
        }
        let lone = Source {
            offsets: (0..self.sources[index].offsets.len())
                .map(|axis| axis * part.len() * width)
                .collect(),
            samples: part.len(),
        };
        lone.decode(self.head.format, &axes, 0, 0..part.len(), stored);
        Ok(())
    }

    fn fetch(&mut self, at: u64, count: u64, bytes: &mut Vec<u8>) -> Result<(), FormatError> {
        let failed = FormatError::io(&self.file);
        fetch(&mut self.source, at, count, bytes).map_err(failed)
    }
}

impl Blocks for Reader {
    fn header(&self) -> &Recording {
        &self.recording
    }

    /// The next stretch. Where no sample lies in one, as in a gap between segments, it is passed over, not given as an empty
    /// block; where `seconds` is not above 0, a block is a data record long. Each annotation and label is in one block alone: the one in which it begins.
    fn next_block(&mut self, seconds: f64) -> Result<Option<Recording>, FormatError> {
        let Some(from) = self.next else {
            return Ok(None);
        };
        let seconds = if seconds > 0.0 {
            seconds
        } else {
            self.head.record_duration
        };
        let start = self
            .index
            .recorded_after(from.max(0.0), self.head.record_duration);
        let (start, to) = match self.after(start) {
            Some((next, step)) => {
                let start = if next >= start + seconds { next } else { start };
                // A time counts as a sample's own until a millionth of a step after it: a block must reach beyond.
                (start, (start + seconds).max(next + 2e-6 * step))
            }
            None => (start, start + seconds),
        };
        // Marks lie outside of all records in some files: the first block and the last have those before and after.
        let last = to <= start || self.after(to).is_none();
        let to = if last { f64::INFINITY } else { to };
        self.next = (!last).then_some(to);
        let nothing = self.recording.annotations.is_empty() && self.recording.labels.is_empty();
        if self.index.records == 0 || (self.recording.channels.is_empty() && nothing) {
            self.next = None;
            return Ok(None);
        }
        self.read(from, to).map(Some)
    }

    fn odd(&self) -> Vec<String> {
        self.index.odd.clone()
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader")
            .field("file", &self.file)
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}

/// Those of some marks, in the order of their starts, that begin in a stretch: a file may have millions, and many blocks.
fn within<T: Clone>(marks: &[T], stretch: Range<f64>, start: impl Fn(&T) -> f64) -> Vec<T> {
    let first = marks.partition_point(|mark| start(mark) < stretch.start);
    let rest = marks[first..].iter();
    rest.take_while(|mark| stretch.contains(&start(mark)))
        .cloned()
        .collect()
}

fn read_head(file: &str, source: &mut impl Read, size: u64) -> Result<Header, FormatError> {
    let short = |expected: u64| FormatError::Truncated {
        file: file.to_owned(),
        found: size,
        expected,
        unit: "bytes",
    };
    let mut first = [0; PART];
    if size < PART as u64 {
        return Err(short(PART as u64));
    }
    source
        .read_exact(&mut first)
        .map_err(FormatError::io(file))?;
    let rest = PART * Header::count(file, &first)?;
    if size < (PART + rest) as u64 {
        return Err(short((PART + rest) as u64));
    }
    let mut bytes = first.to_vec();
    bytes.resize(PART + rest, 0);
    source
        .read_exact(&mut bytes[PART..])
        .map_err(FormatError::io(file))?;
    Header::parse(file, &bytes)
}

/// Reads some bytes from a place, into `bytes` alone.
pub(super) fn fetch<R: Read + Seek + ?Sized>(
    source: &mut BufReader<Box<R>>,
    at: u64,
    count: u64,
    bytes: &mut Vec<u8>,
) -> io::Result<()> {
    let now = source.stream_position()?;
    source.seek_relative(at as i64 - now as i64)?;
    bytes.clear();
    // The size of the file is known: so many bytes there are.
    bytes.resize(count as usize, 0);
    source.read_exact(bytes)
}

/// Reads a whole file into memory.
///
/// # Errors
/// As [`Reader::open`].
pub fn read(path: &Path) -> Result<Recording, FormatError> {
    Reader::open(path)?.read_all()
}
