//! A table as Parquet.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnDescriptor, Type};

use super::column::{About, Column, Table, Values};
use crate::error::quoted;
use crate::{FormatError, Place};

/// Under this key a file's metadata say what the table is.
const KEY: &str = "pathema.table";

/// Rows a row group, and rows read at once.
const GROUP: usize = 1 << 17;
const BATCH: usize = 1 << 13;

impl Table {
    /// Writes the table as Parquet.
    ///
    /// # Errors
    /// If the file cannot be written.
    ///
    /// ```
    /// use pathema_signal::table::{Column, Table, Values};
    /// let mut table = Table::new("predictions", "One row a window.");
    /// table.push(Column::new("stress", Values::F32(vec![Some(0.25), None])).described("probability"))?;
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("predictions.parquet");
    /// table.write_parquet(&path)?;
    /// assert_eq!(Table::read_parquet(&path)?, table);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write_parquet(&self, path: &Path) -> Result<(), FormatError> {
        let name = path.display().to_string();
        let file = File::create(path).map_err(FormatError::io(&name))?;
        write(self, file).map_err(|error| FormatError::io(&name)(std::io::Error::other(error)))
    }

    /// Reads a table from Parquet: ours, or any of columns that are not nested and hold numbers, truth values or text.
    /// Whole numbers of any size become `i64`. Decimals, dates and times are refused: as bare numbers they would lose what
    /// they mean.
    ///
    /// # Errors
    /// If the file cannot be read, is damaged, or holds other columns, or a number of 2⁶³ or more.
    pub fn read_parquet(path: &Path) -> Result<Table, FormatError> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(FormatError::io(&name))?;
        let damaged = |error: ParquetError| {
            FormatError::content(
                &name,
                Place::Whole,
                quoted(&error.to_string()),
                "a whole Parquet file",
                "write the table again, or fetch it again",
            )
        };
        let reader = SerializedFileReader::new(file).map_err(damaged)?;
        read(&name, &reader, &damaged)
    }
}

fn write(table: &Table, file: File) -> Result<(), ParquetError> {
    let mut fields = Vec::new();
    for column in table.columns() {
        let (physical, logical) = match &column.values {
            Values::F64(_) => (Physical::DOUBLE, None),
            Values::F32(_) => (Physical::FLOAT, None),
            Values::I64(_) => (Physical::INT64, None),
            Values::Bool(_) => (Physical::BOOLEAN, None),
            Values::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        };
        let field = Type::primitive_type_builder(&column.name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .build()?;
        fields.push(Arc::new(field));
    }
    let schema = Type::group_type_builder("schema")
        .with_fields(fields)
        .build()?;
    let about = serde_json::to_string(&table.about())
        .map_err(|error| ParquetError::External(Box::new(error)))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by("pathema".to_owned())
        .set_key_value_metadata(Some(vec![KeyValue::new(KEY.to_owned(), about)]))
        .build();
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties))?;
    for start in (0..table.rows()).step_by(GROUP) {
        let end = table.rows().min(start + GROUP);
        let mut group = writer.next_row_group()?;
        for column in table.columns() {
            match &column.values {
                Values::F64(values) => put::<DoubleType>(&mut group, &values[start..end])?,
                Values::F32(values) => put::<FloatType>(&mut group, &values[start..end])?,
                Values::I64(values) => put::<Int64Type>(&mut group, &values[start..end])?,
                Values::Bool(values) => put::<BoolType>(&mut group, &values[start..end])?,
                Values::Text(values) => {
                    let bytes = values[start..end]
                        .iter()
                        .map(|text| text.as_deref().map(ByteArray::from));
                    put::<ByteArrayType>(&mut group, &bytes.collect::<Vec<_>>())?;
                }
            }
        }
        group.close()?;
    }
    writer.close().map(|_| ())
}

fn put<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, File>,
    values: &[Option<T::T>],
) -> Result<(), ParquetError> {
    let missing =
        || ParquetError::General("the schema has fewer columns than the table".to_owned());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    let levels: Vec<i16> = values
        .iter()
        .map(|value| i16::from(value.is_some()))
        .collect();
    let present: Vec<T::T> = values.iter().flatten().cloned().collect();
    column
        .typed::<T>()
        .write_batch(&present, Some(&levels), None)?;
    column.close()
}

