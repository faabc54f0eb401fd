use jiff::civil::{Date, date, time};
use pathema_signal::edf::{Format, Options, Quantise};
use pathema_signal::{
    Annotation, Blocks, Channel, Conversion, Label, LabelRun, Modality, Person, Placement,
    Recording, Samples, Segment, Sex, Start, Timing,
};
use proptest::collection::vec;
use proptest::prelude::*;

use super::{bytes, open, read};

const CONVERSIONS: [Conversion; 6] = [
    Conversion::None,
    linear(0.005, 0.0),
    linear(1.0 / 64.0, 0.0),
    linear(375.0 / 4095.0, -187.5 + 2048.0 * (375.0 / 4095.0)),
    linear(0.25, 20.0),
    linear(-0.5, 3.0),
];

const fn linear(scale: f64, offset: f64) -> Conversion {
    Conversion::Linear { scale, offset }
}

/// Rates that share records of so many seconds.
const RATES: [(&[f64], f64); 5] = [
    (&[256.0, 1.0, 32.0], 1.0),
    (&[700.0, 64.0, 4.0], 0.25),
    (&[0.25, 0.5, 4.0], 4.0),
    (&[1.0 / 3.0, 1.0, 3.0], 3.0),
    (&[62.5, 12.5, 2.5], 2.0),
];

fn channel(wide: bool) -> impl Strategy<Value = (String, usize, usize, usize, Vec<i32>)> {
    let limit = if wide { 1 << 23 } else { 1 << 15 };
    let name = prop_oneof![
        Just("EEG Fpz-Cz".to_owned()),
        Just("ACC".to_owned()),
        "[A-Za-z][A-Za-z0-9 -]{0,8}[a-z0-9]",
    ];
    let values = vec(prop_oneof![-200..200, -limit..limit], 1..50);
    (
        name,
        0..Modality::ALL.len(),
        0..CONVERSIONS.len(),
        prop_oneof![Just(1_usize), Just(3)],
        values,
    )
}

fn person() -> impl Strategy<Value = (Person, Option<Start>)> {
    let name = prop::option::of("[A-Z][a-z]{1,6}( [A-Z][a-z]{1,6})?");
    let sex = prop::option::of(prop_oneof![Just(Sex::Female), Just(Sex::Male)]);
    let day = (0_i64..40_000).prop_map(|days| {
        date(1975, 3, 1)
            .checked_add(jiff::ToSpan::days(days))
            .unwrap()
    });
    let start = prop_oneof![
        Just(None),
        (
            day,
            0..86_400_i64,
            prop_oneof![Just(0), 0..1_000_000_000_i32]
        )
            .prop_map(|(day, second, nanosecond): (Date, _, _)| {
                let start = day
                    .to_datetime(time(0, 0, 0, 0))
                    .checked_add(jiff::ToSpan::seconds(second))
                    .unwrap();
                Some(Start::Local(
                    start.with().subsec_nanosecond(nanosecond).build().unwrap(),
                ))
            }),
        (1..86_400_i64).prop_map(|second| {
            Some(Start::TimeOfDay(
                time(0, 0, 0, 0).wrapping_add(jiff::ToSpan::seconds(second)),
            ))
        }),
    ];
    let number = || prop::option::of((1..200_u8).prop_map(|value| f64::from(value) / 2.0));
    (name, sex, number(), number(), number(), start).prop_map(
        |(name, sex, age, height, weight, start)| {
            let notes = name
                .map(|name| format!("name: {name}"))
                .into_iter()
                .collect();
            (
                Person {
                    age,
                    sex,
                    height,
                    weight,
                    notes,
                },
                start,
            )
        },
    )
}

