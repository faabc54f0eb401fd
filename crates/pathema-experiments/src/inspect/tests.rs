use pathema_signal::inspect::survey;
use pathema_signal::recording::Whole;
use pathema_signal::{
    Annotation, Channel, Label, LabelRun, Modality, Placement, Recording, Samples, Segment, Timing,
};

use super::*;

/// Two minutes with all kinds of faults.
fn faulty() -> Inspection {
    let wave = |count: usize| (0..count).map(|index| (index as f64 * 0.37).sin());
    let mut ecg: Vec<f64> = wave(12_000).map(|value| value.clamp(-0.9, 0.9)).collect();
    ecg[3000..3300].fill(0.125);
    ecg[5000..5050].fill(f64::NAN);
    let ecg = Channel::new(
        "ECG",
        Modality::Ecg,
        "mV",
        Timing::regular(100.0),
        Samples::F64(ecg),
    );
    let mut temp = vec![33.1; 240];
    temp[..4].fill(382.18);
    let segments = vec![
        Segment {
            start: 0.0,
            first: 0,
        },
        Segment {
            start: 90.0,
            first: 120,
        },
    ];
    let timing = Timing::Regular {
        rate: 4.0,
        segments,
    };
    let temp = Channel::new("TEMP", Modality::Temp, "°C", timing, Samples::F64(temp));
    let acc = Channel::new(
        "ACC",
        Modality::Acc,
        "g",
        Timing::regular(32.0),
        Samples::F64(wave(3 * 32 * 120).collect()),
    );
    let empty = Channel::new(
        "<EDA>",
        Modality::Eda,
        "µS",
        Timing::regular(4.0),
        Samples::F64(vec![]),
    );
    let recording = Recording {
        subject: "S2".into(),
        channels: vec![
            ecg.worn(Placement::Chest),
            temp.worn(Placement::Wrist),
            acc.worn(Placement::Wrist).with_axes(3),
            empty.worn(Placement::Wrist),
        ],
        labels: vec![
            LabelRun {
                label: Label::Baseline,
                start: 10.0,
                end: 50.0,
            },
            LabelRun {
                label: Label::Stress,
                start: 60.0,
                end: 110.0,
            },
        ],
        annotations: vec![Annotation::at(3.0, "tag"), Annotation::at(4.0, "tag")],
        ..Recording::default()
    };
    let mut blocks = Whole::new(recording).with_odd(vec!["S2_readme.txt is missing".into()]);
    let report = survey(&mut blocks, &mut |_| {}).unwrap();
    let inspected = |name: &str, report, error| Inspected {
        name: name.into(),
        report,
        error,
    };
    Inspection {
        path: "data/WESAD".into(),
        format: "WESAD".into(),
        simulated: true,
        recordings: vec![
            inspected("S2", Some(report), None),
            inspected(
                "S3",
                None,
                Some("S3.pkl ends after 12 bytes; fetch it again".into()),
            ),
        ],
    }
}

#[test]
fn the_table_names_what_is_odd() {
    insta::assert_snapshot!(table(&faulty()));
}

#[test]
fn the_page_draws_each_channel_and_escapes_names() {
    let page = page(&faulty());
    assert_eq!(page.matches("<svg").count(), 5);
    assert!(page.contains("&lt;EDA&gt;") && !page.contains("<EDA>"));
    assert!(page.contains("Simulated data") && page.contains("Cannot be read"));
    // The gap of TEMP splits its outline in two.
    let temp = page.split("aria-label=\"TEMP over time\"").nth(1).unwrap();
    let outline = temp
        .split("<path")
        .nth(1)
        .unwrap()
        .split('>')
        .next()
        .unwrap();
    assert_eq!(outline.matches('M').count(), 2, "{outline}");
}

#[test]
fn durations_and_values_are_short() {
    assert_eq!(clock(6079.6), "1:41:20");
    assert_eq!(clock(7.0), "0:07");
    assert_eq!(clock(-61.0), "−1:01");
    assert_eq!(clock(f64::NAN), "?");
    let shown =
        [0.0, 1.0, 33.104, -0.123_456, 12_345.6, 1e-5, 4.0e9].map(|value| short(Some(value)));
    assert_eq!(
        shown,
        ["0", "1", "33.1", "-0.1235", "12346", "1.00e-5", "4.00e9"]
    );
    assert_eq!(
        (short(None), rate(None)),
        ("–".to_owned(), "own times".to_owned())
    );
}
