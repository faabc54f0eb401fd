//! Files whose rows have times of their own: IBI and tags.

use super::{Finding, head, layout};
use crate::FormatError;
use crate::error::quoted;
use crate::files::{Rows, Tree};
use crate::recording::{Channel, Modality, Placement, Samples, Timing};

/// The intervals between beats, as they are read.
pub(super) struct Intervals {
    rows: Rows,
    /// Unix seconds.
    pub(super) start: f64,
    /// The row that comes next: seconds since the start, and the interval.
    next: Option<(f64, f64)>,
    count: u64,
}

const FILE: &str = "IBI.csv";

impl Intervals {
    /// Opens the file and reads its head; `None`, with a finding, where it is not there or has no byte.
    pub(super) fn open(
        tree: &Tree,
        findings: &mut Vec<Finding>,
    ) -> Result<Option<Intervals>, FormatError> {
        let Some((name, stream)) = stream(tree, layout::file(tree, FILE))? else {
            findings.push(Finding::MissingFile {
                file: FILE.to_owned(),
            });
            return Ok(None);
        };
        let mut rows = Rows::new(name, stream);
        let Some(start) = head::intervals(&mut rows)? else {
            findings.push(Finding::Empty {
                file: FILE.to_owned(),
            });
            return Ok(None);
        };
        let mut intervals = Intervals {
            rows,
            start,
            next: None,
            count: 0,
        };
        intervals.step()?;
        Ok(Some(intervals))
    }

    /// When the next interval comes, in Unix seconds; `None` at the end.
    pub(super) fn next_time(&self) -> Option<f64> {
        self.next.map(|(time, _)| self.start + time)
    }

    /// The channel of the intervals before `end` in Unix seconds, at least one if there is any more and `some` is asked
    /// for; `zero` is the recording's start.
    pub(super) fn block(
        &mut self,
        zero: f64,
        end: f64,
        some: bool,
        placement: Placement,
    ) -> Result<Channel, FormatError> {
        let (mut times, mut values) = (Vec::new(), Vec::new());
        let offset = self.start - zero;
        while let Some((time, value)) = self.next {
            if self.start + time >= end && !(some && values.is_empty()) {
                break;
            }
            times.push(offset + time);
            values.push(value);
            self.step()?;
        }
        let timing = Timing::Irregular(times);
        Ok(Channel::new("IBI", Modality::Ibi, "s", timing, Samples::F64(values)).worn(placement))
    }

    pub(super) fn findings(&self, findings: &mut Vec<Finding>) {
        if self.next.is_none() && self.count == 0 {
            findings.push(Finding::Empty {
                file: FILE.to_owned(),
            });
        }
        if self.next.is_none() && self.rows.open() {
            findings.push(Finding::OpenEnd {
                file: FILE.to_owned(),
                line: self.count + 1,
            });
        }
    }

    /// Reads one row ahead.
    fn step(&mut self) -> Result<(), FormatError> {
        let before = self.next.take();
        // While it is there to look at: a last line without an end.
        if !self.rows.stretch()?.is_empty() && self.rows.open() && self.count > 0 {
            self.rows.check_end()?;
        }
        let line = self.rows.line();
        let Some(text) = self.rows.next()? else {
            return Ok(());
        };
        if text.trim().is_empty() {
            // Only the end of the file may follow.
            return self.rows.refuse("no row after an empty line", WAY_OUT);
        }
        let cells = text
            .split_once(',')
            .and_then(|(time, value)| Some((head::exact(time)?, head::exact(value)?)));
        let Some((time, value)) = cells else {
            let expected = "a time and an interval in seconds, with a comma between";
            return Err(self.rows.off(line, quoted(&text), expected, WAY_OUT));
        };
        if let Some((before, _)) = before
            && time < before
        {
            let found = format!("time {time} s after {before} s");
            return Err(self.rows.off(line, found, "times that ascend", WAY_OUT));
        }
        self.count += 1;
        self.next = Some((time, value));
        Ok(())
    }
}

/// The Unix times of the tags.
pub(super) fn tags(tree: &Tree, findings: &mut Vec<Finding>) -> Result<Vec<f64>, FormatError> {
    let Some((name, stream)) = stream(tree, layout::tags(tree))? else {
        findings.push(Finding::MissingFile {
            file: "tags.csv".to_owned(),
        });
        return Ok(Vec::new());
    };
    let mut rows = Rows::new(name, stream);
    let mut times = Vec::new();
    loop {
        let line = rows.line();
        let Some(text) = rows.next()? else {
            break;
        };
        if text.trim().is_empty() {
            rows.refuse("no row after an empty line", WAY_OUT)?;
            break;
        }
        match head::exact(&text).filter(|time| head::instant(*time).is_some()) {
            Some(time) => times.push(time),
            None => return Err(rows.off(line, quoted(&text), "a Unix time in seconds", WAY_OUT)),
        }
        if times.len() > MOST_TAGS {
            let found = format!("more than {MOST_TAGS} tags");
            return Err(rows.off(line, found, "a few presses of a button", WAY_OUT));
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}

/// They are held in memory.
const MOST_TAGS: usize = 1 << 16;

const WAY_OUT: &str = "correct the line, or take the file away to go without";

type Stream = Box<dyn std::io::Read + Send>;

fn stream(tree: &Tree, name: Option<&str>) -> Result<Option<(String, Stream)>, FormatError> {
    let Some(name) = name else {
        return Ok(None);
    };
    let stream = tree.stream(name)?;
    Ok(stream.map(|stream| (tree.full_name(name), stream)))
}
