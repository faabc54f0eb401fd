//! From a channel's values to the whole numbers of a file, and the head's four numbers that lead back.

use super::channels::conversion;
use super::field;
use super::write::{Options, Quantise};
use crate::{Channel, Conversion, FormatError, Samples};

/// How one channel's values are written.
#[derive(Debug)]
pub(super) struct Digital<'a> {
    channel: &'a Channel,
    /// Scale and offset by which values are rounded; `None` where the stored ones are written as they are.
    rounding: Option<(f64, f64)>,
    pub(super) physical: (f64, f64),
    pub(super) digital: (i32, i32),
}

impl Digital<'_> {
    /// The value to be written at an index of all values.
    pub(super) fn get(&self, index: usize) -> i32 {
        let stored = self.channel.samples.get(index);
        match self.rounding {
            None => stored as i32,
            Some((scale, offset)) => {
                let value = self.channel.conversion.apply(stored);
                let step = ((value - offset) / scale).round() as i32;
                step.clamp(self.digital.0, self.digital.1)
            }
        }
    }
}

/// Chooses how to write a channel.
pub(super) fn choose<'a>(
    channel: &'a Channel,
    options: &Options,
) -> Result<Digital<'a>, FormatError> {
    let refused = |problem: String, way_out: &str| FormatError::Unwritable {
        what: format!("the channel {}", crate::error::quoted(&channel.name)),
        format: options.format.name(),
        problem,
        way_out: way_out.to_owned(),
    };
    let range = options.format.range();
    let (mut low, mut high, mut whole) = (f64::INFINITY, f64::NEG_INFINITY, true);
    for index in 0..channel.samples.len() {
        let stored = channel.samples.get(index);
        (low, high) = (low.min(stored), high.max(stored));
        whole &= stored.fract() == 0.0;
    }
    if channel.samples.is_empty() {
        (low, high) = (0.0, 0.0);
    }
    let inside = f64::from(range.0) <= low && high <= f64::from(range.1);
    let floats = matches!(channel.samples, Samples::F32(_) | Samples::F64(_));
    let linear = match channel.conversion {
        Conversion::None => Some((1.0, 0.0)),
        Conversion::Linear { scale, offset } => Some((scale, offset)),
        Conversion::Adc {
            baseline,
            gain,
            missing,
        } => {
            if let Some(code) = missing
                && (0..channel.samples.len())
                    .any(|index| channel.samples.get(index) == f64::from(code))
            {
                return Err(refused(
                    "samples are missing, for which the format has no value".to_owned(),
                    "leave the stretches out as gaps, or fill them in",
                ));
            }
            Some((1.0 / gain, -baseline / gain))
        }
        Conversion::Thermistor(_) => None,
    };
    let linear = linear.filter(|(scale, _)| *scale != 0.0 && scale.is_finite());
    let asked = options.quantise != Quantise::Refuse;
    if let (Some((scale, offset)), true) = (linear, whole && inside && (!floats || asked)) {
        let bounds = (low as i32, high as i32);
        let found = exact(scale, offset, bounds, range).or_else(|| {
            options
                .lossy
                .then(|| near(scale, offset, bounds, range))
                .flatten()
        });
        let Some((physical, digital)) = found else {
            return Err(refused(
                format!(
                    "no range of 8 characters a number gives steps of {scale} {} and {offset} at 0",
                    channel.unit
                ),
                "allow for loss, by which the unit's values are rounded",
            ));
        };
        return Ok(Digital {
            channel,
            rounding: None,
            physical,
            digital,
        });
    }
    if !asked {
        return Err(refused(
            match floats || linear.is_none() {
                true => format!(
                    "its values are not whole numbers (they are stored as {})",
                    channel.samples.format()
                ),
                false => format!(
                    "its stored values, {low} to {high}, are outside of {} to {}",
                    range.0, range.1
                ),
            },
            "ask for it to be quantised, or write BDF, which has 24 bits a value",
        ));
    }
    quantised(channel, options, range).map_err(|problem| {
        refused(problem, "fill in what is missing, or leave it out as a gap; give a range of at most 8 characters a number")
    })
}

