//! The decomposition of electrodermal signals: against the packages, by its certificate, at gaps and on bad input.

use pathema_physio::eda::{CvxEda, Dialect, EdaError, Scaling, ScrSettings, responses, smoothness};

use crate::golden;

const NAN: f64 = f64::NAN;

fn settings(dialect: Dialect) -> CvxEda {
    CvxEda {
        dialect,
        ..CvxEda::default()
    }
}

/// A level that wanders, responses every few seconds, and noise without a random generator.
pub(crate) fn signal(n: usize, rate: f64) -> Vec<f64> {
    let mut state = 1u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 24) - 0.5
    };
    let mut conductance = [0.0; 2];
    let mut next = 3.0;
    (0..n)
        .map(|index| {
            let time = index as f64 / rate;
            conductance[0] *= (-0.5 / rate).exp();
            conductance[1] *= (-1.0 / (0.7 * rate)).exp();
            if time >= next {
                let size = 0.4 + 0.5 * noise();
                conductance = conductance.map(|value| value + size);
                next += 9.0 + 8.0 * noise();
            }
            let level = 3.0 + 0.5 * (time / 40.0).sin() + 0.002 * time;
            level + conductance[0] - conductance[1] + 0.004 * noise()
        })
        .collect()
}

fn largest_difference(ours: &[f64], theirs: &[f64]) -> f64 {
    assert_eq!(ours.len(), theirs.len());
    ours.iter()
        .zip(theirs)
        .fold(0.0, |largest, (a, b)| largest.max((a - b).abs()))
}

#[test]
fn agrees_with_the_packages_in_both_dialects() {
    let lines = golden::read(include_str!("golden/eda.txt"));
    let array = |name: &str| &lines.iter().find(|line| line.0 == name).unwrap().1;
    for (name, rate) in [("a", 4.0), ("b", 5.0)] {
        let eda = array(&format!("{name} {rate} eda"));
        for (dialect, word) in [
            (Dialect::AllRows, "all"),
            (Dialect::WithoutFirstTwo, "without"),
        ] {
            let parts = settings(dialect).decompose(eda, rate).unwrap();
            let solution = parts.stretches[0].solution.as_ref().unwrap();
            for (part, ours) in [("phasic", &solution.phasic), ("tonic", &solution.tonic)] {
                let difference = largest_difference(ours, array(&format!("{name} {word} {part}")));
                eprintln!("{name} {word} {part}: {difference:e}");
                assert!(difference < 1e-5, "{name} {word} {part}: {difference}");
            }
            if dialect == Dialect::AllRows {
                // The driver is the phasic part's second derivative, so to speak: 86 times less exact at 4 Hz.
                let theirs = array(&format!("{name} all driver"));
                let difference = largest_difference(&solution.driver, theirs);
                assert!(difference < 1e-3, "{name} driver: {difference}");
            }
        }
    }
}

#[test]
fn every_length_has_an_optimum() {
    for dialect in [Dialect::AllRows, Dialect::WithoutFirstTwo] {
        let settings = settings(dialect);
        for n in [1, 2, 3, 4, 5, 10, 39, 40, 41, 60, 61, 100, 1000] {
            let y: Vec<f64> = signal(n, 4.0).iter().map(|value| value - 3.0).collect();
            let solution = settings.solve(&y, 4.0).unwrap();
            let kkt = settings.certificate(&y, 4.0, &solution).unwrap();
            assert!(kkt.worst() < 1e-8, "{dialect:?}, {n} samples: {kkt:?}");
            assert!(solution.iterations < 40, "{n}: {}", solution.iterations);
        }
    }
}

