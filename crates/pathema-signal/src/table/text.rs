//! A table as CSV, and what it is beside it as JSON.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::column::{About, Column, Table, Values};
use crate::error::quoted;
use crate::files::{INNER_LIMIT, TEXT_LIMIT, read_limited};
use crate::{FormatError, Place};

impl Table {
    /// Writes the table as CSV (UTF-8, commas, LF), and its names, units and descriptions beside it: for `features.csv` into
    /// `features.csv.json`.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write_csv(&self, path: &Path) -> Result<(), FormatError> {
        let write = || {
            let mut out = BufWriter::with_capacity(1 << 16, File::create(path)?);
            rows(&mut out, self)?;
            out.flush()
        };
        write().map_err(FormatError::io(path.display()))?;
        let about = about(path);
        let write = || {
            let mut bytes = serde_json::to_vec_pretty(&self.about())?;
            bytes.push(b'\n');
            std::fs::write(&about, bytes)
        };
        write().map_err(FormatError::io(about.display()))
    }

    /// Reads a table that [`write_csv`](Table::write_csv) wrote, or another with such a file beside it.
    ///
    /// # Errors
    /// If a file cannot be read, or a cell is not of its column's kind, or the header not of the columns described.
    pub fn read_csv(path: &Path) -> Result<Table, FormatError> {
        let beside = about(path);
        let name = beside.display().to_string();
        let json = read_limited(&beside, TEXT_LIMIT).map_err(|error| match error {
            FormatError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => FormatError::Missing {
                file: name.clone(),
                needed: "it says of what kind the columns are; copy it too, or write columns and kinds into it".to_owned(),
            },
            other => other,
        })?;
        let described: About = serde_json::from_slice(&json).map_err(|error| {
            FormatError::content(
                &name,
                Place::Line(error.line() as u64),
                error.to_string(),
                "name, description and columns, each of name and kind",
                "correct it, or write the table again",
            )
        })?;
        let bytes = read_limited(path, INNER_LIMIT)?;
        parse(&path.display().to_string(), &bytes, described)
    }
}

/// The file beside a table's.
fn about(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".json");
    PathBuf::from(name)
}

