//! Tables: what is written is read back, pyarrow reads the same, and what is off is refused.

#[cfg(feature = "parquet")]
mod kinds;

use std::fs;

use pathema_signal::FormatError;
use pathema_signal::table::{Column, Table, Values};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn column(rows: usize) -> impl Strategy<Value = Column> {
    let number = any::<f64>().prop_filter("equal to itself", |value| !value.is_nan());
    let single = any::<f32>().prop_filter("equal to itself", |value| !value.is_nan());
    let values = prop_oneof![
        vec(option::of(number), rows).prop_map(Values::F64),
        vec(option::of(single), rows).prop_map(Values::F32),
        vec(option::of(any::<i64>()), rows).prop_map(Values::I64),
        vec(option::of(any::<bool>()), rows).prop_map(Values::Bool),
        vec(option::of("(?s).{0,12}"), rows).prop_map(Values::Text),
        vec(option::of("[,\"\r\n x]{0,5}"), rows).prop_map(Values::Text),
    ];
    ("(?s).{1,10}", ".{0,5}", "(?s).{0,12}", values).prop_map(|(name, unit, about, values)| {
        Column::new(name, values).unit(unit).described(about)
    })
}

prop_compose! {
    fn table()(
        rows in prop_oneof![0_usize..12, Just(0)],
    )(
        columns in vec(column(rows), 0..6),
        name in ".{0,9}",
        description in "(?s).{0,20}",
    ) -> Table {
        let mut table = Table::new(name, description);
        for column in columns {
            // One of a name that is there already is refused.
            let _ = table.push(column);
        }
        table
    }
}

proptest! {
    #[test]
    fn csv_is_read_as_it_was_written(table in table()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        table.write_csv(&path).unwrap();
        prop_assert_eq!(Table::read_csv(&path).unwrap(), table);
    }
}

#[cfg(feature = "parquet")]
proptest! {
    #[test]
    fn parquet_is_read_as_it_was_written(table in table()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.parquet");
        table.write_parquet(&path).unwrap();
        prop_assert_eq!(Table::read_parquet(&path).unwrap(), table);
    }
}

/// What the golden files hold.
fn features() -> Table {
    let mut table = Table::new("features", "One row a window of 60 s.");
    let columns = [
        Column::new(
            "subject",
            Values::Text(vec![
                Some("S2".to_owned()),
                Some("Jürgen, \"J\"".to_owned()),
                Some(String::new()),
                None,
            ]),
        ),
        Column::new(
            "hr mean",
            Values::F64(vec![Some(71.5), None, Some(1e-300), Some(f64::INFINITY)]),
        )
        .unit("1/min")
        .described("mean heart rate"),
        Column::new(
            "stress",
            Values::F32(vec![Some(0.1), Some(-0.0), None, Some(3.0)]),
        )
        .described("probability"),
        Column::new(
            "beats",
            Values::I64(vec![Some(i64::MAX), Some(-7), Some(0), None]),
        ),
        Column::new(
            "valid",
            Values::Bool(vec![Some(true), Some(false), None, Some(true)]),
        ),
    ];
    for column in columns {
        table.push(column).unwrap();
    }
    table
}

/// `golden/table/make_table.py` wrote `peer.parquet` with pyarrow, and checked that pyarrow and pandas read in `ours.*` what
/// [`features`] holds.
#[cfg(feature = "parquet")]
#[test]
fn pyarrow_reads_ours_and_we_read_pyarrows() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden/table");
    if std::env::var_os("PATHEMA_WRITE_GOLDEN").is_some() {
        features()
            .write_parquet(&folder.join("ours.parquet"))
            .unwrap();
        features().write_csv(&folder.join("ours.csv")).unwrap();
        return;
    }
    assert_eq!(
        Table::read_parquet(&folder.join("ours.parquet")).unwrap(),
        features()
    );
    assert_eq!(
        Table::read_csv(&folder.join("ours.csv")).unwrap(),
        features()
    );
    let peer = Table::read_parquet(&folder.join("peer.parquet")).unwrap();
    assert_eq!(peer.columns().len(), features().columns().len());
    for (found, expected) in peer.columns().iter().zip(features().columns()) {
        assert_eq!(
            (&found.name, &found.values),
            (&expected.name, &expected.values)
        );
    }
}

