//! What holds whatever the numbers.

use pathema_experiments::metrics::Task;
use pathema_study::statistics::Score;
use pathema_study::statistics::bootstrap::Bootstrap;
use pathema_study::statistics::compare::{
    benjamini_hochberg, compare_all, holm, sign_flip, signed_rank,
};
use pathema_study::statistics::normal;
use proptest::prelude::*;

use crate::support::row;

/// Differences of shares of a few windows, so that they tie and vanish often.
fn differences(most: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec((-8i32..=8).prop_map(|d| f64::from(d) / 8.0), 1..=most)
}

/// As [`differences`], and the same in another order.
fn reordered() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    prop::collection::vec((0u32..=7).prop_map(|d| f64::from(d) / 7.0), 2..12)
        .prop_flat_map(|values| (Just(values.clone()), Just(values).prop_shuffle()))
}

fn every_sign(differences: &[f64]) -> impl Iterator<Item = Vec<f64>> + '_ {
    (0u32..1 << differences.len()).map(|signs| {
        let flipped = differences.iter().enumerate();
        flipped
            .map(|(bit, d)| if signs >> bit & 1 == 1 { -d } else { *d })
            .collect()
    })
}

/// Share of all assignments of signs whose statistic is as far from 0.
fn brute(differences: &[f64], statistic: impl Fn(&[f64]) -> f64) -> f64 {
    let observed = statistic(differences).abs() - 1e-9;
    let far = every_sign(differences)
        .filter(|flipped| statistic(flipped).abs() >= observed)
        .count();
    far as f64 / 2f64.powi(differences.len() as i32)
}

/// Rank sum of positive minus that of negative differences, ranks by counting.
fn rank_difference(differences: &[f64]) -> f64 {
    let rank = |d: f64| {
        let smaller = differences.iter().filter(|o| o.abs() < d.abs()).count();
        let same = differences.iter().filter(|o| o.abs() == d.abs()).count();
        smaller as f64 + (same as f64 + 1.0) / 2.0
    };
    differences
        .iter()
        .filter(|d| **d != 0.0)
        .map(|&d| d.signum() * rank(d))
        .sum()
}

