use std::fmt;

/// A format of files or of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// [`crate::wesad`]: a folder or zip of subjects.
    Wesad,
    /// One subject's pickle.
    WesadPickle,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Wesad => "WESAD",
            Format::WesadPickle => "a pickle of WESAD",
        })
    }
}
