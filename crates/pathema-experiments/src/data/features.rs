use pathema_physio::features::FeatureTable;
use pathema_signal::{Placement, Recording};

/// Why the features of a recording could not be computed.
#[derive(Debug, thiserror::Error)]
pub enum FeaturesError {
    /// Nobody knows the set, or how to compute it.
    #[error("there is no set of features {set:?} that can be computed of windows of {length} s")]
    UnknownSet {
        /// The name given.
        set: String,
        /// Seconds that a window lasts.
        length: f64,
    },
}

/// The features of a recording's windows of `length` seconds, and whose sensors they are of.
///
/// Windows start at multiples of a quarter of a second, the shift of Schmidt et al. (2018).
pub(crate) fn features_of(
    _recording: &Recording,
    set: &str,
    length: f64,
) -> Result<(FeatureTable, Placement), FeaturesError> {
    Err(FeaturesError::UnknownSet {
        set: set.to_owned(),
        length,
    })
}
