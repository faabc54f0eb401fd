//! WESAD: the synchronised pickles, the questionnaires and the readmes.
//!
//! Schmidt, Reiss, Dürichen, Marberger and Van Laerhoven 2018, *Introducing WESAD, a multimodal dataset for wearable
//! stress and affect detection*. [`Archive::open`] takes the official zip, its folder, or any folder or zip of the same
//! layout, with chest, wrist or both in each pickle. Nothing in a pickle is ever executed: see [`pickle`].

mod archive;
mod error;
mod finding;
mod labels;
pub mod pickle;
mod questionnaire;
pub mod raw;
mod readme;
pub mod scores;
mod signals;
mod source;

pub use archive::{Archive, Provenance, Subject, read_pickle};
pub use error::WesadError;
pub use finding::Finding;
pub use questionnaire::{Condition, Phase, Questionnaire};
pub use readme::Readme;
pub(crate) use source::is_subject;
