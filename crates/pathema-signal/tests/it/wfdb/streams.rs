//! Segments, skew, several files, zips, seeking.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, Instant};

use pathema_signal::files::Tree;
use pathema_signal::wfdb::{self, Annotation, Annotations, Code, Finding, Reader};
use pathema_signal::{Blocks, Channel, Conversion, Modality, Samples, Segment, Span, Timing};

use super::{files, read};

/// The marks' times, and how many samples there are, of all blocks; and the number of blocks.
fn blocks(reader: &mut Reader, seconds: f64) -> (Vec<f64>, usize, usize) {
    let (mut marks, mut samples, mut count) = (Vec::new(), 0, 0);
    while let Some(block) = reader.next_block(seconds).unwrap() {
        marks.extend(block.annotations.iter().map(|mark| mark.span.start));
        samples += block
            .channels
            .iter()
            .map(|channel| channel.len())
            .sum::<usize>();
        count += 1;
        assert!(count <= 100, "blocks without end");
    }
    (marks, samples, count)
}

fn marked(at: &[i64]) -> Vec<u8> {
    let items = at
        .iter()
        .map(|&sample| Annotation::new(sample, Code::NORMAL));
    let file = Annotations {
        items: items.collect(),
        ..Annotations::default()
    };
    file.encode().unwrap()
}

#[test]
fn frames_without_samples_are_passed_over() {
    let far = 1_000_000_000_000_000_000_u64;
    let marks = marked(&[-3, 0, 50_000, 50_001]);
    let alone = format!("r 0 1 {far}\n");
    let unstored = format!("r 1 1 {far}\n~ 0\n");
    let gap = format!("r/2 1 1\n~ {far}\ns1 4\n");
    let after = format!("r/2 1 1\ns1 4\n~ {far}\n");
    for (header, samples, all) in [
        (&alone, 0, 0),
        (&unstored, 0, 0),
        (&gap, 4, 1),
        (&after, 4, 1),
    ] {
        let given: &[(&str, &[u8])] = &[
            ("r.hea", header.as_bytes()),
            ("s1.hea", b"s1 1 1 4\ns1.dat 80 1 0 0 0 0 0 A\n"),
            ("s1.dat", &[129, 130, 131, 132]),
            ("r.atr", &marks),
        ];
        let mut reader = Reader::in_memory(files(given), "r").unwrap();
        let found = blocks(&mut reader, 60.0);
        assert_eq!(found, (Vec::new(), samples, all), "{header}");
        let mut reader = Reader::in_memory(files(given), "r").unwrap();
        reader = reader.with_annotations("atr").unwrap();
        let found = blocks(&mut reader, 60.0);
        assert_eq!(found.0, [-3.0, 0.0, 50_000.0, 50_001.0], "{header}");
        assert_eq!(found.1, samples);
    }
}

#[test]
fn marks_outside_the_frames_come_in_blocks_too() {
    for (header, frames) in [
        ("r 1 2 4\ns1.dat 80 1 0 0 0 0 0 A\n", 4),
        ("r/2 1 2 7\ns1 4\n~ 3\n", 7),
        ("r 0 2\n", 0),
    ] {
        let marks = marked(&[-9, -1, 0, 2, 3, 4, 6, 7, 1000]);
        let given: &[(&str, &[u8])] = &[
            ("r.hea", header.as_bytes()),
            ("s1.hea", b"s1 1 2 4\ns1.dat 80 1 0 0 0 0 0 A\n"),
            ("s1.dat", &[129, 130, 131, 132]),
            ("r.atr", &marks),
        ];
        let open = || {
            let reader = Reader::in_memory(files(given), "r").unwrap();
            reader.with_annotations("atr").unwrap()
        };
        let whole = open().read_frames(0..frames).unwrap().annotations;
        assert_eq!(whole.len(), 9);
        let times: Vec<f64> = whole.iter().map(|mark| mark.span.start).collect();
        for seconds in [0.5, 1.0, 60.0] {
            assert_eq!(blocks(&mut open(), seconds).0, times, "{header} {seconds}");
        }
        for cut in 1..frames {
            let mut parts = open().read_frames(0..cut).unwrap().annotations;
            parts.extend(open().read_frames(cut..frames).unwrap().annotations);
            assert_eq!(parts, whole);
        }
    }
}

