//! Derived channels: time and observational intensity.

use crate::Observations;

/// What the intensity channels tell of the observations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Intensity {
    /// One count for each data channel: how often it has been observed.
    PerChannel,
    /// One count for all: how many samples had any data channel observed.
    Shared,
    /// One mask for each data channel: 1 in a sample in which it was observed, else 0.
    ///
    /// A mask tells where a value was seen rather than filled in, but as it
    /// returns to zero its path does not say how much was seen; the counts do.
    Mask,
}

impl Observations {
    /// The same observations with the time itself as first channel, not scaled.
    ///
    /// Without it a controlled differential equation cannot tell how fast the
    /// path is run through. The channel is added once: a second call changes
    /// nothing.
    #[must_use]
    pub fn with_time(&self) -> Self {
        self.augmented(true, &self.intensity_columns())
    }

    /// The same observations with cumulative counts of observations, or with their
    /// masks, after the time channel and before the data (Kidger et al. 2020,
    /// section 3.6).
    ///
    /// The count at a sample includes the observations of that sample. Counts
    /// start at zero with every `Observations`, so they never tell how long a
    /// session has run. Only data are counted: neither the time nor a count is
    /// an observation, whatever the order of the calls. A second call replaces
    /// the channels of the first.
    ///
    /// ```
    /// use pathema_path::{Intensity, Observations};
    ///
    /// let gap = f64::NAN;
    /// let seen = Observations::new(vec![10.0, 11.0, 13.0], vec![5.0, gap, 7.0], 1)?;
    /// let all = seen.with_time().with_intensity(Intensity::PerChannel);
    /// assert_eq!(all.values()[..2], [10.0, 1.0]);
    /// assert_eq!(all.values()[3..5], [11.0, 1.0]);
    /// assert_eq!(all.value(1, 2), None);
    /// assert_eq!(all.values()[6..], [13.0, 2.0, 7.0]);
    /// # Ok::<(), pathema_path::PathError>(())
    /// ```
    #[must_use]
    pub fn with_intensity(&self, intensity: Intensity) -> Self {
        let data = self.data_channels();
        let width = match intensity {
            Intensity::PerChannel | Intensity::Mask => data.len(),
            Intensity::Shared => 1,
        };
        let mut counts = vec![0.0; width];
        let mut column = Vec::with_capacity(self.len() * width);
        for sample in 0..self.len() {
            let row = &self.row(sample)[data.clone()];
            match intensity {
                Intensity::PerChannel => {
                    for (count, value) in counts.iter_mut().zip(row) {
                        *count += f64::from(u8::from(!value.is_nan()));
                    }
                }
                Intensity::Mask => {
                    for (mask, value) in counts.iter_mut().zip(row) {
                        *mask = f64::from(u8::from(!value.is_nan()));
                    }
                }
                Intensity::Shared => {
                    counts[0] += f64::from(u8::from(row.iter().any(|v| !v.is_nan())));
                }
            }
            column.extend_from_slice(&counts);
        }
        self.augmented(self.has_time, &(width, column))
    }

    /// The present intensity channels: their number and their values, row by row.
    fn intensity_columns(&self) -> (usize, Vec<f64>) {
        let range = self.intensity_channels();
        let values = (0..self.len())
            .flat_map(|sample| self.row(sample)[range.clone()].iter().copied())
            .collect();
        (self.intensities, values)
    }

    fn augmented(&self, has_time: bool, (width, counts): &(usize, Vec<f64>)) -> Self {
        let data = self.data_channels();
        let channels = usize::from(has_time) + width + data.len();
        let mut values = Vec::with_capacity(self.len() * channels);
        for (sample, &time) in self.times.iter().enumerate() {
            if has_time {
                values.push(time);
            }
            values.extend_from_slice(&counts[sample * width..(sample + 1) * width]);
            values.extend_from_slice(&self.row(sample)[data.clone()]);
        }
        Self {
            times: self.times.clone(),
            values,
            channels,
            has_time,
            intensities: *width,
        }
    }
}
