//! Annotation files byte by byte.

use pathema_signal::wfdb::{self, Annotations, Code, Finding};

fn decode(bytes: &[u8]) -> Annotations {
    Annotations::decode(bytes, "a.atr").unwrap()
}

#[test]
fn fields_carry_over_as_the_format_says() {
    // N at 1 with num 3, subtype -1, channel 2; V 4 later: number and channel stay, the subtype does not.
    let read = decode(&[1, 4, 3, 0xf0, 0xff, 0xf4, 2, 0xf8, 4, 0x14, 0, 0]);
    let fields: Vec<_> = read
        .items
        .iter()
        .map(|item| (item.sample, item.num, item.subtype, item.channel))
        .collect();
    assert_eq!(fields, [(1, 3, -1, 2), (5, 3, 0, 2)]);
}

#[test]
fn skips_add_up_and_may_run_back() {
    // 1 · 2¹⁶ + 2, then −3, then N 5 later.
    let read = decode(&[
        0, 0xec, 1, 0, 2, 0, 0, 0xec, 0xff, 0xff, 0xfd, 0xff, 5, 4, 0, 0,
    ]);
    assert_eq!(read.items[0].sample, 65_536 + 2 - 3 + 5);
    // A mark of no kind is none, and its time counts.
    assert_eq!(decode(&[7, 0, 5, 4, 0, 0]).items[0].sample, 12);
}

#[test]
fn what_speaks_of_the_file_is_no_mark() {
    let note = |text: &str| {
        let mut bytes = vec![0, 0x58, text.len() as u8, 0xfc];
        bytes.extend(text.bytes());
        bytes.resize(bytes.len().next_multiple_of(2), 0);
        bytes
    };
    let bytes = [
        note("## time resolution: 1000"),
        note("## annotation type definitions"),
        note("42 x^ some rhythm"),
        note("## end of definitions"),
        vec![0, 0xec, 0xff, 0xff, 0xff, 0xff, 1, 0],
        note("a note"),
        vec![100, 42 << 2, 0, 0],
    ];
    let read = decode(&bytes.concat());
    assert_eq!(
        (read.resolution, read.items.len(), read.definitions.len()),
        (Some(1000.0), 2, 1)
    );
    assert_eq!(read.items[0].text(), "a note");
    assert_eq!(read.encode().unwrap(), bytes.concat());
    // Ticks, not frames.
    let marks = read.to_recording(360.0, &[]);
    assert_eq!((marks[1].span.start, marks[1].text.as_str()), (0.1, "x^"));
}

#[test]
fn odd_ends() {
    assert_eq!(decode(&[]).findings.len(), 1);
    assert!(matches!(
        decode(&[1, 4]).findings[..],
        [Finding::NoEndMark { .. }]
    ));
    assert!(matches!(
        decode(&[1, 4, 0, 0, 9, 9]).findings[..],
        [Finding::TrailingBytes { count: 2, .. }]
    ));
    let backwards = decode(&[5, 4, 0, 0xec, 0xff, 0xff, 0xfd, 0xff, 1, 4, 0, 0]);
    assert!(matches!(
        backwards.findings[..],
        [Finding::Unordered { count: 1, .. }]
    ));
    assert_eq!(backwards.to_recording(1.0, &[])[0].span.start, 3.0);
}

#[test]
fn cut_anywhere_within_an_annotation_is_an_error() {
    let whole = [
        0, 0xec, 1, 0, 2, 0, 1, 4, 3, 0xf0, 5, 0xfc, b'h', b'e', b'l', b'l', b'o', 0, 0, 0,
    ];
    for length in [1, 2, 3, 4, 5, 6, 7, 9, 11, 12, 13, 14, 15, 16, 17, 19] {
        let error = Annotations::decode(&whole[..length], "cut.atr").unwrap_err();
        assert!(
            error.to_string().starts_with("cut.atr, byte "),
            "{length}: {error}"
        );
    }
    assert_eq!(decode(&whole).items[0].text(), "hello");
}

#[test]
fn beats_are_beats() {
    for code in ["N", "L", "R", "V", "/", "f", "Q", "?", "e", "n", "r", "B"] {
        assert!(Code::from_symbol(code).unwrap().is_beat(), "{code}");
    }
    for code in [
        "+", "~", "|", "!", "[", "]", "x", "\"", "(", ")", "p", "t", "s", "T", "@", "[42]",
    ] {
        assert!(!Code::from_symbol(code).unwrap().is_beat(), "{code}");
    }
}

#[test]
fn marks_between_frames_get_their_own_resolution() {
    let marks = [
        pathema_signal::Annotation::at(0.1234567, "N"),
        pathema_signal::Annotation::at(2.0, "hello there"),
    ];
    let file = Annotations::from_recording(&marks, 360.0, &[]).unwrap();
    assert_eq!(
        (file.resolution, file.items[0].sample),
        (Some(1e6), 123_457)
    );
    assert_eq!(file.to_recording(360.0, &[])[1].text, "\" hello there");
}

#[test]
fn a_missing_file_is_named() {
    let error = wfdb::read_annotations("/nowhere/100.atr".as_ref()).unwrap_err();
    assert!(error.to_string().contains("/nowhere/100.atr"), "{error}");
}
