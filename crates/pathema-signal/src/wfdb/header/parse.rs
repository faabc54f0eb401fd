//! From a header's lines.

use super::{Content, DEFAULT_RATE, Format, Header, SegmentLine, Signal, start};
use crate::error::quoted;
use crate::{FormatError, Place};

/// What stands for no file or no record.
const NOTHING: &str = "~";

/// The most signals of a record. Each costs memory in every block that is read, and a header needs a few bytes only to
/// name one; the largest arrays of electrodes have about half as many.
const MOST_SIGNALS: usize = 8192;

impl Header {
    /// Reads a header's text; `file` is its name for messages.
    ///
    /// # Errors
    /// If a line has not the fields that the format asks for, there are fewer lines than the first one says, or there are
    /// more than 8192 signals. A date or
    /// time of day that does not read, and lines too many, are left in [`unread`](Header::unread).
    pub fn parse(text: &str, file: &str) -> Result<Header, FormatError> {
        let mut comments = Vec::new();
        let mut lines = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            // Between signals there may be empty lines; programs of old left control-Z at the end.
            let line = line.trim_matches(|c: char| c.is_whitespace() || c == '\u{1a}');
            match line.strip_prefix('#') {
                Some(comment) => comments.push((lines.len() as u64, comment.trim().to_owned())),
                None if line.is_empty() => {}
                None => lines.push(Line {
                    text: line,
                    number,
                    file,
                }),
            }
        }
        let mut lines = lines.into_iter();
        let first = lines.next().ok_or_else(|| {
            let expected = "a line with the record's name and number of signals";
            FormatError::content(file, Place::Whole, "nothing", expected, SAME_RECORD)
        })?;
        let (mut header, segments) = record_line(&first)?;
        let expected = segments.unwrap_or(header.signal_count as u64);
        for (before, comment) in comments {
            if before > expected {
                header.comments.push(comment);
            } else {
                header.remarks.push(comment);
            }
        }
        match &mut header.content {
            Content::Signals(signals) => {
                for line in take(&mut lines, expected) {
                    signals.push(signal_line(&line)?);
                }
            }
            Content::Segments(segments) => {
                for line in take(&mut lines, expected) {
                    segments.push(segment_line(&line)?);
                }
            }
        }
        let found = header.signals().len().max(header.segments().len()) as u64;
        if found < expected {
            return Err(FormatError::Truncated {
                file: file.to_owned(),
                found,
                expected,
                unit: if segments.is_some() {
                    "segment lines"
                } else {
                    "signal lines"
                },
            });
        }
        header.unread.extend(lines.map(|line| line.text.to_owned()));
        Ok(header)
    }
}

fn take<'a, 'b>(
    lines: &'b mut impl Iterator<Item = Line<'a>>,
    count: u64,
) -> impl Iterator<Item = Line<'a>> {
    lines.take(usize::try_from(count).unwrap_or(usize::MAX))
}

struct Line<'a> {
    text: &'a str,
    number: u64,
    file: &'a str,
}

/// Where to look first when a header does not read.
const SAME_RECORD: &str = "see whether it is the header of a WFDB record";

impl Line<'_> {
    fn error(&self, found: &str, expected: &str, way_out: &str) -> FormatError {
        let place = Place::Line(self.number);
        FormatError::content(self.file, place, quoted(found), expected, way_out)
    }

    /// A number that must be there or a field that is not.
    fn number<T: std::str::FromStr>(&self, text: &str, what: &str) -> Result<T, FormatError> {
        // Rust would take a sign and words (`+1`, `inf`) that WFDB does not write.
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        let number = text.parse().ok().filter(|_| plain);
        number.ok_or_else(|| self.error(text, what, SAME_RECORD))
    }

    fn rate(&self, text: &str, what: &str) -> Result<f64, FormatError> {
        let rate: f64 = self.number(text, what)?;
        if rate > 0.0 && rate.is_finite() {
            return Ok(rate);
        }
        Err(self.error(text, what, "write the rate at which the record was taken"))
    }
}

/// The record line, and how many segments there are of a record that has some.
fn record_line(line: &Line) -> Result<(Header, Option<u64>), FormatError> {
    let mut fields = line.text.split_ascii_whitespace();
    let name = fields.next().unwrap_or_default();
    let (record, segments) = match name.split_once('/') {
        None => (name, None),
        Some((record, count)) => (record, Some(line.number(count, "a number of segments")?)),
    };
    if segments == Some(0) {
        return Err(line.error(name, "at least one segment", SAME_RECORD));
    }
    let signals = fields.next().ok_or_else(|| {
        line.error(
            line.text,
            "a record's name and its number of signals",
            SAME_RECORD,
        )
    })?;
    let mut header = Header {
        record: record.to_owned(),
        signal_count: line.number(signals, "a number of signals")?,
        rate: DEFAULT_RATE,
        counter_rate: None,
        base_counter: None,
        frames: None,
        start: None,
        content: match segments {
            None => Content::Signals(Vec::new()),
            Some(_) => Content::Segments(Vec::new()),
        },
        comments: Vec::new(),
        remarks: Vec::new(),
        unread: Vec::new(),
    };
    if header.signal_count > MOST_SIGNALS {
        let most = format!("{MOST_SIGNALS} signals at most");
        return Err(line.error(signals, &most, "split the record into several"));
    }
    if let Some(rate) = fields.next() {
        rates(line, rate, &mut header)?;
    }
    if let Some(frames) = fields.next() {
        // 0 says, as nothing does, that the length was not known.
        header.frames = Some(line.number(frames, "a number of samples per signal")?)
            .filter(|&frames: &u64| frames > 0);
    }
    let rest: Vec<&str> = fields.collect();
    let time = rest.first().and_then(|text| start::parse_time(text));
    let date = rest.get(1).and_then(|text| start::parse_date(text));
    header.start = time.map(|time| start::start(time, date));
    let read = usize::from(time.is_some()) + usize::from(time.is_some() && date.is_some());
    if read < rest.len() {
        header.unread.push(rest[read..].join(" "));
    }
    Ok((header, segments))
}

