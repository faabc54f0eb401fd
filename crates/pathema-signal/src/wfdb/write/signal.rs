//! A channel's whole numbers and what a header says of them.

use std::ops::Range;

use super::unwritable;
use crate::wfdb::{Format, Signal};
use crate::{Channel, Conversion, FormatError, Samples};

/// A channel whose values fit the format.
pub(super) struct Digital<'a> {
    channel: &'a Channel,
    pub(super) format: Format,
    pub(super) per_frame: usize,
    gain: f64,
    baseline: i32,
    /// The channel's own missing value, which becomes the format's.
    missing: Option<i32>,
}

impl<'a> Digital<'a> {
    pub(super) fn new(
        channel: &'a Channel,
        per_frame: usize,
        format: Format,
    ) -> Result<Digital<'a>, FormatError> {
        let name = &channel.name;
        let what = format!("the channel {name:?}");
        let refuse = |problem: &str, way_out: &str| Err(unwritable(&what, problem, way_out));
        if name.is_empty() || name.trim() != name || name.contains(char::is_control) {
            return refuse(
                "its name is empty, or has control characters or blanks at an end",
                "rename it",
            );
        }
        let unit = &channel.unit;
        if unit.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return refuse("its unit has blanks", "write the unit without them");
        }
        if channel.axes != 1 {
            return refuse("it has several values a sample", "make each axis a channel");
        }
        let (baseline, gain, missing) = match channel.conversion {
            Conversion::None => (0.0, 1.0, None),
            Conversion::Adc {
                baseline,
                gain,
                missing,
            } => (baseline, gain, missing),
            Conversion::Linear { scale, offset } => ((-offset / scale).round(), 1.0 / scale, None),
            Conversion::Thermistor(_) => {
                return refuse(
                    "its conversion is not linear",
                    "convert it to its unit and digitise it",
                );
            }
        };
        if let Conversion::Linear { scale, offset } = channel.conversion
            && (-offset / scale - baseline).abs() > 1e-9
        {
            return refuse(
                "its zero lies between two stored values",
                "digitise its values",
            );
        }
        if !(gain.is_finite() && gain != 0.0) {
            return refuse("its gain is 0 or not finite", "correct its conversion");
        }
        if baseline.fract() != 0.0 || baseline.abs() > f64::from(i32::MAX) {
            return refuse(
                "its baseline is no whole number of 32 bits",
                "digitise its values",
            );
        }
        if matches!(channel.samples, Samples::F32(_) | Samples::F64(_)) {
            return refuse(
                "its values are stored in floating point",
                "digitise them first (wfdb::digitise)",
            );
        }
        let digital = Digital {
            channel,
            format,
            per_frame,
            gain,
            baseline: baseline as i32,
            missing,
        };
        for index in 0..channel.len() {
            let value = digital.stored(index);
            let fits = value > format.missing() && value <= format.highest();
            if !fits && Some(value) != missing {
                let problem = format!(
                    "its value {value} is not among format {format}'s {} to {}",
                    format.missing() + 1,
                    format.highest()
                );
                return refuse(
                    &problem,
                    "choose a wider format (24 is the widest), or digitise it",
                );
            }
        }
        Ok(digital)
    }

    /// A value as the format stores it.
    pub(super) fn value(&self, index: usize) -> i32 {
        match self.stored(index) {
            value if Some(value) == self.missing => self.format.missing(),
            value => value,
        }
    }

    fn stored(&self, index: usize) -> i32 {
        match &self.channel.samples {
            Samples::I16(values) => i32::from(values[index]),
            Samples::U16(values) => i32::from(values[index]),
            Samples::I32(values) => values[index],
            // Refused before.
            Samples::F32(_) | Samples::F64(_) => 0,
        }
    }

    /// What a header says of the signal and of these samples of it.
    pub(super) fn signal(&self, file: String, samples: Range<usize>) -> Signal {
        let first = samples.clone().next().map_or(0, |index| self.value(index));
        let sum = samples.fold(0_u16, |sum, index| {
            sum.wrapping_add(self.value(index) as u16)
        });
        Signal {
            file,
            format: Some(self.format),
            initial: Some(first),
            checksum: Some(sum),
            ..self.announced()
        }
    }

    /// What a layout says of the signal.
    pub(super) fn announced(&self) -> Signal {
        let unit = if self.channel.unit.is_empty() {
            "NU"
        } else {
            &self.channel.unit
        };
        Signal {
            samples_per_frame: self.per_frame as u32,
            gain: Some(self.gain),
            baseline: Some(self.baseline),
            unit: Some(unit.to_owned()),
            adc_bits: Some(self.format.bits()),
            adc_zero: Some(0),
            initial: Some(0),
            checksum: Some(0),
            block_size: Some(0),
            description: Some(self.channel.name.clone()),
            ..Signal::new("~".to_owned(), None)
        }
    }
}
