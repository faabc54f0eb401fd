//! Pickles that are refused: each error names the file, what is off and the way out.

use pathema_signal::Label;
use pathema_signal::wesad::{Finding, WesadError};

use crate::support::{DataSet, Py, golden, wrist};

#[track_caller]
fn check(pickle: &[u8], expected: &[&str]) -> WesadError {
    let error = DataSet::new(pickle).read().unwrap_err();
    let text = error.to_string();
    assert!(text.contains("S2.pkl"), "{text}");
    for part in expected {
        assert!(text.contains(part), "{text}");
    }
    error
}

/// The good wrist with one entry replaced.
fn with(path: &'static str, value: Option<Py>) -> Vec<u8> {
    let mut recording = wrist();
    recording.set(path, value);
    recording.pickle()
}

/// What is found odd in a pickle that is read.
#[track_caller]
fn check_found(pickle: &[u8], expected: &str) {
    let findings = DataSet::new(pickle).read().unwrap().findings;
    let found: Vec<_> = findings.iter().map(Finding::to_string).collect();
    assert!(found.iter().any(|finding| finding == expected), "{found:?}");
}

#[test]
fn the_good_wrist_is_read() {
    let subject = DataSet::new(&wrist().pickle()).read().unwrap();
    let labels: Vec<_> = subject
        .recording
        .labels
        .iter()
        .map(|run| (run.label, run.start, run.end))
        .collect();
    assert_eq!(
        labels,
        [(Label::Baseline, 0.0, 2.0), (Label::Stress, 2.0, 4.0)]
    );
}

#[test]
fn callables_outside_numpy_are_refused_by_name() {
    #[track_caller]
    fn refused(pickle: &[u8], module: &str, name: &str) {
        let full = format!("{module}.{name}");
        match check(pickle, &[&full, "nothing was called"]) {
            WesadError::ForbiddenGlobal {
                file,
                module: found,
                name: called,
            } => {
                assert!(file.ends_with("S2.pkl"));
                assert_eq!((found.as_str(), called.as_str()), (module, name));
            }
            other => panic!("{other:?}"),
        }
    }
    refused(b"cos\nsystem\n(S'true'\ntR.", "os", "system");
    refused(b"(S'true'\nios\nsystem\n.", "os", "system");
    refused(b"(cos\nsystem\nS'true'\no.", "os", "system");
    refused(
        b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R.",
        "posix",
        "system",
    );
    refused(
        b"\x80\x02cbuiltins\neval\nX\x03\x00\x00\x001+1\x85R.",
        "builtins",
        "eval",
    );
    refused(
        b"\x80\x02ccopy_reg\n_reconstructor\n.",
        "copy_reg",
        "_reconstructor",
    );
    refused(b"\x80\x02cnumpy\nload\n.", "numpy", "load");
    // The names join to something allowed, but are not it.
    refused(
        b"\x80\x02cnumpy.core\nmultiarray._reconstruct\n.",
        "numpy.core",
        "multiarray._reconstruct",
    );
    // Control characters stay out of the terminal.
    refused(b"c\x1b[2J\nx\n.", "\\u{1b}[2J", "x");
    // In the midst of a recording.
    let evil = golden("both_0.pkl");
    let text = String::from_utf8_lossy(&evil).replace("cnumpy\ndtype", "cos\npopen");
    refused(text.as_bytes(), "os", "popen");
}

#[test]
fn other_ways_out_of_the_file_are_refused() {
    check(b"\x80\x02}\x82\x01.", &["EXT1", "save the file again"]);
    check(b"\x80\x02}\x83\x01\x00.", &["EXT2"]);
    check(b"\x80\x02}\x84\x01\x00\x00\x00.", &["EXT4"]);
    check(b"(P12\n.", &["PERSID", "outside the file"]);
    check(b"\x80\x02K\x01Q.", &["BINPERSID", "outside the file"]);
    check(b"\x80\x05}\x97.", &["NEXT_BUFFER", "buffer_callback"]);
    check(b"\x80\x05}\x98.", &["READONLY_BUFFER", "buffer_callback"]);
    check(b"\x80\x04}\x8f.", &["EMPTY_SET", "no sets"]);
    check(b"\x80\x04}\x92.", &["NEWOBJ_EX"]);
}

