use pathema_signal::{Modality, Placement, Recording};
use proptest::prelude::*;

use super::SESSION;
use crate::signals::degrade::{bursts, fitted};
use crate::signals::{Degradation, SignalsError, degrade};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn lost(recording: &Recording, modality: Modality) -> Vec<bool> {
    let channel = recording.channel(Placement::Wrist, modality).unwrap();
    channel
        .all()
        .chunks_exact(channel.axes)
        .map(|sample| sample[0].is_nan())
        .collect()
}

const WORN: [Modality; 4] = [Modality::Acc, Modality::Bvp, Modality::Eda, Modality::Temp];

#[test]
fn the_share_is_met_and_the_rest_untouched() {
    for share in [0.0, 0.3, 0.5, 0.7] {
        for degradation in [Degradation::Random { share }, Degradation::bursts(share)] {
            let degraded = degrade(&SESSION.recording, Placement::Wrist, &degradation, 1).unwrap();
            assert_eq!(degraded.channels.len(), 4);
            assert_eq!(degraded.labels, SESSION.recording.labels);
            for modality in WORN {
                let lost = lost(&degraded, modality);
                let part = lost.iter().filter(|lost| **lost).count() as f64 / lost.len() as f64;
                assert!(
                    (part - share).abs() < 0.01,
                    "{degradation:?} {modality}: {part}"
                );
                let of = |recording: &Recording| {
                    let channel = recording.channel(Placement::Wrist, modality).unwrap();
                    (channel.axes, channel.all().into_owned())
                };
                let ((axes, before), (_, after)) = (of(&SESSION.recording), of(&degraded));
                let kept = before.iter().zip(&after).enumerate();
                assert!(
                    kept.into_iter()
                        .all(|(at, (before, after))| match lost[at / axes] {
                            true => after.is_nan(),
                            false => before == after,
                        })
                );
            }
        }
    }
}

#[test]
fn what_is_lost_depends_on_seed_subject_and_modality() {
    let degradation = Degradation::bursts(0.5);
    let of = |subject: &str, seed| {
        let recording = Recording {
            subject: subject.to_owned(),
            channels: SESSION
                .recording
                .channels
                .iter()
                .filter(|c| c.placement == Placement::Wrist)
                .cloned()
                .collect(),
            ..Recording::default()
        };
        degrade(&recording, Placement::Wrist, &degradation, seed).unwrap()
    };
    let first = of("S2", 1);
    let again = of("S2", 1);
    for modality in WORN {
        assert_eq!(lost(&first, modality), lost(&again, modality));
        assert_ne!(lost(&first, modality), lost(&of("S2", 2), modality));
        assert_ne!(lost(&first, modality), lost(&of("S3", 1), modality));
    }
    assert_ne!(lost(&first, Modality::Eda), lost(&first, Modality::Temp));
}

#[test]
fn what_cannot_be_taken_is_refused() {
    let refused =
        |degradation| degrade(&SESSION.recording, Placement::Wrist, &degradation, 1).unwrap_err();
    for share in [1.0, -0.1, f64::NAN] {
        assert!(matches!(
            refused(Degradation::Random { share }),
            SignalsError::Share { .. }
        ));
        assert!(matches!(
            refused(Degradation::bursts(share)),
            SignalsError::Share { .. }
        ));
    }
    for (shortest, longest) in [
        (0.0, 1.0),
        (2.0, 1.0),
        (1.0, f64::INFINITY),
        (f64::NAN, 1.0),
    ] {
        let degradation = Degradation::Bursts {
            share: 0.5,
            shortest,
            longest,
        };
        assert!(matches!(refused(degradation), SignalsError::Bursts { .. }));
    }
}

proptest! {
    #[test]
    fn bursts_keep_to_their_lengths(seed: u64, length in 60.0..8_000.0f64, share in 0.0..0.95f64) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let found = bursts(&mut random, length, share, [5.0, 15.0]);
        let total: f64 = found.iter().map(|[from, to]| to - from).sum();
        prop_assert!((total - share * length).abs() < 1e-6 * length);
        let mut now = 0.0;
        for [from, to] in &found {
            prop_assert!(*from >= now - 1e-9 && *to <= length + 1e-6);
            prop_assert!((to - from).min(5.0) >= (share * length).min(5.0) - 1e-6);
            prop_assert!(to - from <= 15.0 + 1e-6);
            now = *to;
        }
        // Two bursts never make one.
        let between = found.windows(2).map(|pair| pair[1][0] - pair[0][1]);
        prop_assert!(between.into_iter().all(|between| between > 1e-3));
    }

    #[test]
    fn fitted_parts_stay_parts(parts in prop::collection::vec(0.0..1.0f64, 1..30), share in 0.0..1.0f64) {
        let asked = share * parts.len() as f64;
        let fitted = fitted(parts, asked);
        prop_assert!((fitted.iter().sum::<f64>() - asked).abs() < 1e-9);
        prop_assert!(fitted.iter().all(|part| (-1e-12..=1.0 + 1e-12).contains(part)));
    }
}
