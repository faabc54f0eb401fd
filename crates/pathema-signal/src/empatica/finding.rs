use std::fmt;

/// Something odd about an export that does not keep it from being read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Finding {
    /// A file that an export has is not there.
    MissingFile {
        /// Its name.
        file: String,
    },
    /// A file has no byte, or no sample after its head.
    Empty {
        /// Its name.
        file: String,
    },
    /// The first samples were taken before the sensor had settled; they are kept.
    Unsettled {
        /// The channel.
        channel: String,
        /// How many samples from the first on.
        count: u64,
        /// The first of them, in the channel's unit.
        value: f64,
    },
    /// A channel starts later than the earliest one; the heart rate's 10 s are no finding.
    Start {
        /// The channel.
        channel: String,
        /// Seconds after the earliest.
        after: f64,
    },
    /// A channel ends before the one that ends last, by more than a second.
    End {
        /// The channel.
        channel: String,
        /// Seconds before the last.
        before: f64,
    },
    /// A file's last line has no end: the file may have been cut. The line is kept.
    OpenEnd {
        /// Its name.
        file: String,
        /// The line, from 1.
        line: u64,
    },
    /// A tag lies outside what the sensors recorded.
    TagOutside {
        /// Seconds since the start of the recording.
        time: f64,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::MissingFile { file } => write!(f, "{file} is missing"),
            Finding::Empty { file } => write!(f, "{file} holds no sample"),
            Finding::Unsettled {
                channel,
                count,
                value,
            } => write!(
                f,
                "the first {count} samples of {channel} were taken before it had settled, the first is {value}; they are kept"
            ),
            Finding::Start { channel, after } => {
                write!(f, "{channel} starts {after} s after the earliest channel")
            }
            Finding::End { channel, before } => {
                write!(f, "{channel} ends {before:.2} s before the last channel")
            }
            Finding::OpenEnd { file, line } => write!(
                f,
                "{file} ends within line {line}, which is kept; compare its size with the original"
            ),
            Finding::TagOutside { time } => write!(
                f,
                "a tag at {time} s lies outside what the sensors recorded"
            ),
        }
    }
}
