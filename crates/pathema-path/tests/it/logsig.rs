//! Signatures: laws, small answers, and the numbers of iisignature and pysiglib (`golden/make_logsig.py`).

use pathema_path::{
    ControlPath, Depth, Ends, Gaps, LogSignature, Observations, PathError, Scheme, Signature,
    log_signatures,
};
use proptest::prelude::*;
use serde::Deserialize;

use crate::THIRD;
use crate::laws::observations;

const SCHEMES: [Scheme; 4] = [
    Scheme::Linear,
    Scheme::SmoothedLinear(THIRD),
    Scheme::Hermite(Gaps::FitAcross),
    Scheme::NaturalCubic(Ends::Free),
];

const DEPTHS: [Depth; 3] = [Depth::One, Depth::Two, Depth::Three];

/// Paths of two channels and time, by any scheme, with missing values.
fn paths() -> impl Strategy<Value = ControlPath> {
    (observations(), prop::sample::select(SCHEMES.to_vec()))
        .prop_map(|(seen, scheme)| ControlPath::fit(scheme, &seen.with_time()).unwrap())
}

/// As [`paths`], within a window of a few intervals, so that levels stay of moderate size.
fn windows() -> impl Strategy<Value = (ControlPath, f64, f64)> {
    (paths(), 0.0..1.0_f64, 0.0..8.0_f64).prop_map(|(path, share, length)| {
        let (start, end) = path.interval();
        let from = start - 0.5 + share * (end - start);
        (path, from, from + length)
    })
}

fn signature(path: &ControlPath, from: f64, to: f64) -> Signature {
    Signature::of(path, from, to, Depth::Three).unwrap()
}

fn log(path: &ControlPath, from: f64, to: f64) -> LogSignature {
    LogSignature::of(path, from, to, Depth::Three).unwrap()
}

fn largest(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |most, x| most.max(x.abs()))
}

/// How far the path runs in a window, on its fastest channel or more.
fn variation(path: &ControlPath, from: f64, to: f64) -> f64 {
    let inner = path
        .knots()
        .iter()
        .copied()
        .filter(|&knot| from < knot && knot < to);
    let stops: Vec<f64> = [from].into_iter().chain(inner).chain([to]).collect();
    let mut sum = 0.0;
    let (mut before, mut x) = (vec![0.0; path.channels()], vec![0.0; path.channels()]);
    path.value(from, &mut before);
    for stop in stops.windows(2) {
        for step in 1..=8 {
            path.value(
                stop[0] + (stop[1] - stop[0]) * f64::from(step) / 8.0,
                &mut x,
            );
            let steps: Vec<f64> = x.iter().zip(&before).map(|(y, x)| y - x).collect();
            sum += largest(&steps);
            before.copy_from_slice(&x);
        }
    }
    sum
}

/// Up to rounding: level k is made of products of k increments of a path that runs so far.
fn close(found: &[f64], expected: &[f64], variation: f64, k: usize) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.len(), expected.len());
    let scale = (1.0 + variation).powi(k as i32);
    for (x, y) in found.iter().zip(expected) {
        prop_assert!(
            (x - y).abs() <= 1e-12 * scale,
            "{} is not {}, scale {}",
            x,
            y,
            scale
        );
    }
    Ok(())
}

fn all_close(found: &Signature, expected: &Signature, variation: f64) -> Result<(), TestCaseError> {
    for k in 1..=3 {
        close(found.level(k), expected.level(k), variation, k)?;
    }
    Ok(())
}

