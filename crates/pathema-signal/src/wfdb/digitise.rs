//! From values in a unit to whole numbers that a signal file can hold.

use super::Format;
use crate::{Channel, Conversion, Samples};

/// The channel as a converter of the format's bits would have given it: its range spread over all the format's values.
/// Finite values change by half a step at most. NaN and the infinities, which no converter gives, become the missing value
/// and read back as NaN.
///
/// Recordings whose values are in floating point (CSV, WESAD's pickles) can be written to WFDB only after this; channels
/// that hold whole numbers are written as they are.
///
/// ```
/// use pathema_signal::{Channel, Modality, Samples, Timing, wfdb};
/// let eda = Channel::new("EDA", Modality::Eda, "uS", Timing::regular(4.0), Samples::F64(vec![0.1, f64::NAN, 0.4]));
/// let digital = wfdb::digitise(&eda, wfdb::Format::F16);
/// assert_eq!(digital.samples, Samples::I16(vec![-32767, -32768, 32767]));
/// assert!((digital.all()[2] - 0.4).abs() < 1e-5);
/// assert!(digital.all()[1].is_nan());
/// ```
pub fn digitise(channel: &Channel, format: Format) -> Channel {
    let values = channel.all();
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let low = finite().fold(f64::INFINITY, f64::min);
    let high = finite().fold(f64::NEG_INFINITY, f64::max);
    let (bottom, top) = (f64::from(format.missing() + 1), f64::from(format.highest()));
    // A flat line needs one step only; a gain of 0 would say that it is not calibrated.
    let gain = if high > low {
        // Of the halves, as the whole range of doubles is more than a double holds.
        (top / 2.0 - bottom / 2.0) / (high / 2.0 - low / 2.0)
    } else {
        1.0
    };
    let gain = if gain.is_finite() && gain > 0.0 {
        gain
    } else {
        1.0
    };
    let centre = if high >= low {
        low / 2.0 + high / 2.0
    } else {
        0.0
    };
    // Headers hold a whole number of 32 bits; far from 0 a coarser gain leaves room for it.
    let reach = f64::from(i32::MAX) - top;
    let gain = if (centre * gain).abs() > reach {
        reach / centre.abs()
    } else {
        gain
    };
    let baseline = ((bottom + top) / 2.0 - centre * gain).round();
    let stored = values.iter().map(|&value| {
        if value.is_finite() {
            (value * gain + baseline).round().clamp(bottom, top) as i32
        } else {
            format.missing()
        }
    });
    let samples = match format {
        Format::F24 => Samples::I32(stored.collect()),
        // Within the format's bounds, of 16 bits at most.
        _ => Samples::I16(stored.map(|value| value as i16).collect()),
    };
    Channel {
        samples,
        ..channel.part(0..0)
    }
    .timed(channel)
    .converted(Conversion::Adc {
        baseline,
        gain,
        missing: Some(format.missing()),
    })
}

impl Channel {
    /// The channel, at another's times.
    fn timed(self, other: &Channel) -> Channel {
        Channel {
            timing: other.timing.clone(),
            ..self
        }
    }
}
