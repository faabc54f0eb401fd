//! Smoothed lines: between the linear path and the Hermite one.

use pathema_path::{ControlPath, Gaps, Observations, PathError, Scheme, Share, Smoothness};
use proptest::prelude::*;

use crate::laws::{complete, observations, probes};

fn smoothed(share: f64, seen: &Observations) -> ControlPath {
    let scheme = Scheme::SmoothedLinear(Share::new(share).unwrap());
    ControlPath::fit(scheme, seen).unwrap()
}

fn value(path: &ControlPath, time: f64) -> [f64; 2] {
    let mut x = [0.0; 2];
    path.value(time, &mut x);
    x
}

#[test]
fn a_share_is_a_share() {
    for share in [0.0, -0.5, 1.0 + f64::EPSILON, f64::NAN, f64::INFINITY] {
        let found = Share::new(share).unwrap_err();
        assert!(matches!(found, PathError::Share { .. }), "{share}");
    }
    assert_eq!(Share::new(1.0).unwrap(), Share::WHOLE);
    assert_eq!(Share::new(0.25).unwrap().get(), 0.25);
}

/// Slopes 1 and −1: from (1, 1) a cubic to (1.5, 0.5), then the line.
#[test]
fn rounds_the_corner_after_the_knot() {
    let seen = Observations::new(vec![0.0, 1.0, 2.0], vec![0.0, 1.0, 0.0], 1).unwrap();
    let path = smoothed(0.5, &seen);
    assert_eq!(path.knots(), [0.0, 0.5, 1.0, 1.5, 2.0]);
    let pieces: Vec<&[f64]> = path.coefficients().chunks_exact(4).collect();
    let expected = [
        [0.0, 1.0, 0.0, 0.0],
        [0.5, 1.0, 0.0, 0.0],
        [1.0, 1.0, -8.0, 8.0],
        [0.5, -1.0, 0.0, 0.0],
    ];
    assert_eq!(pieces, expected);
    assert_eq!(path.smoothness(), Smoothness::C1);
    assert!(path.is_causal());
}

#[test]
fn a_share_too_small_for_its_interval_is_named() {
    let seen = Observations::new(vec![1.0, 2.0], vec![0.0, 1.0], 1).unwrap();
    let scheme = Scheme::SmoothedLinear(Share::new(1e-300).unwrap());
    let expected = PathError::IntervalIndivisible {
        sample: 0,
        start: 1.0,
        end: 2.0,
        share: 1e-300,
    };
    assert_eq!(ControlPath::fit(scheme, &seen).unwrap_err(), expected);
    let found = scheme.pull_back(&seen, &[], &[], &[]).unwrap_err();
    assert_eq!(found, expected);
}

proptest! {
    #[test]
    fn of_the_whole_interval_is_hermite(seen in observations()) {
        let whole = ControlPath::fit(Scheme::SmoothedLinear(Share::WHOLE), &seen).unwrap();
        let hermite = ControlPath::fit(Scheme::Hermite(Gaps::FillLinear), &seen).unwrap();
        prop_assert_eq!(whole, hermite);
    }

    /// The corner is cut by at most 4/27 of the turn, times the cubic's length.
    #[test]
    fn stays_close_to_the_lines(seen in complete(), share in 0.001..0.999_f64) {
        let (path, lines) = (smoothed(share, &seen), ControlPath::fit(Scheme::Linear, &seen).unwrap());
        let slopes: Vec<&[f64]> = lines.coefficients().chunks_exact(8).map(|piece| &piece[2..4]).collect();
        for time in probes(&seen) {
            let after = seen.times().partition_point(|&knot| knot <= time);
            let (x, y) = (value(&path, time), value(&lines, time));
            if after < 2 || after == seen.len() {
                prop_assert!((x[0] - y[0]).abs() < 1e-12 && (x[1] - y[1]).abs() < 1e-12);
                continue;
            }
            let start = seen.times()[after - 1];
            let length = share * (seen.times()[after] - start);
            for channel in 0..2 {
                let turn = (slopes[after - 1][channel] - slopes[after - 2][channel]).abs();
                let most = if time - start > length { 0.0 } else { 4.0 / 27.0 * turn * length };
                prop_assert!((x[channel] - y[channel]).abs() <= most + 1e-10);
            }
        }
    }
}
