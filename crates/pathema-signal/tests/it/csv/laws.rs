use std::io::{Cursor, Read};

use jiff::civil::{date, time};
use pathema_signal::csv::{self, Reader, Schema};
use pathema_signal::{
    Annotation, Blocks, Channel, Conversion, Label, LabelRun, Modality, Person, Placement,
    Recording, Samples, Segment, Sex, Start, Timing,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn double() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>().prop_filter("a number that equals itself", |value| !value.is_nan()),
        -100.0_f64..100.0,
        (-1000..1000_i32).prop_map(|value| f64::from(value) / 100.0),
    ]
}

fn samples(count: usize, kind: usize) -> BoxedStrategy<Samples> {
    match kind {
        0 => vec(any::<i16>(), count).prop_map(Samples::I16).boxed(),
        1 => vec(any::<u16>(), count).prop_map(Samples::U16).boxed(),
        2 => vec(any::<i32>(), count).prop_map(Samples::I32).boxed(),
        3 => vec(
            any::<f32>().prop_filter("a number", |value| !value.is_nan()),
            count,
        )
        .prop_map(Samples::F32)
        .boxed(),
        _ => vec(double(), count).prop_map(Samples::F64).boxed(),
    }
}

fn timing(count: usize) -> BoxedStrategy<Timing> {
    let irregular = vec(0.001_f64..5.0, count).prop_map(|steps| {
        let mut time = -3.0;
        Timing::Irregular(
            steps
                .into_iter()
                .map(|step| {
                    time += step;
                    time
                })
                .collect(),
        )
    });
    let regular = (
        0.1_f64..300.0,
        -9.0_f64..9.0,
        vec((1_usize..4, 0.1_f64..60.0), 0..3),
    )
        .prop_map(move |(rate, start, gaps)| {
            let mut segments = vec![Segment { start, first: 0 }];
            for (rows, gap) in gaps {
                let last = segments[segments.len() - 1];
                if last.first + rows < count {
                    segments.push(Segment {
                        start: last.start + rows as f64 / rate + gap,
                        first: last.first + rows,
                    });
                }
            }
            Timing::Regular { rate, segments }
        });
    let plain = prop_oneof![Just(4.0), Just(64.0), Just(700.0)].prop_map(Timing::regular);
    prop_oneof![irregular, regular, plain].boxed()
}

fn channel() -> impl Strategy<Value = Channel> {
    let conversion = prop_oneof![
        Just(Conversion::None),
        (0.001_f64..9.0, -9.0_f64..9.0)
            .prop_map(|(scale, offset)| Conversion::Linear { scale, offset }),
        (0.1_f64..900.0, prop::option::of(any::<i32>())).prop_map(|(gain, missing)| {
            Conversion::Adc {
                baseline: 12.0,
                gain,
                missing,
            }
        }),
    ];
    let shape = (
        0_usize..30,
        prop_oneof![Just(1_usize), Just(3), Just(2)],
        0_usize..5,
    );
    (
        shape,
        "[ -~äµ]{0,12}",
        0..Modality::ALL.len(),
        conversion,
        0_usize..3,
    )
        .prop_flat_map(|((count, axes, kind), name, modality, conversion, place)| {
            (samples(count * axes, kind), timing(count)).prop_map(move |(samples, timing)| {
                let placement =
                    [Placement::Unknown, Placement::Chest, Placement::RightWrist][place];
                Channel::new(
                    name.clone(),
                    Modality::ALL[modality],
                    ["µS", "", "g"][place],
                    timing,
                    samples,
                )
                .worn(placement)
                .with_axes(axes)
                .converted(conversion)
            })
        })
}

prop_compose! {
    fn recording()(
        channels in vec(channel(), 0..5),
        twin in any::<bool>(),
        subject in "[ -~ü\n]{0,9}",
        start in 0_usize..4,
        notes in vec("[ -~\n]{0,20}", 0..3),
        numbers in (prop::option::of(double()), prop::option::of(0.0_f64..250.0)),
        marks in vec((-5.0_f64..60.0, 0.0_f64..20.0, ".{0,12}", any::<bool>()), 0..6),
        labels in vec((0_i64..8, 0.5_f64..9.0), 0..4),
    ) -> Recording {
        let mut channels = channels;
        if twin && let Some(first) = channels.first().cloned() {
            // Of the same times: they share a file.
            channels.push(first);
        }
        let mut annotations: Vec<Annotation> = marks.into_iter().map(|(start, length, text, about)| Annotation {
            channel: Some("EDA".to_owned()).filter(|_| about),
            ..Annotation::over(start, if about { start } else { start + length }, text)
        }).collect();
        annotations.sort_by(|a, b| a.span.start.total_cmp(&b.span.start));
        let mut end = 0.0;
        let labels = labels.into_iter().map(|(code, length)| {
            let start = end;
            end = start + length;
            LabelRun { label: Label::from_code(code).unwrap(), start, end }
        }).collect();
        let start = [
            None,
            Some(Start::Instant("2017-05-22T07:15:25.000000001Z".parse().unwrap())),
            Some(Start::Local(date(1900, 1, 31).at(1, 2, 3, 4))),
            Some(Start::TimeOfDay(time(23, 59, 59, 500))),
        ][start];
        let person = Person { age: numbers.1, sex: Some(Sex::Male).filter(|_| twin), height: numbers.0.filter(|number| number.is_finite()), weight: None, notes };
        Recording { subject, person, start, channels, labels, annotations }
    }
}

/// A file that gives few bytes at once.
struct Slow(Cursor<Vec<u8>>, usize);

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = self.1.min(buffer.len());
        self.0.read(&mut buffer[..most])
    }
}

fn open(files: &[Vec<u8>], schema: &Schema, step: usize, ends: &str) -> Reader {
    let sources = files.iter().map(|bytes| {
        let text = String::from_utf8(bytes.clone())
            .unwrap()
            .replace('\n', ends);
        let source: Box<dyn Read + Send> = Box::new(Slow(Cursor::new(text.into_bytes()), step));
        (source, "x.csv".to_owned())
    });
    Reader::new(sources.collect(), schema).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_written_is_read_back(recording in recording(), step in 1_usize..200, seconds in 0.05_f64..50.0) {
        let (schema, files) = csv::write_to(&recording, "x").unwrap();
        // Through its text, as it would lie beside the files.
        let schema = Schema::from_toml(&schema.to_toml().unwrap()).unwrap();
        let whole = open(&files, &schema, step, "\r\n").read_all().unwrap();
        prop_assert_eq!(&whole, &recording);

        // Blocks are the recording in parts.
        let mut reader = open(&files, &schema, step, "\n");
        let mut lengths = vec![0; recording.channels.len()];
        let mut marks = 0;
        while let Some(block) = reader.next_block(seconds).unwrap() {
            marks += block.annotations.len() + block.labels.len();
            for ((part, whole), length) in block.channels.iter().zip(&recording.channels).zip(&mut lengths) {
                prop_assert_eq!(part, &whole.part(*length..*length + part.len()));
                *length += part.len();
            }
        }
        let expected: Vec<usize> = recording.channels.iter().map(Channel::len).collect();
        prop_assert_eq!(lengths, expected);
        prop_assert_eq!(marks, recording.annotations.len() + recording.labels.len());
    }
}
