//! What the sensors' numbers mean.

use crate::recording::{Channel, Conversion, Modality, Placement, Samples, Thermistor, Timing};

/// Volts of the supply.
const SUPPLY: f64 = 3.0;

/// Steps of the converter.
const STEPS: f64 = 65536.0;

/// What a channel measured, by the name of its sensor; `None` for one that is not known.
fn known(sensor: &str) -> Option<(Modality, &'static str, Conversion)> {
    let linear = |scale, offset| Conversion::Linear { scale, offset };
    Some(match sensor {
        "ECG" => (Modality::Ecg, "mV", linear(SUPPLY / STEPS, -0.5 * SUPPLY)),
        "EMG" => (Modality::Emg, "mV", linear(SUPPLY / STEPS, -0.5 * SUPPLY)),
        "EDA" => (Modality::Eda, "µS", linear(SUPPLY / 0.12 / STEPS, 0.0)),
        "XYZ" => (Modality::Acc, "g", linear(2.0 / 10_000.0, -6.6)),
        "RESPIRATION" => (Modality::Resp, "%", linear(100.0 / STEPS, -50.0)),
        "TEMP" => (Modality::Temp, "°C", Conversion::Thermistor(THERMISTOR)),
        _ => return None,
    })
}

/// Of the temperature sensor.
const THERMISTOR: Thermistor = Thermistor {
    steps: STEPS - 1.0,
    supply: SUPPLY,
    divider: 1e4,
    coefficients: [1.127_645_14e-3, 2.342_827_09e-4, 8.773_030_13e-8],
};

/// Whether a sensor is in the table.
pub(super) fn is_known(sensor: &str) -> bool {
    known(sensor).is_some()
}

/// The channel of a sensor, of no sample yet.
pub(super) fn channel(sensor: &str, axes: usize, timing: Timing) -> Channel {
    let (modality, unit, conversion) =
        known(sensor).unwrap_or((Modality::Other, "", Conversion::None));
    let samples = Samples::U16(Vec::new());
    Channel::new(sensor, modality, unit, timing, samples)
        .worn(Placement::Chest)
        .with_axes(axes)
        .converted(conversion)
}
