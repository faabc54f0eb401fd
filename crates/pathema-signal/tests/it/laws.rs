//! Whatever the bytes, the machine answers: with a value or an error, never with a panic.

use std::io::BufReader;

use pathema_signal::wesad::pickle::{self, Fault};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{DataSet, golden};

const PICKLES: [&str; 8] = [
    "wrist_2.pkl",
    "both_5.pkl",
    "python2_0.pkl",
    "python2_2.pkl",
    "orders_3.pkl",
    "small_0.pkl",
    "small_2.pkl",
    "small_5.pkl",
];

#[test]
fn every_truncation_of_a_small_pickle_is_an_error() {
    for protocol in 0..=5 {
        let bytes = golden(&format!("small_{protocol}.pkl"));
        for length in 0..bytes.len() {
            let error = pickle::load(&bytes[..length], "cut.pkl").unwrap_err();
            assert!(
                matches!(error.fault, Fault::Truncated { .. } | Fault::Empty),
                "{length}: {error}"
            );
            assert!(error.to_string().starts_with("cut.pkl: "));
        }
    }
}

proptest! {
    #[test]
    fn any_truncation_is_an_error(which in 0..PICKLES.len(), at in 0.0..1.0) {
        let bytes = golden(PICKLES[which]);
        let length = (at * bytes.len() as f64) as usize;
        prop_assert!(pickle::load(&bytes[..length], "cut.pkl").is_err());
    }

    #[test]
    fn mutated_bytes_never_panic(
        which in 0..PICKLES.len(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = golden(PICKLES[which]);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(pickle) = pickle::load(&bytes[..], "mutated.pkl") {
            prop_assert!(pickle.length() <= bytes.len() as u64);
        }
        // The checks behind the machine hold as well.
        let _ = DataSet::new(&bytes).read();
    }

    #[test]
    fn random_bytes_never_panic(bytes in vec(any::<u8>(), 0..200)) {
        let _ = pickle::load(&bytes[..], "random.pkl");
    }

    #[test]
    fn chunks_of_any_size_read_the_same(which in 0..PICKLES.len(), size in 1_usize..40) {
        let bytes = golden(PICKLES[which]);
        let chunked = BufReader::with_capacity(size, &bytes[..]);
        let chunked = pickle::load(chunked, "x").unwrap();
        let whole = pickle::load(&bytes[..], "x").unwrap();
        prop_assert_eq!(format!("{chunked:?}"), format!("{whole:?}"));
    }

    #[test]
    fn quoted_strings_are_python_2s(bytes in vec(any::<u8>(), 0..60), size in 1_usize..12) {
        // Every escape that Python 2 wrote, and the octal one, which it read as well.
        let mut text = b"S'".to_vec();
        for (index, &byte) in bytes.iter().enumerate() {
            match byte {
                b'\n' => text.extend(b"\\n"),
                b'\t' => text.extend(b"\\t"),
                b'\r' => text.extend(b"\\r"),
                b'\\' | b'\'' => text.extend([b'\\', byte]),
                b' '..=b'~' => text.push(byte),
                _ if index % 3 == 0 => text.extend(format!("\\{byte:03o}").bytes()),
                _ => text.extend(format!("\\x{byte:02x}").bytes()),
            }
        }
        text.extend(b"'\n.");
        let pickle = pickle::load(BufReader::with_capacity(size, &text[..]), "x").unwrap();
        prop_assert_eq!(pickle.root().bytes().unwrap(), &bytes[..]);
    }
}
