//! The receiver operating characteristic (Fawcett 2006, *An introduction to ROC analysis*, Pattern Recognition
//! Letters 27(8)).

use std::cmp::Ordering;

/// Area under the ROC curve: the chance that a positive window scores above a negative one, where a tie counts half
/// (the Mann–Whitney U over the product of the counts; Hanley and McNeil 1982).
///
/// `None` where only one kind occurs, or a score is not a number.
///
/// # Panics
/// If the lengths differ.
///
/// ```
/// use pathema_experiments::metrics::roc_auc;
/// let area = roc_auc(&[false, true, false, true], &[0.1, 0.5, 0.5, 0.9]);
/// assert_eq!(area, Some(3.5 / 4.0)); // three pairs in order and one tie
/// ```
pub fn roc_auc(positive: &[bool], score: &[f64]) -> Option<f64> {
    let groups = descending_groups(positive, score)?;
    let (mut above, mut pairs) = (0u64, 0.0);
    let (mut positives, mut negatives) = (0u64, 0u64);
    for group in groups {
        // Each negative of the group loses to every positive above it, and ties with those in its group.
        pairs += group.negatives as f64 * (above as f64 + 0.5 * group.positives as f64);
        above += group.positives;
        positives += group.positives;
        negatives += group.negatives;
    }
    Some(pairs / (positives as f64 * negatives as f64))
}

/// The ROC curve: (false positive rate, true positive rate) for every threshold, from (0, 0) to (1, 1).
///
/// Windows of equal score pass a threshold together and give one point (Fawcett 2006, algorithm 1), so that the order
/// of the input does not matter. Empty where only one kind occurs, or a score is not a number.
///
/// # Panics
/// If the lengths differ.
pub fn roc_curve(positive: &[bool], score: &[f64]) -> Vec<(f64, f64)> {
    let Some(groups) = descending_groups(positive, score) else {
        return Vec::new();
    };
    let positives: u64 = groups.iter().map(|group| group.positives).sum();
    let negatives: u64 = groups.iter().map(|group| group.negatives).sum();
    let mut curve = vec![(0.0, 0.0)];
    let (mut hits, mut alarms) = (0, 0);
    for group in groups {
        hits += group.positives;
        alarms += group.negatives;
        curve.push((
            alarms as f64 / negatives as f64,
            hits as f64 / positives as f64,
        ));
    }
    curve
}

/// The curve without the points that lie on the line between the last point kept and the next.
pub(super) fn corners(curve: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for (index, &point) in curve.iter().enumerate() {
        if let (Some(&before), Some(&after)) = (kept.last(), curve.get(index + 1)) {
            let (ax, ay) = (point.0 - before.0, point.1 - before.1);
            let (bx, by) = (after.0 - point.0, after.1 - point.1);
            // The rates are ratios of counts, so a real corner is far larger than rounding.
            if (ax * by - ay * bx).abs() < 1e-15 {
                continue;
            }
        }
        kept.push(point);
    }
    kept
}

/// Windows that share a score.
struct Group {
    positives: u64,
    negatives: u64,
}

/// Groups of equal score, highest first; `None` unless both kinds occur and every score is a number.
fn descending_groups(positive: &[bool], score: &[f64]) -> Option<Vec<Group>> {
    assert_eq!(positive.len(), score.len(), "one score per window");
    if score.iter().any(|s| s.is_nan())
        || positive.iter().all(|&p| p)
        || positive.iter().all(|&p| !p)
    {
        return None;
    }
    let mut order: Vec<usize> = (0..score.len()).collect();
    order.sort_by(|&a, &b| score[b].partial_cmp(&score[a]).unwrap_or(Ordering::Equal));
    let groups = order
        .chunk_by(|&a, &b| score[a] == score[b])
        .map(|tied| {
            let positives = tied.iter().filter(|&&index| positive[index]).count() as u64;
            Group {
                positives,
                negatives: tied.len() as u64 - positives,
            }
        })
        .collect();
    Some(groups)
}
