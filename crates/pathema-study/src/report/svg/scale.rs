//! Data to places along one direction, and round numbers to mark.

use crate::report::number;

/// More ticks than this are a mistake, not an axis.
const MOST_TICKS: f64 = 60.0;

/// A number to mark.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    pub(crate) at: f64,
    pub(crate) label: String,
}

/// Maps a stretch of data to a stretch of the drawing, evenly or by powers of ten.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    powers: bool,
}

impl Scale {
    /// A domain that is empty or not finite becomes 0–1, so that every scale can be drawn.
    pub(crate) fn linear((low, high): (f64, f64), (from, to): (f64, f64)) -> Scale {
        let sound = (high - low).is_finite() && high > low;
        let (low, high) = if sound { (low, high) } else { (0.0, 1.0) };
        Scale {
            low,
            high,
            from,
            to,
            powers: false,
        }
    }

    /// From the power of ten below all positive `values` to that above.
    pub(crate) fn powers(values: impl Iterator<Item = f64>, range: (f64, f64)) -> Scale {
        let (low, high) = extent(values.filter(|value| *value > 0.0)).unwrap_or((1.0, 10.0));
        let (low, high) = (low.log10().floor(), high.log10().ceil());
        Scale {
            powers: true,
            ..Scale::linear((low, high.max(low + 1.0)), range)
        }
    }

    /// Shares from a round number below all `values` to 1.
    pub(crate) fn shares(values: impl Iterator<Item = f64>, range: (f64, f64)) -> Scale {
        let low = extent(values).map_or(0.0, |(low, _)| {
            ((low * 20.0 - 1e-9).floor() / 20.0).clamp(0.0, 0.9)
        });
        Scale::linear((low, 1.0), range)
    }

    /// Shares from a round number below all `values` to one above.
    pub(crate) fn around(values: impl Iterator<Item = f64>, range: (f64, f64)) -> Scale {
        let (low, high) = extent(values).unwrap_or((0.0, 1.0));
        let (low, high) = (
            (low * 20.0 - 1e-9).floor() / 20.0,
            (high * 20.0 + 1e-9).ceil() / 20.0,
        );
        Scale::linear((low.clamp(0.0, 0.9), high.clamp(0.05, 1.0)), range)
    }

    /// From 0 or below to a round number above all `values`.
    pub(crate) fn from_nought(values: impl Iterator<Item = f64>, range: (f64, f64)) -> Scale {
        let (low, high) = extent(values).unwrap_or((0.0, 1.0));
        let (low, high) = (low.min(0.0), high.max(0.0));
        let step = round_step((high - low) / 4.0);
        Scale::linear(
            (
                (low / step + 1e-9).floor() * step,
                (high / step - 1e-9).ceil() * step,
            ),
            range,
        )
    }

    pub(crate) fn at(&self, value: f64) -> f64 {
        let value = if self.powers { value.log10() } else { value };
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    /// As [`at`](Self::at), what lies outside kept at the edge.
    pub(crate) fn within(&self, value: f64) -> f64 {
        let (least, most) = (self.from.min(self.to), self.from.max(self.to));
        self.at(value).clamp(least, most)
    }

    /// The datum at a place of an even scale.
    pub(crate) fn value(&self, place: f64) -> f64 {
        self.low + (place - self.from) / (self.to - self.from) * (self.high - self.low)
    }

    pub(crate) fn range(&self) -> (f64, f64) {
        (self.from, self.to)
    }

    /// About `about` round numbers.
    pub(crate) fn ticks(&self, about: u32) -> Vec<Tick> {
        let rough = (self.high - self.low) / f64::from(about.max(1));
        let step = if self.powers {
            round_step(rough).max(1.0)
        } else {
            round_step(rough)
        };
        let (first, last) = (
            (self.low / step - 1e-9).ceil(),
            (self.high / step + 1e-9).floor(),
        );
        // False also where either is not a number.
        if !(last >= first && last - first <= MOST_TICKS) {
            return Vec::new();
        }
        let decimals = (-(step.log10() + 1e-9).floor()).clamp(0.0, 9.0) as usize;
        (0..=(last - first) as u32)
            .map(|index| (first + f64::from(index)) * step)
            .map(|value| match self.powers {
                true => Tick {
                    at: 10f64.powf(value),
                    label: number::quantity(10f64.powf(value)),
                },
                false => Tick {
                    at: value,
                    label: label(value, decimals),
                },
            })
            .collect()
    }
}

/// Least and greatest of what is finite.
pub(crate) fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values
        .filter(|value| value.is_finite())
        .fold(None, |extent, value| match extent {
            None => Some((value, value)),
            Some((low, high)) => Some((value.min(low), value.max(high))),
        })
}

