//! What can be wrong with observations or with a request to a path.

/// Why observations were refused or a path could not be made.
///
/// Samples and channels are counted from zero.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PathError {
    /// Observations without a channel.
    #[error("observations have 0 channels, at least 1 is needed: leave an absent signal out")]
    NoChannels,

    /// The table of values does not have one row a sample.
    #[error(
        "{values} values do not fill {samples} samples of {channels} channels: \
         pass one value per sample and channel, row by row, NaN where none was observed"
    )]
    Lengths {
        /// Number of times given.
        samples: usize,
        /// Number of channels given.
        channels: usize,
        /// Number of values given.
        values: usize,
    },

    /// A sample's time is NaN or infinite.
    #[error("sample {sample} has the time {time}, which is not finite: drop the sample")]
    TimeNotFinite {
        /// The sample.
        sample: usize,
        /// Its time.
        time: f64,
    },

    /// Two neighbouring samples are not in order of time.
    #[error(
        "sample {sample} has the time {time}, which does not come after {previous}, the time \
         before it: sort the samples and merge those that share a time"
    )]
    TimesNotIncreasing {
        /// The later sample of the two.
        sample: usize,
        /// The time of the sample before it.
        previous: f64,
        /// Its own time.
        time: f64,
    },

    /// A value is infinite.
    #[error(
        "sample {sample} (time {time}), channel {channel}, has the value {value}: \
         pass NaN if the value is missing, or clip it"
    )]
    ValueInfinite {
        /// The sample.
        sample: usize,
        /// Its time.
        time: f64,
        /// The channel.
        channel: usize,
        /// The value found.
        value: f64,
    },

    /// The time between the ends is more than a double can hold.
    #[error("the time from {start} to {end} is too long for a double: use a larger unit of time")]
    SpanInfinite {
        /// The earliest time.
        start: f64,
        /// The latest time.
        end: f64,
    },

    /// A coefficient of the path is not finite, although its data are.
    #[error(
        "the path of channel {channel} overflows in the interval that starts at {time}: \
         its values are too large or its times too close; scale the channel, or merge the samples"
    )]
    Overflow {
        /// The channel.
        channel: usize,
        /// The knot at the left end of the interval.
        time: f64,
    },

    /// A rectilinear path of observations without a time channel.
    #[error(
        "a rectilinear path moves the time and the data in turn, but the observations have no \
         time channel: call `with_time` on them first"
    )]
    NoTimeChannel,

    /// A share of an interval that is none.
    #[error("the share {share} of an interval is not more than 0 and at most 1: pass one that is")]
    Share {
        /// The share.
        share: f64,
    },

    /// No double lies where an interval is to be divided.
    #[error(
        "the interval from {start} (sample {sample}) to {end} is too short to be divided at a \
         share of {share}: count the time from a nearer origin, or merge the samples"
    )]
    IntervalIndivisible {
        /// The sample at its start.
        sample: usize,
        /// Its start.
        start: f64,
        /// Its end.
        end: f64,
        /// Where it was to be divided.
        share: f64,
    },

    /// A gradient does not have the shape of what it is the gradient of.
    #[error(
        "the gradient of {what} has {found} numbers instead of {expected}: \
         pass one for each, zero where it does not matter"
    )]
    GradientLength {
        /// What it is the gradient of.
        what: &'static str,
        /// Numbers given.
        found: usize,
        /// Numbers needed.
        expected: usize,
    },

    /// A time asked for as a knot is NaN or infinite.
    #[error("knot {index} was asked for at the time {time}, which is not finite: leave it out")]
    KnotNotFinite {
        /// Its place in the list that was passed.
        index: usize,
        /// The time asked for.
        time: f64,
    },

    /// An interval asked for does not contain the path's own.
    #[error(
        "the interval from {start} to {end} does not contain the path's own, \
         from {first} to {last}: widen it, or fit the path on fewer samples"
    )]
    SpanNotCovering {
        /// Start asked for.
        start: f64,
        /// End asked for.
        end: f64,
        /// The path's first knot.
        first: f64,
        /// The path's last knot.
        last: f64,
    },

    /// A window whose ends are not finite, or not in order.
    #[error(
        "the window from {from} to {to} does not run forward between finite times: pass one that does"
    )]
    Window {
        /// Its start.
        from: f64,
        /// Its end.
        to: f64,
    },

    /// A depth at which no signature is made.
    #[error("the depth {depth} of a signature is not 1, 2 or 3: pass one of them")]
    Depth {
        /// The depth asked for.
        depth: usize,
    },

    /// Signatures that cannot be multiplied.
    #[error(
        "a signature of {} channels to depth {} cannot go with the next, of {} channels to depth {}: \
         make both of the same path", first.0, first.1, next.0, next.1
    )]
    SignaturesDiffer {
        /// Channels and depth of the first.
        first: (usize, usize),
        /// Channels and depth of the next.
        next: (usize, usize),
    },

    /// An iterated integral is not finite, although the path is.
    #[error(
        "the signature from {from} to {to} overflows: scale the channels down, or use shorter windows"
    )]
    SignatureOverflow {
        /// Start of the window.
        from: f64,
        /// Its end.
        to: f64,
    },
}
