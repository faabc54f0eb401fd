/// What a person was doing, by WESAD's codes 0 to 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Label {
    /// 0: not defined, between the conditions.
    Transient,
    /// 1: neutral reading.
    Baseline,
    /// 2: the Trier Social Stress Test.
    Stress,
    /// 3: funny video clips.
    Amusement,
    /// 4: guided meditation.
    Meditation,
    /// 5, 6 or 7: to be ignored, says the data set's readme.
    Ignored(u8),
}

impl Label {
    /// The label of a code, or `None` for a code that WESAD does not know.
    pub fn from_code(code: i64) -> Option<Label> {
        Some(match code {
            0 => Label::Transient,
            1 => Label::Baseline,
            2 => Label::Stress,
            3 => Label::Amusement,
            4 => Label::Meditation,
            5..=7 => Label::Ignored(code as u8),
            _ => return None,
        })
    }

    /// WESAD's code.
    pub fn code(self) -> u8 {
        match self {
            Label::Transient => 0,
            Label::Baseline => 1,
            Label::Stress => 2,
            Label::Amusement => 3,
            Label::Meditation => 4,
            Label::Ignored(code) => code,
        }
    }
}

/// A maximal stretch of one label, `[start, end)` in seconds since the start of the recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelRun {
    /// What the stretch is labelled.
    pub label: Label,
    /// Its first labelled instant.
    pub start: f64,
    /// The instant after its last.
    pub end: f64,
}

impl LabelRun {
    /// Seconds.
    pub fn duration(&self) -> f64 {
        self.end - self.start
    }
}
