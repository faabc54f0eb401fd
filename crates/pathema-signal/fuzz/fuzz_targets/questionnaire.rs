//! Any text as a questionnaire: either line ending reads the same, and times, marks and scores lie where they must.
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
        let marks = [
            (&condition.panas, 5),
            (&condition.stai, 4),
            (&condition.sam, 9),
            (&condition.sssq, 5),
        ];
        for (marks, highest) in marks {
            assert!(
                marks
                    .iter()
                    .flatten()
                    .all(|mark| (1..=highest).contains(mark))
            );
        }
        let scores = [
            (condition.positive_affect(), 1.0..=5.0),
            (condition.negative_affect(), 1.0..=5.0),
            (condition.anxiety(), 1.0..=4.0),
            (condition.valence(), 1.0..=9.0),
            (condition.arousal(), 1.0..=9.0),
            (condition.engagement(), 1.0..=5.0),
            (condition.worry(), 1.0..=5.0),
            (condition.distress(), 1.0..=5.0),
        ];
        for (score, marks) in scores {
            match score {
                Ok(score) => {
                    assert!(marks.contains(&score.mean()) && score.missing * 5 <= score.items)
                }
                Err(reason) => assert!(!reason.to_string().is_empty()),
            }
        }
    }
});
