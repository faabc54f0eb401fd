//! Irregular, incomplete observations of several channels.

use std::ops::Range;

use crate::PathError;

/// Samples of several channels at increasing times, with missing values.
///
/// A sample is a row of `channels` values that share a time; `NaN` marks a
/// value that was not observed. A row without any value is allowed: it is a
/// time at which somebody looked and saw nothing, and becomes a knot like any
/// other. No sample at all is allowed too.
///
/// Beside the data there may be derived channels, always in Kidger's order:
/// time, cumulative counts of observations or their masks, data; see
/// [`with_time`](Self::with_time) and [`with_intensity`](Self::with_intensity).
#[derive(Debug, Clone)]
pub struct Observations {
    pub(crate) times: Vec<f64>,
    /// Row-major, `[samples × channels]`.
    pub(crate) values: Vec<f64>,
    pub(crate) channels: usize,
    pub(crate) has_time: bool,
    /// Number of intensity channels; they follow the time channel.
    pub(crate) intensities: usize,
}

impl Observations {
    /// Checks and holds `values`, row-major `[times.len() × channels]`, NaN
    /// where nothing was observed.
    ///
    /// # Errors
    /// [`PathError::NoChannels`]; [`PathError::Lengths`] unless there is one
    /// value per sample and channel; [`PathError::TimeNotFinite`] and
    /// [`PathError::TimesNotIncreasing`] unless the times are finite and
    /// strictly increasing; [`PathError::SpanInfinite`] if their range
    /// overflows; [`PathError::ValueInfinite`] for an infinite value.
    ///
    /// ```
    /// use pathema_path::{Observations, PathError};
    ///
    /// let seen = Observations::new(vec![0.0, 0.3], vec![1.0, f64::NAN], 1)?;
    /// assert_eq!(seen.value(0, 0), Some(1.0));
    /// assert_eq!(seen.value(1, 0), None);
    ///
    /// let refused = Observations::new(vec![0.3, 0.3], vec![1.0, 2.0], 1);
    /// assert!(matches!(refused, Err(PathError::TimesNotIncreasing { sample: 1, .. })));
    /// # Ok::<(), PathError>(())
    /// ```
    pub fn new(times: Vec<f64>, values: Vec<f64>, channels: usize) -> Result<Self, PathError> {
        if channels == 0 {
            return Err(PathError::NoChannels);
        }
        if times.len().checked_mul(channels) != Some(values.len()) {
            return Err(PathError::Lengths {
                samples: times.len(),
                channels,
                values: values.len(),
            });
        }
        check_times(&times)?;
        if let Some(at) = values.iter().position(|v| v.is_infinite()) {
            let (sample, channel) = (at / channels, at % channels);
            return Err(PathError::ValueInfinite {
                sample,
                time: times[sample],
                channel,
                value: values[at],
            });
        }
        Ok(Self {
            times,
            values,
            channels,
            has_time: false,
            intensities: 0,
        })
    }

    /// The times of the samples, strictly increasing.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// The values, row-major `[samples × channels]`, NaN where missing.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The samples in order of time, `[channels]` each, NaN where missing.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.values.chunks_exact(self.channels)
    }

    /// Number of channels, derived ones included.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// The value of a channel in a sample; `None` if it is missing or if there
    /// is no such sample or channel.
    pub fn value(&self, sample: usize, channel: usize) -> Option<f64> {
        if sample >= self.len() || channel >= self.channels {
            return None;
        }
        let value = self.values[sample * self.channels + channel];
        (!value.is_nan()).then_some(value)
    }

    /// The channel that holds the time, if [`with_time`](Self::with_time) was called.
    pub fn time_channel(&self) -> Option<usize> {
        self.has_time.then_some(0)
    }

    /// The channels that count or mark observations; empty unless
    /// [`with_intensity`](Self::with_intensity) was called.
    pub fn intensity_channels(&self) -> Range<usize> {
        let start = usize::from(self.has_time);
        start..start + self.intensities
    }

    /// The channels that hold the data themselves.
    pub fn data_channels(&self) -> Range<usize> {
        self.intensity_channels().end..self.channels
    }

    /// The values of one sample, `[channels]`.
    pub(crate) fn row(&self, sample: usize) -> &[f64] {
        &self.values[sample * self.channels..(sample + 1) * self.channels]
    }
}

fn check_times(times: &[f64]) -> Result<(), PathError> {
    for (sample, &time) in times.iter().enumerate() {
        if !time.is_finite() {
            return Err(PathError::TimeNotFinite { sample, time });
        }
        if sample > 0 && time <= times[sample - 1] {
            return Err(PathError::TimesNotIncreasing {
                sample,
                previous: times[sample - 1],
                time,
            });
        }
    }
    match (times.first(), times.last()) {
        (Some(&start), Some(&end)) if !(end - start).is_finite() => {
            Err(PathError::SpanInfinite { start, end })
        }
        _ => Ok(()),
    }
}