fn rows(out: &mut impl Write, table: &Table) -> io::Result<()> {
    for (index, column) in table.columns().iter().enumerate() {
        let between = if index > 0 { "," } else { "" };
        write!(out, "{between}{}", text(&column.name))?;
    }
    out.write_all(b"\n")?;
    for row in 0..table.rows() {
        for (index, column) in table.columns().iter().enumerate() {
            if index > 0 {
                out.write_all(b",")?;
            }
            match &column.values {
                Values::F64(values) => cell(out, values[row].map(|value| format!("{value:?}")))?,
                Values::F32(values) => cell(out, values[row].map(|value| format!("{value:?}")))?,
                Values::I64(values) => cell(out, values[row])?,
                Values::Bool(values) => cell(out, values[row])?,
                Values::Text(values) => cell(out, values[row].as_deref().map(text))?,
            }
        }
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn cell(out: &mut impl Write, value: Option<impl std::fmt::Display>) -> io::Result<()> {
    value.map_or(Ok(()), |value| write!(out, "{value}"))
}

/// A text in quotes: else an empty one would be none.
fn text(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Cells, row by row. A cell in quotes is a text, even an empty one.
struct Cells<'a> {
    file: &'a str,
    rest: &'a [u8],
    line: u64,
    column: u32,
}

impl Cells<'_> {
    /// The next cell, and whether it ends its row.
    fn next(&mut self) -> Result<(Option<String>, bool), FormatError> {
        self.column += 1;
        let mut bytes = Vec::new();
        let quotes = self.rest.first() == Some(&b'"');
        if quotes {
            self.rest = &self.rest[1..];
            loop {
                let Some(end) = memchr::memchr(b'"', self.rest) else {
                    return Err(self.wrong("a quote that is not closed", "a closing quote"));
                };
                bytes.extend(&self.rest[..end]);
                self.rest = &self.rest[end + 1..];
                if self.rest.first() != Some(&b'"') {
                    break;
                }
                bytes.push(b'"');
                self.rest = &self.rest[1..];
            }
        }
        let end = memchr::memchr2(b',', b'\n', self.rest).unwrap_or(self.rest.len());
        let last = self.rest.get(end) != Some(&b',');
        let tail = &self.rest[..end];
        let tail = if last {
            tail.strip_suffix(b"\r").unwrap_or(tail)
        } else {
            tail
        };
        if quotes && !tail.is_empty() {
            return Err(self.wrong(
                &quoted(&String::from_utf8_lossy(tail)),
                "a comma or the line's end after a quote",
            ));
        }
        bytes.extend(tail);
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        let text =
            String::from_utf8(bytes).map_err(|_| self.wrong("bytes that are no UTF-8", "UTF-8"))?;
        Ok(((quotes || !text.is_empty()).then_some(text), last))
    }

    /// Whether a row of `count` cells ends with its last one.
    fn ends(&self, last: bool, index: usize, count: usize) -> Result<(), FormatError> {
        if last == (index + 1 == count) {
            return Ok(());
        }
        let found = if last {
            "the end of the row"
        } else {
            "another column"
        };
        Err(self.wrong(found, &format!("{count} columns")))
    }

    fn wrong(&self, found: &str, expected: &str) -> FormatError {
        let place = Place::Cell(self.line, self.column);
        FormatError::content(
            self.file,
            place,
            found,
            expected,
            "correct the cell, or write the table again",
        )
    }
}

fn parse(file: &str, bytes: &[u8], about: About) -> Result<Table, FormatError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut cells = Cells {
        file,
        rest: bytes,
        line: 1,
        column: 0,
    };
    let mut columns: Vec<Column> = Vec::new();
    let count = about.columns.len();
    for (index, described) in about.columns.into_iter().enumerate() {
        let values = match &described.kind[..] {
            "f64" => Values::F64(Vec::new()),
            "f32" => Values::F32(Vec::new()),
            "i64" => Values::I64(Vec::new()),
            "bool" => Values::Bool(Vec::new()),
            "text" => Values::Text(Vec::new()),
            other => {
                return Err(FormatError::content(
                    file,
                    Place::Whole,
                    format!("the kind {} of {}", quoted(other), quoted(&described.name)),
                    "f64, f32, i64, bool or text",
                    "correct the kind in the file beside it",
                ));
            }
        };
        let (name, last) = cells.next()?;
        if name.as_deref() != Some(&described.name[..]) {
            let found = format!("the column {}", quoted(name.as_deref().unwrap_or_default()));
            return Err(FormatError::content(
                file,
                Place::Cell(1, index as u32 + 1),
                found,
                format!("{}, as the file beside it says", quoted(&described.name)),
                "write the table again, or correct the file beside it",
            ));
        }
        cells.ends(last, index, count)?;
        columns.push(Column {
            name: described.name,
            unit: described.unit,
            description: described.description,
            values,
        });
    }
    if columns.is_empty() {
        cells.rest = &[];
    }
    while !cells.rest.is_empty() {
        (cells.line, cells.column) = (cells.line + 1, 0);
        for (index, column) in columns.iter_mut().enumerate() {
            let (cell, last) = cells.next()?;
            cells.ends(last, index, count)?;
            push(&mut column.values, cell)
                .map_err(|(text, kind)| cells.wrong(&quoted(&text), kind))?;
        }
    }
    let mut table = Table::new(about.name, about.description);
    for column in columns {
        table.push(column)?;
    }
    Ok(table)
}

/// Appends a cell, or gives it back with what it should be.
fn push(values: &mut Values, cell: Option<String>) -> Result<(), (String, &'static str)> {
    fn parsed<T: std::str::FromStr>(
        values: &mut Vec<Option<T>>,
        cell: Option<String>,
        kind: &'static str,
    ) -> Result<(), (String, &'static str)> {
        let value = cell
            .map(|text| text.parse().map_err(|_| (text, kind)))
            .transpose()?;
        values.push(value);
        Ok(())
    }
    match values {
        Values::F64(values) => parsed(values, cell, "a number with a decimal point, or nothing"),
        Values::F32(values) => parsed(values, cell, "a number with a decimal point, or nothing"),
        Values::I64(values) => parsed(values, cell, "a whole number, or nothing"),
        Values::Bool(values) => parsed(values, cell, "true, false or nothing"),
        Values::Text(values) => {
            values.push(cell);
            Ok(())
        }
    }
}
