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
}
