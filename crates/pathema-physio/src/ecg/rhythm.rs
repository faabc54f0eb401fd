//! How long the next beat may take: the two averages of RR intervals of Pan & Tompkins (1985).

use std::collections::VecDeque;

use crate::peaks::median;

/// How many intervals an average is taken over.
const COUNT: usize = 8;
/// An interval is regular within these parts of the second average.
const REGULAR: [f64; 2] = [0.92, 1.16];
/// Search back past so many times the second average.
const MISSED: f64 = 1.66;

/// Taken for the usual interval while none is known, in seconds.
const UNKNOWN: f64 = 1.0;

/// The recent intervals, in seconds.
#[derive(Clone, Debug, Default)]
pub(super) struct Rhythm {
    /// The last eight (RR average 1 is their mean).
    recent: VecDeque<f64>,
    /// The last eight that were regular (RR average 2 is their mean).
    regular: VecDeque<f64>,
    /// How many in a row were not.
    irregular: usize,
}

impl Rhythm {
    pub(super) fn hear(&mut self, interval: f64) {
        let regular = self
            .usual()
            .is_none_or(|usual| (REGULAR[0] * usual..=REGULAR[1] * usual).contains(&interval));
        push(&mut self.recent, interval);
        self.irregular = if regular { 0 } else { self.irregular + 1 };
        if self.recent.len() < COUNT || self.irregular == COUNT {
            // At the start the median is the best guess. Later the paper's average would stay for ever where the heart
            // has changed its rate at once; eight irregular intervals in a row are the new rhythm.
            let usual = median(self.recent.clone().make_contiguous()).unwrap_or(interval);
            self.regular.clear();
            let near =
                |interval: &&f64| (REGULAR[0] * usual..=REGULAR[1] * usual).contains(*interval);
            self.regular.extend(self.recent.iter().filter(near));
            if self.regular.is_empty() {
                self.regular.push_back(usual);
            }
        } else if regular {
            push(&mut self.regular, interval);
        }
    }

    /// RR average 2.
    fn usual(&self) -> Option<f64> {
        let count = self.regular.len();
        (count > 0).then(|| self.regular.iter().sum::<f64>() / count as f64)
    }

    /// Whether one of the last eight intervals was not regular.
    pub(super) fn is_irregular(&self) -> bool {
        self.recent.len() == COUNT
            && self.usual().is_some_and(|usual| {
                let [low, high] = REGULAR.map(|part| part * usual);
                self.recent
                    .iter()
                    .any(|interval| !(low..=high).contains(interval))
            })
    }

    /// After how many seconds without a beat one was missed.
    pub(super) fn missed_after(&self) -> f64 {
        MISSED * self.usual().unwrap_or(UNKNOWN)
    }
}

fn push(intervals: &mut VecDeque<f64>, interval: f64) {
    if intervals.len() == COUNT {
        intervals.pop_front();
    }
    intervals.push_back(interval);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_early_beat_makes_the_rhythm_irregular_and_does_not_move_the_second_average() {
        let mut rhythm = Rhythm::default();
        (0..8).for_each(|_| rhythm.hear(0.8));
        assert!(!rhythm.is_irregular());
        [0.5, 1.1].into_iter().for_each(|rr| rhythm.hear(rr));
        assert!(rhythm.is_irregular());
        assert!((rhythm.missed_after() - 1.66 * 0.8).abs() < 1e-12);
        (0..8).for_each(|_| rhythm.hear(0.8));
        assert!(!rhythm.is_irregular());
    }

    #[test]
    fn a_lasting_change_becomes_the_rhythm() {
        let mut rhythm = Rhythm::default();
        (0..12).for_each(|_| rhythm.hear(0.6));
        (0..7).for_each(|_| rhythm.hear(1.0));
        assert!((rhythm.missed_after() - 1.66 * 0.6).abs() < 1e-12);
        rhythm.hear(1.0);
        assert!((rhythm.missed_after() - 1.66).abs() < 1e-12);
    }

    #[test]
    fn one_doubled_interval_at_the_start_is_outvoted() {
        let mut rhythm = Rhythm::default();
        assert!((rhythm.missed_after() - 1.66).abs() < 1e-9);
        [1.6, 0.8, 0.8].into_iter().for_each(|rr| rhythm.hear(rr));
        assert!((rhythm.missed_after() - 1.66 * 0.8).abs() < 1e-12);
    }
}
