use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::decimal::Decimal;
use super::field::{self, padded};
use super::head::{self, SignalHead};
use super::header::Format;
use super::identity;
use super::index::{ABOUT, LABEL};
use super::range::{self, Digital};
use super::schedule::{self, Schedule};
use super::tal;
use crate::error::quoted;
use crate::{Channel, FormatError, Recording};

/// How a recording is to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// EDF+ of 16 bits a value, or BDF+ of 24.
    pub format: Format,
    /// What happens to values that are not whole numbers, or too large.
    pub quantise: Quantise,
    /// Where the channels do not fill the last data record of a stretch: whether each is padded with its last value, or
    /// the recording refused.
    pub pad: bool,
    /// Whether what the format has no room for is left out or rounded: notes of other kinds, texts too long for their
    /// fields, units' values by ranges of 8 characters. Else a recording with such is refused.
    pub lossy: bool,
}

/// What happens to values that the format cannot hold as they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Quantise {
    /// The recording is refused.
    #[default]
    Refuse,
    /// They are rounded to steps of a range: the values' own, or one given here by the channel's name as the least and
    /// the largest value in its unit. Floating-point values that all are whole numbers of few enough bits are kept.
    Extent {
        /// Ranges of some channels.
        ranges: BTreeMap<String, (f64, f64)>,
    },
}

impl Quantise {
    /// Each channel by its own least and largest value.
    pub fn extent() -> Quantise {
        Quantise::Extent {
            ranges: BTreeMap::new(),
        }
    }
}

/// Writes a recording as EDF+ or BDF+, continuous, or discontinuous where it has gaps.
///
/// Stored whole numbers are kept exactly. The file's time begins with the first sample: a recording whose first sample is
/// not at 0 is written with its start moved. An instant is written as the date and time that it has in UTC.
///
/// # Errors
/// If the file cannot be written, or the recording holds what the format cannot: channels of different stretches or of
/// irregular times, values that are not to be quantised, texts that are too long or not ASCII.
///
/// ```
/// use pathema_signal::{Annotation, Channel, Modality, Recording, Samples, Timing, edf};
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("eda.edf");
/// let eda = Channel::new("EDA", Modality::Eda, "µS", Timing::regular(4.0), Samples::F64(vec![0.4, 0.5, 0.7, 0.6]));
/// let recording = Recording {
///     channels: vec![eda],
///     annotations: vec![Annotation::at(0.5, "tag")],
///     ..Recording::default()
/// };
/// // Floating-point values are rounded only where that is asked for.
/// assert!(edf::write(&recording, &path, &edf::Options::default()).is_err());
/// let options = edf::Options { quantise: edf::Quantise::extent(), ..edf::Options::default() };
/// edf::write(&recording, &path, &options)?;
/// let read = edf::read(&path)?;
/// assert!((read.channels[0].all()[1] - 0.5).abs() < 1e-5);
/// assert_eq!(read.annotations, recording.annotations);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write(recording: &Recording, path: &Path, options: &Options) -> Result<(), FormatError> {
    let plan = Plan::new(recording, options)?;
    let name = path.display().to_string();
    let write = || {
        let mut out = BufWriter::with_capacity(1 << 16, File::create(path)?);
        plan.write(&mut out)?;
        out.flush()
    };
    write().map_err(FormatError::io(name))
}

/// Writes a recording as [`write()`] does, to anything that takes bytes; `name` is for messages.
///
/// # Errors
/// As [`write()`].
pub fn write_to(
    recording: &Recording,
    out: &mut impl Write,
    name: &str,
    options: &Options,
) -> Result<(), FormatError> {
    let plan = Plan::new(recording, options)?;
    plan.write(out).map_err(FormatError::io(name))
}

/// All that is decided before the first byte is written.
struct Plan<'a> {
    channels: &'a [Channel],
    format: Format,
    head: Vec<u8>,
    schedule: Schedule,
    digital: Vec<Digital<'a>>,
    /// The lists of each record, and to how many bytes they are padded.
    tals: Vec<Vec<u8>>,
    tal_bytes: usize,
}

