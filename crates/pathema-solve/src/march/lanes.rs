use pathema_kernel::Lane as Standing;

use crate::flow::{Clock, Span};
use crate::solution::Status;

/// Where a lane goes; times are in the direction of the solve.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) start: f64,
    pub(crate) end: f64,
    /// Times at which a step has to end, increasing.
    pub(crate) stops: Vec<f64>,
    pub(crate) saves: Vec<f64>,
}

/// Rows that share a step: the whole batch, or one sample. Times are in the direction of the solve.
pub(crate) struct Lane {
    /// Where it stands.
    pub(crate) at: Standing,
    /// Times to save at.
    pub(crate) saves: Vec<f64>,
    pub(crate) next_save: usize,
    pub(crate) accepted: usize,
    /// How it ended, once it has.
    pub(crate) status: Option<Status>,
}

impl Lane {
    pub(crate) fn new(start: f64, end: f64, stops: Vec<f64>, saves: Vec<f64>) -> Lane {
        Lane {
            at: Standing::new(start, end, stops),
            saves,
            next_save: 0,
            accepted: 0,
            status: None,
        }
    }

    /// Whether all is saved that has to be.
    pub(crate) fn is_done(&self, every_step: bool) -> bool {
        if every_step {
            self.at.time >= self.at.end()
        } else {
            self.next_save == self.saves.len()
        }
    }

    /// Ends the lane where it has tried too many steps.
    pub(crate) fn check_limit(&mut self, limit: usize, direction: f64) {
        if self.at.tried >= limit && self.status.is_none() {
            let end = self.saves.last().copied().unwrap_or(self.at.end());
            self.status = Some(Status::MaxSteps {
                limit,
                time: self.at.time * direction,
                end: end * direction,
            });
        }
    }

    /// Slots and times of the saves up to a time, which are then done.
    pub(crate) fn due(&mut self, time: f64) -> Vec<(usize, f64)> {
        let first = self.next_save;
        while self.saves.get(self.next_save).is_some_and(|&at| at <= time) {
            self.next_save += 1;
        }
        (first..self.next_save)
            .map(|slot| (slot, self.saves[slot]))
            .collect()
    }
}

impl Way {
    pub(crate) fn lane(&self, land: bool, overshoot: bool) -> Lane {
        let stops = stops(&self.stops, &self.saves, land);
        let end = if overshoot && !land {
            f64::INFINITY
        } else {
            self.end
        };
        Lane::new(self.start, end, stops, self.saves.clone())
    }
}

/// Where steps have to end: also at the save times, if states saved are to `land` there.
pub(crate) fn stops(stops: &[f64], saves: &[f64], land: bool) -> Vec<f64> {
    let mut stops = stops.to_vec();
    if land {
        stops.extend(saves);
        stops.sort_by(f64::total_cmp);
    }
    stops
}

/// The lanes still under way, and what is where.
pub(crate) struct Active {
    /// Lanes in the order of the rows.
    pub(crate) lanes: Vec<usize>,
    /// Whether the one lane is the whole batch.
    pub(crate) whole: bool,
}

impl Active {
    /// Rows of the lane at a place.
    pub(crate) fn rows(&self, place: usize, batch: usize) -> std::ops::Range<usize> {
        if self.whole {
            0..batch
        } else {
            place..place + 1
        }
    }

    /// The sample of a row.
    pub(crate) fn sample(&self, row: usize) -> usize {
        if self.whole { row } else { self.lanes[row] }
    }

    /// A step of all rows, from and to a time of each lane in the direction of the solve.
    pub(crate) fn span(&self, ends: &[(f64, f64)], direction: f64) -> Span {
        if self.whole {
            return Span::shared(ends[0].0 * direction, ends[0].1 * direction);
        }
        let (from, to) = ends
            .iter()
            .map(|(from, to)| (from * direction, to * direction))
            .unzip();
        Span {
            from: Clock::Each(from),
            to: Clock::Each(to),
            samples: Some(self.lanes.clone()),
        }
    }

    /// A flag or number of each lane, for each of its rows.
    pub(crate) fn spread<T: Clone>(&self, of_lanes: &[T], batch: usize) -> Vec<T> {
        if self.whole {
            vec![of_lanes[0].clone(); batch]
        } else {
            of_lanes.to_vec()
        }
    }
}
