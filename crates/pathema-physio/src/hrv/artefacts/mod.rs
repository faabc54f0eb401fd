//! Beats that were missed, invented or misplaced, and their correction.

mod classify;
mod repair;
mod rolling;

use super::tachogram::check_time;
use super::{Tachogram, TachogramError};

/// What is wrong with a beat or an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Artefact {
    /// A beat too early or too late, with a pause or haste that makes up for it: an ectopic or a misplaced beat.
    Ectopic,
    /// No beat was found where one must have been.
    Missed,
    /// A beat was found where none can have been.
    Extra,
    /// An interval is too long, but not two.
    Long,
    /// An interval is too short, but no part of one.
    Short,
}

/// What was done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// The beat now lies between its neighbours, as the rhythm around it asks for.
    Moved,
    /// A beat was put in the middle of the interval that ends with the beat.
    Inserted,
    /// The beat was taken out.
    Removed,
    /// The interval that ends with the beat is left out: a break (NaN) stands before the beat. No place of a beat would make
    /// it plausible.
    LeftOut,
}

/// One correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Index of the beat among the times given.
    pub beat: usize,
    /// What was wrong.
    pub artefact: Artefact,
    /// What was done.
    pub repair: Repair,
}

/// Corrected beats.
#[derive(Clone, Debug, PartialEq)]
pub struct Corrected {
    /// Times of the beats, in seconds; NaN where they are broken.
    pub times: Vec<f64>,
    /// What was corrected, in the order of the beats.
    pub corrections: Vec<Correction>,
}

impl Corrected {
    /// The tachogram of the corrected beats.
    ///
    /// # Errors
    /// None for times that come from [`correct_artefacts`].
    pub fn tachogram(&self) -> Result<Tachogram, TachogramError> {
        Tachogram::from_beat_times(&self.times)
    }
}

/// Finds artefacts among beats and corrects them, after Lipponen & Tarvainen (2019, *J Med Eng Technol* 43(3), 173–181).
///
/// `times` are those of all beats found, in seconds, NaN where recording broke off: what lies on either side of a NaN is judged
/// by itself. Give the beats as a detector found them. Intervals that were dropped because they looked wrong cannot be repaired.
///
/// The difference of each interval to the one before, and to the median of the 11 around it, is compared with a threshold that
/// follows the rhythm: 5.2 times the quartile deviation of the 91 values around it, or of those that there are, and not below 5 ms.
/// Distances below the median count double.
///
/// - *Ectopic*: the difference exceeds its threshold, with opposite differences before and after it.
/// - *Long* and *short* intervals: the difference exceeds its threshold and is made up for within two beats, or the distance from
///   the median exceeds three thresholds.
/// - A long interval is a *missed* beat if half of it is as near to the median as the threshold; a short one comes from an *extra* beat
///   if it is so together with a neighbour.
///
/// Ours differs from the paper in four ways. Differences that an ectopic, missed or extra beat explains are not judged again, nor do they
/// make up for another. Of ectopic differences side by side, one that exceeds the other by two fifths is that of the beat out of place: breath
/// can make its flank look ectopic too. The beat that is taken out may be the one before a short interval as well as the one after it. And the paper interpolates wrong intervals, so
/// that intervals and times no longer agree; here a beat moves between its neighbours, so that all other beats stay where they are, and a long or short interval that
/// this does not mend is left out.
///
/// # Errors
/// If a time is infinite or does not rise.
///
/// ```
/// use pathema_physio::hrv::{Artefact, Repair, correct_artefacts};
/// // A beat every 0.8 s; the detector missed the one at 8 s.
/// let times: Vec<f64> = (0..20).filter(|beat| *beat != 10).map(|beat| 0.8 * f64::from(beat)).collect();
/// let corrected = correct_artefacts(&times)?;
/// assert_eq!(corrected.times.len(), 20);
/// assert!((corrected.times[10] - 8.0).abs() < 1e-9);
/// assert_eq!(corrected.corrections[0].artefact, Artefact::Missed);
/// assert_eq!(corrected.corrections[0].repair, Repair::Inserted);
/// # Ok::<(), pathema_physio::hrv::TachogramError>(())
/// ```
pub fn correct_artefacts(times: &[f64]) -> Result<Corrected, TachogramError> {
    let mut before = None;
    for (index, &time) in times.iter().enumerate().filter(|(_, time)| !time.is_nan()) {
        check_time(index, time, before)?;
        before = Some(time);
    }
    let mut corrected = Corrected {
        times: Vec::with_capacity(times.len()),
        corrections: Vec::new(),
    };
    let mut first = 0;
    for stretch in times.split(|time| time.is_nan()) {
        if first > 0 {
            corrected.times.push(f64::NAN);
        }
        let rhythm = classify::Rhythm::new(stretch);
        let findings = classify::classify(&rhythm);
        repair::repair(stretch, &rhythm, &findings, first, &mut corrected);
        first += stretch.len() + 1;
    }
    corrected
        .corrections
        .sort_by_key(|correction| correction.beat);
    Ok(corrected)
}
