//! The R-peak detector, sample by sample and in pieces, against itself over the whole signal.

use pathema_physio::intervals::{Plausibility, plausible};
use pathema_physio::{Beat, RPeakDetector, r_peaks};
use proptest::prelude::*;

use crate::compared::{compared, row, times};
use crate::synthetic;

/// Times, amplitudes and intervals, to the last bit.
fn bits(beats: &[Beat]) -> Vec<(u64, u64, Option<u64>)> {
    let bits = |beat: &Beat| {
        let interval = beat.interval.map(f64::to_bits);
        (beat.time.to_bits(), beat.amplitude.to_bits(), interval)
    };
    beats.iter().map(bits).collect()
}

fn in_pieces(ecg: &[f64], rate: f64, lengths: &[usize]) -> Vec<Beat> {
    let mut detector = RPeakDetector::new(rate).unwrap();
    let mut beats = Vec::new();
    let mut rest = ecg;
    for &length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, after) = rest.split_at(length.min(rest.len()));
        beats.extend(detector.extend(piece));
        rest = after;
    }
    beats.extend(detector.finish());
    beats
}

fn by_sample(ecg: &[f64], rate: f64) -> Vec<Beat> {
    let mut detector = RPeakDetector::new(rate).unwrap();
    let mut beats: Vec<Beat> = ecg
        .iter()
        .filter_map(|&sample| detector.push(sample))
        .collect();
    beats.extend(detector.finish());
    beats
}

/// What befalls a stretch of the signal.
#[derive(Clone, Debug)]
enum Fate {
    Missing,
    Held,
    Shaken,
    Fainter,
    Clipped,
}

fn fates() -> impl Strategy<Value = Vec<(Fate, f64, f64)>> {
    let fate = prop_oneof![
        Just(Fate::Missing),
        Just(Fate::Held),
        Just(Fate::Shaken),
        Just(Fate::Fainter),
        Just(Fate::Clipped),
    ];
    prop::collection::vec((fate, 0.0..40.0, 0.002..8.0), 0..5)
}

