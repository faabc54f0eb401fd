//! Systolic peaks against SciPy, on signals whose beats are known, and on signals that have none.

use pathema_physio::{BeatError, PulseMethod, pulse_peaks, pulse_peaks_by};

use crate::compared::{compared, row, times};
use crate::{golden, synthetic};

const NAN: f64 = f64::NAN;
const METHODS: [PulseMethod; 2] = [PulseMethod::Prominence, PulseMethod::Elgendi];

#[test]
fn agrees_with_the_recipe_in_scipy() {
    let lines = golden::read(include_str!("golden/pulse.txt"));
    let (bvp, expected) = (&lines[0].1, &lines[1].1);
    let found: Vec<f64> = times(&pulse_peaks(bvp, 64.0).unwrap())
        .into_iter()
        .filter(|time| (5.0..35.0).contains(time))
        .collect();
    assert_eq!(found.len(), expected.len());
    for (ours, scipy) in found.iter().zip(expected) {
        assert!((ours - scipy).abs() < 1e-6, "{ours} is not {scipy}");
    }
}

#[test]
fn two_moving_averages_agree_with_neurokit() {
    let lines = golden::read(include_str!("golden/pulse_elgendi.txt"));
    for pair in lines.chunks(2) {
        let [(name, bvp), (_, expected)] = pair else {
            panic!("two lines a signal");
        };
        let rate: f64 = name.parse().unwrap();
        let beats = pulse_peaks_by(bvp, rate, PulseMethod::Elgendi).unwrap();
        let (first, last) = (3.0, bvp.len() as f64 / rate - 3.0);
        let inside = |time: &f64| (first..last).contains(time);
        let found: Vec<f64> = times(&beats).into_iter().filter(inside).collect();
        let expected: Vec<f64> = expected.iter().copied().filter(inside).collect();
        assert_eq!(found.len(), expected.len(), "{rate} Hz");
        for (ours, neurokit) in found.iter().zip(&expected) {
            assert!(
                (ours - neurokit).abs() < 1.0 / rate,
                "{ours} is not {neurokit}"
            );
        }
    }
}

#[test]
fn finds_every_beat_and_no_other() {
    #[track_caller]
    fn check(rate: f64, heart_rate: f64, gain: f64, noise: f64) {
        for method in METHODS {
            by(method, rate, heart_rate, gain, noise);
        }
    }
    #[track_caller]
    fn by(method: PulseMethod, rate: f64, heart_rate: f64, gain: f64, noise: f64) {
        let known = synthetic::pulse(120.0, rate, heart_rate, noise, 1);
        let bvp: Vec<f64> = known.samples.iter().map(|value| gain * value).collect();
        let beats = pulse_peaks_by(&bvp, rate, method).unwrap();
        let score = compared(&known.beats, &beats, 0.05);
        assert_eq!(
            (score.missed(), score.invented()),
            (0, 0),
            "{}",
            row(&score)
        );
        // The notch and the reflected wave shift the peak of the fundamental by some tens of milliseconds.
        let jitter = score.statistics().jitter.unwrap();
        assert!(jitter < 0.01, "{}", row(&score));
        for beat in &beats[1..] {
            assert!((15.0..45.0).contains(&(beat.amplitude / gain)), "{beat:?}");
            assert!(beat.interval.is_some(), "{beat:?}");
        }
    }
    check(64.0, 70.0, 1.0, 0.5);
    check(64.0, 50.0, 1.0, 0.5);
    check(64.0, 110.0, 1.0, 0.5);
    check(64.0, 70.0, 1e-3, 3.0);
    check(25.0, 70.0, 1.0, 0.5);
    check(100.0, 70.0, 1.0, 3.0);
    check(1000.0, 70.0, 1e4, 3.0);
}

