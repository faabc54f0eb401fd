//! Parquet says beside how a number is stored what it means.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use pathema_signal::FormatError;
use pathema_signal::table::{Table, Values};

/// What a column's values mean: in files of today, or as older programs wrote it.
#[derive(Clone, Debug)]
enum Meaning {
    Logical(LogicalType),
    Converted(ConvertedType),
}

/// Reads a file of one column `x`.
fn read<T: DataType>(
    path: &Path,
    physical: Physical,
    meaning: &Meaning,
    values: &[T::T],
) -> Result<Values, FormatError> {
    let builder = Type::primitive_type_builder("x", physical).with_repetition(Repetition::REQUIRED);
    let builder = match meaning {
        Meaning::Logical(LogicalType::Decimal(decimal)) => builder
            .with_precision(decimal.precision)
            .with_scale(decimal.scale)
            .with_logical_type(Some(LogicalType::Decimal(decimal.clone()))),
        Meaning::Logical(logical) => builder.with_logical_type(Some(logical.clone())),
        Meaning::Converted(ConvertedType::DECIMAL) => builder
            .with_precision(9)
            .with_scale(2)
            .with_converted_type(ConvertedType::DECIMAL),
        Meaning::Converted(converted) => builder.with_converted_type(*converted),
    };
    let schema = Type::group_type_builder("schema")
        .with_fields(vec![Arc::new(builder.build().unwrap())])
        .build()
        .unwrap();
    let properties = Arc::new(WriterProperties::builder().build());
    let file = File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<T>().write_batch(values, None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    Table::read_parquet(path).map(|table| table.columns()[0].values.clone())
}

#[test]
fn unsigned_numbers_keep_their_sign() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    for meaning in [
        Meaning::Logical(LogicalType::integer(32, false)),
        Meaning::Converted(ConvertedType::UINT_32),
    ] {
        let stored = [3_000_000_000_u32 as i32, 7];
        let values = read::<Int32Type>(&path, Physical::INT32, &meaning, &stored).unwrap();
        assert_eq!(values, Values::I64(vec![Some(3_000_000_000), Some(7)]));
    }
    for meaning in [
        Meaning::Logical(LogicalType::integer(64, false)),
        Meaning::Converted(ConvertedType::UINT_64),
    ] {
        let values = read::<Int64Type>(&path, Physical::INT64, &meaning, &[i64::MAX]).unwrap();
        assert_eq!(values, Values::I64(vec![Some(i64::MAX)]));
        let error = read::<Int64Type>(&path, Physical::INT64, &meaning, &[1, i64::MIN])
            .unwrap_err()
            .to_string();
        for part in [
            "\"x\"",
            "9223372036854775808",
            "9223372036854775807",
            "text",
        ] {
            assert!(error.contains(part), "{error}");
        }
    }
    let signed = Meaning::Logical(LogicalType::integer(8, true));
    let values = read::<Int32Type>(&path, Physical::INT32, &signed, &[-7]).unwrap();
    assert_eq!(values, Values::I64(vec![Some(-7)]));
}

#[test]
fn decimals_and_times_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    let refused = |error: FormatError, name: &str, way_out: &str| {
        let error = error.to_string();
        for part in ["t.parquet", "the column \"x\"", name, way_out] {
            assert!(error.contains(part), "{error}");
        }
    };
    use Meaning::{Converted, Logical};
    for (meaning, name, way_out) in [
        (Logical(LogicalType::decimal(2, 9)), "decimals", "f64"),
        (Converted(ConvertedType::DECIMAL), "decimals", "f64"),
        (Logical(LogicalType::Date), "dates", "seconds"),
        (Converted(ConvertedType::DATE), "dates", "seconds"),
        (
            Logical(LogicalType::time(true, TimeUnit::MILLIS)),
            "times of day",
            "seconds",
        ),
    ] {
        let read = read::<Int32Type>(&path, Physical::INT32, &meaning, &[150]);
        refused(read.expect_err(name), name, way_out);
    }
    for (meaning, name, way_out) in [
        (Logical(LogicalType::decimal(2, 12)), "decimals", "f64"),
        (
            Logical(LogicalType::timestamp(false, TimeUnit::NANOS)),
            "timestamps",
            "seconds",
        ),
        (
            Converted(ConvertedType::TIMESTAMP_MILLIS),
            "timestamps",
            "seconds",
        ),
        (
            Converted(ConvertedType::TIME_MICROS),
            "times of day",
            "seconds",
        ),
    ] {
        let read = read::<Int64Type>(&path, Physical::INT64, &meaning, &[150]);
        refused(read.expect_err(name), name, way_out);
    }
    let decimal = Logical(LogicalType::decimal(2, 9));
    let bytes = [ByteArray::from("1")];
    let read = read::<ByteArrayType>(&path, Physical::BYTE_ARRAY, &decimal, &bytes);
    refused(read.unwrap_err(), "decimals", "f64");
}
