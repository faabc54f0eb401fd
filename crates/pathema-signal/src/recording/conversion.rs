use std::borrow::Cow;
use std::ops::Range;

use super::Samples;

/// What stored values are in the channel's unit. Applied where values are read; what is stored stays.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Conversion {
    /// The stored values are in the unit already.
    #[default]
    None,
    /// (stored − baseline) / gain, as WFDB has it.
    Adc {
        /// The stored value of 0.
        baseline: f64,
        /// Stored steps a unit; not 0.
        gain: f64,
        /// The stored value that stands for a missing sample.
        missing: Option<i32>,
    },
    /// stored · scale + offset.
    Linear {
        /// Units a stored step.
        scale: f64,
        /// The unit's value where 0 is stored.
        offset: f64,
    },
    /// A thermistor in a voltage divider, to degrees Celsius.
    Thermistor(Thermistor),
}

/// A thermistor in a voltage divider, by the equation of Steinhart and Hart: v = stored · supply / steps,
/// r = divider · v / (supply − v), 1 / T = a + b ln r + c ln³ r in kelvin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thermistor {
    /// Largest stored value.
    pub steps: f64,
    /// Volts.
    pub supply: f64,
    /// Ohms of the fixed resistor.
    pub divider: f64,
    /// a, b and c.
    pub coefficients: [f64; 3],
}

impl Conversion {
    /// A stored value in the channel's unit; NaN where it stands for a missing sample.
    #[inline]
    pub fn apply(&self, stored: f64) -> f64 {
        match *self {
            Conversion::None => stored,
            Conversion::Adc {
                baseline,
                gain,
                missing,
            } => {
                if missing.is_some_and(|code| f64::from(code) == stored) {
                    f64::NAN
                } else {
                    (stored - baseline) / gain
                }
            }
            Conversion::Linear { scale, offset } => stored * scale + offset,
            Conversion::Thermistor(thermistor) => thermistor.celsius(stored),
        }
    }

    /// Some of the values in the channel's unit; borrowed where they are stored so.
    pub(super) fn values<'a>(&self, samples: &'a Samples, range: Range<usize>) -> Cow<'a, [f64]> {
        if let (Conversion::None, Samples::F64(values)) = (self, samples) {
            return Cow::Borrowed(&values[range]);
        }
        // One conversion for all values, so that the loop over them has nothing to ask.
        Cow::Owned(match *self {
            Conversion::None => samples.to_f64(range),
            Conversion::Adc {
                baseline,
                gain,
                missing,
            } => {
                let missing = missing.map_or(f64::NAN, f64::from);
                samples.map(range, |stored| match stored == missing {
                    true => f64::NAN,
                    false => (stored - baseline) / gain,
                })
            }
            Conversion::Linear { scale, offset } => {
                samples.map(range, |stored| stored * scale + offset)
            }
            Conversion::Thermistor(thermistor) => {
                samples.map(range, |stored| thermistor.celsius(stored))
            }
        })
    }
}

impl Thermistor {
    fn celsius(&self, stored: f64) -> f64 {
        let volts = stored * self.supply / self.steps;
        let log = (self.divider * volts / (self.supply - volts)).ln();
        let [a, b, c] = self.coefficients;
        1.0 / (a + b * log + c * log * log * log) - 273.15
    }
}