impl<'a> Plan<'a> {
    fn new(recording: &'a Recording, options: &Options) -> Result<Plan<'a>, FormatError> {
        let channels = &recording.channels[..];
        let format = options.format;
        let schedule = schedule::plan(channels, format.width(), options.pad)?;
        let digital: Vec<Digital<'a>> = channels
            .iter()
            .map(|channel| range::choose(channel, options))
            .collect::<Result<_, _>>()?;
        // The file's time 0.
        let zero = schedule
            .stretches
            .first()
            .map_or(0.0, |stretch| stretch.start);
        let start = match recording.start {
            Some(start) => Some(identity::moved(start, zero).ok_or_else(|| {
                head::refused(
                    "the recording",
                    format,
                    "its start is in no year that a date can have".to_owned(),
                    "correct its start",
                )
            })?),
            None => None,
        };
        let identity = identity::write(recording, start);
        let marks = marks(recording, format, zero, identity.first)?;
        let mut times = Vec::new();
        // Eight characters say the length exactly.
        let length = Decimal::from_f64(schedule.duration).unwrap_or(Decimal::ZERO);
        for stretch in &schedule.stretches {
            let begin = seconds(stretch.start, zero).plus(identity.first);
            times.extend((0..stretch.records).map(|record| begin.plus(length.times(record))));
        }
        if channels.is_empty() && !marks.is_empty() {
            times.push(identity.first);
        }
        if times.is_empty() && identity.first != Decimal::ZERO && !options.lossy {
            return Err(head::refused(
                "the recording",
                format,
                "its start has parts of a second, which stand in the first data record, and there is none".to_owned(),
                "give it a start of whole seconds, or allow for loss",
            ));
        }
        let (tals, tal_bytes) = distribute(&times, length, &marks, format)?;
        let mut signals = Vec::new();
        for (index, channel) in channels.iter().enumerate() {
            for axis in 0..channel.axes {
                signals.push(SignalHead::of(
                    recording,
                    channel,
                    axis,
                    &digital[index],
                    schedule.samples[index],
                    options,
                )?);
            }
        }
        signals.push(SignalHead::annotations(format, tal_bytes / format.width()));
        let gaps = schedule.stretches.len() > 1;
        let head = head::compose(
            &identity,
            format,
            gaps,
            times.len(),
            schedule.duration,
            &signals,
            options.lossy,
        )?;
        head::check(recording, &head, start, identity.first, options)?;
        Ok(Plan {
            channels,
            format,
            head,
            schedule,
            digital,
            tals,
            tal_bytes,
        })
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&self.head)?;
        let mut record = Vec::new();
        let mut tals = self.tals.iter();
        for stretch in &self.schedule.stretches {
            for index in 0..stretch.records as usize {
                record.clear();
                for (number, channel) in self.channels.iter().enumerate() {
                    let count = self.schedule.samples[number];
                    let all = &stretch.samples[number];
                    let first = all.start + index * count;
                    for axis in 0..channel.axes {
                        for sample in first..first + count {
                            // Past the end the last sample stands again.
                            let sample = sample.min(all.end.saturating_sub(1));
                            let value = self.digital[number].get(sample * channel.axes + axis);
                            record.extend_from_slice(&value.to_le_bytes()[..self.format.width()]);
                        }
                    }
                }
                self.finish(&mut record, tals.next());
                out.write_all(&record)?;
            }
        }
        // Marks without a channel have a record of their own.
        for list in tals {
            record.clear();
            self.finish(&mut record, Some(list));
            out.write_all(&record)?;
        }
        Ok(())
    }

    fn finish(&self, record: &mut Vec<u8>, tals: Option<&Vec<u8>>) {
        let end = record.len() + self.tal_bytes;
        record.extend(tals.into_iter().flatten());
        record.resize(end, 0);
    }
}

