//! `SX_readme.txt`: who was recorded.

use super::Finding;

/// Who was recorded, what they were asked before, and what was noted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Readme {
    /// Years.
    pub age: Option<f64>,
    /// Centimetres.
    pub height: Option<f64>,
    /// Kilograms.
    pub weight: Option<f64>,
    /// As written (`male`, `female`).
    pub gender: Option<String>,
    /// As written (`left`, `right`).
    pub dominant_hand: Option<String>,
    /// Questions asked before the study, and whether the answer was yes.
    pub prerequisites: Vec<(String, bool)>,
    /// What else was written down, one item a line.
    pub notes: Vec<String>,
}

impl Readme {
    /// Reads the text of a file, its lines ended by LF or CRLF. People wrote it by hand: a line that does not read is
    /// a finding.
    ///
    /// ```
    /// use pathema_signal::wesad::Readme;
    /// let text = "Age: 27\r\nAre you a smoker? NO\r\n### Additional notes ###\r\n-\r\n";
    /// let (readme, findings) = Readme::parse(text);
    /// assert_eq!(readme.age, Some(27.0));
    /// assert_eq!(readme.prerequisites, [("Are you a smoker?".to_owned(), false)]);
    /// assert!(readme.notes.is_empty() && findings.is_empty());
    /// ```
    pub fn parse(text: &str) -> (Readme, Vec<Finding>) {
        let mut readme = Readme::default();
        let mut findings = Vec::new();
        let mut in_notes = false;
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = line.trim();
            if line.starts_with("###") {
                in_notes = line.to_ascii_lowercase().contains("notes");
            } else if line.is_empty() || in_notes && line == "-" {
                // Nothing to note.
            } else if in_notes {
                readme.notes.push(line.to_owned());
            } else if readme.set(line).is_none() && findings.len() < FINDING_LIMIT {
                findings.push(Finding::ReadmeLine {
                    line: index + 1,
                    text: line.chars().take(80).collect(),
                });
            }
        }
        (readme, findings)
    }

    /// Takes in a line of answers; `None` if it does not read.
    fn set(&mut self, line: &str) -> Option<()> {
        if let Some((question, answer)) = line.rsplit_once('?') {
            let yes = match answer.trim().to_ascii_lowercase().as_str() {
                "yes" => true,
                "no" => false,
                _ => return None,
            };
            self.prerequisites.push((format!("{question}?"), yes));
            return Some(());
        }
        let (key, value) = line.split_once(':')?;
        let value = value.trim();
        let number = || value.parse().ok().filter(|number: &f64| number.is_finite());
        match key.trim() {
            "Age" => self.age = Some(number()?),
            "Height (cm)" => self.height = Some(number()?),
            "Weight (kg)" => self.weight = Some(number()?),
            "Gender" => self.gender = Some(value.to_owned()),
            "Dominant hand" => self.dominant_hand = Some(value.to_owned()),
            _ => return None,
        }
        Some(())
    }
}

/// A file that is no readme at all is odd once, not on every line.
const FINDING_LIMIT: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    const OFFICIAL: &str = "### Personal information ###\nAge: 25\nHeight (cm): 165.5\nWeight (kg): 55\nGender: female\n\
        Dominant hand: left\n\n### Study pre-requisites ###\nDid you drink coffee today? YES\nAre you a smoker? NO\n\n\
        ### Additional notes ###\nFelt cold: the room was.\nWas tired?\n";

    #[test]
    fn either_line_ending_reads_the_same() {
        let (readme, findings) = Readme::parse(OFFICIAL);
        assert_eq!(findings, []);
        assert_eq!(Readme::parse(&OFFICIAL.replace('\n', "\r\n")).0, readme);
        assert_eq!(
            (readme.age, readme.height, readme.weight),
            (Some(25.0), Some(165.5), Some(55.0))
        );
        assert_eq!(readme.gender.as_deref(), Some("female"));
        assert_eq!(readme.dominant_hand.as_deref(), Some("left"));
        let questions = ["Did you drink coffee today?", "Are you a smoker?"].map(str::to_owned);
        assert!(
            readme
                .prerequisites
                .into_iter()
                .eq(questions.into_iter().zip([true, false]))
        );
        assert_eq!(readme.notes, ["Felt cold: the room was.", "Was tired?"]);
    }

    #[test]
    fn lines_that_do_not_read_are_found() {
        let (readme, findings) =
            Readme::parse("Age: old\nAre you a smoker? perhaps\nShoe size: 42\n");
        assert_eq!(readme, Readme::default());
        let lines: Vec<_> = findings.iter().map(Finding::to_string).collect();
        assert_eq!(
            lines[0],
            "line 1 of the readme was passed over: \"Age: old\""
        );
        assert_eq!(lines.len(), 3);
    }
}