#[test]
fn several_files_and_rates() {
    let header = b"r 3 10 2\na.dat 16x2 1/mV 0 0 1 10 0 A\na.dat 16 1/mV 0 0 3 9 0 B\nb.dat 80 1/mV 0 0 -128 -127 0 C\n";
    let a: Vec<u8> = [1_i16, 2, 3, 3, 4, 6]
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let (recording, reader) =
        read(&[("r.hea", header), ("a.dat", &a), ("b.dat", &[0, 129])]).unwrap();
    let stored: Vec<&Samples> = recording
        .channels
        .iter()
        .map(|channel| &channel.samples)
        .collect();
    assert_eq!(
        stored,
        [
            &Samples::I16(vec![1, 2, 3, 4]),
            &Samples::I16(vec![3, 6]),
            &Samples::I16(vec![-128, 1])
        ]
    );
    assert_eq!(recording.channels[0].rate(), Some(20.0));
    assert!(recording.channels[2].all()[0].is_nan());
    assert_eq!(reader.findings(), []);
}

#[test]
fn skewed_signals_in_blocks() {
    // B is stored 2 frames late, C 3.
    let header = b"r 3 1 6\nr.dat 16 1 0 0 0 15 0 A\nr.dat 16:2 1 0 0 0 75 0 B\nr.dat 16:3 1 0 0 0 135 0 C\n";
    let data: Vec<u8> = (0..6_i16)
        .flat_map(|frame| [frame, 10 + frame, 20 + frame])
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let given: &[(&str, &[u8])] = &[("r.hea", header), ("r.dat", &data)];
    let (whole, reader) = read(given).unwrap();
    assert_eq!(
        whole.channels[1].samples,
        Samples::I16(vec![12, 13, 14, 15])
    );
    assert_eq!(whole.channels[2].samples, Samples::I16(vec![23, 24, 25]));
    let wrong: Vec<_> = reader
        .findings()
        .iter()
        .filter(|finding| matches!(finding, Finding::Checksum { .. }))
        .collect();
    assert!(
        wrong.is_empty(),
        "sums are of all that is stored: {wrong:?}"
    );
    let mut reader = Reader::in_memory(files(given), "r").unwrap();
    let mut values = vec![Vec::new(); 3];
    while let Some(block) = reader.next_block(2.0).unwrap() {
        for (values, channel) in values.iter_mut().zip(&block.channels) {
            values.extend(channel.samples.to_f64(0..channel.len()));
        }
    }
    for (values, channel) in values.iter().zip(&whole.channels) {
        assert_eq!(values[..], channel.samples.to_f64(0..channel.len())[..]);
    }
    assert_eq!(
        reader
            .findings()
            .iter()
            .filter(|finding| matches!(finding, Finding::Checksum { .. }))
            .count(),
        0
    );
}

/// Sixty thousand blocks, each of which would decode half of the file if all up to the largest skew were decoded.
#[test]
fn signals_far_apart_by_their_skew() {
    let frames = 60_000_usize;
    let skew = frames / 2;
    let stored: Vec<u8> = (0..frames)
        .flat_map(|frame| [frame as u8, (frame / 251) as u8])
        .collect();
    let sum = |signal: usize| {
        let values = stored.iter().skip(signal).step_by(2);
        values.map(|&byte| i64::from(byte) - 128).sum::<i64>()
    };
    for (first, second) in [(0, skew), (skew, 0), (skew, skew + 1)] {
        let header = format!(
            "r 2 1 {frames}\nr.dat 80:{first} 1 0 0 -128 {} 0 A\nr.dat 80:{second} 1 0 0 -128 {} 0 B\n",
            sum(0),
            sum(1)
        );
        let given: &[(&str, &[u8])] = &[("r.hea", header.as_bytes()), ("r.dat", &stored)];
        let start = Instant::now();
        let mut reader = Reader::in_memory(files(given), "r").unwrap();
        let mut values = [Vec::new(), Vec::new()];
        while let Some(block) = reader.next_block(1.0).unwrap() {
            for (values, channel) in values.iter_mut().zip(&block.channels) {
                values.extend(channel.samples.to_f64(0..channel.len()));
            }
        }
        assert!(start.elapsed() < Duration::from_secs(3));
        for (signal, skew) in [first, second].into_iter().enumerate() {
            let expected = stored.iter().skip(2 * skew + signal).step_by(2);
            let expected: Vec<f64> = expected.map(|&byte| f64::from(byte) - 128.0).collect();
            assert_eq!(values[signal], expected);
        }
        assert_eq!(reader.findings(), [], "{first} {second}");
        // One wrong byte is found all the same.
        let mut wrong = stored.clone();
        wrong[2 * 40_000] ^= 1;
        let given: &[(&str, &[u8])] = &[("r.hea", header.as_bytes()), ("r.dat", &wrong)];
        let mut reader = Reader::in_memory(files(given), "r").unwrap();
        while reader.next_block(7.0).unwrap().is_some() {}
        assert!(matches!(reader.findings(), [Finding::Checksum { .. }]));
    }
}

