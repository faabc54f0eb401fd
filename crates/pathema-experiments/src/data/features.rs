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
pub(crate) fn features_of(
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
    let take = |name, modality| {
        let channel = recording
            .channel(placement, modality)
            .filter(|_| has(name))?;
        Some((channel.all(), channel.rate()?))
    };
    let acc = take("acc", Modality::Acc);
    let ecg = take("ecg", Modality::Ecg);
    let bvp = take("bvp", Modality::Bvp);
    let eda = take("eda", Modality::Eda);
    let emg = take("emg", Modality::Emg);
    let resp = take("resp", Modality::Resp);
    let temp = take("temp", Modality::Temp);
    let signals = Signals {
        acc: signal(&acc),
        ecg: signal(&ecg),
        bvp: signal(&bvp),
        eda: signal(&eda),
        emg: signal(&emg),
        resp: signal(&resp),
        temp: signal(&temp),
    };
    let windows = Windows {
        length,
        ..Windows::WESAD
    };
    let table = set
        .extract(&signals, &windows)
        .map_err(|source| FeaturesError::Features { placement, source })?;
    Ok((table, placement))
}

fn signal<S: AsRef<[f64]>>(recorded: &Option<(S, f64)>) -> Option<Signal<'_>> {
    recorded.as_ref().map(|(samples, rate)| Signal {
        samples: samples.as_ref(),
        rate: *rate,
    })
}
