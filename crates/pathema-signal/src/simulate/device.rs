//! What the two devices make of a value: their ranges and resolutions.
//!
//! RespiBAN: 16 bits over a supply of 3 V, with the transfer functions of its data sheet and WESAD's readme.
//! Empatica E4: the steps found in its exported files.

use std::sync::OnceLock;

/// Codes of a 16-bit converter.
const CODES: f64 = 65536.0;
/// Supply voltage, V.
const SUPPLY: f64 = 3.0;

fn code(fraction: f64) -> f64 {
    (fraction * CODES).round().clamp(0.0, CODES - 1.0)
}

/// ECG or EMG in mV, ±1.5 mV.
#[inline]
pub(super) fn respiban_potential(millivolt: f64) -> f64 {
    (code(millivolt / SUPPLY + 0.5) / CODES - 0.5) * SUPPLY
}

/// EDA in µS, 0 to 25 µS.
#[inline]
pub(super) fn respiban_eda(microsiemens: f64) -> f64 {
    code(microsiemens * 0.12 / SUPPLY) / CODES * SUPPLY / 0.12
}

/// Acceleration in g; the code is (g + 1)/2 · 10 000 + 28 000.
#[inline]
pub(super) fn respiban_acceleration(g: f64) -> f64 {
    let code = ((g + 1.0) / 2.0 * 10_000.0 + 28_000.0)
        .round()
        .clamp(0.0, CODES - 1.0);
    (code - 28_000.0) / 10_000.0 * 2.0 - 1.0
}

/// Respiration in %, ±50 %.
#[inline]
pub(super) fn respiban_respiration(percent: f64) -> f64 {
    (code(percent / 100.0 + 0.5) / CODES - 0.5) * 100.0
}

/// Skin temperature in °C: the nearest value that some code of the thermistor's divider stands for.
#[inline]
pub(super) fn respiban_temperature(celsius: f64) -> f32 {
    // The resistance falls with temperature, and so does the code.
    static CELSIUS: OnceLock<Vec<f64>> = OnceLock::new();
    let table =
        CELSIUS.get_or_init(|| (1..65535).rev().map(|s| thermistor(f64::from(s))).collect());
    let above = table.partition_point(|&value| value < celsius);
    let nearest = match (
        above.checked_sub(1).map(|below| table[below]),
        table.get(above),
    ) {
        (Some(below), Some(&above)) if celsius - below < above - celsius => below,
        (_, Some(&above)) => above,
        (Some(below), None) => below,
        (None, None) => celsius,
    };
    nearest as f32
}

/// °C of a code, by the Steinhart–Hart equation of the thermistor.
fn thermistor(code: f64) -> f64 {
    let volt = code * SUPPLY / (CODES - 1.0);
    let ln = (1e4 * volt / (SUPPLY - volt)).ln();
    1.0 / (1.127_645_14e-3 + 2.342_827_09e-4 * ln + 8.773_030_13e-8 * ln.powi(3)) - 273.15
}

/// Acceleration in g as the E4 stores it: whole 1/64 g, ±2 g.
#[inline]
pub(super) fn e4_acceleration(g: f64) -> f64 {
    (64.0 * g).round().clamp(-128.0, 127.0)
}

/// Blood volume pulse, two decimals.
#[inline]
pub(super) fn e4_pulse(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// EDA in µS: steps of 1/780.5 µS, written with six decimals.
#[inline]
pub(super) fn e4_eda(microsiemens: f64) -> f64 {
    let steps = (microsiemens.max(0.0) * 780.5).round();
    (steps / 780.5 * 1e6).round() / 1e6
}

/// Skin temperature in °C: steps of 0.02 °C.
#[inline]
pub(super) fn e4_temperature(celsius: f64) -> f64 {
    ((celsius * 50.0).round() * 2.0) / 100.0
}

/// The RespiBAN's stored number of a value that one of the functions above gave, or of the nearest.
pub(super) mod stored {
    use super::{CODES, SUPPLY, code, thermistor};

    pub(in crate::simulate) fn potential(millivolt: f64) -> u16 {
        code(millivolt / SUPPLY + 0.5) as u16
    }

    pub(in crate::simulate) fn eda(microsiemens: f64) -> u16 {
        code(microsiemens * 0.12 / SUPPLY) as u16
    }

    pub(in crate::simulate) fn acceleration(g: f64) -> u16 {
        ((g + 1.0) / 2.0 * 10_000.0 + 28_000.0)
            .round()
            .clamp(0.0, CODES - 1.0) as u16
    }

    pub(in crate::simulate) fn respiration(percent: f64) -> u16 {
        code(percent / 100.0 + 0.5) as u16
    }

    /// By halving: the number falls as the temperature rises.
    pub(in crate::simulate) fn temperature(celsius: f64) -> u16 {
        let (mut warm, mut cold) = (1u16, u16::MAX - 1);
        while cold - warm > 1 {
            let middle = warm + (cold - warm) / 2;
            match thermistor(f64::from(middle)) > celsius {
                true => warm = middle,
                false => cold = middle,
            }
        }
        let off = |code: u16| (thermistor(f64::from(code)) - celsius).abs();
        if off(warm) < off(cold) { warm } else { cold }
    }
}
