//! Moves, inserts and removes beats.

use super::classify::{Finding, Rhythm};
use super::{Artefact, Corrected, Correction, Repair};

/// What becomes of a beat, and of the interval before it.
#[derive(Clone, Copy, Default)]
struct Plan {
    removed: bool,
    moved: bool,
    /// A beat is to be inserted before it.
    inserted: bool,
    /// A break is to stand before it.
    broken: bool,
}

/// Corrects a stretch whose first beat has the index `first`, and appends it.
pub(super) fn repair(
    times: &[f64],
    rhythm: &Rhythm,
    findings: &[Finding],
    first: usize,
    corrected: &mut Corrected,
) {
    let mut plans = vec![Plan::default(); times.len()];
    // Intervals that cannot tell the rhythm.
    let mut wrong = vec![false; rhythm.intervals.len()];
    for finding in findings {
        match *finding {
            Finding::Ectopic(beat) | Finding::Extra(beat) => wrong[beat - 1..=beat].fill(true),
            Finding::Missed(interval) | Finding::Off(interval, _) => wrong[interval] = true,
        }
    }
    for finding in findings {
        let (beat, artefact, repair) = match *finding {
            Finding::Ectopic(beat) => {
                plans[beat].moved = true;
                (beat, Artefact::Ectopic, Repair::Moved)
            }
            Finding::Extra(beat) => {
                plans[beat].removed = true;
                (beat, Artefact::Extra, Repair::Removed)
            }
            Finding::Missed(interval) => {
                plans[interval + 1].inserted = true;
                (interval + 1, Artefact::Missed, Repair::Inserted)
            }
            Finding::Off(interval, artefact) => {
                match movable(times, rhythm, &plans, &wrong, interval) {
                    Some(beat) => {
                        plans[beat].moved = true;
                        wrong[beat - 1..=beat].fill(true);
                        (beat, artefact, Repair::Moved)
                    }
                    None => {
                        plans[interval + 1].broken = true;
                        (interval + 1, artefact, Repair::LeftOut)
                    }
                }
            }
        };
        corrected.corrections.push(Correction {
            beat: first + beat,
            artefact,
            repair,
        });
    }

    let mut before = None;
    for (beat, plan) in plans.iter().enumerate() {
        if plan.broken {
            corrected.times.push(f64::NAN);
        }
        if plan.removed {
            continue;
        }
        let next = (beat + 1..times.len()).find(|&next| !plans[next].removed);
        let time = match (before, next) {
            (Some(before), Some(next)) if plan.moved => {
                between(rhythm, &wrong, beat, before, times[next])
            }
            _ => times[beat],
        };
        if let Some(before) = before.filter(|_| plan.inserted) {
            corrected.times.push(0.5 * (before + time));
        }
        corrected.times.push(time);
        before = Some(time);
    }
}

/// The end of a long or short interval that can be moved so that the rhythm fits on both sides of it, the better one of two.
fn movable(
    times: &[f64],
    rhythm: &Rhythm,
    plans: &[Plan],
    wrong: &[bool],
    interval: usize,
) -> Option<usize> {
    let untouched = |beat: usize| {
        plans
            .get(beat)
            .is_some_and(|plan| !plan.removed && !plan.moved && !plan.inserted && !plan.broken)
    };
    [interval, interval + 1]
        .into_iter()
        .filter(|&beat| beat > 0 && [beat - 1, beat, beat + 1].into_iter().all(untouched))
        .filter_map(|beat| {
            let (before, after) = (times[beat - 1], times[beat + 1]);
            let time = between(rhythm, wrong, beat, before, after);
            let left = rhythm.fits(beat - 1, time - before)?;
            let right = rhythm.fits(beat, after - time)?;
            Some((left.max(right), beat))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, beat)| beat)
}

/// Where a beat lies between its neighbours if the intervals change evenly from the one before them to the one after.
fn between(rhythm: &Rhythm, wrong: &[bool], beat: usize, before: f64, after: f64) -> f64 {
    let known = |interval: Option<usize>| {
        interval
            .filter(|&interval| wrong.get(interval) == Some(&false))
            .map(|interval| rhythm.intervals[interval])
    };
    let left = known(beat.checked_sub(2)).unwrap_or(rhythm.medians[beat - 1]);
    let right = known(Some(beat + 1)).unwrap_or(rhythm.medians[beat]);
    // Two intervals a third and two thirds on the way: their shares of the time between the neighbours.
    let part = (2.0 * left + right) / (3.0 * (left + right));
    before + part * (after - before)
}
