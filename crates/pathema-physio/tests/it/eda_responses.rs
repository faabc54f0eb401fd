//! Skin conductance responses against NeuroKit2, and where they overlap, lack an end, or meet a gap; the smoothness prior.

use pathema_physio::Undefined;
use pathema_physio::eda::{CvxEda, Scr, ScrSettings, responses, smoothness};

use crate::{eda, golden};

const RATE: f64 = 20.0;

/// Bateman responses at (onset in seconds, amplitude), 60 s at 20 Hz.
fn bateman(events: &[(f64, f64)]) -> Vec<f64> {
    (0..1200)
        .map(|index| {
            let time = f64::from(index) / RATE;
            events
                .iter()
                .map(|(onset, amplitude)| {
                    let since = (time - onset).max(0.0);
                    // The maximum of the difference, 1.13 s after the onset.
                    amplitude * ((-since / 2.0).exp() - (-since / 0.7).exp()) / 0.369_71
                })
                .sum()
        })
        .collect()
}

fn found(phasic: &[f64]) -> Vec<Scr> {
    responses(phasic, RATE, &ScrSettings::default()).unwrap()
}

#[test]
fn agrees_with_neurokit_on_a_clean_phasic_part() {
    let lines = golden::read(include_str!("golden/eda.txt"));
    let array = |name: &str| &lines.iter().find(|line| line.0 == name).unwrap().1;
    let (rate, phasic) = (25.0, array("peaks 25 phasic"));
    let settings = ScrSettings {
        min_amplitude: 0.05,
        min_fall: 0.001,
    };
    let ours = responses(phasic, rate, &settings).unwrap();
    let peaks = array("peaks SCR_Peaks");
    assert_eq!(ours.len(), peaks.len());
    let [amplitudes, recoveries] =
        ["Amplitude", "RecoveryTime"].map(|key| array(&format!("peaks SCR_{key}")));
    for (index, response) in ours.iter().enumerate() {
        eprintln!(
            "{response:?}, NeuroKit2: {} {}",
            amplitudes[index], recoveries[index]
        );
        assert!(
            (response.peak - peaks[index] / rate).abs() <= 0.5 / rate,
            "{response:?}"
        );
        // NeuroKit2 finds no onset of the first response, 0.6 s after the start, and so no amplitude.
        if index == 0 {
            assert!(amplitudes[0].is_nan());
            continue;
        }
        // Its height is at a whole sample too: these responses are sharp.
        assert!(
            (response.amplitude / amplitudes[index] - 1.0).abs() < 0.02,
            "{response:?}"
        );
        // Its recovery is at a whole sample.
        let difference = response.half_recovery.unwrap() - recoveries[index];
        assert!(
            difference.abs() < 2.0 / rate,
            "{response:?}, {}",
            recoveries[index]
        );
    }
}

#[test]
fn single_responses_are_measured() {
    let ours = found(&bateman(&[(5.0, 0.5), (25.0, 0.02), (40.0, 0.005)]));
    // The last one is below 0.01 µS.
    assert_eq!(ours.len(), 2, "{ours:?}");
    for (response, (onset, amplitude)) in ours.iter().zip([(5.0, 0.5), (25.0, 0.02)]) {
        assert!((response.onset - onset).abs() < 0.05, "{response:?}");
        assert!(
            (response.amplitude / amplitude - 1.0).abs() < 0.01,
            "{response:?}"
        );
        assert!((response.rise_time - 1.13).abs() < 0.06, "{response:?}");
        assert!(
            (response.half_recovery.unwrap() - 2.15).abs() < 0.05,
            "{response:?}"
        );
    }
}

