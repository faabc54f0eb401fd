//! What is written is read back, and whatever the bytes, the answer is a value or an error.

use std::collections::BTreeSet;

use pathema_signal::wfdb::{
    self, Annotation, Annotations, Code, Definition, Format, Header, Reader,
};
use pathema_signal::{
    Channel, Conversion, Modality, Recording, Samples, Segment, Sex, Start, Timing,
};
use proptest::collection::vec;
use proptest::prelude::*;

use super::files;

/// A channel: samples a frame, then stretches (frames of gap before it, frames), and a seed of its values.
type Shape = (usize, Vec<(u8, u8)>, u32);

fn channel(
    index: usize,
    rate: f64,
    shape: &Shape,
    format: Format,
    gain: f64,
    baseline: i32,
) -> Channel {
    let (per_frame, stretches, seed) = shape;
    let (mut segments, mut frame, mut first) = (Vec::new(), 0, 0);
    for &(gap, frames) in stretches {
        // Stretches that touch would be read as one.
        frame += u64::from(gap) + u64::from(first > 0 && gap == 0);
        segments.push(Segment {
            start: frame as f64 / rate,
            first,
        });
        frame += u64::from(frames);
        first += usize::from(frames) * per_frame;
    }
    let span = i64::from(format.highest()) - i64::from(format.missing()) + 1;
    let value = |index: usize| {
        let mixed = (index as u32)
            .wrapping_mul(2_654_435_761)
            .wrapping_add(*seed)
            .rotate_left(13);
        i64::from(format.missing()) + i64::from(mixed) % span
    };
    let samples = match format {
        Format::F24 => Samples::I32((0..first).map(|index| value(index) as i32).collect()),
        _ => Samples::I16((0..first).map(|index| value(index) as i16).collect()),
    };
    let timing = Timing::Regular {
        rate: rate * *per_frame as f64,
        segments,
    };
    Channel::new(
        format!("channel {index} µ"),
        Modality::Other,
        "µS",
        timing,
        samples,
    )
    .converted(Conversion::Adc {
        baseline: f64::from(baseline),
        gain,
        missing: Some(format.missing()),
    })
}

fn format() -> impl Strategy<Value = Format> {
    prop::sample::select(&Format::ALL[..])
}

prop_compose! {
    fn recording()(
        format in format(),
        rate in prop::sample::select(&[1.0, 4.0, 128.5, 250.0, 360.0][..]),
        shapes in vec((1_usize..5, vec((0_u8..4, 1_u8..9), 1..4), any::<u32>()), 1..5),
        whole in any::<bool>(),
        frames in 0_u8..40,
        (gain, baseline) in (prop_oneof![1e-6..1e9_f64, -1e3..-1e-3_f64], any::<i32>().prop_map(|b| b.max(-i32::MAX))),
        age in prop::option::of(0.0..120.0_f64),
        sex in prop::option::of(prop_oneof![Just(Sex::Female), Just(Sex::Male)]),
        start in prop::option::of((0_i64..4_000_000_000, 0_i32..1_000_000_000)),
    ) -> (Recording, Format) {
        let channels = shapes.iter().enumerate().map(|(index, shape)| {
            let mut shape = shape.clone();
            // Half of them of one segment.
            if whole {
                shape.1 = vec![(0, frames)];
            }
            channel(index, rate, &shape, format, gain, baseline)
        });
        let mut recording = Recording { channels: channels.collect(), ..Recording::default() };
        recording.person.age = age;
        recording.person.sex = sex;
        recording.person.notes = vec!["left-handed, µ".to_owned(), String::new()];
        recording.start = start.map(|(second, nanosecond)| {
            let at = jiff::Timestamp::new(second, nanosecond).unwrap();
            Start::Local(at.to_zoned(jiff::tz::TimeZone::UTC).datetime())
        });
        (recording, format)
    }
}

