//! The model that knows only the time.

use super::Majority;
use crate::metrics::STRESS;

/// Standard deviation of the kernel, in seconds: the length of a window. A window's start says no more exactly than
/// that when its state held, so it is the natural width, and it is not tuned.
const BANDWIDTH: f64 = 60.0;

/// Says what usually happens at this time of a session, and looks at no signal.
///
/// The protocol of a study fixes when things happen: on WESAD the time since the start of the session tells states apart
/// better than most sensors do. A recogniser that is not above the clock may owe what it knows to the time, through
/// anything that drifts while a device is worn.
///
/// The probability of class c at time t is the Nadaraya–Watson estimate (Nadaraya 1964; Watson 1964) over training
/// windows at tᵢ with class cᵢ,
///
/// ```text
/// p(c | t) = Σᵢ wᵢ [cᵢ = c] / Σᵢ wᵢ,   wᵢ = exp(−(t − tᵢ)² / (2 · 60²)),
/// ```
///
/// with the largest weight taken out of the fraction, so that far from all training times, where every weight
/// underflows, it becomes the answer at the nearest of them and not 0/0.
///
/// ```
/// use pathema_experiments::baselines::Clock;
/// let clock = Clock::fit(&[0.0, 30.0, 3000.0, 3030.0], &[0, 0, 1, 1]);
/// let (_, stress) = clock.probabilities(3015.0);
/// assert!(stress > 0.99);
/// let (classes, _) = clock.probabilities(-1e6);
/// assert_eq!(classes, [1.0, 0.0, 0.0]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    windows: Vec<(f64, usize)>,
    /// The answer where time says nothing.
    timeless: Majority,
}

impl Clock {
    /// Remembers training windows: `times` in seconds since the start of each one's session, and their classes.
    ///
    /// A window without a finite time is left out. Times may be those of starts or of centres, as long as
    /// [`probabilities`](Clock::probabilities) is asked for the same.
    ///
    /// # Panics
    /// If the lengths differ or a truth is not a class.
    pub fn fit(times: &[f64], truth: &[usize]) -> Clock {
        assert_eq!(times.len(), truth.len(), "one time per window");
        Clock {
            windows: times
                .iter()
                .copied()
                .zip(truth.iter().copied())
                .filter(|(time, _)| time.is_finite())
                .collect(),
            timeless: Majority::fit(truth),
        }
    }

    /// Probabilities of baseline, stress and amusement at `time`, and of stress in the binary task.
    ///
    /// At a time that is not finite, or without training windows, it answers as [`Majority`] does.
    pub fn probabilities(&self, time: f64) -> ([f64; 3], f64) {
        let exponent = |at: f64| -0.5 * ((time - at) / BANDWIDTH).powi(2);
        let largest = self
            .windows
            .iter()
            .map(|&(at, _)| exponent(at))
            .fold(f64::NEG_INFINITY, f64::max);
        if !largest.is_finite() {
            return self.timeless.probabilities();
        }
        let mut weights = [0.0; 3];
        for &(at, class) in &self.windows {
            weights[class] += (exponent(at) - largest).exp();
        }
        let sum: f64 = weights.iter().sum();
        let shares = weights.map(|weight| weight / sum);
        (shares, shares[STRESS])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn weighs_by_a_gaussian_of_sixty_seconds() {
        let clock = Clock::fit(&[0.0, 60.0, 120.0], &[0, 1, 2]);
        let (found, _) = clock.probabilities(0.0);
        let weights = [1.0, (-0.5f64).exp(), (-2.0f64).exp()];
        let sum: f64 = weights.iter().sum();
        for (found, weight) in found.iter().zip(weights) {
            assert!((found - weight / sum).abs() < 1e-15);
        }
    }

    #[test]
    fn far_from_all_training_it_answers_as_at_the_nearest() {
        let clock = Clock::fit(&[0.0, 0.0, 5000.0], &[0, 1, 2]);
        assert_eq!(clock.probabilities(1e7).0, [0.0, 0.0, 1.0]);
        assert_eq!(clock.probabilities(-1e7), ([0.5, 0.5, 0.0], 0.5));
    }

    #[test]
    fn where_time_says_nothing_it_is_the_majority() {
        let frequencies = ([0.5, 0.25, 0.25], 0.25);
        let clock = Clock::fit(&[0.0, 1.0, 2.0, f64::NAN], &[0, 0, 1, 2]);
        for time in [f64::NAN, f64::INFINITY, f64::MAX] {
            assert_eq!(clock.probabilities(time), frequencies, "at {time}");
        }
        assert_eq!(
            Clock::fit(&[], &[]).probabilities(10.0),
            Majority::fit(&[]).probabilities()
        );
    }

    proptest! {
        #[test]
        fn only_differences_of_time_count(
            windows in prop::collection::vec((0u32..9000, 0usize..3), 1..60),
            time in 0u32..9000,
            shift in -5000i32..5000,
        ) {
            let (times, truth): (Vec<f64>, Vec<usize>) =
                windows.iter().map(|&(time, class)| (f64::from(time), class)).unzip();
            let (here, stress) = Clock::fit(&times, &truth).probabilities(f64::from(time));
            prop_assert!((here.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert_eq!(here[STRESS], stress);
            let shift = f64::from(shift);
            let shifted: Vec<f64> = times.iter().map(|time| time + shift).collect();
            let there = Clock::fit(&shifted, &truth).probabilities(f64::from(time) + shift);
            prop_assert_eq!((here, stress), there);
        }
    }
}
