use super::Problem;
use crate::Adaptive;
use crate::march::March;
use crate::march::adaptive::EVENT_SLOT;
use crate::march::lanes::Way;
use crate::save::Put;

/// The way back in stretches from one saved state to that before it.
pub(super) struct Stretches {
    pub(super) direction: f64,
    pub(super) start: f64,
    pub(super) whole: bool,
    /// In the direction of the solve.
    pub(super) stops: Vec<Vec<f64>>,
    pub(super) jumps: bool,
    pub(super) marks: Vec<Vec<(f64, usize)>>,
    pub(super) steps: Adaptive,
}

impl Stretches {
    /// The lane's mark from which its k-th stretch starts, counted from the end.
    pub(super) fn mark(&self, lane: usize, k: usize) -> Option<(f64, usize)> {
        let marks = &self.marks[lane];
        marks.len().checked_sub(k + 1).map(|place| marks[place])
    }

    pub(super) fn count(&self) -> usize {
        self.marks.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// Everything that is saved where the k-th stretches start.
    pub(super) fn puts(&self, k: usize, batch: usize) -> Vec<Put> {
        let mut puts = Vec::new();
        for lane in 0..self.marks.len() {
            let Some((_, slot)) = self.mark(lane, k) else {
                continue;
            };
            let samples = if self.whole { 0..batch } else { lane..lane + 1 };
            puts.extend(samples.map(|sample| Put::at_end(sample, sample, slot)));
        }
        puts
    }

    pub(super) fn ways(&self, k: usize) -> Vec<Way> {
        let way = |lane: usize| {
            let from = self.mark(lane, k).map_or(self.start, |(time, _)| time) * self.direction;
            let to = self.mark(lane, k + 1).map_or(self.start, |(time, _)| time) * self.direction;
            let to = if self.mark(lane, k).is_none() {
                from
            } else {
                to
            };
            let stops = self.stops.get(lane).or(self.stops.first());
            let stops = stops.into_iter().flatten().rev().map(|stop| -stop);
            Way {
                start: from,
                end: to,
                stops: stops.collect(),
                saves: vec![to],
            }
        };
        (0..self.marks.len()).map(way).collect()
    }
}

/// For each lane the times at which states were saved, in order, and their slots.
pub(super) fn marks(
    problem: &Problem<'_>,
    march: &March,
    times: &[Vec<f64>],
    whole: bool,
) -> Vec<Vec<(f64, usize)>> {
    let direction = problem.direction();
    let lanes = if whole { 1 } else { problem.batch() };
    (0..lanes)
        .map(|lane| {
            let own = times.get(lane).or(times.first()).into_iter().flatten();
            let mut marks: Vec<(f64, usize)> = own.copied().zip(problem.first_slot()..).collect();
            if let Some(happening) = march.happenings.get(lane).copied().flatten() {
                marks.retain(|(time, _)| time * direction <= happening.time * direction);
                marks.push((happening.time, EVENT_SLOT));
            }
            marks
        })
        .collect()
}
