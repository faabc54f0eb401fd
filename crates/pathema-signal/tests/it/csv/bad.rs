use std::fs;

use pathema_signal::csv::{self, Reader, Schema};
use pathema_signal::{
    Channel, Conversion, FormatError, Modality, Recording, Samples, Timing, recording::Thermistor,
};

use super::{open, read};

const TIMED: &str = "tables = [{ time = { column = 't' } }]\nchannels = [{ name = 'EDA' }]";

#[test]
fn damaged_rows_are_refused_with_their_line() {
    let regular = TIMED.replace("column = 't'", "column = 't', rate = 1.0");
    let whole = TIMED.replace("name = 'EDA'", "name = 'EDA', stored = 'i16'");
    let dated = TIMED.replace("column = 't'", "column = 't', format = 'rfc3339'");
    let unix = TIMED.replace("column = 't'", "column = 't', format = 'unix'");
    let semicolons = TIMED.replace("time", "delimiter = ';', time");
    let rows: &[(&str, &str, &str, &[&str])] = &[
        (
            "an empty file",
            "",
            TIMED,
            &["line 1", "the names of the columns"],
        ),
        (
            "cut short",
            "t,EDA\n0,1\n1",
            TIMED,
            &["line 3", "1 columns", "expected 2"],
        ),
        ("another format", "PK\u{3}\u{4}", TIMED, &["a column \"t\""]),
        ("UTF-16", "\u{feff}", TIMED, &["the end of the file"]),
        (
            "time backwards",
            "t,EDA\n0,1\n2,1\n1,1\n",
            TIMED,
            &["line 4", "the time 1 s after 2 s", "do not run backwards"],
        ),
        (
            "a time twice",
            "t,EDA\r\n0,1\r\n0,1\r\n",
            TIMED,
            &["line 3", "the time 0 s again"],
        ),
        (
            "no number for a time",
            "t,EDA\nnan,1\n",
            TIMED,
            &["line 2, column 1", "a time as a number"],
        ),
        (
            "no time",
            "t,EDA\n,1\n",
            TIMED,
            &["line 2, column 1", "\"\""],
        ),
        (
            "a decimal comma",
            "t;EDA\n0;1,5\n",
            &semicolons,
            &["line 2, column 2", "\"1,5\"", "set decimal = \",\""],
        ),
        (
            "a decimal comma in a time",
            "t;EDA\n0,5;1\n",
            &semicolons,
            &["line 2, column 1", "set decimal = \",\""],
        ),
        (
            "decimal commas between commas",
            "t,EDA\n0,5,1,5\n",
            TIMED,
            &["4 columns", "set decimal = \",\""],
        ),
        (
            "a word",
            "t,EDA\n0,high\n",
            TIMED,
            &["line 2, column 2", "\"high\"", "missing markers"],
        ),
        (
            "a missing column",
            "t,HR\n0,1\n",
            TIMED,
            &["line 1", "the columns \"t\", \"HR\"", "a column \"EDA\""],
        ),
        (
            "a column twice",
            "t,EDA,EDA\n0,1,2\n",
            TIMED,
            &["line 1, column 3", "\"EDA\" again", "column 2"],
        ),
        (
            "a quote not closed",
            "t,EDA\n0,\"1\n",
            TIMED,
            &["line 2", "quote that is not closed"],
        ),
        (
            "a fraction for a whole number",
            "t,EDA\n0,1.5\n",
            &whole,
            &["line 2, column 2", "i16"],
        ),
        (
            "nothing for a whole number",
            "t,EDA\n0,\n",
            &whole,
            &["line 2, column 2", "i16"],
        ),
        (
            "too large a whole number",
            "t,EDA\n0,32768\n",
            &whole,
            &["\"32768\"", "i16"],
        ),
        (
            "another rate",
            "t,EDA\n0,1\n0.1,1\n",
            &regular,
            &["line 3", "the time 0.1 s", "1 s or later at 1 Hz"],
        ),
        (
            "a date without a zone",
            "t,EDA\n2017-05-22T09:15:25,1\n",
            &dated,
            &["line 2", "2017-05-22T07:15:25Z"],
        ),
        (
            "an exponent",
            "t,EDA\n1e9,1\n",
            &unix,
            &["line 2", "without an exponent"],
        ),
    ];
    for (name, rows, schema, expected) in rows {
        let error = read(rows, schema).expect_err(name).to_string();
        for part in *expected {
            assert!(error.contains(part), "{name}: {error}");
        }
        assert!(error.contains("rows.csv"), "{name}: {error}");
    }
    let error = open(b"\xff\xfet\0,\0", TIMED).unwrap_err().to_string();
    assert!(error.contains("save it as UTF-8"), "{error}");
    let endless = vec![b'1'; 5 << 20];
    let error = open(&endless, TIMED).unwrap_err().to_string();
    assert!(error.contains("without a line's end"), "{error}");
}

