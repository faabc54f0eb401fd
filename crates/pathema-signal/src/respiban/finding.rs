use std::fmt;

/// Something odd about a file that does not keep it from being read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Finding {
    /// Samples were lost between the device and the file: the channels have gaps.
    Lost {
        /// How many, as far as a counter that wraps can say.
        samples: u64,
        /// In how many gaps.
        gaps: u64,
        /// The line after the first, from 1.
        line: u64,
    },
    /// The counter of the samples never moves: lost ones cannot be told.
    NoCounter,
    /// The counter of the samples stands still in places; nothing was taken away.
    Repeated {
        /// How often.
        count: u64,
    },
    /// The counter of the samples goes back as no wrap explains; the samples count as following each other.
    Restarted {
        /// How often.
        count: u64,
    },
    /// The head does not say when the recording began, in a form that reads.
    NoStart,
    /// A sensor that is not known; its channel is kept without a unit.
    UnknownSensor {
        /// What the head calls it.
        name: String,
    },
    /// The last line has no end: the file may have been cut. The line is kept.
    OpenEnd {
        /// The line, from 1.
        line: u64,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::Lost {
                samples,
                gaps,
                line,
            } => write!(
                f,
                "{samples} samples were lost in {gaps} gaps, the first before line {line}"
            ),
            Finding::NoCounter => {
                f.write_str("nSeq never moves, so that lost samples cannot be told")
            }
            Finding::Repeated { count } => write!(
                f,
                "nSeq stands still {count} times; samples may be there twice"
            ),
            Finding::Restarted { count } => write!(
                f,
                "nSeq goes back {count} times where it does not wrap; what was lost there cannot be told"
            ),
            Finding::NoStart => {
                f.write_str("the head has no date and time such as 2017-5-22 and 9:14:21.0")
            }
            Finding::UnknownSensor { name } => {
                write!(
                    f,
                    "sensor {name:?} is not known; its values are kept without a unit"
                )
            }
            Finding::OpenEnd { line } => write!(
                f,
                "the file ends within line {line}, which is kept; compare its size with the original"
            ),
        }
    }
}
