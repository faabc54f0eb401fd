//! The band-pass filter against SciPy, at gaps, and at what it must refuse.

use pathema_physio::filter::{FilterError, Sos};

use crate::golden;

const NAN: f64 = f64::NAN;

#[test]
fn agrees_with_scipy() {
    let lines = golden::read(include_str!("golden/filter.txt"));
    let input = &lines[0].1;
    assert_eq!(lines.len(), 8);
    for (design, expected) in &lines[1..] {
        let parameters: Vec<f64> = design.split(' ').map(|v| v.parse().unwrap()).collect();
        let [order, low, high, rate] = parameters[..] else {
            panic!("{design}");
        };
        let sos = Sos::butterworth_band_pass(order as usize, low, high, rate).unwrap();
        let filtered = sos.zero_phase(input);
        assert_eq!(filtered.len(), expected.len());
        for (index, (ours, scipy)) in filtered.iter().zip(expected).enumerate() {
            assert!(
                (ours - scipy).abs() < 1e-10,
                "{design}, sample {index}: {ours} is not {scipy}"
            );
        }
    }
}

#[test]
fn finite_stretches_are_filtered_by_themselves() {
    let sos = Sos::butterworth_band_pass(3, 0.6, 4.0, 64.0).unwrap();
    let first: Vec<f64> = (0..200).map(|i| (0.2 * f64::from(i)).sin()).collect();
    let second: Vec<f64> = (0..150).map(|i| (0.3 * f64::from(i)).cos() + 7.0).collect();
    let joined = [&[NAN], &first[..], &[NAN, f64::INFINITY], &second].concat();
    let filtered = sos.zero_phase(&joined);
    assert_eq!(filtered[1..201], sos.zero_phase(&first));
    assert_eq!(filtered[203..], sos.zero_phase(&second));
    assert!([0, 201, 202].iter().all(|&gap| filtered[gap].is_nan()));
}

#[test]
fn stretches_shorter_than_the_padding_stay_finite() {
    let sos = Sos::butterworth_band_pass(4, 0.5, 40.0, 250.0).unwrap();
    for len in 0..60 {
        let signal: Vec<f64> = (0..len).map(f64::from).collect();
        let filtered = sos.zero_phase(&signal);
        assert_eq!(filtered.len(), signal.len());
        assert!(filtered.iter().all(|value| value.is_finite()), "{len}");
    }
}

#[test]
fn impossible_designs_are_refused() {
    #[track_caller]
    fn check(order: usize, low: f64, high: f64, rate: f64, message: &str) {
        let error = Sos::butterworth_band_pass(order, low, high, rate).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }
    check(0, 1.0, 2.0, 10.0, "order 0");
    check(21, 1.0, 2.0, 10.0, "from 1 to 20");
    check(2, 0.0, 2.0, 10.0, "0–2 Hz at 10 Hz");
    check(2, 2.0, 2.0, 10.0, "low < high");
    check(2, 1.0, 5.0, 10.0, "high < rate / 2");
    check(2, 1.0, 2.0, f64::INFINITY, "inf Hz");
    check(2, 1.0, 2.0, -10.0, "-10 Hz");
    assert!(matches!(
        Sos::butterworth_band_pass(2, 1.0, NAN, 10.0),
        Err(FilterError::Band { high, .. }) if high.is_nan()
    ));
}
