//! From a recording in memory to what the body did in it.

mod heart;
mod skin;

use pathema_signal::Modality;

use super::signal::{Gathered, Signal};
use super::{Body, Over, Quality, Stretch};

/// The modalities that [`analyse`] reads.
pub const HEART_AND_SKIN: &[Modality] = &[Modality::Ecg, Modality::Bvp, Modality::Eda];

/// Finds beats, their variability and skin conductance responses in everything that was gathered. What cannot be analysed
/// is told in [`Body::odd`].
pub fn analyse(gathered: Gathered) -> Body {
    let mut body = Body {
        duration: gathered.duration,
        signals: gathered.present,
        labels: gathered.labels,
        odd: gathered.odd,
        ..Body::default()
    };
    let over = columns(&body.labels);
    for signal in gathered.signals {
        let name = format!("{} {}", signal.placement, signal.name);
        match signal.modality {
            Modality::Ecg | Modality::Bvp => match heart::analyse(signal, &over) {
                Ok(heart) => body.hearts.push(heart),
                Err(problem) => body.odd.push(format!("{name}: {problem}")),
            },
            Modality::Eda => body.skins.push(skin::analyse(signal, &over)),
            _ => {}
        }
    }
    body
}

/// The stretches that measures are taken over, besides the whole: the conditions of the protocol.
fn columns(labels: &[Stretch]) -> Vec<Over> {
    labels
        .iter()
        .filter(|label| (1..=4).contains(&label.code))
        .map(|label| Over {
            name: label.name.to_owned(),
            start: label.start,
            end: label.end,
        })
        .collect()
}

/// The whole of a signal, as a column of measures.
fn whole(signal: &Signal) -> Over {
    Over {
        name: "whole".to_owned(),
        start: signal.start,
        end: signal.end(),
    }
}

/// The verdict on each window of so many seconds; what is left at the end is shorter.
fn windows(
    signal: &Signal,
    seconds: f64,
    judge: impl Fn(&[f64]) -> pathema_physio::quality::Quality,
) -> Vec<Quality> {
    let samples = ((seconds * signal.rate).round() as usize).max(1);
    let time = |sample: usize| signal.start + sample as f64 / signal.rate;
    let mut found = Vec::new();
    let mut first = 0;
    while first < signal.values.len() {
        let end = (first + samples).min(signal.values.len());
        // A rest too short to tell anything joins no window.
        if 2 * (end - first) >= samples {
            let quality = judge(&signal.values[first..end]);
            found.push(Quality {
                start: time(first),
                end: time(end),
                score: quality.score,
                usable: quality.usable,
                reasons: quality.reasons.iter().map(ToString::to_string).collect(),
            });
        }
        first = end;
    }
    found
}
