use std::f64::consts::TAU;

use pathema_experiments::config::ModalityGroup;
use pathema_signal::{Modality, Placement};
use proptest::prelude::*;

use super::{GROUPS, SESSION, changed, channel, noise, observed, recording, wrist};
use crate::signals::concentration::Concentration;
use crate::signals::pulse::{Stretch, bridged, joined};
use crate::signals::{ChannelOptions, Degradation, SignalsError, degrade, tracks};

const RATE: f64 = 64.0;

/// A pulse of 75 beats a minute, 40 from foot to peak.
fn pulse(seconds: usize) -> Vec<f64> {
    let wave = |sample: usize| 20.0 * (TAU * 1.25 * sample as f64 / RATE).sin();
    (0..64 * seconds).map(wave).collect()
}

fn stretch(recorded: Vec<f64>) -> Stretch {
    Stretch {
        start: 0.0,
        path: bridged(&recorded, 19),
        recorded,
    }
}

#[test]
fn a_steady_pulse_says_what_it_is() {
    let mut bvp = pulse(120);
    bvp[64 * 60..64 * 70].fill(f64::NAN);
    let track = wrist(
        &recording(vec![channel(Modality::Bvp, RATE, bvp)]),
        ModalityGroup::Heart,
    );
    let within = |name: &str, edges: f64, expected: f64, by: f64| {
        for (time, value) in observed(&track, name) {
            // Beside the ends of a stretch its filter is not sure of the wave, and what looks back remembers that.
            let edge = [0.0, 60.0, 70.0, 120.0]
                .iter()
                .any(|edge| (time - edge).abs() < edges);
            assert!(
                edge || (value - expected).abs() < by,
                "{name} = {value} at {time}"
            );
        }
    };
    within("log heart rate", 3.0, 75.0_f64.ln(), 1e-3);
    within("log amplitude", 3.0, 40.0_f64.ln(), 0.02);
    within("rise time", 3.0, 0.4, 2e-3);
    within("log RMSSD", 15.0, 5e-3_f64.ln(), 0.1);
    let beats = observed(&track, "log amplitude");
    assert!(!beats.iter().any(|(time, _)| (60.0..70.0).contains(time)));
    // The beat before and the beat after the gap are no interval.
    let rates = observed(&track, "log heart rate");
    assert!(rates.windows(2).any(|pair| pair[1].0 - pair[0].0 > 10.5));
    let coverage = observed(&track, "coverage");
    assert_eq!(coverage.len(), 120);
    let at = |name, time: f64| {
        observed(&track, name)
            .iter()
            .find(|(t, _)| *t == time)
            .map(|(_, v)| *v)
    };
    // All but what the running interval holds.
    assert!((0.83..=1.0).contains(&at("coverage", 30.0).unwrap()));
    assert_eq!(at("coverage", 66.0), Some(0.0));
    assert!(at("concentration", 50.0).unwrap() > 0.88);
    assert_eq!(at("concentration", 67.0), None);
    // Three differences need four intervals: five beats.
    assert!(observed(&track, "log RMSSD")[0].0 >= rates[0].0 + 2.0);
}

#[test]
fn a_hum_is_concentrated_and_noise_is_not() {
    let hum = |frequency: f64| {
        let wave = |sample: usize| 500.0 + (TAU * frequency * sample as f64 / RATE).sin();
        Concentration::new(&stretch((0..64 * 20).map(wave).collect()), RATE).at(20.0)
    };
    for frequency in [0.9, 1.0, 1.23, 1.875, 2.5] {
        assert!(hum(frequency) > 0.88, "{frequency} Hz: {}", hum(frequency));
    }
    let mut next = noise(4);
    let white = Concentration::new(&stretch((0..64 * 400).map(|_| next()).collect()), RATE);
    let mut values: Vec<f64> = (10..400)
        .map(|second| white.at(f64::from(second)))
        .collect();
    values.sort_by(f64::total_cmp);
    assert!(values[195] < 0.4, "{}", values[195]);
    // Nothing, and nothing that moves.
    let quiet = |value| Concentration::new(&stretch(vec![value; 64 * 20]), RATE).at(20.0);
    assert!(quiet(f64::NAN).is_nan() && quiet(71.3).is_nan());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn concentration_looks_back_alone(seed: u64, share in 0.0..0.95f64, now in 6u32..20) {
        let mut next = noise(seed);
        let mut recorded: Vec<f64> = pulse(20).iter().map(|value| value + 5.0 * next()).collect();
        for value in &mut recorded {
            if 0.5 + 0.5 * next() < share {
                *value = f64::NAN;
            }
        }
        let mut other = recorded.clone();
        other[64 * now as usize..].fill(-3.0);
        let of = |recorded| Concentration::new(&stretch(recorded), RATE).at(f64::from(now));
        prop_assert_eq!(of(recorded).to_bits(), of(other).to_bits());
    }

    #[test]
    fn lines_go_through_samples_and_over_short_gaps_only(seed: u64, share in 0.0..1.0f64) {
        let mut next = noise(seed);
        // On a ramp every line is the ramp.
        let samples: Vec<f64> = (0..200)
            .map(|at| if 0.5 + 0.5 * next() < share { f64::NAN } else { f64::from(at) })
            .collect();
        let path = bridged(&samples, 5);
        let seen: Vec<usize> = (0..200).filter(|&at| !samples[at].is_nan()).collect();
        for (at, &value) in path.iter().enumerate() {
            let before = seen.iter().rev().find(|&&seen| seen <= at);
            let after = seen.iter().find(|&&seen| seen >= at);
            let near = before.zip(after).is_some_and(|(before, after)| after - before <= 5);
            prop_assert_eq!(near, !value.is_nan());
            prop_assert!(!near || (value - at as f64).abs() < 1e-9);
        }
    }
}