prop_compose! {
    /// Everything that the format can hold.
    fn recording(wide: bool)(
        rates in 0..RATES.len(),
        channels in vec(channel(wide), 0..4),
        stretches in vec((1_usize..4, 0.01_f64..50.0), 1..4),
        subject in "([A-Za-z0-9]{2,6})?",
        who in person(),
        marks in vec((-5.0_f64..60.0, 0.0_f64..20.0, "[^\0-\u{1f}@]{1,30}", any::<bool>(), any::<bool>()), 0..12),
        labels in vec((0_u8..8, 0.5_f64..9.0), 0..4),
    ) -> Recording {
        let (rates, base) = RATES[rates];
        let mut made: Vec<Channel> = Vec::new();
        for (index, (name, modality, conversion, axes, values)) in channels.into_iter().enumerate() {
            let rate = rates[index % rates.len()];
            let (mut segments, mut first, mut start) = (Vec::new(), 0, 0.0);
            for &(records, gap) in &stretches {
                segments.push(Segment { start, first });
                first += (rate * base * records as f64).round() as usize;
                start += base * records as f64 + gap;
            }
            let axes = if axes > 1 && name.len() > 14 { 1 } else { axes };
            // Steps that no short number says: from the two extremes they were made of, and within them alone.
            let odd = conversion == 3;
            let within = if odd { 2000 } else { 32_760 };
            let filled = values.iter().map(|&value| if conversion == 0 { value } else { value % within });
            let filled = filled.cycle().take(first * axes);
            let samples = if wide {
                Samples::I32(filled.collect())
            } else {
                Samples::I16(filled.map(|value| value as i16).collect())
            };
            let name = if made.iter().any(|channel| channel.name == name) { format!("n{index}") } else { name };
            let placement = [Placement::Unknown, Placement::Wrist, Placement::LeftWrist][index % 3];
            made.push(
                Channel::new(name, Modality::ALL[modality], ["µV", "g", ""][index % 3], Timing::Regular { rate, segments }, samples)
                    .worn(placement)
                    .with_axes(axes)
                    .converted(CONVERSIONS[conversion]),
            );
        }
        let mut annotations: Vec<Annotation> = marks
            .into_iter()
            .map(|(start, length, text, instant, about)| Annotation {
                channel: made.first().filter(|_| about).map(|channel| channel.name.clone()),
                ..Annotation::over(start, if instant { start } else { start + length }, text)
            })
            .collect();
        annotations.sort_by(|a, b| a.span.start.total_cmp(&b.span.start));
        let mut end = 0.0;
        let labels = labels.into_iter().map(|(code, length)| {
            let start = end;
            end = start + length;
            LabelRun { label: Label::from_code(i64::from(code)).unwrap(), start, end }
        });
        let start = if made.is_empty() { None } else { who.1 };
        Recording { subject, person: who.0, start, labels: labels.collect(), annotations, channels: made }
    }
}

