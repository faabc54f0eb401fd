//! R peaks on signals whose beats are known, and on signals that have none.

use pathema_physio::{BeatError, r_peaks};

use crate::compared::{compared, row};
use crate::synthetic;

const NAN: f64 = f64::NAN;

#[test]
fn finds_every_beat_and_no_other() {
    #[track_caller]
    fn check(rate: f64, heart_rate: f64, gain: f64, noise: f64, jitter: f64) {
        let known = synthetic::ecg(120.0, rate, heart_rate, noise, 1);
        let ecg: Vec<f64> = known.samples.iter().map(|value| gain * value).collect();
        let beats = r_peaks(&ecg, rate).unwrap();
        let score = compared(&known.beats, &beats, 0.05);
        assert_eq!(
            (score.missed(), score.invented()),
            (0, 0),
            "{}",
            row(&score)
        );
        let statistics = score.statistics();
        assert!(statistics.offset.unwrap().abs() < 1e-3, "{}", row(&score));
        assert!(statistics.jitter.unwrap() < jitter, "{}", row(&score));
        for beat in &beats {
            let r = beat.amplitude / gain;
            assert!((1.0..1.6).contains(&r), "{beat:?}");
        }
        // Sinus arrhythmia is plausible.
        assert!(beats[0].interval.is_none());
        assert!(beats[1..].iter().all(|beat| beat.interval.is_some()));
    }
    // rate, beats a minute, gain, noise in mV before the gain, largest jitter in s
    check(700.0, 70.0, 1.0, 0.0, 2e-4);
    check(700.0, 70.0, 1.0, 0.02, 2e-3);
    check(700.0, 70.0, -1.0, 0.02, 2e-3);
    check(700.0, 45.0, 1.0, 0.02, 2e-3);
    check(700.0, 170.0, 1.0, 0.02, 2e-3);
    check(700.0, 80.0, 1.0, 0.1, 5e-3);
    check(360.0, 70.0, 200.0, 0.02, 2e-3);
    check(250.0, 70.0, 1e-3, 0.02, 2e-3);
    check(130.0, 70.0, 1.0, 0.02, 2e-3);
    check(100.0, 70.0, 1.0, 0.02, 2e-3);
    check(2000.0, 70.0, 1.0, 0.02, 2e-3);
}

#[test]
fn recovers_after_the_gain_falls_and_after_an_artefact() {
    let known = synthetic::ecg(120.0, 360.0, 70.0, 0.02, 3);
    let mut ecg = known.samples;
    // A knock on the electrode at 20 s, a loose one that passes an eighth from 60 s on.
    for (index, sample) in ecg[7_200..7_236].iter_mut().enumerate() {
        *sample += 30.0 * (0.3 * index as f64).sin();
    }
    ecg[21_600..].iter_mut().for_each(|sample| *sample *= 0.125);
    let found = r_peaks(&ecg, 360.0).unwrap();
    let score = compared(&known.beats, &found, 0.05);
    assert!(score.missed() <= 2, "{}", row(&score));
    assert!(score.invented() <= 2, "{}", row(&score));
}

#[test]
fn a_wandering_baseline_moves_no_beat() {
    // Amplitudes of a wander of 0.3 Hz in mV.
    for wander in [1.0, 3.0, 10.0] {
        let known = synthetic::ecg(120.0, 360.0, 75.0, 0.02, 3);
        let mut ecg = known.samples;
        for (index, sample) in ecg.iter_mut().enumerate() {
            *sample += wander * (std::f64::consts::TAU * 0.3 * index as f64 / 360.0).sin();
        }
        let score = compared(&known.beats, &r_peaks(&ecg, 360.0).unwrap(), 0.05);
        assert_eq!(
            (score.missed(), score.invented()),
            (0, 0),
            "{}",
            row(&score)
        );
        assert!(score.statistics().jitter.unwrap() < 2e-3, "{}", row(&score));
    }
}

