//! The signals against the ground truth.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::super::cardiac::electrocardiogram;
use super::super::electrodermal::{Responses, phasic};
use super::super::session::Body;
use super::super::{Session, device, session};
use super::config;
use crate::{Modality, Placement, Samples};

/// One session for all tests that only look at it.
fn shared() -> &'static Session {
    static SESSION: OnceLock<Session> = OnceLock::new();
    SESSION.get_or_init(|| session(&config(11), 0))
}

fn values(session: &Session, placement: Placement, modality: Modality) -> Vec<f64> {
    let channel = session.recording.channel(placement, modality).unwrap();
    channel.samples.to_f64(0..channel.samples.len())
}

#[test]
fn every_channel_has_the_official_rate_shape_and_range() {
    use Modality::*;
    use Placement::*;
    #[track_caller]
    fn check(place: Placement, what: Modality, rate: f64, axes: usize, range: (f64, f64)) {
        let session = shared();
        let channel = session.recording.channel(place, what).unwrap();
        assert_eq!((channel.rate(), channel.axes), (Some(rate), axes));
        assert_eq!(channel.duration(), session.recording.duration());
        for value in values(session, place, what) {
            assert!(
                (range.0..=range.1).contains(&value),
                "{place} {what}: {value}"
            );
        }
    }
    check(Chest, Acc, 700.0, 3, (-6.6, 6.6));
    check(Chest, Ecg, 700.0, 1, (-1.5, 1.5));
    check(Chest, Emg, 700.0, 1, (-1.5, 1.5));
    check(Chest, Eda, 700.0, 1, (0.0, 25.0));
    check(Chest, Temp, 700.0, 1, (28.0, 38.0));
    check(Chest, Resp, 700.0, 1, (-50.0, 50.0));
    check(Wrist, Acc, 32.0, 3, (-128.0, 127.0));
    check(Wrist, Bvp, 64.0, 1, (-3000.0, 3000.0));
    check(Wrist, Eda, 4.0, 1, (0.0, 100.0));
    check(Wrist, Temp, 4.0, 1, (26.0, 38.0));
    let temperature = shared().recording.channel(Chest, Temp).unwrap();
    assert!(matches!(temperature.samples, Samples::F32(_)));
}

#[test]
fn the_clean_electrocardiogram_peaks_at_every_r_peak() {
    for index in 0..4 {
        let body = Body::new(&config(11), index);
        let (rate, n) = (700.0, 300 * 700);
        let ecg = electrocardiogram(&body.person, &body.breath, &body.beats, rate, n);
        let inside = |t: &&f64| (1.0..299.0).contains(*t);
        for t in body.beats.iter().filter(inside) {
            let at = (t * rate).round() as usize;
            // The whole beat: no other wave of it may be higher.
            let around = at - 200..at + 200;
            let top = around.max_by(|&a, &b| ecg[a].total_cmp(&ecg[b])).unwrap();
            assert!(
                top.abs_diff(at) <= 1,
                "subject {index}: beat at {t} s, top at sample {top}"
            );
        }
    }
}

#[test]
fn beats_stand_out_of_the_noise() {
    let session = shared();
    let ecg = values(session, Placement::Chest, Modality::Ecg);
    let peaks = &session.truth.r_peaks;
    let near = peaks.iter().filter(|&&t| {
        let at = (t * 700.0).round() as usize;
        let around = at.saturating_sub(150)..(at + 150).min(ecg.len());
        let top = around.max_by(|&a, &b| ecg[a].total_cmp(&ecg[b]));
        top.is_some_and(|top| top.abs_diff(at) <= 7)
    });
    let share = near.count() as f64 / peaks.len() as f64;
    assert!(share > 0.95, "{share} of the R peaks within 10 ms");
}

#[test]
fn each_beat_has_its_pulse_a_third_of_a_second_later() {
    let truth = &shared().truth;
    let mut delays = Vec::new();
    for &peak in &truth.pulse_peaks {
        let before = truth.r_peaks.partition_point(|&t| t < peak);
        if before > 0 {
            delays.push(peak - truth.r_peaks[before - 1]);
        }
    }
    assert!(delays.len() > truth.r_peaks.len() - 3);
    assert!(delays.iter().all(|delay| (0.2..0.42).contains(delay)));
    // While the hand is still, the pulse is higher there than a fifth of a second before and after.
    let still = Body::new(&config(11), 0).wrist_motion.envelope;
    let bvp = values(shared(), Placement::Wrist, Modality::Bvp);
    let mut checked = 0;
    for &peak in &truth.pulse_peaks {
        let at = (peak * 64.0).round() as usize;
        let near = (-2..=2).all(|k| still.at(peak + 0.25 * f64::from(k)) == 0.0);
        if near && (13..bvp.len() - 13).contains(&at) {
            assert!(bvp[at] > bvp[at - 13] && bvp[at] > bvp[at + 13], "{peak} s");
            checked += 1;
        }
    }
    assert!(checked > 500);
}

