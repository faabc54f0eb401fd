//! Long texts of one row a line, read in bounded memory.

use std::io::{self, Read};

use crate::FormatError;
use crate::error::{Place, quoted};

/// Lines of a text as they come. Memory is one stretch of [`STRETCH`] bytes, whatever the text holds.
pub(crate) struct Rows {
    /// The file's name for messages.
    file: String,
    stream: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    /// Whole lines that are not taken yet: `buffer[at..whole]`.
    at: usize,
    whole: usize,
    /// The number of the line at `at`, from 1.
    line: u64,
    ended: bool,
    /// Whether the last line came without an end.
    open: bool,
    /// Decimals of the last number of the line before the stretch.
    decimals: usize,
}

/// Longest line, and most bytes held.
const STRETCH: usize = 1 << 16;

impl Rows {
    /// The lines of a stream.
    pub(crate) fn new(file: String, stream: Box<dyn Read + Send>) -> Rows {
        Rows {
            file,
            stream,
            buffer: Vec::new(),
            at: 0,
            whole: 0,
            line: 1,
            ended: false,
            open: false,
            decimals: 0,
        }
    }

    /// The number of the next line, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Whether the text ended within a line.
    pub(crate) fn open(&self) -> bool {
        self.open
    }

    /// Whole lines that come next, each ended by a line feed; empty at the end of the text. A last line without an end
    /// comes by itself, and has one.
    pub(crate) fn stretch(&mut self) -> Result<&[u8], FormatError> {
        if self.at == self.whole {
            self.fill()?;
        }
        Ok(&self.buffer[self.at..self.whole])
    }

    /// Takes whole lines away from the front of the [`stretch`](Rows::stretch).
    pub(crate) fn take(&mut self, bytes: usize, lines: u64) {
        self.at += bytes;
        self.line += lines;
    }

    /// The next line without its end, which is taken away; `None` at the end of the text.
    pub(crate) fn next(&mut self) -> Result<Option<String>, FormatError> {
        let stretch = self.stretch()?;
        let Some(length) = stretch.iter().position(|&byte| byte == b'\n') else {
            return Ok(None);
        };
        let text = String::from_utf8_lossy(&stretch[..length]);
        let text = text.strip_suffix('\r').unwrap_or(&text).to_owned();
        self.take(length + 1, 1);
        Ok(Some(text))
    }

    /// Takes the next line as the tail of a file that was cut or whose numbers are no such: says why, or takes away blank
    /// lines that end the text.
    pub(crate) fn refuse(&mut self, expected: &str, way_out: &str) -> Result<(), FormatError> {
        let line = self.line;
        let text = self.next()?.unwrap_or_default();
        if !text.trim().is_empty() {
            let way_out = if self.open { CUT } else { way_out };
            return Err(self.off(line, quoted(&text), expected, way_out));
        }
        while let Some(text) = self.next()? {
            if !text.trim().is_empty() {
                return Err(self.off(line, "an empty line".to_owned(), expected, way_out));
            }
        }
        Ok(())
    }

    /// Refuses a last line that has no end and fewer decimals than the line before: it was cut within its last number.
    pub(crate) fn check_end(&self) -> Result<(), FormatError> {
        let stretch = &self.buffer[self.at..self.whole];
        if self.open && decimals(stretch) < self.decimals {
            let text = String::from_utf8_lossy(stretch);
            let expected = format!("{} decimals, as in the line before", self.decimals);
            let found = format!("{} and no end of line", quoted(text.trim_end()));
            return Err(self.off(self.line, found, &expected, CUT));
        }
        Ok(())
    }

    /// That something stands in a line which should not.
    pub(crate) fn off(
        &self,
        line: u64,
        found: impl Into<String>,
        expected: &str,
        way_out: &str,
    ) -> FormatError {
        FormatError::content(&self.file, Place::Line(line), found, expected, way_out)
    }

    /// Reads on, until there is a whole line or the text ends.
    fn fill(&mut self) -> Result<(), FormatError> {
        let last_line = self.buffer[..self.whole.saturating_sub(1)]
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |end| end + 1);
        self.decimals = decimals(&self.buffer[last_line..self.whole]);
        self.buffer.drain(..self.whole);
        (self.at, self.whole) = (0, 0);
        while !self.ended {
            let held = self.buffer.len();
            if held >= STRETCH {
                let found = format!("a line of more than {STRETCH} bytes");
                let way_out = "see whether it is the right file";
                return Err(self.off(self.line, found, "a row of a few numbers", way_out));
            }
            self.buffer.resize(STRETCH, 0);
            let read = match self.stream.read(&mut self.buffer[held..]) {
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    self.buffer.truncate(held);
                    continue;
                }
                Err(error) => return Err(FormatError::io(&self.file)(error)),
            };
            self.buffer.truncate(held + read);
            self.ended = read == 0;
            if let Some(end) = self.buffer[held..].iter().rposition(|&byte| byte == b'\n') {
                self.whole = held + end + 1;
                break;
            }
        }
        if self.whole == 0 && !self.buffer.is_empty() {
            self.open = true;
            self.buffer.push(b'\n');
            self.whole = self.buffer.len();
        }
        // A mark that some programs put before a text.
        if self.line == 1 && self.buffer.starts_with(b"\xef\xbb\xbf") {
            self.at = 3;
        }
        Ok(())
    }
}

const CUT: &str = "the file was cut: copy or fetch it again, or end the line if it is whole";

/// Digits after the last point of a line.
fn decimals(line: &[u8]) -> usize {
    let line = line.trim_ascii_end();
    let digits = line.iter().rev().take_while(|byte| byte.is_ascii_digit());
    let digits = digits.count();
    match line.len().checked_sub(digits + 1) {
        Some(point) if line[point] == b'.' => digits,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes one by one.
    struct Trickle(Vec<u8>, usize);

    impl Read for Trickle {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some(&byte) = self.0.get(self.1) else {
                return Ok(0);
            };
            buffer[0] = byte;
            self.1 += 1;
            Ok(1)
        }
    }

    fn lines(text: &str) -> (Vec<String>, bool) {
        let mut rows = Rows::new("a.csv".to_owned(), Box::new(Trickle(text.into(), 0)));
        let mut lines = Vec::new();
        while let Some(line) = rows.next().unwrap() {
            lines.push(line);
        }
        assert_eq!(rows.line(), lines.len() as u64 + 1);
        (lines, rows.open())
    }

    #[test]
    fn lines_come_whole_whatever_the_stream_gives() {
        let expected = ["a", "", "bc"].map(str::to_owned).to_vec();
        assert_eq!(lines("a\n\nbc\n"), (expected.clone(), false));
        assert_eq!(lines("\u{feff}a\r\n\r\nbc"), (expected, true));
        assert_eq!(lines(""), (vec![], false));
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let mut rows = Rows::new("a.csv".to_owned(), Box::new(io::repeat(b'7')));
        let error = rows.next().unwrap_err().to_string();
        assert!(
            error.starts_with("a.csv, line 1: a line of more than 65536 bytes"),
            "{error}"
        );
    }

    #[test]
    fn decimals_of_the_last_number() {
        assert_eq!(decimals(b"0.25\r\n"), 2);
        assert_eq!(decimals(b"1.5,3\n"), 0);
        assert_eq!(decimals(b"12"), 0);
        assert_eq!(decimals(b".5"), 1);
        assert_eq!(decimals(b""), 0);
    }
}
