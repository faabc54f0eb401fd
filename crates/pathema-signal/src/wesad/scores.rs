//! Scales of the self-reports.
//!
//! # Which item is which
//!
//! The files hold marks without names. The names below are not in the files; `wesad_readme.pdf`, which lists them, was not at
//! hand when this was written.
//!
//! - **PANAS.** The first 20 items follow the order of the German PANAS (Krohne, Egloff, Kohlmann and Tausch 1996): active,
//!   distressed, interested, inspired, annoyed (`verärgert`, which stands for *upset* there), strong, guilty, scared, hostile,
//!   excited, proud, irritable, enthusiastic, ashamed, alert, nervous, determined, attentive, jittery, afraid. Ten of them are
//!   positive affect, ten negative (Watson, Clark and Tellegen 1988). That the data set's order is this one is inferred; the
//!   15 real sheets agree: after stress the items that rise most are those that are nervous, stressed and active here, and
//!   happy falls. The items after them (stressed, frustrated,
//!   happy, sad; after stress angry and irritated before sad) are in neither scale and are left out.
//! - **STAI.** Six items: at ease, nervous, jittery, relaxed, worried, pleasant. The first, fourth and sixth are turned round.
//!   The recorded marks agree: these three fall under stress and the others rise.
//! - **SAM.** Valence, then arousal.
//! - **SSSQ.** Six items. Not certain: by the statements of the scale (Helton and Näswall 2015) the first three (commitment,
//!   wish to succeed, motivation) are engagement and the last three (reflecting on oneself, worry about what others think,
//!   concern about the impression) are worry. Distress is asked in that scale by moods, of which angry and irritated are the
//!   two that the PANAS sheet has after stress alone: these make up [`distress`](Condition::distress). In the 15 real
//!   sheets the first three correlate with each other by 0.5 to 0.65 and the last two by 0.65; the fourth does with none.
//!
//! # Items left unanswered
//!
//! A sum is prorated (mean of the answers times the number of items) if at most one item in five is missing: 2 of 10, 1
//! of 6, none of 3 or fewer. With fewer answers there is no score, and [`NoScore`] says why.

use std::fmt;

use super::{Condition, Phase};

/// A score of a scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// The sum of the items, prorated where some are missing.
    pub value: f64,
    /// Items.
    pub items: usize,
    /// Items without an answer.
    pub missing: usize,
}

impl Score {
    /// The mean of the answers, on the scale of a single item.
    pub fn mean(&self) -> f64 {
        self.value / self.items as f64
    }
}

/// Why there is no score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoScore {
    /// The scale was not asked after this condition.
    NotAsked,
    /// The sheet has another number of items than is known, so that nobody can say which is which.
    OtherSheet {
        /// Items in the file.
        found: usize,
        /// Items that are known.
        expected: usize,
    },
    /// Too few items were answered.
    TooFew {
        /// Items answered.
        answered: usize,
        /// Items of the scale.
        items: usize,
    },
}

impl fmt::Display for NoScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoScore::NotAsked => f.write_str("the scale was not asked after this condition"),
            NoScore::OtherSheet { found, expected } => {
                write!(
                    f,
                    "the sheet has {found} items, the scale is known for {expected}"
                )
            }
            NoScore::TooFew { answered, items } => write!(
                f,
                "{answered} of {items} items were answered, fewer than four of five"
            ),
        }
    }
}

impl std::error::Error for NoScore {}

/// Places of the items of positive and of negative affect, from 0.
const POSITIVE: [usize; 10] = [0, 2, 3, 5, 9, 10, 12, 14, 16, 17];
const NEGATIVE: [usize; 10] = [1, 4, 6, 7, 8, 11, 13, 15, 18, 19];

/// Places of angry and irritated, on the sheet after stress.
const DISTRESS: [usize; 2] = [23, 24];

/// Whether agreeing means calm.
const CALM: [bool; 6] = [true, false, false, true, false, true];

