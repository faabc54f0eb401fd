//! Files of a data set, in a folder or in a zip, read one and the same way.
//!
//! A [`Tree`] knows the names of its files and opens each as a stream. Zips may lie in zips. Names that lead out of the
//! archive are refused, and no file is read past the size that its kind can have, whatever an archive declares.

mod member;
pub(crate) mod number;
mod rows;
mod tree;

pub(crate) use rows::Rows;
pub use tree::Tree;
pub(crate) use tree::is_zip;
pub(crate) use tree::regular;
pub(crate) use tree::{read_limited, stream};

/// Whether a name is one that file systems leave in archives.
pub(crate) fn is_debris(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    name.starts_with("__MACOSX/") || file.starts_with("._")
}

/// Most bytes of a zip inside a zip, which is held in memory while it is read.
pub(crate) const INNER_LIMIT: u64 = 1 << 30;

/// Most bytes of a text that is read whole: heads, questionnaires, readmes.
pub(crate) const TEXT_LIMIT: u64 = 16 << 20;
