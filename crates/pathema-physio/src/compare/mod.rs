//! Found beats against reference beats.
//!
//! The counts and statistics of ANSI/AAMI EC57 (*Testing and reporting performance results of cardiac rhythm and ST
//! segment measurement algorithms*): true positives, false negatives and false positives, sensitivity and positive
//! predictivity, per record, gross and on average. Its tolerance of 150 ms hides how well a beat is placed, so that offset,
//! jitter and what becomes of the RMSSD stand beside them.
//!
//! ```
//! use pathema_physio::compare::{Comparison, Criteria};
//! let reference = [0.8, 1.6, 2.4, 3.2, 4.0];
//! // The third beat was missed, one at 3.6 s invented, and all others are 10 ms late.
//! let found = [0.81, 1.61, 3.21, 3.6, 4.01];
//! let comparison = Comparison::new(&reference, &found, &Criteria::within(0.05))?;
//! assert_eq!(comparison.matched(), 4);
//! assert_eq!((comparison.missed(), comparison.invented()), (1, 1));
//! assert_eq!(comparison.statistics().sensitivity, Ok(0.8));
//! assert!((comparison.statistics().offset.unwrap() - 0.01).abs() < 1e-12);
//! # Ok::<(), pathema_physio::compare::CompareError>(())
//! ```

mod matching;
mod statistics;
mod table;

use thiserror::Error;

use crate::undefined::{Undefined, Value};
use matching::pairs;
pub use statistics::{Statistics, average, gross};
pub use table::ComparisonTable;

/// An interval beyond this, in seconds, is a gap in the signal and no interval between beats.
const LONGEST_INTERVAL: f64 = 3.0;

/// Beats farther apart than this, in seconds, are never the same one. It bounds how many found beats matter to a reference beat.
const LONGEST_TOLERANCE: f64 = 10.0;

/// What is compared, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Criteria {
    /// How far a found beat may lie from a reference beat, in seconds; at most 10.
    pub tolerance: f64,
    /// What comes before this time, in seconds, is not counted: detectors are given time to learn.
    pub from: f64,
}

impl Criteria {
    /// EC57: 150 ms, and the first 5 minutes are not counted.
    pub const EC57: Criteria = Criteria {
        tolerance: 0.15,
        from: 300.0,
    };

    /// Within `tolerance` seconds, with everything counted.
    pub const fn within(tolerance: f64) -> Criteria {
        Criteria {
            tolerance,
            from: f64::NEG_INFINITY,
        }
    }
}

/// Why beats could not be compared.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum CompareError {
    /// The tolerance is no duration.
    #[error("a tolerance of {0} s cannot be used; give 0–10 s, such as 0.15")]
    Tolerance(
        /// The tolerance given.
        f64,
    ),
    /// The start is no time.
    #[error("counting cannot start at {0} s; give seconds, or -inf to count everything")]
    From(
        /// The start given.
        f64,
    ),
    /// A time is NaN or infinite, or lies before the one before it.
    #[error("the {beats} beats: time {index} is {value} s; give finite times in rising order")]
    Time {
        /// Whose times (`reference`, `found`).
        beats: &'static str,
        /// Index of the first such time.
        index: usize,
        /// Its value, in seconds.
        value: f64,
    },
}

/// Found beats matched one to one with reference beats.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    criteria: Criteria,
    missed: usize,
    invented: usize,
    offsets: Vec<f64>,
    rmssd_reference: Value,
    rmssd_found: Value,
}