impl Condition {
    /// Positive affect (PANAS), 10 to 50.
    ///
    /// # Errors
    /// If there is no score, with the reason; so below.
    ///
    /// ```
    /// use pathema_signal::wesad::Questionnaire;
    /// let text = "# ORDER;Base\n# START;7\n# END;9\n# STAI;3;2;1;4;2;Nan\n";
    /// let questionnaire = Questionnaire::parse("S2_quest.csv", text)?;
    /// let base = &questionnaire.conditions[0];
    /// // 2 + 2 + 1 + 1 + 2 of five items, as of six.
    /// assert_eq!(base.anxiety().unwrap().value, 9.6);
    /// assert!(base.positive_affect().is_err());
    /// # Ok::<(), pathema_signal::wesad::WesadError>(())
    /// ```
    pub fn positive_affect(&self) -> Result<Score, NoScore> {
        self.panas_of(&POSITIVE)
    }

    /// Negative affect (PANAS), 10 to 50.
    ///
    /// # Errors
    /// If there is no score.
    pub fn negative_affect(&self) -> Result<Score, NoScore> {
        self.panas_of(&NEGATIVE)
    }

    /// State anxiety (STAI, six items, the calm ones turned round), 6 to 24.
    ///
    /// # Errors
    /// If there is no score.
    pub fn anxiety(&self) -> Result<Score, NoScore> {
        sheet(&self.stai, CALM.len())?;
        let marks = self.stai.iter().zip(CALM);
        score(marks.map(|(mark, calm)| mark.map(|mark| if calm { 5 - mark.min(4) } else { mark })))
    }

    /// Valence (SAM), 1 (unpleasant) to 9 (pleasant).
    ///
    /// # Errors
    /// If there is no score.
    pub fn valence(&self) -> Result<Score, NoScore> {
        sheet(&self.sam, 2)?;
        score(self.sam[..1].iter().copied())
    }

    /// Arousal (SAM), 1 (calm) to 9 (excited).
    ///
    /// # Errors
    /// If there is no score.
    pub fn arousal(&self) -> Result<Score, NoScore> {
        sheet(&self.sam, 2)?;
        score(self.sam[1..].iter().copied())
    }

    /// Engagement (SSSQ), 3 to 15; see the certainty of the items above.
    ///
    /// # Errors
    /// If there is no score.
    pub fn engagement(&self) -> Result<Score, NoScore> {
        sheet(&self.sssq, 6)?;
        score(self.sssq[..3].iter().copied())
    }

    /// Worry (SSSQ), 3 to 15; see the certainty of the items above.
    ///
    /// # Errors
    /// If there is no score.
    pub fn worry(&self) -> Result<Score, NoScore> {
        sheet(&self.sssq, 6)?;
        score(self.sssq[3..].iter().copied())
    }

    /// Distress (SSSQ), by the moods angry and irritated on the PANAS sheet after stress, 2 to 10; see above.
    ///
    /// # Errors
    /// If there is no score.
    pub fn distress(&self) -> Result<Score, NoScore> {
        if self.phase != Phase::Stress {
            return Err(NoScore::NotAsked);
        }
        sheet(&self.panas, 26)?;
        score(DISTRESS.iter().map(|&place| self.panas[place]))
    }

    fn panas_of(&self, places: &[usize]) -> Result<Score, NoScore> {
        sheet(
            &self.panas,
            if self.phase == Phase::Stress { 26 } else { 24 },
        )?;
        score(places.iter().map(|&place| self.panas[place]))
    }
}

fn sheet(marks: &[Option<u8>], expected: usize) -> Result<(), NoScore> {
    match marks.len() {
        0 => Err(NoScore::NotAsked),
        found if found != expected => Err(NoScore::OtherSheet { found, expected }),
        _ => Ok(()),
    }
}

