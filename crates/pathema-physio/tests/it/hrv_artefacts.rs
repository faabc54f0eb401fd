//! Artefacts put into a rhythm are found and mended.

use std::f64::consts::TAU;

use pathema_physio::hrv::{
    Artefact, Correction, Repair, Tachogram, TachogramError, correct_artefacts, time_domain,
};

/// A heart that breathes, with some noise.
fn rhythm(beats: usize) -> Vec<f64> {
    let (mut times, mut state) = (vec![0.0f64], 11u64);
    while times.len() < beats {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        let noise = (state >> 33) as f64 / 2f64.powi(31) - 0.5;
        let now = times[times.len() - 1];
        times.push(now + 0.85 + 0.03 * (TAU * 0.22 * now).sin() + 0.02 * noise);
    }
    times
}

fn rmssd(times: &[f64]) -> f64 {
    let tachogram = Tachogram::from_beat_times(times).unwrap();
    time_domain(&tachogram.whole()).rmssd.unwrap()
}

#[derive(Clone, Copy)]
enum Inject {
    Miss(usize),
    /// A beat this part of the way to the next.
    Add(usize, f64),
    /// A beat moved by seconds.
    Move(usize, f64),
}

/// What comes of it: times, and for each artefact its index among them.
fn inject(times: &[f64], artefacts: &[Inject]) -> Vec<f64> {
    let mut times = times.to_vec();
    let mut missed = Vec::new();
    for artefact in artefacts {
        match *artefact {
            Inject::Miss(beat) => missed.push(times[beat]),
            Inject::Add(beat, part) => {
                let added = times[beat] + part * (times[beat + 1] - times[beat]);
                times.insert(beat + 1, added);
            }
            Inject::Move(beat, by) => times[beat] += by,
        }
    }
    times.retain(|time| !missed.contains(time));
    times
}

#[test]
fn mends_each_kind() {
    let clean = rhythm(300);
    #[track_caller]
    fn check(clean: &[f64], artefact: Inject, beat: usize, kind: Artefact, repair: Repair) {
        let bad = inject(clean, &[artefact]);
        let corrected = correct_artefacts(&bad).unwrap();
        assert_eq!(
            corrected.corrections,
            [Correction {
                beat,
                artefact: kind,
                repair
            }]
        );
        let (before, spoilt, after) = (rmssd(clean), rmssd(&bad), rmssd(&corrected.times));
        assert!(spoilt > 1.3 * before, "{spoilt} {before}");
        assert!((after / before - 1.0).abs() < 0.03, "{after} {before}");
        // All beats but one stay, and that one lies where a beat was.
        let off = corrected
            .times
            .iter()
            .zip(clean)
            .map(|(found, truth)| (found - truth).abs());
        assert_eq!(corrected.times.len(), clean.len());
        assert!(off.clone().filter(|off| *off > 0.0).count() <= 1);
        assert!(off.fold(0.0, f64::max) < 0.04);
    }
    for beat in [3, 20, 150, 295] {
        check(
            &clean,
            Inject::Miss(beat),
            beat,
            Artefact::Missed,
            Repair::Inserted,
        );
        for part in [0.15, 0.3, 0.5, 0.7, 0.85] {
            check(
                &clean,
                Inject::Add(beat, part),
                beat + 1,
                Artefact::Extra,
                Repair::Removed,
            );
        }
        for by in [-0.35, -0.2, 0.2, 0.35] {
            check(
                &clean,
                Inject::Move(beat, by),
                beat,
                Artefact::Ectopic,
                Repair::Moved,
            );
        }
    }
}

#[test]
fn mends_many() {
    let clean = rhythm(600);
    let artefacts: Vec<Inject> = (0..28)
        .map(|place| (20 * place + 15, place % 4))
        .rev()
        .map(|(beat, kind)| match kind {
            0 => Inject::Miss(beat),
            1 => Inject::Add(beat, 0.35),
            2 => Inject::Move(beat, -0.3),
            _ => Inject::Move(beat, 0.25),
        })
        .collect();
    let bad = inject(&clean, &artefacts);
    let corrected = correct_artefacts(&bad).unwrap();
    let count = |kind| {
        corrected
            .corrections
            .iter()
            .filter(|c| c.artefact == kind)
            .count()
    };
    assert_eq!(
        (
            count(Artefact::Missed),
            count(Artefact::Extra),
            count(Artefact::Ectopic)
        ),
        (7, 7, 14)
    );
    assert_eq!(corrected.corrections.len(), 28);
    // Each mended beat lies near the true one: it is that which was moved, and none beside it.
    let off = corrected
        .times
        .iter()
        .zip(&clean)
        .map(|(a, b)| (a - b).abs());
    assert!(off.fold(0.0, f64::max) < 0.03);
    let (before, spoilt, after) = (rmssd(&clean), rmssd(&bad), rmssd(&corrected.times));
    assert!(spoilt > 5.0 * before, "{spoilt} {before}");
    assert!((after / before - 1.0).abs() < 0.02, "{after} {before}");
}

