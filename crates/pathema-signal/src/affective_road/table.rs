//! Small tables between commas or semicolons.

use crate::FormatError;
use crate::error::{Place, quoted};

/// A table with its head.
pub(super) struct Table {
    pub(super) file: String,
    pub(super) head: Vec<String>,
    /// The rows and their lines, from 1.
    pub(super) rows: Vec<(u64, Vec<String>)>,
}

const WAY_OUT: &str = "correct the file, or fetch it again";

impl Table {
    /// Reads a table; whatever of comma and semicolon is in the head more often lies between the cells.
    pub(super) fn parse(file: &str, text: &str) -> Result<Table, FormatError> {
        let mut lines = text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty());
        let first = lines.next().map_or("", |(_, line)| line);
        let count = |between: char| first.matches(between).count();
        let between = if count(';') > count(',') { ';' } else { ',' };
        let cells = |line: &str| -> Vec<String> {
            let cell = |cell: &str| cell.trim().trim_matches('"').trim().to_owned();
            line.split(between).map(cell).collect()
        };
        let head = cells(first);
        if head.iter().all(String::is_empty) {
            return Err(FormatError::content(
                file,
                Place::Line(1),
                "no head",
                "names of columns",
                WAY_OUT,
            ));
        }
        let mut rows = Vec::new();
        for (index, line) in lines {
            let row = cells(line);
            let line_number = index as u64 + 1;
            if row.len() != head.len() {
                let found = format!("{} of {} columns", quoted(line), row.len());
                let expected = format!("{} columns, as in the head", head.len());
                return Err(FormatError::content(
                    file,
                    Place::Line(line_number),
                    found,
                    expected,
                    WAY_OUT,
                ));
            }
            rows.push((line_number, row));
        }
        Ok(Table {
            file: file.to_owned(),
            head,
            rows,
        })
    }

    /// A column by its name, in whatever case.
    pub(super) fn column(&self, name: &str) -> Result<usize, FormatError> {
        let found = self
            .head
            .iter()
            .position(|column| column.eq_ignore_ascii_case(name));
        found.ok_or_else(|| {
            let found = format!("columns {}", quoted(&self.head.join(", ")));
            FormatError::content(
                &self.file,
                Place::Line(1),
                found,
                format!("a column {name}"),
                WAY_OUT,
            )
        })
    }

    /// All values of a column; NaN where one is missing.
    pub(super) fn values(&self, column: usize) -> Result<Vec<f64>, FormatError> {
        let value = |(line, row): &(u64, Vec<String>)| {
            let cell = row[column].as_str();
            if ["", "NA", "NaN", "nan"].contains(&cell) {
                return Ok(f64::NAN);
            }
            let number = cell.parse().ok().filter(|number: &f64| number.is_finite());
            number.ok_or_else(|| self.off(*line, column, cell, "a number with a point"))
        };
        self.rows.iter().map(value).collect()
    }

    /// That a cell is not what it should be.
    pub(super) fn off(&self, line: u64, column: usize, found: &str, expected: &str) -> FormatError {
        let place = Place::Cell(line, column as u32 + 1);
        FormatError::content(&self.file, place, quoted(found), expected, WAY_OUT)
    }
}
