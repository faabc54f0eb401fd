//! Resampling and detrending against SciPy, at gaps, by their laws, and at what they must refuse.

use pathema_physio::detrend::{Detrend, detrend, smoothness_priors};
use pathema_physio::filter::Window;
use pathema_physio::resample::{
    Interpolation, Padding, Polyphase, decimate, interpolate, resample,
};
use proptest::prelude::*;

use crate::golden;

const NAN: f64 = f64::NAN;

#[test]
fn agrees_with_scipy() {
    let lines = golden::read(include_str!("golden/resample.txt"));
    let array = |name: &str| &lines.iter().find(|line| line.0 == name).unwrap().1[..];
    let walk = array("walk");
    let mut worst = golden::Worst::default();
    for (name, expected) in &lines {
        let words: Vec<&str> = name.split(' ').collect();
        let count = |index: usize| words[index].parse::<usize>().unwrap();
        let ours = match words[0] {
            "resample" => {
                let window = match words[3] {
                    "kaiser" => Window::Kaiser(5.0),
                    other => golden::window(other),
                };
                let padding = match words[4] {
                    "zero" => Padding::Zero,
                    _ => Padding::Line,
                };
                let settings = Polyphase { window, padding };
                resample(walk, count(1), count(2), &settings).unwrap()
            }
            "decimate" => decimate(walk, count(1), Padding::Zero).unwrap(),
            "linear" | "natural" | "not-a-knot" => {
                let [times, values] = ["times", "values"].map(|name| &array(name)[..count(1)]);
                let method = match words[0] {
                    "linear" => Interpolation::Linear,
                    "natural" => Interpolation::NaturalCubic,
                    _ => Interpolation::NotAKnot,
                };
                let grid = array(&format!("grid {}", words[1]));
                interpolate(times, values, &[], grid, method).unwrap()
            }
            "detrend" => {
                let kind = match words[1] {
                    "constant" => Detrend::Constant,
                    _ => Detrend::Linear,
                };
                let breakpoints: Vec<usize> = (2..words.len()).map(count).collect();
                detrend(walk, kind, &breakpoints)
            }
            "smoothness" => smoothness_priors(&walk[..count(1)], count(2) as f64).unwrap(),
            _ => continue,
        };
        let at_least = walk.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
        let at_least = match words[0] {
            "detrend" | "smoothness" => at_least,
            _ => f64::MIN_POSITIVE,
        };
        worst.compare(name, &ours, expected, at_least);
    }
    assert_eq!(worst.compared, 22 + 4 + 15 + 3 + 8);
    worst.report("resampling and detrending");
}

#[test]
fn results_near_a_gap_are_missing() {
    #[track_caller]
    fn check(up: usize, down: usize, gap: std::ops::Range<usize>, missing: std::ops::Range<usize>) {
        let signal: Vec<f64> = (0..120)
            .map(|i| 3.0 + (0.05 * f64::from(i)).sin())
            .collect();
        let mut broken = signal.clone();
        broken[gap.clone()].fill(NAN);
        let settings = Polyphase::default();
        let whole = resample(&signal, up, down, &settings).unwrap();
        let ours = resample(&broken, up, down, &settings).unwrap();
        assert_eq!(ours.len(), whole.len());
        for (index, (ours, whole)) in ours.iter().zip(&whole).enumerate() {
            assert_eq!(
                ours.is_nan(),
                missing.contains(&index),
                "{up}/{down}, {index}"
            );
            assert!(
                ours.is_nan() || (ours - whole).abs() < 0.05,
                "{ours} {whole}"
            );
        }
        // A stretch is what it would be alone, where the grids meet.
        if (gap.end * up).is_multiple_of(down) {
            let alone = resample(&signal[gap.end..], up, down, &settings).unwrap();
            let from = gap.end * up / down;
            for (index, alone) in alone.iter().enumerate() {
                assert!(ours[from + index].is_nan() || (ours[from + index] - alone).abs() < 1e-12);
            }
        }
    }
    // At four times the rate, all between the last sample before and the first after.
    check(4, 1, 50..51, 197..204);
    // At a quarter, those less than four samples away.
    check(1, 4, 48..49, 12..13);
    check(1, 4, 50..51, 12..14);
    check(1, 4, 50..60, 12..16);
    check(1, 4, 0..1, 0..1);
    check(1, 4, 117..120, 29..30);
    // Two for three: results are 1.5 samples apart, and none less than 1.5 from the gap stays.
    check(2, 3, 60..61, 40..41);
    check(2, 3, 61..62, 40..42);
    check(3, 2, 60..62, 89..93);
}