fn score(marks: impl ExactSizeIterator<Item = Option<u8>>) -> Result<Score, NoScore> {
    let items = marks.len();
    let (mut sum, mut answered) = (0, 0);
    for mark in marks.flatten() {
        sum += u32::from(mark);
        answered += 1;
    }
    let missing = items - answered;
    if missing > items / 5 {
        return Err(NoScore::TooFew { answered, items });
    }
    let value = f64::from(sum) * items as f64 / answered as f64;
    Ok(Score {
        value,
        items,
        missing,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(phase: Phase) -> Condition {
        let asked = |count: usize, mark: u8| vec![Some(mark); count];
        let stress = phase == Phase::Stress;
        Condition {
            name: String::new(),
            phase,
            start: 0.0,
            end: 1.0,
            panas: asked(if stress { 26 } else { 24 }, 1),
            stai: asked(6, 1),
            sam: vec![Some(7), Some(2)],
            sssq: asked(if stress { 6 } else { 0 }, 2),
        }
    }

    fn value(score: Result<Score, NoScore>) -> f64 {
        score.unwrap().value
    }

    #[test]
    fn each_item_counts_in_its_scale_alone() {
        for place in 0..26 {
            let mut stress = condition(Phase::Stress);
            stress.panas[place] = Some(5);
            let rises = [
                stress.positive_affect(),
                stress.negative_affect(),
                stress.distress(),
            ];
            let rises: Vec<bool> = rises
                .map(value)
                .iter()
                .zip([10.0, 10.0, 2.0])
                .map(|(a, b)| *a > b)
                .collect();
            let expected = [
                POSITIVE.contains(&place),
                NEGATIVE.contains(&place),
                DISTRESS.contains(&place),
            ];
            assert_eq!(rises, expected, "{place}");
        }
        let all: std::collections::BTreeSet<usize> = POSITIVE.into_iter().chain(NEGATIVE).collect();
        assert!(all.into_iter().eq(0..20));
    }

    #[test]
    fn scales_and_their_ends() {
        let mut calm = condition(Phase::Baseline);
        // Three items that mean calm at their least, three that do not at theirs.
        assert_eq!(value(calm.anxiety()), 15.0);
        calm.stai = [4, 1, 1, 4, 1, 4].map(Some).to_vec();
        assert_eq!(value(calm.anxiety()), 6.0);
        calm.stai = [1, 4, 4, 1, 4, 1].map(Some).to_vec();
        assert_eq!(value(calm.anxiety()), 24.0);
        assert_eq!((value(calm.valence()), value(calm.arousal())), (7.0, 2.0));
        let mut stress = condition(Phase::Stress);
        stress.sssq = [5, 5, 4, 4, 3, 5].map(Some).to_vec();
        assert_eq!(
            (value(stress.engagement()), value(stress.worry())),
            (14.0, 12.0)
        );
        assert_eq!(stress.engagement().unwrap().mean(), 14.0 / 3.0);
    }

    #[test]
    fn missing_items_are_prorated_up_to_one_in_five() {
        let mut base = condition(Phase::Baseline);
        for place in &POSITIVE[..2] {
            base.panas[*place] = None;
        }
        base.panas[POSITIVE[2]] = Some(5);
        let score = base.positive_affect().unwrap();
        assert_eq!((score.value, score.missing), (15.0, 2));
        base.panas[POSITIVE[3]] = None;
        assert_eq!(
            base.positive_affect(),
            Err(NoScore::TooFew {
                answered: 7,
                items: 10
            })
        );
        base.stai[0] = None;
        assert!(base.anxiety().is_ok());
        base.stai[1] = None;
        let reason = base.anxiety().unwrap_err().to_string();
        assert_eq!(
            reason,
            "4 of 6 items were answered, fewer than four of five"
        );
        base.sam[1] = None;
        assert!(base.valence().is_ok() && base.arousal().is_err());
    }

    #[test]
    fn what_was_not_asked_has_no_score() {
        let base = condition(Phase::Baseline);
        for score in [base.engagement(), base.worry(), base.distress()] {
            assert_eq!(score, Err(NoScore::NotAsked));
        }
        let mut odd = condition(Phase::Baseline);
        odd.panas.pop();
        let reason = odd.negative_affect().unwrap_err();
        assert_eq!(
            reason,
            NoScore::OtherSheet {
                found: 23,
                expected: 24
            }
        );
        odd.panas.clear();
        assert_eq!(odd.negative_affect(), Err(NoScore::NotAsked));
    }
}
