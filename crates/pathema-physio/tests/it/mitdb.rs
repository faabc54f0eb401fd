//! R peaks of record 100 of the MIT-BIH Arrhythmia Database (Moody & Mark 2001) against its annotations.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use pathema_physio::r_peaks;

use crate::score::Score;

const RATE: f64 = 360.0;

#[test]
fn finds_the_beats_of_record_100() {
    let Ok(data) = std::env::var("PATHEMA_DATA") else {
        // Past the capture of test output: what was not tested must be seen.
        let _ = writeln!(io::stderr(), "skipped: PATHEMA_DATA is not set");
        return;
    };
    let record = PathBuf::from(data).join("mitdb/100");
    let ecg = first_channel(&fs::read(record.with_extension("dat")).unwrap());
    let reference = beats(&fs::read(record.with_extension("atr")).unwrap());
    assert_eq!((ecg.len(), reference.len()), (650_000, 2_273));

    let beats = r_peaks(&ecg, RATE).unwrap();
    let found: Vec<f64> = beats.iter().map(|beat| beat.time).collect();
    for tolerance in [0.15, 0.05] {
        let score = Score::new(&reference, &found, tolerance);
        eprintln!(
            "record 100 at {tolerance} s: Se {:.4}, P+ {:.4}; {score:?}",
            score.sensitivity(),
            score.predictivity()
        );
        assert!(score.sensitivity() >= 0.998, "{score:?}");
        assert!(score.predictivity() >= 0.998, "{score:?}");
        assert!(score.offset.abs() < 0.003, "{score:?}");
        assert!(score.jitter < 0.003, "{score:?}");
    }
    // The record has 34 early beats; each makes two implausible intervals, at most.
    let kept = beats.iter().filter(|beat| beat.interval.is_some()).count();
    assert!(kept >= found.len() - 1 - 2 * 34, "{kept}");
}

/// The first of two channels in format 212: two 12-bit samples in three bytes. In mV.
fn first_channel(bytes: &[u8]) -> Vec<f64> {
    bytes
        .chunks_exact(3)
        .map(|pair| {
            let bits = i16::from(pair[0]) | (i16::from(pair[1] & 0x0F) << 8);
            // The sign is the twelfth bit. Zero lies at 1024, with 200 steps to the mV.
            let value = (bits << 4) >> 4;
            f64::from(value - 1024) / 200.0
        })
        .collect()
}

/// The times of the beats among the annotations in MIT format, in seconds.
fn beats(bytes: &[u8]) -> Vec<f64> {
    let words: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|word| u16::from_le_bytes([word[0], word[1]]))
        .collect();
    let (mut time, mut index) = (0u32, 0);
    let mut found = Vec::new();
    while words[index] != 0 {
        let (code, value) = (words[index] >> 10, words[index] & 0x3FF);
        index += 1;
        match code {
            // SKIP: a long interval, high word first.
            59 => {
                time += u32::from(words[index]) << 16 | u32::from(words[index + 1]);
                index += 2;
            }
            // NUM, SUB and CHN tell of the annotation before.
            60..=62 => {}
            // AUX: a text of so many bytes, padded to a word.
            63 => index += usize::from(value).div_ceil(2),
            _ => {
                time += u32::from(value);
                // The codes of beats, as in WFDB's `isqrs`.
                if matches!(code, 1..=13 | 25 | 30 | 34 | 35 | 38 | 41) {
                    found.push(f64::from(time) / RATE);
                }
            }
        }
    }
    found
}