#[test]
fn overlapping_responses_count_from_the_trough_between() {
    let ours = found(&bateman(&[(5.0, 0.5), (7.0, 0.5)]));
    assert_eq!(ours.len(), 2, "{ours:?}");
    assert!((ours[0].amplitude - 0.5).abs() < 0.01);
    assert!(
        ours[1].amplitude < 0.4 && ours[1].amplitude > 0.1,
        "{ours:?}"
    );
    // The next one starts before the first has lost half of its height.
    assert!(matches!(
        ours[0].half_recovery,
        Err(Undefined::Absent { .. })
    ));
    assert!(ours[1].half_recovery.is_ok());
}

#[test]
fn nothing_is_reported_inside_or_beside_a_gap() {
    let whole = bateman(&[(5.0, 0.5), (25.0, 0.5), (45.0, 0.5)]);
    let count = |from: f64, to: f64| {
        let mut phasic = whole.clone();
        phasic[(from * RATE) as usize..(to * RATE) as usize].fill(f64::NAN);
        let ours = found(&phasic);
        assert!(
            ours.iter().all(|r| r.peak < from || r.onset >= to),
            "{ours:?}"
        );
        ours.len()
    };
    assert_eq!(count(15.0, 20.0), 3);
    // The whole response, its onset, its peak are missing.
    assert_eq!(count(24.0, 30.0), 2);
    assert_eq!(count(24.0, 25.3), 2);
    assert_eq!(count(25.5, 27.0), 2);
    // Its recovery is missing: it is still a response.
    assert_eq!(count(27.0, 30.0), 3);
    assert!(found(&[]).is_empty() && found(&[1.0]).is_empty());
    assert!(found(&[f64::NAN; 50]).is_empty() && found(&[2.0; 50]).is_empty());
    // A rise that never ends is none yet.
    let rising: Vec<f64> = (0..100).map(f64::from).collect();
    assert!(found(&rising).is_empty());
}

#[test]
fn both_decompositions_show_the_responses() {
    let signal = eda::signal(2400, RATE);
    let parts = CvxEda::default().decompose(&signal, RATE).unwrap();
    let ours = found(&parts.phasic);
    // One every 9 s on average, from 3 s on.
    assert!((10..=16).contains(&ours.len()), "{}", ours.len());
    let parts = smoothness(&signal, RATE, 0.05).unwrap();
    let settings = ScrSettings {
        min_amplitude: 0.05,
        min_fall: 0.02,
    };
    let smooth = responses(&parts.phasic, RATE, &settings).unwrap();
    assert!(
        ours.len().abs_diff(smooth.len()) <= 2,
        "{} and {}",
        ours.len(),
        smooth.len()
    );
}

#[test]
fn smoothness_halves_its_cutoff_and_keeps_lines_and_gaps() {
    for (rate, n) in [(4.0, 4000), (100.0, 100_000)] {
        let wave: Vec<f64> = (0..n)
            .map(|k| (2.0 * std::f64::consts::PI * 0.05 * f64::from(k) / rate).sin())
            .collect();
        let parts = smoothness(&wave, rate, 0.05).unwrap();
        let middle = n as usize / 4..3 * n as usize / 4;
        let gain = parts.tonic[middle]
            .iter()
            .fold(0.0, |most: f64, v| most.max(*v));
        assert!((gain - 0.5).abs() < 0.005, "{rate} Hz: {gain}");
    }
    let mut line: Vec<f64> = (0..1000).map(|k| 5.0 + 0.01 * f64::from(k)).collect();
    line[200..220].fill(f64::NAN);
    line[400..500].fill(f64::NAN);
    let parts = smoothness(&line, 4.0, 0.05).unwrap();
    for (value, tonic) in line.iter().zip(&parts.tonic) {
        assert!(value.is_nan() == tonic.is_nan());
        assert!(
            value.is_nan() || (value - tonic).abs() < 1e-9,
            "{value} {tonic}"
        );
    }
    assert_eq!(smoothness(&[3.0], 4.0, 0.05).unwrap().tonic, [3.0]);
    assert!(smoothness(&[], 4.0, 0.05).unwrap().tonic.is_empty());
}