/// Seconds since the file's time 0.
fn seconds(time: f64, zero: f64) -> Decimal {
    let decimal = |value| Decimal::from_f64(value).unwrap_or(Decimal::ZERO);
    decimal(time).minus(decimal(zero))
}

/// Annotations and label runs as lists, in the order of their onsets.
fn marks(
    recording: &Recording,
    format: Format,
    zero: f64,
    first: Decimal,
) -> Result<Vec<(Decimal, Vec<u8>)>, FormatError> {
    let labels = recording.labels.iter().map(|run| {
        let text = format!("{LABEL}{}", run.label.code());
        (run.start, run.end, text)
    });
    let annotations = recording.annotations.iter().map(|annotation| {
        let text = match &annotation.channel {
            Some(channel) => format!("{}{ABOUT}{channel}", annotation.text),
            None => annotation.text.clone(),
        };
        (annotation.span.start, annotation.span.end, text)
    });
    let mut marks = Vec::new();
    for (start, end, text) in labels.chain(annotations) {
        let refused = |problem: &str, way_out: &str| {
            let what = format!("the annotation {}", quoted(&text));
            Err(head::refused(&what, format, problem.to_owned(), way_out))
        };
        let known = |time: f64| Decimal::from_f64(time).is_some();
        if !(known(start) && known(end) && start <= end) {
            return refused(
                "its times are not in order, or none",
                "correct its start and end",
            );
        }
        if !tal::fits(&text) {
            return refused(
                "its text is empty or has one of the bytes 0, 20 and 21",
                "change its text",
            );
        }
        let onset = seconds(start, zero).plus(first);
        let duration = seconds(end, start);
        marks.push((onset, tal::compose(onset, duration, &text)));
    }
    marks.sort_by_key(|(onset, _)| *onset);
    Ok(marks)
}

/// The lists of each record, its time first, and the bytes that the longest needs. An annotation stands in the record in
/// which it begins, or in the next one that has room.
fn distribute(
    times: &[Decimal],
    length: Decimal,
    marks: &[(Decimal, Vec<u8>)],
    format: Format,
) -> Result<(Vec<Vec<u8>>, usize), FormatError> {
    let clocks: Vec<Vec<u8>> = times
        .iter()
        .map(|&time| tal::compose(time, Decimal::ZERO, ""))
        .collect();
    let clock = clocks.iter().map(Vec::len).max().unwrap_or(0);
    let longest = marks.iter().map(|(_, list)| list.len()).max().unwrap_or(0);
    if times.is_empty() && !marks.is_empty() {
        return Err(head::refused(
            "the recording",
            format,
            "it has annotations, but no samples beside which they could stand".to_owned(),
            "take out the channels without samples",
        ));
    }
    let mut room = (clock + longest).max(MIN_BYTES);
    loop {
        let mut lists = clocks.clone();
        let mut left = marks.iter().peekable();
        for (index, list) in lists.iter_mut().enumerate() {
            let end = times[index].plus(length);
            let last = index + 1 == times.len();
            while let Some((_, text)) = left
                .next_if(|(onset, text)| (last || *onset < end) && list.len() + text.len() <= room)
            {
                list.extend(text);
            }
        }
        if left.peek().is_none() {
            // A whole number of samples, of which each has two bytes or three.
            return Ok((lists, room.next_multiple_of(format.width())));
        }
        room *= 2;
    }
}

/// At least so many bytes of annotations a record, which some programs expect.
const MIN_BYTES: usize = 30;

/// The head's text of a number, or as near as 8 characters come.
pub(super) fn text(value: f64) -> String {
    let short = (0..=6).rev().map(|digits| format!("{value:.digits$}"));
    field::number(value)
        .or_else(|| short.into_iter().find(|text| text.len() <= 8))
        .and_then(|text| padded(&text, 8))
        .unwrap_or_else(|| " ".repeat(8))
}
