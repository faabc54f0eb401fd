//! The model that knows only how often each state occurs.

use crate::metrics::STRESS;
use crate::run::records::CLASSES;

/// Says the same of every window: how often each class occurred in training.
///
/// It names the most frequent class; its cross-entropy is what a recogniser that has learnt nothing pays.
///
/// ```
/// use pathema_experiments::baselines::Majority;
/// let majority = Majority::fit(&[0, 0, 1, 2]);
/// assert_eq!(majority.probabilities(), ([0.5, 0.25, 0.25], 0.25));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Majority {
    shares: [f64; 3],
    stress: f64,
}

impl Majority {
    /// Counts classes (indices into [`CLASSES`]). Without windows, all classes of a task are equally probable.
    ///
    /// # Panics
    /// If a truth is not a class.
    pub fn fit(truth: &[usize]) -> Majority {
        if truth.is_empty() {
            return Majority {
                shares: [1.0 / 3.0; 3],
                stress: 0.5,
            };
        }
        let mut counts = [0u64; CLASSES.len()];
        for &class in truth {
            counts[class] += 1;
        }
        let shares = counts.map(|count| count as f64 / truth.len() as f64);
        Majority {
            shares,
            stress: shares[STRESS],
        }
    }

    /// Probabilities of baseline, stress and amusement, and of stress in the binary task.
    pub fn probabilities(&self) -> ([f64; 3], f64) {
        (self.shares, self.stress)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cross_entropy;
    use proptest::prelude::*;

    #[test]
    fn without_windows_nothing_is_known() {
        assert_eq!(Majority::fit(&[]).probabilities(), ([1.0 / 3.0; 3], 0.5));
    }

    proptest! {
        /// The frequencies are the constant probabilities that fit best (Gibbs' inequality).
        #[test]
        fn no_other_constant_fits_better(
            truth in prop::collection::vec(0usize..3, 1..50),
            other in prop::array::uniform3(1u32..100),
        ) {
            let (shares, stress) = Majority::fit(&truth).probabilities();
            prop_assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert_eq!(shares[STRESS], stress);
            let sum = f64::from(other.iter().sum::<u32>());
            let other = other.map(|share| f64::from(share) / sum);
            let entropy_of = |p| cross_entropy(&truth, &vec![p; truth.len()]).unwrap();
            prop_assert!(entropy_of(shares) <= entropy_of(other) + 1e-12);
        }
    }
}
