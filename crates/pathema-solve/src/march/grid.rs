use std::sync::Arc;

use pathema_path::ControlPath;

use crate::BatchPath;
use crate::flow::{Clock, Span};
use crate::save::Put;

use super::layout::same;
use super::plan::Plan;

/// Steps laid out before the first is taken: each lane's own, the k-th of all lanes taken together.
///
/// A lane that has no k-th step stands still meanwhile, which moves nothing: a step of no length.
pub(crate) struct Grids {
    lanes: Vec<Grid>,
    /// Whether the one lane is the whole batch.
    whole: bool,
    batch: usize,
    /// 1 forward in time, −1 backward.
    direction: f64,
    /// The paths whose knots most points are.
    paths: Option<Arc<Vec<ControlPath>>>,
    steps: usize,
}

/// Where a lane steps, in the direction of the solve, and at which of these points its state is saved.
struct Grid {
    points: Points,
    /// For each save time, the index of its point.
    saves: Vec<usize>,
    /// How far into the step from there, from 0 to below 1; empty if all are 0.
    thetas: Vec<f64>,
}

/// Increasing points, of which knots of the lane's path need no second place in memory.
#[derive(Default)]
struct Points {
    len: usize,
    /// The first knot among them; those after it follow one by one.
    first_knot: Option<usize>,
    /// All that are no knots.
    others: Vec<f64>,
    /// How many of these come before the first knot, and the indices of the rest.
    lead: usize,
    places: Vec<usize>,
}

impl Points {
    fn push(&mut self, time: f64, knots: Knots<'_>) {
        let next = match self.first_knot {
            Some(first) => first + self.len - self.others.len(),
            None => knots.from(time),
        };
        if knots.get(next) == Some(time) {
            self.first_knot.get_or_insert(next);
        } else {
            self.others.push(time);
            match self.first_knot {
                Some(_) => self.places.push(self.len),
                None => self.lead += 1,
            }
        }
        self.len += 1;
    }

    /// The point of an index, the last for all beyond.
    fn at(&self, index: usize, knots: Knots<'_>) -> Option<f64> {
        let index = index.min(self.len.checked_sub(1)?);
        if index < self.lead {
            return Some(self.others[index]);
        }
        let before = self.places.partition_point(|&place| place < index);
        if self.places.get(before) == Some(&index) {
            return Some(self.others[self.lead + before]);
        }
        knots.get(self.first_knot? + index - self.lead - before)
    }
}

/// The knots of a path in the direction of the solve, in which they increase.
#[derive(Clone, Copy)]
struct Knots<'a> {
    times: &'a [f64],
    direction: f64,
}

impl Knots<'_> {
    fn get(self, index: usize) -> Option<f64> {
        if self.direction > 0.0 {
            return self.times.get(index).copied();
        }
        let mirrored = self.times.len().checked_sub(index + 1)?;
        Some(-self.times[mirrored])
    }

    /// The first knot that is not before a time.
    fn from(self, time: f64) -> usize {
        if self.direction > 0.0 {
            self.times.partition_point(|&knot| knot < time)
        } else {
            self.times.len() - self.times.partition_point(|&knot| -knot >= time)
        }
    }
}

impl Grids {
    /// One grid for the whole batch.
    pub(crate) fn shared(points: &[f64], saves: &[f64], batch: usize, direction: f64) -> Grids {
        let none = Knots {
            times: &[],
            direction,
        };
        let ends = [points.first(), points.last()].map(|end| end.map_or(0.0, |&end| end));
        let close = same(ends[0], ends[1]);
        let grid = Grid::new(points.iter().copied(), saves, none, close);
        Grids {
            steps: grid.points.len.saturating_sub(1),
            lanes: vec![grid],
            whole: true,
            batch,
            direction,
            paths: None,
        }
    }