#[test]
fn allowed_callables_take_what_numpy_gives_them_only() {
    check(
        b"\x80\x02c_codecs\nencode\nX\x01\x00\x00\x00aX\x05\x00\x00\x00rot13\x86R.",
        &["_codecs.encode"],
    );
    check(b"\x80\x02cnumpy\nndarray\n)R.", &["numpy.ndarray"]);
    check(
        b"\x80\x02cnumpy\ndtype\nX\x01\x00\x00\x00O\x85R.",
        &["\"O\"", "f4 f8 i1"],
    );
    check(
        b"\x80\x02cnumpy\ndtype\nX\x02\x00\x00\x00c8\x85R.",
        &["\"c8\""],
    );
    check(
        b"\x80\x02cbuiltins\nbytearray\nJ\xff\xff\xff\x7f\x85R.",
        &["bytearray"],
    );
    check(b"\x80\x02}K\x01)R.", &["REDUCE", "callable"]);
    check(b"\x80\x02}K\x01b.", &["BUILD"]);
}

#[test]
fn files_that_are_no_pickle() {
    check(b"", &["empty"]);
    check(b"PK\x03\x04 a zip", &["no pickle"]);
    check(b"<html>", &["no pickle"]);
    check(b"# Subj;S2;;;", &["no pickle"]);
    check(b"\x1f\x8b gzip", &["no pickle"]);
    check(b"\x93NUMPY\x01\x00", &["no pickle"]);
    check(b"\x80\x06}.", &["protocol 6", "protocol 4"]);
}

#[test]
fn damaged_pickles() {
    check(b"\x80\x02}\xff.", &["0xff", "byte 3"]);
    check(b"\x80\x02}h\x07.", &["memo entry 7"]);
    check(b"\x80\x02}(K\x01u.", &["SETITEMS", "a key without a value"]);
    check(b"\x80\x02}}00.", &["STOP"]);
    check(b"\x80\x02(K\x01s.", &["SETITEM"]);
    check(b"}I12x\n.", &["12x"]);
    check(b"}S'no end\n.", &["quoted string"]);
    check(b"}S'\\xzz'\n.", &["quoted string"]);
    check(b"}V\\ud800\n.", &["Unicode"]);
    check(b"\x80\x02}X\x01\x00\x00\x00\xff.", &["text does not read"]);
    check(b"\x80\x02}T\xff\xff\xff\xff.", &["a length", "-1"]);
    check(b"\x80\x02}\x8a\x09123456789.", &["64 bits"]);
}

#[test]
fn lengths_that_lie_allocate_nothing() {
    check(b"\x80\x04}B\xff\xff\xff\x7f.", &["cut short"]);
    check(
        b"\x80\x04}\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.",
        &["more than"],
    );
    check(
        b"\x80\x05}\x96\x00\x00\x00\x00\x01\x00\x00\x00.",
        &["more than"],
    );
    let mut endless = b"\x80\x02".to_vec();
    endless.resize(2_000_000, b'}');
    check(&endless, &["more than 1000000 operations"]);
    // A shape whose product is beyond 64 bits.
    let shape = vec![i32::MAX; 4];
    check(
        &with("label", Some(Py::Array("f8", shape, vec![0; 8]))),
        &["8 bytes"],
    );
}

#[test]
fn a_long_tuple_used_again_and_again_takes_no_time() {
    // A million arguments, called with a hundred thousand times, would be 10¹¹ copies.
    let mut pickle = b"\x80\x02cnumpy\ndtype\nq\x00(".to_vec();
    pickle.resize(pickle.len() + 400_000, b'N');
    pickle.extend(b"tq\x01");
    for _ in 0..100_000 {
        pickle.extend(b"h\x00h\x01R");
    }
    check(&pickle, &["a short tuple of arguments"]);
}

#[test]
fn depth_is_no_matter() {
    // 300,000 tuples in each other, and lists that hold each other.
    let mut pickle = b"\x80\x02)".to_vec();
    pickle.resize(300_000, 0x85);
    pickle.push(b'.');
    check(&pickle, &["the pickle is of type tuple, expected a dict"]);
    check(b"\x80\x02]q\x00h\x00a.", &["the pickle is of type list"]);
}

