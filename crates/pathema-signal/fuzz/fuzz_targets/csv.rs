//! Any schema and any rows: blocks are parts of the whole, and what is written is read back.
//!
//! The schema in TOML, a byte 0, then the rows. `fuzz/seeds/csv` has such:
//! `cargo +nightly fuzz run csv fuzz/corpus/csv fuzz/seeds/csv`

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use pathema_signal::csv::{self, Reader, Schema};
use pathema_signal::{Blocks, FormatError, Recording};

fn open(rows: &[u8], schema: &Schema) -> Result<Reader, FormatError> {
    Reader::new(vec![(Box::new(Cursor::new(rows.to_vec())), "fuzz".to_owned())], schema)
}

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(2, |&byte| byte == 0);
    let (schema, rows) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let Some(schema) = std::str::from_utf8(schema).ok().and_then(|text| Schema::from_toml(text).ok()) else {
        return;
    };
    let Ok(mut reader) = open(rows, &schema) else {
        return;
    };
    let Ok(whole) = reader.read_all() else {
        return;
    };
    let mut reader = open(rows, &schema).expect("it was opened before");
    let seconds = whole.duration() / 7.3;
    let mut lengths = vec![0; whole.channels.len()];
    while let Some(block) = reader.next_block(seconds).expect("it was read before") {
        for ((part, whole), length) in block.channels.iter().zip(&whole.channels).zip(&mut lengths) {
            let end = *length + part.len();
            let expected = whole.samples.part(*length * whole.axes..end * whole.axes);
            // As text, for the sake of NaN.
            assert_eq!(format!("{:?}", part.samples), format!("{expected:?}"));
            *length = end;
        }
    }
    assert!(lengths.iter().zip(&whole.channels).all(|(&length, whole)| length == whole.len()));
    written(&whole);
});

fn written(whole: &Recording) {
    let Ok((schema, files)) = csv::write_to(whole, "fuzz") else {
        return;
    };
    let schema = schema.to_toml().expect("a schema is TOML");
    let schema = Schema::from_toml(&schema).expect("what was written is a schema");
    let sources = files.into_iter().map(|bytes| -> csv::Source { (Box::new(Cursor::new(bytes)), "again".to_owned()) });
    let mut reader = Reader::new(sources.collect(), &schema).expect("what was written can be opened");
    let again = reader.read_all().expect("what was written can be read");
    assert_eq!(format!("{again:?}"), format!("{whole:?}"));
}
