use crate::BatchPath;
use crate::flow::{Clock, Span};
use crate::save::Put;

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
    /// The paths whose knots are the points of most grids.
    path: Option<BatchPath>,
    steps: usize,
}

/// Where a lane steps, in the direction of the solve, and at which of these points its state is saved.
struct Grid {
    points: Points,
    /// For each save time, the index of its point.
    saves: Vec<usize>,
}

enum Points {
    Own(Vec<f64>),
    /// The knots of its path, which need no second place in memory.
    Knots,
}

/// Points closer than this, relative to their size, are one.
const SAME: f64 = 1e-9;

impl Grids {
    /// One grid for the whole batch.
    pub(crate) fn shared(points: &[f64], saves: &[f64], batch: usize, direction: f64) -> Grids {
        let (points, saves) = unite(points, saves);
        let steps = points.len().saturating_sub(1);
        Grids {
            lanes: vec![Grid {
                points: Points::Own(points),
                saves,
            }],
            whole: true,
            batch,
            direction,
            path: None,
            steps,
        }
    }

    /// A grid for each path, from its own points and the save times; no step where the path stands still. The points
    /// are the path's knots where the solve goes `along` them from start to end.
    pub(crate) fn each(
        path: &BatchPath,
        points: impl Fn(usize) -> Vec<f64>,
        along: Option<(f64, f64)>,
        saves: &[f64],
        direction: f64,
    ) -> Grids {
        let batch = path.batch() as usize;
        let mut steps = 0;
        let lanes: Vec<Grid> = (0..batch)
            .map(|sample| {
                let knots = path.knots(sample);
                let own = along.filter(|_| direction > 0.0);
                if let Some(grid) = own.and_then(|(start, end)| of_knots(knots, start, end, saves))
                {
                    steps = steps.max(knots.len() - 1);
                    return grid;
                }
                let (points, saves) = unite(&points(sample), saves);
                steps = steps.max(points.len().saturating_sub(1));
                let points = if direction > 0.0 && points == path.knots(sample) {
                    Points::Knots
                } else {
                    Points::Own(points)
                };
                Grid { points, saves }
            })
            .collect();
        Grids {
            lanes,
            whole: false,
            batch,
            direction,
            path: Some(path.detached()),
            steps,
        }
    }

    fn points(&self, lane: usize) -> &[f64] {
        match (&self.lanes[lane].points, &self.path) {
            (Points::Own(points), _) => points,
            (Points::Knots, Some(path)) => path.knots(lane),
            (Points::Knots, None) => &[],
        }
    }

    /// Start and end of a lane's step; both its last point where it has no such step.
    fn ends(&self, lane: usize, step: usize) -> (f64, f64) {
        let points = self.points(lane);
        let last = points.last().copied().unwrap_or(0.0);
        let at = |point: usize| points.get(point).copied().unwrap_or(last) * self.direction;
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

    /// The times of all points of each lane.
    pub(crate) fn times(&self) -> Vec<Vec<f64>> {
        (0..self.lanes.len())
            .map(|lane| {
                self.points(lane)
                    .iter()
                    .map(|point| point * self.direction)
                    .collect()
            })
            .collect()
    }

    /// Saves every point of every lane.
    pub(crate) fn saving_all(mut self) -> Grids {
        for lane in 0..self.lanes.len() {
            self.lanes[lane].saves = (0..self.points(lane).len()).collect();
        }
        self
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

/// The grid of a path that lies within the solve and has all save times on its knots, which takes no memory of its own;
/// `None` for another path.
fn of_knots(knots: &[f64], start: f64, end: f64, saves: &[f64]) -> Option<Grid> {
    let (&first, &last) = (knots.first()?, knots.last()?);
    if start > first || end < last {
        return None;
    }
    let place = |&save: &f64| {
        let near = knots.partition_point(|&knot| knot < save - SAME * (1.0 + save.abs()));
        let knot = *knots.get(near)?;
        // A time before the path starts sees the initial state.
        (save <= first || (save - knot).abs() <= SAME * (1.0 + knot.abs())).then_some(near)
    };
    Some(Grid {
        saves: saves.iter().map(place).collect::<Option<_>>()?,
        points: Points::Knots,
    })
}

/// The union of `points` (increasing, first the start) and of the save times, and the index of each save time in it.
fn unite(points: &[f64], save_at: &[f64]) -> (Vec<f64>, Vec<usize>) {
    let mut union: Vec<f64> = Vec::with_capacity(points.len() + save_at.len());
    let mut saves = Vec::with_capacity(save_at.len());
    let push = |union: &mut Vec<f64>, time: f64| match union.last() {
        Some(&last) if time - last <= SAME * (1.0 + last.abs()) => {}
        _ => union.push(time),
    };
    let (mut point, mut save) = (0, 0);
    while point < points.len() || save < save_at.len() {
        let next_point = points.get(point).copied().unwrap_or(f64::INFINITY);
        let next_save = save_at.get(save).copied().unwrap_or(f64::INFINITY);
        if next_point <= next_save {
            push(&mut union, next_point);
            point += 1;
        } else {
            // A time before the path starts sees the initial state.
            if !union.is_empty() || next_save >= next_point {
                push(&mut union, next_save);
            }
            saves.push(union.len().saturating_sub(1));
            save += 1;
        }
    }
    // A knot that equals a save time was pushed first, so the save found it there.
    (union, saves)
}

#[cfg(test)]
mod tests {
    use super::unite;

    #[track_caller]
    fn check(points: &[f64], save_at: &[f64], union: &[f64], saves: &[usize]) {
        assert_eq!(unite(points, save_at), (union.to_vec(), saves.to_vec()));
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
