//! Known answers: a spline worked out by SciPy, and paths so small that the answer is plain.

use pathema_path::{ControlPath, Ends, Gaps, Observations, Scheme, Smoothness};

const NAN: f64 = f64::NAN;

fn path(scheme: Scheme, times: &[f64], values: &[f64]) -> ControlPath {
    let seen = Observations::new(times.to_vec(), values.to_vec(), 1).unwrap();
    ControlPath::fit(scheme, &seen).unwrap()
}

fn value(path: &ControlPath, time: f64) -> f64 {
    let mut x = vec![0.0; path.channels()];
    path.value(time, &mut x);
    x[0]
}

#[track_caller]
fn close(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} is not {expected}"
    );
}

/// `CubicSpline(t, x, bc_type="natural")` of SciPy: slopes at the knots and second derivatives.
#[test]
fn natural_spline_of_scipy() {
    let natural = path(
        Scheme::NaturalCubic(Ends::Free),
        &[0.0, 1.0, 2.5, 3.0, 4.25],
        &[0.0, 1.0, -0.5, 2.0, 0.75],
    );
    let slopes = [2.04312115, -1.08624230, 3.86652977, 4.05133470];
    let curvatures = [0.0, -6.25872690, 12.86242300, -12.12320329];
    for (piece, row) in natural.coefficients().chunks_exact(4).enumerate() {
        close(row[1], slopes[piece], 5e-9);
        close(2.0 * row[2], curvatures[piece], 5e-9);
    }
}

#[test]
fn stands_still_outside_what_was_seen() {
    for scheme in [
        Scheme::Linear,
        Scheme::Hermite(Gaps::FitAcross),
        Scheme::NaturalCubic(Ends::Free),
    ] {
        let path = path(
            scheme,
            &[0.0, 1.0, 2.0, 3.0, 4.0],
            &[NAN, 2.0, 5.0, 1.0, NAN],
        );
        close(value(&path, 0.5), 2.0, 0.0);
        close(value(&path, 3.5), 1.0, 0.0);
        close(value(&path, 9.0), 1.0, 0.0);
        assert_eq!(path.smoothness(), Smoothness::C0, "{scheme:?}");
        let report = path.verify_continuity();
        assert!(report.holds(Smoothness::C0, 1e-12), "{scheme:?}");
        assert!(!report.holds(Smoothness::C1, 1e-3), "{scheme:?}");
        let mut slope = [1.0];
        path.derivative(9.0, &mut slope);
        assert_eq!(slope, [0.0]);
    }
}

#[test]
fn ends_filled_flat_stay_smooth() {
    let times = [0.0, 1.0, 2.0, 3.0, 4.0];
    let values = [NAN, 2.0, 5.0, 1.0, NAN];
    let natural = path(Scheme::NaturalCubic(Ends::FlatKnots), &times, &values);
    assert_eq!(natural.smoothness(), Smoothness::C2);
    let hermite = path(Scheme::Hermite(Gaps::FillLinear), &times, &values);
    assert_eq!(hermite.smoothness(), Smoothness::C1);
    assert!(hermite.verify_continuity().holds(Smoothness::C1, 1e-12));
    close(value(&hermite, 0.5), 2.0, 0.0);
}

#[test]
fn one_observation_or_none_makes_a_constant() {
    let all = [
        Scheme::Linear,
        Scheme::Hermite(Gaps::FillLinear),
        Scheme::Hermite(Gaps::FitAcross),
        Scheme::NaturalCubic(Ends::Free),
        Scheme::NaturalCubic(Ends::FlatKnots),
    ];
    for scheme in all {
        let constant = path(scheme, &[0.0, 1.0, 2.0], &[NAN, 7.0, NAN]);
        for t in [-1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0] {
            close(value(&constant, t), 7.0, 0.0);
        }
        assert_eq!(constant.smoothness(), Smoothness::C2);

        let unseen = path(scheme, &[0.0, 1.0], &[NAN, NAN]);
        close(value(&unseen, 0.5), 0.0, 0.0);
        assert_eq!(unseen.smoothness(), Smoothness::C2);

        let single = path(scheme, &[3.0], &[7.0]);
        assert_eq!(single.interval(), (3.0, 3.0));
        close(value(&single, 0.0), 7.0, 0.0);
        let wide = single.spanning(0.0, 60.0).unwrap();
        assert_eq!(wide.knots(), [0.0, 3.0, 60.0]);
        close(value(&wide, 30.0), 7.0, 0.0);

        let nothing = path(scheme, &[], &[]);
        assert_eq!(nothing.interval(), (0.0, 0.0));
        close(value(&nothing, 5.0), 0.0, 0.0);
        let wide = nothing.spanning(10.0, 60.0).unwrap();
        assert_eq!(wide.knots(), [10.0, 60.0]);
        close(value(&wide, 30.0), 0.0, 0.0);
    }
}

