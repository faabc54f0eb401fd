//! Muscle tension against NumPy and SciPy, and bursts that are known.

use pathema_physio::emg::{Bursts, EmgWindows, peaks};
use pathema_physio::{Undefined, Value};

use crate::golden;
use crate::synthetic::Random;

const RATE: f64 = 700.0;

#[test]
fn agrees_with_numpy_and_scipy() {
    let lines = golden::read(include_str!("golden/windows.txt"));
    let of = |name: &str| &lines.iter().find(|line| line.0 == name).unwrap().1;
    let mut windows = EmgWindows::new(of("emg"), RATE).unwrap();
    let features = windows.window(0..2100);
    let mut ours: Vec<Value> = vec![
        features.mean,
        features.std,
        features.range,
        features.absolute_integral,
        features.median,
        features.p10,
        features.p90,
        features.mean_frequency,
        features.peak_frequency,
    ];
    ours.extend(features.bands);
    assert_eq!(ours.len(), of("emg features").len());
    for (ours, reference) in ours.iter().zip(of("emg features")) {
        let ours = ours.unwrap();
        assert!(
            (ours - reference).abs() < 1e-10 * reference.abs().max(1e-3),
            "{ours} is not {reference}"
        );
    }
    let median = features.median_frequency.unwrap();
    let below: f64 = features.bands[..2].iter().map(|band| band.unwrap()).sum();
    let whole: f64 = features.bands.iter().map(|band| band.unwrap()).sum();
    assert_eq!(median < 99.5, below > 0.5 * whole);
}

#[test]
fn finds_bursts_and_no_other() {
    let mut random = Random(3);
    let mut emg: Vec<f64> = (0..42_000).map(|_| 0.01 * random.normal()).collect();
    let known: Vec<f64> = (0..28).map(|burst| 1.3 + 2.0 * f64::from(burst)).collect();
    for (index, value) in emg.iter_mut().enumerate() {
        let time = index as f64 / RATE;
        // A constant and a slow drift are no tension.
        *value += 5.0 + 0.2 * (0.3 * time).sin();
        for burst in &known {
            *value += 0.8 * (-0.5 * ((time - burst) / 0.015).powi(2)).exp();
        }
    }
    // A gap over the third burst.
    emg[3_600..3_900].fill(f64::NAN);
    let found = peaks(&emg, RATE).unwrap();
    let high: Vec<_> = found.iter().filter(|peak| peak.amplitude > 0.3).collect();
    assert_eq!(high.len(), 27);
    for peak in high {
        let nearest = known
            .iter()
            .map(|burst| (peak.time - burst).abs())
            .fold(f64::INFINITY, f64::min);
        assert!(
            nearest < 0.01 && (0.6..0.9).contains(&peak.amplitude),
            "{peak:?}"
        );
    }
    assert!(
        !found
            .iter()
            .any(|peak| (3_600.0..3_899.0).contains(&(peak.time * RATE)))
    );
    let bursts = Bursts::of(&found, 0.0..60.0);
    assert_eq!(bursts.count, found.len());
    assert!((bursts.amplitude_mean.unwrap() * bursts.count as f64 - bursts.sum).abs() < 1e-9);
}

#[test]
fn undefined_values_say_why() {
    let tone: Vec<f64> = (0..1_000).map(|i| (0.5 * f64::from(i)).sin()).collect();
    let mut slow = EmgWindows::new(&tone, 250.0).unwrap();
    let bands = slow.window(0..1_000).bands;
    assert!(bands[1].is_ok());
    assert_eq!(
        bands[2],
        Err(Undefined::Rate {
            rate: 250.0,
            needed: 150.0
        })
    );
    let short = slow.window(0..249);
    assert!(short.mean.is_ok() && short.peak_frequency.is_err());
    let mut flat = EmgWindows::new(&[1.0; 900], RATE).unwrap();
    let peak = flat.window(0..900).peak_frequency.unwrap_err();
    assert_eq!(peak.to_string(), "the samples do not vary");
    let none = Bursts::of(&[], 0.0..60.0);
    assert_eq!((none.count, none.sum), (0, 0.0));
    let why = none.amplitude_std.unwrap_err().to_string();
    assert_eq!(why, "0 peaks are too few: it takes 2");
    assert!(Bursts::of(&[], 5.0..5.0).normalised_sum.is_err());
    assert!(Bursts::of(&[], f64::NAN..5.0).normalised_sum.is_err());
}

#[test]
fn impossible_input_is_refused_by_name() {
    #[track_caller]
    fn check(emg: &[f64], rate: f64, message: &str) {
        let error = peaks(emg, rate).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
        assert!(EmgWindows::new(emg, rate).is_err());
    }
    check(&[], 0.0, "EMG: a sampling rate of 0 Hz");
    check(&[], f64::NAN, "EMG: a sampling rate of NaN Hz");
    check(&[], 1e9, "125–100000 Hz");
    check(&[0.0, f64::INFINITY], 700.0, "sample 1 is inf");
    for nothing in [&[][..], &[1.0], &[f64::NAN; 4_000], &[3.5; 4_000]] {
        assert_eq!(peaks(nothing, RATE), Ok(vec![]));
    }
}
