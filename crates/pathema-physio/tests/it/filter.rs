//! Filters against SciPy, at gaps, by their laws, and at what they must refuse.

use pathema_physio::filter::{
    FilterError, Fir, Response, Section, Sos, Start, Window, kaiser_order,
};
use proptest::prelude::*;

use crate::golden;

const NAN: f64 = f64::NAN;

#[test]
fn agrees_with_scipy() {
    let lines = golden::read(include_str!("golden/filter.txt"));
    let input = &lines[0].1;
    assert_eq!(lines.len(), 8);
    for (design, expected) in &lines[1..] {
        let parameters: Vec<f64> = design.split(' ').map(|v| v.parse().unwrap()).collect();
        let [order, low, high, rate] = parameters[..] else {
            panic!("{design}");
        };
        let sos = Sos::butterworth_band_pass(order as usize, low, high, rate).unwrap();
        let filtered = sos.zero_phase(input);
        assert_eq!(filtered.len(), expected.len());
        for (index, (ours, scipy)) in filtered.iter().zip(expected).enumerate() {
            assert!(
                (ours - scipy).abs() < 1e-10,
                "{design}, sample {index}: {ours} is not {scipy}"
            );
        }
    }
}

#[test]
fn finite_stretches_are_filtered_by_themselves() {
    let sos = Sos::butterworth_band_pass(3, 0.6, 4.0, 64.0).unwrap();
    let first: Vec<f64> = (0..200).map(|i| (0.2 * f64::from(i)).sin()).collect();
    let second: Vec<f64> = (0..150).map(|i| (0.3 * f64::from(i)).cos() + 7.0).collect();
    let joined = [&[NAN], &first[..], &[NAN, f64::INFINITY], &second].concat();
    let filtered = sos.zero_phase(&joined);
    assert_eq!(filtered[1..201], sos.zero_phase(&first));
    assert_eq!(filtered[203..], sos.zero_phase(&second));
    assert!([0, 201, 202].iter().all(|&gap| filtered[gap].is_nan()));
}

#[test]
fn stretches_shorter_than_the_padding_stay_finite() {
    let sos = Sos::butterworth_band_pass(4, 0.5, 40.0, 250.0).unwrap();
    for len in 0..60 {
        let signal: Vec<f64> = (0..len).map(f64::from).collect();
        let filtered = sos.zero_phase(&signal);
        assert_eq!(filtered.len(), signal.len());
        assert!(filtered.iter().all(|value| value.is_finite()), "{len}");
    }
}

#[test]
fn impossible_designs_are_refused() {
    #[track_caller]
    fn check(order: usize, low: f64, high: f64, rate: f64, message: &str) {
        let error = Sos::butterworth_band_pass(order, low, high, rate).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }
    check(0, 1.0, 2.0, 10.0, "order 0");
    check(21, 1.0, 2.0, 10.0, "from 1 to 20");
    check(2, 0.0, 2.0, 10.0, "0–2 Hz at 10 Hz");
    check(2, 2.0, 2.0, 10.0, "low < high");
    check(2, 1.0, 5.0, 10.0, "high < rate / 2");
    check(2, 1.0, 2.0, f64::INFINITY, "inf Hz");
    check(2, 1.0, 2.0, -10.0, "-10 Hz");
    assert!(matches!(
        Sos::butterworth_band_pass(2, 1.0, NAN, 10.0),
        Err(FilterError::Band { high, .. }) if high.is_nan()
    ));
}

/// One way to run a filter.
type Run<'a> = &'a dyn Fn(&[f64]) -> Vec<f64>;

/// The design that a line of `filters.txt` names.
fn design(words: &[&str]) -> Sos {
    let number = |index: usize| words[index].parse::<f64>().unwrap();
    let order: usize = words[1].parse().unwrap();
    let (low, high, rate) = (number(2), number(3), number(4));
    match words[0] {
        "low-pass" => Sos::butterworth_low_pass(order, low, rate),
        "high-pass" => Sos::butterworth_high_pass(order, low, rate),
        "band-pass" => Sos::butterworth_band_pass(order, low, high, rate),
        "band-stop" => Sos::butterworth_band_stop(order, low, high, rate),
        "notch" => Sos::notch(low, high, rate),
        "peak" => Sos::peak(low, high, rate),
        other => panic!("{other}"),
    }
    .unwrap()
}

