//! Breaths against SciPy and NeuroKit2, across gaps, and in signals that have none.

use std::f64::consts::TAU;

use pathema_physio::compare::{Comparison, Criteria};
use pathema_physio::resp::{Breath, RespError, Respiration, breaths, breaths_in_band};
use pathema_signal::simulate::{self, SimulationConfig};
use pathema_signal::{Modality, Placement};
use proptest::prelude::*;

use crate::golden;

const RATE: f64 = 25.0;
const NAN: f64 = f64::NAN;

fn peaks(breaths: &[Breath]) -> Vec<f64> {
    breaths.iter().map(|breath| breath.peak).collect()
}

fn belt(seconds: f64, rate: f64, frequency: f64) -> Vec<f64> {
    (0..(seconds * rate) as usize)
        .map(|index| -(TAU * frequency * index as f64 / rate).cos())
        .collect()
}

#[test]
fn agrees_with_the_recipe_in_scipy_and_with_neurokit() {
    let lines = golden::read(include_str!("golden/windows.txt"));
    let of = |name: &str| &lines.iter().find(|line| line.0 == name).unwrap().1;
    let resp = of("resp");
    let ours = peaks(&breaths(resp, RATE).unwrap());
    // The first and the last breath may not be whole.
    let within = |times: &[f64]| -> Vec<f64> {
        let inside = |time: &&f64| (8.0..232.0).contains(*time);
        times.iter().filter(inside).copied().collect()
    };
    let (ours, recipe) = (within(&ours), within(of("resp recipe")));
    assert_eq!(ours.len(), recipe.len());
    for (ours, scipy) in ours.iter().zip(&recipe) {
        assert!((ours - scipy).abs() < 1e-6, "{ours} is not {scipy}");
    }
    let neurokit = within(of("resp peaks"));
    let score = Comparison::new(&neurokit, &ours, &Criteria::within(0.6)).unwrap();
    assert_eq!(score.matched(), neurokit.len(), "{score:?}");
    assert_eq!(score.matched(), ours.len(), "{score:?}");
}

#[test]
fn breaths_are_as_they_were_made() {
    #[track_caller]
    fn check(rate: f64, frequency: f64, gain: f64, band: [f64; 2]) {
        let resp: Vec<f64> = belt(120.0, rate, frequency)
            .iter()
            .map(|v| gain * v)
            .collect();
        let found = breaths_in_band(&resp, rate, band).unwrap();
        let whole = (120.0 * frequency) as usize;
        assert!(
            (whole - 2..=whole).contains(&found.len()),
            "{}",
            found.len()
        );
        let tolerance = 0.02 / frequency;
        for breath in &found[2..found.len() - 2] {
            assert!(
                (breath.duration() - 1.0 / frequency).abs() < tolerance,
                "{breath:?}"
            );
            assert!(
                (breath.inhalation() - 0.5 / frequency).abs() < tolerance,
                "{breath:?}"
            );
            // Half a raised cosine of height 2.
            let area = breath.amplitude * 0.25 / frequency;
            assert!((breath.volume - area).abs() < 0.02 * area, "{breath:?}");
            assert!(
                breath.amplitude / gain > 0.8 && breath.amplitude / gain < 2.1,
                "{breath:?}"
            );
        }
        let respiration = Respiration::of(&found, 20.0..100.0);
        assert!((respiration.rate.unwrap() - 60.0 * frequency).abs() < 0.3);
        assert!((respiration.ratio.unwrap() - 1.0).abs() < 0.03);
        assert!(respiration.inhalation_std.unwrap() < 0.02 / frequency);
    }
    check(25.0, 0.25, 1.0, [0.1, 0.35]);
    check(700.0, 0.2, 1e-3, [0.1, 0.35]);
    check(25.0, 0.15, 1e6, [0.1, 0.35]);
    check(4.0, 0.3, 1.0, [0.1, 0.35]);
    check(25.0, 0.5, 1.0, [0.1, 0.8]);
}