fn befall(ecg: &mut [f64], rate: f64, fates: &[(Fate, f64, f64)]) {
    for (fate, start, length) in fates {
        let first = (start * rate) as usize;
        let last = (((start + length) * rate) as usize).min(ecg.len());
        let held = ecg[first];
        for (index, sample) in ecg[first..last].iter_mut().enumerate() {
            match fate {
                Fate::Missing => *sample = f64::NAN,
                Fate::Held => *sample = held,
                Fate::Shaken => *sample += 20.0 * (0.21 * index as f64).sin(),
                Fate::Fainter => *sample *= 0.02,
                Fate::Clipped => *sample = sample.clamp(-0.3, 0.5),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn pieces_make_no_difference(
        rate in prop::sample::select(vec![100.0, 128.0, 250.0, 360.0, 700.0, 1000.0]),
        heart_rate in 45.0..150.0f64,
        noise in prop::sample::select(vec![0.0, 0.02, 0.3]),
        steps in prop::sample::select(vec![None, Some(20.0)]),
        seed in any::<u64>(),
        fates in fates(),
        lengths in prop::collection::vec(1usize..3000, 1..12),
    ) {
        let mut ecg = synthetic::ecg(40.0, rate, heart_rate, noise, seed).samples;
        if let Some(steps) = steps {
            // As a converter of few bits gives it: many samples repeat.
            ecg.iter_mut().for_each(|sample| *sample = (steps * *sample).round());
        }
        befall(&mut ecg, rate, &fates);
        let whole = in_pieces(&ecg, rate, &[ecg.len()]);
        prop_assert_eq!(bits(&whole), bits(&in_pieces(&ecg, rate, &lengths)));
        prop_assert_eq!(bits(&whole), bits(&by_sample(&ecg, rate)));

        let batch = r_peaks(&ecg, rate).unwrap();
        prop_assert_eq!(batch.len(), whole.len());
        for (one, other) in batch.iter().zip(&whole) {
            prop_assert_eq!(one.time.to_bits(), other.time.to_bits());
            prop_assert_eq!(one.amplitude.to_bits(), other.amplitude.to_bits());
            prop_assert!(one.interval.is_none() || one.interval == other.interval);
        }
        prop_assert!(whole.windows(2).all(|pair| pair[1].time - pair[0].time >= 0.199));
        for beat in &whole {
            let at = beat.time * rate;
            prop_assert!(!ecg[at.floor() as usize].is_nan() && !ecg[at.ceil() as usize].is_nan());
        }
    }
}

#[test]
fn a_beat_is_told_of_within_the_latency() {
    for rate in [100.0, 250.0, 360.0, 700.0, 2000.0] {
        let known = synthetic::ecg(60.0, rate, 75.0, 0.02, 1);
        let mut detector = RPeakDetector::new(rate).unwrap();
        let latency = detector.latency();
        assert!((0.3..0.6).contains(&latency), "{latency} s at {rate} Hz");
        let mut found = Vec::new();
        for (index, &sample) in known.samples.iter().enumerate() {
            if let Some(beat) = detector.push(sample) {
                let now = index as f64 / rate;
                // The thresholds are learnt in 2 s, and the beats in them wait in line.
                assert!(
                    now < 2.1 || now - beat.time <= latency,
                    "{rate} Hz: {beat:?} at {now} s"
                );
                found.push(beat);
            }
        }
        found.extend(detector.finish());
        let score = compared(&known.beats, &found, 0.05);
        assert_eq!(
            (score.missed(), score.invented()),
            (0, 0),
            "{}",
            row(&score)
        );
    }
}

#[test]
fn intervals_of_the_stream_are_those_before_judgement() {
    let mut ecg = synthetic::ecg(120.0, 250.0, 70.0, 0.02, 8).samples;
    // A beat and its surroundings replaced by a straight line: one interval is twice as long.
    let at = (60.0 * 250.0) as usize;
    ecg[at..at + 200].fill(0.0);
    ecg[at + 50] = 0.01;
    let stream = by_sample(&ecg, 250.0);
    let batch = r_peaks(&ecg, 250.0).unwrap();
    assert_eq!(times(&stream), times(&batch));
    let raw: Vec<Option<f64>> = stream[1..].iter().map(|beat| beat.interval).collect();
    let judged: Vec<Option<f64>> = batch[1..].iter().map(|beat| beat.interval).collect();
    assert!(raw.iter().all(Option::is_some));
    assert_eq!(judged, plausible(&raw, &Plausibility::ECG));
    assert!(judged.iter().any(Option::is_none));
}

#[test]
fn an_infinite_sample_is_missing_in_a_stream() {
    let ecg = synthetic::ecg(30.0, 250.0, 70.0, 0.02, 9).samples;
    let [mut missing, mut infinite] = [ecg.clone(), ecg];
    missing[3000] = f64::NAN;
    infinite[3000] = f64::NEG_INFINITY;
    assert_eq!(
        bits(&by_sample(&missing, 250.0)),
        bits(&by_sample(&infinite, 250.0))
    );
}

#[test]
fn a_stream_outlasts_what_it_keeps() {
    // Ten minutes in pieces of a second, with the amplitude falling to a twentieth on the way.
    let known = synthetic::ecg(600.0, 250.0, 65.0, 0.002, 10);
    let ecg: Vec<f64> = known
        .samples
        .iter()
        .enumerate()
        .map(|(index, sample)| sample * 0.05f64.powf(index as f64 / 150_000.0))
        .collect();
    let found = in_pieces(&ecg, 250.0, &[250]);
    let score = compared(&known.beats, &found, 0.02);
    assert_eq!(
        (score.missed(), score.invented()),
        (0, 0),
        "{}",
        row(&score)
    );
}
