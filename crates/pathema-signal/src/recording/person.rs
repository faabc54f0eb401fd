use jiff::Timestamp;
use jiff::civil::{DateTime, Time};

/// What is known of the person recorded. Whatever the files do not say is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Person {
    /// Years.
    pub age: Option<f64>,
    /// As far as a file's format can say.
    pub sex: Option<Sex>,
    /// Centimetres.
    pub height: Option<f64>,
    /// Kilograms.
    pub weight: Option<f64>,
    /// What else the files say, one item a line.
    pub notes: Vec<String>,
}

/// Sex, as files code it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sex {
    /// `F`, `female`.
    Female,
    /// `M`, `male`.
    Male,
}

/// When a recording began, as exactly as its format can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// An instant (Empatica).
    Instant(Timestamp),
    /// A wall clock's date and time in an unknown zone (EDF, WFDB).
    Local(DateTime),
    /// A wall clock's time on an unknown day (WFDB).
    TimeOfDay(Time),
}