/// On x = t² the slope of the straight line before each knot is known.
#[test]
fn hermite_slopes_are_backward_differences() {
    let times = [0.0, 1.0, 2.0, 3.0];
    let hermite = path(
        Scheme::Hermite(Gaps::FitAcross),
        &times,
        &[0.0, 1.0, 4.0, 9.0],
    );
    let slopes: Vec<f64> = hermite
        .coefficients()
        .chunks_exact(4)
        .map(|row| row[1])
        .collect();
    assert_eq!(slopes, [1.0, 1.0, 3.0]);
}

#[test]
fn hermite_treats_gaps_as_told() {
    let times = [0.0, 1.0, 2.0, 3.0];
    let values = [0.0, 1.0, NAN, 5.0];
    let across = path(Scheme::Hermite(Gaps::FitAcross), &times, &values);
    let filled = path(Scheme::Hermite(Gaps::FillLinear), &times, &values);
    // Filled: a knot at (2, 3) with the slope 2 of its straight line.
    close(value(&filled, 2.0), 3.0, 1e-12);
    let mut slope = [0.0];
    filled.derivative(2.0, &mut slope);
    close(slope[0], 2.0, 1e-12);
    // Across: the cubic from (1, 1) with slope 1 to (3, 5) with slope 2, half-way.
    close(value(&across, 2.0), 3.0 + 2.0 * (1.0 - 2.0) / 8.0, 1e-12);
}

#[track_caller]
fn check_smoothness(scheme: Scheme, values: &[f64], expected: Smoothness) {
    let times: Vec<f64> = (0..values.len()).map(|i| i as f64).collect();
    assert_eq!(path(scheme, &times, values).smoothness(), expected);
}

#[test]
fn smoothness_is_that_of_the_fit() {
    use Smoothness::{C0, C1, C2};
    let across = Scheme::Hermite(Gaps::FitAcross);
    let free = Scheme::NaturalCubic(Ends::Free);
    check_smoothness(Scheme::Linear, &[0.0, 1.0, 0.0], C0);
    check_smoothness(Scheme::Linear, &[0.0, 1.0, 2.0, 3.0], C2);
    check_smoothness(Scheme::Linear, &[0.0, 1.0, NAN], C0);
    check_smoothness(across, &[0.0, 1.0, 0.0], C1);
    check_smoothness(across, &[0.0, 1.0, 2.0], C2);
    check_smoothness(across, &[NAN, 1.0, 0.0], C0);
    check_smoothness(free, &[0.0, 1.0, NAN, 0.0], C2);
    check_smoothness(free, &[NAN, 1.0, 0.0, 3.0], C0);
    check_smoothness(free, &[NAN, 4.0, 4.0, 4.0, NAN], C2);
}

#[track_caller]
fn check_causal(scheme: Scheme, values: &[f64], expected: bool) {
    let times: Vec<f64> = (0..values.len()).map(|i| i as f64).collect();
    assert_eq!(path(scheme, &times, values).is_causal(), expected);
}

#[test]
fn causality_is_that_of_the_fit() {
    for scheme in [
        Scheme::Linear,
        Scheme::Hermite(Gaps::FillLinear),
        Scheme::Hermite(Gaps::FitAcross),
    ] {
        check_causal(scheme, &[0.0, 1.0, 0.0], true);
        check_causal(scheme, &[0.0, 1.0, NAN], true);
        check_causal(scheme, &[NAN, NAN], true);
        check_causal(scheme, &[NAN, 1.0, 0.0], false);
        check_causal(scheme, &[0.0, NAN, 0.0], false);
    }
    check_causal(Scheme::NaturalCubic(Ends::Free), &[0.0, 1.0, 0.0], false);
    check_causal(
        Scheme::NaturalCubic(Ends::FlatKnots),
        &[0.0, 1.0, 0.0],
        false,
    );
}
