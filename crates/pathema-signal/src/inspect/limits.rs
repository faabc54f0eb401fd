use std::ops::RangeInclusive;

use crate::Modality;

/// What is normal for a sensor: outside of it, something was wrong with the sensor, its contact or the file.
///
/// Ranges are what bodies and the devices' data sheets allow, wide enough that nobody's body falls outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Values in the usual unit; `None` where any value may be.
    pub range: Option<RangeInclusive<f64>>,
    /// The unit of the range; a channel in another unit has none.
    pub unit: &'static str,
    /// Seconds for which the value may stay the very same.
    pub flat: f64,
    /// Whether values that stay at the extremes are cut off; slow signals rest there.
    pub clips: bool,
}

impl Limits {
    /// What is normal for a modality.
    ///
    /// ```
    /// use pathema_signal::{Modality, inspect::Limits};
    /// assert!(!Limits::of(Modality::Temp).range.unwrap().contains(&382.18));
    /// ```
    pub fn of(modality: Modality) -> Limits {
        let limits = |range, unit, flat, clips| Limits {
            range,
            unit,
            flat,
            clips,
        };
        match modality {
            Modality::Acc => limits(Some(-16.0..=16.0), "g", 60.0, true),
            Modality::Bvp => limits(None, "a.u.", 2.0, true),
            Modality::Ecg => limits(Some(-10.0..=10.0), "mV", 1.0, true),
            // Without contact the E4 stores 0; skin has a little more.
            Modality::Eda => limits(Some(0.01..=100.0), "µS", 60.0, false),
            Modality::Eeg => limits(Some(-2000.0..=2000.0), "µV", 1.0, true),
            Modality::Emg => limits(Some(-10.0..=10.0), "mV", 1.0, true),
            Modality::Eog => limits(Some(-5000.0..=5000.0), "µV", 5.0, true),
            Modality::Ibi => limits(Some(0.25..=2.5), "s", f64::INFINITY, false),
            Modality::HeartRate => limits(Some(25.0..=240.0), "1/min", 120.0, false),
            Modality::Resp => limits(Some(-100.0..=100.0), "%", 5.0, true),
            Modality::BreathingRate => limits(Some(2.0..=70.0), "1/min", 120.0, false),
            Modality::Spo2 => limits(Some(50.0..=100.0), "%", 600.0, false),
            Modality::Stress => limits(Some(0.0..=1.0), "", f64::INFINITY, false),
            Modality::Temp => limits(Some(15.0..=45.0), "°C", 600.0, false),
            Modality::Other => limits(None, "", f64::INFINITY, false),
        }
    }
}
