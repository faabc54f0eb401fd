//! From recordings to one irregular series a modality.

mod extract;
mod load;
mod session;

pub use load::{LoadError, Loaded, SubjectManifest, load, predict_session};
pub use session::{Input, Session, Track};
