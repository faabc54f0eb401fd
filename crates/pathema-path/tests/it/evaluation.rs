//! Limits at knots, the world outside the interval, further knots, wider intervals.

use pathema_path::{ControlPath, Ends, Observations, PathError, Scheme, Smoothness};

/// Slopes 2, −1 and 4; values 0, 2, 1, 5 at 0, 1, 2, 3.
fn zigzag() -> ControlPath {
    let seen = Observations::new(vec![0.0, 1.0, 2.0, 3.0], vec![0.0, 2.0, 1.0, 5.0], 1).unwrap();
    ControlPath::fit(Scheme::Linear, &seen).unwrap()
}

/// Value, right and left derivative.
#[track_caller]
fn check(path: &ControlPath, t: f64, expected: [f64; 3]) {
    let mut found = [[0.0]; 3];
    path.value(t, &mut found[0]);
    path.derivative(t, &mut found[1]);
    path.derivative_left(t, &mut found[2]);
    assert_eq!(found.concat(), expected, "at {t}");
}

#[test]
fn derivatives_take_the_named_limit() {
    let path = zigzag();
    check(&path, -1.0, [0.0, 0.0, 0.0]);
    check(&path, 0.0, [0.0, 2.0, 2.0]);
    check(&path, 0.5, [1.0, 2.0, 2.0]);
    check(&path, 1.0, [2.0, -1.0, 2.0]);
    check(&path, 2.0, [1.0, 4.0, -1.0]);
    check(&path, 3.0, [5.0, 4.0, 4.0]);
    check(&path, 3.5, [5.0, 0.0, 0.0]);
    check(&path, f64::INFINITY, [5.0, 0.0, 0.0]);
    check(&path, f64::NEG_INFINITY, [0.0, 0.0, 0.0]);
}

/// Once the interval is wider, its old ends are inner knots, and the path rests beyond them.
#[test]
fn old_ends_become_inner_knots() {
    let path = zigzag().spanning(-1.0, 4.0).unwrap();
    assert_eq!(path.interval(), (-1.0, 4.0));
    check(&path, 0.0, [0.0, 2.0, 0.0]);
    check(&path, 3.0, [5.0, 0.0, 4.0]);
    check(&path, 4.0, [5.0, 0.0, 0.0]);
}

#[test]
fn not_a_time_gives_not_a_number() {
    let path = zigzag();
    for evaluate in [
        ControlPath::value,
        ControlPath::derivative,
        ControlPath::derivative_left,
        ControlPath::second_derivative,
    ] {
        let mut out = [0.0];
        evaluate(&path, f64::NAN, &mut out);
        assert!(out[0].is_nan());
    }
}

#[test]
fn second_derivative_takes_the_right_limit() {
    // x = t² from 1 on: Hermite pieces bend by 4 (Δ − b) / h at their start.
    let seen = Observations::new(vec![0.0, 1.0, 2.0, 3.0], vec![0.0, 1.0, 4.0, 9.0], 1).unwrap();
    let scheme = Scheme::Hermite(pathema_path::Gaps::FitAcross);
    let path = ControlPath::fit(scheme, &seen).unwrap();
    let mut bend = [0.0];
    for (t, expected) in [
        (0.0, 0.0),
        (1.0, 8.0),
        (1.5, 2.0),
        (2.0, 8.0),
        (3.0, -4.0),
        (3.1, 0.0),
    ] {
        path.second_derivative(t, &mut bend);
        assert_eq!(bend, [expected], "at {t}");
    }
}

#[test]
fn extending_tells_the_new_smoothness() {
    let times = vec![0.0, 1.0, 2.0, 3.0];
    let bent = Observations::new(times.clone(), vec![0.0, 2.0, 1.0, 5.0], 1).unwrap();
    let natural = ControlPath::fit(Scheme::NaturalCubic(Ends::Free), &bent).unwrap();
    assert_eq!(natural.smoothness(), Smoothness::C2);
    let wide = natural.spanning(0.0, 4.0).unwrap();
    assert_eq!(wide.smoothness(), Smoothness::C0);
    assert!(!wide.verify_continuity().holds(Smoothness::C1, 1e-3));
    let same = natural.spanning(0.0, 3.0).unwrap();
    assert_eq!(same, natural);

    let flat = Observations::new(times, vec![2.0; 4], 1).unwrap();
    let flat = ControlPath::fit(Scheme::Linear, &flat).unwrap();
    assert_eq!(
        flat.spanning(-1.0, 4.0).unwrap().smoothness(),
        Smoothness::C2
    );
}

#[test]
fn extending_backwards_is_not_causal() {
    let path = zigzag();
    assert!(path.is_causal());
    assert!(path.spanning(0.0, 4.0).unwrap().is_causal());
    assert!(!path.spanning(-1.0, 3.0).unwrap().is_causal());
}

#[test]
fn bad_knots_are_named() {
    let path = zigzag();
    let infinite = path.refined(&[1.0, f64::INFINITY]).unwrap_err();
    assert_eq!(
        infinite,
        PathError::KnotNotFinite {
            index: 1,
            time: f64::INFINITY
        }
    );
    let narrow = path.spanning(0.5, 3.0).unwrap_err();
    assert!(matches!(narrow, PathError::SpanNotCovering { .. }));
    let not_a_time = path.spanning(0.0, f64::NAN).unwrap_err();
    assert!(matches!(
        not_a_time,
        PathError::KnotNotFinite { index: 1, .. }
    ));
    let nothing = Observations::new(vec![], vec![], 1).unwrap();
    let nothing = ControlPath::fit(Scheme::Linear, &nothing).unwrap();
    let backwards = nothing.spanning(1.0, 0.0).unwrap_err();
    assert!(matches!(backwards, PathError::SpanNotCovering { .. }));
    let long = nothing.spanning(-1e308, 1e308).unwrap_err();
    assert!(matches!(long, PathError::SpanInfinite { .. }));
}

#[test]
#[should_panic(expected = "one place a channel")]
fn an_output_of_the_wrong_length_is_a_mistake_of_the_caller() {
    zigzag().value(0.0, &mut [0.0, 0.0]);
}