#[test]
fn too_little_to_resample() {
    let settings = Polyphase::default();
    assert!(resample(&[], 3, 2, &settings).unwrap().is_empty());
    assert!(
        resample(&[NAN; 6], 1, 3, &settings)
            .unwrap()
            .iter()
            .all(|value| value.is_nan())
    );
    let one = resample(&[2.0], 3, 1, &settings).unwrap();
    assert!(
        one.iter().all(|value| (value - 2.0).abs() < 0.05),
        "{one:?}"
    );
    let same = resample(&[1.0, f64::INFINITY, 3.0], 5, 5, &settings).unwrap();
    assert!(same[0] == 1.0 && same[1].is_nan() && same[2] == 3.0);
    // A sample between two gaps is too little for a lower rate, and stands for itself at a higher one.
    let lone = resample(&[NAN, 2.0, NAN], 1, 2, &settings).unwrap();
    assert!(lone.iter().all(|value| value.is_nan()));
    let lone = resample(&[NAN, 2.0, NAN], 2, 1, &settings).unwrap();
    assert_eq!(lone.iter().filter(|value| value.is_finite()).count(), 1);
    assert!((lone[2] - 2.0).abs() < 0.05);
}

#[test]
fn no_ratio_and_no_order_of_times_is_refused() {
    #[track_caller]
    fn check<T: std::fmt::Debug, E: std::fmt::Display>(result: Result<T, E>, message: &str) {
        let error = result.map_err(|error| error.to_string()).unwrap_err();
        assert!(error.contains(message), "{error}");
    }
    let settings = Polyphase::default();
    check(resample(&[1.0], 0, 1, &settings), "by 0 / 1");
    check(resample(&[1.0], 1, 0, &settings), "by 1 / 0");
    check(resample(&[1.0], 20_001, 2, &settings), "from 1 to 20000");
    check(resample(&[1.0; 4], usize::MAX, 1, &settings), "reduced");
    check(decimate(&[1.0], 0, Padding::Zero), "by 1 / 0");
    let settings = Polyphase {
        window: Window::Kaiser(NAN),
        ..settings
    };
    check(resample(&[1.0], 1, 2, &settings), "β from 0 to 700");
    let linear = |times: &[f64], values: &[f64]| {
        interpolate(times, values, &[], &[0.5], Interpolation::Linear)
    };
    check(linear(&[0.0, 1.0], &[1.0]), "2 times do not fit 1 values");
    check(linear(&[0.0, 0.0], &[1.0, 2.0]), "time 1 is 0 s");
    check(linear(&[0.0, NAN], &[1.0, 2.0]), "time 1 is NaN s");
    check(
        linear(&[0.0, f64::INFINITY], &[1.0, 2.0]),
        "time 1 is inf s",
    );
    assert_eq!(
        linear(&[0.0, NAN, 1.0], &[1.0, NAN, 2.0]).map(|grid| grid[0].is_nan()),
        Ok(true)
    );
    for lambda in [-1.0, NAN, 2e5] {
        check(smoothness_priors(&[1.0, 2.0], lambda), "take 0 to 100000");
    }
}

#[test]
fn interpolation_stays_within_its_parts() {
    let times: Vec<f64> = (0..20)
        .map(|i| f64::from(i) + 0.2 * f64::from(i).sin())
        .collect();
    let mut values: Vec<f64> = times.iter().map(|t| (0.5 * t).cos()).collect();
    values[12] = NAN;
    let grid: Vec<f64> = (-10..250)
        .map(|i| 0.1 * f64::from(i))
        .chain([NAN])
        .collect();
    for method in [
        Interpolation::Linear,
        Interpolation::NaturalCubic,
        Interpolation::NotAKnot,
    ] {
        let ours = interpolate(&times, &values, &[5, 99], &grid, method).unwrap();
        let part = |range: std::ops::Range<usize>| {
            interpolate(&times[range.clone()], &values[range], &[], &grid, method).unwrap()
        };
        let parts = [part(0..5), part(5..12), part(13..20)];
        for (index, ours) in ours.iter().enumerate() {
            let there: Vec<f64> = parts
                .iter()
                .map(|part| part[index])
                .filter(|v| !v.is_nan())
                .collect();
            assert!(there.len() <= 1);
            assert_eq!(
                there.first().copied().unwrap_or(NAN).to_bits(),
                ours.to_bits(),
                "{index}"
            );
        }
        // The knots themselves are met.
        let met = interpolate(&times, &values, &[5], &times, method).unwrap();
        assert!(
            met.iter()
                .zip(&values)
                .all(|(a, b)| a.to_bits() == b.to_bits())
        );
    }
}

#[test]
fn a_not_a_knot_spline_reproduces_cubics() {
    let times = [0.0, 0.7, 1.1, 2.6, 3.0, 4.4];
    let cubic = |t: f64| 1.0 - 2.0 * t + 0.5 * t * t + 0.3 * t * t * t;
    let values = times.map(cubic);
    let grid: Vec<f64> = (0..44).map(|i| 0.1 * f64::from(i)).collect();
    let ours = interpolate(&times, &values, &[], &grid, Interpolation::NotAKnot).unwrap();
    for (ours, &time) in ours.iter().zip(&grid) {
        assert!((ours - cubic(time)).abs() < 1e-12);
    }
}

