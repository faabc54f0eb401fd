//! Skin and movement.

use pathema_experiments::config::ModalityGroup;
use pathema_signal::{Modality, Placement};
use proptest::prelude::*;

use super::{changed, channel, noise, observed, recording, wrist};
use crate::signals::{ChannelOptions, Degradation, degrade, tracks};

/// Skin, temperature and acceleration of some seconds.
fn senses(seconds: usize, seed: u64) -> pathema_signal::Recording {
    let mut next = noise(seed);
    let mut walk = |count: usize, start: f64, step: f64| {
        let mut now = start;
        let mut take = || {
            now += step * next();
            now
        };
        (0..count).map(|_| take()).collect::<Vec<f64>>()
    };
    recording(vec![
        channel(Modality::Eda, 4.0, walk(4 * seconds, 3.0, 0.02)),
        channel(Modality::Temp, 4.0, walk(4 * seconds, 33.0, 0.01)),
        channel(Modality::Acc, 32.0, walk(96 * seconds, 0.3, 0.01)),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Rows up to a sample stay what they are to the last bit, whatever comes after it, gaps or not.
    #[test]
    fn what_comes_later_changes_nothing(seed: u64, at in 1usize..100, share in 0.0..0.9f64) {
        let now = at as f64 / 4.0 + 30.0;
        let degradation = Degradation::Random { share };
        let whole = degrade(&senses(60, seed), Placement::Wrist, &degradation, seed).unwrap();
        let mut other = whole.clone();
        for channel in &mut other.channels {
            let first = channel.indices(now, f64::INFINITY).start * channel.axes;
            if let pathema_signal::Samples::F64(values) = &mut channel.samples {
                values[first..].fill(1.7);
            }
        }
        for group in [ModalityGroup::Eda, ModalityGroup::Acc] {
            let (a, b) = (wrist(&whole, group), wrist(&other, group));
            let rows = a.times.partition_point(|&time| time < now);
            // A block that ends beyond may have another last sample.
            let rows = rows - usize::from(group == ModalityGroup::Acc);
            prop_assert!(rows > 0);
            prop_assert_eq!(&a.times[..rows], &b.times[..rows]);
            let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            let width = a.channels.len();
            prop_assert_eq!(bits(&a.values[..rows * width]), bits(&b.values[..rows * width]));
        }
    }
}

#[test]
fn lost_contact_and_gaps_have_no_rows() {
    let mut eda = vec![2.0; 400];
    eda[100..140].fill(0.0);
    eda[200..300].fill(f64::NAN);
    let track = wrist(
        &recording(vec![
            channel(Modality::Eda, 4.0, eda),
            channel(Modality::Temp, 4.0, vec![33.0; 360]),
        ]),
        ModalityGroup::Eda,
    );
    let level = observed(&track, "log EDA");
    assert_eq!(level.len(), 260);
    assert!(
        level
            .iter()
            .all(|(_, value)| (value - 2.0_f64.ln()).abs() < 1e-12)
    );
    let lost = |time: f64| (25.0..35.0).contains(&time) || (50.0..75.0).contains(&time);
    assert!(!level.iter().any(|(time, _)| lost(*time)));
    // Temperature was there all the time, by itself.
    assert_eq!(observed(&track, "TEMP").len(), 360);
    // A filter that starts anew says nothing of the first sample, nor slopes of the first half second.
    assert_eq!(observed(&track, "phasic EDA").len(), 260 - 3);
    assert!(
        !observed(&track, "EDA slope")
            .iter()
            .any(|(time, _)| (75.0..75.5).contains(time))
    );
    assert!(observed(&track, "TEMP change")[0].0 >= 30.0);
}

#[test]
fn after_a_long_gap_all_is_as_from_the_start() {
    let eda: Vec<f64> = (0..200)
        .map(|k| 2.0 + 0.3 * (f64::from(k) * 0.1).sin())
        .collect();
    let mut late = vec![5.0; 200];
    late.extend([f64::NAN; 800]);
    late.extend(&eda);
    let temperature = || channel(Modality::Temp, 4.0, Vec::new());
    let of = |eda| {
        wrist(
            &recording(vec![channel(Modality::Eda, 4.0, eda), temperature()]),
            ModalityGroup::Eda,
        )
    };
    let (early, late) = (of(eda), of(late));
    let tail = late.values.len() - early.values.len();
    for (a, b) in early.values.iter().zip(&late.values[tail..]) {
        assert!(
            a == b || (a - b).abs() < 1e-9 || (a.is_nan() && b.is_nan()),
            "{a} {b}"
        );
    }
}

#[test]
fn a_ramp_has_its_slope() {
    // 0.02 µS and 0.01 °C a second.
    let ramp = |from: f64, slope: f64| {
        (0..800)
            .map(|k| from + slope * f64::from(k) / 4.0)
            .collect()
    };
    let track = wrist(
        &recording(vec![
            channel(Modality::Eda, 4.0, ramp(2.0, 0.02)),
            channel(Modality::Temp, 4.0, ramp(31.0, 0.01)),
        ]),
        ModalityGroup::Eda,
    );
    let last = |name| observed(&track, name).last().unwrap().1;
    assert!((last("EDA slope") - 0.01_f64.sqrt()).abs() < 1e-9);
    assert!((last("log EDA activity") - 0.011_f64.ln()).abs() < 1e-3);
    assert!((last("TEMP change") - 0.3).abs() < 1e-9);
    // Each of the two low passes lags a ramp by its time constant, less half a step.
    assert!(
        (last("phasic EDA") - 0.02 * 3.85).abs() < 2e-3,
        "{}",
        last("phasic EDA")
    );
}

#[test]
fn options_choose_channels() {
    let recording = senses(60, 1);
    let of = |temperature, derived| {
        let options = ChannelOptions {
            temperature,
            derived,
        };
        tracks(
            &recording,
            Placement::Wrist,
            &[ModalityGroup::Eda, ModalityGroup::Acc],
            options,
        )
        .unwrap()
    };
    let (with, without) = (of(true, true), of(false, true));
    assert_eq!(without[0].channels, &with[0].channels[..6]);
    assert_eq!(
        observed(&without[0], "log EDA"),
        observed(&with[0], "log EDA")
    );
    let plain = of(false, false);
    assert_eq!(plain[0].channels, ["log EDA"]);
    assert_eq!(
        observed(&plain[1], "log spread"),
        observed(&with[1], "log spread")
    );
    // Without TEMP, a device that has none serves.
    let mut bare = recording.clone();
    bare.channels
        .retain(|channel| channel.modality != Modality::Temp);
    let eda = |options| tracks(&bare, Placement::Wrist, &[ModalityGroup::Eda], options);
    let options = ChannelOptions {
        temperature: false,
        derived: true,
    };
    assert_eq!(
        observed(&eda(options).unwrap()[0], "EDA slope"),
        observed(&without[0], "EDA slope")
    );
    let message = eda(ChannelOptions::default()).unwrap_err().to_string();
    assert!(
        message.starts_with("S2 has no wrist TEMP, which the modality eda needs"),
        "{message}"
    );
}

#[test]
fn a_block_needs_a_quarter_of_its_samples() {
    let mut acc: Vec<f64> = (0..32 * 3)
        .map(|k| if k % 3 == 2 { 1.0 } else { 0.0 })
        .collect();
    // Of the first block's 16 samples 3 are left, of the second's 4, one of which moves.
    acc[9..48].fill(f64::NAN);
    acc[60..].fill(f64::NAN);
    acc[59] = 1.4;
    let track = wrist(
        &recording(vec![channel(Modality::Acc, 32.0, acc)]),
        ModalityGroup::Acc,
    );
    assert_eq!(track.times, [0.5 + 3.0 / 32.0]);
    let (still, moved) = (3e-3_f64.ln(), 0.203_f64.ln());
    let spread = (0.2_f64 / 3.0 + 3e-3).ln();
    let expected = [0.0, 0.0, 1.1, spread, moved, still, still, moved];
    for (value, expected) in track.values.iter().zip(expected) {
        assert!((value - expected).abs() < 1e-12, "{value} {expected}");
    }
    // One block has not swayed yet.
    assert_eq!(track.values.len(), 10);
    assert!(track.values[8..].iter().all(|value| value.is_nan()));
}

#[test]
fn what_wanders_between_blocks_sways() {
    // Along x, 0 and 0.2 g in turn from block to block, at rest within each; the level of skin stays.
    let acc = (0..32 * 3 * 60).map(|k| match k % 3 {
        0 => 0.2 * f64::from(u8::from(k / 48 % 2 == 1)),
        _ => 0.5,
    });
    let track = wrist(
        &recording(vec![channel(Modality::Acc, 32.0, acc.collect())]),
        ModalityGroup::Acc,
    );
    let last = |name| *observed(&track, name).last().unwrap();
    // All blocks whose last samples lie within the length are seen, both ends among them.
    for (name, blocks) in [("log sway", 21.0_f64), ("log long sway", 61.0)] {
        let mean = (blocks / 2.0).floor() / blocks;
        let deviation = 0.2 * (mean * (1.0 - mean) * blocks / (blocks - 1.0)).sqrt();
        let sway = (deviation / 3.0 + 3e-3).ln();
        assert!(
            (last(name).1 - sway).abs() < 1e-9,
            "{name}: {} {sway}",
            last(name).1
        );
    }
    assert!((last("log spread x").1 - 3e-3_f64.ln()).abs() < 1e-12);
    let skin = wrist(
        &recording(vec![
            channel(Modality::Eda, 4.0, vec![3.0; 400]),
            channel(Modality::Temp, 4.0, Vec::new()),
        ]),
        ModalityGroup::Eda,
    );
    let spread = observed(&skin, "log EDA spread");
    assert!((spread.last().unwrap().1 - 2e-3_f64.ln()).abs() < 1e-9);
    // A quarter of 30 s has to be seen.
    assert!((spread[0].0 - 7.25).abs() < 1e-9, "{}", spread[0].0);
}

#[test]
fn no_artefact_leaves_the_limits() {
    let wild = |time: f64, value: f64| match (time * 4.0) as i64 % 97 {
        3 => 1e300,
        5 => -1e300,
        7 => f64::NAN,
        11 => value * 50.0,
        _ => value,
    };
    for (group, modality, limit) in [
        (ModalityGroup::Eda, Modality::Eda, 10.0),
        (ModalityGroup::Eda, Modality::Temp, 45.0),
        (ModalityGroup::Acc, Modality::Acc, 16.0),
        (ModalityGroup::Heart, Modality::Bvp, 10.0),
    ] {
        let track = wrist(&changed(modality, wild), group);
        assert!(track.times.len() > 500, "{modality}");
        for (at, value) in track.values.iter().enumerate() {
            let name = track.channels[at % track.channels.len()];
            let limit = if name == "TEMP" { 45.0 } else { limit };
            assert!(value.is_nan() || value.abs() <= limit, "{name} = {value}");
        }
    }
}
