//! One file's rows.

use std::io::Read;

use super::TimeUnit;
use super::columns::{self, Role};
use super::lines::{Lines, quoted_fields, trimmed};
use super::number;
use super::schema::{Schema, Stored, TableSchema, TimeFormat, field};
use super::time;
use crate::error::quoted;
use crate::{FormatError, Place, Samples, Segment, Timing};

/// A file that is read row by row. The next row is always at hand, so that its time is known before it is taken.
pub(super) struct Table {
    lines: Lines,
    delimiter: u8,
    decimal: u8,
    missing: Option<Vec<Vec<u8>>>,
    format: TimeFormat,
    unit: TimeUnit,
    clock: Clock,
    /// What each column is.
    roles: Vec<Role>,
    /// How each of the table's channels is held, and its columns.
    kinds: Vec<(Stored, usize)>,
    /// The values of the next row, channel by channel.
    values: Vec<f64>,
    /// What the next row's column of times says.
    told: Told,
    /// The next row's time in seconds; `None` at the end.
    next: Option<f64>,
    /// The time that stood in the row before.
    last: f64,
    /// Time 0 in nanoseconds since 1970, where times are dates.
    zero: i128,
    /// Rows taken.
    rows: usize,
}

/// How rows get their times.
enum Clock {
    /// By their numbers.
    Counted(Timing),
    /// By a column.
    Told,
    /// By a column, at a rate: the time and number of the segment's first row.
    Both { rate: f64, segment: (f64, usize) },
}

/// What stands in a column of times.
#[derive(Clone, Copy, Debug)]
enum Told {
    /// Nothing: there is no such column, or no row.
    Nothing,
    Seconds(f64),
    /// Nanoseconds since 1970.
    Instant(i128),
}

/// Some rows.
pub(super) struct Rows {
    /// One for each of the table's channels.
    pub(super) samples: Vec<Samples>,
    pub(super) timing: Timing,
}

impl Table {
    /// Opens the table of this number, from 0, and reads up to its first row. [`begin`](Table::begin) comes next.
    pub(super) fn open(
        source: Box<dyn Read + Send>,
        file: String,
        schema: &Schema,
        number: usize,
    ) -> Result<Table, FormatError> {
        let table = &schema.tables[number];
        let delimiter = mark("delimiter", table.delimiter)?;
        let decimal = mark("decimal", table.decimal)?;
        let comment = table.comment.map(|comment| mark("comment", comment));
        if delimiter == decimal {
            let found = table.decimal.to_string();
            return Err(field(
                "decimal",
                &found,
                "another character than the delimiter",
            ));
        }
        let mut lines = Lines::new(source, file, comment.transpose()?);
        for _ in 0..table.skip {
            if !lines.step()? {
                break;
            }
        }
        let any = lines.advance()?;
        if !any && table.header {
            return Err(FormatError::content(
                lines.file(),
                Place::Line(lines.line() + 1),
                "the end of the file",
                "the names of the columns",
                "see whether it is the right file",
            ));
        }
        let first = quoted_fields(lines.current(), delimiter).ok_or_else(|| unclosed(&lines))?;
        // An empty file without a header has as many columns as are asked for.
        let names: Option<Vec<String>> = table.header.then(|| {
            let name = |field: &Vec<u8>| String::from_utf8_lossy(trimmed(field)).into_owned();
            first.iter().map(name).collect()
        });
        let count = if any { first.len() } else { usize::MAX };
        let (roles, kinds) = columns::assign(&lines, schema, number, names.as_deref(), count)?;
        let values = kinds.iter().map(|(_, width)| width).sum();
        let missing = table.missing.as_ref();
        let mut made = Table {
            lines,
            delimiter,
            decimal,
            missing: missing.map(|all| {
                all.iter()
                    .map(|text| trimmed(text.as_bytes()).to_vec())
                    .collect()
            }),
            format: table.time.format,
            unit: table.time.unit,
            clock: clock(table)?,
            roles,
            kinds,
            values: vec![0.0; values],
            told: Told::Nothing,
            next: None,
            last: f64::NEG_INFINITY,
            zero: 0,
            rows: 0,
        };
        if any && (!table.header || made.lines.advance()?) {
            made.row()?;
            // Whatever it is: it becomes a time when time 0 is known.
            made.next = Some(f64::NEG_INFINITY);
        }
        Ok(made)
    }