#[test]
fn schemas_that_say_what_none_can() {
    let channel = "channels = [{ name = 'EDA' }]";
    let table = "tables = [{ time = { rate = 4.0 } }]";
    let rows = [
        (
            format!("tables = [{{ time = {{ rate = 0.0 }} }}]\n{channel}"),
            "above 0",
        ),
        (
            format!("tables = [{{ time = {{ rate = nan }} }}]\n{channel}"),
            "above 0",
        ),
        (
            format!("tables = [{{ time = {{}} }}]\n{channel}"),
            "a column of times, or a rate",
        ),
        (
            format!("tables = [{{ decimal = ',', time = {{ rate = 4.0 }} }}]\n{channel}"),
            "another character than the delimiter",
        ),
        (
            format!("tables = [{{ delimiter = 'x', time = {{ rate = 4.0 }} }}]\n{channel}"),
            "one ASCII character",
        ),
        (
            format!(
                "tables = [{{ time = {{ rate = 4.0, segments = [[1.0, 0], [0.0, 3]] }} }}]\n{channel}"
            ),
            "in order",
        ),
        (
            format!("start = 'noon'\n{table}\n{channel}"),
            "2017-05-22T07:15:25Z",
        ),
        (format!("sex = 'f'\n{table}\n{channel}"), "\"F\" or \"M\""),
        (
            format!("labels = [[9, 0.0, 1.0]]\n{table}\n{channel}"),
            "a code from 0 to 7",
        ),
        (
            format!("{table}\nchannels = [{{ name = 'EDA', table = 2 }}]"),
            "a table from 1 to 1",
        ),
        (
            format!("{table}\nchannels = [{{ name = 'EDA', columns = [0] }}]"),
            "from 1",
        ),
        (
            format!("{table}\nchannels = [{{ name = 'EDA', columns = [9] }}]"),
            "a column 9",
        ),
        (
            format!("{table}\nchannels = [{{ name = 'EDA' }}, {{ name = 'EDA' }}]"),
            "not used already",
        ),
        (
            format!("{table}\nchannels = [{{ name = 'EDA', modality = 'skin' }}]"),
            "a modality's name",
        ),
        (
            format!("{table}\nchannels = [{{ name = 'EDA', placement = 'toe' }}]"),
            "left wrist",
        ),
        (
            format!("{table}\nchannels = [{{ name = 'EDA', gain = 0.0 }}]"),
            "other than 0",
        ),
        (
            format!("{table}\nchannels = [{{ name = 'EDA', gain = 2.0, scale = 1.0 }}]"),
            "one or the other",
        ),
        (
            format!("{table}\nchannels = [{{ name = 'EDA', colour = 'red' }}]"),
            "the documentation",
        ),
        ("tables = [".to_owned(), "the schema, line 1"),
        (channel.to_owned(), "1 for as many files"),
    ];
    for (schema, expected) in rows {
        let error = read("EDA\n1\n", &schema).expect_err(&schema).to_string();
        assert!(error.contains(expected), "{schema}: {error}");
    }
}

#[test]
fn files_that_are_not_there_or_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let schema = folder.path().join("night.toml");
    let open = |text: &str| {
        fs::write(&schema, text).unwrap();
        Reader::open(&schema).unwrap_err().to_string()
    };
    let text = |file: &str| format!("tables = [{{ file = '{file}', time = {{ rate = 4.0 }} }}]");
    assert!(open(&text("no.csv")).contains("no.csv"));
    assert!(open(&text("../secret.csv")).contains("beside the schema's"));
    assert!(open(&text("/etc/passwd")).contains("beside the schema's"));
    assert!(open("tables = [{ time = { rate = 4.0 } }]").contains("beside the schema's"));
    assert!(open("what = 1").contains("night.toml, line 1"));
    let missing = Schema::load(&folder.path().join("none.toml"))
        .unwrap_err()
        .to_string();
    assert!(missing.contains("check the path"), "{missing}");
    let error = csv::read(folder.path(), &Schema::from_toml(&text("x")).unwrap()).unwrap_err();
    assert!(matches!(error, FormatError::Io { .. }), "{error}");
}

#[test]
fn what_a_schema_cannot_say_is_not_written() {
    let channel = |timing| {
        Channel::new(
            "a",
            Modality::Other,
            "",
            timing,
            Samples::F64(vec![1.0, 2.0]),
        )
    };
    let thermistor = Thermistor {
        steps: 1.0,
        supply: 1.0,
        divider: 1.0,
        coefficients: [1.0; 3],
    };
    let rows = [
        (
            channel(Timing::Irregular(vec![1.0, 1.0])),
            "its times do not ascend",
        ),
        (
            channel(Timing::Irregular(vec![1.0, f64::NAN])),
            "its times do not ascend",
        ),
        (
            channel(Timing::regular(1.0)).converted(Conversion::Thermistor(thermistor)),
            "thermistor",
        ),
        (
            channel(Timing::regular(1.0)).converted(Conversion::Linear {
                scale: 0.0,
                offset: 0.0,
            }),
            "other than 0",
        ),
        (
            Channel {
                name: "a\nb".to_owned(),
                ..channel(Timing::regular(1.0))
            },
            "a line's end in its name",
        ),
    ];
    for (channel, expected) in rows {
        let recording = Recording {
            channels: vec![channel],
            ..Recording::default()
        };
        let error = csv::write_to(&recording, "x").unwrap_err();
        assert!(matches!(error, FormatError::Unwritable { .. }));
        assert!(error.to_string().contains(expected), "{error}");
    }
}