prop_compose! {
    fn annotation()(
        sample in prop_oneof![0_i64..3000, -3000_i64..(1 << 34)],
        code in (1_u8..59).prop_map(|number| Code::new(number).unwrap()),
        (subtype, channel, num) in any::<(i8, u8, i8)>(),
        aux in vec(any::<u8>(), 0..20),
    ) -> Annotation {
        Annotation { subtype, channel, num, aux, ..Annotation::new(sample, code) }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn recordings_come_back((recording, format) in recording()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r_1");
        let header = wfdb::write(&path, &recording, format).unwrap();
        let record = wfdb::read(&path).unwrap();
        prop_assert_eq!(&record.header, &header);
        prop_assert_eq!(&record.findings[..], &[]);
        // A channel of no sample has no time to tell.
        let mut expected = recording;
        for channel in expected.channels.iter_mut().filter(|channel| channel.is_empty()) {
            channel.timing = Timing::regular(channel.rate().unwrap());
        }
        prop_assert_eq!(record.recording, expected);
    }

    #[test]
    fn stretches_are_parts_of_the_whole(
        (recording, format) in recording(),
        seconds in 0.01..5.0_f64,
        from in 0.0..20.0_f64,
        length in 0.0..10.0_f64,
        marks in vec(-50_i64..300, 0..20),
    ) {
        let folder = tempfile::tempdir().unwrap();
        wfdb::write(&folder.path().join("r"), &recording, format).unwrap();
        let items = marks.iter().map(|&sample| Annotation::new(sample, Code::NORMAL)).collect();
        wfdb::write_annotations(&folder.path().join("r.atr"), &Annotations { items, ..Annotations::default() }).unwrap();
        let mut reader = Reader::open(&folder.path().join("r.hea")).unwrap().with_annotations("atr").unwrap();
        let mut found = 0;
        let mut values = vec![Vec::new(); recording.channels.len()];
        while let Some(block) = pathema_signal::Blocks::next_block(&mut reader, seconds).unwrap() {
            found += block.annotations.len();
            for ((values, part), whole) in values.iter_mut().zip(&block.channels).zip(&recording.channels) {
                for index in 0..part.len() {
                    let time = part.timing.time(index);
                    prop_assert!((time - whole.timing.time(values.len())).abs() < 1e-9);
                    values.push(part.samples.get(index));
                }
            }
        }
        for (values, whole) in values.iter().zip(&recording.channels) {
            prop_assert_eq!(&values[..], &whole.samples.to_f64(0..whole.len())[..]);
        }
        prop_assert_eq!(found, marks.len());
        // From any place: the samples of whole frames, so up to one frame more at either end.
        let part = reader.read(from, from + length).unwrap();
        let rate = reader.file_header().rate;
        let (first, last) = ((from * rate - 1e-6).ceil() / rate, ((from + length) * rate - 1e-6).ceil() / rate);
        for (part, whole) in part.channels.iter().zip(&recording.channels) {
            let expected = whole.indices(first, last);
            prop_assert_eq!(part.samples.to_f64(0..part.len()), whole.samples.to_f64(expected));
        }
    }

    #[test]
    fn annotations_come_back(
        items in vec(annotation(), 0..30),
        resolution in prop::option::of(1e-3..1e6_f64),
        codes in prop::collection::btree_set(42_u8..50, 0..4),
    ) {
        let definition = |number: &u8| Definition {
            code: Code::new(*number).unwrap(),
            symbol: format!("s{number}"),
            description: "some rhythm".to_owned(),
        };
        let definitions = codes.iter().map(definition).collect();
        let annotations = Annotations { items, resolution, definitions, findings: Vec::new() };
        let mut read = Annotations::decode(&annotations.encode().unwrap(), "a.atr").unwrap();
        read.findings.clear();
        prop_assert_eq!(read, annotations);
    }

    #[test]
    fn a_recordings_annotations_come_back(
        frames in prop::collection::btree_set(0_u32..100_000, 0..20),
        texts in vec(prop::sample::select(&["N", "V", "+ (AFIB", "\" a note", "[42]"][..]), 20),
        channels in vec(prop::option::of(Just("b")), 20),
    ) {
        let marks: Vec<_> = frames.iter().zip(texts).zip(&channels).map(|((&frame, text), channel)| {
            let mut mark = pathema_signal::Annotation::at(f64::from(frame) / 360.0, text);
            // Where any names a channel, all do.
            mark.channel = if channels.contains(&Some("b")) { Some(channel.unwrap_or("a").to_owned()) } else { None };
            mark
        }).collect();
        let file = Annotations::from_recording(&marks, 360.0, &["a", "b"]).unwrap();
        prop_assert_eq!(file.resolution, None);
        let back = file.to_recording(360.0, &["a", "b"]);
        let told = marks.iter().any(|mark| mark.channel.as_deref() == Some("b"));
        for (back, mark) in back.iter().zip(&marks) {
            prop_assert_eq!((back.span, &back.text), (mark.span, &mark.text));
            prop_assert_eq!(&back.channel, if told { &mark.channel } else { &None });
        }
        prop_assert_eq!(back.len(), marks.len());
    }

    #[test]
    fn any_bytes_are_annotations_or_an_error(bytes in vec(any::<u8>(), 0..200)) {
        if let Ok(read) = Annotations::decode(&bytes, "any.atr")
            && let Ok(written) = read.encode()
        {
            let again = Annotations::decode(&written, "any.atr").unwrap();
            prop_assert_eq!((again.items, again.resolution, again.definitions), (read.items, read.resolution, read.definitions));
        }
    }

    #[test]
    fn any_header_is_read_or_an_error(
        line in "(r|r/2|-) [0-3]( [0-9]{1,3}(/[0-9](\\([0-9]\\))?)?( [0-9]{1,2}( [0-9:]{1,8}( [0-9/]{1,10})?)?)?)?",
        signals in vec("(r.dat|~|\\.\\./r\\.dat) (16|212|80|24|0|8)(x[0-9])?(:[0-9])?(\\+[0-9])?( [0-9.e-]{1,5}(\\([0-9-]{1,3}\\))?(/mV)?( [0-9]{1,2}){0,5})?( MLII| V 5)?", 0..4),
        data in vec(any::<u8>(), 0..60),
    ) {
        let text = format!("{line}\n{}\n", signals.join("\n"));
        if let Ok(mut header) = Header::parse(&text, "r.hea") {
            let again = Header::parse(&header.to_text(), "r.hea").unwrap();
            header.unread.clear();
            prop_assert_eq!(again, header);
        }
        if let Ok(mut reader) = Reader::in_memory(files(&[("r.hea", text.as_bytes()), ("r.dat", &data)]), "r") {
            let recording = reader.read_frames(0..u64::MAX).unwrap();
            let bytes: usize = recording.channels.iter().map(|channel| channel.samples.len()).sum();
            prop_assert!(bytes <= data.len());
        }
    }
}

#[test]
fn digitised_values_are_half_a_step_off_at_most() {
    let values: Vec<f64> = (0..1000)
        .map(|index| 0.3 + (f64::from(index) * 0.37).sin() * 1e-3)
        .collect();
    for format in Format::ALL {
        let samples = Samples::F64(values.clone());
        let channel = Channel::new("EDA", Modality::Eda, "uS", Timing::regular(4.0), samples);
        let digital = wfdb::digitise(&channel, format);
        let Conversion::Adc { gain, .. } = digital.conversion else {
            panic!()
        };
        for (digital, value) in digital.all().iter().zip(&values) {
            assert!(
                (digital - value).abs() <= 0.5001 / gain,
                "{format}: {digital} {value}"
            );
        }
        let kinds: BTreeSet<i64> = digital
            .all()
            .iter()
            .map(|value| (value * gain) as i64)
            .collect();
        assert!(kinds.len() > 150, "{format} uses {} steps", kinds.len());
        let folder = tempfile::tempdir().unwrap();
        let recording = Recording {
            channels: vec![digital],
            ..Recording::default()
        };
        wfdb::write(&folder.path().join("r"), &recording, format).unwrap();
        assert_eq!(
            wfdb::read(&folder.path().join("r")).unwrap().recording,
            recording
        );
    }
}

#[test]
fn what_is_not_finite_is_missing_once_digitised() {
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    for (values, step) in [
        (vec![inf, 0.0, 1.0, -inf, nan], 0.01),
        (vec![-inf, f64::MAX, -f64::MAX, inf, 0.0], f64::MAX / 100.0),
        (vec![inf, -inf, nan], 0.0),
    ] {
        for format in Format::ALL {
            let samples = Samples::F64(values.clone());
            let channel = Channel::new("EDA", Modality::Eda, "uS", Timing::regular(4.0), samples);
            let digital = wfdb::digitise(&channel, format).all().to_vec();
            for (digital, value) in digital.iter().zip(&values) {
                if value.is_finite() {
                    // Halves, as two of the largest are too much for a double.
                    let apart = digital / 2.0 - value / 2.0;
                    assert!(apart.abs() <= step / 2.0, "{format}: {digital} {value}");
                } else {
                    assert!(digital.is_nan(), "{format}: {digital} {value}");
                }
            }
        }
    }
}
