use std::io::Read;
use std::path::Path;

use super::schema::{Schema, field};
use super::table::Table;
use crate::error::FormatError;
use crate::recording::Blocks;
use crate::{Channel, Recording, Samples, Start, files};

/// A recording in one or more CSV files, read row by row: memory holds a stretch alone.
///
/// ```
/// use pathema_signal::csv::{Reader, Schema};
/// use pathema_signal::{Blocks, Modality};
/// let schema = Schema::from_toml(r#"
/// tables = [{ time = { column = "t" } }]
/// channels = [{ name = "EDA", unit = "µS" }]
/// "#)?;
/// let rows = "t,EDA\n0,0.4\n0.3,0.5\n1.2,0.7\n";
/// let mut reader = Reader::new(vec![(Box::new(rows.as_bytes()), "eda.csv".to_owned())], &schema)?;
/// assert_eq!(reader.header().channels[0].modality, Modality::Eda);
/// let second = reader.next_block(1.0)?.unwrap();
/// assert_eq!(second.channels[0].all()[..], [0.4, 0.5]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Reader {
    header: Recording,
    tables: Vec<Table>,
    /// For each channel its table and its place among the table's channels.
    places: Vec<(usize, usize)>,
    /// Where the last block ended; `None` before the first.
    from: Option<f64>,
    finished: bool,
}

/// A stream of a file's bytes, and its name for messages.
pub type Source = (Box<dyn Read + Send>, String);

impl Reader {
    /// Opens the files that a schema names, beside the schema's own.
    ///
    /// # Errors
    /// If a file cannot be read, the schema says what none can, or a table does not begin as the schema says.
    pub fn open(schema: &Path) -> Result<Reader, FormatError> {
        let described = Schema::load(schema)?;
        let folder = schema.parent().unwrap_or(Path::new(""));
        let mut sources = Vec::new();
        for table in &described.tables {
            let name = table.file.as_deref().unwrap_or_default();
            let inside = !name.is_empty()
                && !Path::new(name).is_absolute()
                && !name.split(['/', '\\']).any(|part| part == "..");
            if !inside {
                return Err(field(
                    "file",
                    name,
                    "the name of a file beside the schema's",
                ));
            }
            let path = folder.join(name);
            sources.push((files::stream(&path)?, path.display().to_string()));
        }
        Reader::new(sources, &described)
    }

    /// Opens one file, which the schema's only table describes.
    ///
    /// # Errors
    /// As [`open`](Reader::open).
    pub fn with_schema(path: &Path, schema: &Schema) -> Result<Reader, FormatError> {
        Reader::new(
            vec![(files::stream(path)?, path.display().to_string())],
            schema,
        )
    }

    /// Reads from streams, one for each of the schema's tables.
    ///
    /// # Errors
    /// As [`open`](Reader::open).
    pub fn new(sources: Vec<Source>, schema: &Schema) -> Result<Reader, FormatError> {
        if sources.len() != schema.tables.len() {
            let found = schema.tables.len().to_string();
            return Err(field(
                "tables",
                &found,
                &format!("{} for as many files", sources.len()),
            ));
        }
        let mut header = schema.recording()?;
        let mut tables = Vec::new();
        for (number, (source, name)) in sources.into_iter().enumerate() {
            tables.push(Table::open(source, name, schema, number)?);
        }
        begin(&mut header, &mut tables)?;
        let mut taken = vec![0; tables.len()];
        let mut places = Vec::new();
        for channel in &schema.channels {
            let number = channel.table.unwrap_or(1);
            let Some(table) = number.checked_sub(1).and_then(|index| tables.get(index)) else {
                return Err(field(
                    "table",
                    &number.to_string(),
                    &format!("a table from 1 to {}", tables.len()),
                ));
            };
            let place = taken[number - 1];
            taken[number - 1] += 1;
            places.push((number - 1, place));
            header.channels.push(Channel {
                name: channel.name.clone(),
                placement: channel.placement()?,
                modality: channel.modality()?,
                unit: channel.unit.clone().into(),
                timing: table.timing(),
                axes: channel.columns.len().max(1),
                samples: super::columns::empty(channel.stored),
                conversion: channel.conversion()?,
            });
        }
        Ok(Reader {
            header,
            tables,
            places,
            from: None,
            finished: false,
        })
    }

