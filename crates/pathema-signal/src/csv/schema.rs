use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::quoted;
use crate::files::TEXT_LIMIT;
use crate::{
    Annotation, Conversion, FormatError, Label, LabelRun, Modality, Person, Place, Placement,
    Recording, Sex, Span, Start,
};

/// What the columns of one or more CSV files mean, as TOML or JSON.
///
/// ```
/// use pathema_signal::csv::Schema;
/// let schema = Schema::from_toml(r#"
/// subject = "S2"
/// start = "2017-05-22T07:15:25Z"
///
/// [[tables]]
/// delimiter = ";"
/// decimal = ","
/// time = { column = "Zeit", unit = "ms" }
///
/// [[channels]]
/// name = "ACC"
/// columns = ["ax", "ay", "az"]
/// modality = "ACC"
/// placement = "wrist"
/// unit = "g"
/// scale = 0.015625
/// "#)?;
/// assert_eq!(schema.channels[0].columns.len(), 3);
/// # Ok::<(), pathema_signal::FormatError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Schema {
    /// Who was recorded.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// When time 0 was: an instant (`2017-05-22T07:15:25Z`), a date and time in an unknown zone
    /// (`2017-05-22T09:15:25`), or a time of day (`09:15:25`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// Years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<f64>,
    /// `F` or `M`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<String>,
    /// Centimetres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<f64>,
    /// Kilograms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// What else is known of the person.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The files.
    pub tables: Vec<TableSchema>,
    /// The channels, in the recording's order.
    pub channels: Vec<ChannelSchema>,
    /// WESAD's label runs: code, start and end in seconds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<(u8, f64, f64)>,
    /// What else was marked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Mark>,
}

/// One file and how it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableSchema {
    /// Its name, beside the schema's; may be left out where the file is named otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What stands between columns: one ASCII character; a comma if left out.
    #[serde(default = "comma")]
    pub delimiter: char,
    /// What stands between whole and fraction; a point if left out.
    #[serde(default = "point")]
    pub decimal: char,
    /// Lines that begin with it say nothing: one ASCII character.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<char>,
    /// Lines before the header or the first row that say nothing.
    #[serde(default)]
    pub skip: u64,
    /// Whether a line names the columns; true if left out.
    #[serde(default = "yes")]
    pub header: bool,
    /// Fields that stand for a missing value; if left out nothing, `NA` and `NaN` in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Vec<String>>,
    /// When its rows were taken.
    pub time: TimeSchema,
}

/// When rows were taken: by a column, at a rate, or both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimeSchema {
    /// The column of the times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<Column>,
    /// What the times are.
    pub format: TimeFormat,
    /// The unit of times that are numbers: `s`, `ms`, `us`, `ns`, `min` or `h`.
    pub unit: TimeUnit,
    /// Rows a second. With a column too, times that follow at the rate to half a step are one segment, and others begin
    /// the next one; without one, rows follow from time 0 on, or as the segments say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// Where there is no column: the segments, each by the time of its first row in seconds and that row's number from 0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<(f64, usize)>,
}

/// What times stand in a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeFormat {
    /// Numbers since the start of the recording.
    #[default]
    Elapsed,
    /// Numbers since 1970 in UTC. Time 0 is the schema's start, or else the first row's.
    Unix,
    /// Dates and times of RFC 3339 (`2017-05-22T07:15:25.5Z`). Time 0 is the schema's start, or else the first row's.
    Rfc3339,
}

/// The unit of a column of times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeUnit {
    /// Seconds.
    #[default]
    S,
    /// Milliseconds.
    Ms,
    /// Microseconds.
    Us,
    /// Nanoseconds.
    Ns,
    /// Minutes.
    Min,
    /// Hours.
    H,
}

/// A column, by its name in the header or its number from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Column {
    /// Its number, from 1.
    Number(usize),
    /// Its name.
    Name(String),
}

/// One channel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChannelSchema {
    /// What it is called.
    pub name: String,
    /// In which table it is, from 1; the first if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<usize>,
    /// Its columns, one an axis; the one of its name if left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Column>,
    /// What it measured, as [`Modality::name`] has it; by its name if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modality: Option<String>,
    /// Where it was worn, as [`Placement::name`] has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placement: Option<String>,
    /// Its unit.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// How values are stored.
    pub stored: Stored,
    /// The unit's value of a stored step; 1 if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
    /// The unit's value where 0 is stored; 0 if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<f64>,
    /// Stored steps a unit, as WFDB has it; in place of a scale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gain: Option<f64>,
    /// With a gain: the stored value of 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<f64>,
    /// With a gain: the stored value that stands for a missing sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<i32>,
}