proptest! {
    #[test]
    fn chens_identity((path, from, to) in windows(), share in 0.0..=1.0_f64) {
        let middle = (from + share * (to - from)).clamp(from, to);
        let both = signature(&path, from, middle).concat(&signature(&path, middle, to)).unwrap();
        all_close(&both, &signature(&path, from, to), variation(&path, from, to))?;
    }

    #[test]
    fn logarithm_and_exponential_undo_each_other((path, from, to) in windows()) {
        let whole = signature(&path, from, to);
        prop_assert_eq!(whole.log(), log(&path, from, to));
        all_close(&whole.log().exp(), &whole, variation(&path, from, to))?;
    }

    #[test]
    fn the_first_level_is_the_increment((path, from, to) in windows()) {
        let (mut start, mut end) = ([0.0; 3], [0.0; 3]);
        path.value(from, &mut start);
        path.value(to, &mut end);
        let increment: Vec<f64> = end.iter().zip(start).map(|(y, x)| y - x).collect();
        close(signature(&path, from, to).level(1), &increment, variation(&path, from, to), 1)?;
        close(log(&path, from, to).level(1), &increment, variation(&path, from, to), 1)?;
    }

    /// Level 1 ⊗ level 1 is the shuffle of two words of one letter: `i · j = ij + ji`; and
    /// `i · jk = ijk + jik + jki`.
    #[test]
    fn shuffles_are_products((path, from, to) in windows()) {
        let whole = signature(&path, from, to);
        let (one, two, three) = (whole.level(1), whole.level(2), whole.level(3));
        let size = variation(&path, from, to);
        let at = |i: usize, j: usize, k: usize| three[(3 * i + j) * 3 + k];
        for i in 0..3 {
            for j in 0..3 {
                close(&[two[3 * i + j] + two[3 * j + i]], &[one[i] * one[j]], size, 2)?;
                for k in 0..3 {
                    let shuffle = at(i, j, k) + at(j, i, k) + at(j, k, i);
                    close(&[shuffle], &[one[i] * two[3 * j + k]], size, 3)?;
                }
            }
        }
    }

    /// The levels of a logarithm are Lie elements: level 2 is antisymmetric, and by the
    /// Dynkin–Specht–Wever theorem left-to-right bracketing of level k is k times level k.
    #[test]
    fn logarithms_are_lie_elements((path, from, to) in windows()) {
        let lie = log(&path, from, to);
        let size = variation(&path, from, to);
        let (two, three) = (lie.level(2), lie.level(3));
        let at = |i: usize, j: usize, k: usize| three[(3 * i + j) * 3 + k];
        for i in 0..3 {
            for j in 0..3 {
                close(&[two[3 * i + j]], &[-two[3 * j + i]], size, 2)?;
                for k in 0..3 {
                    // The coefficient of ijk in [[x, y], z] summed over xyz.
                    let bracketed = at(i, j, k) - at(j, i, k) - at(j, k, i) + at(k, j, i);
                    close(&[bracketed], &[3.0 * at(i, j, k)], size, 3)?;
                }
            }
        }
    }

    /// The brackets of the Lyndon words, times the coordinates, are the expanded form.
    #[test]
    fn lyndon_coordinates_say_it_all((path, from, to) in windows()) {
        let lie = log(&path, from, to);
        let mut terms = vec![0.0; 3 + 9 + 27];
        for (word, coordinate) in lie.lyndon_words().iter().zip(lie.lyndon()) {
            for (letters, sign) in bracket(word) {
                let at = letters.iter().fold(0, |at, letter| 3 * at + letter);
                terms[[0, 3, 12][letters.len() - 1] + at] += sign * coordinate;
            }
        }
        let size = variation(&path, from, to);
        close(&terms, lie.terms(), size, 3)?;
    }

    #[test]
    fn depths_agree((path, from, to) in windows()) {
        let deepest = log(&path, from, to);
        for depth in DEPTHS {
            let lie = LogSignature::of(&path, from, to, depth).unwrap();
            prop_assert_eq!(lie.terms(), &deepest.terms()[..lie.terms().len()]);
            prop_assert_eq!(lie.lyndon().len(), lie.lyndon_words().len());
            prop_assert_eq!(&lie.lyndon(), &deepest.lyndon()[..lie.lyndon().len()]);
            for k in 0..=4 {
                let held = (1..=depth as usize).contains(&k);
                prop_assert_eq!(lie.level(k).len(), if held { 3_usize.pow(k as u32) } else { 0 });
            }
        }
    }

    #[test]
    fn further_knots_change_nothing(
        (path, from, to) in windows(), more in prop::collection::vec(-2.0..99.0_f64, 0..9)
    ) {
        let refined = path.refined(&more).unwrap();
        let size = variation(&path, from, to);
        all_close(&signature(&refined, from, to), &signature(&path, from, to), size)?;
    }

    /// The clock does not matter: a path through the same values at other times.
    #[test]
    fn the_pace_changes_nothing(
        seen in observations(), paces in prop::collection::vec(0.05..2.0_f64, 100)
    ) {
        let known: Vec<f64> = seen.values().iter().map(|v| if v.is_nan() { 0.0 } else { *v }).collect();
        let mut time = 3.0;
        let times = paces[..seen.len()].iter().map(|pace| { time += pace; time }).collect();
        let fit = |times: Vec<f64>| {
            let seen = Observations::new(times, known.clone(), 2).unwrap();
            ControlPath::fit(Scheme::Linear, &seen).unwrap()
        };
        let (path, other) = (fit(seen.times().to_vec()), fit(times));
        let [found, expected] = [&other, &path].map(|path| {
            signature(path, path.interval().0, path.interval().1)
        });
        all_close(&found, &expected, variation(&path, path.interval().0, path.interval().1))?;
    }

    /// The rectilinear path's image does not depend on where in an interval it turns.
    #[test]
    fn rectilinear_is_time_first_then_the_data(seen in observations()) {
        let seen = seen.with_time();
        let path = ControlPath::fit(Scheme::Rectilinear, &seen).unwrap();
        let (start, end) = path.interval();
        let mut corners = vec![];
        for knot in path.knots() {
            let mut x = [0.0; 3];
            path.value(*knot, &mut x);
            corners.extend(x);
        }
        let steps = (0..path.knots().len()).map(|k| k as f64).collect();
        let corners = Observations::new(steps, corners, 3).unwrap();
        let other = ControlPath::fit(Scheme::Linear, &corners).unwrap();
        let expected = signature(&other, 0.0, path.intervals() as f64);
        all_close(&signature(&path, start, end), &expected, variation(&path, start, end))?;
    }

    #[test]
    fn backwards_is_the_inverse((path, from, to) in windows()) {
        // A linear path and the same run backwards.
        let points: Vec<f64> = (0..9).map(|k| from + (to - from) * f64::from(k) / 8.0).collect();
        let along = |order: Vec<f64>| {
            let mut values = vec![];
            for point in order {
                let mut x = [0.0; 3];
                path.value(point, &mut x);
                values.extend(x);
            }
            let times = (0..9).map(f64::from).collect();
            let seen = Observations::new(times, values, 3).unwrap();
            ControlPath::fit(Scheme::Linear, &seen).unwrap()
        };
        let there = along(points.clone());
        let back = along(points.into_iter().rev().collect());
        let nothing = signature(&there, 0.0, 8.0).concat(&signature(&back, 0.0, 8.0)).unwrap();
        close(nothing.terms(), &[0.0; 39], variation(&there, 0.0, 8.0), 3)?;
    }

    #[test]
    fn cumulative_log_signatures_meet_the_path((path, from, to) in windows()) {
        prop_assume!(to > from + 0.1);
        let ends: Vec<f64> = (0..4).map(|k| from + (to - from) * f64::from(k) / 3.0).collect();
        let coarse = path.log_signature_path(&ends, Depth::Three).unwrap();
        let logs = log_signatures(&path, &ends, Depth::Three).unwrap();
        prop_assert_eq!(coarse.knots(), &ends[..]);
        prop_assert_eq!(coarse.is_causal(), path.is_causal() && ends[0] >= path.interval().0);
        prop_assert!(coarse.verify_continuity().holds(coarse.smoothness(), 1e-12));
        let (mut x, mut y) = ([0.0; 3], vec![0.0; coarse.channels()]);
        for (&end, window) in ends.iter().zip(logs.windows(1).chain([&[][..]])) {
            path.value(end, &mut x);
            coarse.value(end, &mut y);
            close(&y[..3], &x, variation(&path, from, to), 1)?;
            if let [log] = window {
                coarse.derivative(end, &mut y);
                let length = (to - from) / 3.0;
                let expected: Vec<f64> = log.lyndon().iter().map(|x| x / length).collect();
                close(&y, &expected, largest(&expected), 1)?;
            }
        }
    }
}

