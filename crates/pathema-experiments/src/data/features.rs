use pathema_physio::features::{
    FeatureError, FeatureSet, FeatureTable, Signal, Signals, UnknownSet, Windows,
};
use pathema_signal::{Modality, Placement, Recording};

/// Why features of a recording cannot be computed.
#[derive(Debug, thiserror::Error)]
pub enum FeaturesError {
    /// Nobody knows the set.
    #[error(transparent)]
    UnknownSet(#[from] UnknownSet),
    /// A signal is missing, or does not serve.
    #[error("{placement}: {source}")]
    Features {
        /// Whose sensors.
        placement: Placement,
        /// Why.
        source: FeatureError,
    },
}

/// The features of a recording's windows of `length` seconds, and whose sensors they are of.
///
/// Windows start at multiples of a quarter of a second, the shift of Schmidt et al. (2018).
///
/// # Errors
/// If there is no such set, a modality that it needs was not recorded in regular samples, or its samples do not serve.
pub fn features_of(
    recording: &Recording,
    set: &str,
    length: f64,
) -> Result<(FeatureTable, Placement), FeaturesError> {
    let set = FeatureSet::named(set)?;
    let has = |name| set.modalities.iter().any(|modality| modality.name == name);
    let placement = match has("ecg") {
        true => Placement::Chest,
        false => Placement::Wrist,
    };
    let recorded: Vec<_> = set
        .modalities
        .iter()
        .filter_map(|modality| {
            let channel = recording.channel(placement, Modality::from_name(modality.name)?)?;
            Some((modality.name, channel.all(), channel.rate()?))
        })
        .collect();
    let signals = Signals::of(|name| {
        let (_, samples, rate) = recorded.iter().find(|(of, ..)| *of == name)?;
        Some(Signal {
            samples,
            rate: *rate,
        })
    });
    let windows = Windows {
        length,
        ..Windows::WESAD
    };
    let table = set
        .extract(&signals, &windows)
        .map_err(|source| FeaturesError::Features { placement, source })?;
    Ok((table, placement))
}