#[test]
fn trends_of_stretches_are_their_own() {
    let first: Vec<f64> = (0..50)
        .map(|i| f64::from(i * i % 17) + 0.3 * f64::from(i))
        .collect();
    let second: Vec<f64> = (0..9).map(|i| 40.0 - f64::from(i * i)).collect();
    let joined = [&[NAN], &first[..], &[f64::INFINITY], &second, &[NAN, 5.0]].concat();
    for run in [
        |x: &[f64]| detrend(x, Detrend::Constant, &[]),
        |x: &[f64]| detrend(x, Detrend::Linear, &[]),
        |x: &[f64]| smoothness_priors(x, 20.0).unwrap(),
    ] {
        let flat = run(&joined);
        assert!(flat[0].is_nan() && flat[51].is_nan() && flat[61].is_nan());
        assert_eq!(flat[1..51], run(&first));
        assert_eq!(flat[52..61], run(&second));
        assert_eq!(flat[62], 0.0);
        assert!(run(&[]).is_empty());
    }
    // Breakpoints in any order, within gaps and beyond the end.
    let whole = detrend(&joined, Detrend::Linear, &[500, 51, 20, 20, 0]);
    assert_eq!(whole[1..20], detrend(&first[..19], Detrend::Linear, &[]));
    assert_eq!(whole[20..51], detrend(&first[19..], Detrend::Linear, &[]));
    assert_eq!(whole[52..61], detrend(&second, Detrend::Linear, &[]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn resampling_is_linear_and_keeps_time(
        signal in prop::collection::vec(-100.0..100.0f64, 1..150),
        up in 1usize..9,
        down in 1usize..9,
    ) {
        let settings = Polyphase::default();
        let other: Vec<f64> = signal.iter().rev().map(|value| value * value / 100.0).collect();
        let mixed: Vec<f64> = signal.iter().zip(&other).map(|(a, b)| 3.0 * a - b).collect();
        let [a, b, mixed] = [&signal, &other, &mixed].map(|x| resample(x, up, down, &settings).unwrap());
        prop_assert_eq!(a.len(), (signal.len() * up).div_ceil(down));
        for index in 0..a.len() {
            prop_assert!((mixed[index] - (3.0 * a[index] - b[index])).abs() < 1e-9);
        }
        // Reversed, where the grid ends with the signal, the result is reversed.
        if ((signal.len() - 1) * up).is_multiple_of(down) {
            let reversed: Vec<f64> = signal.iter().rev().copied().collect();
            let back = resample(&reversed, up, down, &settings).unwrap();
            let last = (signal.len() - 1) * up / down;
            for index in 0..=last {
                prop_assert!((a[index] - back[last - index]).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn a_gap_is_missing_and_nothing_passes_it(
        signal in prop::collection::vec(-100.0..100.0f64, 60..150),
        start in 0usize..60,
        length in 1usize..20,
        change in -1e3..1e3f64,
        up in 1usize..7,
        down in 1usize..7,
    ) {
        let settings = Polyphase::default();
        let mut broken = signal.clone();
        let end = (start + length).min(signal.len());
        broken[start..end].fill(NAN);
        let before = resample(&broken, up, down, &settings).unwrap();
        for (index, value) in before.iter().enumerate() {
            let position = index as f64 * down as f64 / up as f64;
            let between = position > start as f64 - 1.0 && position < end as f64;
            prop_assert!(!between || value.is_nan());
        }
        // What lies after the gap does not depend on what lies before it.
        broken[..start].iter_mut().for_each(|value| *value += change);
        let after = resample(&broken, up, down, &settings).unwrap();
        for index in (end * up).div_ceil(down)..before.len() {
            prop_assert_eq!(before[index].to_bits(), after[index].to_bits());
        }
    }

    #[test]
    fn smoothness_priors_leave_no_line_and_split_the_signal(
        signal in prop::collection::vec(-10.0..10.0f64, 3..80),
        lambda in 0.0..1000.0f64,
        slope in -10.0..10.0f64,
    ) {
        let flat = smoothness_priors(&signal, lambda).unwrap();
        let tilted: Vec<f64> = signal.iter().enumerate().map(|(i, value)| value + slope * i as f64 + 7.0).collect();
        let other = smoothness_priors(&tilted, lambda).unwrap();
        for (a, b) in flat.iter().zip(&other) {
            prop_assert!((a - b).abs() < 1e-7);
        }
        // The trend of least squares leaves a rest without mean and slope.
        let sum: f64 = flat.iter().sum();
        let moment: f64 = flat.iter().enumerate().map(|(i, value)| i as f64 * value).sum();
        prop_assert!(sum.abs() < 1e-6 && moment.abs() < 1e-4, "{} {}", sum, moment);
    }
}

#[test]
fn many_gaps_do_not_cost_a_kernel_each() {
    let mut signal = vec![1.0; 200_000];
    signal.iter_mut().step_by(2).for_each(|value| *value = NAN);
    let started = std::time::Instant::now();
    let slow = resample(&signal, 1, 20_000, &Polyphase::default()).unwrap();
    assert!(slow.len() == 10 && slow.iter().all(|value| value.is_nan()));
    // Padding every stretch took minutes.
    assert!(started.elapsed().as_secs() < 10);
}
