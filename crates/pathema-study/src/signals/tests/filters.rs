use std::f64::consts::{FRAC_1_SQRT_2, TAU};

use proptest::prelude::*;

use crate::signals::exponential::{LeakyMean, LowPass};
use crate::signals::skin::SLOW_TAU;

proptest! {
    /// However the time that a value was held is cut up, the filter ends at the same value: the exact answer to a step.
    #[test]
    fn a_low_pass_answers_a_step_exactly(parts in prop::collection::vec(0.01..2.0f64, 1..20)) {
        let mut filter = LowPass::<1>::new(0.7);
        filter.push(0.0, 1.0);
        let (mut time, mut answer) = (0.0, 1.0);
        for part in parts {
            time += part;
            answer = filter.push(time, 3.0).0;
        }
        prop_assert!((answer - (3.0 - 2.0 * (-time / 0.7).exp())).abs() < 1e-12);
    }

    #[test]
    fn a_leaky_mean_lies_between_what_was_seen(seen in prop::collection::vec((0.01..60.0f64, -5.0..5.0f64), 1..40)) {
        let mut mean = LeakyMean::new(10.0);
        let (mut time, mut low, mut high) = (0.0, f64::INFINITY, f64::NEG_INFINITY);
        for (step, value) in seen {
            time += step;
            (low, high) = (f64::min(low, value), f64::max(high, value));
            let mean = mean.push(time, step.min(2.0), value);
            prop_assert!((low - 1e-9..=high + 1e-9).contains(&mean));
        }
    }
}

#[test]
fn the_slow_level_loses_3_db_at_a_twentieth_of_a_hertz() {
    let mut filter = LowPass::<2>::new(SLOW_TAU);
    let (step, mut largest) = (0.002, 0.0_f64);
    for sample in 0..60_000 {
        let time = f64::from(sample) * step;
        let (level, _) = filter.push(time, (TAU * 0.05 * time).sin());
        if time > 60.0 {
            largest = largest.max(level.abs());
        }
    }
    assert!((largest - FRAC_1_SQRT_2).abs() < 1e-3, "{largest}");
}

#[test]
fn a_filter_starts_anew_after_a_long_gap() {
    let mut filter = LowPass::<2>::new(1.0);
    assert_eq!(filter.push(0.0, 5.0), (5.0, true));
    assert!(!filter.push(4.9, 1.0).1);
    assert_eq!(filter.push(10.0, 2.0), (2.0, true));
}
