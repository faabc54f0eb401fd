//! MIT-BIH record 100, where it is at hand, against what Python's wfdb reads.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use pathema_signal::wfdb::{self, Finding};
use pathema_signal::{Blocks, Modality, Samples, Sex};
use sha2::{Digest, Sha256};

fn record() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("PATHEMA_DATA") else {
        // Past the capture of test output: what was not tested must be seen.
        let _ = writeln!(io::stderr(), "skipped: PATHEMA_DATA is not set");
        return None;
    };
    Some(PathBuf::from(folder).join("mitdb/100"))
}

fn hash(bytes: impl AsRef<[u8]>) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

const EXPECTED: &str = include_str!("../golden/wfdb/mitdb_100.txt");

#[test]
fn every_sample_is_pythons() {
    let Some(path) = record() else { return };
    let record = wfdb::read(&path).unwrap();
    let person = &record.recording.person;
    assert_eq!((person.age, person.sex), (Some(69.0), Some(Sex::Male)));
    assert_eq!(person.notes, ["69 M 1085 1629 x1", "Aldomet, Inderal"]);
    assert_eq!(record.findings, []);
    for (line, channel) in EXPECTED.lines().zip(&record.recording.channels) {
        let Samples::I16(values) = &channel.samples else {
            panic!()
        };
        let stored: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        let units: Vec<u8> = channel
            .all()
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        let sum: i64 = values.iter().map(|&value| i64::from(value)).sum();
        let found = format!(
            "{} {} {sum} {} {}",
            channel.name,
            values.len(),
            hash(stored),
            hash(units)
        );
        assert_eq!(found, line);
        assert_eq!(
            (channel.modality, channel.rate()),
            (Modality::Ecg, Some(360.0))
        );
    }
}

#[test]
fn every_annotation_is_pythons() {
    let Some(path) = record() else { return };
    let read = wfdb::read_annotations(&path.with_extension("atr")).unwrap();
    let (mut listing, mut kinds) = (Vec::new(), BTreeMap::new());
    for item in &read.items {
        let head = format!(
            "{} {} {} {} {} ",
            item.sample, item.code, item.subtype, item.channel, item.num
        );
        listing.extend([head.as_bytes(), &item.aux, b"\n"].concat());
        *kinds.entry(item.code.symbol()).or_insert(0) += 1;
    }
    let kinds: Vec<String> = kinds
        .iter()
        .map(|(symbol, count)| format!("{symbol}:{count}"))
        .collect();
    let found = format!(
        "annotations {} {} {}",
        read.items.len(),
        hash(listing),
        kinds.join(" ")
    );
    assert_eq!(found, EXPECTED.lines().last().unwrap());
    // 2239 normal, 33 atrial premature, 1 ventricular; the rhythm annotation is no beat.
    assert_eq!((read.beats(), read.items.len()), (2273, 2274));
    assert_eq!(
        read.encode().unwrap(),
        std::fs::read(path.with_extension("atr")).unwrap()
    );
}

#[test]
fn blocks_are_the_whole() {
    let Some(path) = record() else { return };
    let whole = wfdb::read(&path).unwrap().recording;
    let mut reader = wfdb::Reader::open(&path)
        .unwrap()
        .with_annotations("atr")
        .unwrap();
    assert_eq!(reader.header().annotations, whole.annotations);
    let (mut values, mut marks, mut time) = (vec![Vec::new(); 2], 0, 0.0);
    while let Some(block) = reader.next_block(7.3).unwrap() {
        for (values, channel) in values.iter_mut().zip(&block.channels) {
            assert!((channel.start() - time).abs() < 1e-9);
            let Samples::I16(more) = &channel.samples else {
                panic!()
            };
            values.extend_from_slice(more);
        }
        marks += block.annotations.len();
        time = block.channels[0].end();
    }
    let whole_values = whole.channels.iter().map(|channel| &channel.samples);
    assert!(
        values
            .into_iter()
            .map(Samples::I16)
            .eq(whole_values.cloned())
    );
    assert_eq!(
        (marks, reader.findings()),
        (whole.annotations.len(), &[][..])
    );
}

#[test]
fn one_changed_byte_is_found() {
    let Some(path) = record() else { return };
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(path.with_extension("hea"), folder.path().join("100.hea")).unwrap();
    let mut bytes = std::fs::read(path.with_extension("dat")).unwrap();
    bytes[1_000_000] ^= 4;
    std::fs::write(folder.path().join("100.dat"), bytes).unwrap();
    let record = wfdb::read(&folder.path().join("100.dat")).unwrap();
    assert!(
        matches!(&record.findings[..], [Finding::Checksum { signal, .. }] if signal == "MLII" || signal == "V5")
    );
}