/// The standard bracketing of a Lyndon word, expanded, from its definition.
fn bracket(word: &[usize]) -> Vec<(Vec<usize>, f64)> {
    let is_lyndon = |word: &[usize]| (1..word.len()).all(|at| word < &word[at..]);
    assert!(is_lyndon(word));
    if word.len() == 1 {
        return vec![(word.to_vec(), 1.0)];
    }
    let at = (1..word.len()).find(|&at| is_lyndon(&word[at..])).unwrap();
    let (left, right) = (bracket(&word[..at]), bracket(&word[at..]));
    let mut terms = vec![];
    for (u, x) in &left {
        for (v, y) in &right {
            terms.push(([&u[..], &v[..]].concat(), x * y));
            terms.push(([&v[..], &u[..]].concat(), -x * y));
        }
    }
    terms
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Through a log-signature and a fit, back to the observations, by central differences.
    #[test]
    fn pulls_back_through_the_fit(
        rows in prop::collection::vec((0.3..1.5_f64, prop::array::uniform2(-2.0..2.0_f64)), 1..7),
        scheme in prop::sample::select(SCHEMES.to_vec()),
        depth in prop::sample::select(DEPTHS.to_vec()),
        (from, length) in (-0.5..3.0_f64, 0.0..4.0_f64),
        weights in prop::collection::vec(-1.0..1.0_f64, 14),
    ) {
        let mut time = 0.0;
        let times: Vec<f64> = rows.iter().map(|(step, _)| { time += step; time }).collect();
        let values: Vec<f64> = rows.iter().flat_map(|(_, row)| *row).collect();
        let fit = |times: &[f64], values: &[f64]| {
            let seen = Observations::new(times.to_vec(), values.to_vec(), 2).unwrap();
            (ControlPath::fit(scheme, &seen).unwrap(), seen)
        };
        let to = from + length;
        let weights = &weights[..LogSignature::of(&fit(&times, &values).0, from, to, depth).unwrap().terms().len()];
        let number = |times: &[f64], values: &[f64]| -> f64 {
            let log = LogSignature::of(&fit(times, values).0, from, to, depth).unwrap();
            log.terms().iter().zip(weights).map(|(x, w)| x * w).sum()
        };
        let (path, seen) = fit(&times, &values);
        let of_path = LogSignature::pull_back(&path, from, to, depth, weights).unwrap();
        let gradient = scheme
            .pull_back(&seen, &of_path.coefficients, &of_path.knots, &[0.0; 2])
            .unwrap();
        let step = 1e-6;
        let moved = |list: &[f64], at: usize, by: f64| {
            let mut list = list.to_vec();
            list[at] += by;
            list
        };
        for (at, &found) in gradient.values.iter().enumerate() {
            let [plus, minus] = [step, -step].map(|by| number(&times, &moved(&values, at, by)));
            let expected = (plus - minus) / (2.0 * step);
            prop_assert!((found - expected).abs() < 1e-6 * (1.0 + expected.abs()), "{scheme:?}: {found}, {expected}");
        }
        for (at, &found) in gradient.times.iter().enumerate() {
            // Where a derivative jumps at the window's end, so does this one.
            prop_assume!((times[at] - from).abs() > 1e-4 && (times[at] - to).abs() > 1e-4);
            let [plus, minus] = [step, -step].map(|by| number(&moved(&times, at, by), &values));
            let expected = (plus - minus) / (2.0 * step);
            prop_assert!((found - expected).abs() < 1e-5 * (1.0 + expected.abs()), "{scheme:?}: {found}, {expected}");
        }
    }
}

