use crate::statistics::SAME;

/// What the Wilcoxon signed-rank test found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignedRank {
    /// Sum of the ranks of positive differences.
    pub positive: f64,
    /// Sum of the ranks of negative differences.
    pub negative: f64,
    /// Chance of sums as far apart, either way, if each difference were as likely to have had the other sign; in (0, 1].
    pub p: f64,
}

impl SignedRank {
    /// Matched-pairs rank-biserial correlation (Kerby 2014, *The simple difference formula*): the share of ranks that speak
    /// for the first minus the share that speak against it, from −1 to 1. `None` where nothing differs.
    pub fn rank_biserial(&self) -> Option<f64> {
        let all = self.positive + self.negative;
        (all > 0.0).then(|| (self.positive - self.negative) / all)
    }
}

/// The Wilcoxon signed-rank test of paired differences (Wilcoxon 1945), two-sided and exact.
///
/// Zeros are ranked with the others and then left out (Pratt 1959), so that subjects for whom nothing differs weaken a
/// difference of others; equal sizes share the mean of their ranks. The sums' distribution is built up rank by rank, ties
/// and all, instead of looked up for ranks without ties. 1 where nothing differs; NaN, as the sums, where a difference is not
/// finite. Differences closer than 10⁻¹² are equal.
///
/// ```
/// use pathema_study::statistics::compare::signed_rank;
/// let test = signed_rank(&[0.3, 0.1, -0.2, 0.4]);
/// assert_eq!((test.positive, test.negative), (8.0, 2.0));
/// // Of 16 assignments of signs 3 give at most 2 and 3 at least 8.
/// assert_eq!(test.p, 6.0 / 16.0);
/// assert_eq!(test.rank_biserial(), Some(0.6));
/// ```
pub fn signed_rank(differences: &[f64]) -> SignedRank {
    if differences.iter().any(|d| !d.is_finite()) {
        return SignedRank {
            positive: f64::NAN,
            negative: f64::NAN,
            p: f64::NAN,
        };
    }
    let mut sorted = differences.to_vec();
    sorted.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let (mut positive, mut negative) = (0, 0);
    // Chance of each sum of doubled ranks, which are whole, over the signs of those seen so far.
    let mut chance = vec![1.0];
    let mut before = 0;
    for tied in sorted.chunk_by(|a, b| b.abs() - a.abs() <= SAME) {
        // Twice the mean of the ranks before + 1 … before + tied.
        let rank = 2 * before + tied.len() + 1;
        before += tied.len();
        if tied[0].abs() <= SAME {
            continue;
        }
        for difference in tied {
            if *difference > 0.0 {
                positive += rank;
            } else {
                negative += rank;
            }
            chance = with_rank(&chance, rank);
        }
    }
    let larger: f64 = chance[positive.max(negative)..].iter().sum();
    SignedRank {
        positive: positive as f64 / 2.0,
        negative: negative as f64 / 2.0,
        p: (2.0 * larger).min(1.0),
    }
}

/// The distribution of a sum to which a rank is added, or not, with equal chance.
fn with_rank(chance: &[f64], rank: usize) -> Vec<f64> {
    let mut wider = vec![0.0; chance.len() + rank];
    for (sum, p) in chance.iter().enumerate() {
        wider[sum] += 0.5 * p;
        wider[sum + rank] += 0.5 * p;
    }
    wider
}
