//! Records and annotation files that Python's wfdb wrote or read, value by value.

use std::fs;
use std::path::{Path, PathBuf};

use pathema_signal::wfdb::{self, Annotation, Annotations, Code, Format};
use pathema_signal::{Channel, Conversion, Modality, Recording, Samples, Segment, Timing};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden/wfdb")
}

fn expected() -> Vec<Vec<String>> {
    let text = fs::read_to_string(folder().join("expected.txt")).unwrap();
    let words = |line: &str| line.split(' ').map(str::to_owned).collect();
    text.lines().map(words).collect()
}

/// The stored values over all frames of the record, `nan` where there is none.
fn stored(channel: &Channel, total: usize) -> Vec<String> {
    let mut all = vec!["nan".to_owned(); total];
    let rate = channel.rate().unwrap();
    for (range, span) in channel.segments() {
        let first = (span.start * rate).round() as usize;
        for (place, index) in (first..).zip(range) {
            if !channel.values(index..index + 1)[0].is_nan() {
                all[place] = channel.samples.get(index).to_string();
            }
        }
    }
    all
}

#[test]
fn records_as_python_reads_them() {
    let lines = expected();
    let lines: Vec<_> = lines.iter().filter(|line| !line[0].contains('.')).collect();
    assert!(lines.len() >= 32);
    for line in lines {
        let [name, signal, per_frame, unit, baseline, gain, rate] = &line[..7] else {
            panic!()
        };
        let record = wfdb::read(&folder().join(name)).unwrap();
        let channels = &record.recording.channels;
        let channel = channels
            .iter()
            .find(|channel| channel.name.replace(' ', "_") == *signal)
            .unwrap();
        let what = format!("{name} {signal}");
        assert_eq!(channel.unit, if unit == "NU" { "" } else { unit }, "{what}");
        let Conversion::Adc {
            baseline: zero,
            gain: steps,
            ..
        } = channel.conversion
        else {
            panic!()
        };
        assert_eq!(
            (zero, steps),
            (baseline.parse().unwrap(), gain.parse().unwrap()),
            "{what}"
        );
        let rate: f64 = rate.parse().unwrap();
        assert_eq!(record.header.rate, rate);
        assert_eq!(
            channel.rate(),
            Some(rate * per_frame.parse::<f64>().unwrap()),
            "{what}"
        );
        assert_eq!(stored(channel, line.len() - 7), line[7..], "{what}");
        // Python wrote right checksums; the two records written by hand hold none that are.
        let by_hand = ["many", "skewed"].contains(&name.as_str());
        assert_eq!(
            record.findings.is_empty(),
            !by_hand,
            "{what}: {:?}",
            record.findings
        );
    }
}

#[test]
fn annotations_as_python_reads_them() {
    let lines = expected();
    let lines: Vec<_> = lines.iter().filter(|line| line[0].contains('.')).collect();
    assert!(lines.len() >= 3);
    for line in lines {
        let path = folder().join(&line[0]);
        let read = wfdb::read_annotations(&path).unwrap();
        // Where the file has none, Python takes the header's rate.
        let own = line[0].starts_with("marks").then_some(1000.0);
        assert_eq!(read.resolution, own);
        let found = read.items.iter().map(|item| {
            let Annotation {
                sample,
                code,
                subtype,
                channel,
                num,
                ..
            } = item;
            let text = item.text().replace(' ', "_");
            format!("{sample}:{code}:{subtype}:{channel}:{num}:{text}")
        });
        assert_eq!(found.collect::<Vec<_>>(), line[2..], "{}", line[0]);
        assert!(read.findings.is_empty());
        // The bytes are the same, too.
        assert_eq!(
            read.encode().unwrap(),
            fs::read(&path).unwrap(),
            "{}",
            line[0]
        );
    }
}

#[test]
fn comments_and_start_of_goldens() {
    let rates = wfdb::read(&folder().join("rates_16.hea")).unwrap();
    assert_eq!(rates.recording.person.age, Some(69.0));
    let skewed = wfdb::read(&folder().join("skewed.dat")).unwrap();
    let start = jiff::civil::date(2024, 11, 17).at(10, 20, 30, 500_000_000);
    assert_eq!(
        skewed.recording.start,
        Some(pathema_signal::Start::Local(start))
    );
    assert_eq!(
        (skewed.header.counter_rate, skewed.header.base_counter),
        (Some(50.0), Some(-3.5))
    );
    // The last five samples of B were not stored.
    assert_eq!(skewed.recording.channels[1].len(), 35);
}

