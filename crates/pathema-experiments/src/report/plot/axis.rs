//! Data to places along one direction, and round numbers to mark.

/// More ticks than this are a mistake, not an axis.
const MOST_TICKS: f64 = 100.0;

/// Maps a stretch of data to a stretch of the drawing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Axis {
    /// `low`–`high` in data, `from`–`to` in the drawing (`from` may be the larger: the ordinate grows upwards).
    ///
    /// A domain that is empty or not finite becomes 0–1, so that every axis can be drawn.
    pub(crate) fn new((low, high): (f64, f64), (from, to): (f64, f64)) -> Axis {
        let sound = (high - low).is_finite() && high > low;
        let (low, high) = if sound { (low, high) } else { (0.0, 1.0) };
        Axis {
            low,
            high,
            from,
            to,
        }
    }

    /// Covers all finite `values` from `least` on, and ends on a round number.
    pub(crate) fn covering(
        values: impl Iterator<Item = f64>,
        least: f64,
        about: u32,
        range: (f64, f64),
    ) -> Axis {
        let highest = values
            .filter(|value| value.is_finite())
            .fold(least, f64::max);
        let step = round_step((highest - least) / f64::from(about));
        let high = least + ((highest - least) / step - 1e-9).ceil() * step;
        Axis::new((least, high), range)
    }

    pub(crate) fn at(&self, value: f64) -> f64 {
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    /// Where the axis begins and ends in the drawing.
    pub(crate) fn range(&self) -> (f64, f64) {
        (self.from, self.to)
    }

    /// About `about` round numbers on the axis, with their labels.
    pub(crate) fn ticks(&self, about: u32) -> Vec<(f64, String)> {
        let step = round_step((self.high - self.low) / f64::from(about));
        let first = (self.low / step - 1e-9).ceil();
        let last = (self.high / step + 1e-9).floor();
        // False also where either is not a number.
        if !(last - first <= MOST_TICKS && last >= first) {
            return Vec::new();
        }
        // On an axis far from nought the products are rounded by more than a step, and may fall beside it.
        let slack = 1e-6 * (self.high - self.low);
        let on_axis = self.low - slack..=self.high + slack;
        let decimals = (-(step.log10() + 1e-9).floor()).clamp(0.0, 12.0) as usize;
        (0..=(last - first) as u32)
            .map(|index| (first + f64::from(index)) * step)
            .filter(|value| on_axis.contains(value))
            .map(|value| (value, label(value, decimals)))
            .collect()
    }

    /// Whole numbers on the axis, at most about `about`.
    pub(crate) fn whole_ticks(&self, about: u32) -> Vec<(f64, String)> {
        let mut ticks = self.ticks(about);
        ticks.retain(|(value, _)| value.fract() == 0.0);
        for (value, text) in &mut ticks {
            *text = label(*value, 0);
        }
        ticks
    }
}

/// The smallest of 1, 2, 5 times a power of ten that is not below `rough`.
fn round_step(rough: f64) -> f64 {
    if !(rough.is_finite() && rough > 0.0) {
        return 1.0;
    }
    let power = 10f64.powf(rough.log10().floor());
    let multiple = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|multiple| multiple * power >= rough * (1.0 - 1e-9))
        .unwrap_or(10.0);
    multiple * power
}

fn label(value: f64, decimals: usize) -> String {
    if value.abs() >= 1e7 {
        return format!("{value:.1e}");
    }
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.chars().all(|c| matches!(c, '0' | '.')) => digits.to_owned(),
        Some(digits) => format!("−{digits}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(domain: (f64, f64), about: u32, expected: &[&str]) {
        let axis = Axis::new(domain, (0.0, 100.0));
        let labels: Vec<String> = axis.ticks(about).into_iter().map(|tick| tick.1).collect();
        assert_eq!(labels, expected);
    }

    #[test]
    fn ticks_are_round() {
        check((0.0, 1.0), 5, &["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        check((0.62, 1.0), 4, &["0.7", "0.8", "0.9", "1.0"]);
        check(
            (0.0, 0.004),
            4,
            &["0.000", "0.001", "0.002", "0.003", "0.004"],
        );
        check((0.0, 102.0), 5, &["0", "50", "100"]);
        check((-1.0, 1.0), 2, &["−1", "0", "1"]);
    }

    #[test]
    fn epochs_are_whole() {
        let axis = Axis::new((1.0, 3.0), (0.0, 100.0));
        let labels: Vec<String> = axis.whole_ticks(8).into_iter().map(|tick| tick.1).collect();
        assert_eq!(labels, ["1", "2", "3"]);
    }

    #[test]
    fn a_domain_that_cannot_be_drawn_becomes_the_unit() {
        for domain in [
            (1.0, 1.0),
            (f64::NAN, 1.0),
            (0.0, f64::INFINITY),
            (-f64::MAX, f64::MAX),
        ] {
            let axis = Axis::new(domain, (0.0, 100.0));
            assert_eq!(axis.at(0.5), 50.0);
        }
        let axis = Axis::covering([f64::NAN, 0.0].into_iter(), 0.0, 4, (0.0, 100.0));
        assert_eq!(axis.at(0.5), 50.0);
    }

    #[test]
    fn ticks_are_few_where_neighbouring_numbers_are_a_step_apart() {
        let axis = Axis::new((1e12, 1e12 + 4e-4), (0.0, 100.0));
        let ticks = axis.ticks(5);
        assert!(ticks.len() <= 10, "{}", ticks.len());
        assert!(
            ticks
                .iter()
                .all(|(value, _)| (-1.0..=101.0).contains(&axis.at(*value)))
        );
    }

    proptest! {
        #[test]
        fn ticks_are_few_and_on_the_axis(low in -1e6f64..1e6, exponent in -3f64..13.0, about in 1u32..12) {
            let high = low + 10f64.powf(exponent);
            let axis = Axis::new((low, high), (300.0, 0.0));
            let ticks = axis.ticks(about);
            prop_assert!(ticks.len() <= about as usize + 1);
            for (value, _) in ticks {
                prop_assert!((-1e-3..=300.001).contains(&axis.at(value)));
            }
        }

        #[test]
        fn what_is_covered_is_on_the_axis(values in prop::collection::vec(0f64..1e6, 1..20)) {
            let axis = Axis::covering(values.iter().copied(), 0.0, 4, (200.0, 0.0));
            for value in values {
                prop_assert!((-1e-3..=200.001).contains(&axis.at(value)));
            }
        }
    }
}
