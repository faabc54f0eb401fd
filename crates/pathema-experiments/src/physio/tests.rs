use pathema_physio::Undefined;
use pathema_signal::recording::Whole;
use pathema_signal::{
    Channel, Label, LabelRun, Modality, Placement, Recording, Samples, Segment, Timing,
};

use super::measures::mark;
use super::*;

/// Ten samples at 2 Hz, three seconds of nothing, and four more.
fn broken() -> Channel {
    let segments = vec![
        Segment {
            start: 1.0,
            first: 0,
        },
        Segment {
            start: 9.0,
            first: 10,
        },
    ];
    let timing = Timing::Regular {
        rate: 2.0,
        segments,
    };
    let values = (0..14).map(f64::from).collect();
    Channel::new("EDA", Modality::Eda, "µS", timing, Samples::F64(values)).worn(Placement::Wrist)
}

fn gathered(channels: Vec<Channel>, wanted: &[Modality]) -> Gathered {
    let recording = Recording {
        channels,
        labels: vec![LabelRun {
            label: Label::Stress,
            start: 2.0,
            end: 4.0,
        }],
        ..Recording::default()
    };
    gather(&mut Whole::new(recording), wanted, &mut |_| {}).unwrap()
}

#[test]
fn a_gap_between_segments_becomes_missing_samples() {
    let gathered = gathered(vec![broken()], &[Modality::Eda]);
    let signal = &gathered.signals[0];
    assert_eq!((signal.start, signal.rate, signal.len()), (1.0, 2.0, 20));
    assert_eq!(signal.values[9], 9.0);
    assert!(signal.values[10..16].iter().all(|value| value.is_nan()));
    assert_eq!(signal.values[16], 10.0);
    assert_eq!(signal.gaps(), [[6.0, 9.0]]);
    assert_eq!(signal.end(), 11.0);
    let present = &gathered.present[0];
    assert_eq!((present.seconds, present.present), (10.0, 0.7));
    assert_eq!(gathered.labels[0].name, "stress");
}

#[test]
fn only_what_is_wanted_is_kept_and_of_two_sensors_the_first() {
    let lead = |name: &str| {
        let samples = Samples::F64(vec![0.0; 100]);
        Channel::new(name, Modality::Ecg, "mV", Timing::regular(100.0), samples)
    };
    let channels = vec![lead("MLII"), lead("V5"), broken()];
    let gathered = gathered(channels, &[Modality::Ecg]);
    let names: Vec<&str> = gathered
        .signals
        .iter()
        .map(|signal| signal.name.as_str())
        .collect();
    assert_eq!(names, ["MLII"]);
    assert_eq!(gathered.present.len(), 3);
}

#[test]
fn blocks_make_the_signal_that_the_whole_makes() {
    struct Cut(Vec<Recording>, Recording);
    impl pathema_signal::Blocks for Cut {
        fn header(&self) -> &Recording {
            &self.1
        }
        fn next_block(
            &mut self,
            _seconds: f64,
        ) -> Result<Option<Recording>, pathema_signal::FormatError> {
            Ok(self.0.pop())
        }
        fn odd(&self) -> Vec<String> {
            Vec::new()
        }
    }
    let whole = broken();
    let of = |channel: Channel| Recording {
        channels: vec![channel],
        ..Recording::default()
    };
    let parts = [12..14, 3..12, 0..3].map(|range| of(whole.part(range)));
    let mut cut = Cut(parts.to_vec(), of(whole.part(0..0)));
    let cut = gather(&mut cut, &[Modality::Eda], &mut |_| {}).unwrap();
    let values = |gathered: &Gathered| {
        let values = gathered.signals[0].values.iter();
        values.map(|value| value.to_bits()).collect::<Vec<u64>>()
    };
    assert_eq!(
        values(&cut),
        values(&gathered(vec![whole], &[Modality::Eda]))
    );
    assert_eq!(cut.present[0].present, 0.7);
}

