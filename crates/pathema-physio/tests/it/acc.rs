//! Acceleration against NumPy and SciPy.

use pathema_physio::acc::{AccError, AccWindows, magnitude};
use pathema_physio::statistics::{mean, std};

use crate::golden;

const RATE: f64 = 32.0;

#[test]
fn agrees_with_numpy_and_scipy() {
    let lines = golden::read(include_str!("golden/windows.txt"));
    let of = |name: &str| {
        lines
            .iter()
            .find(|line| line.0 == name)
            .unwrap()
            .1
            .as_slice()
    };
    let axes = ["acc x", "acc y", "acc z"].map(of);
    let mut windows = AccWindows::new(axes, RATE).unwrap();
    let features = windows.window(0..160);
    for (index, name) in ["x", "y", "z"].iter().enumerate() {
        let axis = features.axes[index];
        let ours = [
            axis.mean.unwrap(),
            axis.std.unwrap(),
            axis.absolute_integral.unwrap(),
            features.peak_frequency[index].unwrap(),
        ];
        for (ours, reference) in ours.iter().zip(of(&format!("acc {name} features"))) {
            assert!((ours - reference).abs() < 1e-12 * reference.abs().max(1.0));
        }
    }
    let lengths = magnitude(axes);
    assert!((features.magnitude.mean.unwrap() - mean(&lengths).unwrap()).abs() < 1e-12);
    assert!((features.magnitude.std.unwrap() - std(&lengths).unwrap()).abs() < 1e-12);
}

#[test]
fn gaps_leave_moments_and_take_spectra() {
    let tone: Vec<f64> = (0..320).map(|i| (0.9 * f64::from(i)).sin()).collect();
    let mut holed = tone.clone();
    holed[100] = f64::NAN;
    let mut windows = AccWindows::new([&tone, &holed, &[0.0; 320]], RATE).unwrap();
    let before = windows.window(101..261);
    assert_eq!(before.peak_frequency[0], before.peak_frequency[1]);
    let across = windows.window(60..220);
    assert!(across.axes[1].mean.is_ok() && across.magnitude.std.is_ok());
    let message = across.peak_frequency[1].unwrap_err().to_string();
    assert_eq!(message, "159 samples are too few: it takes 160");
    let message = across.peak_frequency[2].unwrap_err().to_string();
    assert_eq!(message, "the samples do not vary");
    // Another length, and beyond the end.
    assert!(windows.window(0..64).peak_frequency[0].is_ok());
    assert!(windows.window(300..460).peak_frequency[0].is_err());
    assert!(windows.window(0..0).peak_frequency[0].is_err());
    assert!(windows.window(400..usize::MAX).axes[0].mean.is_err());
}

#[test]
fn impossible_input_is_refused_by_name() {
    for rate in [0.0, -32.0, f64::NAN, f64::INFINITY] {
        let error = AccWindows::new([&[], &[], &[]], rate).unwrap_err();
        assert!(error.to_string().starts_with("ACC: a sampling rate of "));
    }
    let error = AccWindows::new([&[1.0], &[1.0, 2.0], &[]], RATE).unwrap_err();
    assert_eq!(error, AccError::Lengths { lengths: [1, 2, 0] });
}
