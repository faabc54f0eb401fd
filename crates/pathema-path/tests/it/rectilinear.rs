//! The rectilinear path: time and data in turn, causal whatever is missing.

use pathema_path::{ControlPath, Intensity, Observations, PathError, Scheme, Smoothness};
use proptest::prelude::*;

use crate::laws::{complete, first, observations, probes};

const NAN: f64 = f64::NAN;

fn fit(seen: &Observations) -> ControlPath {
    ControlPath::fit(Scheme::Rectilinear, seen).unwrap()
}

fn value(path: &ControlPath, time: f64) -> Vec<f64> {
    let mut x = vec![0.0; path.channels()];
    path.value(time, &mut x);
    x
}

fn slope(path: &ControlPath, time: f64) -> Vec<f64> {
    let mut x = vec![0.0; path.channels()];
    path.derivative(time, &mut x);
    x
}

/// Corners of two channels by hand, the second beginning late.
#[test]
fn turns_at_its_corners() {
    let seen = Observations::new(vec![0.0, 1.0, 3.0], vec![5.0, NAN, NAN, 2.0, 4.0, NAN], 2)
        .unwrap()
        .with_intensity(Intensity::Shared)
        .with_time();
    let path = fit(&seen);
    assert_eq!(path.knots(), [0.0, 0.5, 1.0, 2.0, 3.0]);
    let corners: Vec<_> = path.knots().iter().map(|&t| value(&path, t)).collect();
    let expected = [
        [0.0, 1.0, 5.0, 0.0],
        [1.0, 1.0, 5.0, 0.0],
        [1.0, 2.0, 5.0, 2.0],
        [3.0, 2.0, 5.0, 2.0],
        [3.0, 3.0, 4.0, 2.0],
    ];
    assert_eq!(corners, expected);
    assert_eq!(slope(&path, 1.5), [2.0, 0.0, 0.0, 0.0]);
    assert_eq!(slope(&path, 2.5), [0.0, 1.0, -1.0, 0.0]);
    assert_eq!(path.smoothness(), Smoothness::C0);
    assert!(path.is_causal());
}

#[test]
fn wants_the_time_as_a_channel() {
    let seen = Observations::new(vec![0.0, 1.0], vec![1.0, 2.0], 1).unwrap();
    let found = ControlPath::fit(Scheme::Rectilinear, &seen).unwrap_err();
    assert_eq!(found, PathError::NoTimeChannel);
    let found = Scheme::Rectilinear
        .pull_back(&seen, &[], &[], &[])
        .unwrap_err();
    assert_eq!(found, PathError::NoTimeChannel);
}

#[test]
fn wants_room_between_samples() {
    let seen = Observations::new(vec![1e16, 1e16 + 2.0], vec![1.0, 2.0], 1).unwrap();
    let found = ControlPath::fit(Scheme::Rectilinear, &seen.with_time()).unwrap_err();
    let expected = PathError::IntervalIndivisible {
        sample: 0,
        start: 1e16,
        end: 1e16 + 2.0,
        share: 0.5,
    };
    assert_eq!(found, expected);
}

#[test]
fn few_samples_make_few_knots() {
    let none = Observations::new(vec![], vec![], 1).unwrap().with_time();
    assert_eq!(fit(&none).interval(), (0.0, 0.0));
    assert_eq!(value(&fit(&none), 1.0), [0.0, 0.0]);
    let one = Observations::new(vec![2.0], vec![NAN], 1)
        .unwrap()
        .with_time();
    assert_eq!(fit(&one).knots(), [2.0]);
    assert_eq!(value(&fit(&one), 7.0), [2.0, 0.0]);
}

proptest! {
    #[test]
    fn passes_through_what_was_seen(seen in observations()) {
        let path = fit(&seen.with_time());
        for (&time, row) in seen.times().iter().zip(seen.rows()) {
            let x = value(&path, time);
            prop_assert_eq!(x[0], time);
            for (x, value) in x[1..].iter().zip(row) {
                prop_assert!(value.is_nan() || x == value);
            }
        }
    }

    #[test]
    fn either_time_moves_or_the_data(seen in observations()) {
        let path = fit(&seen.with_time());
        for (piece, slopes) in path.coefficients().chunks_exact(12).map(|c| &c[3..6]).enumerate() {
            if piece % 2 == 0 {
                prop_assert!(slopes[0] > 0.0);
                prop_assert_eq!(&slopes[1..], &[0.0, 0.0]);
            } else {
                prop_assert_eq!(slopes[0], 0.0);
            }
        }
    }

    /// However much is missing, and wherever.
    #[test]
    fn never_rewrites_the_past(gappy in observations(), complete in complete()) {
        for seen in [gappy, complete] {
            let path = fit(&seen.with_time());
            prop_assert!(path.is_causal());
            for samples in 1..=seen.len() {
                let early = fit(&first(&seen, samples).with_time());
                let now = seen.times()[samples - 1];
                for time in probes(&seen).into_iter().filter(|&time| time < now) {
                    prop_assert_eq!(value(&early, time), value(&path, time));
                    prop_assert_eq!(slope(&early, time), slope(&path, time));
                }
                prop_assert_eq!(value(&early, now), value(&path, now));
            }
        }
    }

    #[test]
    fn moves_and_scales_with_its_observations(
        seen in observations(), shift in -9.0..9.0_f64, scale in 0.1..9.0_f64
    ) {
        let times = seen.times().iter().map(|time| (time + shift) * scale).collect();
        let values = seen.values().iter().map(|value| value * scale).collect();
        let moved = fit(&Observations::new(times, values, 2).unwrap().with_time());
        let path = fit(&seen.with_time());
        for time in probes(&seen) {
            let (x, y) = (value(&path, time), value(&moved, (time + shift) * scale));
            let expected = [(x[0] + shift) * scale, x[1] * scale, x[2] * scale];
            for (found, expected) in y.iter().zip(expected) {
                prop_assert!((found - expected).abs() < 1e-8 * (1.0 + expected.abs()));
            }
        }
    }
}