#[test]
fn what_is_not_a_number_has_no_p_value() {
    for odd in [f64::NAN, f64::INFINITY] {
        let d = [0.1, odd, 0.3];
        assert!(sign_flip(&d).is_nan() && signed_rank(&d).p.is_nan());
        assert_eq!(signed_rank(&d).rank_biserial(), None);
    }
    assert_eq!(Bootstrap::new(2).mean_interval(&[0.5, f64::NAN]), None);
    assert_eq!((sign_flip(&[]), signed_rank(&[]).p), (1.0, 1.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn both_tests_count_every_assignment_of_signs(d in differences(10)) {
        let by_mean = brute(&d, |d| d.iter().sum());
        prop_assert!((sign_flip(&d) - by_mean).abs() < 1e-12);
        let found = signed_rank(&d);
        prop_assert!((found.p - brute(&d, rank_difference)).abs() < 1e-12);
        prop_assert_eq!(found.positive - found.negative, rank_difference(&d));
    }

    #[test]
    fn a_p_value_is_a_chance_and_knows_no_direction(d in differences(40)) {
        let turned: Vec<f64> = d.iter().map(|d| -d).collect();
        let (one, other) = (signed_rank(&d), signed_rank(&turned));
        for p in [sign_flip(&d), one.p] {
            prop_assert!(p > 0.0 && p <= 1.0, "{}", p);
        }
        prop_assert_eq!(one.p, other.p);
        prop_assert_eq!(one.positive, other.negative);
        if d.len() <= 30 {
            prop_assert_eq!(sign_flip(&d), sign_flip(&turned));
        }
        if let Some(effect) = one.rank_biserial() {
            prop_assert!((-1.0..=1.0).contains(&effect));
            prop_assert_eq!(other.rank_biserial(), Some(-effect));
        }
    }

    #[test]
    fn the_order_of_subjects_does_not_matter((values, shuffled) in reordered()) {
        let centred = |values: &[f64]| values.iter().map(|v| v - 0.4).collect::<Vec<f64>>();
        prop_assert_eq!(sign_flip(&centred(&values)), sign_flip(&centred(&shuffled)));
        prop_assert_eq!(signed_rank(&centred(&values)), signed_rank(&centred(&shuffled)));
        let bootstrap = Bootstrap::new(values.len());
        prop_assert_eq!(bootstrap.mean_interval(&values), bootstrap.mean_interval(&shuffled));
    }

    #[test]
    fn corrections_only_raise_and_keep_the_order(p in prop::collection::vec(1e-6f64..=1.0, 0..12)) {
        let (holm, bh) = (holm(&p), benjamini_hochberg(&p));
        for a in 0..p.len() {
            prop_assert!(p[a] <= bh[a] && bh[a] <= holm[a] + 1e-15 && holm[a] <= 1.0);
            prop_assert!(holm[a] <= (p.len() as f64 * p[a]).min(1.0), "no worse than Bonferroni");
            for b in 0..p.len() {
                if p[a] <= p[b] {
                    prop_assert!(holm[a] <= holm[b] && bh[a] <= bh[b]);
                }
            }
        }
    }

    #[test]
    fn the_normal_quantile_undoes_its_distribution(x in -8.0f64..5.0) {
        prop_assert!((normal::quantile(normal::cdf(x)) - x).abs() < 1e-9);
        prop_assert!((normal::cdf(x) + normal::cdf(-x) - 1.0).abs() < 1e-14);
    }
}

proptest! {
    // An interval takes 10 000 draws.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_interval_of_symmetric_values_holds_their_mean_and_is_nearly_symmetric(
        half in prop::collection::vec(0.01f64..1.0, 3..8),
        centre in -1.0f64..1.0,
    ) {
        let values: Vec<f64> = half.iter().flat_map(|d| [centre - d, centre + d]).collect();
        let (low, high) = Bootstrap::new(values.len()).mean_interval(&values).unwrap();
        prop_assert!(low < centre && centre < high);
        let tilt = (low + high) / 2.0 - centre;
        prop_assert!(tilt.abs() < 0.05 * (high - low), "{} of {}", tilt, high - low);
    }

    #[test]
    fn an_interval_moves_and_stretches_with_its_values((values, _) in reordered()) {
        let bootstrap = Bootstrap::new(values.len());
        let (low, high) = bootstrap.mean_interval(&values).unwrap();
        let moved: Vec<f64> = values.iter().map(|v| 2.0 * v + 3.0).collect();
        let found = bootstrap.mean_interval(&moved).unwrap();
        prop_assert!((found.0 - (2.0 * low + 3.0)).abs() < 1e-9);
        prop_assert!((found.1 - (2.0 * high + 3.0)).abs() < 1e-9);
        let (least, most) = values.iter().fold((1f64, 0f64), |(l, m), v| (l.min(*v), m.max(*v)));
        prop_assert!(least <= low && low <= high && high <= most);
    }

    #[test]
    fn a_comparison_turned_round_is_its_mirror(
        scores in prop::collection::vec((0u32..=20, 0u32..=20), 2..12),
    ) {
        let of = |pick: fn(&(u32, u32)) -> u32| -> Vec<f64> {
            scores.iter().map(|s| f64::from(pick(s)) / 20.0).collect()
        };
        let (a, b) = (row("a", &of(|s| s.0)), row("b", &of(|s| s.1)));
        let one = &compare_all(&a, &[&b], Task::Binary, Score::Accuracy).unwrap()[0];
        let other = &compare_all(&b, &[&a], Task::Binary, Score::Accuracy).unwrap()[0];
        prop_assert_eq!(one.difference, -other.difference);
        prop_assert_eq!(one.subjects[0], other.subjects[2]);
        prop_assert_eq!(one.subjects.iter().sum::<usize>(), scores.len());
        prop_assert_eq!((one.sign_flip, one.wilcoxon), (other.sign_flip, other.wilcoxon));
        prop_assert!(one.interval.0 <= one.interval.1);
    }
}
