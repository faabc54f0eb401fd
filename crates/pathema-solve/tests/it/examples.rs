//! The examples, run.

use pathema_solve::Gradient;

#[path = "../../examples/lotka_volterra.rs"]
mod lotka_volterra;
#[path = "../../examples/spirals.rs"]
mod spirals;

#[test]
fn lotka_volterra_finds_its_peaks() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("orbit.svg");
    let found = lotka_volterra::run(&picture).unwrap();
    assert_eq!(found.peaks.len(), 5, "{found:?}");
    // The orbit is closed: heights come a period apart.
    let periods: Vec<f64> = found
        .peaks
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .collect();
    assert!(
        periods
            .iter()
            .all(|period| (period - periods[0]).abs() < 1e-5),
        "{periods:?}"
    );
    assert!(
        found
            .by_rates
            .iter()
            .all(|rate| rate.is_finite() && *rate != 0.0)
    );
    assert!(
        std::fs::read_to_string(picture)
            .unwrap()
            .trim_end()
            .ends_with("</svg>")
    );
}

#[track_caller]
fn check_spirals(gradient: Gradient) {
    let outcome = spirals::run(gradient, 96, 128, 60).unwrap();
    assert!(
        outcome.accuracy > 0.9 && outcome.majority < 0.7,
        "{outcome:?}"
    );
}

#[test]
fn spirals_are_told_apart_directly() {
    check_spirals(Gradient::Direct);
}

#[test]
fn spirals_are_told_apart_reversibly() {
    check_spirals(Gradient::reversible());
}
