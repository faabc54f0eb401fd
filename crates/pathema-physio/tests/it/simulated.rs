//! Beats of a simulated session, chest and wrist, against its ground truth: as it is, and with what befalls recordings.

use std::sync::OnceLock;

use pathema_physio::compare::{Comparison, ComparisonTable};
use pathema_physio::{PulseMethod, pulse_peaks_by, r_peaks};
use pathema_signal::simulate::{self, Session, SimulationConfig};
use pathema_signal::{Modality, Placement};

use crate::compared::{compared, row};
use crate::synthetic::Random;

const RATES: [f64; 7] = [100.0, 128.0, 250.0, 360.0, 500.0, 700.0, 1000.0];

fn session(index: usize) -> &'static Session {
    static SESSIONS: [OnceLock<Session>; 2] = [const { OnceLock::new() }; 2];
    SESSIONS[index].get_or_init(|| simulate::session(&SimulationConfig::default(), index))
}

/// The first minutes of a session's ECG at `rate`, and when it beats.
fn ecg(index: usize, minutes: f64, rate: f64) -> (Vec<f64>, Vec<f64>) {
    let session = session(index);
    let channel = session.recording.channel(Placement::Chest, Modality::Ecg);
    let channel = channel.unwrap();
    let recorded = channel.all();
    let step = channel.rate().unwrap() / rate;
    let samples = (0..(60.0 * minutes * rate) as usize)
        .map(|sample| {
            let at = sample as f64 * step;
            let (before, part) = (at as usize, at.fract());
            recorded[before] + part * (recorded[before + 1] - recorded[before])
        })
        .collect();
    let beats = session.truth.r_peaks.iter().copied();
    (
        samples,
        beats.filter(|&beat| beat < 60.0 * minutes).collect(),
    )
}

#[track_caller]
fn at_least(score: &Comparison, sensitivity: f64, predictivity: f64) {
    let statistics = score.statistics();
    assert!(
        statistics.sensitivity.unwrap() >= sensitivity,
        "{}",
        row(score)
    );
    assert!(
        statistics.predictivity.unwrap() >= predictivity,
        "{}",
        row(score)
    );
}

#[test]
fn finds_the_beats_of_a_simulated_session() {
    for index in 0..2 {
        let session = session(index);
        let channel = |placement, modality| session.recording.channel(placement, modality).unwrap();

        let ecg = channel(Placement::Chest, Modality::Ecg);
        let beats = r_peaks(&ecg.all(), ecg.rate().unwrap()).unwrap();
        let chest = compared(&session.truth.r_peaks, &beats, 0.05);
        eprintln!("{} chest: {}", session.subject, row(&chest));
        at_least(&chest, 0.995, 0.995);
        let statistics = chest.statistics();
        assert!(statistics.offset.unwrap().abs() < 0.003);
        assert!(statistics.jitter.unwrap() < 0.005);

        let bvp = channel(Placement::Wrist, Modality::Bvp);
        for method in [PulseMethod::Prominence, PulseMethod::Elgendi] {
            let beats = pulse_peaks_by(&bvp.all(), bvp.rate().unwrap(), method).unwrap();
            let wrist = compared(&session.truth.pulse_peaks, &beats, 0.15);
            eprintln!("{} wrist, {method:?}: {}", session.subject, row(&wrist));
            // Movement hides some pulses and invents others.
            at_least(&wrist, 0.85, 0.85);
        }
    }
}

#[test]
fn finds_beats_in_rising_noise() {
    let mut table = ComparisonTable::default();
    // Decibels of the ECG over white noise, and the least Se and P+.
    for (ratio, sensitivity, predictivity) in [
        (30.0, 0.999, 0.999),
        (20.0, 0.999, 0.999),
        (12.0, 0.999, 0.999),
        (6.0, 0.995, 0.995),
        (3.0, 0.995, 0.995),
        (0.0, 0.995, 0.995),
        (-3.0, 0.98, 0.98),
        (-6.0, 0.95, 0.95),
    ] {
        let (mut noisy, reference) = ecg(0, 4.0, 360.0);
        let count = noisy.len() as f64;
        let mean = noisy.iter().sum::<f64>() / count;
        let power = noisy
            .iter()
            .map(|value| (value - mean).powi(2))
            .sum::<f64>()
            / count;
        let noise = (power / 10f64.powf(0.1 * ratio)).sqrt();
        let mut random = Random(20);
        noisy
            .iter_mut()
            .for_each(|value| *value += noise * random.normal());
        let score = compared(&reference, &r_peaks(&noisy, 360.0).unwrap(), 0.15);
        at_least(&score, sensitivity, predictivity);
        table.push(format!("{ratio} dB"), score);
    }
    eprintln!("{table}");
}

