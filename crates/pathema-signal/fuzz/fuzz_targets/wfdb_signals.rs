//! Any bytes as the files of a WFDB record: read whole, in stretches and from any place, it is the same recording.
//!
//! An input is up to five files, `r.hea s.hea t.hea r.dat s.dat`, with zero, line feed, zero between them.
//! `cargo +nightly fuzz run wfdb_signals fuzz/corpus/wfdb_signals`

#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use pathema_signal::wfdb::Reader;
use pathema_signal::{Blocks, Recording};

const NAMES: [&str; 5] = ["r.hea", "s.hea", "t.hea", "r.dat", "s.dat"];

fuzz_target!(|bytes: &[u8]| {
    let mut files = BTreeMap::new();
    let mut rest = bytes;
    for name in NAMES {
        let end = rest.windows(3).position(|three| three == b"\0\n\0");
        let (file, after) = match end {
            Some(end) => (&rest[..end], &rest[end + 3..]),
            None => (rest, &[][..]),
        };
        files.insert(name.to_owned(), file.to_vec());
        rest = after;
    }
    let Ok(mut reader) = Reader::in_memory(files.clone(), "r") else {
        return;
    };
    let frames = reader.frames();
    let Ok(whole) = reader.read_frames(0..frames) else {
        return;
    };
    // Two bytes hold at most two samples; each signal file can be of one segment of each header, and a line of four bytes
    // can ask for a segment again.
    let samples: usize = whole.channels.iter().map(|channel| channel.len()).sum();
    assert!(samples <= (3 + bytes.len() / 4) * bytes.len());
    let mut blocks = Reader::in_memory(files, "r").unwrap();
    let mut rows = vec![Vec::new(); whole.channels.len()];
    while let Some(block) = blocks.next_block(reader.duration() / 5.0).unwrap() {
        for (rows, more) in rows.iter_mut().zip(values(&block)) {
            rows.extend(more);
        }
    }
    let expected = values(&whole);
    assert_eq!(rows, expected);
    // Checksums are judged alike.
    assert_eq!(format!("{:?}", blocks.findings()), format!("{:?}", reader.findings()));
    let (from, to) = (frames / 3, frames - frames / 4);
    let parts = [0..from, from..to.max(from), to.max(from)..frames];
    let mut joined = vec![Vec::new(); whole.channels.len()];
    for part in parts {
        for (rows, more) in joined.iter_mut().zip(values(&reader.read_frames(part).unwrap())) {
            rows.extend(more);
        }
    }
    assert_eq!(joined, expected);
});

/// The stored values of each channel, as bits.
fn values(recording: &Recording) -> Vec<Vec<u64>> {
    let channels = recording.channels.iter();
    let stored = channels.map(|channel| channel.samples.to_f64(0..channel.samples.len()));
    stored.map(|values| values.into_iter().map(f64::to_bits).collect()).collect()
}
