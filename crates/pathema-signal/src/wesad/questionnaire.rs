//! `SX_quest.csv`: the protocol's order and times, and the self-reports.

use super::WesadError;
use crate::recording::Label;

/// What a subject went through and answered; the answers are raw, as marked on the sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Questionnaire {
    /// All conditions in the order of the file: the five main ones as they came, then the reading blocks.
    pub conditions: Vec<Condition>,
}

/// One condition of the protocol with the self-reports that followed it. What was not asked is empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// As the file names it: `Base`, `TSST`, `Fun`, `Medi 1`, `Medi 2`, `bRead`, `fRead`, `sRead`.
    pub name: String,
    /// What it is.
    pub phase: Phase,
    /// Seconds since the start of the RespiBAN's recording; the pickle begins later.
    pub start: f64,
    /// Likewise.
    pub end: f64,
    /// PANAS, 24 items from 1 to 5; 26 after stress, where Angry and Irritated come before Sad. Here and below
    /// `None` stands for an item left unanswered, which the files write as `Nan`.
    pub panas: Vec<Option<u8>>,
    /// STAI, six items from 1 to 4.
    pub stai: Vec<Option<u8>>,
    /// Self-assessment manikins (`DIM`), valence and arousal from 1 to 9.
    pub sam: Vec<Option<u8>>,
    /// SSSQ, six items from 1 to 5, after stress only.
    pub sssq: Vec<Option<u8>>,
}

impl Condition {
    /// Seconds.
    pub fn duration(&self) -> f64 {
        self.end - self.start
    }
}

/// The parts of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Neutral reading.
    Baseline,
    /// The Trier Social Stress Test.
    Stress,
    /// Funny video clips.
    Amusement,
    /// Guided meditation.
    Meditation,
    /// Filling in questionnaires and reading, after another condition.
    Reading,
}

impl Phase {
    /// The phase that a label marks; the labels to be ignored mark the reading blocks.
    pub fn of(label: Label) -> Option<Phase> {
        match label {
            Label::Transient => None,
            Label::Baseline => Some(Phase::Baseline),
            Label::Stress => Some(Phase::Stress),
            Label::Amusement => Some(Phase::Amusement),
            Label::Meditation => Some(Phase::Meditation),
            Label::Ignored(_) => Some(Phase::Reading),
        }
    }

    fn named(name: &str) -> Option<Phase> {
        match name {
            "Base" => Some(Phase::Baseline),
            "TSST" => Some(Phase::Stress),
            "Fun" => Some(Phase::Amusement),
            "bRead" | "fRead" | "sRead" => Some(Phase::Reading),
            _ if name.starts_with("Medi") => Some(Phase::Meditation),
            _ => None,
        }
    }
}

impl Questionnaire {
    /// Reads the text of a file, its lines ended by LF or CRLF; `file` names it in errors.
    ///
    /// # Errors
    /// [`WesadError::Questionnaire`] with the line, what stands there and what should.
    ///
    /// ```
    /// use pathema_signal::wesad::{Phase, Questionnaire};
    /// let text = "# ORDER;Base;TSST\n# START;7.08;39.55\n# END;26.32;50.3\n# STAI;3;2;1;4;2;3\n";
    /// let questionnaire = Questionnaire::parse("S2_quest.csv", text)?;
    /// let [base, stress] = &questionnaire.conditions[..] else { panic!() };
    /// assert_eq!(base.start, 428.0);
    /// assert_eq!(base.stai, [3, 2, 1, 4, 2, 3].map(Some));
    /// assert_eq!((stress.phase, stress.end), (Phase::Stress, 3030.0));
    /// # Ok::<(), pathema_signal::wesad::WesadError>(())
    /// ```
    pub fn parse(file: &str, text: &str) -> Result<Questionnaire, WesadError> {
        let rows = Rows { file, text };
        let mut conditions = Vec::new();
        let (line, names) = rows.single("ORDER")?;
        for &name in &names {
            let phase = Phase::named(name)
                .ok_or_else(|| rows.off(line, format!("{name:?}"), "a condition's name"))?;
            conditions.push(Condition {
                name: name.to_owned(),
                phase,
                start: 0.0,
                end: 0.0,
                panas: Vec::new(),
                stai: Vec::new(),
                sam: Vec::new(),
                sssq: Vec::new(),
            });
        }
        let starts = rows.times("START", names.len())?;
        let ends = rows.times("END", names.len())?;
        let (end_line, _) = rows.single("END")?;
        for (condition, (start, end)) in conditions.iter_mut().zip(starts.into_iter().zip(ends)) {
            if end <= start {
                let found = format!("{} ends at {end} s and starts at {start} s", condition.name);
                return Err(rows.off(end_line, found, "an end after the start"));
            }
            (condition.start, condition.end) = (start, end);
        }
        // The rows of answers follow the main conditions in their order; SSSQ was asked after stress only.
        let rated = |condition: &&mut Condition| condition.phase != Phase::Reading;
        for (key, highest, field) in ANSWERS {
            let answers = rows.answers(key, highest)?;
            for (condition, row) in conditions.iter_mut().filter(rated).zip(answers) {
                *field(condition) = row;
            }
        }
        let after_stress = conditions
            .iter_mut()
            .find(|condition| condition.phase == Phase::Stress);
        if let (Some(stress), Some(row)) = (after_stress, rows.answers("SSSQ", 5)?.pop()) {
            stress.sssq = row;
        }
        Ok(Questionnaire { conditions })
    }
}

/// Where a row of answers goes.
type Field = fn(&mut Condition) -> &mut Vec<Option<u8>>;

