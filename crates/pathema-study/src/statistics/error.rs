use pathema_experiments::metrics::PredictionError;

/// Why cells cannot be summed up, or rows not be compared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StatisticsError {
    /// Nothing to sum up.
    #[error("no cells: a row sums up at least one; run the experiment first")]
    NoCells,
    /// What must be the same is not.
    #[error("{field} is {first:?} in one and {other:?} in the other; {reason}")]
    Differ {
        /// Of the key or of the info.
        field: &'static str,
        /// Found in the first.
        first: String,
        /// Found in the other.
        other: String,
        /// Why that will not do, and the way out.
        reason: &'static str,
    },
    /// Two cells of a row have the same seed.
    #[error(
        "model {model:?} has seed {seed} twice; leave one of the two cells out, else that seed would count double"
    )]
    SeedTwice {
        /// Whose.
        model: String,
        /// Which.
        seed: u64,
    },
    /// A cell judged nothing.
    #[error(
        "model {model:?}, seed {seed}: no test windows; its recordings may be too short for one"
    )]
    NoWindows {
        /// Whose.
        model: String,
        /// Of the cell.
        seed: u64,
    },
    /// A window was judged more than once.
    #[error(
        "model {model:?}, seed {seed}: the window of {subject:?} at {start} s is predicted twice; each is judged in one fold only"
    )]
    WindowTwice {
        /// Whose.
        model: String,
        /// Of the cell.
        seed: u64,
        /// Of whom.
        subject: String,
        /// Seconds since the start of the recording.
        start: f64,
    },
    /// Two seeds judged different windows.
    #[error(
        "model {model:?}: the window of {subject:?} at {start} s is not the same for seeds {first} and {other}: {difference}; run both on the same recordings"
    )]
    WindowsDiffer {
        /// Whose.
        model: String,
        /// A seed.
        first: u64,
        /// Another.
        other: u64,
        /// Of whom.
        subject: String,
        /// Seconds since the start of the recording.
        start: f64,
        /// What differs.
        difference: &'static str,
    },
    /// A prediction cannot be scored.
    #[error("model {model:?}, seed {seed}: {source}; it may have diverged: train it again")]
    Prediction {
        /// Whose.
        model: String,
        /// Of the cell.
        seed: u64,
        /// Why.
        source: PredictionError,
    },
    /// A paired test needs the same subjects on both sides.
    #[error(
        "subject {subject:?} was judged by {with:?}, not by {without:?}; pairs need the same subjects: run both on the same recordings"
    )]
    SubjectsDiffer {
        /// Who.
        subject: String,
        /// The model that judged.
        with: String,
        /// The model that did not.
        without: String,
    },
    /// A recalibration was to learn from whom it is for.
    #[error(
        "subject {subject:?} is held out in this fold; fit the recalibration on windows of its training subjects"
    )]
    HeldOut {
        /// Who.
        subject: String,
    },
    /// A recalibration was to be used for whom it may have learnt from.
    #[error(
        "subject {subject:?} is not held out in this fold; recalibrate by the fold in which it is"
    )]
    NotHeldOut {
        /// Who.
        subject: String,
    },
    /// A recalibration had nothing to learn from.
    #[error(
        "no inner windows to recalibrate by; set aside at least one training subject for validation"
    )]
    NothingToFit,
}