/// The number format in which a channel is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stored {
    /// Whole numbers of 16 bits.
    I16,
    /// Whole numbers of 16 bits, not below 0.
    U16,
    /// Whole numbers of 32 bits.
    I32,
    /// Single precision; a missing value is NaN.
    F32,
    /// Double precision; a missing value is NaN.
    #[default]
    F64,
}

/// Something marked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// Seconds.
    pub start: f64,
    /// Seconds; the start if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<f64>,
    /// What it is called.
    pub text: String,
    /// The channel that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
}

fn comma() -> char {
    ','
}

fn point() -> char {
    '.'
}

fn yes() -> bool {
    true
}

impl Default for TableSchema {
    fn default() -> TableSchema {
        TableSchema {
            file: None,
            delimiter: comma(),
            decimal: point(),
            comment: None,
            skip: 0,
            header: true,
            missing: None,
            time: TimeSchema::default(),
        }
    }
}

impl TimeUnit {
    /// Units a second above one, or seconds a unit.
    pub(super) fn seconds(self, value: f64) -> f64 {
        // Divided, not multiplied by a tenth of anything: 100 ms are the double nearest to 0.1 s.
        match self {
            TimeUnit::S => value,
            TimeUnit::Ms => value / 1e3,
            TimeUnit::Us => value / 1e6,
            TimeUnit::Ns => value / 1e9,
            TimeUnit::Min => value * 60.0,
            TimeUnit::H => value * 3600.0,
        }
    }

    /// Nanoseconds of a whole unit.
    pub(super) fn nanoseconds(self) -> i64 {
        match self {
            TimeUnit::S => 1_000_000_000,
            TimeUnit::Ms => 1_000_000,
            TimeUnit::Us => 1000,
            TimeUnit::Ns => 1,
            TimeUnit::Min => 60_000_000_000,
            TimeUnit::H => 3_600_000_000_000,
        }
    }
}

impl Schema {
    /// Reads a schema from TOML.
    ///
    /// # Errors
    /// If it is not TOML, or has a key that no schema has.
    pub fn from_toml(text: &str) -> Result<Schema, FormatError> {
        toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(Place::Whole, |span| {
                let before = &text.as_bytes()[..span.start.min(text.len())];
                Place::Line(1 + before.iter().filter(|&&byte| byte == b'\n').count() as u64)
            });
            wrong("the schema", line, error.message())
        })
    }

    /// Reads a schema from JSON.
    ///
    /// # Errors
    /// If it is not JSON, or has a key that no schema has.
    pub fn from_json(text: &str) -> Result<Schema, FormatError> {
        serde_json::from_str(text).map_err(|error| {
            wrong(
                "the schema",
                Place::Line(error.line() as u64),
                &error.to_string(),
            )
        })
    }

    /// Reads a schema's file: JSON if its name ends so, else TOML.
    ///
    /// # Errors
    /// If it cannot be read, or is no schema.
    pub fn load(path: &Path) -> Result<Schema, FormatError> {
        let name = path.display().to_string();
        let bytes = crate::files::read_limited(path, TEXT_LIMIT)?;
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_start_matches('\u{feff}');
        let json = path
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("json"));
        let read = if json {
            Schema::from_json(text)
        } else {
            Schema::from_toml(text)
        };
        read.map_err(|error| match error {
            FormatError::Content {
                place,
                found,
                expected,
                way_out,
                ..
            } => FormatError::Content {
                file: name,
                place,
                found,
                expected,
                way_out,
            },
            other => other,
        })
    }

    /// The schema as TOML.
    ///
    /// # Errors
    /// If it holds what TOML does not.
    pub fn to_toml(&self) -> Result<String, FormatError> {
        toml::to_string(self).map_err(|error| FormatError::Unwritable {
            what: "the schema".to_owned(),
            format: "TOML",
            problem: error.to_string(),
            way_out: "correct the schema".to_owned(),
        })
    }

    /// All but the channels.
    pub(super) fn recording(&self) -> Result<Recording, FormatError> {
        let start = self.start.as_deref().map(start).transpose()?;
        let sex = match self.sex.as_deref() {
            None => None,
            Some("F") => Some(Sex::Female),
            Some("M") => Some(Sex::Male),
            Some(other) => return Err(field("sex", other, "\"F\" or \"M\"")),
        };
        let labels = self.labels.iter().map(|&(code, start, end)| {
            let label = Label::from_code(i64::from(code));
            let label =
                label.ok_or_else(|| field("labels", &code.to_string(), "a code from 0 to 7"))?;
            Ok(LabelRun { label, start, end })
        });
        let annotations = self.annotations.iter().map(|mark| Annotation {
            span: Span {
                start: mark.start,
                end: mark.end.unwrap_or(mark.start),
            },
            text: mark.text.clone(),
            channel: mark.channel.clone(),
        });
        Ok(Recording {
            subject: self.subject.clone(),
            person: Person {
                age: self.age,
                sex,
                height: self.height,
                weight: self.weight,
                notes: self.notes.clone(),
            },
            start,
            channels: Vec::new(),
            labels: labels.collect::<Result<_, FormatError>>()?,
            annotations: annotations.collect(),
        })
    }
}

