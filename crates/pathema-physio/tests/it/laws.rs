//! What must hold for every signal.

use std::fmt;

use pathema_physio::{Beat, BeatError, PulseMethod, pulse_peaks, pulse_peaks_by, r_peaks};
use proptest::prelude::*;

use crate::synthetic;

type Detector = fn(&[f64], f64) -> Result<Vec<Beat>, BeatError>;

fn elgendi(bvp: &[f64], rate: f64) -> Result<Vec<Beat>, BeatError> {
    pulse_peaks_by(bvp, rate, PulseMethod::Elgendi)
}

/// Each detector and its signal; the first is for ECGs.
const DETECTORS: [(Detector, &str); 3] = [
    (r_peaks, "ECG"),
    (pulse_peaks, "pulse"),
    (elgendi, "pulse (Elgendi)"),
];

/// A detector, its sampling rate and 40 s of its signal.
struct Case {
    detect: Detector,
    rate: f64,
    signal: Vec<f64>,
    made_of: (usize, f64, u64),
}

impl fmt::Debug for Case {
    /// What the signal was made of says more than its samples.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (detector, heart_rate, seed) = self.made_of;
        let (_, kind) = DETECTORS[detector];
        write!(f, "{kind}, {heart_rate} beats a minute, seed {seed}")
    }
}

fn cases() -> impl Strategy<Value = Case> {
    (0..DETECTORS.len(), 50.0..120.0, any::<u64>()).prop_map(|made_of| {
        let (detector, heart_rate, seed) = made_of;
        let detect = DETECTORS[detector].0;
        let (rate, known) = if detector == 0 {
            (250.0, synthetic::ecg(40.0, 250.0, heart_rate, 0.02, seed))
        } else {
            (64.0, synthetic::pulse(40.0, 64.0, heart_rate, 0.5, seed))
        };
        Case {
            detect,
            rate,
            signal: known.samples,
            made_of,
        }
    })
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0) || (a.is_nan() && b.is_nan())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_later_start_shifts_the_beats(case in cases(), late in 1usize..5000) {
        let Case { detect, rate, signal, .. } = case;
        let beats = detect(&signal, rate).unwrap();
        let shifted = [&vec![f64::NAN; late][..], &signal].concat();
        let later = detect(&shifted, rate).unwrap();
        prop_assert_eq!(beats.len(), later.len());
        for (beat, later) in beats.iter().zip(&later) {
            prop_assert!(close(beat.time + late as f64 / rate, later.time));
            prop_assert!(close(beat.amplitude, later.amplitude));
            prop_assert_eq!(beat.interval.is_some(), later.interval.is_some());
        }
    }

    #[test]
    fn samples_cut_off_shift_the_beats_that_stay(case in cases(), cut in 1usize..900) {
        let Case { detect, rate, signal, .. } = case;
        let whole = detect(&signal, rate).unwrap();
        let rest = detect(&signal[cut..], rate).unwrap();
        let lost = cut as f64 / rate;
        // Near the cut the filter saw something else, and forgets it at 0.6 Hz.
        let far = |time: &f64| *time > lost + 12.0;
        let whole: Vec<f64> = whole.iter().map(|beat| beat.time).filter(far).collect();
        let rest: Vec<f64> = rest.iter().map(|beat| beat.time + lost).filter(far).collect();
        prop_assert_eq!(whole.len(), rest.len());
        for (whole, rest) in whole.iter().zip(&rest) {
            prop_assert!((whole - rest).abs() < 1e-6, "{} {}", whole, rest);
        }
    }

    #[test]
    fn gain_changes_amplitudes_only(case in cases(), exponent in -12.0..12.0) {
        let Case { detect, rate, signal, .. } = case;
        let gain = 10f64.powf(exponent);
        let amplified: Vec<f64> = signal.iter().map(|value| gain * value).collect();
        let beats = detect(&signal, rate).unwrap();
        let louder = detect(&amplified, rate).unwrap();
        prop_assert_eq!(beats.len(), louder.len());
        for (beat, louder) in beats.iter().zip(&louder) {
            prop_assert!(close(beat.time, louder.time));
            prop_assert!(close(beat.amplitude, louder.amplitude / gain));
        }
    }

    #[test]
    fn a_gap_holds_no_beat(case in cases(), start in 0.0..39.0, length in 0.01..10.0) {
        let Case { detect, rate, signal, .. } = case;
        let first = (start * rate) as usize;
        let last = (((start + length) * rate) as usize).clamp(first + 1, signal.len());
        let mut with_gap = signal.clone();
        with_gap[first..last].fill(f64::NAN);
        let beats = detect(&with_gap, rate).unwrap();
        for beat in &beats {
            let sample = beat.time * rate;
            prop_assert!(sample < first as f64 || sample > (last - 1) as f64);
        }
        if let Some(after) = beats.iter().find(|beat| beat.time * rate > first as f64) {
            prop_assert_eq!(after.interval, None);
        }
    }

    #[test]
    fn any_samples_give_beats_in_order_where_samples_are(
        samples in prop::collection::vec(
            prop_oneof![
                6 => -1.0..1.0f64,
                2 => Just(0.0),
                1 => Just(f64::NAN),
                1 => any::<f64>().prop_filter("finite", |value| value.is_finite()),
            ],
            0..1500,
        ),
        repeat in 1usize..6,
        detector in 0..DETECTORS.len(),
    ) {
        // Each sample repeated, for plateaus.
        let signal: Vec<f64> = samples.iter().flat_map(|&value| vec![value; repeat]).collect();
        let electric = detector == 0;
        let (detect, rate) = (DETECTORS[detector].0, if electric { 100.0 } else { 25.0 });
        let beats = detect(&signal, rate).unwrap();
        prop_assert!(beats.windows(2).all(|pair| pair[0].time < pair[1].time));
        for beat in &beats {
            let sample = beat.time * rate;
            let below = signal.get(sample.floor() as usize).is_some_and(|value| !value.is_nan());
            let above = signal.get(sample.ceil() as usize).is_some_and(|value| !value.is_nan());
            prop_assert!(below && above, "{:?}", beat);
            prop_assert!(!electric || beat.amplitude.is_finite());
        }
    }
}
