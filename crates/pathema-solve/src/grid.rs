use crate::SolveError;

/// Where a sample's solver steps, and at which of these points the state is saved.
pub(crate) struct Grid {
    /// Increasing; the first is where the solve starts.
    pub(crate) points: Vec<f64>,
    /// For each save time, the index of its point.
    pub(crate) saves: Vec<usize>,
}

/// Points closer than this, relative to their size, are one.
const SAME: f64 = 1e-9;

impl Grid {
    /// The union of `points` (increasing, first the start) and of the save times.
    pub(crate) fn new(points: &[f64], save_at: &[f64]) -> Grid {
        let mut grid = Grid {
            points: Vec::with_capacity(points.len() + save_at.len()),
            saves: Vec::with_capacity(save_at.len()),
        };
        let (mut point, mut save) = (0, 0);
        while point < points.len() || save < save_at.len() {
            let next_point = points.get(point).copied().unwrap_or(f64::INFINITY);
            let next_save = save_at.get(save).copied().unwrap_or(f64::INFINITY);
            if next_point <= next_save {
                grid.push(next_point);
                point += 1;
            } else {
                // A time before the path starts sees the initial state.
                if !grid.points.is_empty() || next_save >= next_point {
                    grid.push(next_save);
                }
                grid.saves.push(grid.points.len().saturating_sub(1));
                save += 1;
            }
        }
        // A knot that equals a save time was pushed first, so the save found it there.
        grid
    }

    fn push(&mut self, time: f64) {
        match self.points.last() {
            Some(&last) if time - last <= SAME * (1.0 + last.abs()) => {}
            _ => self.points.push(time),
        }
    }
}

/// # Errors
/// [`SolveError::SaveTimes`] unless the times are finite and strictly increasing.
pub(crate) fn check_save_times(save_at: &[f64]) -> Result<(), SolveError> {
    let mut previous = f64::NEG_INFINITY;
    for (index, &time) in save_at.iter().enumerate() {
        if !(time.is_finite() && time > previous) {
            return Err(SolveError::SaveTimes {
                index,
                time,
                previous,
            });
        }
        previous = time;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Grid;

    #[track_caller]
    fn check(points: &[f64], save_at: &[f64], union: &[f64], saves: &[usize]) {
        let grid = Grid::new(points, save_at);
        assert_eq!(grid.points, union);
        assert_eq!(grid.saves, saves);
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
