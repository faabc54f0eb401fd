//! The road of a drive, and how stressful each moment of it was.

use super::layout::Parts;
use super::{AFTER, LEADS};
use crate::simulate::random::{Memory, Purpose, Random};
use crate::simulate::state::{RATE, Track};

/// The parts in order: seconds, and how likely a stretch of them is rated low or medium; else it is high.
const PARTS: [(&str, f64, [f64; 2]); 9] = [
    ("Rest", 280.0, [1.0, 0.0]),
    ("Z", 80.0, [0.7, 0.3]),
    ("City1", 240.0, [0.05, 0.3]),
    ("Hwy", 200.0, [0.25, 0.65]),
    ("City2", 200.0, [0.05, 0.3]),
    ("City2.1", 140.0, [0.05, 0.3]),
    ("Hwy.1", 200.0, [0.25, 0.65]),
    ("City1.1", 240.0, [0.05, 0.3]),
    ("Z.1", 80.0, [0.7, 0.3]),
];
/// Ratings within the classes, away from where others draw the lines.
const LOW: [f64; 2] = [0.04, 0.3];
const MEDIUM: [f64; 2] = [0.47, 0.68];
const HIGH: [f64; 2] = [0.82, 0.97];
/// Seconds for which it goes on as it is.
const STRETCH: [f64; 2] = [80.0, 160.0];
/// Seconds in which the rater's hand follows, standard deviation and memory of its tremble.
const HAND: f64 = 1.0;
const TREMBLE: f64 = 0.01;
const TREMBLE_TAU: f64 = 8.0;

/// A drive's road and its ratings.
pub(super) struct Course {
    pub(super) parts: Parts,
    /// Seconds from where the E4 was switched on to where it was switched off.
    pub(super) seconds: u32,
    /// Stress from 0 to 1, as it was meant.
    meant: Track,
    rated: Track,
}

impl Course {
    /// Of parts so much longer than usual.
    pub(super) fn new(seed: u64, drive: u32, length: f64) -> Course {
        let random = &mut Random::new(seed, drive as usize, Purpose::Rating);
        let parts: Parts = PARTS
            .iter()
            .map(|&(part, usual, _)| {
                let seconds = usual * length * random.uniform(0.85, 1.15);
                (part, seconds.round().max(10.0) as u32)
            })
            .collect();
        // From when on it is how stressful.
        let mut levels = vec![(0.0, random.uniform(LOW[0], LOW[1]))];
        let mut now = f64::from(LEADS[0]);
        for (&(_, seconds), (_, _, [low, medium])) in parts.iter().zip(PARTS) {
            let end = now + f64::from(seconds);
            while now < end {
                let drawn = random.uniform(0.0, 1.0);
                let [from, to] = match drawn {
                    _ if drawn < low => LOW,
                    _ if drawn < low + medium => MEDIUM,
                    _ => HIGH,
                };
                levels.push((now, random.uniform(from, to)));
                let stretch = random.uniform(STRETCH[0], STRETCH[1]) * length;
                // No short rest of a part.
                now = match end - now - stretch {
                    left if left < 0.6 * STRETCH[0] * length => end,
                    _ => now + stretch,
                };
            }
        }
        levels.push((now, random.uniform(LOW[0], LOW[1])));
        let seconds = now as u32 + AFTER[0];
        let at = |time: f64| {
            let after = levels.partition_point(|&(from, _)| from <= time);
            levels[after.saturating_sub(1)].1
        };
        let meant = Track::new(f64::from(seconds), at);
        let mut hand = Memory::new(random, RATE, TREMBLE_TAU, TREMBLE);
        let moved = meant.clone().smoothed(HAND);
        let rated = Track::new(f64::from(seconds), |time| {
            (moved.at(time) + hand.next(random)).clamp(0.0, 1.0)
        });
        Course {
            parts,
            seconds,
            meant,
            rated,
        }
    }

    /// What stress does to a body: 0 at rest, about 1 at the most.
    pub(super) fn drive(&self, time: f64) -> f64 {
        ((self.meant.at(time) - 0.1) / 0.8).max(0.0)
    }

    /// What was rated.
    pub(super) fn rating(&self, time: f64) -> f64 {
        self.rated.at(time)
    }

    /// Seconds of all parts.
    pub(super) fn driven(&self) -> u32 {
        self.parts.iter().map(|part| part.1).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_drives_have_whole_windows_of_every_class() {
        let complete = (1..=40).filter(|&drive| {
            let course = Course::new(2018, drive, 1.0);
            let end = LEADS[0] + course.driven();
            let (mut longest, mut lasted, mut before) = ([0.0_f64; 3], 0.0, 3);
            for sample in LEADS[0] * 4..end * 4 {
                let rating = course.rating(f64::from(sample) / 4.0);
                let class = usize::from(rating >= 0.4) + usize::from(rating >= 0.75);
                lasted = if class == before { lasted + 0.25 } else { 0.25 };
                longest[class] = longest[class].max(lasted);
                before = class;
            }
            longest.iter().all(|&seconds| seconds >= 60.0)
        });
        let complete = complete.count();
        assert!(complete >= 36, "{complete} of 40");
    }
}