    /// A grid for each path, from its own points (`on_knots`: most of them its knots) and the save times; no step where
    /// the path stands still.
    pub(crate) fn each<I: Iterator<Item = f64>>(
        path: &BatchPath,
        points: impl Fn(usize) -> I,
        on_knots: bool,
        saves: &[f64],
        direction: f64,
    ) -> Grids {
        let batch = path.batch() as usize;
        let mut grids = Grids {
            lanes: Vec::with_capacity(batch),
            whole: false,
            batch,
            direction,
            paths: on_knots.then(|| path.paths()),
            steps: 0,
        };
        for sample in 0..batch {
            let (first, last) = path.path(sample).interval();
            let grid = Grid::new(
                points(sample),
                saves,
                grids.knots(sample),
                same(first, last),
            );
            grids.steps = grids.steps.max(grid.points.len.saturating_sub(1));
            grids.lanes.push(grid);
        }
        grids
    }

    /// Steps that were found, from the start to the ends given of each lane, saved wherever the save times lie.
    pub(crate) fn found(start: f64, ends: Vec<Vec<f64>>, saves: &[f64], direction: f64) -> Grids {
        let lanes: Vec<Grid> = ends
            .into_iter()
            .map(|ends| Grid::found(start, ends, saves))
            .collect();
        Grids {
            steps: lanes
                .iter()
                .map(|grid| grid.points.len - 1)
                .max()
                .unwrap_or(0),
            batch: lanes.len(),
            lanes,
            whole: false,
            direction,
            paths: None,
        }
    }

    fn knots(&self, lane: usize) -> Knots<'_> {
        Knots {
            times: self.paths.as_ref().map_or(&[], |paths| paths[lane].knots()),
            direction: self.direction,
        }
    }

    /// Start and end of a lane's step; both its last point where it has no such step.
    pub(crate) fn ends(&self, lane: usize, step: usize) -> (f64, f64) {
        let (points, knots) = (&self.lanes[lane].points, self.knots(lane));
        let at = |index: usize| points.at(index, knots).unwrap_or(0.0) * self.direction;
        (at(step), at(step + 1))
    }

    /// What is saved at a point.
    fn puts_at(&self, point: usize) -> Vec<Put> {
        let mut puts = Vec::new();
        for (lane, grid) in self.lanes.iter().enumerate() {
            let first = grid.saves.partition_point(|&own| own < point);
            let slots = (first..grid.saves.len()).take_while(|&slot| grid.saves[slot] == point);
            for slot in slots {
                let samples = if self.whole {
                    0..self.batch
                } else {
                    lane..lane + 1
                };
                puts.extend(samples.map(|sample| Put::at_end(sample, sample, slot)));
            }
        }
        puts
    }

    /// Of each lane, the points at which it is saved, and how far into the steps from there unless that is nowhere.
    pub(crate) fn saves(&self) -> impl Iterator<Item = (&[usize], &[f64])> {
        self.lanes.iter().map(|grid| (&*grid.saves, &*grid.thetas))
    }

    /// Steps of a lane.
    pub(crate) fn steps_of(&self, lane: usize) -> usize {
        self.lanes[lane].points.len.saturating_sub(1)
    }

    /// The times of all points of each lane.
    pub(crate) fn times(&self) -> Vec<Vec<f64>> {
        let of_lane = |(lane, grid): (usize, &Grid)| {
            let points = 0..grid.points.len;
            let times = points.filter_map(|index| grid.points.at(index, self.knots(lane)));
            times.map(|time| time * self.direction).collect()
        };
        self.lanes.iter().enumerate().map(of_lane).collect()
    }

    /// Saves every point of every lane.
    pub(crate) fn saving_all(mut self) -> Grids {
        for grid in &mut self.lanes {
            grid.saves = (0..grid.points.len).collect();
            grid.thetas = Vec::new();
        }
        self
    }
}

