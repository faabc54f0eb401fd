//! Regular steps, for models that need them.

use pathema_path::Observations;

use super::SignalsError;

/// Observations in cells of one length, missing values as NaN. Nothing is filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// T.
    pub cells: usize,
    /// C.
    pub channels: usize,
    /// `[T × C]`, row by row: the mean of a channel's observations in a cell; NaN where there was none.
    pub values: Vec<f64>,
    /// `[T × C]`: whether there was one.
    pub mask: Vec<bool>,
    /// `[T × C]`: seconds from the cell in which the channel was last observed, before this one, to this cell; where it was not yet, from
    /// the first cell. That is δ of GRU-D (Che et al., *Sci. Rep.* 8, 2018, eq. 2).
    pub since: Vec<f64>,
}

impl Grid {
    /// Cells of `spacing` seconds from 0 to `length`; a rest that is no whole cell is left out, and what was observed outside.
    ///
    /// # Errors
    /// [`SignalsError::Grid`] if there is no cell, or a length is not finite.
    ///
    /// ```
    /// use pathema_path::Observations;
    /// use pathema_study::signals::Grid;
    /// let seen = Observations::new(vec![0.1, 0.4, 1.6], vec![1.0, 3.0, 5.0], 1).unwrap();
    /// let grid = Grid::new(&seen, 2.0, 0.5)?;
    /// assert_eq!(grid.values[0], 2.0);
    /// assert_eq!(grid.mask, [true, false, false, true]);
    /// assert_eq!(grid.since, [0.0, 0.5, 1.0, 1.5]);
    /// # Ok::<(), pathema_study::signals::SignalsError>(())
    /// ```
    pub fn new(
        observations: &Observations,
        length: f64,
        spacing: f64,
    ) -> Result<Grid, SignalsError> {
        // More cells than this are a slip of units.
        const MOST_CELLS: f64 = 1e7;
        let cells = (length / spacing + 1e-9).floor();
        if !(spacing > 0.0 && length.is_finite() && (1.0..=MOST_CELLS).contains(&cells)) {
            return Err(SignalsError::Grid { length, spacing });
        }
        let (cells, channels) = (cells as usize, observations.channels());
        let mut values = vec![0.0; cells * channels];
        let mut counts = vec![0_u32; cells * channels];
        for (&time, row) in observations.times().iter().zip(observations.rows()) {
            // A hair of slack, for times that rounding pushed before an edge.
            let cell = (time / spacing + 1e-9).floor();
            if !(0.0..cells as f64).contains(&cell) {
                continue;
            }
            let at = cell as usize * channels;
            for (channel, value) in row.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
                values[at + channel] += value;
                counts[at + channel] += 1;
            }
        }
        for (value, &count) in values.iter_mut().zip(&counts) {
            *value = if count > 0 {
                *value / f64::from(count)
            } else {
                f64::NAN
            };
        }
        let mask: Vec<bool> = counts.iter().map(|&count| count > 0).collect();
        let mut since = vec![0.0; cells * channels];
        for at in channels..cells * channels {
            let before = at - channels;
            since[at] = spacing + if mask[before] { 0.0 } else { since[before] };
        }
        Ok(Grid {
            cells,
            channels,
            values,
            mask,
            since,
        })
    }
}
