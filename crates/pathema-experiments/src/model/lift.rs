use pathema_path::{ControlPath, Ends, Gaps, Observations, PathError, Scheme};

use crate::config::{Interpolation, PathConfig};

/// How standardised observations become the control path of a modality.
///
/// Channels in Kidger's order: time, counts of observations, then the data, then the integrals of the data.
/// All start anew in every window.
#[derive(Clone, Debug, PartialEq)]
pub struct Lift {
    config: PathConfig,
    length: f64,
    /// What a count adds to its channel.
    per_count: f64,
}

/// A window of a minute is this long on the time channel, so that the field works at unit scale.
const SPAN: f64 = 4.0;
/// Changes of the data enter at this scale: a step of a standard deviation stays a moderate increment.
const DATA: f64 = 0.5;

/// Channels of the control path over `data` channels.
pub fn path_channels(config: &PathConfig, data: usize) -> usize {
    1 + data * (1 + usize::from(config.intensity) + usize::from(config.integrals))
}

impl Lift {
    /// For windows of `length` seconds with about `rate` observations a second: at that rate a count moves as
    /// much as time does, and less where observations are missing.
    pub fn new(config: &PathConfig, length: f64, rate: f64) -> Lift {
        Lift {
            config: config.clone(),
            length,
            per_count: SPAN / (length * rate),
        }
    }

    /// The control path over [0, length] through standardised observations.
    ///
    /// Before the first and after the last observation of a channel the path stands still. A window in which
    /// nothing was observed has a path of which only time moves.
    ///
    /// # Errors
    /// [`PathError`] if the observations make no path.
    pub fn path(&self, data: &Observations) -> Result<ControlPath, PathError> {
        let observations = self.lifted(data)?;
        let scheme = match self.config.interpolation {
            Interpolation::Linear => Scheme::Linear,
            Interpolation::Hermite => Scheme::Hermite(Gaps::FitAcross),
            Interpolation::Natural => Scheme::NaturalCubic(Ends::Free),
        };
        ControlPath::fit(scheme, &observations)?.spanning(0.0, self.length)
    }

    /// The observations with all channels of the path, and rows at both ends of the window, where time is
    /// known, the counts too, and the data missing.
    fn lifted(&self, data: &Observations) -> Result<Observations, PathError> {
        let own = data.channels();
        let width = path_channels(&self.config, own);
        let unit = SPAN / self.length;
        let mut integrals = vec![Integral::default(); own];
        let mut counts = vec![0.0; own];
        let mut times = Vec::with_capacity(data.times().len() + 2);
        let mut values = Vec::with_capacity((data.times().len() + 2) * width);
        let missing = vec![f64::NAN; own];
        let start = (data.times().first() != Some(&0.0)).then_some((0.0, missing.as_slice()));
        let end = (data.times().last().is_none_or(|&last| last < self.length))
            .then_some((self.length, missing.as_slice()));
        let rows = data
            .times()
            .iter()
            .copied()
            .zip(data.values().chunks_exact(own));
        for (time, row) in start.into_iter().chain(rows).chain(end) {
            times.push(time);
            values.push(time * unit);
            for (count, value) in counts.iter_mut().zip(row) {
                *count += f64::from(u8::from(!value.is_nan()));
            }
            if self.config.intensity {
                values.extend(counts.iter().map(|count| count * self.per_count));
            }
            values.extend(row.iter().map(|value| value * DATA));
            if self.config.integrals {
                for (integral, &value) in integrals.iter_mut().zip(row) {
                    values.push(integral.at(time * unit, value));
                }
            }
        }
        Observations::new(times, values, width)
    }
}

/// ∫ x dt by the trapezoidal rule from observation to observation; unknown where x is missing.
#[derive(Clone, Copy, Default)]
struct Integral {
    sum: f64,
    last: Option<(f64, f64)>,
}

impl Integral {
    fn at(&mut self, time: f64, value: f64) -> f64 {
        if value.is_nan() {
            return f64::NAN;
        }
        if let Some((before, previous)) = self.last {
            self.sum += 0.5 * (previous + value) * (time - before);
        }
        self.last = Some((time, value));
        self.sum
    }
}