/// The smallest of 1, 2, 5 times a power of ten that is not below `rough`.
fn round_step(rough: f64) -> f64 {
    if !(rough.is_finite() && rough > 0.0) {
        return 1.0;
    }
    let power = 10f64.powf(rough.log10().floor());
    let multiples = [1.0, 2.0, 5.0, 10.0];
    let multiple = multiples
        .into_iter()
        .find(|multiple| multiple * power >= rough * (1.0 - 1e-9));
    multiple.unwrap_or(10.0) * power
}

/// Without the nought before the point, as in the tables.
fn label(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let text = match text.strip_prefix("0.") {
        Some(digits) if digits.bytes().all(|digit| digit == b'0') => "0".to_owned(),
        Some(digits) => format!(".{digits}"),
        None => text,
    };
    let text = if decimals > 0 && text.parse() == Ok(1.0) {
        "1".to_owned()
    } else {
        text
    };
    if value < 0.0 && text != "0" {
        format!("−{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(scale: Scale, about: u32) -> Vec<String> {
        scale
            .ticks(about)
            .into_iter()
            .map(|tick| tick.label)
            .collect()
    }

    #[test]
    fn ticks_are_round() {
        let over = (0.0, 100.0);
        assert_eq!(
            labels(Scale::linear((0.0, 1.0), over), 5),
            ["0", ".2", ".4", ".6", ".8", "1"]
        );
        assert_eq!(
            labels(Scale::shares([0.63, 0.9].into_iter(), over), 4),
            [".6", ".7", ".8", ".9", "1"]
        );
        assert_eq!(
            labels(Scale::linear((-2.0, 2.0), over), 4),
            ["−2", "−1", "0", "1", "2"]
        );
        assert_eq!(
            labels(Scale::powers([3.0, 2e4].into_iter(), over), 9),
            ["1", "10", "100", "1 k", "10 k", "100 k"]
        );
    }

    proptest! {
        #[test]
        fn ticks_lie_on_the_scale(low in -1e6f64..1e6, exponent in -3f64..9.0, about in 1u32..12) {
            let scale = Scale::linear((low, low + 10f64.powf(exponent)), (300.0, 0.0));
            let ticks = scale.ticks(about);
            prop_assert!(ticks.len() <= about as usize + 1);
            for tick in ticks {
                prop_assert!((-1e-3..=300.001).contains(&scale.at(tick.at)));
            }
        }

        #[test]
        fn what_is_covered_lies_on_the_scale(values in prop::collection::vec(1e-6f64..1e9, 1..20)) {
            for scale in [
                Scale::powers(values.iter().copied(), (0.0, 200.0)),
                Scale::from_nought(values.iter().copied(), (0.0, 200.0)),
            ] {
                for value in &values {
                    prop_assert!((-1e-3..=200.001).contains(&scale.at(*value)), "{value} {scale:?}");
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_drawn_becomes_the_unit() {
        for domain in [(1.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
            assert_eq!(Scale::linear(domain, (0.0, 100.0)).at(0.5), 50.0);
        }
        assert_eq!(
            Scale::from_nought(std::iter::empty(), (0.0, 100.0)).at(0.5),
            50.0
        );
    }
}
