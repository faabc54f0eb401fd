//! From recordings to one irregular series a modality.

mod extract;
mod features;
mod load;
mod session;

pub use features::{FeaturesError, features_of};
pub use load::{LoadError, Loaded, SubjectManifest, load, load_features, predict_session};
pub use session::{Degraded, Input, Level, Session, Sight, Track};