    /// What is left of the recording.
    ///
    /// # Errors
    /// If a file cannot be read, or a line is not as the schema says.
    pub fn read_all(&mut self) -> Result<Recording, FormatError> {
        let rest = self.next_block(f64::INFINITY)?;
        Ok(rest.unwrap_or_else(|| {
            let mut nothing = self.header.clone();
            nothing.labels.clear();
            nothing.annotations.clear();
            nothing
        }))
    }
}

impl Blocks for Reader {
    fn header(&self) -> &Recording {
        &self.header
    }

    /// The next stretch. Stretches without a row are passed over; where `seconds` is not above 0, all that is left is one
    /// block. Each annotation and label is in one block alone: the one in which it begins, or the first or the last.
    fn next_block(&mut self, seconds: f64) -> Result<Option<Recording>, FormatError> {
        if self.finished {
            return Ok(None);
        }
        let seconds = if seconds > 0.0 {
            seconds
        } else {
            f64::INFINITY
        };
        let next = self
            .tables
            .iter()
            .filter_map(Table::next)
            .fold(f64::INFINITY, f64::min);
        let from = self.from.unwrap_or(f64::NEG_INFINITY);
        let to = from.max(next) + seconds;
        // Far from 0 a short block may be less than a double's step.
        let to = if to > next { to } else { f64::INFINITY };
        let mut rows = Vec::new();
        for table in &mut self.tables {
            let taken = table.until(to)?;
            rows.push((
                taken.samples.into_iter().map(Some).collect::<Vec<_>>(),
                taken.timing,
            ));
        }
        self.finished = self.tables.iter().all(|table| table.next().is_none());
        let end = if self.finished { f64::INFINITY } else { to };
        self.from = Some(to);
        let head = &self.header;
        let marks = head.annotations.iter();
        let runs = head.labels.iter();
        let mut block = Recording {
            subject: head.subject.clone(),
            person: head.person.clone(),
            start: head.start,
            channels: Vec::new(),
            labels: runs
                .filter(|run| (from..end).contains(&run.start))
                .copied()
                .collect(),
            annotations: marks
                .filter(|mark| (from..end).contains(&mark.span.start))
                .cloned()
                .collect(),
        };
        for (channel, &(table, place)) in self.header.channels.iter().zip(&self.places) {
            let (samples, timing) = &mut rows[table];
            block.channels.push(Channel {
                name: channel.name.clone(),
                unit: channel.unit.clone(),
                timing: timing.clone(),
                samples: samples[place].take().unwrap_or(Samples::F64(Vec::new())),
                ..*channel
            });
        }
        Ok(Some(block))
    }

    fn odd(&self) -> Vec<String> {
        Vec::new()
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader")
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

/// Finds time 0 where times are instants: the schema's start, or else the first instant of all.
fn begin(header: &mut Recording, tables: &mut [Table]) -> Result<(), FormatError> {
    let mut zero = 0;
    if tables.iter().any(Table::dated) {
        match header.start {
            Some(Start::Instant(start)) => zero = start.as_nanosecond(),
            Some(other) => {
                let found = super::schema::start_text(other);
                return Err(field(
                    "start",
                    &found,
                    "an instant, as 2017-05-22T07:15:25Z, where the times are instants",
                ));
            }
            None => {
                if let Some(first) = tables.iter().filter_map(Table::instant).min() {
                    zero = first;
                    let start = jiff::Timestamp::from_nanosecond(first);
                    let start = start.map_err(|_| {
                        field(
                            "time",
                            &first.to_string(),
                            "nanoseconds since 1970 of a year up to 9999",
                        )
                    })?;
                    header.start = Some(Start::Instant(start));
                }
            }
        }
    }
    tables.iter_mut().try_for_each(|table| table.begin(zero))
}

/// Reads one file into memory.
///
/// # Errors
/// As [`Reader::open`], and if a line is not as the schema says.
pub fn read(path: &Path, schema: &Schema) -> Result<Recording, FormatError> {
    Reader::with_schema(path, schema)?.read_all()
}

/// Reads the files that a schema names, beside the schema's own, into memory.
///
/// # Errors
/// As [`read`].
pub fn read_described(schema: &Path) -> Result<Recording, FormatError> {
    Reader::open(schema)?.read_all()
}
