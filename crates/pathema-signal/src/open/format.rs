use std::fmt;

/// A format of files or of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// [`crate::wesad`]: a folder or zip of subjects.
    Wesad,
    /// One subject's pickle.
    WesadPickle,
    /// [`crate::affective_road`]: a folder or zip of drives.
    AffectiveRoad,
    /// [`crate::empatica`]: one E4 session or several.
    Empatica,
    /// [`crate::respiban`]: the text of one device or of several.
    Respiban,
    /// [`crate::wfdb`]: one record or several.
    Wfdb,
    /// [`crate::csv`]: a schema, with its tables beside it.
    Csv,
    /// [`crate::edf`]: one file or several, EDF or BDF.
    Edf,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Wesad => "WESAD",
            Format::WesadPickle => "a pickle of WESAD",
            Format::AffectiveRoad => "AffectiveROAD",
            Format::Empatica => "Empatica E4",
            Format::Respiban => "RespiBAN (OpenSignals text)",
            Format::Wfdb => "WFDB",
            Format::Csv => "CSV with a schema",
            Format::Edf => "EDF or BDF",
        })
    }
}