#[test]
fn columns_that_do_not_belong() {
    let mut table = features();
    let rows = [
        (
            Column::new("beats", Values::I64(vec![None; 4])),
            "there is one of this name",
        ),
        (
            Column::new("x", Values::I64(vec![None; 3])),
            "it has 3 rows, and the table 4",
        ),
        (
            Column::new("", Values::I64(vec![None; 4])),
            "it has no name",
        ),
    ];
    for (column, expected) in rows {
        let error = table.push(column).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn damaged_csv_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    features().write_csv(&path).unwrap();
    let whole = fs::read_to_string(&path).unwrap();
    let rows = [
        (whole.replace("71.5", "71,5"), "line 2, column 4"),
        (whole.replace("71.5", "high"), "\"high\""),
        (whole.replace("-7", "-7.5"), "a whole number"),
        (
            whole.replace("\"valid\"", "\"valid\",\"b\""),
            "another column",
        ),
        (whole.replace(",\"valid\"", ""), "the end of the row"),
        (whole.replace("true", "yes"), "true, false or nothing"),
        (whole.replace("hr mean", "hr"), "the column \"hr\""),
        (whole.replace("\"S2\",", "\"S2,"), "line 2"),
        (
            whole.replace("\"S2\"", "\"S2\"x"),
            "a comma or the line's end after a quote",
        ),
        (
            whole.trim_end().rsplit_once(',').unwrap().0.to_owned(),
            "the end of the row",
        ),
    ];
    for (text, expected) in rows {
        fs::write(&path, text).unwrap();
        let error = Table::read_csv(&path).unwrap_err().to_string();
        assert!(
            error.contains(expected) && error.contains("t.csv"),
            "{error}"
        );
    }
    // Of one text column, rows of two would else be twice as many.
    let mut one = Table::new("one", "");
    one.push(Column::new("a", Values::Text(vec![Some("x".to_owned())])))
        .unwrap();
    let lone = folder.path().join("lone.csv");
    one.write_csv(&lone).unwrap();
    fs::write(&lone, "a,b\nx\n").unwrap();
    let error = Table::read_csv(&lone).unwrap_err().to_string();
    assert!(
        error.contains("line 1, column 1") && error.contains("another column"),
        "{error}"
    );
    // As a spreadsheet program saves it.
    fs::write(&path, format!("\u{feff}{}", whole.replace('\n', "\r\n"))).unwrap();
    assert_eq!(Table::read_csv(&path).unwrap(), features());
    fs::write(folder.path().join("t.csv.json"), "{").unwrap();
    assert!(
        Table::read_csv(&path)
            .unwrap_err()
            .to_string()
            .contains("t.csv.json, line 1")
    );
    fs::remove_file(folder.path().join("t.csv.json")).unwrap();
    let error = Table::read_csv(&path).unwrap_err();
    assert!(matches!(error, FormatError::Missing { .. }), "{error}");
}

#[cfg(feature = "parquet")]
#[test]
fn damaged_parquet_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    features().write_parquet(&path).unwrap();
    let whole = fs::read(&path).unwrap();
    for bytes in [
        &[][..],
        b"subject,hr\n",
        &whole[..whole.len() - 9],
        &whole[..whole.len() / 2],
        &whole[7..],
    ] {
        fs::write(&path, bytes).unwrap();
        let error = Table::read_parquet(&path).unwrap_err().to_string();
        assert!(
            error.contains("t.parquet") && error.contains("write the table again"),
            "{error}"
        );
    }
    let error = Table::read_parquet(&folder.path().join("none"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("check the path"), "{error}");
}
