use pathema_path::{Observations, PathError};

/// A window on a regular grid, `[cells × channels]` each.
#[derive(Clone, Debug, PartialEq)]
pub struct Cells {
    /// What a line between neighbouring observations, at most [`LONGEST_LINE`] apart, has at the end of each cell; NaN elsewhere: what
    /// is usually done before a network that needs a grid.
    pub resampled: Vec<f32>,
    /// Mean of the observations in each cell; NaN where there are none.
    pub observed: Vec<f32>,
    /// Seconds from the end of each cell back to the last observation before it began, or to the window's start.
    pub since: Vec<f32>,
    /// Data channels.
    pub channels: usize,
    /// Cells.
    pub cells: usize,
    /// Seconds of the window.
    pub length: f32,
}

/// Seconds between neighbours that a line is drawn across.
pub const LONGEST_LINE: f64 = 5.0;

impl Cells {
    /// Of a window's observations over `length` seconds, in cells of about `cell` seconds.
    pub fn new(observed: &Observations, length: f64, cell: f64) -> Cells {
        let channels = observed.channels();
        let cells = (length / cell).round().max(1.0) as usize;
        let cell = length / cells as f64;
        let empty = vec![f32::NAN; cells * channels];
        let mut grid = Cells {
            resampled: empty.clone(),
            observed: empty,
            since: vec![0.0; cells * channels],
            channels,
            cells,
            length: length as f32,
        };
        for channel in 0..channels {
            let series: Vec<(f64, f64)> = observed
                .times()
                .iter()
                .zip(observed.rows())
                .map(|(&time, row)| (time, row[channel]))
                .filter(|(_, value)| !value.is_nan())
                .collect();
            let mut next = 0;
            let mut last = 0.0;
            for k in 0..cells {
                let (place, end) = (k * channels + channel, (k + 1) as f64 * cell);
                grid.since[place] = (end - last) as f32;
                let first = next;
                while next < series.len() && series[next].0 < end {
                    next += 1;
                }
                let within = &series[first..next];
                if let Some(&(time, _)) = within.last() {
                    last = time;
                    let sum: f64 = within.iter().map(|(_, value)| value).sum();
                    grid.observed[place] = (sum / within.len() as f64) as f32;
                }
                grid.resampled[place] = on_line(&series, next, end);
            }
        }
        grid
    }

    /// What is resampled, as observations at the ends of cells.
    ///
    /// # Errors
    /// [`PathError`] if there is nothing.
    pub fn resampled(&self) -> Result<Observations, PathError> {
        let cell = f64::from(self.length) / self.cells as f64;
        let rows = self.resampled.chunks_exact(self.channels);
        let (mut times, mut values) = (Vec::new(), Vec::new());
        for (k, row) in rows.enumerate() {
            if row.iter().any(|value| !value.is_nan()) {
                times.push((k + 1) as f64 * cell);
                values.extend(row.iter().map(|&value| f64::from(value)));
            }
        }
        Observations::new(times, values, self.channels)
    }
}

/// The value at `time`, of which `next` observations lie before, on the line between its neighbours.
fn on_line(series: &[(f64, f64)], next: usize, time: f64) -> f32 {
    let before = next.checked_sub(1).map(|place| series[place]);
    let value = match (before, series.get(next)) {
        (Some((from, a)), Some(&(to, b))) if to - from <= LONGEST_LINE => {
            a + (b - a) * (time - from) / (to - from)
        }
        // At the window's edges the nearest is taken.
        (Some((at, value)), None) if time - at <= LONGEST_LINE => value,
        (None, Some(&(at, value))) if at - time <= LONGEST_LINE => value,
        _ => f64::NAN,
    };
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_drawn_across_short_gaps_only() {
        let observed = Observations::new(vec![0.5, 2.5, 12.0], vec![1.0, 3.0, 9.0], 1).unwrap();
        let cells = Cells::new(&observed, 14.0, 1.0);
        assert_eq!(cells.resampled[..2], [1.5, 2.5]);
        assert!(cells.resampled[2].is_nan(), "a gap of 9.5 s");
        assert!(
            cells.resampled[11].is_nan(),
            "what comes at its end is not yet in a cell"
        );
        assert!(cells.resampled[12] == 9.0 && cells.resampled[13] == 9.0);
        assert_eq!(cells.observed[0], 1.0);
        assert!(cells.observed[1].is_nan());
        assert_eq!(cells.since[..4], [1.0, 1.5, 2.5, 1.5]);
        // As observations they stand at the ends of cells, gaps left out.
        let again = cells.resampled().unwrap();
        assert_eq!(again.times(), [1.0, 2.0, 13.0, 14.0]);
        assert_eq!(
            again.rows().map(|row| row[0]).collect::<Vec<_>>(),
            [1.5, 2.5, 9.0, 9.0]
        );
    }
}
