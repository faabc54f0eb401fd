//! Temperatures: what they find, and what they never do.

use pathema_experiments::metrics::{cross_entropy, named};
use pathema_study::statistics::calibration::{
    BINS, Platt, Recalibration, Reliability, Temperature, brier,
};
use proptest::prelude::*;

use crate::support::{close, window};

fn windows() -> impl Strategy<Value = Vec<([f64; 3], usize)>> {
    let p = (0u32..20, 0u32..20, 1u32..20).prop_map(|(a, b, c)| {
        let sum = f64::from(a + b + c);
        [a, b, c].map(|part| f64::from(part) / sum)
    });
    prop::collection::vec((p, 0usize..3), 1..40)
}

proptest! {
    #[test]
    fn a_temperature_never_raises_the_loss_it_was_fitted_on_and_keeps_the_class(windows in windows()) {
        let (p, truth): (Vec<[f64; 3]>, Vec<usize>) = windows.into_iter().unzip();
        let temperature = Temperature::fit(&p, &truth).unwrap();
        let mended: Vec<[f64; 3]> = p.iter().map(|&p| temperature.apply(p)).collect();
        let loss = |p: &[[f64; 3]]| cross_entropy(&truth, p).unwrap();
        prop_assert!(loss(&mended) <= loss(&p) + 1e-9);
        for (before, after) in p.iter().zip(&mended) {
            prop_assert_eq!(named(before), named(after));
            prop_assert!((after.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
        // Nor does any temperature near it do better.
        for factor in [0.9, 1.1] {
            if let Some(near) = Temperature::new(temperature.get() * factor) {
                let near: Vec<[f64; 3]> = p.iter().map(|&p| near.apply(p)).collect();
                prop_assert!(loss(&mended) <= loss(&near) + 1e-9);
            }
        }
    }

    #[test]
    fn a_known_temperature_is_found(
        counts in prop::collection::vec((1usize..9, 1usize..9, 1usize..9), 2..6),
        heat in 0.3f64..4.0,
    ) {
        // As often as each row says: calibrated as it stands, so that what it was heated by is what is found.
        let (mut p, mut truth) = (Vec::new(), Vec::new());
        for (a, b, c) in counts {
            let n = (a + b + c) as f64;
            for (class, times) in [a, b, c].into_iter().enumerate() {
                for _ in 0..times {
                    p.push([a, b, c].map(|part| part as f64 / n));
                    truth.push(class);
                }
            }
        }
        prop_assume!(p.iter().any(|p| p[named(p)] > 0.5));
        let heated: Vec<[f64; 3]> = p
            .iter()
            .map(|&p| Temperature::new(1.0 / heat).unwrap().apply(p))
            .collect();
        let found = Temperature::fit(&heated, &truth).unwrap();
        prop_assert!((found.get() / heat - 1.0).abs() < 1e-6, "{} for {}", found.get(), heat);
    }
}

#[test]
fn what_is_calibrated_or_says_nothing_stays_as_it_is() {
    let even = [[1.0 / 3.0; 3]; 4];
    assert_eq!(
        Temperature::fit(&even, &[0, 0, 1, 0]),
        Temperature::new(1.0)
    );
    let calibrated = [[0.75, 0.25]; 4];
    assert_eq!(
        Temperature::fit(&calibrated, &[0, 0, 1, 0]),
        Temperature::new(1.0)
    );
    assert_eq!(Temperature::fit::<3>(&[], &[]), None);
    assert_eq!(Temperature::fit(&[[f64::NAN, 0.5]], &[1]), None);
}

#[test]
fn a_model_that_is_always_right_or_always_wrong_has_a_temperature_within_bounds() {
    let sure = [[0.6, 0.4], [0.3, 0.7]];
    let right = Temperature::fit(&sure, &[0, 1]).unwrap();
    // Where the probabilities are 0 and 1 to the last bit nothing is left to gain.
    assert!((0.01..0.02).contains(&right.get()), "{}", right.get());
    let wrong = Temperature::fit(&sure, &[1, 0]).unwrap();
    close("always wrong", wrong.get(), 100.0, 1e-9);
    assert!(right.apply([1.0, 0.0]).iter().all(|p| p.is_finite()));
    assert!(wrong.apply([0.0, 1.0]).iter().all(|p| p.is_finite()));
}

#[test]
fn a_line_mends_what_a_temperature_cannot() {
    // Calls stress at .3 where it is right half of the time, and at .1 where it is right in a tenth.
    let p: Vec<f64> = [0.3; 100].into_iter().chain([0.1; 100]).collect();
    let stress: Vec<bool> = (0..200)
        .map(|i| if i < 100 { i % 2 == 0 } else { i % 10 == 0 })
        .collect();
    let line = Platt::fit(&p, &stress).unwrap();
    // Two levels and two numbers: exact but for the targets' smoothing.
    close("at .3", line.apply(0.3), 0.5, 0.01);
    close("at .1", line.apply(0.1), 0.1, 0.01);
    assert!(
        Platt::fit(&[0.2, 0.8], &[false, true])
            .unwrap()
            .slope
            .is_finite()
    );
    assert!(Platt::fit(&[0.5; 3], &[true; 3]).unwrap().apply(0.5) > 0.75);
    assert!(
        Platt::fit(&[0.0, 1.0], &[true, false])
            .unwrap()
            .apply(0.0)
            .is_finite()
    );
    assert_eq!(Platt::fit(&[], &[]), None);
}

#[test]
fn a_recalibration_learns_from_no_one_it_is_for() {
    let inner: Vec<_> = [
        (0, [0.8, 0.1, 0.1]),
        (1, [0.7, 0.2, 0.1]),
        (2, [0.1, 0.2, 0.7]),
    ]
    .into_iter()
    .enumerate()
    .map(|(place, (truth, p))| window("S3", place, truth, p))
    .collect();
    let message = Recalibration::fit(["S2", "S3"], &inner)
        .unwrap_err()
        .to_string();
    assert!(message.contains("\"S3\" is held out"), "{message}");
    let message = Recalibration::fit(["S2"], &[]).unwrap_err().to_string();
    assert!(message.contains("no inner windows"), "{message}");

    let recalibration = Recalibration::fit(["S2"], &inner).unwrap();
    let message = recalibration.apply(&inner).unwrap_err().to_string();
    assert!(message.contains("\"S3\" is not held out"), "{message}");

    let held_out = window("S2", 7, 2, [0.5, 0.2, 0.3]);
    let mended = &recalibration
        .apply(std::slice::from_ref(&held_out))
        .unwrap()[0];
    let (binary, three_class) = recalibration.temperatures();
    assert_eq!(mended.three_class(), three_class.apply([0.5, 0.2, 0.3]));
    assert_eq!(mended.p_stress_binary, binary.apply([0.8, 0.2])[1]);
    assert_eq!(
        (mended.start, mended.truth),
        (held_out.start, held_out.truth)
    );
}

#[test]
fn a_window_on_a_border_is_in_the_bin_below() {
    // 3/5 is the border of the ninth bin of 15 and the tenth; certainty is in the last, an even chance in the eighth.
    let curve = Reliability::new(&[0, 0, 1], &[[0.6, 0.4], [1.0, 0.0], [0.5, 0.5]]);
    let filled: Vec<usize> = (0..BINS).filter(|&b| curve.bins[b].windows > 0).collect();
    assert_eq!(filled, [7, 8, 14]);
    // Even chances name the first class, which is wrong here.
    close(
        "ECE",
        curve.expected_error().unwrap(),
        (0.4 + 0.0 + 0.5) / 3.0,
        1e-12,
    );
    close("MCE", curve.maximum_error().unwrap(), 0.5, 1e-12);
    let nothing = Reliability::new::<2>(&[], &[]);
    assert_eq!(
        (
            nothing.expected_error(),
            nothing.maximum_error(),
            brier::<2>(&[], &[])
        ),
        (None, None, None)
    );
}