fn read(
    name: &str,
    reader: &SerializedFileReader<File>,
    damaged: &dyn Fn(ParquetError) -> FormatError,
) -> Result<Table, FormatError> {
    let metadata = reader.metadata().file_metadata();
    let told = metadata.key_value_metadata().into_iter().flatten();
    let told = told
        .filter(|entry| entry.key == KEY)
        .find_map(|entry| entry.value.as_deref());
    let about: About = told
        .and_then(|json| serde_json::from_str(json).ok())
        .unwrap_or_default();
    let mut columns = Vec::new();
    for (index, described) in metadata.schema_descr().columns().iter().enumerate() {
        let label = described.name();
        let unsupported = |what: &str| {
            FormatError::content(
                name,
                Place::Whole,
                format!("the column {} of {what}", quoted(label)),
                "numbers, truth values or text, one a row",
                "leave the column out, or write it as one of these",
            )
        };
        let (most, repeated) = (described.max_def_level(), described.max_rep_level());
        if repeated > 0 || most > 1 || described.path().parts().len() > 1 {
            return Err(unsupported("nested values"));
        }
        let unsigned = match meaning(described) {
            Meaning::Stored => false,
            Meaning::Unsigned => true,
            Meaning::Other(what, way_out) => {
                return Err(FormatError::content(
                    name,
                    Place::Whole,
                    format!("the column {} of {what}", quoted(label)),
                    "numbers, truth values or text, one a row",
                    way_out,
                ));
            }
        };
        let large = |value: i64| {
            FormatError::content(
                name,
                Place::Whole,
                format!("{} in the column {}", value as u64, quoted(label)),
                format!("whole numbers up to {}", i64::MAX),
                "write the column as f64 or text",
            )
        };
        let mut values = match described.physical_type() {
            Physical::DOUBLE => Values::F64(Vec::new()),
            Physical::FLOAT => Values::F32(Vec::new()),
            Physical::INT32 | Physical::INT64 => Values::I64(Vec::new()),
            Physical::BOOLEAN => Values::Bool(Vec::new()),
            Physical::BYTE_ARRAY => Values::Text(Vec::new()),
            other => return Err(unsupported(&other.to_string())),
        };
        for group in 0..reader.num_row_groups() {
            let group = reader.get_row_group(group).map_err(damaged)?;
            let column = group.get_column_reader(index).map_err(damaged)?;
            match (column, &mut values) {
                (ColumnReader::DoubleColumnReader(column), Values::F64(values)) => {
                    get(column, most, values, |value| Ok(*value)).map_err(damaged)?;
                }
                (ColumnReader::FloatColumnReader(column), Values::F32(values)) => {
                    get(column, most, values, |value| Ok(*value)).map_err(damaged)?;
                }
                (ColumnReader::Int32ColumnReader(column), Values::I64(values)) => {
                    let widened = |&value: &i32| {
                        Ok(if unsigned {
                            i64::from(value as u32)
                        } else {
                            i64::from(value)
                        })
                    };
                    get(column, most, values, widened).map_err(damaged)?;
                }
                (ColumnReader::Int64ColumnReader(column), Values::I64(values)) => {
                    let before = values.len();
                    get(column, most, values, |value| Ok(*value)).map_err(damaged)?;
                    let mut read = values[before..].iter().flatten();
                    if let Some(&value) = read.find(|&&value| unsigned && value < 0) {
                        return Err(large(value));
                    }
                }
                (ColumnReader::BoolColumnReader(column), Values::Bool(values)) => {
                    get(column, most, values, |value| Ok(*value)).map_err(damaged)?;
                }
                (ColumnReader::ByteArrayColumnReader(column), Values::Text(values)) => {
                    let text = |bytes: &ByteArray| bytes.as_utf8().map(str::to_owned);
                    get(column, most, values, text).map_err(damaged)?;
                }
                _ => return Err(unsupported("two kinds of values")),
            }
        }
        let own = about.columns.iter().find(|column| column.name == label);
        columns.push(Column {
            name: label.to_owned(),
            unit: own.map(|column| column.unit.clone()).unwrap_or_default(),
            description: own
                .map(|column| column.description.clone())
                .unwrap_or_default(),
            values,
        });
    }
    let mut table = Table::new(about.name, about.description);
    for column in columns {
        table.push(column)?;
    }
    Ok(table)
}

/// What the stored values of a column stand for.
enum Meaning {
    /// Themselves.
    Stored,
    /// Whole numbers without a sign, stored in as many bits with one.
    Unsigned,
    /// This, which no column of ours holds, and what to do about it.
    Other(&'static str, &'static str),
}

fn meaning(column: &ColumnDescriptor) -> Meaning {
    const DECIMALS: Meaning = Meaning::Other("decimals", "write it as f64, or leave it out");
    const DATES: Meaning = Meaning::Other(
        "dates",
        "write it as text, or as days or seconds since a day you name; or leave it out",
    );
    const TIMES: Meaning = Meaning::Other(
        "times of day",
        "write it as text, or as seconds since midnight; or leave it out",
    );
    const TIMESTAMPS: Meaning = Meaning::Other(
        "timestamps",
        "write it as text, or as seconds since an instant you name; or leave it out",
    );
    match column.logical_type_ref() {
        Some(LogicalType::Decimal(_)) => return DECIMALS,
        Some(LogicalType::Date) => return DATES,
        Some(LogicalType::Time(_)) => return TIMES,
        Some(LogicalType::Timestamp(_)) => return TIMESTAMPS,
        Some(LogicalType::Integer(kind)) if !kind.is_signed => return Meaning::Unsigned,
        _ => {}
    }
    // So programs say it that are older than logical types.
    match column.converted_type() {
        ConvertedType::DECIMAL => DECIMALS,
        ConvertedType::DATE => DATES,
        ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS => TIMES,
        ConvertedType::TIMESTAMP_MILLIS | ConvertedType::TIMESTAMP_MICROS => TIMESTAMPS,
        ConvertedType::UINT_8
        | ConvertedType::UINT_16
        | ConvertedType::UINT_32
        | ConvertedType::UINT_64 => Meaning::Unsigned,
        _ => Meaning::Stored,
    }
}

/// Reads a column of a row group. However many rows the file claims, memory grows with those that come.
fn get<T: DataType, V>(
    mut column: ColumnReaderImpl<T>,
    most: i16,
    values: &mut Vec<Option<V>>,
    value: impl Fn(&T::T) -> Result<V, ParquetError>,
) -> Result<(), ParquetError> {
    let wrong = || ParquetError::General("values and levels do not fit".to_owned());
    let (mut levels, mut found) = (Vec::new(), Vec::new());
    loop {
        levels.clear();
        found.clear();
        let wanted = (most > 0).then_some(&mut levels);
        let (records, _, _) = column.read_records(BATCH, wanted, None, &mut found)?;
        if records == 0 {
            return Ok(());
        }
        let mut found = found.iter();
        for record in 0..records {
            let present = most == 0 || levels.get(record).ok_or_else(wrong)? == &most;
            let read = present.then(|| value(found.next().ok_or_else(wrong)?));
            values.push(read.transpose()?);
        }
    }
}
