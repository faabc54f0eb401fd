use pathema_experiments::data::FeaturesError;
use pathema_physio::BeatError;
use pathema_signal::wesad::WesadError;
use pathema_signal::{FormatError, Modality, Placement};

/// Why no series could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignalsError {
    /// The files could not be read.
    #[error(transparent)]
    Wesad(#[from] WesadError),
    /// A file of AffectiveROAD is not what it should be.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// A drive lacks what is needed of it.
    #[error(
        "{subject} has no {what}, which {needed_for} needs ({findings}): fetch its files again, leave the drive out, or ask for less"
    )]
    Lacks {
        /// Which drive.
        subject: String,
        /// What is missing.
        what: String,
        /// What for.
        needed_for: String,
        /// What is odd about its files.
        findings: String,
    },
    /// A drive that nobody drives.
    #[error(
        "{subject} lasts {hours:.0} hours: its E4s' recordings do not belong together; see which does, and take the others away"
    )]
    TooLong {
        /// Which drive.
        subject: String,
        /// How long.
        hours: f64,
    },
    /// A subject was asked for that the data set does not have.
    #[error("{path} has no subject {subject}: it has {}", known.join(", "))]
    UnknownSubject {
        /// The data set.
        path: String,
        /// Who was asked for.
        subject: String,
        /// Whom it has.
        known: Vec<String>,
    },
    /// Features could not be computed.
    #[error("features of {subject}: {source}")]
    Features {
        /// Who.
        subject: String,
        /// Why.
        source: FeaturesError,
    },
    /// A channel that a modality needs was not recorded.
    #[error(
        "{subject} has no {placement} {modality}, which the modality {group} needs: leave the modality out or choose \
         another placement"
    )]
    Missing {
        /// Who.
        subject: String,
        /// Where it should have been worn.
        placement: Placement,
        /// What is missing.
        modality: Modality,
        /// For which modality of the study.
        group: &'static str,
    },
    /// A channel has no sampling rate, so that no beats can be sought and no blocks be made.
    #[error(
        "{modality} of {subject} has samples at times of their own: resample it to one rate, gaps as NaN"
    )]
    Irregular {
        /// Who.
        subject: String,
        /// What.
        modality: Modality,
    },
    /// Acceleration that does not have three axes.
    #[error("ACC of {subject} has {axes} axes: three are needed")]
    Axes {
        /// Who.
        subject: String,
        /// How many there are.
        axes: usize,
    },
    /// No beats could be sought.
    #[error("beats of {subject}: {source}")]
    Beats {
        /// Who.
        subject: String,
        /// Why.
        source: BeatError,
    },
    /// A share of samples that cannot be taken away.
    #[error("share = {share}: give a part of the samples, from 0 up to but not including 1")]
    Share {
        /// The share asked for.
        share: f64,
    },
    /// Bursts that cannot be.
    #[error(
        "bursts of {shortest} to {longest} s: both must be above zero and finite, the shortest not above the longest"
    )]
    Bursts {
        /// Seconds.
        shortest: f64,
        /// Seconds.
        longest: f64,
    },
}
