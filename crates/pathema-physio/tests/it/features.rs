//! Named sets of features: each window against what the plain functions say of its samples.

use std::f64::consts::TAU;

use pathema_physio::eda::{ScrSettings, responses, smoothness};
use pathema_physio::features::{
    Extraction, FeatureError, FeatureSet, SETS, Signal, Signals, Windows, page,
};
use pathema_physio::hrv::{Band, Method, Tachogram, frequency_domain, time_domain};
use pathema_physio::{Undefined, Value, pulse_peaks, statistics};
use pathema_signal::simulate::{self, SimulationConfig};
use pathema_signal::{Modality, Placement};
use proptest::prelude::*;

use crate::synthetic::{self, Random};

/// What a wrist sensor records.
struct Wrist {
    acc: Vec<f64>,
    bvp: Vec<f64>,
    eda: Vec<f64>,
    temp: Vec<f64>,
}

impl Wrist {
    fn new(seconds: usize, seed: u64) -> Wrist {
        let mut random = Random(seed);
        let acc = (0..seconds * 32)
            .flat_map(|index| {
                let swing = 0.2 * (TAU * 2.0 * index as f64 / 32.0).sin();
                [0.1 + swing, 0.3, 0.9].map(|value| value + 0.01 * random.normal())
            })
            .collect();
        let mut level = 33.0;
        let temp = (0..seconds * 4).map(|_| {
            level += 0.01 * random.normal();
            (50.0f64 * level).round() / 50.0
        });
        let temp = temp.collect();
        let eda = (0..seconds * 4)
            .map(|index| {
                let time = index as f64 / 4.0;
                let since = time % 15.0;
                let response = 0.3 * (since / 0.8).min(1.0) * (-(since - 0.8).max(0.0) / 3.0).exp();
                2.0 + 0.002 * time + response + 1e-4 * random.normal()
            })
            .collect();
        let bvp = synthetic::pulse(seconds as f64, 64.0, 72.0, 0.5, seed).samples;
        Wrist {
            acc,
            bvp,
            eda,
            temp,
        }
    }

    fn signals(&self) -> Signals<'_> {
        Signals {
            acc: signal(&self.acc, 32.0),
            bvp: signal(&self.bvp, 64.0),
            eda: signal(&self.eda, 4.0),
            temp: signal(&self.temp, 4.0),
            ..Signals::default()
        }
    }
}

fn signal(samples: &[f64], rate: f64) -> Option<Signal<'_>> {
    Some(Signal { samples, rate })
}

fn wrist() -> FeatureSet {
    FeatureSet::named("schmidt2018-wrist").unwrap()
}

/// The value of a feature in a row.
fn value(set: &FeatureSet, row: &[Value], name: &str) -> Value {
    row[set
        .features()
        .position(|feature| feature.name == name)
        .unwrap()]
}

#[track_caller]
fn close(found: Value, expected: Value) {
    match (found, expected) {
        (Ok(found), Ok(expected)) => assert!(
            (found - expected).abs() <= 1e-9 * expected.abs().max(1e-3),
            "{found} {expected}"
        ),
        _ => assert_eq!(found.is_ok(), expected.is_ok(), "{found:?} {expected:?}"),
    }
}

#[test]
fn the_page_is_what_the_sets_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/features.md");
    let written = std::fs::read_to_string(path).unwrap();
    assert!(
        written == page(),
        "print it anew: cargo run -p pathema-physio --example features_page > docs/features.md"
    );
}

#[test]
fn names_are_unique_and_told() {
    for set in SETS {
        let mut names: Vec<&str> = set.features().map(|feature| feature.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert_eq!(FeatureSet::named(set.name), Ok(*set));
        for modality in set.modalities {
            for feature in modality.features {
                assert!(feature.name.starts_with(modality.name), "{}", feature.name);
                assert!(!feature.formula.is_empty() && !feature.source.is_empty());
            }
        }
    }
    let error = FeatureSet::named("schmidt").unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no set of features \"schmidt\": take one of schmidt2018-chest, schmidt2018-wrist"
    );
}

