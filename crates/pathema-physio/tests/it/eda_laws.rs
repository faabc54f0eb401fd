//! What holds of any skin conductance.

use pathema_physio::eda::{CvxEda, Dialect, ScrSettings, responses, smoothness};
use proptest::prelude::*;

use crate::synthetic::Random;

fn samples() -> impl Strategy<Value = Vec<f64>> {
    let sample = prop_oneof![
        8 => -5.0..50.0,
        1 => Just(f64::NAN),
        1 => Just(0.0),
        1 => -1e6..1e6,
    ];
    prop::collection::vec(sample, 0..120)
}

fn dialect() -> impl Strategy<Value = Dialect> {
    prop_oneof![Just(Dialect::AllRows), Just(Dialect::WithoutFirstTwo)]
}

/// What no skin does: white noise, a random walk, steps.
#[test]
fn rough_signals_have_an_optimum() {
    let rough = |kind: usize, n: usize, seed: u64| -> Vec<f64> {
        let mut random = Random(seed);
        let mut level = 0.0;
        (0..n)
            .map(|_| {
                let value = random.normal();
                match kind {
                    0 => level = value,
                    1 => level += value,
                    _ if random.uniform() < 0.02 => level = 5.0 * value,
                    _ => {}
                }
                level
            })
            .collect()
    };
    for (rate, n) in [(8.0, 500), (25.0, 300), (25.0, 3000)] {
        for kind in 0..3 {
            for seed in 1..4 {
                for dialect in [Dialect::AllRows, Dialect::WithoutFirstTwo] {
                    let settings = CvxEda {
                        dialect,
                        ..CvxEda::default()
                    };
                    let parts = settings.decompose(&rough(kind, n, seed), rate).unwrap();
                    let kkt = parts.stretches[0].kkt.unwrap();
                    let case = format!("{kind} of {n} at {rate} Hz, {seed}, {dialect:?}");
                    // Rounding leaves less than a hundredth of what is accepted.
                    assert!(kkt.worst() < 1e-9, "{case}: {kkt:?}");
                }
            }
        }
    }
}

/// At the cutoff half of a wave is tonic, however slow the wave is for the rate.
#[test]
fn the_smooth_level_has_half_a_wave_at_the_cutoff() {
    for (rate, cutoff) in [
        (4.0, 0.05),
        (4.0, 1e-3),
        (25.0, 0.05),
        (25.0, 1e-3),
        (64.0, 0.01),
    ] {
        let n = (10.0 * rate / cutoff) as usize;
        let wave: Vec<f64> = (0..n)
            .map(|index| (std::f64::consts::TAU * cutoff * index as f64 / rate).cos())
            .collect();
        let parts = smoothness(&wave, rate, cutoff).unwrap();
        let middle = 2 * n / 5..3 * n / 5;
        for (tonic, wave) in parts.tonic[middle.clone()].iter().zip(&wave[middle]) {
            let error = (tonic - 0.5 * wave).abs();
            assert!(error < 1e-4, "{cutoff} at {rate} Hz: {error}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_parts_add_up_and_gaps_stay(eda in samples(), dialect in dialect(), rate in 1.0..100.0) {
        let settings = CvxEda { dialect, ..CvxEda::default() };
        let parts = settings.decompose(&eda, rate).unwrap();
        for (index, value) in eda.iter().enumerate() {
            let whole = parts.tonic[index] + parts.phasic[index] + parts.residual[index];
            prop_assert_eq!(value.is_nan(), whole.is_nan());
            prop_assert_eq!(value.is_nan(), parts.driver[index].is_nan());
            let size = 1.0 + parts.scale.deviation + value.abs();
            prop_assert!(value.is_nan() || (whole - value).abs() < 1e-9 * size);
            prop_assert!(value.is_nan() || parts.driver[index] > -1e-6 * size);
        }
        for stretch in &parts.stretches {
            prop_assert!(stretch.kkt.is_none_or(|kkt| kkt.worst() <= settings.accepted));
        }
    }

    #[test]
    fn responses_lie_in_order_where_samples_are(eda in samples()) {
        let found = responses(&eda, 4.0, &ScrSettings::default()).unwrap();
        for pair in found.windows(2) {
            prop_assert!(pair[0].peak < pair[1].onset);
        }
        for scr in &found {
            prop_assert!(scr.onset < scr.peak && scr.amplitude >= 0.01 && scr.rise_time > 0.0);
            let inside = (scr.onset * 4.0).floor() as usize..=(scr.peak * 4.0).ceil() as usize;
            prop_assert!(eda[inside].iter().all(|value| value.is_finite()));
            prop_assert!(scr.half_recovery.is_ok_and(|seconds| seconds > 0.0) || scr.half_recovery.is_err());
        }
    }

    #[test]
    fn the_smooth_level_is_finite_where_samples_are(eda in samples(), rate in 1.0..100.0) {
        let parts = smoothness(&eda, rate, 0.05).unwrap();
        for (index, value) in eda.iter().enumerate() {
            prop_assert_eq!(value.is_finite(), parts.tonic[index].is_finite());
        }
    }
}