#[test]
fn finds_the_beats_at_any_rate_and_either_polarity() {
    let mut table = ComparisonTable::default();
    for rate in RATES {
        for sign in [1.0, -1.0] {
            let (mut samples, reference) = ecg(0, 3.0, rate);
            samples.iter_mut().for_each(|value| *value *= sign);
            let beats = r_peaks(&samples, rate).unwrap();
            let score = compared(&reference, &beats, 0.05);
            at_least(&score, 0.995, 0.995);
            let statistics = score.statistics();
            assert!(statistics.offset.unwrap().abs() < 0.003, "{}", row(&score));
            assert!(statistics.jitter.unwrap() < 0.005, "{}", row(&score));
            assert!(beats.iter().all(|beat| sign * beat.amplitude > 0.0));
            table.push(
                format!("{} {rate} Hz", if sign > 0.0 { '+' } else { '-' }),
                score,
            );
        }
    }
    eprintln!("{table}");
}

#[test]
fn no_beat_where_nothing_was_recorded() {
    // Seconds from which and to which it happens, and what becomes of a sample.
    type Fate = fn(f64) -> f64;
    let fates: [(f64, f64, Fate); 5] = [
        (20.0, 26.0, |_| f64::NAN),
        (50.0, 50.05, |_| f64::NAN),
        (70.0, 73.0, |_| 0.1),
        // At the rail of the amplifier, above and below.
        (100.0, 104.0, |_| 1.5),
        (130.0, 130.6, |_| -1.5),
    ];
    for rate in RATES {
        let (mut samples, reference) = ecg(1, 3.0, rate);
        for (start, end, fate) in fates {
            samples[(start * rate) as usize..(end * rate) as usize]
                .iter_mut()
                .for_each(|value| *value = fate(*value));
        }
        let beats = r_peaks(&samples, rate).unwrap();
        for (start, end, _) in fates {
            let inside = |time: f64| (start..end - 1.0 / rate).contains(&time);
            assert!(
                !beats.iter().any(|beat| inside(beat.time)),
                "{rate} Hz, {start} s"
            );
            if end - start >= 1.0 {
                let after = beats.iter().find(|beat| beat.time >= start).unwrap();
                assert_eq!(after.interval, None, "{rate} Hz, {start} s");
            }
        }
        let beside = |time: &f64| {
            fates
                .iter()
                .all(|(start, end, _)| *time < start - 0.25 || *time > end + 0.25)
        };
        let away: Vec<f64> = reference.into_iter().filter(beside).collect();
        let score = compared(&away, &beats, 0.05);
        assert!(score.missed() <= 1, "{rate} Hz: {}", row(&score));
        // Beats within a quarter of a second of a fate are right, too.
        assert!(
            score.invented() <= 2 * fates.len(),
            "{rate} Hz: {}",
            row(&score)
        );
    }
}

#[test]
fn clipped_peaks_are_beats_and_a_saturated_amplifier_has_none() {
    for rate in RATES {
        let (samples, reference) = ecg(0, 3.0, rate);
        // The tops of the R waves are cut off: a plateau of some 20 ms.
        let mut sorted = samples.clone();
        sorted.sort_by(f64::total_cmp);
        let rail = 0.7 * sorted[(0.998 * sorted.len() as f64) as usize];
        let clipped: Vec<f64> = samples.iter().map(|value| value.min(rail)).collect();
        let score = compared(&reference, &r_peaks(&clipped, rate).unwrap(), 0.05);
        at_least(&score, 0.99, 0.99);

        // The amplifier swings from rail to rail, 300 ms at each, and 32 times.
        let mut swinging = samples;
        let during = (60.0 * rate) as usize..(69.6 * rate) as usize;
        for (index, value) in swinging[during].iter_mut().enumerate() {
            let up = ((index as f64 / (0.3 * rate)) as usize).is_multiple_of(2);
            *value = if up { 5.0 } else { -5.0 };
        }
        let beats = r_peaks(&swinging, rate).unwrap();
        let saturated = |time: f64| (60.0..69.6 - 1.0 / rate).contains(&time);
        assert!(!beats.iter().any(|beat| saturated(beat.time)), "{rate} Hz");
    }
}