#[test]
fn windows_hold_what_plain_functions_say_of_their_samples() {
    let recorded = Wrist::new(200, 1);
    let set = wrist();
    let beats = pulse_peaks(&recorded.bvp, 64.0).unwrap();
    let tachogram = Tachogram::from_beats(&beats).unwrap();
    let mut extraction = Extraction::new(&set, &recorded.signals()).unwrap();
    for window in 0..200 {
        let start = 0.25 * f64::from(window);
        let row = extraction.window(start, 60.0);
        assert_eq!(row.coverage[0], 1.0);
        let of = |name| value(&set, row.values, name);

        let first = ((start + 55.0) * 32.0) as usize;
        let y: Vec<f64> = recorded.acc.iter().skip(1).step_by(3).copied().collect();
        let y = &y[first..first + 160];
        close(of("acc_y_mean"), statistics::mean(y));
        close(of("acc_y_std"), statistics::std(y));
        close(
            of("acc_y_abs_integral"),
            statistics::absolute_integral(y, 32.0),
        );
        close(of("acc_x_peak_frequency"), Ok(2.0));

        let slow = (start * 4.0) as usize..((start + 60.0) * 4.0) as usize;
        let temp = &recorded.temp[slow.clone()];
        close(of("temp_mean"), statistics::mean(temp));
        close(of("temp_range"), statistics::range(temp));
        close(of("temp_slope"), statistics::slope(temp, 4.0));
        let eda = &recorded.eda[slow];
        close(of("eda_mean"), statistics::mean(eda));
        close(of("eda_max"), statistics::max(eda));
        close(of("eda_slope"), statistics::slope(eda, 4.0));
        // A response every 15 s; one may be cut at either end.
        let count = of("eda_scr_count").unwrap();
        assert!((3.0..=4.0).contains(&count), "{count} at {start}");
        let amplitudes = of("eda_scr_amplitude_sum").unwrap() / count;
        assert!(
            (0.15..0.35).contains(&amplitudes),
            "{amplitudes} at {start}"
        );

        let beats = tachogram.window(start, start + 60.0);
        let (time, bands) = (
            time_domain(&beats),
            frequency_domain(&beats, &Method::LombScargle, &Band::WESAD).unwrap(),
        );
        close(of("bvp_hrv_mean"), time.mean.map(|value| 1e3 * value));
        close(of("bvp_hrv_std"), time.sdnn.map(|value| 1e3 * value));
        close(of("bvp_rms"), time.rmssd.map(|value| 1e3 * value));
        close(of("bvp_lf_hf"), bands.lf_hf);
        assert!((of("bvp_hr_mean").unwrap() - 72.0).abs() < 1.0);
        // 60 s do not resolve .01 Hz.
        assert!(matches!(of("bvp_ulf"), Err(Undefined::TooShort { .. })));
    }
}

#[test]
fn the_area_of_responses_lies_above_the_level_at_their_onsets() {
    let recorded = Wrist::new(70, 6);
    let set = wrist();
    let mut extraction = Extraction::new(&set, &recorded.signals()).unwrap();
    let found = value(&set, extraction.window(5.0, 60.0).values, "eda_scr_area").unwrap();
    let phasic = smoothness(&recorded.eda[20..260], 4.0, 0.05)
        .unwrap()
        .phasic;
    let mut area = 0.0;
    for scr in responses(&phasic, 4.0, &ScrSettings::default()).unwrap() {
        let (onset, end) = (
            4.0 * scr.onset,
            4.0 * (scr.peak + scr.half_recovery.unwrap()),
        );
        // A response starts where one hundredth of its height is reached: the highest sample less the trough, the peak less
        // the amplitude.
        let highest = phasic[onset as usize..end as usize]
            .iter()
            .copied()
            .fold(f64::MIN, f64::max);
        let trough = phasic[onset as usize - 4..onset as usize + 1]
            .iter()
            .copied()
            .fold(f64::MAX, f64::min);
        let level = trough + 0.01 * (highest - trough);
        for (index, value) in phasic.iter().enumerate() {
            if (onset..end).contains(&(index as f64)) {
                area += (value - level).max(0.0) / 4.0;
            }
        }
    }
    assert!((found - area).abs() < 1e-9, "{found} {area}");
}

#[test]
fn windows_without_length_cover_nothing() {
    let recorded = Wrist::new(70, 7);
    let mut extraction = Extraction::new(&wrist(), &recorded.signals()).unwrap();
    for (start, length) in [
        (10.0, 0.0),
        (10.0, -60.0),
        (10.0, f64::NAN),
        (f64::NAN, 60.0),
        (f64::INFINITY, 60.0),
        (f64::NEG_INFINITY, f64::INFINITY),
    ] {
        let row = extraction.window(start, length);
        assert_eq!(row.coverage, [0.0; 4], "{length} s at {start}");
        assert!(row.values.iter().flatten().all(|value| value.is_finite()));
    }
}

