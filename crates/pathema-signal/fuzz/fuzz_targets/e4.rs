//! Files of an Empatica E4, split at bytes of 0: ACC, BVP, EDA, TEMP, HR, IBI, tags. Stretches of any length together are
//! the whole, and every value is the one that Rust's own parser reads.
//!
//! `seeds/e4` are good seeds: `cargo +nightly fuzz run e4 fuzz/corpus/e4 fuzz/seeds/e4`

#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use pathema_signal::empatica::{Reader, read};
use pathema_signal::{Blocks, Modality, Placement, Samples, Timing};

const FILES: [&str; 7] = [
    "ACC.csv", "BVP.csv", "EDA.csv", "TEMP.csv", "HR.csv", "IBI.csv", "tags.csv",
];

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("fuzz-e4-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
});

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.split(|&byte| byte == 0);
    for name in FILES {
        let path = FOLDER.join(name);
        match parts.next() {
            Some(part) => fs::write(path, part).unwrap(),
            None => drop(fs::remove_file(path)),
        }
    }
    let seconds = f64::from(bytes.len() as u32 % 97) / 7.0;
    match (read(&FOLDER), stretches(seconds)) {
        (Ok(whole), Ok((counts, times))) => {
            let recording = &whole.recording;
            let lengths: Vec<usize> = recording
                .channels
                .iter()
                .map(|channel| channel.len())
                .collect();
            assert_eq!(lengths, counts);
            for channel in &recording.channels {
                if let Timing::Irregular(all) = &channel.timing {
                    assert!(*all == times && all.is_sorted());
                }
            }
            if let Some(eda) = recording.channel(Placement::Wrist, Modality::Eda) {
                let text = fs::read_to_string(FOLDER.join("EDA.csv")).unwrap();
                let rows = text
                    .lines()
                    .skip(2)
                    .map(str::trim)
                    .filter(|row| !row.is_empty());
                let values: Vec<u64> = rows
                    .map(|row| row.parse::<f64>().unwrap().to_bits())
                    .collect();
                let Samples::F64(read) = &eda.samples else {
                    panic!()
                };
                assert!(read.iter().map(|value| value.to_bits()).eq(values));
            }
            assert!(
                whole
                    .findings
                    .iter()
                    .all(|finding| !finding.to_string().is_empty())
            );
        }
        (Err(whole), Err(part)) => assert!(!whole.to_string().is_empty() && !part.is_empty()),
        (Ok(_), Err(part)) => panic!("stretches: {part}"),
        (Err(whole), Ok(_)) => panic!("whole: {whole}"),
    }
});

/// Samples a channel, and the times of the intervals.
fn stretches(seconds: f64) -> Result<(Vec<usize>, Vec<f64>), String> {
    let mut reader = Reader::open(&FOLDER).map_err(|error| error.to_string())?;
    let mut counts = vec![0; reader.header().channels.len()];
    let mut times = Vec::new();
    while let Some(block) = reader
        .next_block(seconds)
        .map_err(|error| error.to_string())?
    {
        assert!(block.channels.iter().any(|channel| !channel.is_empty()));
        for (count, channel) in counts.iter_mut().zip(&block.channels) {
            *count += channel.len();
            if let Timing::Irregular(part) = &channel.timing {
                times.extend(part);
            }
        }
    }
    Ok((counts, times))
}
