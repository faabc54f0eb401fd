//! Models against each other, paired by subject.
//!
//! Two tests, since they ask different things: [`sign_flip`] whether the *mean* difference could be chance, [`signed_rank`]
//! (Wilcoxon) whether the subjects' *ranked* differences could, which one odd subject cannot decide. Both are exact for as
//! many subjects as there are here, and say how often chance alone would give a difference at least as large, either
//! way. [`holm`] and [`benjamini_hochberg`] correct for asking about several models.
//!
//! ```
//! use pathema_study::statistics::compare::{holm, sign_flip, signed_rank};
//! // Of six subjects: a model that is better for all, and one that is much better for one and else a little worse.
//! let (steady, odd) = ([0.02, 0.05, 0.03, 0.01, 0.04, 0.06], [0.6, -0.01, -0.02, -0.01, -0.03, -0.02]);
//! let p = [sign_flip(&steady), sign_flip(&odd)];
//! assert_eq!(p, [2.0 / 64.0, 1.0]);
//! assert_eq!(holm(&p), [4.0 / 64.0, 1.0]);
//! assert!(signed_rank(&odd).rank_biserial() < Some(0.0));
//! ```

mod correction;
mod sign_flip;
mod signed_rank;

use std::collections::BTreeMap;

use pathema_experiments::metrics::Task;
use serde::{Deserialize, Serialize};

pub use correction::{benjamini_hochberg, holm};
pub use sign_flip::{EXACT_SUBJECTS, sign_flip};
pub use signed_rank::{SignedRank, signed_rank};

use super::bootstrap::Bootstrap;
use super::power::minimum_detectable_difference;
use super::{SAME, Score, StatisticsError, mean, of_task};
use crate::records::{Key, Row};

/// A reference model against another: positive where the reference is better.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The reference's row.
    pub reference: Key,
    /// The other's row.
    pub other: Key,
    /// What was to be told apart.
    #[serde(with = "TaskName")]
    pub task: Task,
    /// By which score.
    pub score: Score,
    /// Mean over subjects of the difference, reference minus other, of their means over seeds.
    pub difference: f64,
    /// Bootstrap interval over subjects of `difference`, 95 %; of one subject all that it can be, −1 to 1.
    pub interval: (f64, f64),
    /// Subjects for whom the reference is better, as good, and worse.
    pub subjects: [usize; 3],
    /// Matched-pairs rank-biserial correlation, from −1 to 1: see [`SignedRank::rank_biserial`]. `None` where nobody differs.
    pub rank_biserial: Option<f64>,
    /// What so many subjects who differ so much could show: see [`minimum_detectable_difference`].
    pub detectable: Option<f64>,
    /// Of the sign-flip permutation test of the mean difference.
    pub sign_flip: PValue,
    /// Of the Wilcoxon signed-rank test.
    pub wilcoxon: PValue,
}

/// A p-value, and what is left of it in its family: the comparisons of one reference, task and score, by one test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PValue {
    /// Two-sided, by itself.
    pub p: f64,
    /// Corrected by [`holm`]: below .05 for all that is claimed, the chance of *any* false claim is below .05.
    pub holm: f64,
    /// Corrected by [`benjamini_hochberg`]: below .05 for all that is claimed, the expected *share* of false claims is.
    pub benjamini_hochberg: f64,
}

/// Compares a reference with others, in their order; they are one family for the corrections.
///
/// # Errors
/// Where an other's subjects are not the reference's.
pub fn compare_all(
    reference: &Row,
    others: &[&Row],
    task: Task,
    score: Score,
) -> Result<Vec<Comparison>, StatisticsError> {
    let mut family = others
        .iter()
        .map(|other| compare(reference, other, task, score))
        .collect::<Result<Vec<_>, _>>()?;
    for test in [
        (|comparison| &mut comparison.sign_flip) as fn(&mut Comparison) -> &mut PValue,
        |comparison| &mut comparison.wilcoxon,
    ] {
        let p: Vec<f64> = family.iter_mut().map(|c| test(c).p).collect();
        let corrected = holm(&p).into_iter().zip(benjamini_hochberg(&p));
        for (comparison, (holm, benjamini_hochberg)) in family.iter_mut().zip(corrected) {
            let value = test(comparison);
            value.holm = holm;
            value.benjamini_hochberg = benjamini_hochberg;
        }
    }
    Ok(family)
}

/// Each subject's score by `reference` minus that by `other`, means over seeds, in the reference's order.
///
/// # Errors
/// Where their subjects are not the same.
pub fn differences(
    reference: &Row,
    other: &Row,
    task: Task,
    score: Score,
) -> Result<Vec<f64>, StatisticsError> {
    let scores = |row| {
        let subjects = of_task(row, task).subjects.iter();
        subjects.map(|(name, accuracy, macro_f1)| match score {
            Score::Accuracy => (name.as_str(), *accuracy),
            Score::MacroF1 => (name.as_str(), *macro_f1),
        })
    };
    let mut others: BTreeMap<&str, f64> = scores(other).collect();
    let missing = |subject: &str, with: &Row, without: &Row| StatisticsError::SubjectsDiffer {
        subject: subject.to_owned(),
        with: with.key.model.clone(),
        without: without.key.model.clone(),
    };
    let found = scores(reference)
        .map(|(subject, value)| match others.remove(subject) {
            Some(theirs) => Ok(value - theirs),
            None => Err(missing(subject, reference, other)),
        })
        .collect::<Result<Vec<f64>, _>>()?;
    match others.keys().next() {
        Some(subject) => Err(missing(subject, other, reference)),
        None => Ok(found),
    }
}

/// One pair, whose p-values are a family of their own.
fn compare(
    reference: &Row,
    other: &Row,
    task: Task,
    score: Score,
) -> Result<Comparison, StatisticsError> {
    let differences = differences(reference, other, task, score)?;
    let ranks = signed_rank(&differences);
    let alone = |p| PValue {
        p,
        holm: p,
        benjamini_hochberg: p,
    };
    let count = |kind: fn(f64) -> bool| differences.iter().filter(|&&d| kind(d)).count();
    Ok(Comparison {
        reference: reference.key.clone(),
        other: other.key.clone(),
        task,
        score,
        difference: mean(differences.iter().copied()),
        interval: Bootstrap::new(differences.len())
            .mean_interval(&differences)
            .unwrap_or((-1.0, 1.0)),
        subjects: [
            count(|d| d > SAME),
            count(|d| d.abs() <= SAME),
            count(|d| d < -SAME),
        ],
        rank_biserial: ranks.rank_biserial(),
        detectable: minimum_detectable_difference(&differences),
        sign_flip: alone(sign_flip(&differences)),
        wilcoxon: alone(ranks.p),
    })
}

/// How records spell a [`Task`].
#[derive(Serialize, Deserialize)]
#[serde(remote = "Task", rename_all = "kebab-case")]
enum TaskName {
    Binary,
    ThreeClass,
}