#[derive(Deserialize)]
struct Case {
    times: Vec<f64>,
    values: Vec<f64>,
    channels: usize,
    depth: usize,
    window: [f64; 2],
    signature: Vec<f64>,
    basis: Vec<String>,
    log_signature: Vec<f64>,
}

/// As iisignature writes a Lyndon word of its basis: brackets, channels counted from one.
fn written(word: &[usize]) -> String {
    let is_lyndon = |word: &[usize]| (1..word.len()).all(|at| word < &word[at..]);
    match word {
        [letter] => (letter + 1).to_string(),
        _ => {
            let at = (1..word.len()).find(|&at| is_lyndon(&word[at..])).unwrap();
            format!("[{},{}]", written(&word[..at]), written(&word[at..]))
        }
    }
}

#[test]
fn equals_iisignature_and_pysiglib() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("golden/logsig.json")).unwrap();
    assert!(cases.len() > 5);
    for case in cases {
        let seen = Observations::new(case.times, case.values, case.channels).unwrap();
        let path = ControlPath::fit(Scheme::Linear, &seen).unwrap();
        let depth = Depth::try_from(case.depth).unwrap();
        let [from, to] = case.window;
        let whole = Signature::of(&path, from, to, depth).unwrap();
        let lie = LogSignature::of(&path, from, to, depth).unwrap();
        let basis: Vec<String> = lie.lyndon_words().iter().map(|w| written(w)).collect();
        assert_eq!(basis, case.basis);
        for (found, expected) in [
            (whole.terms(), case.signature),
            (&lie.lyndon(), case.log_signature),
        ] {
            assert_eq!(found.len(), expected.len());
            let size = largest(&expected);
            for (x, y) in found.iter().zip(&expected) {
                assert!((x - y).abs() <= 1e-13 * (1.0 + size), "{x} is not {y}");
            }
        }
    }
}