#[test]
fn what_features_are_taken_from_has_the_gaps_that_beats_are_not_sought_across() {
    let (mut bvp, skin) = (pulse(60), vec![1.0, f64::NAN, 2.0]);
    bvp[100..118].fill(f64::NAN);
    bvp[1000..1020].fill(f64::NAN);
    let recorded = recording(vec![
        channel(Modality::Bvp, RATE, bvp),
        channel(Modality::Eda, 4.0, skin),
    ]);
    let joined = joined(&recorded, Placement::Wrist);
    let missing = |modality| {
        let channel = joined.channel(Placement::Wrist, modality).unwrap();
        let all = channel.all();
        all.iter().filter(|value| value.is_nan()).count()
    };
    // Neighbours 19 samples apart are .3 s apart; the longer gap stays whole.
    assert_eq!((missing(Modality::Bvp), missing(Modality::Eda)), (20, 1));
}

/// Beats look about 5 s ahead, and no further.
#[test]
fn the_heart_does_not_see_far_ahead() {
    const NOW: f64 = 300.0;
    let clean = wrist(&SESSION.recording, ModalityGroup::Heart);
    let other = changed(Modality::Bvp, |time, value| {
        if time < NOW {
            value
        } else {
            2.0 * (time * 9.0).sin()
        }
    });
    let other = wrist(&other, ModalityGroup::Heart);
    let rows = clean.times.partition_point(|&time| time < NOW - 8.0);
    assert!(rows > 500);
    for (a, b) in clean.times[..rows].iter().zip(&other.times) {
        assert!((a - b).abs() < 1e-6, "{a} {b}");
    }
    for (at, (a, b)) in clean.values[..rows * 6]
        .iter()
        .zip(&other.values)
        .enumerate()
    {
        assert!(
            (a - b).abs() < 1e-3 || (a.is_nan() && b.is_nan()),
            "{} {a} {b}",
            clean.channels[at % 6]
        );
    }
}

#[test]
fn what_is_left_agrees_with_the_clean_pulse() {
    let clean = observed(
        &wrist(&SESSION.recording, ModalityGroup::Heart),
        "log heart rate",
    );
    for (degradation, least, typical) in [
        (Degradation::Random { share: 0.7 }, 0.7, 0.02),
        (Degradation::bursts(0.7), 0.1, 0.005),
    ] {
        let degraded = degrade(&SESSION.recording, Placement::Wrist, &degradation, 3).unwrap();
        let left = observed(&wrist(&degraded, ModalityGroup::Heart), "log heart rate");
        let mut off: Vec<f64> = left
            .iter()
            .filter_map(|(time, value)| {
                let near = clean.iter().find(|(beat, _)| (beat - time).abs() < 0.1)?;
                Some((near.1 - value).abs())
            })
            .collect();
        off.sort_by(f64::total_cmp);
        let part = off.len() as f64 / clean.len() as f64;
        assert!(part > least, "{degradation:?}: {part}");
        assert!(
            off[off.len() / 2] < typical,
            "{degradation:?}: {}",
            off[off.len() / 2]
        );
    }
}

#[test]
fn a_chest_serves_too() {
    let options = ChannelOptions::default();
    let tracks = tracks(&SESSION.recording, Placement::Chest, &GROUPS, options).unwrap();
    assert_eq!(
        tracks[0].channels,
        ["log heart rate", "log RMSSD", "log amplitude", "coverage"]
    );
    let truth = &SESSION.truth.r_peaks;
    let rates = observed(&tracks[0], "log heart rate");
    assert!(
        rates.len() as f64 > 0.9 * truth.len() as f64,
        "{} of {}",
        rates.len(),
        truth.len()
    );
    let coverage = observed(&tracks[0], "coverage");
    let mean = coverage.iter().map(|(_, value)| value).sum::<f64>() / coverage.len() as f64;
    assert!(mean > 0.8, "{mean}");
    // Four and two rows a second.
    let seconds = SESSION.recording.duration();
    assert!((observed(&tracks[1], "TEMP").len() as f64 / seconds - 4.0).abs() < 0.05);
    assert!((tracks[2].times.len() as f64 / seconds - 2.0).abs() < 0.05);
}

#[test]
fn an_infinite_sample_is_named() {
    let mut bvp = pulse(20);
    bvp[77] = f64::INFINITY;
    let recording = recording(vec![channel(Modality::Bvp, RATE, bvp)]);
    let options = ChannelOptions::default();
    let error = tracks(
        &recording,
        Placement::Wrist,
        &[ModalityGroup::Heart],
        options,
    )
    .unwrap_err();
    assert!(matches!(error, SignalsError::Beats { .. }));
    assert!(error.to_string().contains("sample 77"), "{error}");
}