fn fir_design(words: &[&str]) -> Fir {
    let number = |index: usize| words[index].parse::<f64>().unwrap();
    let taps: usize = words[1].parse().unwrap();
    let (low, high, rate) = (number(2), number(3), number(4));
    let window = golden::window(words[5]);
    match words[0] {
        "low-pass" => Fir::low_pass(taps, low, rate, window),
        "high-pass" => Fir::high_pass(taps, low, rate, window),
        "band-pass" => Fir::band_pass(taps, low, high, rate, window),
        "band-stop" => Fir::band_stop(taps, low, high, rate, window),
        other => panic!("{other}"),
    }
    .unwrap()
}

#[test]
fn designs_and_runs_agree_with_scipy() {
    let lines = golden::read(include_str!("golden/filters.txt"));
    let array = |name: &str| &lines.iter().find(|line| line.0 == name).unwrap().1[..];
    let (walk, angles) = (array("walk"), array("angles"));
    let parts = |respond: &dyn Fn(f64) -> Response| {
        let parts =
            |Response { magnitude, phase }| [magnitude * phase.cos(), magnitude * phase.sin()];
        angles
            .iter()
            .flat_map(|&angle| parts(respond(angle)))
            .collect::<Vec<f64>>()
    };
    let mut worst = golden::Worst::default();
    for (name, expected) in &lines {
        let words: Vec<&str> = name.split(' ').collect();
        let sos = || design(&words[1..]);
        let fir = || fir_design(&words[1..]);
        let ours = match words[0] {
            "zero-phase" => sos().zero_phase(walk),
            "padded" => sos().zero_phase_with_padding(walk, 60),
            "causal" => sos().filter(walk, Start::Zero),
            "steady" => sos().filter(walk, Start::Steady),
            "response" => parts(&|angle| sos().response(angle, 1.0)),
            "taps" => fir().taps().to_vec(),
            "fir-causal" => fir().filter(walk, Start::Zero),
            "fir-steady" => fir().filter(walk, Start::Steady),
            "fir-zero-phase" => fir().zero_phase(walk),
            "fir-response" => parts(&|angle| fir().response(angle, 1.0)),
            "group-delay" => {
                let skewed = Fir::new(array("skewed").to_vec()).unwrap();
                let delays = angles
                    .iter()
                    .map(|&angle| skewed.group_delay(angle, 1.0).unwrap());
                delays.collect()
            }
            "kaiser-order" => {
                let number = |index: usize| words[index].parse::<f64>().unwrap();
                let (taps, window) = kaiser_order(number(1), number(2), number(3)).unwrap();
                let Window::Kaiser(beta) = window else {
                    panic!("{window:?}");
                };
                vec![taps as f64, beta]
            }
            _ => continue,
        };
        // What a filter lets through may be small: the scale is that of the signal.
        let at_least = match words[0] {
            "zero-phase" | "padded" | "causal" | "steady" | "fir-causal" | "fir-steady"
            | "fir-zero-phase" => walk.iter().fold(0.0, |a: f64, b| a.max(b.abs())),
            _ => 1.0,
        };
        worst.compare(name, &ours, expected, at_least);
    }
    assert!(worst.compared > 200, "{}", worst.compared);
    worst.report("filters");
}

fn every_sos() -> impl Strategy<Value = Sos> {
    let edges = (0.01..0.25f64, 0.3..0.45f64);
    (0usize..6, 1usize..9, edges).prop_map(|(kind, order, (low, high))| {
        match kind {
            0 => Sos::butterworth_low_pass(order, low, 1.0),
            1 => Sos::butterworth_high_pass(order, high, 1.0),
            2 => Sos::butterworth_band_pass(order, low, high, 1.0),
            3 => Sos::butterworth_band_stop(order, low, high, 1.0),
            4 => Sos::notch(low, 3.0, 1.0),
            _ => Sos::peak(high, 3.0, 1.0),
        }
        .unwrap()
    })
}

fn samples() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-100.0..100.0f64, 1..200)
}