    /// The instant of the first row in nanoseconds since 1970, where the column of times says that.
    pub(super) fn instant(&self) -> Option<i128> {
        match self.told {
            Told::Instant(instant) => Some(instant),
            _ => None,
        }
    }

    /// Whether the times are instants.
    pub(super) fn dated(&self) -> bool {
        !matches!(self.clock, Clock::Counted(_)) && self.format != TimeFormat::Elapsed
    }

    /// Sets time 0, in nanoseconds since 1970.
    pub(super) fn begin(&mut self, zero: i128) -> Result<(), FormatError> {
        self.zero = zero;
        if self.next.is_some() {
            self.next = Some(self.stamp()?);
        }
        Ok(())
    }

    /// The time of the next row in seconds; `None` at the end.
    pub(super) fn next(&self) -> Option<f64> {
        self.next
    }

    /// How the table's channels are held.
    pub(super) fn kinds(&self) -> impl Iterator<Item = Stored> {
        self.kinds.iter().map(|&(kind, _)| kind)
    }

    /// The timing of no rows, from the next one on.
    pub(super) fn timing(&self) -> Timing {
        match &self.clock {
            Clock::Counted(timing) => timing.part(self.rows..self.rows),
            Clock::Told => Timing::Irregular(Vec::new()),
            Clock::Both { rate, .. } => Timing::from(self.next.unwrap_or(0.0), *rate),
        }
    }

    /// Takes the rows before `time`.
    pub(super) fn until(&mut self, time: f64) -> Result<Rows, FormatError> {
        let mut samples: Vec<Samples> = self.kinds().map(columns::empty).collect();
        let none = self.timing();
        let first = self.rows;
        let mut times = Vec::new();
        let mut segments: Vec<Segment> = Vec::new();
        while let Some(next) = self.next.filter(|&next| next < time) {
            let mut values = &self.values[..];
            for (samples, &(_, width)) in samples.iter_mut().zip(&self.kinds) {
                let (own, rest) = values.split_at(width);
                columns::push(samples, own);
                values = rest;
            }
            match self.clock {
                Clock::Counted(_) => {}
                Clock::Told => times.push(next),
                Clock::Both {
                    segment: (_, begin),
                    ..
                } => {
                    if segments.is_empty() || begin == self.rows {
                        segments.push(Segment {
                            start: next,
                            first: self.rows - first,
                        });
                    }
                }
            }
            self.rows += 1;
            self.next = None;
            if self.lines.advance()? {
                self.row()?;
                self.next = Some(self.stamp()?);
            }
        }
        let timing = match &self.clock {
            Clock::Counted(timing) => timing.part(first..self.rows),
            Clock::Told => Timing::Irregular(times),
            Clock::Both { .. } if segments.is_empty() => none,
            Clock::Both { rate, .. } => Timing::Regular {
                rate: *rate,
                segments,
            },
        };
        Ok(Rows { samples, timing })
    }

    /// Reads the current line as a row.
    fn row(&mut self) -> Result<(), FormatError> {
        let line = self.lines.current();
        let mut found = 0;
        let mut context = Cells {
            lines: &self.lines,
            roles: &self.roles,
            kinds: &self.kinds,
            missing: self.missing.as_deref(),
            decimal: self.decimal,
            format: self.format,
            unit: self.unit,
            values: &mut self.values,
            told: &mut self.told,
        };
        if memchr::memchr(b'"', line).is_some() {
            let fields =
                quoted_fields(line, self.delimiter).ok_or_else(|| unclosed(&self.lines))?;
            for field in fields {
                context.take(found, &field)?;
                found += 1;
            }
        } else {
            let mut start = 0;
            loop {
                let rest = &line[start..];
                let end = rest.iter().position(|&byte| byte == self.delimiter);
                context.take(found, &rest[..end.unwrap_or(rest.len())])?;
                found += 1;
                match end {
                    Some(end) => start += end + 1,
                    None => break,
                }
            }
        }
        // Some programs end each row with a delimiter, but not the header.
        let expected = self.roles.len();
        let trailing = found == expected + 1 && line.last() == Some(&self.delimiter);
        if found != expected && !trailing {
            return Err(FormatError::content(
                self.lines.file(),
                Place::Line(self.lines.line()),
                format!("{found} columns"),
                format!("{expected}, as in the lines before"),
                if found > expected && self.delimiter == b',' {
                    "fill in or take out the line; if its numbers have decimal commas, set decimal = \",\" and the delimiter in the schema"
                } else {
                    "fill in the line, or take it out"
                },
            ));
        }
        Ok(())
    }