/// A cubic path sampled ever more finely as a linear one: its integrals converge as the square of the step.
#[test]
fn linear_paths_converge_to_the_exact_integrals() {
    let values = vec![0.0, 1.0, 2.0, -1.0, 0.5, 0.3, 3.0, 2.0, 1.0, 1.0];
    let seen = Observations::new(vec![0.0, 1.0, 2.5, 3.0, 4.0], values, 2).unwrap();
    for scheme in &SCHEMES[1..] {
        let path = ControlPath::fit(*scheme, &seen).unwrap();
        let exact = signature(&path, 0.25, 3.75);
        let error = |steps: u32| {
            let times: Vec<f64> = (0..=steps)
                .map(|k| 0.25 + 3.5 * f64::from(k) / f64::from(steps))
                .collect();
            let mut values = vec![0.0; 2 * times.len()];
            for (&time, x) in times.iter().zip(values.chunks_exact_mut(2)) {
                path.value(time, x);
            }
            let seen = Observations::new(times, values, 2).unwrap();
            let line = ControlPath::fit(Scheme::Linear, &seen).unwrap();
            let found = signature(&line, 0.25, 3.75);
            let differences: Vec<f64> = found
                .terms()
                .iter()
                .zip(exact.terms())
                .map(|(x, y)| x - y)
                .collect();
            largest(&differences)
        };
        let (coarse, fine) = (error(700), error(2800));
        assert!(fine < 1e-4, "{scheme:?}: {fine}");
        assert!(fine < coarse / 12.0, "{scheme:?}: {coarse}, {fine}");
    }
}

/// The second piece of a Hermite path whose channels are `s` and `2 s² − s³` there.
#[test]
fn cubic_integrals_by_hand() {
    let values = vec![0.0, 0.0, 1.0, 0.0, 2.0, 1.0];
    let seen = Observations::new(vec![0.0, 1.0, 2.0], values, 2).unwrap();
    let path = ControlPath::fit(Scheme::Hermite(Gaps::FitAcross), &seen).unwrap();
    let whole = signature(&path, 1.0, 2.0);
    let at = |word: &[usize]| {
        let at = word.iter().fold(0, |at, letter| 2 * at + letter - 1);
        whole.level(word.len())[at]
    };
    let expected: [(&[usize], f64); 8] = [
        (&[1], 1.0),
        (&[2], 1.0),
        (&[1, 2], 7.0 / 12.0),
        (&[2, 1], 5.0 / 12.0),
        (&[1, 1, 2], 1.0 / 5.0),
        (&[1, 2, 1], 11.0 / 60.0),
        (&[2, 2, 1], 29.0 / 210.0),
        (&[2, 2, 2], 1.0 / 6.0),
    ];
    for (word, expected) in expected {
        assert!(
            (at(word) - expected).abs() < 1e-14,
            "{word:?}: {} is not {expected}",
            at(word)
        );
    }
}

