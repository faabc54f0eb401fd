//! Which column of a file is what, and the values that its channels hold.

use super::lines::Lines;
use super::schema::{Column, Schema, Stored, field};
use crate::error::quoted;
use crate::{FormatError, Place, Samples};

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Role {
    Nothing,
    Time,
    /// A value of a row, and of which of the table's channels.
    Value {
        value: usize,
        channel: usize,
    },
}

type Assigned = (Vec<Role>, Vec<(Stored, usize)>);

/// Finds the columns of a table's time and channels, among `count` that the file has.
pub(super) fn assign(
    lines: &Lines,
    schema: &Schema,
    number: usize,
    names: Option<&[String]>,
    count: usize,
) -> Result<Assigned, FormatError> {
    let find = |column: &Column| match (column, names) {
        (Column::Number(0), _) => Err(field("columns", "0", "a column's number, from 1")),
        (&Column::Number(number), _) if number <= count => Ok(number - 1),
        (Column::Number(number), _) => Err(FormatError::content(
            lines.file(),
            Place::Line(lines.line()),
            format!("{count} columns"),
            format!("a column {number}"),
            "correct the columns or the delimiter in the schema",
        )),
        (Column::Name(name), None) => {
            Err(field("columns", name, "numbers, where there is no header"))
        }
        (Column::Name(name), Some(names)) => {
            let wanted = name.trim_matches([' ', '\t']);
            let mut found = (0..)
                .zip(names)
                .filter(|(_, name)| *name == wanted)
                .map(|(index, _)| index);
            match (found.next(), found.next()) {
                (Some(index), None) => Ok(index),
                (None, _) => Err(FormatError::content(
                    lines.file(),
                    Place::Line(lines.line()),
                    format!("the columns {}", list(names)),
                    format!("a column {}", quoted(name)),
                    "correct the columns or the delimiter in the schema",
                )),
                (Some(first), Some(second)) => Err(FormatError::content(
                    lines.file(),
                    Place::Cell(lines.line(), second as u32 + 1),
                    format!("{} again, as in column {}", quoted(name), first + 1),
                    "another name",
                    "rename one of the columns, or give its number in the schema",
                )),
            }
        }
    };
    // Where there is no row to count: as many as are named.
    let mut roles = vec![Role::Nothing; if count == usize::MAX { 0 } else { count }];
    let mut set = |index: usize, role: Role| {
        if index >= roles.len() {
            if index > 1 << 20 {
                return Err(field(
                    "columns",
                    &(index + 1).to_string(),
                    "a column that a file can have",
                ));
            }
            roles.resize(index + 1, Role::Nothing);
        }
        if roles[index] != Role::Nothing {
            return Err(field(
                "columns",
                &(index + 1).to_string(),
                "a column that is not used already",
            ));
        }
        roles[index] = role;
        Ok(())
    };
    if let Some(column) = &schema.tables[number].time.column {
        set(find(column)?, Role::Time)?;
    }
    let mut kinds = Vec::new();
    let mut value = 0;
    for channel in &schema.channels {
        if channel.table.unwrap_or(1) != number + 1 {
            continue;
        }
        let own = [Column::Name(channel.name.clone())];
        let columns = if channel.columns.is_empty() {
            &own[..]
        } else {
            &channel.columns
        };
        for column in columns {
            let role = Role::Value {
                value,
                channel: kinds.len(),
            };
            set(find(column)?, role)?;
            value += 1;
        }
        kinds.push((channel.stored, columns.len()));
    }
    Ok((roles, kinds))
}

/// The first names, for a message.
fn list(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(12).map(|name| quoted(name)).collect();
    let rest = if names.len() > 12 { ", …" } else { "" };
    format!("{}{rest}", shown.join(", "))
}

/// No samples of a number format.
pub(super) fn empty(stored: Stored) -> Samples {
    match stored {
        Stored::I16 => Samples::I16(Vec::new()),
        Stored::U16 => Samples::U16(Vec::new()),
        Stored::I32 => Samples::I32(Vec::new()),
        Stored::F32 => Samples::F32(Vec::new()),
        Stored::F64 => Samples::F64(Vec::new()),
    }
}

/// Appends values that the number format [holds](refuses).
#[inline]
pub(super) fn push(samples: &mut Samples, values: &[f64]) {
    match samples {
        Samples::I16(held) => held.extend(values.iter().map(|&value| value as i16)),
        Samples::U16(held) => held.extend(values.iter().map(|&value| value as u16)),
        Samples::I32(held) => held.extend(values.iter().map(|&value| value as i32)),
        Samples::F32(held) => held.extend(values.iter().map(|&value| value as f32)),
        Samples::F64(held) => held.extend_from_slice(values),
    }
}

/// What a number format would hold instead of a value that it does not.
#[inline]
pub(super) fn refuses(stored: Stored, value: f64) -> Option<&'static str> {
    let whole = |low: f64, high: f64| value.fract() == 0.0 && (low..=high).contains(&value);
    match stored {
        Stored::F64 | Stored::F32 => None,
        Stored::I16 => (!whole(-32768.0, 32767.0)).then_some("a whole number of 16 bits (i16)"),
        Stored::U16 => {
            (!whole(0.0, 65535.0)).then_some("a whole number of 16 bits from 0 on (u16)")
        }
        Stored::I32 => {
            (!whole(-2147483648.0, 2147483647.0)).then_some("a whole number of 32 bits (i32)")
        }
    }
}