#[test]
fn a_burst_of_movement_does_not_hide_the_beats_beside_it() {
    let known = synthetic::pulse(120.0, 64.0, 70.0, 0.5, 2);
    let mut bvp = known.samples;
    for (index, sample) in bvp[3_200..3_456].iter_mut().enumerate() {
        *sample += 400.0 * (0.11 * index as f64).sin();
    }
    let found = pulse_peaks(&bvp, 64.0).unwrap();
    let beside: Vec<f64> = known
        .beats
        .into_iter()
        .filter(|time| *time < 47.5 || *time > 56.5)
        .collect();
    let score = compared(&beside, &found, 0.05);
    assert_eq!(score.missed(), 0, "{}", row(&score));
}

#[test]
fn the_trough_before_a_peak_may_be_missing() {
    let known = synthetic::pulse(30.0, 64.0, 70.0, 0.0, 2);
    // Starts on the rise to a peak, so that its trough was not recorded.
    let start = ((known.beats[3] - 0.08) * 64.0) as usize;
    let beats = pulse_peaks(&known.samples[start..], 64.0).unwrap();
    assert!(beats[0].time < 0.2 && beats[0].amplitude.is_nan());
    assert!(beats[1..].iter().all(|beat| beat.amplitude > 20.0));
}

#[test]
fn no_beat_in_a_gap_or_a_flat_stretch() {
    #[track_caller]
    fn check(start: f64, end: f64, value: f64) {
        for method in METHODS {
            by(method, start, end, value);
        }
    }
    #[track_caller]
    fn by(method: PulseMethod, start: f64, end: f64, value: f64) {
        let known = synthetic::pulse(60.0, 64.0, 70.0, 0.3, 5);
        let mut bvp = known.samples;
        bvp[(start * 64.0) as usize..(end * 64.0) as usize].fill(value);
        let beats = pulse_peaks_by(&bvp, 64.0, method).unwrap();
        // A peak may lie within the half sample to the next one.
        let inside = |time: f64| (start..end - 0.5 / 64.0).contains(&time);
        assert!(!beats.iter().any(|beat| inside(beat.time)), "{beats:?}");
        let away: Vec<f64> = known
            .beats
            .into_iter()
            .filter(|time| *time < start - 0.6 || *time > end + 0.6)
            .collect();
        let score = compared(&away, &beats, 0.1);
        assert_eq!(score.missed(), 0, "{}", row(&score));
        if value.is_nan() || end - start >= 1.0 {
            let after = beats.iter().find(|beat| beat.time >= end - 0.01).unwrap();
            assert_eq!(after.interval, None);
        }
    }
    check(20.0, 30.0, NAN);
    check(20.0, 20.02, NAN);
    check(20.0, 30.0, 0.0);
    check(20.0, 30.0, 300.0);
    check(20.0, 21.0, -4.0);
    check(20.0, 20.8, 12.0);
}

#[test]
fn signals_without_beats_have_none() {
    #[track_caller]
    fn check(bvp: &[f64]) {
        for method in METHODS {
            assert_eq!(pulse_peaks_by(bvp, 64.0, method), Ok(vec![]));
        }
    }
    check(&[]);
    check(&[1.0]);
    check(&[NAN; 4000]);
    check(&[0.0; 4000]);
    check(&[512.25; 4000]);
    let ramp: Vec<f64> = (0..20_000).map(|i| 1e3 + 0.01 * f64::from(i)).collect();
    check(&ramp);
    let short = synthetic::pulse(1.9, 64.0, 70.0, 0.3, 1).samples;
    check(&short);
}

#[test]
fn impossible_input_is_refused_by_name() {
    #[track_caller]
    fn check(bvp: &[f64], rate: f64, message: &str) {
        let error = pulse_peaks(bvp, rate).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }
    check(&[], 0.0, "BVP: a sampling rate of 0 Hz");
    check(&[], 24.0, "25–100000 Hz");
    check(&[f64::INFINITY], 64.0, "sample 0 is inf");
    assert!(matches!(
        pulse_peaks(&[], f64::NAN),
        Err(BeatError::Rate { rate, .. }) if rate.is_nan()
    ));
}