#[test]
fn wrong_shapes() {
    let array = |shape: &[i32]| Some(Py::floats(shape));
    check(
        &with("signal.wrist.ACC", array(&[128, 2])),
        &["signal.wrist.ACC", "[128, 2]", "(n, 3)"],
    );
    check(
        &with("signal.wrist.ACC", array(&[384])),
        &["signal.wrist.ACC", "[384]", "(n, 3)"],
    );
    check(
        &with("signal.wrist.BVP", array(&[256, 3])),
        &["signal.wrist.BVP", "[256, 3]", "(n, 1)"],
    );
    check(
        &with("signal.wrist.BVP", array(&[256, 1, 1])),
        &["[256, 1, 1]"],
    );
    check(
        &with("signal.wrist.EDA", array(&[])),
        &["signal.wrist.EDA", "shape []"],
    );
    check(
        &with("signal.wrist.EDA", Some(Py::Int(3))),
        &["signal.wrist.EDA is of type int"],
    );
    check(
        &with("label", array(&[2800])),
        &["label", "f8", "whole numbers"],
    );
    check(
        &with("label", Some(Py::Array("u1", vec![2800, 1], vec![0; 2800]))),
        &["label", "one-dimensional"],
    );
    check(&with("label", Some(Py::ints(&[]))), &["label", "shape [0]"]);
}

#[test]
fn bytes_that_do_not_fill_the_shape() {
    let array = Py::Array("f8", vec![16, 1], vec![0; 127]);
    check(
        &with("signal.wrist.EDA", Some(array)),
        &["[16, 1]", "127 bytes, expected 128"],
    );
}

#[test]
fn wrong_lengths_and_rates() {
    // A second and a half short.
    let error = check(
        &with("signal.wrist.EDA", Some(Py::floats(&[10, 1]))),
        &["signal.wrist.EDA has 10 samples"],
    );
    let WesadError::Length {
        found,
        expected,
        rate,
        implied,
        seconds,
        ..
    } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!(
        (found, expected, rate, implied, seconds),
        (10, 16, 4.0, 2.5, 4.0)
    );
    // BVP at the rate of the acceleration.
    check(
        &with("signal.wrist.BVP", Some(Py::floats(&[128, 1]))),
        &["BVP has 128 samples, expected 256", "32.00 Hz"],
    );
    // All channels agree: it is the labels that are off.
    check(
        &with("label", Some(Py::ints(&[0; 700]))),
        &["label has 700 samples, expected 2800"],
    );
}

#[test]
fn up_to_a_second_is_found_odd() {
    let shorter = with("signal.wrist.EDA", Some(Py::floats(&[13, 1])));
    check_found(
        &shorter,
        "signal.wrist.EDA lasts 3.250 s, the others 4.000 s",
    );
}

#[test]
fn missing_entries() {
    check(
        &with("signal", None),
        &["signal is missing", "chest, wrist or both"],
    );
    check(
        &with("signal", Some(Py::Int(1))),
        &["signal is of type int"],
    );
    check(
        &with("signal", Some(Py::Dict(vec![]))),
        &["signal is a dict of 0 entries"],
    );
    check(
        &with("signal.wrist", Some(Py::Dict(vec![]))),
        &["arrays in chest, wrist or both"],
    );
    check(
        &with("signal.wrist", Some(Py::Text("gone"))),
        &["signal.wrist is of type str"],
    );
    check(&with("label", None), &["label is missing"]);
    check_found(
        &with("signal.wrist.TEMP", None),
        "signal.wrist.TEMP is missing",
    );
    check_found(
        &with("subject", None),
        "the pickle names no subject; its folder's name S2 was taken",
    );
}

#[test]
fn odd_entries() {
    check_found(
        &with("signal.wrist.HR", Some(Py::Int(60))),
        "signal.wrist has 1 entries that are not known, first \"HR\"; they were passed over",
    );
    check_found(
        &with("notes", Some(Py::Text("none"))),
        "the pickle has 1 entries that are not known, first \"notes\"; they were passed over",
    );
    check_found(
        &with("subject", Some(Py::Text("S3"))),
        "the pickle says \"S3\", its folder S2, which was taken",
    );
    let mut eda = vec![0; 16 * 8];
    eda[..8].copy_from_slice(&f64::NAN.to_le_bytes());
    eda[8..16].copy_from_slice(&f64::INFINITY.to_le_bytes());
    let array = Py::Array("f8", vec![16, 1], eda);
    check_found(
        &with("signal.wrist.EDA", Some(array)),
        "signal.wrist.EDA has 2 values that are NaN or infinite",
    );
}

#[test]
fn unknown_label_codes() {
    let mut labels = [1; 2800];
    labels[1234] = 8;
    check(
        &with("label", Some(Py::ints(&labels))),
        &["label is 8 at sample 1234", "0 to 7"],
    );
    labels[7] = -1;
    check(
        &with("label", Some(Py::ints(&labels))),
        &["label is -1 at sample 7"],
    );
}