    /// The time of the row that was read last.
    fn stamp(&mut self) -> Result<f64, FormatError> {
        let told = match (&self.clock, self.told) {
            (Clock::Counted(timing), _) => {
                let time = counted(&self.lines, timing, self.rows, self.last)?;
                self.last = time;
                return Ok(time);
            }
            (_, Told::Seconds(time)) => time,
            // Two instants of this age differ by less than what a double counts in nanoseconds for 100 days.
            (_, Told::Instant(instant)) => (instant - self.zero) as f64 / 1e9,
            (_, Told::Nothing) => f64::NAN,
        };
        let wrong = |found: String, expected: String, way_out: &str| {
            let place = Place::Line(self.lines.line());
            Err(FormatError::content(
                self.lines.file(),
                place,
                found,
                expected,
                way_out,
            ))
        };
        if told == self.last {
            return wrong(
                format!("the time {told} s again"),
                "a later time than the row before".to_owned(),
                "take out one of the rows, or write times with more digits",
            );
        }
        if told.is_nan() || told < self.last {
            return wrong(
                format!("the time {told} s after {} s", self.last),
                "times that do not run backwards".to_owned(),
                "put the rows in the order of time, or take out those that are off",
            );
        }
        let first = self.last == f64::NEG_INFINITY;
        self.last = told;
        let Clock::Both { rate, segment } = &mut self.clock else {
            return Ok(told);
        };
        let (start, begin) = *segment;
        let due = start + (self.rows - begin) as f64 / *rate;
        if !due.is_finite() {
            return Err(endless(&self.lines, *rate));
        }
        if first || told > due + 0.5 / *rate {
            *segment = (told, self.rows);
            return Ok(told);
        }
        if told < due - 0.5 / *rate {
            return wrong(
                format!("the time {told} s"),
                format!("{due} s or later at {rate} Hz"),
                "correct the rate in the schema, or leave it out to have each row at its own time",
            );
        }
        Ok(due)
    }
}

/// The time of a row by its number; `last` is that of the row before.
fn counted(lines: &Lines, timing: &Timing, row: usize, last: f64) -> Result<f64, FormatError> {
    let Timing::Regular { rate, segments } = timing else {
        return Ok(timing.time(row));
    };
    let time = timing.time(row);
    if !time.is_finite() {
        return Err(endless(lines, *rate));
    }
    let begins = segments
        .binary_search_by_key(&row, |segment| segment.first)
        .is_ok();
    if begins && time <= last {
        return Err(FormatError::content(
            lines.file(),
            Place::Line(lines.line()),
            format!(
                "the segment of row {row} from {time} s, when the row before it is at {last} s"
            ),
            "segments that do not overlap",
            "correct the segments or the rate in the schema",
        ));
    }
    Ok(time)
}

/// A rate so low that a row's time is beyond all numbers.
fn endless(lines: &Lines, rate: f64) -> FormatError {
    FormatError::content(
        lines.file(),
        Place::Line(lines.line()),
        format!("no time that is a number, at a rate of {rate:e} Hz"),
        "rows whose times can be counted",
        "correct the rate or the segments in the schema",
    )
}

/// What is needed to read the cells of a row.
struct Cells<'a> {
    lines: &'a Lines,
    roles: &'a [Role],
    kinds: &'a [(Stored, usize)],
    missing: Option<&'a [Vec<u8>]>,
    decimal: u8,
    format: TimeFormat,
    unit: TimeUnit,
    values: &'a mut [f64],
    told: &'a mut Told,
}

