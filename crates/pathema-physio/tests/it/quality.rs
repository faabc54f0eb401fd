//! Windows that can be used, and what is said of the others.

use std::f64::consts::TAU;

use pathema_physio::quality::{
    Fault, Limits, Quality, Reason, acc, bvp, ecg, eda, eda_valid, emg, resp, samples, temperature,
    template_correlation,
};
use proptest::prelude::*;

use crate::golden;
use crate::synthetic::{self, Random};

const NAN: f64 = f64::NAN;

#[track_caller]
fn is_good(quality: &Quality, least: f64) {
    assert!(quality.usable && quality.reasons.is_empty(), "{quality:?}");
    assert!((least..=1.0).contains(&quality.score), "{quality:?}");
}

#[track_caller]
fn is_bad(quality: &Quality, reason: &str) {
    assert!(!quality.usable, "{quality:?}");
    let said = |found: &Reason| found.to_string().contains(reason);
    assert!(quality.reasons.iter().any(said), "{quality:?}");
}

fn noise(len: usize, seed: u64) -> Vec<f64> {
    let mut random = Random(seed);
    (0..len).map(|_| random.normal()).collect()
}

#[test]
fn correlation_with_the_template_agrees_with_numpy() {
    let lines = golden::read(include_str!("golden/windows.txt"));
    let of = |name: &str| &lines.iter().find(|line| line.0 == name).unwrap().1;
    let peaks: Vec<f64> = (0..12).map(|beat| 0.4 + 0.8 * f64::from(beat)).collect();
    let ours = template_correlation(of("template signal"), 64.0, &peaks).unwrap();
    assert!((ours - of("template correlation")[0]).abs() < 1e-12);
}

#[test]
fn an_ecg() {
    let known = synthetic::ecg(10.0, 250.0, 70.0, 0.02, 1).samples;
    is_good(&ecg(&known, 250.0), 0.9);
    let mut holed = known.clone();
    holed[300..800].fill(NAN);
    is_bad(&ecg(&holed, 250.0), "0.20 of the samples are missing");
    let mut off = known.clone();
    off[500..].fill(0.0);
    is_bad(&ecg(&off, 250.0), "0.80 of the samples are flat");
    let noisy: Vec<f64> = known
        .iter()
        .zip(noise(2_500, 2))
        .map(|(a, b)| a + b)
        .collect();
    is_bad(&ecg(&noisy, 250.0), "kurtosis");
    let slow: Vec<f64> = synthetic::ecg(10.0, 250.0, 30.0, 0.01, 1).samples;
    is_bad(&ecg(&slow, 250.0), "heart rate");
    is_bad(&ecg(&known, 50.0), "ECG: a sampling rate of 50 Hz");
    is_bad(&ecg(&[], 250.0), "0 samples are too few");
}

#[test]
fn a_pulse() {
    let known = synthetic::pulse(10.0, 64.0, 70.0, 0.5, 1).samples;
    is_good(&bvp(&known, 64.0, f64::NEG_INFINITY), 0.86);
    is_good(&bvp(&known, 64.0, 0.0), 0.86);
    let inverted: Vec<f64> = known.iter().map(|value| -value).collect();
    is_bad(&bvp(&inverted, 64.0, 0.0), "skewness");
    let noisy: Vec<f64> = known
        .iter()
        .zip(noise(640, 3))
        .map(|(a, b)| a + 20.0 * b)
        .collect();
    is_bad(
        &bvp(&noisy, 64.0, f64::NEG_INFINITY),
        "correlation of beats",
    );
    is_bad(&bvp(&[3.0; 640], 64.0, 0.0), "1.00 of the samples are flat");
    is_bad(&bvp(&known, 10.0, 0.0), "BVP: a sampling rate of 10 Hz");
}

/// More noise, less quality.
#[test]
fn scores_fall_with_noise() {
    let mut last = 1.0;
    for strength in [0.5, 3.0, 8.0, 16.0] {
        let window = synthetic::pulse(20.0, 64.0, 70.0, strength, 4).samples;
        let score = bvp(&window, 64.0, f64::NEG_INFINITY).score;
        assert!(score < last, "{strength}: {score}");
        last = score;
    }
}

#[test]
fn skin_conductance() {
    let rest: Vec<f64> = (0..240)
        .map(|i| 2.0 + 0.5 * (0.03 * f64::from(i)).sin())
        .collect();
    is_good(&eda(&rest, 4.0, None), 1.0);
    is_good(&eda(&rest, 4.0, Some((&[32.0; 240], 4.0))), 1.0);
    is_bad(
        &eda(&rest, 4.0, Some((&[25.0; 240], 4.0))),
        "taken off the skin",
    );
    let mut lost = rest.clone();
    lost[100..140].fill(0.0);
    let quality = eda(&lost, 4.0, None);
    is_bad(&quality, "out of range");
    // 10 s lost, and 5 s on both sides.
    assert!(
        (quality.score - (1.0 - 80.0 / 240.0)).abs() < 1e-9,
        "{quality:?}"
    );
    let mut jumps = rest.clone();
    jumps.iter_mut().step_by(8).for_each(|value| *value += 4.0);
    is_bad(&eda(&jumps, 4.0, None), "too steep");
    // The same at a rate at which one sample's noise is steep, and is not asked.
    let fast: Vec<f64> = noise(7_000, 5)
        .iter()
        .map(|value| 2.0 + 0.02 * value)
        .collect();
    is_good(&eda(&fast, 700.0, None), 1.0);
    assert_eq!(eda_valid(&rest, 0.0, None), vec![false; 240]);
    assert_eq!(eda_valid(&[], 4.0, None), Vec::<bool>::new());
}

