//! Any text as a RespiBAN's file: stretches of any length together are the whole, and times go on.
//!
//! `seeds/respiban` are good seeds: `cargo +nightly fuzz run respiban fuzz/corpus/respiban fuzz/seeds/respiban`

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use pathema_signal::respiban::Reader;
use pathema_signal::{Blocks, Recording, Samples};

fuzz_target!(|bytes: &[u8]| {
    let open = || Reader::of("fuzz".to_owned(), Box::new(Cursor::new(bytes.to_vec())));
    let whole = open().and_then(Reader::read);
    let parts =
        open().and_then(|reader| stretches(reader, f64::from(bytes.len() as u32 % 13) / 700.0));
    match (whole, parts) {
        (Ok(whole), Ok((values, findings))) => {
            assert_eq!(stored(&whole.recording), values);
            assert_eq!(whole.findings, findings);
            for channel in &whole.recording.channels {
                assert!(
                    channel
                        .segments()
                        .windows(2)
                        .all(|pair| pair[0].1.end < pair[1].1.start + 1e-6)
                );
            }
        }
        (Err(whole), Err(part)) => assert_eq!(whole.to_string(), part.to_string()),
        (whole, parts) => panic!("{:?} and {:?}", whole.err(), parts.err()),
    }
});

type Parts = (Vec<Vec<u16>>, Vec<pathema_signal::respiban::Finding>);

fn stretches(mut reader: Reader, seconds: f64) -> Result<Parts, pathema_signal::FormatError> {
    let mut all = stored(reader.header());
    while let Some(block) = reader.next_block(seconds)? {
        for (all, part) in all.iter_mut().zip(stored(&block)) {
            assert!(!part.is_empty());
            all.extend(part);
        }
    }
    Ok((all, reader.findings()))
}

fn stored(recording: &Recording) -> Vec<Vec<u16>> {
    let channels = recording.channels.iter();
    let values = channels.map(|channel| match &channel.samples {
        Samples::U16(values) => values.clone(),
        other => panic!("{}", other.format()),
    });
    values.collect()
}
