//! Any text as a WFDB header: what is read, written and read again is the same.
//!
//! `cargo +nightly fuzz run wfdb_header fuzz/corpus/wfdb_header`

#![no_main]

use libfuzzer_sys::fuzz_target;
use pathema_signal::wfdb::Header;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let Ok(mut header) = Header::parse(&text, "r.hea") else {
        return;
    };
    assert!(header.rate > 0.0 && header.rate.is_finite());
    if header.segments().is_empty() {
        assert_eq!(header.signals().len(), header.signal_count);
    }
    for signal in header.signals() {
        assert!(signal.samples_per_frame > 0);
        let _ = (signal.unit(), signal.conversion());
    }
    // What did not read is not written.
    header.unread.clear();
    let written = header.to_text();
    assert_eq!(Header::parse(&written, "r.hea").unwrap(), header, "{written}");
});