#[test]
fn of_a_beat_out_of_place_it_is_that_beat() {
    // Wherever breath is when it happens.
    let clean = rhythm(300);
    for beat in 20..280 {
        for by in [-0.35, -0.2, 0.2, 0.35] {
            let corrected = correct_artefacts(&inject(&clean, &[Inject::Move(beat, by)])).unwrap();
            let moved: Vec<usize> = corrected.corrections.iter().map(|c| c.beat).collect();
            assert_eq!(moved, [beat], "{by} s: {:?}", corrected.corrections);
        }
    }
}

#[test]
fn every_second_beat_early() {
    // Bigeminy for six beats: the early ones are the ectopic ones.
    let clean = rhythm(200);
    let early: Vec<Inject> = [100, 102, 104]
        .map(|beat| Inject::Move(beat, -0.25))
        .to_vec();
    let corrected = correct_artefacts(&inject(&clean, &early)).unwrap();
    let beats: Vec<usize> = corrected
        .corrections
        .iter()
        .map(|correction| correction.beat)
        .collect();
    assert_eq!(beats, [100, 102, 104]);
    assert!(
        corrected
            .corrections
            .iter()
            .all(|c| c.artefact == Artefact::Ectopic)
    );
}

#[test]
fn leaves_out_what_cannot_be_mended() {
    // A pause of 0.4 s, with all beats after it later: no place of a beat makes it go away.
    let clean = rhythm(200);
    let paused: Vec<f64> = clean
        .iter()
        .enumerate()
        .map(|(beat, time)| if beat < 100 { *time } else { time + 0.35 })
        .collect();
    let corrected = correct_artefacts(&paused).unwrap();
    let left_out = Correction {
        beat: 100,
        artefact: Artefact::Long,
        repair: Repair::LeftOut,
    };
    assert_eq!(corrected.corrections, [left_out]);
    assert!(corrected.times[100].is_nan() && corrected.times.len() == 201);
    assert!((rmssd(&corrected.times) / rmssd(&clean) - 1.0).abs() < 0.03);
}

#[test]
fn breaks_are_not_artefacts() {
    let clean = rhythm(120);
    // Beats 40–60 were not recorded: an interval as long as that would be one.
    let mut broken = clean.clone();
    broken[40..60].fill(f64::NAN);
    let corrected = correct_artefacts(&broken).unwrap();
    assert!(corrected.corrections.is_empty());
    let same = corrected
        .times
        .iter()
        .zip(&broken)
        .all(|(a, b)| a == b || (a.is_nan() && b.is_nan()));
    assert!(same && corrected.times.len() == broken.len());
    // An artefact on either side of a break is found there.
    let mut bad = broken.clone();
    bad[20] -= 0.3;
    bad[90] += 0.3;
    let beats: Vec<usize> = correct_artefacts(&bad)
        .unwrap()
        .corrections
        .iter()
        .map(|c| c.beat)
        .collect();
    assert_eq!(beats, [20, 90]);
}

#[test]
fn bears_anything() {
    let none = f64::NAN;
    for times in [
        vec![],
        vec![none],
        vec![none, none, 1.0, none],
        vec![1.0, 2.0],
        vec![0.0, 1.0, 1.1, 1.2, 9.0, 9.1, 30.0],
    ] {
        let corrected = correct_artefacts(&times).unwrap();
        assert!(corrected.tachogram().is_ok(), "{times:?}");
    }
    assert!(matches!(
        correct_artefacts(&[1.0, 0.5]),
        Err(TachogramError::Order { index: 1, .. })
    ));
    assert!(matches!(
        correct_artefacts(&[f64::INFINITY]),
        Err(TachogramError::Time { index: 0, .. })
    ));
    // Even beats jitter by rounding, and are left alone.
    let even: Vec<f64> = (0..500).map(|beat| 0.1 * f64::from(beat)).collect();
    assert_eq!(correct_artefacts(&even).unwrap().times, even);
}
