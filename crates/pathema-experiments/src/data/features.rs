use pathema_physio::features::{FeatureError, FeatureSet, FeatureTable, Signal, Signals, Windows};
use pathema_signal::{Modality, Placement, Recording};

/// Why features of a recording cannot be computed.
#[derive(Debug, thiserror::Error)]
pub enum FeaturesError {
    /// A signal is missing, or does not serve.
    #[error("{subject}, {placement}: {source}")]
    Features {
        /// Who.
        subject: String,
        /// Whose sensors.
        placement: Placement,
        /// Why.
        source: FeatureError,
    },
}

/// The features of all windows of a recording, by the sensors at `placement`.
///
/// # Errors
/// If a modality that the set needs was not recorded there in regular samples, or its samples do not serve.
pub fn features_of(
    recording: &Recording,
    placement: Placement,
    set: &FeatureSet,
    windows: &Windows,
) -> Result<FeatureTable, FeaturesError> {
    let channel = |modality| {
        let channel = recording.channel(placement, modality)?;
        Some((channel.all(), channel.rate()?))
    };
    let needed = |name| set.modalities.iter().any(|modality| modality.name == name);
    let take = |name, modality| needed(name).then(|| channel(modality)).flatten();
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
    set.extract(&signals, windows)
        .map_err(|source| FeaturesError::Features {
            subject: recording.subject.clone(),
            placement,
            source,
        })
}

fn signal<S: AsRef<[f64]>>(recorded: &Option<(S, f64)>) -> Option<Signal<'_>> {
    recorded.as_ref().map(|(samples, rate)| Signal {
        samples: samples.as_ref(),
        rate: *rate,
    })
}
