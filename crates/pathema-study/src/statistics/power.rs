//! Which differences so few subjects can show.

use std::collections::BTreeMap;
use std::sync::Mutex;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::compare::sign_flip;
use super::{SAME, SEED, deviation, mean, normal};

/// Studies simulated: the power found is sure to about a hundredth.
const STUDIES: usize = 2_000;

/// Share of studies in which a difference must be found to count as detectable.
pub const POWER: f64 = 0.8;

/// With more subjects the sum of flipped differences is as good as normal, and counting it in every study takes long.
const COUNTED_SUBJECTS: usize = 16;

/// p at or below which it is found.
pub const LEVEL: f64 = 0.05;

/// The smallest mean difference between two models that the sign-flip test finds at p ≤ [`LEVEL`] in [`POWER`] of studies with
/// these differences' count of subjects and their standard deviation.
///
/// To be quoted beside what was not found significant: with 15 subjects it is about .78 standard deviations. `None` of
/// fewer than six subjects, with whom p cannot fall to the level (2/2⁵ = .0625).
///
/// ```
/// use pathema_study::statistics::power::minimum_detectable_difference;
/// // Two models whose accuracies differ by a few points, now this way, now that.
/// let differences = [0.02, -0.01, 0.03, 0.0, 0.05, -0.02, 0.01, 0.04, 0.0, 0.02, -0.03, 0.01, 0.02, 0.0, 0.03];
/// let least = minimum_detectable_difference(&differences).unwrap();
/// assert!((0.015..0.02).contains(&least));
/// ```
pub fn minimum_detectable_difference(differences: &[f64]) -> Option<f64> {
    Some(deviation(differences)? * detectable_effect(differences.len())?)
}

/// [`minimum_detectable_difference`] in standard deviations of the differences, by so many subjects.
///
/// Normal differences are simulated, the same ones for every mean tried; what was found once is kept.
pub fn detectable_effect(subjects: usize) -> Option<f64> {
    static KNOWN: Mutex<BTreeMap<usize, f64>> = Mutex::new(BTreeMap::new());
    if 2.0 * 0.5f64.powf(subjects as f64) > LEVEL {
        return None;
    }
    let known = || KNOWN.lock().ok();
    if let Some(&effect) = known()?.get(&subjects) {
        return Some(effect);
    }
    let effect = simulated_effect(subjects);
    known()?.insert(subjects, effect);
    Some(effect)
}

fn simulated_effect(subjects: usize) -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let studies: Vec<Vec<f64>> = (0..STUDIES)
        .map(|_| {
            (0..subjects)
                .map(|_| normal::quantile(rng.random()))
                .collect()
        })
        .collect();
    // Above 10 every difference is positive.
    let (mut low, mut high) = (0.0, 10.0);
    while high - low > 1e-3 {
        let middle = 0.5 * (low + high);
        if power(&studies, middle) < POWER {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// Share of studies in which the test finds a mean of `effect` added to the differences.
fn power(studies: &[Vec<f64>], effect: f64) -> f64 {
    mean(studies.iter().map(|study| {
        let differences: Vec<f64> = study.iter().map(|noise| noise + effect).collect();
        f64::from(u8::from(p_value(&differences) <= LEVEL + SAME))
    }))
}

/// Of the sign-flip test, counted or by the normal distribution.
fn p_value(differences: &[f64]) -> f64 {
    if differences.len() <= COUNTED_SUBJECTS {
        return sign_flip(differences);
    }
    let sum: f64 = differences.iter().sum();
    let squares: f64 = differences.iter().map(|d| d * d).sum();
    2.0 * normal::cdf(-sum.abs() / squares.sqrt())
}
