//! Paths fitted once and standardised afterwards are paths through standardised observations.

use pathema_experiments::config::Interpolation;
use pathema_path::{ControlPath, Ends, Gaps, Observations, Scheme};
use pathema_study::models::{Drive, PathSpec, StepMethod};
use pathema_study::windows::{Controls, Cut, Form, Prepared, Scale, View};
use proptest::prelude::*;

const LENGTH: f64 = 30.0;
const RATE: f64 = 2.0;
const UNIT: f64 = 4.0 / LENGTH;

/// Rows of two channels, some values missing.
fn rows() -> impl Strategy<Value = Vec<(f64, Option<f64>, Option<f64>)>> {
    let value = || prop::option::weighted(0.8, -2.0..2.0f64);
    prop::collection::vec((0.05..1.5f64, value(), value()), 3..20)
}

fn observations(rows: &[(f64, Option<f64>, Option<f64>)]) -> Observations {
    let mut time = 0.2;
    let (mut times, mut values) = (Vec::new(), Vec::new());
    for &(step, a, b) in rows {
        times.push(time);
        values.extend([a.unwrap_or(f64::NAN), b.unwrap_or(f64::NAN)]);
        time += step;
    }
    Observations::new(times, values, 2).unwrap()
}

/// The path of the definition: time, count, standardised data, its integrals from its first observation on.
fn by_definition(observed: &Observations, scale: &Scale, scheme: Scheme) -> ControlPath {
    let nan = f64::NAN;
    let (mut times, mut values) = (vec![0.0], vec![0.0, 0.0, nan, nan, nan, nan]);
    let mut count = 0.0;
    let mut last: [Option<(f64, f64, f64)>; 2] = [None; 2];
    for (&time, row) in observed.times().iter().zip(observed.rows()) {
        count += if row[0].is_nan() {
            0.0
        } else {
            4.0 / (LENGTH * RATE)
        };
        times.push(time);
        values.extend([time * UNIT, if row[0].is_nan() { nan } else { count }]);
        let mut integrals = [nan; 2];
        for c in 0..2 {
            let z = (row[c] - scale.mean[c]) / scale.deviation[c];
            values.push(0.5 * z);
            if !z.is_nan() {
                let sum = last[c].map_or(0.0, |(at, before, sum)| {
                    sum + 0.5 * (before + z) * (time - at) * UNIT
                });
                last[c] = Some((time, z, sum));
                integrals[c] = sum;
            }
        }
        values.extend(integrals);
    }
    if times.last() < Some(&LENGTH) {
        times.push(LENGTH);
        values.extend([4.0, count, nan, nan, nan, nan]);
    }
    ControlPath::fit(scheme, &Observations::new(times, values, 6).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn standardising_commutes_with_fitting(rows in rows(), mean in prop::array::uniform2(-1.0..1.0f64), deviation in prop::array::uniform2(0.5..2.0f64)) {
        let observed = observations(&rows);
        prop_assume!(observed.times().last() < Some(&LENGTH));
        let scale = Scale { mean: mean.into(), deviation: deviation.into() };
        for (interpolation, scheme) in [
            (Interpolation::Linear, Scheme::Linear),
            (Interpolation::Hermite, Scheme::Hermite(Gaps::FitAcross)),
            (Interpolation::Natural, Scheme::NaturalCubic(Ends::Free)),
        ] {
            for drive in [Drive::Increments, Drive::Slopes] {
                let path = PathSpec { interpolation, drive, step: 2.0, ..PathSpec::default() };
                let cut = Cut::of(&path);
                let controls = Controls::new(&observed, LENGTH, RATE, &cut).unwrap();
                let window = Prepared { form: Form::Controls(controls), moments: Vec::new() };
                let mut moves = Vec::new();
                scale.controls(&window, &View::plain(vec![0.0; 2]), &path, &mut moves);
                let expected = by_definition(&observed, &scale, scheme);
                let (mut a, mut b) = (vec![0.0; 6], vec![0.0; 6]);
                for (k, moved) in moves.chunks_exact(6 * cut.nodes().len()).enumerate() {
                    let from = 2.0 * k as f64;
                    for (node, moved) in cut.nodes().iter().zip(moved.chunks_exact(6)) {
                        if drive == Drive::Increments {
                            expected.value(from, &mut a);
                            expected.value(from + 2.0, &mut b);
                            for (b, a) in b.iter_mut().zip(&a) { *b -= a; }
                        } else {
                            expected.derivative(from + 2.0 * node, &mut b);
                            for b in &mut b { *b *= 2.0; }
                        }
                        for (c, (&found, &expected)) in moved.iter().zip(&b).enumerate() {
                            // Increments of data and integrals are held within bounds; stay clear of them.
                            if expected.abs() < 2.0 && (c < 4 || expected.abs() < 4.0 * f64::from(moved[0]).abs()) {
                                prop_assert!((f64::from(found) - expected).abs() < 1e-4 * (1.0 + expected.abs()),
                                    "{interpolation:?} {drive:?} step {k} channel {c}: {found} {expected}");
                            }
                        }
                    }
                }
            }
        }
    }

    /// A shift of the reference is a shift of the mean; an offset is one the other way, in standard deviations.
    #[test]
    fn references_and_offsets_are_shifts(rows in rows(), shift in -0.5..0.5f64) {
        let observed = observations(&rows);
        prop_assume!(observed.times().last() < Some(&LENGTH));
        let path = PathSpec::default();
        let controls = Controls::new(&observed, LENGTH, RATE, &Cut::of(&path)).unwrap();
        let window = Prepared { form: Form::Controls(controls), moments: Vec::new() };
        let scale = |shift: f64| Scale { mean: vec![shift; 2], deviation: vec![2.0; 2] };
        let of = |scale: &Scale, view: &View| {
            let mut moves = Vec::new();
            let start = scale.controls(&window, view, &path, &mut moves);
            (start, moves)
        };
        let moved = of(&scale(shift), &View::plain(vec![0.0; 2]));
        let referred = of(&scale(0.0), &View::plain(vec![shift; 2]));
        let offset = View { offset: vec![(-shift / 2.0) as f32; 2], ..View::plain(vec![0.0; 2]) };
        let offset = of(&scale(0.0), &offset);
        for other in [referred, offset] {
            for (a, b) in moved.0.iter().chain(&moved.1).zip(other.0.iter().chain(&other.1)) {
                prop_assert!((a - b).abs() < 1e-5, "{a} {b}");
            }
        }
    }
}

#[test]
fn a_channel_never_observed_does_not_move() {
    let observed =
        Observations::new(vec![1.0, 2.0], vec![1.0, f64::NAN, 2.0, f64::NAN], 2).unwrap();
    let path = PathSpec {
        method: StepMethod::Midpoint,
        ..PathSpec::default()
    };
    let controls = Controls::new(&observed, LENGTH, RATE, &Cut::of(&path)).unwrap();
    let window = Prepared {
        form: Form::Controls(controls),
        moments: Vec::new(),
    };
    let scale = Scale {
        mean: vec![5.0, 5.0],
        deviation: vec![1.0, 1.0],
    };
    let mut moves = Vec::new();
    let start = scale.controls(&window, &View::plain(vec![0.0; 2]), &path, &mut moves);
    assert_eq!(start[1], 0.0);
    assert!(
        moves
            .chunks_exact(6)
            .all(|moved| moved[3] == 0.0 && moved[5] == 0.0)
    );
    let time: f32 = moves.chunks_exact(6).map(|moved| moved[0]).sum();
    assert!((time - 4.0).abs() < 1e-5);
}
