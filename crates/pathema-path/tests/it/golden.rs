//! Coefficients and values of SciPy, torchcde and diffrax; made by `golden/make.py`.

use pathema_path::{ControlPath, Ends, Gaps, Observations, Scheme};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    name: String,
    scheme: String,
    times: Vec<f64>,
    values: Vec<Option<f64>>,
    channels: usize,
    /// `[intervals, 4, channels]`; `None` where the package differs on purpose.
    coefficients: Option<Vec<Option<f64>>>,
    probes: Option<Vec<Probe>>,
}

/// Channel, time, value, first and second derivative.
#[derive(Deserialize)]
struct Probe(usize, f64, f64, f64, f64);

#[track_caller]
fn close(found: f64, expected: f64, what: &str) {
    assert!(
        (found - expected).abs() <= 1e-10 * (1.0 + expected.abs()),
        "{what}: {found} is not {expected}"
    );
}

#[track_caller]
fn check(name: &str) {
    let cases: Vec<Case> = serde_json::from_str(include_str!("golden/golden.json")).unwrap();
    let case = cases.into_iter().find(|case| case.name == name).unwrap();
    let scheme = match case.scheme.as_str() {
        "linear" => Scheme::Linear,
        "hermite_fill_linear" => Scheme::Hermite(Gaps::FillLinear),
        "hermite_fit_across" => Scheme::Hermite(Gaps::FitAcross),
        "natural_free" => Scheme::NaturalCubic(Ends::Free),
        "natural_flat_knots" => Scheme::NaturalCubic(Ends::FlatKnots),
        other => panic!("unknown scheme {other}"),
    };
    let values = case.values.iter().map(|v| v.unwrap_or(f64::NAN)).collect();
    let seen = Observations::new(case.times, values, case.channels).unwrap();
    let path = ControlPath::fit(scheme, &seen).unwrap();
    assert!(case.coefficients.is_some() || case.probes.is_some());
    if let Some(expected) = case.coefficients {
        assert_eq!(path.coefficients().len(), expected.len());
        for (at, (&found, expected)) in path.coefficients().iter().zip(expected).enumerate() {
            if let Some(expected) = expected {
                close(found, expected, &format!("{name}, coefficient {at}"));
            }
        }
    }
    let mut out = vec![0.0; case.channels];
    for Probe(channel, t, value, first, second) in case.probes.unwrap_or_default() {
        let what = format!("{name}, channel {channel} at {t}");
        path.value(t, &mut out);
        close(out[channel], value, &what);
        path.derivative(t, &mut out);
        close(out[channel], first, &what);
        path.second_derivative(t, &mut out);
        close(out[channel], second, &what);
    }
}

#[test]
fn natural_splines_of_scipy() {
    check("scipy natural, complete");
    check("scipy natural, inner gaps");
    check("scipy natural, ragged");
}

#[test]
fn natural_splines_of_torchcde() {
    check("torchcde natural, complete");
    check("torchcde natural, inner gaps");
    check("torchcde natural, ragged");
}

#[test]
fn hermite_paths_of_torchcde() {
    check("torchcde hermite, complete");
    check("torchcde hermite, ragged");
}

#[test]
fn hermite_paths_of_diffrax() {
    check("diffrax hermite, inner gaps");
}

#[test]
fn linear_paths_of_torchcde() {
    check("torchcde linear, ragged");
}