#[test]
fn a_window_does_not_depend_on_the_one_before() {
    let recorded = Wrist::new(120, 2);
    let set = wrist();
    let table = set
        .extract(
            &recorded.signals(),
            &Windows {
                length: 60.0,
                shift: 7.25,
            },
        )
        .unwrap();
    assert_eq!(table.starts().len(), 9);
    assert_eq!(table.starts()[8], 58.0);
    for (window, &start) in table.starts().iter().enumerate() {
        let mut extraction = Extraction::new(&set, &recorded.signals()).unwrap();
        let alone = extraction.window(start, 60.0);
        for (&found, alone) in table.row(window).iter().zip(alone.values) {
            match alone {
                Ok(alone) => assert_eq!(found, *alone),
                Err(_) => assert!(found.is_nan()),
            }
        }
        assert_eq!(table.coverage(window), alone.coverage);
    }
}

#[test]
fn a_modality_that_is_absent_has_no_features_and_harms_no_other() {
    let mut recorded = Wrist::new(120, 3);
    recorded.temp[100..].fill(f64::NAN);
    recorded.eda.fill(0.0);
    recorded.acc.fill(f64::NAN);
    recorded.bvp.truncate(64 * 10);
    let set = wrist();
    let mut extraction = Extraction::new(&set, &recorded.signals()).unwrap();
    let row = extraction.window(10.0, 60.0);
    let of = |name| value(&set, row.values, name);
    assert_eq!(row.coverage[..2], [0.0, 0.0]);
    assert_eq!(row.coverage[3], 0.25);
    for name in ["acc_x_mean", "acc_z_peak_frequency", "temp_mean"] {
        assert!(
            matches!(of(name), Err(Undefined::Coverage { .. })),
            "{name}"
        );
    }
    assert!(of("bvp_hr_mean").is_err());
    assert_eq!(of("eda_mean"), Ok(0.0));
    assert_eq!(of("eda_scr_count"), Ok(0.0));
    assert!(of("eda_scl_correlation").is_err());
}