#[test]
fn no_breath_spans_a_gap() {
    #[track_caller]
    fn check(start: f64, end: f64, value: f64, bridged: bool) {
        let mut resp = belt(120.0, RATE, 0.25);
        resp[(start * RATE) as usize..(end * RATE) as usize].fill(value);
        let found = breaths(&resp, RATE).unwrap();
        let spans = |breath: &&Breath| breath.onset < end - 0.04 && breath.end > start;
        let spanning = found.iter().filter(spans).count();
        assert_eq!(spanning, usize::from(bridged), "{found:?}");
        let away = |breath: &&Breath| breath.end < start - 8.0 || breath.onset > end + 8.0;
        assert!(found.iter().filter(away).count() >= 20, "{found:?}");
    }
    check(60.0, 70.0, NAN, false);
    check(60.0, 61.0, NAN, false);
    check(60.0, 66.0, 0.4, false);
    // A few samples on a slope; the same where a breath turns.
    check(61.0, 61.16, NAN, true);
    check(61.92, 62.08, NAN, false);
}

#[test]
fn finds_the_breaths_of_a_simulated_session() {
    let session = simulate::session(&SimulationConfig::default(), 0);
    let resp = session
        .recording
        .channel(Placement::Chest, Modality::Resp)
        .unwrap();
    let (all, rate) = (resp.all(), resp.rate().unwrap());
    let found = breaths(&all, rate).unwrap();
    let covered: f64 = found.iter().map(Breath::duration).sum();
    let share = covered / resp.duration();
    let respiration = Respiration::of(&found, 0.0..resp.duration());
    eprintln!(
        "simulated chest: {} breaths, {share:.3} covered, {respiration:?}",
        found.len()
    );
    assert!(share > 0.9, "{share}");
    assert!((8.0..25.0).contains(&respiration.rate.unwrap()));
}

#[test]
fn signals_without_breath_have_none() {
    for nothing in [
        &[][..],
        &[1.0],
        &[NAN; 4_000],
        &[0.0; 4_000],
        &[512.25; 4_000],
    ] {
        assert_eq!(breaths(nothing, RATE), Ok(vec![]));
    }
    let ramp: Vec<f64> = (0..20_000).map(|i| 1e3 + 0.01 * f64::from(i)).collect();
    assert_eq!(breaths(&ramp, RATE), Ok(vec![]));
    assert_eq!(breaths(&belt(9.9, RATE, 0.25), RATE), Ok(vec![]));
    let none = Respiration::of(&[], 0.0..60.0);
    let why = none.inhalation_std.unwrap_err().to_string();
    assert_eq!(why, "0 breaths are too few: it takes 2");
    assert!(none.ratio.is_err() && none.rate.is_err());
    let one = breaths(&belt(60.0, RATE, 0.25), RATE).unwrap();
    assert!(Respiration::of(&one, NAN..60.0).rate.is_ok() || one.is_empty());
    assert!(Respiration::of(&one, 60.0..0.0).rate.is_err());
}

#[test]
fn impossible_input_is_refused_by_name() {
    #[track_caller]
    fn check(resp: &[f64], rate: f64, message: &str) {
        let error = breaths(resp, rate).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }
    check(
        &[],
        0.0,
        "RESP: a sampling rate of 0 Hz is outside 3–10000 Hz",
    );
    check(&[], NAN, "RESP: a sampling rate of NaN Hz");
    check(&[], -25.0, "RESP: a sampling rate of -25 Hz");
    check(&[0.0, f64::NEG_INFINITY], 25.0, "sample 1 is -inf");
    let band = breaths_in_band(&[0.0; 90], 3.0, [0.1, 2.0]);
    assert!(matches!(band, Err(RespError::Filter { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_samples_give_breaths_in_order(
        samples in prop::collection::vec(
            prop_oneof![6 => -1.0..1.0f64, 1 => Just(NAN), 1 => any::<f64>().prop_filter("finite", |v| v.is_finite())],
            0..800,
        ),
        repeat in 1usize..20,
    ) {
        let resp: Vec<f64> = samples.iter().flat_map(|&value| vec![value; repeat]).collect();
        let found = breaths(&resp, RATE).unwrap();
        for breath in &found {
            prop_assert!(breath.onset < breath.peak && breath.peak < breath.end);
            for time in [breath.onset, breath.peak, breath.end] {
                let sample = time * RATE;
                let there = |at: f64| resp.get(at as usize).is_some_and(|value| !value.is_nan());
                prop_assert!(there(sample.floor()) || there(sample.ceil()));
            }
        }
        prop_assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].onset + 1e-9));
    }
}