#[test]
fn rates_spacings_and_weights_have_an_optimum() {
    let y: Vec<f64> = signal(300, 4.0).iter().map(|value| value - 3.0).collect();
    for rate in [1.0, 4.0, 15.0, 25.0, 64.0] {
        for (knot_distance, alpha, gamma) in [
            (10.0, 8e-4, 1e-2),
            (1.0, 8e-4, 1e-2),
            (1000.0, 8e-4, 1e-2),
            (10.0, 1e-1, 1.0),
            (10.0, 1e-6, 1e-4),
        ] {
            let settings = CvxEda {
                knot_distance,
                alpha,
                gamma,
                ..CvxEda::default()
            };
            let solution = settings.solve(&y, rate).unwrap();
            let kkt = settings.certificate(&y, rate, &solution).unwrap();
            assert!(kkt.worst() < 1e-8, "{rate} {settings:?}: {kkt:?}");
        }
    }
}

#[test]
fn a_certificate_tells_a_wrong_solution() {
    let settings = CvxEda::default();
    let y: Vec<f64> = signal(200, 4.0).iter().map(|value| value - 3.0).collect();
    let solution = settings.solve(&y, 4.0).unwrap();
    type Change = fn(&mut pathema_physio::eda::Solution);
    let changes: [(&str, Change); 5] = [
        ("state", |solution| solution.state[50] += 1e-4),
        ("spline", |solution| solution.spline[2] += 1e-4),
        ("drift", |solution| solution.drift[1] += 1e-4),
        ("dual", |solution| solution.dual[70] -= 1e-3),
        ("not a number", |solution| solution.state[3] = NAN),
    ];
    for (name, change) in changes {
        let mut wrong = solution.clone();
        change(&mut wrong);
        let kkt = settings.certificate(&y, 4.0, &wrong).unwrap();
        assert!(kkt.worst() > 1e-6, "{name}: {kkt:?}");
    }
    let error = settings.certificate(&y[..100], 4.0, &solution).unwrap_err();
    assert!(error.to_string().contains("200 states, the problem 100"));
}

#[test]
fn constant_and_short_signals_are_all_tonic() {
    let settings = CvxEda::default();
    for signal in [vec![2.5], vec![2.5; 7], vec![2.5; 400], vec![0.0; 50]] {
        let parts = settings.decompose(&signal, 4.0).unwrap();
        assert_eq!(parts.tonic, signal);
        assert!(parts.phasic.iter().all(|&value| value == 0.0));
        assert!(parts.stretches[0].solution.is_none());
    }
    let short = settings.decompose(&[1.0, 2.0, 3.0], 4.0).unwrap();
    assert_eq!(short.tonic, [2.0; 3]);
    assert_eq!(short.residual, [-1.0, 0.0, 1.0]);
    for nothing in [vec![], vec![NAN; 20]] {
        let parts = settings.decompose(&nothing, 4.0).unwrap();
        assert_eq!(parts.tonic.len(), nothing.len());
        assert!(parts.stretches.is_empty());
    }
}

#[test]
fn gaps_stay_gaps_and_long_ones_part() {
    let settings = CvxEda::default();
    let whole = signal(800, 4.0);
    let reference = settings.decompose(&whole, 4.0).unwrap();

    let mut bridged = whole.clone();
    bridged[301..309].fill(NAN);
    let parts = settings.decompose(&bridged, 4.0).unwrap();
    assert_eq!(parts.stretches.len(), 1);
    let mut difference = 0.0f64;
    for index in 0..800 {
        if (301..309).contains(&index) {
            assert!(parts.tonic[index].is_nan() && parts.phasic[index].is_nan());
            assert!(parts.driver[index].is_nan() && parts.residual[index].is_nan());
        } else {
            difference = difference.max((parts.phasic[index] - reference.phasic[index]).abs());
        }
    }
    // Two missing seconds change little.
    assert!(difference < 0.2, "{difference}");

    let mut parted = whole.clone();
    parted[..3].fill(NAN);
    parted[300..341].fill(NAN);
    let parts = settings.decompose(&parted, 4.0).unwrap();
    let ranges: Vec<_> = parts.stretches.iter().map(|s| s.range.clone()).collect();
    assert_eq!(ranges, [3..300, 341..800]);
    for stretch in &parts.stretches {
        assert!(stretch.kkt.unwrap().worst() < 1e-8);
    }
    // What lies beyond a long gap matters through the scale alone.
    let unscaled = CvxEda {
        scaling: Scaling::Unscaled,
        ..settings
    };
    let parts = unscaled.decompose(&parted, 4.0).unwrap();
    let alone = unscaled.decompose(&whole[341..], 4.0).unwrap();
    assert_eq!(parts.phasic[341..], alone.phasic);
}