#[test]
fn windows_outside_the_path_add_nothing() {
    let seen = Observations::new(vec![0.0, 1.0], vec![0.0, 2.0, 1.0, 0.0], 2).unwrap();
    let path = ControlPath::fit(Scheme::Linear, &seen).unwrap();
    for (from, to) in [
        (-3.0, -1.0),
        (-1.0, 0.0),
        (1.0, 2.0),
        (5.0, 9.0),
        (0.5, 0.5),
        (f64::MIN, 0.0),
    ] {
        let nothing = log(&path, from, to);
        assert!(nothing.terms().iter().all(|&x| x == 0.0), "{from} to {to}");
    }
    assert_eq!(log(&path, f64::MIN, f64::MAX), log(&path, 0.0, 1.0));

    let empty = Observations::new(vec![], vec![], 2).unwrap();
    let empty = ControlPath::fit(Scheme::Linear, &empty).unwrap();
    assert!(log(&empty, 0.0, 1.0).terms().iter().all(|&x| x == 0.0));
    let coarse = empty.log_signature_path(&[], Depth::Two).unwrap();
    assert_eq!((coarse.channels(), coarse.intervals()), (3, 0));
    let coarse = path.log_signature_path(&[0.5], Depth::One).unwrap();
    let mut x = [0.0; 2];
    coarse.value(7.0, &mut x);
    assert_eq!((coarse.knots(), x), ([0.5].as_slice(), [0.5, 1.0]));
    assert_eq!(log_signatures(&path, &[1.0], Depth::Two), Ok(vec![]));
}

#[test]
fn what_is_off_is_named() {
    let seen = Observations::new(vec![0.0, 1.0], vec![0.0, 1e200], 1).unwrap();
    let path = ControlPath::fit(Scheme::Linear, &seen).unwrap();
    for (from, to) in [
        (1.0, 0.0),
        (f64::NAN, 1.0),
        (0.0, f64::NAN),
        (0.0, f64::INFINITY),
    ] {
        let found = Signature::of(&path, from, to, Depth::One).unwrap_err();
        assert!(matches!(found, PathError::Window { .. }), "{from} to {to}");
        let found = LogSignature::pull_back(&path, from, to, Depth::One, &[1.0]).unwrap_err();
        assert!(matches!(found, PathError::Window { .. }), "{from} to {to}");
        let found = path
            .log_signature_path(&[from, to], Depth::One)
            .unwrap_err();
        assert!(matches!(found, PathError::Window { .. }), "{from} to {to}");
    }
    let found = path
        .log_signature_path(&[0.0, 1.0, 1.0], Depth::One)
        .unwrap_err();
    assert_eq!(found, PathError::Window { from: 1.0, to: 1.0 });
    let found = path
        .log_signature_path(&[0.0, 2.0, 1.0], Depth::One)
        .unwrap_err();
    assert_eq!(found, PathError::Window { from: 2.0, to: 1.0 });
    let found = path
        .log_signature_path(&[-1e308, 1e308], Depth::One)
        .unwrap_err();
    assert!(matches!(found, PathError::SpanInfinite { .. }));
    let found = Signature::of(&path, 0.0, 1.0, Depth::Three).unwrap_err();
    assert_eq!(found, PathError::SignatureOverflow { from: 0.0, to: 1.0 });
    for depth in [0, 4] {
        assert_eq!(Depth::try_from(depth), Err(PathError::Depth { depth }));
    }
    let found = LogSignature::pull_back(&path, 0.0, 1.0, Depth::Two, &[1.0]).unwrap_err();
    assert!(matches!(
        found,
        PathError::GradientLength {
            expected: 2,
            found: 1,
            ..
        }
    ));
    let [one, two] =
        [Depth::One, Depth::Two].map(|depth| Signature::of(&path, 0.0, 0.0, depth).unwrap());
    let found = one.concat(&two).unwrap_err();
    assert_eq!(
        found.to_string(),
        "a signature of 1 channels to depth 1 cannot go with the next, of 1 channels to depth 2: \
         make both of the same path"
    );
}