#[test]
fn a_gap_of_years_is_refused_and_named() {
    let segments = vec![
        Segment {
            start: 0.0,
            first: 0,
        },
        Segment {
            start: 3e9,
            first: 10,
        },
    ];
    let timing = Timing::Regular {
        rate: 4.0,
        segments,
    };
    let channel = Channel::new(
        "EDA",
        Modality::Eda,
        "µS",
        timing,
        Samples::F64(vec![1.0; 20]),
    );
    let recording = Recording {
        channels: vec![channel],
        ..Recording::default()
    };
    let error = gather(&mut Whole::new(recording), &[Modality::Eda], &mut |_| {}).unwrap_err();
    assert!(
        error.to_string().starts_with("EDA lasts 3000000002 s"),
        "{error}"
    );
}

#[test]
fn reasons_stand_once_and_are_marked_in_order() {
    let mut measures = Measures::default();
    let short = Undefined::TooShort {
        found: 60.0,
        needed: 303.0,
    };
    let few = Undefined::TooFew {
        what: "intervals",
        found: 1,
        needed: 2,
    };
    let over = |name: &str| Over {
        name: name.into(),
        start: 0.0,
        end: 60.0,
    };
    measures.push(
        over("whole"),
        &[
            ("SDNN", "ms", Ok(51.25)),
            ("VLF", "ms²", Err(short)),
            ("LF", "ms²", Ok(f64::INFINITY)),
        ],
    );
    measures.push(
        over("stress"),
        &[
            ("SDNN", "ms", Err(few)),
            ("VLF", "ms²", Err(short)),
            ("LF", "ms²", Ok(0.5)),
        ],
    );
    assert_eq!(
        measures.reasons(),
        ["fewer than 2 intervals", "shorter than 303 s", "it is inf"]
    );
    let marks = [0, 1, 25, 26, 51, 52, 701, 702].map(mark);
    assert_eq!(marks, ["a", "b", "z", "aa", "az", "ba", "zz", "aaa"]);
}

/// A body as no analysis would find it, to be shown.
pub(super) fn shown() -> Physiology {
    let mut measures = Measures::default();
    let over = |name: &str, start, end| Over {
        name: name.into(),
        start,
        end,
    };
    let short = Undefined::TooShort {
        found: 40.0,
        needed: 303.0,
    };
    measures.push(
        over("whole", 0.0, 60.0),
        &[
            ("SD1", "ms", Ok(20.5)),
            ("SD2", "ms", Ok(41.25)),
            ("VLF", "ms²", Err(short)),
        ],
    );
    measures.push(
        over("stress", 20.0, 60.0),
        &[
            ("SD1", "ms", Ok(0.0)),
            ("SD2", "ms", Ok(1234.5)),
            ("VLF", "ms²", Err(short)),
        ],
    );
    let beats: Vec<f64> = (0..60).map(|beat| 0.5 + f64::from(beat)).collect();
    let heart = Heart {
        name: "<lead>".into(),
        modality: "ECG",
        placement: "chest",
        unit: "mV".into(),
        rate: 100.0,
        values: (0..6000)
            .map(|sample| match sample {
                4000..=4100 => f64::NAN,
                sample if sample % 100 == 50 => 1.0,
                _ => 0.0,
            })
            .collect(),
        gaps: vec![[40.0, 41.01]],
        intervals: Intervals {
            times: beats[1..].to_vec(),
            seconds: vec![1.0; 59],
            adjacent: (0..59).map(|index| index != 0 && index != 40).collect(),
        },
        beats,
        corrections: vec![Correction {
            time: 7.5,
            what: "moved",
        }],
        spectrum: Some(Spectrum {
            frequencies: vec![0.1, 0.2, 0.3],
            density: vec![1e-4, 3e-4, 1e-4],
            bands: vec![("LF", [0.04, 0.15]), ("HF", [0.15, 0.4])],
            method: "one window".into(),
        }),
        measures: measures.clone(),
        quality: vec![
            Quality {
                start: 0.0,
                end: 30.0,
                score: 0.95,
                usable: true,
                reasons: Vec::new(),
            },
            Quality {
                start: 30.0,
                end: 60.0,
                score: 0.25,
                usable: false,
                reasons: vec!["there are no beats".into()],
            },
        ],
        strips: vec![Strip {
            why: "the middle".into(),
            span: [5.0, 15.0],
        }],
        ..Heart::default()
    };
    let wave = |factor: f64| {
        (0..240)
            .map(|sample| factor * f64::from(sample % 40))
            .collect()
    };
    let skin = Skin {
        name: "EDA".into(),
        placement: "wrist",
        unit: "µS".into(),
        traces: Traces {
            rate: 4.0,
            start: 0.0,
            measured: wave(0.02),
            tonic: vec![0.3; 240],
            phasic: wave(0.01),
            driver: wave(0.005),
        },
        method: "cvxEDA".into(),
        certificates: vec![Certificate {
            span: [0.0, 60.0],
            stationarity: 1e-12,
            primal: 0.0,
            dual: 0.0,
            gap: 3e-10,
            objective: 1.5,
        }],
        responses: vec![Response {
            onset: 10.0,
            peak: 19.75,
            amplitude: 0.39,
            rise_time: 9.75,
            half_recovery: None,
        }],
        measures,
        problems: vec!["a problem".into()],
        ..Skin::default()
    };
    let body = Body {
        duration: 60.0,
        signals: vec![Present {
            name: "<lead>".into(),
            placement: "chest",
            modality: "ECG",
            rate: Some(100.0),
            seconds: 60.0,
            present: 0.983,
        }],
        labels: vec![Stretch {
            code: 2,
            name: "stress",
            start: 20.0,
            end: 60.0,
        }],
        hearts: vec![heart],
        skins: vec![skin],
        odd: vec!["S2_readme.txt is missing".into()],
    };
    let examined = |name: &str, body, error: Option<&str>| Examined {
        name: name.into(),
        body,
        error: error.map(str::to_owned),
    };
    Physiology {
        path: "data/WESAD".into(),
        format: "WESAD".into(),
        simulated: true,
        recordings: vec![
            examined("S2", Some(body), None),
            examined(
                "S3",
                None,
                Some("S3.pkl ends after 12 bytes; fetch it again"),
            ),
        ],
    }
}

