//! Any text as a questionnaire: either line ending reads the same, and times and marks lie where they must.
//!
//! `seeds/questionnaire` are good seeds: `cargo +nightly fuzz run questionnaire fuzz/corpus/questionnaire fuzz/seeds/questionnaire`

#![no_main]

use libfuzzer_sys::fuzz_target;
use pathema_signal::wesad::Questionnaire;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let read = Questionnaire::parse("fuzz", &text);
    if !text.contains('\r') {
        let other = Questionnaire::parse("fuzz", &text.replace('\n', "\r\n"));
        assert_eq!(format!("{read:?}"), format!("{other:?}"));
    }
    let Ok(questionnaire) = read else { return };
    for condition in &questionnaire.conditions {
        assert!(condition.duration() > 0.0);
        let marks = [(&condition.panas, 5), (&condition.stai, 4), (&condition.sam, 9), (&condition.sssq, 5)];
        for (marks, highest) in marks {
            assert!(marks.iter().flatten().all(|mark| (1..=highest).contains(mark)));
        }
    }
});