#[test]
fn acceleration() {
    let still: Vec<f64> = noise(1_920, 6)
        .iter()
        .map(|value| (64.0 + value).round())
        .collect();
    is_good(&acc([&still, &still, &still], 32.0, 128.0), 1.0);
    is_bad(
        &acc([&still, &[3.0; 1_920], &still], 32.0, 128.0),
        "1.00 of the samples are flat",
    );
    let clipped: Vec<f64> = still
        .iter()
        .map(|value| (40.0 * (value - 64.0)).clamp(-128.0, 128.0))
        .collect();
    assert!(clipped.iter().any(|value| value.abs() == 128.0));
    let mostly: Vec<f64> = clipped
        .iter()
        .map(|value| (9.0 * value).clamp(-128.0, 128.0))
        .collect();
    is_bad(&acc([&mostly, &still, &still], 32.0, 128.0), "clipped");
    is_bad(&acc([&still, &still, &still], 32.0, 2.0), "out of range");
    is_bad(
        &acc([&still, &[], &still], 32.0, 128.0),
        "0 samples are too few",
    );
}

#[test]
fn skin_temperature() {
    let worn: Vec<f64> = (0..240).map(|i| 33.0 + 0.002 * f64::from(i)).collect();
    is_good(&temperature(&worn, 4.0), 1.0);
    let mut cooled = worn.clone();
    for (index, value) in cooled[60..].iter_mut().enumerate() {
        *value -= (0.1 * index as f64).min(2.5);
    }
    is_bad(&temperature(&cooled, 4.0), "too steep");
    is_bad(
        &temperature(&[NAN; 240], 4.0),
        "1.00 of the samples are missing",
    );
}

#[test]
fn respiration() {
    let belt = |shape: fn(f64) -> f64| -> Vec<f64> {
        (0..1_500).map(|index| shape(index as f64 / 25.0)).collect()
    };
    is_good(&resp(&belt(|time| (TAU * 0.25 * time).sin()), 25.0), 0.9);
    is_bad(&resp(&belt(|_| 4.0), 25.0), "1.00 of the samples are flat");
    is_bad(&resp(&belt(|time| time), 25.0), "share covered by breaths");
    let mixed = noise(1_500, 7);
    assert!(!resp(&mixed, 25.0).usable);
    is_bad(&resp(&mixed, 1.0), "RESP: a sampling rate of 1 Hz");
}

#[test]
fn muscle_tension() {
    let muscle = noise(3_500, 8);
    is_good(&emg(&muscle, 700.0, None), 0.9);
    let hum: Vec<f64> = muscle
        .iter()
        .enumerate()
        .map(|(index, value)| value + 4.0 * (TAU * 60.0 * index as f64 / 700.0).sin())
        .collect();
    is_bad(&emg(&hum, 700.0, None), "share of power at mains");
    let driven: Vec<f64> = muscle.iter().map(|value| value.clamp(-1.0, 1.0)).collect();
    is_bad(&emg(&driven, 700.0, Some([-1.0, 1.0])), "clipped");
    is_bad(&emg(&muscle, 64.0, None), "it takes 60 Hz");
    is_bad(&emg(&[], 700.0, None), "0 samples are too few");
}

#[test]
fn no_rate_takes_for_ever() {
    // Its multiples of mains have no end.
    let verdict = emg(&noise(1_000, 9), 1e300, None);
    is_bad(&verdict, "share of power at mains is undefined");
    // Each of four million samples is steep, over a million of them.
    let ramp: Vec<f64> = (0..4_000_000)
        .map(|index| 1e-5 * f64::from(index))
        .collect();
    let valid = eda_valid(&ramp, 4e6, None);
    assert!(!valid.contains(&true));
}

#[test]
fn a_share_of_what_overflowed_is_none() {
    let huge: Vec<f64> = noise(3_500, 8).iter().map(|value| 1e200 * value).collect();
    is_bad(&emg(&huge, 700.0, None), "share of power at mains");
}

#[test]
fn samples_of_any_signal() {
    let limits = Limits {
        range: Some([0.0, 10.0]),
        rails: Some([-1.0, 12.0]),
        ..Limits::ANY
    };
    let signal: Vec<f64> = (0..100).map(|index| f64::from(index % 14) - 1.0).collect();
    let quality = samples(&signal, 10.0, &limits);
    let faults: Vec<Fault> = quality
        .reasons
        .iter()
        .map(|reason| match reason {
            Reason::Samples { fault, .. } => *fault,
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(faults, [Fault::Clipped, Fault::OutOfRange]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever comes in, a verdict with reasons and a score comes out.
    #[test]
    fn any_samples_give_a_verdict(
        window in prop::collection::vec(prop_oneof![4 => -2.0..2.0f64, 1 => Just(NAN), 1 => any::<f64>()], 0..600),
        rate in prop_oneof![3 => Just(100.0), 1 => Just(32.0), 1 => any::<f64>()],
    ) {
        let verdicts = [
            ecg(&window, rate), bvp(&window, rate, 0.0), eda(&window, rate, Some((&window, rate))), resp(&window, rate),
            emg(&window, rate, None), temperature(&window, rate), acc([&window, &window, &window], rate, 2.0),
            samples(&window, rate, &Limits::ANY),
        ];
        for verdict in &verdicts {
            prop_assert!((0.0..=1.0).contains(&verdict.score), "{:?}", verdict);
            prop_assert_eq!(verdict.usable, verdict.reasons.is_empty());
        }
    }
}