#[test]
fn the_table_says_why_a_measure_is_undefined() {
    insta::assert_snapshot!(table(&shown()));
}

#[test]
fn json_tells_values_from_reasons() {
    let json = serde_json::to_value(shown()).unwrap();
    let body = &json["recordings"][0]["body"];
    let measures = &body["hearts"][0]["measures"]["measures"];
    assert_eq!(measures[0]["cells"][0]["value"], 20.5);
    assert_eq!(
        measures[2]["cells"][0]["undefined"],
        "40 s are too short: it takes 303 s"
    );
    assert_eq!(body["skins"][0]["responses"][0]["amplitude"], 0.39);
    assert!(body["hearts"][0].get("values").is_none());
}

#[test]
fn the_strips_shown_are_typical_worst_and_silent() {
    let mut heart = shown().recordings[0].body.clone().unwrap().hearts.remove(0);
    heart.beats.retain(|beat| !(30.0..36.0).contains(beat));
    heart.gaps.clear();
    heart.choose_strips();
    let spans: Vec<[f64; 2]> = heart.strips.iter().map(|strip| strip.span).collect();
    assert_eq!(spans, [[10.0, 20.0], [40.0, 50.0], [28.0, 38.0]]);
    heart.quality.push(Quality {
        start: 50.0,
        end: 60.0,
        ..heart.quality[0].clone()
    });
    heart.choose_strips();
    assert_eq!(heart.strips.len(), 3);
    assert!(heart.strips[1].why.ends_with("0.25: there are no beats"));
    assert!(heart.strips[2].why.ends_with("7.0 s"));
    // What is shown lies in the recording, however short that is.
    heart.values.truncate(300);
    heart.beats.clear();
    heart.choose_strips();
    assert!(heart.strips.iter().all(|strip| strip.span == [0.0, 10.0]));
}

#[test]
fn an_empty_recording_has_an_empty_body() {
    let body = analyse(Gathered::default());
    assert_eq!(body, Body::default());
    let physiology = Physiology {
        recordings: vec![Examined {
            name: "empty".into(),
            body: Some(body),
            error: None,
        }],
        ..shown()
    };
    assert!(table(&physiology).contains("empty  0:00"));
    assert!(page(&physiology).contains("<h2>empty</h2>"));
}
