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
    /// Seconds between observations where none is missing.
    spacing: f64,
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
            spacing: 1.0 / rate,
        }
    }

    /// The control path through a window's standardised observations.
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
        ControlPath::fit(scheme, &observations)
    }

    /// The observations with all channels of the path. Where the window starts or ends with a gap, longer than
    /// observations lie apart, it gets a row there: time is known and so are the counts, and the data is missing.
    fn lifted(&self, data: &Observations) -> Result<Observations, PathError> {
        let own = data.channels();
        let width = path_channels(&self.config, own);
        let unit = SPAN / self.length;
        let mut integrals = vec![Integral::default(); own];
        let mut counts = vec![0.0; own];
        let mut times = Vec::with_capacity(data.times().len() + 2);
        let mut values = Vec::with_capacity((data.times().len() + 2) * width);
        let missing = vec![f64::NAN; own];
        let gap = |seconds: f64| seconds > self.spacing * (1.0 + 1e-6);
        let start = (data.times().first().is_none_or(|&first| gap(first)))
            .then_some((0.0, missing.as_slice()));
        let end = (data
            .times()
            .last()
            .is_none_or(|&last| gap(self.length - last)))
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

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: f64 = 60.0;

    fn path(interpolation: Interpolation, rate: f64, times: &[f64], values: &[f64]) -> ControlPath {
        let config = PathConfig {
            interpolation,
            ..PathConfig::default()
        };
        let data = Observations::new(times.to_vec(), values.to_vec(), 1).unwrap();
        Lift::new(&config, LENGTH, rate).path(&data).unwrap()
    }

    fn at(path: &ControlPath, time: f64) -> Vec<f64> {
        let mut x = vec![0.0; path.channels()];
        path.value(time, &mut x);
        x
    }

    #[test]
    fn a_minute_at_4_hz_has_240_knots() {
        let times: Vec<f64> = (0..240).map(|k| 0.1 + f64::from(k) / 4.0).collect();
        let path = path(Interpolation::Linear, 4.0, &times, &vec![1.0; 240]);
        assert_eq!(path.knots().len(), 240);
        // Time, count, data, integral of the data.
        let end = at(&path, LENGTH);
        assert!((end[0] - SPAN * 59.85 / 60.0).abs() < 1e-9);
        assert!((end[1] - SPAN).abs() < 1e-9);
        assert!((end[2] - DATA).abs() < 1e-9);
        assert!((end[3] - SPAN * 59.75 / 60.0).abs() < 1e-9);
    }

    #[test]
    fn a_gap_at_the_end_is_time_in_which_nothing_is_seen() {
        let nan = f64::NAN;
        let path = path(
            Interpolation::Linear,
            1.0,
            &[10.0, 11.0, 12.0, 20.0],
            &[1.0, nan, 3.0, nan],
        );
        assert_eq!(path.interval(), (0.0, LENGTH));
        let (gap, end) = (at(&path, 12.0), at(&path, LENGTH));
        assert!(end[0] > gap[0]);
        assert_eq!(
            end[1..],
            gap[1..],
            "no count, no value and no integral moves in a gap"
        );
        assert_eq!(at(&path, 0.0), [0.0, 0.0, DATA, 0.0]);
    }

    #[test]
    fn a_window_in_which_nothing_was_seen_has_time_only() {
        for interpolation in [
            Interpolation::Linear,
            Interpolation::Hermite,
            Interpolation::Natural,
        ] {
            for (times, values) in [(&[][..], &[][..]), (&[30.0][..], &[f64::NAN][..])] {
                let path = path(interpolation, 4.0, times, values);
                assert_eq!(at(&path, LENGTH), [SPAN, 0.0, 0.0, 0.0]);
            }
        }
    }
}