/// `360`, `360/1`, `360/1(0)`.
fn rates(line: &Line, text: &str, header: &mut Header) -> Result<(), FormatError> {
    let (rate, counter) = text.split_once('/').unwrap_or((text, ""));
    let what = "a sampling rate above 0 in hertz";
    header.rate = line.rate(rate, what)?;
    if text.contains('/') {
        let (rate, base) = counter.split_once('(').unwrap_or((counter, ""));
        header.counter_rate = Some(line.rate(rate, "a counter's rate above 0 in hertz")?);
        if counter.contains('(') {
            let base = base.strip_suffix(')').unwrap_or(base);
            let value: f64 = line.number(base, "a counter's value")?;
            header.base_counter = Some(value).filter(|value| value.is_finite());
        }
    }
    Ok(())
}

fn segment_line(line: &Line) -> Result<SegmentLine, FormatError> {
    let mut fields = line.text.split_ascii_whitespace();
    match (fields.next(), fields.next(), fields.next()) {
        (Some(record), Some(frames), None) => Ok(SegmentLine {
            record: record.to_owned(),
            frames: line.number(frames, "a segment's number of samples")?,
        }),
        _ => Err(line.error(
            line.text,
            "a segment's name and number of samples",
            SAME_RECORD,
        )),
    }
}

fn signal_line(line: &Line) -> Result<Signal, FormatError> {
    let mut rest = line.text;
    let mut next = || {
        let field = rest.split_ascii_whitespace().next()?;
        // Lines are trimmed: the field is where the rest begins.
        rest = rest[field.len()..].trim_ascii_start();
        Some(field)
    };
    let what = "a signal's file and format";
    let (Some(file), Some(format)) = (next(), next()) else {
        return Err(line.error(line.text, what, SAME_RECORD));
    };
    let mut signal = storage(line, file, format)?;
    if let Some(gain) = next() {
        calibration(line, gain, &mut signal)?;
    }
    if let Some(bits) = next() {
        signal.adc_bits = Some(line.number(bits, "the bits of a converter")?);
    }
    if let Some(zero) = next() {
        signal.adc_zero = Some(line.number(zero, "a converter's zero")?);
    }
    if let Some(initial) = next() {
        signal.initial = Some(line.number(initial, "a signal's first sample")?);
    }
    if let Some(checksum) = next() {
        let sum: i64 = line.number(checksum, "a signal's checksum")?;
        signal.checksum = Some(sum.rem_euclid(1 << 16) as u16);
    }
    if let Some(size) = next() {
        signal.block_size = Some(line.number(size, "a block size")?);
    }
    if !rest.is_empty() {
        signal.description = Some(rest.to_owned());
    }
    Ok(signal)
}

/// `212`, with `x` and samples a frame, `:` and skew, `+` and byte offset, in this order.
fn storage(line: &Line, file: &str, text: &str) -> Result<Signal, FormatError> {
    let (text, offset) = text
        .split_once('+')
        .map_or((text, None), |(text, offset)| (text, Some(offset)));
    let (text, skew) = text
        .split_once(':')
        .map_or((text, None), |(text, skew)| (text, Some(skew)));
    let (number, samples) = text
        .split_once('x')
        .map_or((text, None), |(text, samples)| (text, Some(samples)));
    let number: u64 = line.number(number, "the number of a storage format")?;
    let format = Format::from_number(number);
    if format.is_none() && number != 0 {
        return Err(line.error(
            &number.to_string(),
            "one of the storage formats 80, 212, 16 and 24",
            "convert the record to format 16 or 24",
        ));
    }
    let mut signal = Signal::new(file.to_owned(), format.filter(|_| file != NOTHING));
    if let Some(samples) = samples {
        signal.samples_per_frame = line.number(samples, "samples in a frame")?;
        if signal.samples_per_frame == 0 {
            return Err(line.error(samples, "at least one sample in a frame", SAME_RECORD));
        }
    }
    if let Some(skew) = skew {
        signal.skew = line.number(skew, "a skew in frames")?;
    }
    if let Some(offset) = offset {
        signal.byte_offset = line.number(offset, "a byte offset")?;
    }
    Ok(signal)
}

/// `200`, with the baseline in parentheses and the unit after `/`.
fn calibration(line: &Line, text: &str, signal: &mut Signal) -> Result<(), FormatError> {
    let what = "a gain, as in 200(1024)/mV";
    let end = text.find(['(', '/']).unwrap_or(text.len());
    let (gain, mut rest) = text.split_at(end);
    let gain: f64 = line.number(gain, what)?;
    if !gain.is_finite() {
        return Err(line.error(text, what, SAME_RECORD));
    }
    signal.gain = Some(gain);
    if let Some(inner) = rest.strip_prefix('(') {
        let (baseline, after) = inner
            .split_once(')')
            .ok_or_else(|| line.error(text, what, "close the parenthesis"))?;
        signal.baseline = Some(line.number(baseline, "a baseline, a whole number")?);
        rest = after;
    }
    match rest.strip_prefix('/') {
        Some("") => {}
        Some(unit) => signal.unit = Some(unit.to_owned()),
        None if rest.is_empty() => {}
        None => return Err(line.error(text, what, SAME_RECORD)),
    }
    Ok(())
}