fn with_gaps() -> impl Strategy<Value = Vec<f64>> {
    let sample = prop_oneof![12 => -100.0..100.0f64, 1 => Just(NAN), 1 => Just(f64::INFINITY)];
    prop::collection::vec(sample, 0..200)
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_stream_gives_what_a_batch_gives(
        sos in every_sos(),
        signal in with_gaps(),
        cut in 0usize..200,
        steady in any::<bool>(),
    ) {
        let start = if steady { Start::Steady } else { Start::Zero };
        let whole = sos.filter(&signal, start);
        let mut stream = sos.stream(start);
        let (first, second) = signal.split_at(cut.min(signal.len()));
        let mut streamed: Vec<f64> = first.iter().map(|&sample| stream.push(sample)).collect();
        stream.extend(second, &mut streamed);
        prop_assert_eq!(bits(&streamed), bits(&whole));
        for (index, sample) in signal.iter().enumerate() {
            prop_assert_eq!(whole[index].is_nan(), !sample.is_finite());
        }
        // After a gap all is as if nothing had been before.
        if let Some(gap) = signal.iter().position(|sample| !sample.is_finite()) {
            let after = sos.filter(&signal[gap + 1..], start);
            prop_assert_eq!(bits(&whole[gap + 1..]), bits(&after));
        }
    }

    #[test]
    fn filters_are_linear(sos in every_sos(), signal in samples(), gain in -10.0..10.0f64) {
        let other: Vec<f64> = signal.iter().rev().map(|value| value * value / 100.0).collect();
        let mixed: Vec<f64> = signal.iter().zip(&other).map(|(a, b)| gain * a + b).collect();
        let fir = Fir::low_pass(12, 0.2, 1.0, Window::Hann).unwrap();
        let runs: [Run; 4] = [
            &|x| sos.zero_phase(x),
            &|x| sos.filter(x, Start::Steady),
            &|x| fir.filter(x, Start::Steady),
            &|x| fir.zero_phase(x),
        ];
        for run in runs {
            let (mixed, a, b) = (run(&mixed), run(&signal), run(&other));
            for index in 0..signal.len() {
                let expected = gain * a[index] + b[index];
                prop_assert!((mixed[index] - expected).abs() < 1e-8 * 1100.0);
            }
        }
    }

    #[test]
    fn an_impulse_in_the_middle_answers_alike_on_both_sides(sos in every_sos(), half in 1500usize..2000) {
        let mut impulse = vec![0.0; 2 * half + 1];
        impulse[half] = 1.0;
        let response = sos.zero_phase_with_padding(&impulse, 0);
        let largest = response[half].abs();
        for distance in 1..=half {
            let [before, after] = [response[half - distance], response[half + distance]];
            // At the ends it has died away, but not wholly.
            prop_assert!((before - after).abs() < 1e-6 * largest, "{} {} {}", distance, before, after);
            prop_assert!(before.abs() <= largest * (1.0 + 1e-9));
        }
    }

    #[test]
    fn a_constant_passes_a_low_pass_and_no_high_pass(
        order in 1usize..=20,
        edge in 0.01..0.45f64,
        level in -1e6..1e6f64,
        len in 1usize..100,
    ) {
        let constant = vec![level; len];
        let low = Sos::butterworth_low_pass(order, edge, 1.0).unwrap();
        let high = Sos::butterworth_high_pass(order, edge, 1.0).unwrap();
        let fir = Fir::low_pass(25, edge, 1.0, Window::Hamming).unwrap();
        for filtered in [low.zero_phase(&constant), low.filter(&constant, Start::Steady), fir.zero_phase(&constant)] {
            prop_assert!(filtered.iter().all(|value| (value - level).abs() <= 1e-7 * level.abs()));
        }
        let filtered = high.zero_phase(&constant);
        prop_assert!(filtered.iter().all(|value| value.abs() <= 1e-9 * level.abs()));
    }

    #[test]
    fn edges_pass_half_the_power(order in 1usize..=20, low in 0.02..0.2f64, high in 0.25..0.45f64) {
        let half = 0.5f64.sqrt();
        let designs = [
            (Sos::butterworth_low_pass(order, low, 1.0), [low, low]),
            (Sos::butterworth_high_pass(order, high, 1.0), [high, high]),
            (Sos::butterworth_band_pass(order, low, high, 1.0), [low, high]),
            (Sos::butterworth_band_stop(order, low, high, 1.0), [low, high]),
            (Sos::notch(low, 2.0, 1.0), [low, NAN]),
        ];
        for (sos, edges) in designs {
            let sos = sos.unwrap();
            if edges[1].is_nan() {
                prop_assert!(sos.response(edges[0], 1.0).magnitude < 1e-12);
                continue;
            }
            for edge in edges {
                prop_assert!((sos.response(edge, 1.0).magnitude - half).abs() < 1e-9);
            }
        }
    }
}