#[test]
fn the_unit_does_not_matter() {
    let settings = CvxEda::default();
    let eda = signal(400, 4.0);
    let reference = settings.decompose(&eda, 4.0).unwrap();
    for unit in [1e-300, 1e-6, 1e3, 1e300] {
        let scaled: Vec<f64> = eda.iter().map(|value| unit * value).collect();
        let parts = settings.decompose(&scaled, 4.0).unwrap();
        for (ours, theirs) in parts.phasic.iter().zip(&reference.phasic) {
            assert!((ours / unit - theirs).abs() < 1e-4, "{unit}: {ours}");
        }
    }
}

#[test]
fn high_rates_are_decimated() {
    let settings = CvxEda::default();
    let slow = settings.decompose(&signal(2500, 25.0), 25.0).unwrap();
    let mut eda = signal(70_000, 700.0);
    eda[35_000..35_300].fill(NAN);
    let fast = settings.decompose(&eda, 700.0).unwrap();
    assert_eq!(fast.stretches[0].rate, 25.0);
    assert!(fast.stretches[0].kkt.unwrap().worst() < 1e-8);
    assert!(fast.phasic[35_100].is_nan() && fast.phasic[35_300].is_finite());
    for at in [400, 1000, 1800, 2300] {
        let (ours, theirs) = (fast.tonic[28 * at], slow.tonic[at]);
        assert!((ours - theirs).abs() < 0.1, "{at}: {ours} and {theirs}");
    }
}

#[test]
fn bad_input_is_refused() {
    #[track_caller]
    fn check<T: std::fmt::Debug>(result: Result<T, EdaError>, message: &str) {
        let error = result.unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    let settings = CvxEda::default();
    let eda = signal(100, 4.0);
    for rate in [0.0, -4.0, NAN, f64::INFINITY, 0.5, 1e6] {
        check(settings.decompose(&eda, rate), "outside 1–100000 Hz");
        check(settings.solve(&eda, rate), "outside 1–100000 Hz");
        check(smoothness(&eda, rate, 0.05), "outside 1–100000 Hz");
        check(responses(&eda, rate, &ScrSettings::default()), "Hz");
    }
    let mut infinite = eda.clone();
    infinite[7] = f64::NEG_INFINITY;
    check(settings.decompose(&infinite, 4.0), "sample 7 is -inf");
    check(smoothness(&infinite, 4.0, 0.05), "sample 7");
    check(settings.solve(&[], 4.0), "none of 0 samples");
    check(settings.solve(&[NAN], 4.0), "none of 1 samples");
    let change = |change: fn(&mut CvxEda)| {
        let mut changed = CvxEda::default();
        change(&mut changed);
        changed.decompose(&[1.0, 2.0], 4.0)
    };
    check(change(|s| s.alpha = 0.0), "alpha = 0");
    check(change(|s| s.gamma = -1.0), "gamma = -1");
    check(change(|s| s.tau0 = NAN), "tau0 = NaN");
    check(change(|s| s.tau1 = 0.0), "tau1 = 0");
    check(change(|s| s.tau1 = 2.0), "both time constants are 2 s");
    check(change(|s| s.knot_distance = 0.0), "knot_distance = 0");
    check(change(|s| s.highest_rate = NAN), "highest_rate = NaN");
    check(smoothness(&eda, 4.0, 0.0), "cutoff = 0");
    check(smoothness(&eda, 4.0, 1.5), "cutoff = 1.5");
    let negative = ScrSettings {
        min_amplitude: -1.0,
        ..ScrSettings::default()
    };
    check(responses(&eda, 4.0, &negative), "min_amplitude = -1");

    let hopeless = CvxEda {
        iterations: 2,
        ..CvxEda::default()
    };
    check(hopeless.decompose(&eda, 4.0), "after 2 iterations");
}