/// The rows that come once a main condition: their key, their highest mark and their place.
const ANSWERS: [(&str, u8, Field); 3] = [
    ("PANAS", 5, |condition| &mut condition.panas),
    ("STAI", 4, |condition| &mut condition.stai),
    ("DIM", 9, |condition| &mut condition.sam),
];

struct Rows<'a> {
    file: &'a str,
    text: &'a str,
}

impl<'a> Rows<'a> {
    /// The rows of a key: line number and cells without the padding.
    fn of(&self, key: &str) -> impl Iterator<Item = (usize, Vec<&'a str>)> {
        let lines = self.text.trim_start_matches('\u{feff}').lines().enumerate();
        lines.filter_map(move |(index, line)| {
            let mut cells: Vec<&str> = line.split(';').map(str::trim).collect();
            while cells.last() == Some(&"") {
                cells.pop();
            }
            let first = cells.first()?.strip_prefix('#')?.trim();
            (first.trim_end_matches(':') == key).then(|| (index + 1, cells.split_off(1)))
        })
    }

    fn single(&self, key: &'static str) -> Result<(usize, Vec<&'a str>), WesadError> {
        self.of(key)
            .next()
            .filter(|(_, cells)| !cells.is_empty())
            .ok_or_else(|| {
                self.off(
                    1,
                    format!("no row # {key}"),
                    "rows # ORDER, # START and # END",
                )
            })
    }

    fn times(&self, key: &'static str, count: usize) -> Result<Vec<f64>, WesadError> {
        let (line, cells) = self.single(key)?;
        if cells.len() != count {
            let found = format!("{} times for {count} conditions", cells.len());
            return Err(self.off(line, found, "one for each"));
        }
        let time = |&cell: &&str| {
            let expected = "minutes.seconds such as 7.08";
            seconds(cell).ok_or_else(|| self.off(line, format!("{cell:?}"), expected))
        };
        cells.iter().map(time).collect()
    }

    fn answers(&self, key: &'static str, highest: u8) -> Result<Vec<Vec<Option<u8>>>, WesadError> {
        let mark = |line: usize, cell: &str| match cell.parse() {
            Ok(mark) if (1..=highest).contains(&mark) => Ok(Some(mark)),
            _ if cell.eq_ignore_ascii_case("nan") => Ok(None),
            _ => {
                let found = format!("{key} has {cell:?} where marks go from 1 to {highest}");
                Err(self.off(line, found, "a mark of the scale"))
            }
        };
        self.of(key)
            .map(|(line, cells)| cells.into_iter().map(|cell| mark(line, cell)).collect())
            .collect()
    }

    fn off(&self, line: usize, found: String, expected: &'static str) -> WesadError {
        WesadError::Questionnaire {
            file: self.file.to_owned(),
            line,
            found,
            expected,
        }
    }
}

/// Seconds of `minutes.seconds`, whose trailing zeros were dropped: 7.08 is 7:08 and 50.3 is 50:30.
fn seconds(text: &str) -> Option<f64> {
    let (minutes, rest) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str, most| {
        (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !digits(minutes, 4) || !digits(rest, 2) {
        return None;
    }
    let tens = if rest.len() == 1 { 10 } else { 1 };
    let rest = rest.parse::<u32>().ok()? * tens;
    (rest < 60).then_some(f64::from(minutes.parse::<u32>().ok()? * 60 + rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_minutes_and_seconds() {
        #[track_caller]
        fn check(text: &str, expected: Option<f64>) {
            assert_eq!(seconds(text), expected, "{text}");
        }
        check("7.08", Some(428.0));
        check("50.3", Some(3030.0));
        check("93", Some(5580.0));
        check("100.15", Some(6015.0));
        for wrong in [
            "7.61", "-7.1", "7.123", "", "7,08", "7.", ".3", "99999", "7.+1",
        ] {
            check(wrong, None);
        }
    }

    #[test]
    fn items_left_unanswered_are_none() {
        let text = "# ORDER;Base\n# START;7\n# END;8\n# PANAS;1;Nan;5;;\n# DIM;9;1\n";
        let questionnaire = Questionnaire::parse("q.csv", text).unwrap();
        assert_eq!(questionnaire.conditions[0].panas, [Some(1), None, Some(5)]);
        assert_eq!(questionnaire.conditions[0].sam, [Some(9), Some(1)]);
    }

    #[test]
    fn errors_name_the_line_and_the_way_out() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            let error = Questionnaire::parse("q.csv", text).unwrap_err().to_string();
            assert!(
                error.starts_with("q.csv, line ") && error.contains(expected),
                "{error}"
            );
            assert!(error.contains("take the file away"), "{error}");
        }
        check("", "line 1: no row # ORDER");
        check(
            "# ORDER;Base\n# START;seven\n# END;8\n",
            "line 2: \"seven\"",
        );
        check(
            "# ORDER;Base;TSST\n# START;7\n# END;8\n",
            "line 2: 1 times for 2 conditions",
        );
        check("# ORDER;Bass\n# START;7\n# END;8\n", "line 1: \"Bass\"");
        check(
            "# ORDER;Base\n# START;9\n# END;8\n",
            "line 3: Base ends at 480 s",
        );
        check(
            "# ORDER;Base\n# START;7\n# END;8\n# STAI;1;5\n",
            "line 4: STAI has \"5\"",
        );
        check(
            "# ORDER;Base\n# START;7\n# END;8\n# STAI;1;;2\n",
            "line 4: STAI has \"\"",
        );
    }
}
