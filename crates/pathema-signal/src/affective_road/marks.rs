//! Where the parts of the road begin and end, in samples of a device.

use super::table::Table;
use crate::FormatError;

/// A part of the road: its name, first and last sample.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mark {
    pub(super) part: String,
    pub(super) first: u64,
    pub(super) last: u64,
}

/// The marks of a drive, in the order of the file; empty where it has none. Parts that a drive does not have are left
/// empty there.
pub(super) fn of_drive(table: &Table, number: u32) -> Result<Vec<Mark>, FormatError> {
    let id = table
        .column("Drive-id")
        .or_else(|_| table.column("Drive_id"))?;
    let row = table
        .rows
        .iter()
        .find(|(_, row)| drive_number(&row[id]) == Some(number));
    let Some((line, row)) = row else {
        return Ok(Vec::new());
    };
    let mut marks: Vec<Mark> = Vec::new();
    for (column, name) in table.head.iter().enumerate() {
        let Some(part) = part(name, "_Start") else {
            continue;
        };
        let end = table
            .head
            .iter()
            .position(|name| self::part(name, "_End").as_ref() == Some(&part));
        let Some(end) = end else {
            return Err(table.off(1, column, name, "a column for its end as well"));
        };
        let (first, last) = (
            sample(table, *line, column, row)?,
            sample(table, *line, end, row)?,
        );
        let (Some(first), Some(last)) = (first, last) else {
            continue;
        };
        if last < first {
            return Err(table.off(*line, end, &row[end], "an end after the start"));
        }
        marks.push(Mark { part, first, last });
    }
    Ok(marks)
}

/// The first number in a drive's name (`Drv2`, `2`).
pub(super) fn drive_number(name: &str) -> Option<u32> {
    let digits = name.trim_start_matches(|character: char| !character.is_ascii_digit());
    let end = digits.find(|character: char| !character.is_ascii_digit());
    digits[..end.unwrap_or(digits.len())].parse().ok()
}

/// The part of a column of starts or ends. A second one of the same name has `.1` after the part or at the end.
fn part(column: &str, end: &str) -> Option<String> {
    let at = column.find(end)?;
    Some(format!("{}{}", &column[..at], &column[at + end.len()..]))
}

fn sample(
    table: &Table,
    line: u64,
    column: usize,
    row: &[String],
) -> Result<Option<u64>, FormatError> {
    let cell = row[column].as_str();
    if ["", "NA", "NaN", "nan"].contains(&cell) {
        return Ok(None);
    }
    let whole = cell.strip_suffix(".0").unwrap_or(cell);
    match whole.parse::<u64>() {
        // Years of samples.
        Ok(sample) if sample < 1 << 32 => Ok(Some(sample)),
        _ => Err(table.off(line, column, cell, "the index of a sample")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_drives_and_parts() {
        assert_eq!(drive_number("Drv12"), Some(12));
        assert_eq!(drive_number("3-E4-Drv3"), Some(3));
        assert_eq!(drive_number("Drive"), None);
        assert_eq!(part("City2.1_Start", "_Start").as_deref(), Some("City2.1"));
        assert_eq!(part("City2_Start.1", "_Start").as_deref(), Some("City2.1"));
        assert_eq!(part("Drive-id", "_Start"), None);
    }
}
