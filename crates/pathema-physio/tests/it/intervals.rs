//! Which intervals are kept.

use pathema_physio::intervals::{Plausibility, plausible};

#[test]
fn keeps_what_is_in_range_and_in_rhythm() {
    /// `kept` has a `+` for each interval kept and a `-` for each other.
    #[track_caller]
    fn check(intervals: &[f64], kept: &str) {
        // NaN stands for an unknown interval.
        let given: Vec<Option<f64>> = intervals
            .iter()
            .map(|interval| Some(*interval).filter(|interval| !interval.is_nan()))
            .collect();
        let result = plausible(&given, &Plausibility::PULSE);
        let signs: String = result
            .iter()
            .map(|kept| if kept.is_some() { '+' } else { '-' })
            .collect();
        assert_eq!(signs, kept);
        for (given, result) in given.iter().zip(&result) {
            assert!(result.is_none() || result == given);
        }
    }
    check(&[], "");
    check(&[0.8], "+");
    check(&[0.3, 1.6, 0.0, -1.0, f64::INFINITY], "-----");
    check(&[0.33, 1.5], "++");
    // Two neighbours cannot say which of them is off.
    check(&[0.8, 1.2], "++");
    check(&[0.8, 0.8, 1.2], "++-");
    // An ectopic beat: early, then a pause.
    check(&[0.8, 0.82, 0.55, 1.05, 0.8, 0.79], "++--++");
    // A missed beat, twice as long as the others and out of range.
    check(&[0.8, 0.8, 1.6, 0.8, 0.8], "++-++");
    // The heart rate may change over a minute.
    let rising: Vec<f64> = (0..40).map(|i| 1.1 - 0.015 * f64::from(i)).collect();
    check(&rising, &"+".repeat(40));
    check(&[0.8, f64::NAN, 0.8, 0.8, f64::NAN], "+-++-");
}