impl Cells<'_> {
    #[inline]
    fn take(&mut self, column: usize, field: &[u8]) -> Result<(), FormatError> {
        match self.roles.get(column) {
            None | Some(Role::Nothing) => Ok(()),
            Some(&Role::Value { value, channel }) => {
                let field = trimmed(field);
                let number = number::parse(field, self.decimal);
                // A marker may look like a number: -999.
                let parsed = match number {
                    Some(number) if self.missing.is_none() => number,
                    _ if self.stands_for_nothing(field) => f64::NAN,
                    Some(number) => number,
                    None => return Err(self.wrong(column, field, "a number")),
                };
                if let Some(expected) = columns::refuses(self.kinds[channel].0, parsed) {
                    return Err(self.wrong(column, field, expected));
                }
                self.values[value] = parsed;
                Ok(())
            }
            Some(Role::Time) => {
                let field = trimmed(field);
                let told = match self.format {
                    TimeFormat::Elapsed => number::parse(field, self.decimal)
                        .map(|value| Told::Seconds(self.unit.seconds(value)))
                        .filter(|told| matches!(told, Told::Seconds(time) if time.is_finite())),
                    TimeFormat::Unix => {
                        time::unix(field, self.decimal, self.unit).map(Told::Instant)
                    }
                    TimeFormat::Rfc3339 => time::rfc3339(field).map(Told::Instant),
                };
                let expected = match self.format {
                    TimeFormat::Elapsed => "a time as a number",
                    TimeFormat::Unix => "a time since 1970 as a number without an exponent",
                    TimeFormat::Rfc3339 => "a date and time as 2017-05-22T07:15:25Z",
                };
                *self.told = told.ok_or_else(|| self.wrong(column, field, expected))?;
                Ok(())
            }
        }
    }

    fn stands_for_nothing(&self, field: &[u8]) -> bool {
        match self.missing {
            None => {
                field.is_empty()
                    || field.eq_ignore_ascii_case(b"na")
                    || field.eq_ignore_ascii_case(b"nan")
            }
            Some(markers) => markers.iter().any(|marker| marker == field),
        }
    }

    fn wrong(&self, column: usize, field: &[u8], expected: &str) -> FormatError {
        let text = String::from_utf8_lossy(field);
        let other = if self.decimal == b'.' { ',' } else { '.' };
        let swapped = text.replace(other, ".");
        let way_out = if text.contains(other) && swapped.parse::<f64>().is_ok() {
            format!("set decimal = \"{other}\" in the schema")
        } else {
            "correct the cell, or name it among the schema's missing markers if it stands for none"
                .to_owned()
        };
        let place = Place::Cell(self.lines.line(), column as u32 + 1);
        FormatError::content(self.lines.file(), place, quoted(&text), expected, way_out)
    }
}

fn unclosed(lines: &Lines) -> FormatError {
    FormatError::content(
        lines.file(),
        Place::Line(lines.line()),
        "a quote that is not closed",
        "the closing quote in the same line",
        "close the quote; a field cannot reach over lines",
    )
}

/// A character that can stand between what is read.
fn mark(key: &str, character: char) -> Result<u8, FormatError> {
    let plain = character.is_ascii() && !character.is_ascii_alphanumeric();
    if plain && !matches!(character, '"' | '\n' | '\r' | '-' | '+') {
        return Ok(character as u8);
    }
    let expected = "one ASCII character, no letter, digit, sign or quote";
    Err(field(key, &character.to_string(), expected))
}

fn clock(table: &TableSchema) -> Result<Clock, FormatError> {
    let time = &table.time;
    if let Some(rate) = time.rate.filter(|rate| !(rate.is_finite() && *rate > 0.0)) {
        return Err(field("rate", &rate.to_string(), "rows a second, above 0"));
    }
    match (&time.column, time.rate) {
        (Some(_), None) => Ok(Clock::Told),
        (Some(_), Some(rate)) => Ok(Clock::Both {
            rate,
            segment: (0.0, 0),
        }),
        (None, Some(rate)) if time.segments.is_empty() => Ok(Clock::Counted(Timing::regular(rate))),
        (None, Some(rate)) => {
            let ordered = time
                .segments
                .windows(2)
                .all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1);
            if !ordered
                || time.segments[0].1 != 0
                || time.segments.iter().any(|(start, _)| !start.is_finite())
            {
                let found = format!("{:?}", time.segments);
                return Err(field(
                    "segments",
                    &found,
                    "times and row numbers in order, the first row 0",
                ));
            }
            let segments = time
                .segments
                .iter()
                .map(|&(start, first)| Segment { start, first });
            Ok(Clock::Counted(Timing::Regular {
                rate,
                segments: segments.collect(),
            }))
        }
        (None, None) => Err(field("time", "", "a column of times, or a rate")),
    }
}