fn segments() -> Vec<(&'static str, &'static [u8])> {
    vec![
        ("r.hea", b"r/5 2 2 13\nlay 0\ns1 4\n~ 3\ns2 2\ns3 4\n"),
        (
            "lay.hea",
            b"lay 2 2 0\n~ 0 10/mV 0 0 0 0 0 A\n~ 0 5/NU 0 0 0 0 0 B\n",
        ),
        ("s1.hea", b"s1 1 2 4\ns1.dat 80 10/mV 0 0 0 10 0 A\n"),
        ("s1.dat", &[128, 131, 133, 130]),
        (
            "s2.hea",
            b"s2 2 2 2\ns2.dat 80 5/NU 0 0 1 3 0 B\ns2.dat 80 10/mV 0 0 2 6 0 A\n",
        ),
        ("s2.dat", &[129, 130, 130, 132]),
        ("s3.hea", b"s3 1 2 4\ns3.dat 80 10/mV 0 0 0 0 0 A\n"),
        ("s3.dat", &[128, 128, 128, 128]),
    ]
}

#[test]
fn segments_with_gaps_are_one_recording() {
    let (recording, mut reader) = read(&segments()).unwrap();
    let [a, b] = &recording.channels[..] else {
        panic!()
    };
    assert_eq!(a.samples, Samples::I16(vec![0, 3, 5, 2, 2, 4, 0, 0, 0, 0]));
    assert_eq!(
        a.gaps(),
        [Span {
            start: 2.0,
            end: 3.5
        }]
    );
    assert_eq!((b.start(), b.end(), b.samples.len()), (3.5, 4.5, 2));
    assert_eq!((b.unit.as_ref(), a.unit.as_ref()), ("", "mV"));
    assert_eq!((reader.findings(), reader.duration()), (&[][..], 6.5));
    // A stretch that begins and ends in a gap has nothing.
    let gap = reader.read(2.0, 3.5).unwrap();
    assert!(gap.channels.iter().all(|channel| channel.is_empty()));
    reader.seek(1.5);
    let block = reader.next_block(2.5).unwrap().unwrap();
    assert_eq!(block.channels[0].samples, Samples::I16(vec![2, 2]));
    assert_eq!(
        block.channels[0].gaps(),
        [Span {
            start: 2.0,
            end: 3.5
        }]
    );
}

#[test]
fn segments_without_a_layout() {
    let mut given = segments();
    given[0].1 = b"r/2 1 2 8\ns1 4\ns3 4\n";
    let (recording, _) = read(&given).unwrap();
    assert_eq!(recording.channels[0].samples.len(), 8);
    assert_eq!(recording.channels[0].gaps(), []);
}

#[test]
fn segments_may_come_again() {
    // The shape of header(5)'s example: a signal, nothing, the same signal.
    let given: &[(&str, &[u8])] = &[
        ("r.hea", b"r/5 1 2 14\ns1 4\nnull 1\ns1 4\ns1 4\nnull 1\n"),
        ("s1.hea", b"s1 1 2 4\ns1.dat 80 10/mV 0 0 1 10 0 A\n"),
        ("s1.dat", &[129, 130, 131, 132, 0]),
        ("null.hea", b"null 1 2 1\n~ 0 10/mV 0 0 0 0 0 A\n"),
    ];
    let (recording, reader) = read(given).unwrap();
    let a = &recording.channels[0];
    let once = [1, 2, 3, 4];
    assert_eq!(a.samples, Samples::I16(once.repeat(3)));
    let gap = Span {
        start: 2.0,
        end: 2.5,
    };
    assert_eq!(a.gaps(), [gap]);
    assert_eq!(reader.findings().len(), 1, "{:?}", reader.findings());
    let mut reader = Reader::in_memory(files(given), "r").unwrap();
    assert_eq!(blocks(&mut reader, 1.0).1, 12);
}

