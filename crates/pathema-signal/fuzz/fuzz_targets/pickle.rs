//! Any bytes through the pickle machine, and through all that can be asked of what it made.
//!
//! `../tests/it/golden/*.pkl` are good seeds:
//! `cargo +nightly fuzz run pickle fuzz/corpus/pickle tests/it/golden`

#![no_main]

use std::io::BufReader;

use libfuzzer_sys::fuzz_target;
use pathema_signal::wesad::{
    self,
    pickle::{self, Value},
};

fuzz_target!(|bytes: &[u8]| {
    let whole = pickle::load(bytes, "whole");
    // However the bytes come in chunks, the answer is the same.
    let chunked = BufReader::with_capacity(1 + bytes.len() % 61, bytes);
    let chunked = pickle::load(chunked, "whole");
    // Whatever it holds, making a recording of it ends, with one or with an error.
    let _ = wesad::read_pickle(bytes, "whole");
    match (whole, chunked) {
        (Ok(whole), Ok(chunked)) => {
            assert_eq!(format!("{whole:?}"), format!("{chunked:?}"));
            ask(whole.root());
        }
        (Err(whole), Err(chunked)) => assert_eq!(whole.to_string(), chunked.to_string()),
        (whole, chunked) => panic!("{whole:?} and {chunked:?}"),
    }
});

/// Asks an object and its children, not their children: cycles are allowed.
fn ask(root: Value<'_>) {
    let entries = root.entries().into_iter().flatten();
    let items = root.items().into_iter().flatten();
    let children = entries.flat_map(|(key, value)| [key, value]).chain(items);
    for value in children.chain([root]) {
        let _ = (
            value.kind(),
            value.text(),
            value.int(),
            value.float(),
            value.bool(),
        );
        if let Some(array) = value.array() {
            assert_eq!(array.to_f64().len(), array.len());
            assert_eq!(array.shape().iter().product::<usize>(), array.len());
        }
    }
}
