//! Any bytes as EDF or BDF: blocks and stretches are parts of the whole, and what can be written is read back.
//!
//! `../tests/it/golden/edf/` has good seeds: `cargo +nightly fuzz run edf fuzz/corpus/edf fuzz/seeds/edf tests/it/golden/edf`

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use pathema_signal::edf::{self, Format, Options, Reader};
use pathema_signal::{Blocks, Recording};

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut reader) = Reader::new(Cursor::new(bytes.to_vec()), "fuzz".to_owned()) else {
        return;
    };
    let whole = reader.read_all().expect("what can be opened can be read");
    let seconds = reader.duration() / 7.3;
    let mut lengths = vec![0; whole.channels.len()];
    while let Some(block) = reader.next_block(seconds).expect("what can be read can be read in parts") {
        for ((part, whole), length) in block.channels.iter().zip(&whole.channels).zip(&mut lengths) {
            let end = *length + part.len();
            assert!(part.samples == whole.samples.part(*length * whole.axes..end * whole.axes));
            *length = end;
        }
    }
    assert!(lengths.iter().zip(&whole.channels).all(|(&length, whole)| length == whole.len()));
    let (start, end) = (reader.duration() * 0.3, reader.duration() * 0.6);
    let part = reader.read(start, end).expect("any stretch can be read");
    for (part, whole) in part.channels.iter().zip(&whole.channels) {
        let range = whole.indices(start, end);
        assert!(part.samples == whole.samples.part(range.start * whole.axes..range.end * whole.axes));
    }
    written(&whole, reader.head().format);
});

fn written(whole: &Recording, format: Format) {
    let options = Options { format, ..Options::default() };
    let mut bytes = Vec::new();
    if edf::write_to(whole, &mut bytes, "fuzz", &options).is_err() {
        return;
    }
    let mut reader = Reader::new(Cursor::new(bytes), "fuzz".to_owned()).expect("what was written is whole");
    let again = reader.read_all().expect("what was written can be read");
    assert_eq!((&again.subject, &again.person.age), (&whole.subject, &whole.person.age));
    assert_eq!(again.start, whole.start);
    assert_eq!(again.annotations, whole.annotations);
    assert_eq!(again.labels, whole.labels);
    assert_eq!(again.channels.len(), whole.channels.len());
    for (again, whole) in again.channels.iter().zip(&whole.channels) {
        assert!(again.samples == whole.samples);
        assert_eq!((&again.name, again.rate()), (&whole.name, whole.rate()));
    }
}