/// Channels times segments is too much to hold or to go through.
#[test]
fn many_channels_in_many_segments() {
    let (channels, segments) = (8000, 8000);
    let line = |index: usize| format!("~ 0 10/mV 0 0 0 0 0 c{index}\n");
    let lines: String = (0..channels).map(line).collect();
    let mut given = BTreeMap::from([
        ("lay.hea".to_owned(), format!("lay {channels} 2 0\n{lines}")),
        ("s.dat".to_owned(), "\u{1}".to_owned()),
    ]);
    let mut top = format!("r/{} {channels} 2\nlay 0\n", segments + 1);
    for index in 0..segments {
        top += &format!("s{index} 1\n");
        let header = format!("s{index} 1 2 1\ns.dat 80 10/mV 0 0 0 0 0 c{index}\n");
        given.insert(format!("s{index}.hea"), header);
    }
    given.insert("r.hea".to_owned(), top);
    let given = given
        .into_iter()
        .map(|(name, text)| (name, text.into_bytes()));
    let start = Instant::now();
    let mut reader = Reader::in_memory(given.collect(), "r").unwrap();
    let recording = reader.read_frames(0..reader.frames()).unwrap();
    for (index, channel) in recording.channels.iter().enumerate() {
        assert_eq!((channel.len(), channel.start()), (1, index as f64 / 2.0));
    }
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[test]
fn names_that_several_channels_share() {
    let (recording, _) = read(&[
        ("r.hea", b"r/2 2 2 2\nlay 0\ns1 2\n"),
        (
            "lay.hea",
            b"lay 2 2 0\n~ 0 1/mV 0 0 0 0 0 A\n~ 0 1/mV 0 0 0 0 0 A\n",
        ),
        (
            "s1.hea",
            b"s1 2 2 2\ns1.dat 80 1/mV 0 0 1 4 0 A\ns1.dat 80 1/mV 0 0 2 6 0 A\n",
        ),
        ("s1.dat", &[129, 130, 131, 132]),
    ])
    .unwrap();
    assert_eq!(recording.channels[0].samples, Samples::I16(vec![1, 3]));
    assert_eq!(recording.channels[1].samples, Samples::I16(vec![2, 4]));
}

#[test]
fn what_is_odd_is_said_once() {
    let mut given = segments();
    given[0].1 = b"r/3 1 2 12\ns1 4\ns3 4\ns1 4\n";
    given[2].1 = b"s1 1 2 4\ns1.dat 80 10/mV 0 0 7 11 0 A\n";
    given[3].1 = &[128, 131, 133, 130, 0, 0];
    let (_, mut reader) = read(&given).unwrap();
    let once = reader.findings().to_vec();
    assert_eq!(once.len(), 3, "{once:?}");
    for _ in 0..3 {
        reader.read_frames(0..12).unwrap();
    }
    assert_eq!(reader.findings(), once);
}

/// A record of many segments is a channel of many, which must not be gone through for each part that is taken of it.
#[test]
fn parts_of_a_channel_of_many_segments() {
    let count = 60_000;
    let segments = (0..count).map(|index| Segment {
        start: 2.0 * index as f64,
        first: 3 * index,
    });
    let timing = Timing::Regular {
        rate: 4.0,
        segments: segments.collect(),
    };
    let samples = Samples::I16(vec![0; 3 * count]);
    let channel = Channel::new("A", Modality::Other, "mV", timing, samples);
    let start = Instant::now();
    for first in (0..3 * count - 7)
        .step_by(3)
        .map(|index| index + index / 3 % 3)
    {
        for length in [0, 1, 7] {
            let part = channel.part(first..first + length);
            for index in 0..length {
                assert_eq!(part.timing.time(index), channel.timing.time(first + index));
            }
            let Timing::Regular { segments, .. } = part.timing else {
                panic!()
            };
            let last = (first + length).saturating_sub(1).max(first);
            assert_eq!(segments.len(), last / 3 - first / 3 + 1);
        }
    }
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[test]
fn other_calibration_gives_the_unit() {
    let mut given = segments();
    given[6].1 = b"s3 1 2 4\ns3.dat 80 10(5)/mV 0 0 0 0 0 A\n";
    let (recording, reader) = read(&given).unwrap();
    let a = &recording.channels[0];
    assert_eq!(a.conversion, Conversion::None);
    assert_eq!(
        a.all()[..],
        [0.0, 0.3, 0.5, 0.2, 0.2, 0.4, -0.5, -0.5, -0.5, -0.5]
    );
    assert!(matches!(reader.findings(), [Finding::MixedCalibration { signal }] if signal == "A"));
}

#[test]
fn a_record_in_a_zip() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mit.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    for (name, bytes) in segments() {
        zip.start_file(
            format!("db/{name}"),
            zip::write::SimpleFileOptions::default(),
        )
        .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    let mut reader = Reader::open_in(&Tree::open(&path).unwrap(), "db/r").unwrap();
    let recording = reader.read(0.0, 100.0).unwrap();
    assert_eq!(recording, read(&segments()).unwrap().0);
}

#[test]
fn all_ways_to_name_a_record() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("100.5.hea", &b"100.5 1 4\n100.5.dat 16 1 0 0 1 1 0 A\n"[..]),
        ("100.5.dat", &[1, 0]),
    ] {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    for name in ["100.5", "100.5.hea", "100.5.dat", "100.5.atr"] {
        assert_eq!(
            wfdb::read(&folder.path().join(name))
                .unwrap()
                .recording
                .channels
                .len(),
            1,
            "{name}"
        );
    }
    let error = wfdb::read(&folder.path().join("101")).unwrap_err();
    assert!(error.to_string().contains("101.hea is missing"), "{error}");
}
