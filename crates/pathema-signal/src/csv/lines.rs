//! Lines of a stream, and the fields of a line.

use std::io::Read;
use std::ops::Range;

use crate::{FormatError, Place};

/// Longest line; a table of a thousand channels needs a hundredth of it.
const LONGEST: usize = 4 << 20;

/// Lines of a stream, one at a time, in a buffer that grows to the longest line.
pub(super) struct Lines {
    source: Box<dyn Read + Send>,
    file: String,
    buffer: Vec<u8>,
    /// What of the buffer has not been given.
    start: usize,
    end: usize,
    finished: bool,
    /// The number of the current line, from 1.
    line: u64,
    /// Where in the buffer it is.
    current: Range<usize>,
    /// Lines that begin so are passed over.
    comment: Option<u8>,
}

impl Lines {
    pub(super) fn new(source: Box<dyn Read + Send>, file: String, comment: Option<u8>) -> Lines {
        Lines {
            source,
            file,
            buffer: vec![0; 1 << 16],
            start: 0,
            end: 0,
            finished: false,
            line: 0,
            current: 0..0,
            comment,
        }
    }

    pub(super) fn file(&self) -> &str {
        &self.file
    }

    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The current line, without its end (LF or CR LF) and, if it is the first, without a byte order mark.
    pub(super) fn current(&self) -> &[u8] {
        &self.buffer[self.current.clone()]
    }

    /// Goes to the next line that is neither empty nor a comment; false at the end.
    pub(super) fn advance(&mut self) -> Result<bool, FormatError> {
        while self.step()? {
            let first = self.current().first().copied();
            if first.is_some() && (self.comment.is_none() || first != self.comment) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Goes to the next line, whatever it is.
    pub(super) fn step(&mut self) -> Result<bool, FormatError> {
        let mut searched = self.start;
        let end = loop {
            if let Some(at) = memchr::memchr(b'\n', &self.buffer[searched..self.end]) {
                break Some(searched + at);
            }
            searched = self.end;
            if self.finished {
                break None;
            }
            let moved = self.start;
            self.fill()?;
            searched -= moved - self.start;
        };
        let (from, to, next) = match end {
            Some(end) => (self.start, end, end + 1),
            None if self.start < self.end => (self.start, self.end, self.end),
            None => {
                self.current = 0..0;
                return Ok(false);
            }
        };
        self.start = next;
        self.line += 1;
        let line = &self.buffer[from..to];
        let mark = match self.line {
            1 if line.starts_with(b"\xff\xfe") || line.starts_with(b"\xfe\xff") => {
                return Err(FormatError::content(
                    &self.file,
                    Place::Line(1),
                    "UTF-16",
                    "UTF-8",
                    "save it as UTF-8",
                ));
            }
            1 if line.starts_with(b"\xef\xbb\xbf") => 3,
            _ => 0,
        };
        let end = usize::from(line.ends_with(b"\r"));
        self.current = from + mark..to - end;
        Ok(true)
    }

    /// Reads more behind what is there, which moves to the front.
    fn fill(&mut self) -> Result<(), FormatError> {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        if self.end == self.buffer.len() {
            if self.end >= LONGEST {
                return Err(FormatError::content(
                    &self.file,
                    Place::Line(self.line + 1),
                    format!("more than {LONGEST} bytes without a line's end"),
                    "lines, each ended by LF or CR LF",
                    "see whether it is a text, and save it with LF at the lines' ends",
                ));
            }
            self.buffer.resize(2 * self.end, 0);
        }
        match self.source.read(&mut self.buffer[self.end..]) {
            Ok(0) => self.finished = true,
            Ok(read) => self.end += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(FormatError::io(&self.file)(error)),
        }
        Ok(())
    }
}

/// The fields of a line with quotes: each without its own, doubled ones single. `None` where a quote is not closed.
pub(super) fn quoted_fields(line: &[u8], delimiter: u8) -> Option<Vec<Vec<u8>>> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let mut field = Vec::new();
        let blank = rest.iter().take_while(|&&byte| byte == b' ').count();
        if rest.get(blank) == Some(&b'"') {
            rest = &rest[blank + 1..];
            loop {
                let quote = memchr::memchr(b'"', rest)?;
                field.extend(&rest[..quote]);
                rest = &rest[quote + 1..];
                if rest.first() != Some(&b'"') {
                    break;
                }
                field.push(b'"');
                rest = &rest[1..];
            }
        }
        let end = memchr::memchr(delimiter, rest);
        field.extend(&rest[..end.unwrap_or(rest.len())]);
        fields.push(field);
        match end {
            Some(end) => rest = &rest[end + 1..],
            None => return Some(fields),
        }
    }
}

/// A field without the blanks around it.
#[inline]
pub(super) fn trimmed(mut field: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = field {
        field = rest;
    }
    field
}

/// A text as a field: with quotes where it needs them.
pub(super) fn field(text: &str, delimiter: char) -> String {
    if text.contains(['"', delimiter, '#']) || text.trim() != text {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
