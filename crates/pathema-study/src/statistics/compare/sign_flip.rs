use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::statistics::{SAME, SEED};

/// With more subjects that differ than this, signs are drawn instead of counted.
pub const EXACT_SUBJECTS: usize = 30;

/// Draws where signs are drawn.
const DRAWS: u32 = 99_999;

/// The sign-flip permutation test of paired differences (Fisher 1935, *The design of experiments*, section 21): the chance
/// of a mean as far from 0, either way, if each difference were as likely to have had the other sign. Two-sided, in (0, 1].
///
/// Exact up to [`EXACT_SUBJECTS`] that differ: of all 2ⁿ assignments of signs those are counted whose sum is as large.
/// Above, 99 999 are drawn with a fixed seed, and the data's own assignment is counted with them (Phipson and Smyth
/// 2010), so that p is never 0. 1 where nothing differs, NaN where a difference is not finite. The order of differences does not
/// matter.
///
/// ```
/// use pathema_study::statistics::compare::sign_flip;
/// // Only + + + and − − − are as far from 0.
/// assert_eq!(sign_flip(&[0.1, 0.2, 0.05]), 2.0 / 8.0);
/// ```
pub fn sign_flip(differences: &[f64]) -> f64 {
    if differences.iter().any(|d| !d.is_finite()) {
        return f64::NAN;
    }
    // The sign of 0 changes nothing.
    let mut sizes: Vec<f64> = differences
        .iter()
        .map(|d| d.abs())
        .filter(|&d| d > SAME)
        .collect();
    sizes.sort_by(f64::total_cmp);
    let total: f64 = sizes.iter().sum();
    // Sums of the same differences in another order are the same.
    let observed = differences.iter().sum::<f64>().abs() - SAME * (1.0 + total);
    if observed <= 0.0 {
        return 1.0;
    }
    if sizes.len() <= EXACT_SUBJECTS {
        counted(&sizes, observed)
    } else {
        drawn(&sizes, observed)
    }
}

/// Share of all assignments of signs with a sum of at least `observed`, which is positive, or at most its negative.
///
/// Every sum is one over half of the sizes plus one over the other half: with both lists sorted, those above the bound
/// are counted in one pass, so that 2^(n/2) steps do for 2ⁿ assignments (Horowitz and Sahni 1974).
fn counted(sizes: &[f64], observed: f64) -> f64 {
    let (left, right) = sizes.split_at(sizes.len() / 2);
    let (left, right) = (signed_sums(left), signed_sums(right));
    let mut above = 0u64;
    let mut from = right.len();
    for sum in &left {
        // The larger this half's sum, the smaller the other's may be.
        while from > 0 && sum + right[from - 1] >= observed {
            from -= 1;
        }
        above += (right.len() - from) as u64;
    }
    // As many lie below the negative, by the opposite signs.
    2.0 * above as f64 / (left.len() as f64 * right.len() as f64)
}

/// The sums for all assignments of signs, ascending.
fn signed_sums(sizes: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0];
    for size in sizes {
        sums = sums
            .iter()
            .flat_map(|sum| [sum - size, sum + size])
            .collect();
    }
    sums.sort_by(f64::total_cmp);
    sums
}

fn drawn(sizes: &[f64], observed: f64) -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let far = (0..DRAWS).filter(|_| {
        let sum: f64 = sizes
            .chunks(64)
            .map(|chunk| {
                let signs = rng.next_u64();
                let signed = chunk.iter().enumerate();
                signed
                    .map(|(bit, size)| if signs >> bit & 1 == 1 { *size } else { -size })
                    .sum::<f64>()
            })
            .sum();
        sum.abs() >= observed
    });
    (far.count() as f64 + 1.0) / (f64::from(DRAWS) + 1.0)
}