fn check(recording: &Recording, format: Format) -> Result<(), TestCaseError> {
    let options = Options {
        format,
        ..Options::default()
    };
    let bytes =
        bytes(recording, &options).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let found = read(bytes.clone()).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(&found, recording);

    // Blocks are the recording in parts: nothing twice, nothing left out.
    let mut reader = open(bytes).unwrap();
    let (mut lengths, mut marks) = (vec![0; recording.channels.len()], 0);
    while let Some(block) = reader.next_block(1.7).unwrap() {
        marks += block.annotations.len() + block.labels.len();
        for ((part, whole), length) in block
            .channels
            .iter()
            .zip(&recording.channels)
            .zip(&mut lengths)
        {
            let range = *length..*length + part.len();
            prop_assert_eq!(part, &whole.part(range));
            *length += part.len();
        }
    }
    let expected: Vec<usize> = recording.channels.iter().map(Channel::len).collect();
    prop_assert_eq!(lengths, expected);
    if !recording.channels.is_empty() {
        prop_assert_eq!(marks, recording.annotations.len() + recording.labels.len());
    }

    // Any stretch is what the whole has there.
    for (start, end) in [(0.0, 1.0), (0.3, 7.9), (2.5, 2.5), (-1.0, 1e9), (5.0, 4.0)] {
        let part = reader.read(start, end).unwrap();
        for (part, whole) in part.channels.iter().zip(&recording.channels) {
            prop_assert_eq!(part, &whole.part(whole.indices(start, end)));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn edf_is_read_as_it_was_written(recording in recording(false)) {
        check(&recording, Format::Edf)?;
    }

    #[test]
    fn bdf_is_read_as_it_was_written(recording in recording(true)) {
        check(&recording, Format::Bdf)?;
    }

    #[test]
    fn any_scale_is_kept_to_rounding_or_refused(scale in 1e-6_f64..1e3, offset in -1e3_f64..1e3, lossy in any::<bool>()) {
        let channel = Channel::new("x", Modality::Other, "", Timing::regular(4.0), Samples::I16(vec![-9, 5, 3000, 7]))
            .converted(linear(scale, offset));
        let recording = Recording { channels: vec![channel], ..Recording::default() };
        if let Ok(bytes) = bytes(&recording, &Options { lossy, ..Options::default() }) {
            let found = read(bytes).unwrap();
            prop_assert_eq!(&found.channels[0].samples, &recording.channels[0].samples);
            let span = scale * 65535.0;
            let tolerance = if lossy { 1e-3 * (span + offset.abs()) } else { 1e-11 * (span + offset.abs()) };
            for (a, b) in found.channels[0].all().iter().zip(&recording.channels[0].all()[..]) {
                prop_assert!((a - b).abs() <= tolerance, "{} {}", a, b);
            }
        } else {
            prop_assert!(!lossy);
        }
    }

    #[test]
    fn quantised_values_are_half_a_step_off_at_most(values in vec(-1e4_f64..1e4, 4..40), wide in any::<bool>()) {
        let count = values.len() / 4 * 4;
        let eda = Channel::new("EDA", Modality::Eda, "µS", Timing::regular(4.0), Samples::F64(values[..count].to_vec()));
        let recording = Recording { channels: vec![eda], ..Recording::default() };
        let format = if wide { Format::Bdf } else { Format::Edf };
        let options = Options { format, quantise: Quantise::extent(), ..Options::default() };
        let found = read(bytes(&recording, &options).unwrap()).unwrap();
        let Conversion::Linear { scale, .. } = found.channels[0].conversion else { panic!() };
        for (a, b) in found.channels[0].all().iter().zip(&values) {
            prop_assert!((a - b).abs() <= scale * 0.5001, "{} {} {}", a, b, scale);
        }
    }
}

#[test]
fn one_record_larger_than_memory_should_be_is_read_in_parts() {
    let samples: Vec<i16> = (0..2_000_001)
        .map(|index| (index % 30_011) as i16)
        .collect();
    let channel = Channel::new(
        "x",
        Modality::Other,
        "",
        Timing::regular(1.0),
        Samples::I16(samples[..2_000_000].to_vec()),
    );
    let recording = Recording {
        channels: vec![channel],
        ..Recording::default()
    };
    let bytes = bytes(&recording, &Options::default()).unwrap();
    let reader = open(bytes.clone()).unwrap();
    // The same samples as one record.
    let head = 256 * 3;
    let record = reader.head().signals[0].samples;
    let annotations = 2 * reader.head().signals[1].samples;
    let mut one = bytes[..head].to_vec();
    let records = bytes[head..].chunks(2 * record + annotations);
    one.extend(records.flat_map(|bytes| &bytes[..2 * record]));
    one.extend(&bytes[head + 2 * record..head + 2 * record + annotations]);
    one[236..252].copy_from_slice(b"1       2000000 ");
    let samples = 256 + 2 * 216;
    one[samples..samples + 8].copy_from_slice(b"2000000 ");
    let mut reader = open(one).unwrap();
    assert_eq!(reader.read_all().unwrap(), recording);
    let part = reader.read(1_234_567.0, 1_234_570.0).unwrap();
    assert_eq!(
        part.channels[0],
        recording.channels[0].part(1_234_567..1_234_570)
    );
}

#[test]
fn channels_that_do_not_fill_the_last_record_are_padded_where_that_is_asked_for() {
    let channel = |name: &str, rate, count: i16| {
        Channel::new(
            name,
            Modality::Other,
            "",
            Timing::regular(rate),
            Samples::I16((0..count).collect()),
        )
    };
    let recording = Recording {
        channels: vec![channel("a", 4.0, 41), channel("b", 1.0, 10)],
        ..Recording::default()
    };
    let refused = bytes(&recording, &Options::default())
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("\"a\"") && refused.contains("allow for padding"),
        "{refused}"
    );
    let options = Options {
        pad: true,
        ..Options::default()
    };
    let found = read(bytes(&recording, &options).unwrap()).unwrap();
    assert_eq!((found.channels[0].len(), found.channels[1].len()), (44, 11));
    assert_eq!(found.channels[0].samples.to_f64(40..44), [40.0; 4]);
    assert_eq!(found.channels[1].samples.to_f64(9..11), [9.0, 9.0]);
}

#[test]
fn time_begins_with_the_first_sample() {
    let timing = Timing::from(12.25, 4.0);
    let recording = Recording {
        start: Some(Start::Local(date(2024, 2, 29).at(23, 59, 50, 0))),
        channels: vec![Channel::new(
            "EDA",
            Modality::Eda,
            "µS",
            timing,
            Samples::I16(vec![1, 2, 3, 4]),
        )],
        annotations: vec![Annotation::at(12.75, "tag")],
        ..Recording::default()
    };
    let found = read(bytes(&recording, &Options::default()).unwrap()).unwrap();
    assert_eq!(
        found.start,
        Some(Start::Local(date(2024, 3, 1).at(0, 0, 2, 250_000_000)))
    );
    assert_eq!(found.channels[0].start(), 0.0);
    assert_eq!(found.annotations, [Annotation::at(0.5, "tag")]);
}
