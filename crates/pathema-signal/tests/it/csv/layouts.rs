use pathema_signal::csv::Schema;
use pathema_signal::{Blocks, Conversion, Modality, Placement, Samples, Segment, Start, Timing};

use super::{open, read};

#[test]
fn an_export_with_semicolons_and_decimal_commas() {
    let schema = r##"
subject = "Jürgen"
[[tables]]
delimiter = ";"
decimal = ","
comment = "#"
skip = 1
time = { column = "Zeit [ms]", unit = "ms", rate = 4.0 }
[[channels]]
name = "Hautleitwert"
columns = ["Hautleitwert"]
modality = "EDA"
placement = "left wrist"
unit = "µS"
[[channels]]
name = "ACC"
columns = ["ax", 4, "az"]
stored = "i16"
scale = 0.015625
"##;
    let rows = "\u{feff}Export 3.1\r\n# Gerät; 7\r\nZeit [ms]; Hautleitwert;ax;ay;az;Bemerkung\r\n\
        0;0,41;1;2;3;\"a;b\"\r\n251;\"0,42\";-1;-2;-3;\r\n# Pause\r\n\r\n2000; NA ;5;6;7;x\r\n";
    let found = read(rows, schema).unwrap();
    assert_eq!(found.subject, "Jürgen");
    let [skin, acc] = &found.channels[..] else {
        panic!()
    };
    assert_eq!(
        (skin.modality, skin.placement, &skin.unit[..]),
        (Modality::Eda, Placement::LeftWrist, "µS")
    );
    assert_eq!(skin.samples.to_f64(0..2), [0.41, 0.42]);
    assert!(skin.samples.get(2).is_nan());
    // 251 ms is 250 ms to half a step; 2 s begins a segment.
    let segments = vec![
        Segment {
            start: 0.0,
            first: 0,
        },
        Segment {
            start: 2.0,
            first: 2,
        },
    ];
    assert_eq!(
        skin.timing,
        Timing::Regular {
            rate: 4.0,
            segments
        }
    );
    assert_eq!(
        acc.samples,
        Samples::I16(vec![1, 2, 3, -1, -2, -3, 5, 6, 7])
    );
    assert_eq!(
        acc.conversion,
        Conversion::Linear {
            scale: 0.015625,
            offset: 0.0
        }
    );
    assert_eq!(acc.modality, Modality::Acc);
}

#[test]
fn instants_are_counted_from_the_first_or_from_the_start() {
    let rows = "t,EDA\n1495437325.5,1\n1495437326.75,2\n";
    let schema =
        "tables = [{ time = { column = 't', format = 'unix' } }]\nchannels = [{ name = 'EDA' }]";
    let found = read(rows, schema).unwrap();
    assert_eq!(
        found.start,
        Some(Start::Instant("2017-05-22T07:15:25.5Z".parse().unwrap()))
    );
    assert_eq!(found.channels[0].timing, Timing::Irregular(vec![0.0, 1.25]));

    let schema = format!("start = '2017-05-22T07:15:25Z'\n{schema}");
    let found = read(rows, &schema).unwrap();
    assert_eq!(found.channels[0].timing, Timing::Irregular(vec![0.5, 1.75]));

    let rows = "t,EDA\n2017-05-22T09:15:25+02:00,1\n2017-05-22T07:15:25.125Z,2\n";
    let schema =
        "tables = [{ time = { column = 't', format = 'rfc3339' } }]\nchannels = [{ name = 'EDA' }]";
    let found = read(rows, schema).unwrap();
    assert_eq!(
        found.start,
        Some(Start::Instant("2017-05-22T07:15:25Z".parse().unwrap()))
    );
    assert_eq!(
        found.channels[0].timing,
        Timing::Irregular(vec![0.0, 0.125])
    );
}

#[test]
fn no_header_and_one_column() {
    let schema = "tables = [{ header = false, time = { rate = 64.0 } }]\nchannels = [{ name = 'BVP', columns = [1] }]";
    let found = read("1.5\n2.5\n-3", schema).unwrap();
    assert_eq!(
        found.channels[0].samples,
        Samples::F64(vec![1.5, 2.5, -3.0])
    );
    assert_eq!(found.channels[0].timing, Timing::regular(64.0));
    assert!(read("", schema).unwrap().channels[0].is_empty());
}

#[test]
fn markers_that_look_like_numbers() {
    let schema = "tables = [{ missing = ['-999', ''], time = { rate = 1.0 } }]\nchannels = [{ name = 'a' }, { name = 'b' }]";
    let found = read("a,b\n-999,1\n2,\n", schema).unwrap();
    assert!(found.channels[0].samples.get(0).is_nan() && found.channels[1].samples.get(1).is_nan());
    assert_eq!(
        (
            found.channels[0].samples.get(1),
            found.channels[1].samples.get(0)
        ),
        (2.0, 1.0)
    );
}

#[test]
fn a_long_pause_is_no_row_of_empty_blocks() {
    let schema = "tables = [{ time = { column = 't' } }]\nchannels = [{ name = 'a' }]";
    let mut reader = open(b"t,a\n0,1\n0.5,2\n1e15,3\n1.5e15,4", schema).unwrap();
    let mut lengths = Vec::new();
    while let Some(block) = reader.next_block(1.0).unwrap() {
        lengths.push(block.channels[0].len());
    }
    assert_eq!(lengths, [2, 1, 1]);
}

#[test]
fn a_schema_as_json_is_the_same() {
    let toml = "subject = 'S2'\ntables = [{ delimiter = ';', time = { rate = 4.0 } }]\nchannels = [{ name = 'EDA', unit = 'µS' }]";
    let json = r#"{"subject": "S2", "tables": [{"delimiter": ";", "time": {"rate": 4.0}}], "channels": [{"name": "EDA", "unit": "µS"}]}"#;
    assert_eq!(
        Schema::from_toml(toml).unwrap(),
        Schema::from_json(json).unwrap()
    );
    let schema = Schema::from_toml(toml).unwrap();
    assert_eq!(
        Schema::from_toml(&schema.to_toml().unwrap()).unwrap(),
        schema
    );
    assert_eq!(
        Schema::from_json(&serde_json::to_string(&schema).unwrap()).unwrap(),
        schema
    );
}