#[test]
fn what_cannot_be_computed_is_refused_by_name() {
    let recorded = Wrist::new(70, 4);
    let set = wrist();
    let refused = |signals: Signals, windows: Windows| {
        set.extract(&signals, &windows).unwrap_err().to_string()
    };
    let good = recorded.signals();
    let wesad = Windows::WESAD;
    let without = Signals { eda: None, ..good };
    assert_eq!(
        refused(without, wesad),
        "schmidt2018-wrist needs eda, which was not recorded: take another set, or add the signal"
    );
    for rate in [0.0, -4.0, f64::NAN, f64::INFINITY] {
        let temp = signal(&recorded.temp, rate);
        assert!(refused(Signals { temp, ..good }, wesad).starts_with("temp: a rate of"));
        let bvp = signal(&recorded.bvp, rate);
        assert!(refused(Signals { bvp, ..good }, wesad).contains("Hz"));
    }
    let infinite = [33.0, f64::INFINITY];
    let temp = signal(&infinite, 4.0);
    assert!(refused(Signals { temp, ..good }, wesad).contains("temp: sample 1 is inf"));
    let acc = signal(&recorded.acc[1..], 32.0);
    assert!(matches!(
        set.extract(&Signals { acc, ..good }, &wesad),
        Err(FeatureError::Axes { .. })
    ));
    for (length, shift) in [
        (60.0, 0.0),
        (4.0, 0.25),
        (f64::NAN, 1.0),
        (60.0, f64::NAN),
        (1e9, 1.0),
    ] {
        assert!(refused(good, Windows { length, shift }).contains("cannot be laid"));
    }
    // A recording shorter than a window has none.
    let short = Wrist::new(30, 5);
    assert!(
        set.extract(&short.signals(), &wesad)
            .unwrap()
            .starts()
            .is_empty()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn coverage_is_the_part_that_is_present(
        seed in any::<u64>(),
        gaps in prop::collection::vec((0usize..80, 1usize..40), 0..5),
        start in 0.0..20.0f64,
    ) {
        let mut recorded = Wrist::new(80, seed);
        for &(from, length) in &gaps {
            let seconds = from..(from + length).min(80);
            recorded.temp[4 * seconds.start..4 * seconds.end].fill(f64::NAN);
            recorded.eda[4 * seconds.start..4 * seconds.end].fill(f64::NAN);
            recorded.bvp[64 * seconds.start..64 * seconds.end].fill(f64::NAN);
            recorded.acc[96 * seconds.start..96 * seconds.end].fill(f64::NAN);
        }
        let set = wrist();
        let mut extraction = Extraction::new(&set, &recorded.signals()).unwrap();
        let row = extraction.window(start, 60.0);
        let first = (start * 4.0 - 1e-6).ceil() as usize;
        let present = recorded.temp[first..first + 240].iter().filter(|value| !value.is_nan());
        let share = present.count() as f64 / 240.0;
        prop_assert_eq!(row.coverage[3], share);
        prop_assert_eq!(row.coverage[2], share);
        prop_assert!(row.coverage.iter().all(|coverage| (0.0..=1.0).contains(coverage)));
        for value in row.values.iter().flatten() {
            prop_assert!(value.is_finite());
        }
        let temp = value(&set, row.values, "temp_mean");
        prop_assert_eq!(temp.is_ok(), share >= 0.5);
    }
}

#[test]
fn a_simulated_chest_has_the_features_of_its_truth() {
    let session = simulate::session(&SimulationConfig::default(), 0);
    let minutes = 4.0;
    let channel = |modality| {
        let channel = session.recording.channel(Placement::Chest, modality);
        let channel = channel.unwrap();
        let rate = channel.rate().unwrap();
        let values = channel.all();
        let width = if modality == Modality::Acc { 3 } else { 1 };
        (
            values[..width * (60.0 * minutes * rate) as usize].to_vec(),
            rate,
        )
    };
    let [acc, ecg, eda, emg, resp, temp] = [
        Modality::Acc,
        Modality::Ecg,
        Modality::Eda,
        Modality::Emg,
        Modality::Resp,
        Modality::Temp,
    ]
    .map(channel);
    let signals = Signals {
        acc: signal(&acc.0, acc.1),
        ecg: signal(&ecg.0, ecg.1),
        eda: signal(&eda.0, eda.1),
        emg: signal(&emg.0, emg.1),
        resp: signal(&resp.0, resp.1),
        temp: signal(&temp.0, temp.1),
        ..Signals::default()
    };
    let set = FeatureSet::named("schmidt2018-chest").unwrap();
    let mut extraction = Extraction::new(&set, &signals).unwrap();
    for start in [0.0, 60.5, 180.0] {
        let row = extraction.window(start, 60.0);
        assert!(
            row.coverage.iter().all(|coverage| *coverage > 0.9),
            "{:?}",
            row.coverage
        );
        let of = |name: &str| value(&set, row.values, name);
        let beats: Vec<f64> = session
            .truth
            .r_peaks
            .iter()
            .copied()
            .filter(|beat| (start..start + 60.0).contains(beat))
            .collect();
        let intervals: Vec<f64> = beats.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mean = 1e3 * statistics::mean(&intervals).unwrap();
        let found = of("ecg_hrv_mean").unwrap();
        assert!((found / mean - 1.0).abs() < 0.02, "{found} {mean}");
        assert!((4.0..40.0).contains(&of("resp_rate").unwrap()));
        let last = ((start + 55.0) * emg.1) as usize..((start + 60.0) * emg.1) as usize;
        close(of("emg_std"), statistics::std(&emg.0[last.clone()]));
        close(of("emg_p90"), statistics::percentile(&emg.0[last], 90.0));
        // At 700 Hz the seven bands are all there is.
        let bands: f64 = (0..7)
            .map(|band| of(&format!("emg_power_{}_{}", 50 * band, 50 * band + 50)).unwrap())
            .sum();
        let variance = of("emg_std").unwrap().powi(2);
        assert!(
            (0.5..1.5).contains(&(bands / variance)),
            "{bands} {variance}"
        );
        // All that 60 s define: ULF alone is not.
        for (feature, value) in set.features().zip(row.values) {
            let resolved = !feature.name.ends_with("ulf");
            assert_eq!(value.is_ok(), resolved, "{}: {value:?}", feature.name);
        }
    }
}
