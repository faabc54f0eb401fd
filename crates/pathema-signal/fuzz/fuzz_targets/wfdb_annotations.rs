//! Any bytes as a WFDB annotation file: what is read, written and read again is the same.
//!
//! `cargo +nightly fuzz run wfdb_annotations fuzz/corpus/wfdb_annotations`

#![no_main]

use libfuzzer_sys::fuzz_target;
use pathema_signal::wfdb::Annotations;

fuzz_target!(|bytes: &[u8]| {
    let Ok(read) = Annotations::decode(bytes, "a.atr") else {
        return;
    };
    assert!(read.items.len() <= bytes.len() / 2);
    let marks = read.to_recording(360.0, &["MLII", "V5"]);
    assert_eq!(marks.len(), read.items.len());
    assert!(marks.is_sorted_by(|a, b| a.span.start <= b.span.start));
    // Texts too long and times too far apart cannot be written.
    if let Ok(written) = read.encode() {
        let again = Annotations::decode(&written, "a.atr").unwrap();
        assert_eq!(again.items, read.items);
        assert_eq!(again.resolution, read.resolution);
        assert_eq!(again.definitions, read.definitions);
    }
});
