//! Breathing over a window.

use std::ops::Range;

use super::Breath;
use crate::statistics::{mean, std};
use crate::{Undefined, Value};

/// What the baseline of WESAD (Schmidt et al. 2018, table 1) tells of the breaths of a window.
///
/// The names and definitions follow Plarre et al. (*Continuous inference of psychological stress from sensory
/// measurements collected in the natural environment*, IPSN 2011), from which the baseline has them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Respiration {
    /// Mean duration of inhalation, in seconds.
    pub inhalation_mean: Value,
    /// Standard deviation of the duration of inhalation, in seconds.
    pub inhalation_std: Value,
    /// Mean duration of exhalation, in seconds.
    pub exhalation_mean: Value,
    /// Standard deviation of the duration of exhalation, in seconds.
    pub exhalation_std: Value,
    /// Mean duration of inhalation over that of exhalation.
    pub ratio: Value,
    /// Mean height of a breath from its onset to its peak, in the unit of the signal.
    pub stretch: Value,
    /// Mean area under an inhalation, in the unit of the signal times seconds. Times [`rate`](Self::rate), it is what
    /// Plarre et al. call the minute volume.
    pub volume: Value,
    /// Breaths a minute: 60 s over the mean duration.
    pub rate: Value,
    /// Mean duration of a breath, in seconds.
    pub duration: Value,
}

impl Respiration {
    /// Of the breaths that lie wholly in `window` (seconds), of `breaths` in the order of time.
    ///
    /// Each value takes one breath, each standard deviation two.
    ///
    /// ```
    /// use pathema_physio::resp::{Breath, Respiration};
    /// let breath = |onset: f64| Breath { onset, peak: onset + 1.5, end: onset + 4.5, amplitude: 2.0, volume: 1.5 };
    /// let breaths = [breath(-1.0), breath(3.5), breath(8.0)];
    /// let respiration = Respiration::of(&breaths, 0.0..60.0);
    /// assert_eq!(respiration.ratio, Ok(0.5));
    /// assert_eq!(respiration.inhalation_std, Ok(0.0));
    /// assert!(Respiration::of(&breaths, 0.0..5.0).rate.is_err());
    /// ```
    pub fn of(breaths: &[Breath], window: Range<f64>) -> Respiration {
        let first = breaths.partition_point(|breath| breath.onset < window.start);
        let inside = &breaths[first..];
        let inside = &inside[..inside.partition_point(|breath| breath.end <= window.end)];
        let all = |of: fn(&Breath) -> f64| -> Vec<f64> { inside.iter().map(of).collect() };
        let inhalations = all(Breath::inhalation);
        let exhalations = all(Breath::exhalation);
        let of_breaths = |value: Value| {
            value.map_err(|why| match why {
                Undefined::TooFew { found, needed, .. } => Undefined::TooFew {
                    what: "breaths",
                    found,
                    needed,
                },
                other => other,
            })
        };
        let (inhalation, exhalation) = (mean(&inhalations), mean(&exhalations));
        let duration = of_breaths(mean(&all(Breath::duration)));
        Respiration {
            inhalation_mean: of_breaths(inhalation),
            inhalation_std: of_breaths(std(&inhalations)),
            exhalation_mean: of_breaths(exhalation),
            exhalation_std: of_breaths(std(&exhalations)),
            ratio: of_breaths(inhalation).and_then(|inhalation| match exhalation {
                Ok(exhalation) if exhalation > 0.0 => Ok(inhalation / exhalation),
                _ => Err(Undefined::Zero { what: "exhalation" }),
            }),
            stretch: of_breaths(mean(&all(|breath| breath.amplitude))),
            volume: of_breaths(mean(&all(|breath| breath.volume))),
            rate: duration.and_then(|duration| match duration > 0.0 {
                true => Ok(60.0 / duration),
                false => Err(Undefined::Zero { what: "duration" }),
            }),
            duration,
        }
    }
}