#[test]
fn searches_back_for_a_small_beat() {
    let known = synthetic::ecg(60.0, 360.0, 70.0, 0.005, 4);
    let mut ecg = known.samples;
    let small = known.beats[30];
    let around = ((small - 0.3) * 360.0) as usize..((small + 0.3) * 360.0) as usize;
    let level = ecg[around.start];
    for sample in &mut ecg[around] {
        *sample = level + 0.45 * (*sample - level);
    }
    let found = r_peaks(&ecg, 360.0).unwrap();
    let score = compared(&known.beats, &found, 0.05);
    assert_eq!((score.missed(), score.invented()), (0, 0));
}

#[test]
fn no_beat_in_a_gap_or_a_flat_stretch() {
    // Seconds from which and to which the signal is replaced, and by what.
    #[track_caller]
    fn check(start: f64, end: f64, value: f64) {
        let known = synthetic::ecg(60.0, 360.0, 70.0, 0.02, 5);
        let mut ecg = known.samples;
        ecg[(start * 360.0) as usize..(end * 360.0) as usize].fill(value);
        let beats = r_peaks(&ecg, 360.0).unwrap();
        let inside = |time: f64| (start..end).contains(&time);
        assert!(!beats.iter().any(|beat| inside(beat.time)), "{beats:?}");
        let away: Vec<f64> = known
            .beats
            .into_iter()
            .filter(|time| *time < start - 0.2 || *time > end + 0.2)
            .collect();
        let score = compared(&away, &beats, 0.05);
        assert_eq!(score.missed(), 0, "{}", row(&score));
        assert!(score.invented() <= 2, "{}", row(&score));
        if value.is_nan() || end - start >= 1.0 {
            let after = beats.iter().find(|beat| beat.time >= end).unwrap();
            assert_eq!(after.interval, None);
        }
    }
    check(20.0, 30.0, NAN);
    check(20.0, 20.003, NAN);
    check(20.0, 30.0, 0.0);
    check(20.0, 30.0, 5.0);
    check(20.0, 30.0, -1.5);
    check(20.0, 21.0, 0.3);
    check(20.0, 20.7, 0.3);
    check(20.0, 20.7, 1.5);
}

#[test]
fn signals_without_beats_have_none() {
    #[track_caller]
    fn check(ecg: &[f64]) {
        assert_eq!(r_peaks(ecg, 360.0), Ok(vec![]));
    }
    check(&[]);
    check(&[1.0]);
    check(&[NAN; 4000]);
    check(&[0.0; 4000]);
    check(&[-3.7e5; 4000]);
    let short = synthetic::ecg(1.9, 360.0, 70.0, 0.02, 1).samples;
    check(&short);
    let ramp: Vec<f64> = (0..20_000).map(|i| 1e3 + 0.01 * f64::from(i)).collect();
    check(&ramp);
    let mut step = vec![0.0; 10_000];
    step[5_000..].fill(1.0);
    check(&step);
    let alternate: Vec<f64> = (0..4000)
        .map(|i| if i % 3 == 0 { NAN } else { f64::from(i % 7) })
        .collect();
    check(&alternate);
}

#[test]
fn extreme_magnitudes_do_no_harm() {
    let known = synthetic::ecg(30.0, 360.0, 70.0, 0.02, 6);
    let expected = r_peaks(&known.samples, 360.0).unwrap();
    let expected: Vec<f64> = expected.iter().map(|beat| beat.time).collect();
    for scale in [1e-300, 1e-20, 1e20, 1e307] {
        let ecg: Vec<f64> = known.samples.iter().map(|value| scale * value).collect();
        let found = r_peaks(&ecg, 360.0).unwrap();
        let score = compared(&expected, &found, 1e-9);
        assert_eq!((score.missed(), score.invented()), (0, 0), "{scale}");
    }
}

#[test]
fn impossible_input_is_refused_by_name() {
    #[track_caller]
    fn check(ecg: &[f64], rate: f64, message: &str) {
        let error = r_peaks(ecg, rate).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }
    check(&[], 0.0, "ECG: a sampling rate of 0 Hz");
    check(&[], -360.0, "-360 Hz");
    check(&[], 99.9, "100–100000 Hz");
    check(&[], 1e300, "resample");
    check(&[], f64::INFINITY, "inf Hz");
    check(&[1.0, f64::NEG_INFINITY], 360.0, "sample 1 is -inf");
    assert!(matches!(
        r_peaks(&[], NAN),
        Err(BeatError::Rate { rate, .. }) if rate.is_nan()
    ));
}
