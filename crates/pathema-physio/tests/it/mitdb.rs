//! R peaks of record 100 of the MIT-BIH Arrhythmia Database (Moody & Mark 2001) against its annotations.

use std::io::{self, Write};
use std::path::PathBuf;

use pathema_physio::compare::{Comparison, ComparisonTable, Criteria};
use pathema_physio::r_peaks;
use pathema_signal::wfdb;

use crate::compared::times;

const RATE: f64 = 360.0;

#[test]
fn finds_the_beats_of_record_100() {
    let Ok(data) = std::env::var("PATHEMA_DATA") else {
        // Past the capture of test output: what was not tested must be seen.
        let _ = writeln!(io::stderr(), "skipped: PATHEMA_DATA is not set");
        return;
    };
    let record = PathBuf::from(data).join("mitdb/100");
    let recording = wfdb::read(&record).unwrap().recording;
    let ecg = recording.channels[0].all();
    assert_eq!(recording.channels[0].rate(), Some(RATE));
    let annotations = wfdb::read_annotations(&record.with_extension("atr")).unwrap();
    let reference: Vec<f64> = annotations
        .items
        .iter()
        .filter(|item| item.is_beat())
        .map(|item| item.sample as f64 / RATE)
        .collect();
    assert_eq!((ecg.len(), reference.len()), (650_000, 2_273));

    let beats = r_peaks(&ecg, RATE).unwrap();
    let found = times(&beats);
    let mut table = ComparisonTable::default();
    for (name, criteria) in [
        ("150 ms", Criteria::within(0.15)),
        ("50 ms", Criteria::within(0.05)),
        ("EC57", Criteria::EC57),
    ] {
        let comparison = Comparison::new(&reference, &found, &criteria).unwrap();
        let statistics = comparison.statistics();
        assert!(statistics.sensitivity.unwrap() >= 0.999, "{name}");
        assert!(statistics.predictivity.unwrap() >= 0.999, "{name}");
        assert!(statistics.offset.unwrap().abs() < 1.0 / RATE, "{name}");
        assert!(statistics.jitter.unwrap() < 1.0 / RATE, "{name}");
        assert!(statistics.rmssd_error.unwrap().abs() < 0.05, "{name}");
        table.push(name, comparison);
    }
    let (_, comparison) = &table.rows()[0];
    assert!((comparison.rmssd_reference().unwrap() - 0.0632).abs() < 1e-4);
    eprintln!("record 100\n{table}");
    // The record has 34 early beats; each makes two implausible intervals, at most.
    let kept = beats.iter().filter(|beat| beat.interval.is_some()).count();
    assert!(kept >= found.len() - 1 - 2 * 34, "{kept}");
}