#[track_caller]
fn check_eda(measured: &[f64], tonic: &[f64], phasic: &[f64], lost: &[[f64; 2]], every: usize) {
    let mut off = Vec::new();
    for (i, (tonic, phasic)) in tonic.iter().zip(phasic).enumerate() {
        let (t, value) = (i as f64 / 4.0, measured[i * every]);
        if lost.iter().any(|[start, end]| (*start..*end).contains(&t)) {
            assert_eq!(value, 0.0);
        } else {
            off.push((value - tonic - phasic).abs());
        }
    }
    assert_eq!(measured.len(), tonic.len() * every);
    off.sort_by(f64::total_cmp);
    let (median, most) = (off[off.len() / 2], off[off.len() * 99 / 100]);
    assert!(
        median < 0.008 && most < 0.06,
        "median {median}, 99 % {most}"
    );
}

#[test]
fn eda_is_tonic_and_phasic_and_noise() {
    for session in [shared(), &session(&config(12), 1)] {
        let truth = &session.truth;
        let wrist = values(session, Placement::Wrist, Modality::Eda);
        check_eda(&wrist, &truth.tonic, &truth.phasic, &truth.eda_lost, 1);
        let chest = values(session, Placement::Chest, Modality::Eda);
        let lost = &truth.chest_eda_lost;
        check_eda(&chest, &truth.chest_tonic, &truth.chest_phasic, lost, 175);
        assert!(truth.phasic.iter().all(|&value| value >= 0.0));
    }
}

proptest! {
    #[test]
    fn a_response_peaks_at_its_amplitude(onset in 0.0..5.0f64, amplitude in 0.01..3.0f64) {
        let one = Responses { onsets: vec![onset], amplitudes: vec![amplitude] };
        let course = phasic(&one, 700.0, 700 * 60);
        let top = (0..course.len()).max_by(|&a, &b| course[a].total_cmp(&course[b])).unwrap();
        // The Bateman function peaks ln(τ₁/τ₂)·τ₁τ₂/(τ₁−τ₂) = 1.1306 s after its onset.
        prop_assert!((top as f64 / 700.0 - onset - 1.130_593).abs() < 2.0 / 700.0);
        prop_assert!((course[top] - amplitude).abs() < 1e-5 * amplitude);
        // The same course at a slower rate is the same function.
        for (i, value) in phasic(&one, 4.0, 240).into_iter().enumerate() {
            prop_assert!((value - course[175 * i]).abs() < 1e-9);
        }
    }

    #[test]
    fn devices_give_the_nearest_value_they_can_store(x in 0.0..1.0f64) {
        let check = |stored: f64, value: f64, step: f64| {
            prop_assert!((stored - value).abs() <= 0.5001 * step, "{stored} for {value}");
            Ok(())
        };
        check(device::respiban_potential(2.9 * x - 1.45), 2.9 * x - 1.45, 3.0 / 65536.0)?;
        check(device::respiban_eda(24.0 * x), 24.0 * x, 25.0 / 65536.0)?;
        check(device::respiban_acceleration(4.0 * x - 2.0), 4.0 * x - 2.0, 2e-4)?;
        check(device::respiban_respiration(90.0 * x - 45.0), 90.0 * x - 45.0, 100.0 / 65536.0)?;
        check(f64::from(device::respiban_temperature(30.0 + 8.0 * x)), 30.0 + 8.0 * x, 2e-3)?;
        check(device::e4_acceleration(3.9 * x - 1.99) / 64.0, 3.9 * x - 1.99, 1.0 / 64.0)?;
        check(device::e4_pulse(x), x, 0.01)?;
        check(device::e4_eda(8.0 * x), 8.0 * x, 1.0 / 780.0)?;
        check(device::e4_temperature(30.0 + 8.0 * x), 30.0 + 8.0 * x, 0.02)?;
    }
}
