//! Chest and wrist from simulated raw files, whose clocks are apart by a known time.

use std::fs;

use pathema_signal::simulate::raw::Raw;
use pathema_signal::simulate::{self, Protocol, SimulationConfig};
use pathema_signal::wesad::raw::{Alignment, Options, RawFinding, Search, align, read};
use pathema_signal::{Modality, Placement, Recording, Samples, empatica};

/// An E4's sample of acceleration, in seconds.
const SAMPLE: f64 = 1.0 / 32.0;

fn config(seed: u64) -> SimulationConfig {
    SimulationConfig {
        subjects: 1,
        seed,
        protocol: Protocol::Short,
    }
}

fn wrist(packed: &[u8]) -> Recording {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("S2_E4_Data.zip");
    fs::write(&path, packed).unwrap();
    empatica::read(&path).unwrap().recording
}

fn aligned(seed: u64, raw: &Raw, search: Search) -> Option<Alignment> {
    let config = config(seed);
    let session = simulate::session(&config, 0);
    let packed = simulate::raw::empatica(&config, 0, &session, raw).unwrap();
    let (chest, wrist) = (session.recording, wrist(&packed));
    let acc = |recording: &Recording, placement| {
        recording
            .channel(placement, Modality::Acc)
            .cloned()
            .unwrap()
    };
    align(
        &acc(&chest, Placement::Chest),
        &acc(&wrist, Placement::Wrist),
        search,
    )
}

#[test]
fn offsets_are_found_within_a_sample() {
    for (seed, offset, drift_ppm, off) in [
        (1, -37.213, 0.0, 25.0),
        (2, 2.803, 60.0, -80.0),
        (3, 90.4171, 0.0, 0.0),
        (4, 43.187, 30.0, 100.0),
        (5, -120.66, 60.0, 50.0),
        // As much as in the real recordings.
        (6, -1413.77, 20.0, 60.0),
    ] {
        let raw = Raw {
            offset,
            drift_ppm,
            ..Raw::default()
        };
        let search = Search {
            center: offset + off,
            window: 120.0,
        };
        let alignment = aligned(seed, &raw, search).unwrap();
        assert!(alignment.is_sure(), "{seed}: {alignment:?}");
        let expected = offset + drift_ppm * 1e-6 * alignment.middle_s;
        let error = (alignment.offset_s - expected).abs();
        assert!(error < SAMPLE, "{seed}: {error} s, {alignment:?}");
        assert!(
            (alignment.drift_ppm - drift_ppm).abs() < 50.0,
            "{seed}: {alignment:?}"
        );
    }
}

#[test]
fn a_strangers_wrist_is_never_trusted() {
    for seed in 1..4 {
        let raw = Raw {
            offset: 12.5,
            stranger: true,
            ..Raw::default()
        };
        let search = Search {
            center: 0.0,
            window: 120.0,
        };
        let alignment = aligned(seed, &raw, search).unwrap();
        assert!(!alignment.is_sure(), "{seed}: {alignment:?}");
    }
}

#[test]
fn where_the_dates_do_not_say_all_lags_are_tried() {
    let raw = Raw {
        offset: 222.25,
        ..Raw::default()
    };
    let search = Search {
        center: 0.0,
        window: f64::INFINITY,
    };
    let alignment = aligned(3, &raw, search).unwrap();
    assert!(
        alignment.is_sure() && (alignment.offset_s - 222.25).abs() < SAMPLE,
        "{alignment:?}"
    );
}

#[test]
fn what_never_moved_or_never_met_is_not_aligned() {
    let still = |seconds: usize| {
        let timing = pathema_signal::Timing::regular(32.0);
        let samples = Samples::I16(vec![0; seconds * 96]);
        pathema_signal::Channel::new("ACC", Modality::Acc, "g", timing, samples).with_axes(3)
    };
    let near = Search {
        center: 0.0,
        window: 10.0,
    };
    assert_eq!(align(&still(600), &still(600), near), None);
    assert_eq!(align(&still(30), &still(600), near), None);
    assert_eq!(align(&still(0), &still(600), near), None);
    let far = Search {
        center: 1e9,
        window: 10.0,
    };
    assert_eq!(align(&still(600), &still(600), far), None);
}

