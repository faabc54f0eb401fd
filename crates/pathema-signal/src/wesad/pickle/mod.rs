//! Reading Python's pickles of numpy arrays, protocols 0 to 5, without running anything.
//!
//! A pickle is a program for a stack machine that may name any callable and call it. This machine knows the few
//! callables by which numpy rebuilds its arrays, does in Rust what they would do, and refuses every other name before
//! anything is done with it. It reads as the bytes stream by, does not recurse, and holds no more than the bytes that
//! were really there.
//!
//! The format is documented in Python's `pickletools`; how numpy uses it in `ndarray.__reduce__` and
//! `ndarray.__setstate__`.

mod array;
mod blocks;
mod bytes;
mod error;
mod escapes;
mod input;
mod literals;
mod machine;
mod numpy;
mod opcodes;
mod strings;
mod value;

pub use array::{Array, Dtype, Element};
pub use error::{Fault, PickleError};
pub use value::{Pickle, Value};

use std::io::BufRead;

/// Reads one pickle; `file` names it in errors. The reader is left right behind the pickle.
///
/// # Errors
/// If the bytes are no pickle, end early, name a callable outside numpy's array reconstruction, or hold anything that
/// a dict of arrays, texts and numbers does not need.
///
/// ```
/// use pathema_signal::wesad::pickle;
/// // pickle.dumps({'subject': 'S2'}, protocol=2)
/// let bytes = b"\x80\x02}q\x00X\x07\x00\x00\x00subjectq\x01X\x02\x00\x00\x00S2q\x02s.";
/// let pickle = pickle::load(&bytes[..], "S2.pkl")?;
/// assert_eq!(pickle.root().get("subject").unwrap().text().unwrap(), "S2");
/// # Ok::<(), pickle::PickleError>(())
/// ```
pub fn load(reader: impl BufRead, file: &str) -> Result<Pickle, PickleError> {
    let mut machine = machine::Machine::new(reader);
    loop {
        let offset = machine.input.offset();
        match machine.step() {
            Ok(None) => {}
            Ok(Some(root)) => {
                return Ok(Pickle {
                    length: machine.input.offset(),
                    nodes: machine.heap.nodes,
                    root,
                });
            }
            Err(fault) => {
                return Err(PickleError {
                    file: file.to_owned(),
                    offset,
                    fault: if machine.operations == 0 {
                        first(fault)
                    } else {
                        fault
                    },
                });
            }
        }
    }
}

/// What a fault of the very first operation says about the file.
fn first(fault: Fault) -> Fault {
    match fault {
        Fault::Truncated { read: 0 } => Fault::Empty,
        Fault::UnknownOpcode { .. }
        | Fault::Stack { .. }
        | Fault::Malformed { .. }
        | Fault::Memo { .. }
        | Fault::Refused { .. } => Fault::NotAPickle {
            reason: fault.to_string(),
        },
        other => other,
    }
}