impl ChannelSchema {
    pub(super) fn modality(&self) -> Result<Modality, FormatError> {
        match &self.modality {
            None => Ok(Modality::from_name(&self.name).unwrap_or(Modality::Other)),
            Some(name) => Modality::from_name(name)
                .ok_or_else(|| field("modality", name, "a modality's name, as ECG or other")),
        }
    }

    pub(super) fn placement(&self) -> Result<Placement, FormatError> {
        let all = [
            Placement::Chest,
            Placement::Wrist,
            Placement::LeftWrist,
            Placement::RightWrist,
            Placement::Unknown,
        ];
        let Some(name) = &self.placement else {
            return Ok(Placement::Unknown);
        };
        let found = all.into_iter().find(|placement| placement.name() == name);
        found.ok_or_else(|| {
            field(
                "placement",
                name,
                "chest, wrist, left wrist, right wrist or unknown",
            )
        })
    }

    pub(super) fn conversion(&self) -> Result<Conversion, FormatError> {
        let number = |key, value: f64| match value.is_finite() && value != 0.0 {
            true => Ok(value),
            false => Err(field(key, &value.to_string(), "a number other than 0")),
        };
        match (self.gain, self.scale, self.offset) {
            (None, None, None) => Ok(Conversion::None),
            (Some(gain), None, None) => Ok(Conversion::Adc {
                baseline: self.baseline.unwrap_or(0.0),
                gain: number("gain", gain)?,
                missing: self.missing,
            }),
            (None, scale, offset) => Ok(Conversion::Linear {
                scale: number("scale", scale.unwrap_or(1.0))?,
                offset: offset.unwrap_or(0.0),
            }),
            _ => Err(field(
                "gain",
                "with a scale or an offset",
                "one or the other",
            )),
        }
    }
}

fn start(text: &str) -> Result<Start, FormatError> {
    let instant = || text.parse().ok().map(Start::Instant);
    let local = || text.parse().ok().map(Start::Local);
    let time = || text.parse().ok().map(Start::TimeOfDay);
    // Without a date the second would take today's, if it took any.
    let dated = text.contains(['T', ' ', 't']);
    let start = if dated {
        instant().or_else(local)
    } else {
        time()
    };
    start.ok_or_else(|| {
        field(
            "start",
            text,
            "as 2017-05-22T07:15:25Z, 2017-05-22T09:15:25 or 09:15:25",
        )
    })
}

/// The text of a start.
pub(super) fn start_text(start: Start) -> String {
    match start {
        Start::Instant(instant) => instant.to_string(),
        Start::Local(local) => local.to_string(),
        Start::TimeOfDay(time) => time.to_string(),
    }
}

fn wrong(file: &str, place: Place, problem: &str) -> FormatError {
    FormatError::content(
        file,
        place,
        problem.trim(),
        "a schema of tables and channels",
        "correct it; the documentation of pathema_signal::csv lists its keys",
    )
}

/// A key of the schema that says what none can.
pub(super) fn field(key: &str, found: &str, expected: &str) -> FormatError {
    FormatError::content(
        "the schema",
        Place::Whole,
        format!("{key} {}", quoted(found)),
        expected,
        "correct the schema",
    )
}