/// Spreads the values over the whole digital range.
fn quantised<'a>(
    channel: &'a Channel,
    options: &Options,
    range: (i32, i32),
) -> Result<Digital<'a>, String> {
    let Quantise::Extent { ranges } = &options.quantise else {
        return Err("it is not to be quantised".to_owned());
    };
    let values = channel.all();
    if let Some(value) = values.iter().find(|value| !value.is_finite()) {
        return Err(format!("it has the value {value}"));
    }
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (low, high) = if values.is_empty() {
        (0.0, 0.0)
    } else {
        (low, high)
    };
    let physical = match ranges.get(&channel.name) {
        Some(&(least, largest)) => {
            let said = field::number(least).is_some() && field::number(largest).is_some();
            if !said || least >= largest || low < least || high > largest {
                return Err(format!(
                    "the range asked for, {least} to {largest}, is none that holds its values, {low} to {high}"
                ));
            }
            (least, largest)
        }
        None => {
            let high = if high > low { high } else { low + 1.0 };
            let outward = || Some((rounded(low, f64::floor)?, rounded(high, f64::ceil)?));
            outward()
                .filter(|(low, high)| low < high)
                .ok_or_else(|| format!("8 characters cannot say its range, {low} to {high}"))?
        }
    };
    let Conversion::Linear { scale, offset } = conversion(physical, range) else {
        return Ok(Digital {
            channel,
            rounding: Some((1.0, 0.0)),
            physical,
            digital: range,
        });
    };
    Ok(Digital {
        channel,
        rounding: Some((scale, offset)),
        physical,
        digital: range,
    })
}

/// A number of at most 8 characters on one side of a value, as near as can be.
fn rounded(value: f64, round: impl Fn(f64) -> f64) -> Option<f64> {
    (0..=6).rev().find_map(|digits| {
        let unit = 10_f64.powi(digits);
        let near = round(value * unit) / unit;
        // The division may have come out on the other side, by the last bit.
        let kept = if round(near * unit) == round(value * unit) {
            near
        } else {
            return None;
        };
        field::number(kept).map(|_| kept)
    })
}

type Ranges = ((f64, f64), (i32, i32));

/// The head's numbers that give a scale and an offset back: exactly where there are such, else to the last digits of a
/// double.
fn exact(scale: f64, offset: f64, held: (i32, i32), range: (i32, i32)) -> Option<Ranges> {
    let lows = points(
        scale,
        offset,
        (range.0..=held.0).take(SEARCH),
        (range.0..=held.0).rev().take(SEARCH),
    );
    let highs = points(
        scale,
        offset,
        (held.1..=range.1).rev().take(SEARCH),
        (held.1..=range.1).take(SEARCH),
    );
    let mut close = None;
    for &(low, physical_low) in &lows {
        for &(high, physical_high) in &highs {
            if high <= low || physical_low == physical_high {
                continue;
            }
            let (physical, digital) = ((physical_low, physical_high), (low, high));
            let (found_scale, found_offset) = match conversion(physical, digital) {
                Conversion::Linear { scale, offset } => (scale, offset),
                _ => (1.0, 0.0),
            };
            if (found_scale, found_offset) == (scale, offset) {
                return Some((physical, digital));
            }
            let span = (physical_high - physical_low).abs();
            let off = |value: i32| {
                let value = f64::from(value);
                ((found_scale * value + found_offset) - (scale * value + offset)).abs()
            };
            if off(low).max(off(high)) <= 1e-12 * span {
                close.get_or_insert((physical, digital));
            }
        }
    }
    close
}

/// Digital values looked at from each end: all, where there are 16 bits.
const SEARCH: usize = 1 << 16;

/// Of these at most so many are tried from each end.
const TRIED: usize = 128;

/// Digital values whose value in the unit 8 characters can say.
fn points(
    scale: f64,
    offset: f64,
    outer: impl Iterator<Item = i32>,
    inner: impl Iterator<Item = i32>,
) -> Vec<(i32, f64)> {
    let said = |digital: i32| {
        let value = scale * f64::from(digital) + offset;
        // As many decimals as fit beside the sign, the point and the whole part.
        let whole = value.abs().log10().floor().max(0.0) as i32 + 1 + i32::from(value < 0.0);
        let unit = 10_f64.powi((7 - whole).max(0));
        let near = (value * unit).round() / unit;
        let hair = 1e-12 * (value.abs() + scale.abs());
        let fits = (near - value).abs() <= hair && field::number(near).is_some();
        fits.then_some((digital, near))
    };
    let mut points: Vec<(i32, f64)> = outer.filter_map(said).take(TRIED).collect();
    for point in inner.filter_map(said).take(TRIED) {
        if !points.contains(&point) {
            points.push(point);
        }
    }
    points
}

/// The nearest that the head can say: of the whole digital range, or where its ends are too large, of the values' own.
fn near(scale: f64, offset: f64, held: (i32, i32), range: (i32, i32)) -> Option<Ranges> {
    let end = |digital: i32| rounded(scale * f64::from(digital) + offset, f64::round);
    let own = (held.0, held.1.max(held.0.saturating_add(1)));
    [range, own].into_iter().find_map(|digital| {
        let physical = (end(digital.0)?, end(digital.1)?);
        (physical.0 != physical.1).then_some((physical, digital))
    })
}