impl Grid {
    /// The union of `points` (increasing, first the start) and of the save times; those so `close` are one.
    fn new(
        points: impl Iterator<Item = f64>,
        save_at: &[f64],
        knots: Knots<'_>,
        close: f64,
    ) -> Grid {
        let mut points = points.peekable();
        let mut grid = Grid {
            points: Points::default(),
            saves: Vec::with_capacity(save_at.len()),
            thetas: Vec::new(),
        };
        let mut last = f64::NAN;
        loop {
            let point = points.peek().copied().unwrap_or(f64::INFINITY);
            let save = save_at.get(grid.saves.len()).copied();
            // A knot that equals a save time comes first, so the save finds it there.
            let save = save.filter(|save| *save < point);
            if save.is_none() && points.next().is_none() {
                return grid;
            }
            let time = save.unwrap_or(point);
            let first = grid.points.len == 0;
            // A time before the path starts sees the initial state.
            let begun = save.is_none() || !first;
            if begun && (first || time - last > close) {
                grid.points.push(time, knots);
                last = time;
            }
            if save.is_some() {
                grid.saves.push(grid.points.len.saturating_sub(1));
            }
        }
    }
}

impl Grid {
    /// From a start over the ends of steps.
    fn found(start: f64, ends: Vec<f64>, save_at: &[f64]) -> Grid {
        let mut points = Vec::with_capacity(ends.len() + 1);
        points.push(start);
        points.extend(ends);
        let place = |&save: &f64| {
            let point = points.partition_point(|&point| point < save);
            match points.get(point) {
                // The last one there is.
                None => (points.len() - 1, 0.0),
                Some(&at) if at == save || point == 0 => (point, 0.0),
                Some(&to) => {
                    let from = points[point - 1];
                    (point - 1, (save - from) / (to - from))
                }
            }
        };
        let (saves, thetas) = save_at.iter().map(place).unzip();
        Grid {
            saves,
            thetas,
            points: Points {
                len: points.len(),
                first_knot: None,
                lead: points.len(),
                others: points,
                places: Vec::new(),
            },
        }
    }
}

impl Plan for Grids {
    fn len(&self) -> usize {
        self.steps
    }

    fn span(&self, step: usize) -> Span {
        if self.whole {
            let (from, to) = self.ends(0, step);
            return Span::shared(from, to);
        }
        let (from, to) = (0..self.lanes.len())
            .map(|lane| self.ends(lane, step))
            .unzip();
        Span {
            from: Clock::Each(from),
            to: Clock::Each(to),
            samples: None,
        }
    }

    fn puts(&self, step: usize) -> Vec<Put> {
        self.puts_at(step + 1)
    }

    fn first_puts(&self) -> Vec<Put> {
        self.puts_at(0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Grid, Knots};

    #[track_caller]
    fn check(points: &[f64], save_at: &[f64], union: &[f64], saves: &[usize]) {
        let mirrored: Vec<f64> = points.iter().rev().map(|point| -point).collect();
        // Whether points are knots, and of a path gone through which way, makes no difference.
        for (times, direction) in [
            (&[][..], 1.0),
            (points, 1.0),
            (&points[1..], 1.0),
            (&mirrored, -1.0),
        ] {
            let knots = Knots { times, direction };
            let grid = Grid::new(points.iter().copied(), save_at, knots, 1e-15);
            let found: Vec<f64> = (0..grid.points.len)
                .filter_map(|index| grid.points.at(index, knots))
                .collect();
            assert_eq!((found, grid.saves), (union.to_vec(), saves.to_vec()));
            assert_eq!(grid.points.at(99, knots), union.last().copied());
        }
    }

    #[test]
    fn unites_points_and_save_times() {
        check(&[0.0, 1.0, 2.0], &[], &[0.0, 1.0, 2.0], &[]);
        check(&[0.0, 1.0], &[0.0, 0.5, 1.0], &[0.0, 0.5, 1.0], &[0, 1, 2]);
        check(&[0.0, 1.0], &[0.5, 2.0], &[0.0, 0.5, 1.0, 2.0], &[1, 3]);
        check(&[1.0, 2.0], &[0.5, 1.5], &[1.0, 1.5, 2.0], &[0, 1]);
        check(&[0.0, 0.1 + 0.2], &[0.3], &[0.0, 0.3], &[1]);
    }
}
