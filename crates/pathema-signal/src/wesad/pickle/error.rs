//! What can be wrong with a pickle.

use std::io;

/// Why a pickle could not be read, and where.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {fault} (byte {offset})")]
pub struct PickleError {
    /// The file, as the caller named it.
    pub file: String,
    /// Where the operation that failed begins, in bytes from the start of the pickle.
    pub offset: u64,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with one operation of a pickle.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The reader failed.
    #[error("cannot be read: {0}; if it lies in a zip, fetch the zip again")]
    Io(#[from] io::Error),
    /// The file has no bytes.
    #[error("the file is empty; fetch it again")]
    Empty,
    /// The very first operation makes no sense, so this is some other kind of file.
    #[error("this is no pickle ({reason}); expected SX.pkl as in the official archive")]
    NotAPickle {
        /// Why its first bytes cannot begin a pickle.
        reason: String,
    },
    /// The bytes end before the pickle does.
    #[error("the pickle is cut short after {read} bytes; fetch the file again")]
    Truncated {
        /// How many bytes there were.
        read: u64,
    },
    /// A callable that has no part in rebuilding numpy arrays.
    #[error(
        "the pickle names the callable {module}.{name}, which numpy arrays do not need; nothing was called. Do not \
         load this file elsewhere; fetch SX.pkl from the official archive"
    )]
    ForbiddenGlobal {
        /// Its module.
        module: String,
        /// Its name in the module.
        name: String,
    },
    /// A protocol that does not exist yet.
    #[error("the pickle has protocol {found}, expected 0 to 5; save it again with protocol 4")]
    Protocol {
        /// The protocol that the pickle declares.
        found: u8,
    },
    /// A byte that is no operation.
    #[error(
        "0x{opcode:02x} is no pickle operation; the file is damaged or no pickle: fetch it again"
    )]
    UnknownOpcode {
        /// The byte.
        opcode: u8,
    },
    /// An operation that pickles have and this reader refuses.
    #[error("the pickle uses {opcode}, which is refused: {reason}")]
    Refused {
        /// The operation, as Python's `pickletools` names it.
        opcode: &'static str,
        /// Why, and what to do.
        reason: &'static str,
    },
    /// An operation lacks its operands.
    #[error(
        "{opcode} finds {found} on the stack, expected {expected}; the file is damaged: fetch it again"
    )]
    Stack {
        /// The operation, as Python's `pickletools` names it.
        opcode: &'static str,
        /// What the stack holds.
        found: &'static str,
        /// What the operation works on.
        expected: &'static str,
    },
    /// A memo entry that was never stored.
    #[error("memo entry {key} was never stored; the file is damaged: fetch it again")]
    Memo {
        /// The entry's number.
        key: u64,
    },
    /// Text of a number, string or name that does not parse.
    #[error("{what} does not read: {found}; the file is damaged: fetch it again")]
    Malformed {
        /// What it should have been.
        what: &'static str,
        /// What stands there.
        found: String,
    },
    /// An allowed callable with arguments or a state that numpy would not write.
    #[error("{callable}: {problem}")]
    Call {
        /// The callable.
        callable: &'static str,
        /// What is off and what was expected.
        problem: String,
    },
    /// More operations than any recording needs.
    #[error(
        "the pickle has more than {limit} operations; a recording is a dict of about ten numpy arrays"
    )]
    TooManyOperations {
        /// The limit.
        limit: u64,
    },
    /// More data than any recording holds.
    #[error(
        "the pickle holds more than {limit} bytes of data; a recording holds about 300 million"
    )]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
}
