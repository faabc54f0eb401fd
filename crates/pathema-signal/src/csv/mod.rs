//! CSV of whatever layout, described by a [`Schema`]: a small text in TOML or JSON.
//!
//! A schema has `[[tables]]`, one for each file, and `[[channels]]`, which say in which columns of which table they are.
//!
//! | Key of a table | Meaning | If left out |
//! |---|---|---|
//! | `file` | its name, beside the schema's | the file is named when it is opened |
//! | `delimiter`, `decimal` | what stands between columns, and between whole and fraction | `,` and `.` |
//! | `comment`, `skip` | lines that begin with this character, and so many first lines, say nothing | none |
//! | `header` | whether a line names the columns | `true` |
//! | `missing` | fields that stand for no value | nothing, `NA` and `NaN` |
//! | `time.column` | the column of the times | rows follow at the rate |
//! | `time.format` | `elapsed` since time 0, `unix` or `rfc3339` | `elapsed` |
//! | `time.unit` | `s`, `ms`, `us`, `ns`, `min`, `h` | `s` |
//! | `time.rate` | rows a second; beside a column rows at it are one segment, others begin the next | each row has its own time |
//! | `time.segments` | without a column: `[seconds, row]` of each segment's first row | one segment from 0 s |
//!
//! | Key of a channel | Meaning | If left out |
//! |---|---|---|
//! | `name` | what it is called | |
//! | `table` | in which table it is, from 1 | 1 |
//! | `columns` | names or numbers from 1, one an axis | the column of its name |
//! | `modality`, `placement` | as [`Modality::name`](crate::Modality::name) and [`Placement::name`](crate::Placement::name) | by its name; `unknown` |
//! | `unit` | its unit | none |
//! | `stored` | `i16`, `u16`, `i32`, `f32`, `f64` | `f64` |
//! | `scale`, `offset` | the unit's value is stored · scale + offset | 1, 0 |
//! | `gain`, `baseline`, `missing` | it is (stored − baseline) / gain instead | |
//!
//! Beside these a schema may say `subject`, `start`, `age`, `sex`, `height`, `weight`, `notes`, `labels` (code, start, end)
//! and `annotations` (start, end, text, channel). Fields may stand in quotes, lines end with LF or CR LF, a byte order mark is
//! passed over, and so are empty lines and blanks around a field. A field does not reach over lines.
//!
//! [`Reader`] holds a stretch in memory, [`read`] everything. [`write()`] writes a recording of any number of rates: a file
//! for each, and the schema, by which it is read back as it was.

mod columns;
mod lines;
mod number;
mod reader;
mod schema;
mod table;
mod time;
mod write;

pub use reader::{Reader, Source, read, read_described};
pub use schema::{
    ChannelSchema, Column, Mark, Schema, Stored, TableSchema, TimeFormat, TimeSchema, TimeUnit,
};
pub use write::{write, write_to};