impl Comparison {
    /// Matches `found` with `reference`, both times of beats in seconds, in rising order.
    ///
    /// Each beat has at most one partner, no farther than the tolerance, and partners keep the order of time. Of all ways to
    /// do so this is the one with the most pairs and, of those, the one with the least sum of distances. The time it takes
    /// grows with how many found beats lie within the tolerance of a reference beat.
    ///
    /// A pair counts where its reference beat lies at [`Criteria::from`] or later; so does a beat without a partner.
    ///
    /// # Errors
    /// A tolerance that is negative, not finite or above 10 s, a start that is NaN, times that are not finite or do not rise.
    pub fn new(
        reference: &[f64],
        found: &[f64],
        criteria: &Criteria,
    ) -> Result<Comparison, CompareError> {
        if !(0.0..=LONGEST_TOLERANCE).contains(&criteria.tolerance) {
            return Err(CompareError::Tolerance(criteria.tolerance));
        }
        if criteria.from.is_nan() {
            return Err(CompareError::From(criteria.from));
        }
        check("reference", reference)?;
        check("found", found)?;
        let counts = |time: f64| time >= criteria.from;
        let pairs = pairs(reference, found, criteria.tolerance);
        let mut offsets = Vec::with_capacity(pairs.len());
        // Pairs whose reference beat is not counted, but whose found beat would be.
        let mut before = 0;
        for &(r, f) in &pairs {
            if counts(reference[r]) {
                offsets.push(found[f] - reference[r]);
            } else if counts(found[f]) {
                before += 1;
            }
        }
        // Pairs that count although their found beat lies before the start.
        let early = pairs
            .iter()
            .filter(|&&(r, f)| counts(reference[r]) && !counts(found[f]))
            .count();
        let counted = |times: &[f64]| times.iter().filter(|&&time| counts(time)).count();
        let kept = |times: &[f64]| rmssd(&times[times.partition_point(|&time| !counts(time))..]);
        Ok(Comparison {
            criteria: *criteria,
            missed: counted(reference) - offsets.len(),
            invented: counted(found) + early - before - offsets.len(),
            offsets,
            rmssd_reference: kept(reference),
            rmssd_found: kept(found),
        })
    }

    /// What was compared, and how.
    pub fn criteria(&self) -> &Criteria {
        &self.criteria
    }

    /// Reference beats that count.
    pub fn reference(&self) -> usize {
        self.offsets.len() + self.missed
    }

    /// Found beats that count.
    pub fn found(&self) -> usize {
        self.offsets.len() + self.invented
    }

    /// Pairs (true positives, TP).
    pub fn matched(&self) -> usize {
        self.offsets.len()
    }

    /// Reference beats without a partner (false negatives, FN).
    pub fn missed(&self) -> usize {
        self.missed
    }

    /// Found beats without a partner (false positives, FP).
    pub fn invented(&self) -> usize {
        self.invented
    }

    /// Found − reference of each pair, in seconds, in the order of time.
    pub fn offsets(&self) -> &[f64] {
        &self.offsets
    }

    /// RMSSD of the reference beats, in seconds: the root mean square of the differences of successive intervals. Intervals
    /// of more than 3 s are gaps, and part what lies beside them.
    pub fn rmssd_reference(&self) -> Value {
        self.rmssd_reference
    }

    /// RMSSD of the found beats, in seconds.
    pub fn rmssd_found(&self) -> Value {
        self.rmssd_found
    }
}

fn check(beats: &'static str, times: &[f64]) -> Result<(), CompareError> {
    let wrong = (0..times.len())
        .find(|&index| !times[index].is_finite() || index > 0 && times[index] < times[index - 1]);
    match wrong {
        None => Ok(()),
        Some(index) => Err(CompareError::Time {
            beats,
            index,
            value: times[index],
        }),
    }
}

fn rmssd(times: &[f64]) -> Value {
    let (mut sum, mut count) = (0.0, 0);
    for beats in times.windows(3) {
        let [before, after] = [beats[1] - beats[0], beats[2] - beats[1]];
        if before <= LONGEST_INTERVAL && after <= LONGEST_INTERVAL {
            sum += (after - before).powi(2);
            count += 1;
        }
    }
    if count == 0 {
        return Err(Undefined::TooFew {
            what: "pairs of successive intervals",
            found: 0,
            needed: 1,
        });
    }
    Ok((sum / f64::from(count)).sqrt())
}