#[test]
fn a_subject_from_raw_files() {
    let folder = tempfile::tempdir().unwrap();
    let raw = Raw {
        offset: 31.37,
        drift_ppm: 100.0,
        clock_error: -40.0,
        ..Raw::default()
    };
    let config = config(5);
    simulate::raw::write(folder.path(), &config, &raw, &mut |_, _, _| {}).unwrap();
    let session = simulate::session(&config, 0);
    let whole = session.recording.duration();
    let read = |options: Options| read(folder.path(), "S2", &options);

    let subject = read(Options::default()).unwrap();
    assert!(subject.alignment.is_sure());
    let expected = 31.37 + 1e-4 * subject.alignment.middle_s;
    assert!(
        (subject.alignment.offset_s - expected).abs() < SAMPLE,
        "{:?}",
        subject.alignment
    );
    assert_eq!(subject.recording.labels, session.recording.labels);
    assert!(
        subject.readme.is_some()
            && subject.questionnaire.conditions.len() == session.intervals.len()
    );
    // The chest's values are those of the pickle, but for rounding.
    for channel in session
        .recording
        .channels
        .iter()
        .filter(|channel| channel.placement == Placement::Chest)
    {
        let found = subject
            .recording
            .channel(Placement::Chest, channel.modality)
            .unwrap();
        assert_eq!(found.len(), channel.len());
        let (found, expected) = (found.all(), channel.all());
        let most = found
            .iter()
            .zip(expected.iter())
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        let rounding = if channel.modality == Modality::Temp {
            1e-5
        } else {
            1e-12
        };
        assert!(most < rounding, "{}: {most}", channel.modality);
    }
    // The wrist's lie where they were measured.
    let temp = subject
        .recording
        .channel(Placement::Wrist, Modality::Temp)
        .unwrap();
    assert!((temp.start() - expected).abs() < 0.3 && temp.end() <= whole + 0.3);
    assert_eq!(temp.rate(), Some(4.0));
    let drifts = |finding: &RawFinding| matches!(finding, RawFinding::Drift { .. });
    assert!(
        subject.findings.iter().any(drifts),
        "{:?}",
        subject.findings
    );

    let stretched = read(Options {
        apply_drift: true,
        ..Options::default()
    })
    .unwrap();
    let acc = stretched
        .recording
        .channel(Placement::Wrist, Modality::Acc)
        .unwrap();
    assert!(
        (acc.start() - 31.37).abs() < 1.5 * SAMPLE,
        "{}",
        acc.start()
    );
    assert!(acc.rate().unwrap() < 32.0 && !stretched.findings.iter().any(drifts));

    let nearest = read(Options {
        zone: None,
        ..Options::default()
    })
    .unwrap();
    assert_eq!(nearest.alignment, subject.alignment);

    // What is missing or does not fit is named.
    let place = folder.path().join("WESAD/S2");
    let quest = place.join("S2_quest.csv");
    let text = fs::read_to_string(&quest).unwrap();
    fs::write(&quest, "# ORDER;Base\n# START;1\n# END;99\n").unwrap();
    let error = read(Options::default()).unwrap_err().to_string();
    assert!(
        error.contains(
            "S2_quest.csv: Base ends at 5940 s, expected an end within the chest's recording"
        ),
        "{error}"
    );
    fs::write(&quest, text).unwrap();
    fs::remove_file(place.join("S2_E4_Data.zip")).unwrap();
    let error = read(Options::default()).unwrap_err().to_string();
    assert!(
        error.contains("S2_E4_Data.zip is missing: the recording is put together from it"),
        "{error}"
    );

    // Another person's wrist is refused, or taken with a finding.
    let stranger = Raw {
        stranger: true,
        ..raw
    };
    let other = simulate::raw::empatica(&config, 0, &session, &stranger).unwrap();
    fs::write(place.join("S2_E4_Data.zip"), other).unwrap();
    let error = read(Options::default()).unwrap_err().to_string();
    assert!(
        error.contains("wrist and chest may not be aligned") && error.contains("align by hand"),
        "{error}"
    );
    let taken = read(Options {
        accept_unsure: true,
        ..Options::default()
    })
    .unwrap();
    let unsure = |finding: &RawFinding| matches!(finding, RawFinding::Unsure { .. });
    assert!(taken.findings.iter().any(unsure));
    let error =
        pathema_signal::wesad::raw::read(folder.path(), "S9", &Options::default()).unwrap_err();
    assert!(
        error.to_string().contains("S9_respiban.txt is missing"),
        "{error}"
    );
}