#[test]
fn gaps_part_what_a_finite_response_filters() {
    let fir = Fir::band_pass(21, 1.0, 8.0, 64.0, Window::Blackman).unwrap();
    let first: Vec<f64> = (0..90).map(|i| (0.2 * f64::from(i)).sin()).collect();
    let second: Vec<f64> = (0..7).map(|i| 7.0 + f64::from(i)).collect();
    let joined = [&first[..], &[NAN, f64::NEG_INFINITY], &second].concat();
    let runs: [Run; 2] = [&|x| fir.zero_phase(x), &|x| fir.filter(x, Start::Steady)];
    for run in runs {
        let filtered = run(&joined);
        assert_eq!(filtered[..90], run(&first));
        assert!(filtered[90].is_nan() && filtered[91].is_nan());
        assert_eq!(filtered[92..], run(&second));
    }
    assert!(fir.zero_phase(&[]).is_empty());
}

#[test]
fn an_overflow_starts_a_stream_anew() {
    let sos = Sos::butterworth_high_pass(4, 0.01, 1.0).unwrap();
    let filtered = sos.filter(&[f64::MAX, 1.0, 2.0], Start::Steady);
    assert!(filtered[0].is_nan());
    assert_eq!(filtered[1..], sos.filter(&[1.0, 2.0], Start::Steady));
}

#[test]
fn designs_out_of_range_are_refused() {
    #[track_caller]
    fn check<T>(result: Result<T, FilterError>, message: &str) {
        let error = result.err().unwrap().to_string();
        assert!(error.contains(message), "{error}");
    }
    check(Sos::butterworth_low_pass(0, 1.0, 10.0), "order 0");
    check(Sos::butterworth_high_pass(21, 1.0, 10.0), "order 21");
    check(Sos::butterworth_low_pass(2, 5.0, 10.0), "5 Hz at 10 Hz");
    check(Sos::butterworth_high_pass(2, 0.0, 10.0), "0 < frequency");
    check(Sos::butterworth_low_pass(2, NAN, 10.0), "NaN Hz");
    check(Sos::butterworth_low_pass(2, 1.0, NAN), "at NaN Hz");
    check(
        Sos::butterworth_low_pass(2, 1.0, f64::INFINITY),
        "at inf Hz",
    );
    check(Sos::butterworth_band_stop(2, 3.0, 2.0, 10.0), "low < high");
    // So low that a double cannot tell its poles from 1.
    check(
        Sos::butterworth_low_pass(4, 1e-9, 1.0),
        "lower the rate first",
    );
    check(
        Sos::butterworth_band_pass(4, 1e-12, 1e-11, 1.0),
        "not stable",
    );
    check(Sos::notch(6.0, 30.0, 10.0), "6 Hz at 10 Hz");
    check(Sos::notch(1.0, 0.0, 10.0), "quality of 0");
    check(Sos::peak(4.0, 0.5, 10.0), "quality of 0.5");
    check(Sos::peak(4.0, NAN, 10.0), "quality of NaN");
    let section = |b0, a1, a2| Section {
        numerator: [b0, 0.0, 0.0],
        denominator: [a1, a2],
    };
    check(
        Sos::new(vec![section(1.0, 0.0, 0.0), section(1.0, 2.0, 1.0)]),
        "section 1 is not stable",
    );
    check(
        Sos::new(vec![section(NAN, 0.0, 0.0)]),
        "coefficient 0 is NaN",
    );
    check(Fir::new(vec![]), "0 taps");
    check(Fir::new(vec![1.0, f64::INFINITY]), "coefficient 1 is inf");
    check(Fir::low_pass(0, 1.0, 10.0, Window::Hann), "0 taps");
    check(
        Fir::low_pass(usize::MAX, 1.0, 10.0, Window::Hann),
        "1 to 1048576",
    );
    check(Fir::high_pass(10, 1.0, 10.0, Window::Hann), "an odd number");
    check(
        Fir::band_stop(10, 1.0, 2.0, 10.0, Window::Hann),
        "an odd number",
    );
    check(Fir::low_pass(11, 6.0, 10.0, Window::Hann), "6 Hz at 10 Hz");
    check(Fir::band_pass(11, 2.0, 1.0, 10.0, Window::Hann), "2–1 Hz");
    check(
        Fir::low_pass(11, 2.0, 10.0, Window::Kaiser(-0.5)),
        "β from 0 to 700",
    );
    check(kaiser_order(7.9, 1.0, 10.0), "8 to 1000 dB");
    check(kaiser_order(60.0, 5.0, 10.0), "5 Hz at 10 Hz");
}

#[test]
fn what_a_response_blocks_has_no_delay() {
    let difference = Fir::new(vec![1.0, -1.0]).unwrap();
    assert!(difference.group_delay(0.0, 1.0).is_err());
    assert!(difference.group_delay(NAN, 1.0).is_err());
    assert!((difference.group_delay(0.2, 1.0).unwrap() - 0.5).abs() < 1e-12);
}
