//! What models, protocols and normalisations are called, and which models belong together.

use crate::records::{Key, Normalisation, Protocol, Row};

/// Models that are drawn in one colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Family {
    /// Neural CDEs and log-ODEs.
    Controlled,
    /// Made for irregular data in another way.
    Irregular,
    /// Of a resampled, imputed grid.
    Grid,
    /// Of hand-made features.
    Classical,
    /// What all are measured against.
    Reference,
    /// Not known here.
    Other,
}

impl Family {
    pub(crate) fn of(model: &str) -> Family {
        let is = |names: &[&str]| {
            names
                .iter()
                .any(|name| model == *name || model.starts_with(&format!("{name}-")))
        };
        if model.contains("cde") || is(&["prototype", "log-ode", "logode", "late-average", "late"])
        {
            Family::Controlled
        } else if is(&["gru-d", "ode-rnn", "latent-ode", "mtan"]) {
            Family::Irregular
        } else if is(&["lstm", "gru", "cnn", "transformer", "tcn"]) {
            Family::Grid
        } else if is(&[
            "lda", "logistic", "tree", "forest", "adaboost", "knn", "svm",
        ]) {
            Family::Classical
        } else if is_reference(model) {
            Family::Reference
        } else {
            Family::Other
        }
    }

    /// Its class in the style sheet.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Family::Controlled => "f-cde",
            Family::Irregular => "f-irregular",
            Family::Grid => "f-grid",
            Family::Classical => "f-classical",
            Family::Reference => "f-reference",
            Family::Other => "f-other",
        }
    }
}

/// Whether a model sees no signal, and stands in a table only to be measured against.
pub(crate) fn is_reference(model: &str) -> bool {
    matches!(model, "clock" | "majority")
}

/// A model's name as people write it; one that is not known here, as it is.
pub(crate) fn model(name: &str) -> String {
    if let Some((network, output)) = name.rsplit_once('-')
        && network != "cde"
    {
        match output {
            "late" => return format!("{}, late averaging", model(network)),
            "attention" => return format!("{}, cross-modal", model(network)),
            _ => (),
        }
    }
    let known = match name {
        "cde" => "neural CDE",
        "prototype" => "neural CDE, the prototype's",
        "cde-ensemble" => "neural CDE, 5 members",
        "method" => "transformer of the method",
        "method-cde" => "neural CDE of the method",
        "cde-late" => "neural CDE, late averaging",
        "cde-linear" => "neural CDE, slopes of linear paths",
        "cde-hermite" => "neural CDE, slopes of Hermite paths",
        "cde-natural" => "neural CDE, slopes of natural splines",
        "cde-attention" | "attention" => "neural CDE, cross-modal",
        "log-ode" | "logode" => "log-ODE",
        "late" | "late-average" => "late averaging",
        "lstm" => "LSTM",
        "gru" => "GRU",
        "cnn" => "1D-CNN",
        "transformer" => "cross-modal transformer",
        "gru-d" => "GRU-D",
        "ode-rnn" => "ODE-RNN",
        "lda" => "LDA",
        "logistic" => "logistic regression",
        "tree" => "decision tree",
        "forest" => "random forest",
        "adaboost" => "AdaBoost",
        "knn" => "kNN",
        "lda-channels" => "LDA of the channels",
        "logistic-channels" => "logistic regression of the channels",
        "forest-channels" => "random forest of the channels",
        other => other,
    };
    known.into()
}

/// The network whose output a model's name may say: `cde` of `cde-late`.
pub(crate) fn network(name: &str) -> &str {
    match name.rsplit_once('-') {
        Some((network, "late" | "attention" | "both")) => network,
        _ => name,
    }
}

/// Whether a variant is not of a fit, but of another of its outputs.
pub(crate) fn is_of_output(variant: &str) -> bool {
    ["recalibrated", "own head", "one member"]
        .iter()
        .any(|output| variant.ends_with(output))
}

/// Modalities as people write them.
pub(crate) fn modalities(name: &str) -> String {
    let parts = name.split('+').map(|part| match part {
        "heart" => "heart (BVP)".to_owned(),
        "eda" | "acc" | "temp" | "ecg" | "bvp" | "emg" => part.to_uppercase(),
        other => other.to_owned(),
    });
    parts.collect::<Vec<_>>().join(" + ")
}

pub(crate) fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Loso => "LOSO",
        Protocol::CrossOrder => "cross-order",
        Protocol::RandomSplit => "random split",
    }
}

/// As it stands in file names.
pub(crate) fn protocol_slug(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Loso => "loso",
        Protocol::CrossOrder => "cross-order",
        Protocol::RandomSplit => "random-split",
    }
}

/// Whether figures under a protocol are shown only to measure how much they flatter.
pub(crate) fn flatters(protocol: Protocol) -> bool {
    protocol == Protocol::RandomSplit
}

/// What the dagger says.
pub(crate) const CONFOUNDED: &str =
    "† Confounded: owes something to the protocol's clock or to the future.";

/// With a dagger where it is confounded.
pub(crate) fn normalisation(normalisation: Normalisation) -> String {
    let dagger = if normalisation.is_confounded() {
        " †"
    } else {
        ""
    };
    format!("{}{dagger}", normalisation_slug(normalisation))
}

/// As it stands in file names.
pub(crate) fn normalisation_slug(normalisation: Normalisation) -> &'static str {
    match normalisation {
        Normalisation::Population => "population",
        Normalisation::Causal => "causal",
        Normalisation::CausalFromStart => "causal-from-start",
        Normalisation::Transductive => "transductive",
    }
}

/// What was taken away: `clean`, `50 % at random`, `70 % in bursts`, `heart half gone`; anything else as it is.
pub(crate) fn tested(name: &str) -> String {
    match share_missing(name) {
        Some((Loss::Random, share)) => format!("{share} % at random"),
        Some((Loss::Bursts, share)) => format!("{share} % in bursts"),
        None => name.replace('-', " "),
    }
}

/// How samples were taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    Random,
    Bursts,
}

/// Which, and the percentage; of `clean` neither.
pub(crate) fn share_missing(tested: &str) -> Option<(Loss, u32)> {
    let (kind, share) = tested.rsplit_once('-')?;
    let share = share.parse().ok().filter(|share| *share <= 100)?;
    match kind {
        "random" => Some((Loss::Random, share)),
        "burst" | "bursts" => Some((Loss::Bursts, share)),
        _ => None,
    }
}

pub(crate) fn selection(selection: &str) -> String {
    match selection {
        "post-hoc" => "post hoc".into(),
        other => other.into(),
    }
}

/// Whether two keys name the same row.
pub(crate) fn same(one: &Key, other: &Key) -> bool {
    let without_seed = |key: &Key| Key {
        seed: 0,
        ..key.clone()
    };
    without_seed(one) == without_seed(other)
}

/// A row's model with its variant.
pub(crate) fn row(row: &Row) -> String {
    match row.key.variant.as_str() {
        "" => model(&row.key.model),
        variant => format!("{}, {}", model(&row.key.model), variant),
    }
}
