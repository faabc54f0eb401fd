//! The protocol of WESAD: which conditions there are, and about how long they last.

use std::ops::RangeInclusive;

use crate::wesad::{Phase, Questionnaire};

/// Schmidt et al. 2018, section 3.2, with what people took more or less: baseline 20 min, stress about 10, amusement 392 s,
/// meditation 7 min after each of the two. The bounds hold for all 15 published subjects.
const PROTOCOL: [(Phase, &str, usize, RangeInclusive<f64>); 4] = [
    (Phase::Baseline, "baseline", 1, 900.0..=1500.0),
    (Phase::Stress, "stress", 1, 480.0..=900.0),
    (Phase::Amusement, "amusement", 1, 300.0..=520.0),
    (Phase::Meditation, "meditation", 2, 300.0..=600.0),
];

/// What of a questionnaire's times is not as the protocol has it.
pub(super) fn departures(questionnaire: &Questionnaire) -> Vec<String> {
    let mut odd = Vec::new();
    for (phase, name, count, seconds) in PROTOCOL {
        let conditions: Vec<_> = questionnaire
            .conditions
            .iter()
            .filter(|condition| condition.phase == phase)
            .collect();
        if conditions.len() != count {
            odd.push(format!(
                "{name} comes {} times, not {count}",
                conditions.len()
            ));
        }
        for condition in conditions {
            let duration = condition.duration();
            if !seconds.contains(&duration) {
                let (least, most) = (seconds.start() / 60.0, seconds.end() / 60.0);
                odd.push(format!(
                    "{} lasts {:.1} min, by the protocol {least} to {most:.1}",
                    condition.name,
                    duration / 60.0
                ));
            }
        }
    }
    let first = questionnaire
        .conditions
        .iter()
        .min_by(|a, b| a.start.total_cmp(&b.start));
    if first.is_some_and(|first| first.phase != Phase::Baseline) {
        odd.push("the session does not begin with the baseline".to_owned());
    }
    odd
}