/// Whole numbers that count up and wrap, the missing value among them.
fn ramp(name: &str, rate: f64, count: usize, format: Format, segments: Vec<Segment>) -> Channel {
    let span = i64::from(format.highest()) - i64::from(format.missing()) + 1;
    let value = |index: usize| (i64::from(format.missing()) + (index as i64 * 7919) % span) as i32;
    let samples = match format {
        Format::F24 => Samples::I32((0..count).map(value).collect()),
        _ => Samples::I16((0..count).map(|index| value(index) as i16).collect()),
    };
    Channel::new(
        name,
        Modality::Other,
        "uV",
        Timing::Regular { rate, segments },
        samples,
    )
    .converted(Conversion::Adc {
        baseline: -3.0,
        gain: 12.5,
        missing: Some(format.missing()),
    })
}

/// What `make_wfdb.py` has Python read, by name.
fn ours() -> Vec<(String, Recording, Format)> {
    let whole = || {
        vec![Segment {
            start: 0.0,
            first: 0,
        }]
    };
    let mut all = Vec::new();
    for format in Format::ALL {
        let channels = vec![
            ramp("fast", 40.0, 4 * 13, format, whole()),
            ramp("slow", 10.0, 13, format, whole()),
        ];
        let annotations = vec![
            pathema_signal::Annotation::at(0.5, "N"),
            pathema_signal::Annotation::at(1.2, "+ (AFIB"),
        ];
        let recording = Recording {
            channels,
            annotations,
            ..Recording::default()
        };
        all.push((format!("ours_{format}"), recording, format));
    }
    let gaps = vec![
        Segment {
            start: 0.2,
            first: 0,
        },
        Segment {
            start: 4.0,
            first: 30,
        },
    ];
    let channels = vec![
        ramp("gaps", 10.0, 50, Format::F16, gaps),
        ramp("short", 20.0, 24, Format::F16, whole()),
    ];
    all.push((
        "ours_gaps".to_owned(),
        Recording {
            channels,
            ..Recording::default()
        },
        Format::F16,
    ));
    all
}

#[test]
fn what_is_written_is_what_python_reads() {
    // With UPDATE_GOLDEN set, the files are written anew; then make_wfdb.py has Python read them.
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let lines = expected();
    for (name, recording, format) in ours() {
        let temporary = tempfile::tempdir().unwrap();
        let target = if update {
            folder()
        } else {
            temporary.path().to_owned()
        };
        wfdb::write(&target.join(&name), &recording, format).unwrap();
        if update {
            continue;
        }
        let mut count = 0;
        for entry in fs::read_dir(temporary.path()).unwrap() {
            let entry = entry.unwrap();
            let golden = fs::read(folder().join(entry.file_name())).unwrap();
            assert_eq!(
                fs::read(entry.path()).unwrap(),
                golden,
                "{:?}",
                entry.file_name()
            );
            count += 1;
        }
        assert!(count >= 3, "{name}");
        assert_eq!(
            wfdb::read(&temporary.path().join(&name)).unwrap().recording,
            recording,
            "{name}"
        );
        // Python saw the values that were meant.
        for channel in &recording.channels {
            let line = lines
                .iter()
                .find(|line| line[0] == name && line[1] == channel.name)
                .unwrap();
            assert_eq!(
                stored(channel, line.len() - 7),
                line[7..],
                "{name} {}",
                channel.name
            );
        }
    }
}

#[test]
fn every_kind_of_annotation_field_comes_back() {
    let items = vec![
        Annotation {
            num: -128,
            subtype: -1,
            channel: 255,
            ..Annotation::new(-5, Code::RHYTHM)
        },
        Annotation {
            aux: b"## not a definition".to_vec(),
            ..Annotation::new(0, Code::NOTE)
        },
        Annotation {
            num: 127,
            subtype: 127,
            ..Annotation::new(1 << 33, Code::NORMAL)
        },
        Annotation {
            aux: vec![0; 255],
            ..Annotation::new((1 << 33) - 2000, Code::new(58).unwrap())
        },
    ];
    let annotations = Annotations {
        items,
        resolution: Some(0.1),
        ..Annotations::default()
    };
    let read = Annotations::decode(&annotations.encode().unwrap(), "a.atr").unwrap();
    assert_eq!(
        (&read.items, read.resolution),
        (&annotations.items, Some(0.1))
    );
    assert_eq!(
        read.findings.len(),
        1,
        "one runs backwards: {:?}",
        read.findings
    );
}
