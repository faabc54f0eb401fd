/// Holm's step-down correction: the chance of any false rejection among all is at most the level (Holm 1979, *A simple
/// sequentially rejective multiple test procedure*, Scandinavian Journal of Statistics 6).
///
/// The i-th smallest of m becomes the largest of (m − j + 1) p₍ⱼ₎ over j ≤ i, at most 1. In the order given; each is in 0–1.
///
/// ```
/// use pathema_study::statistics::compare::holm;
/// assert_eq!(holm(&[0.5, 0.25, 0.0625]), [0.5, 0.5, 0.1875]);
/// ```
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut corrected = vec![0.0; p.len()];
    let mut largest = 0.0f64;
    for (rank, index) in ascending(p).into_iter().enumerate() {
        largest = largest.max((p.len() - rank) as f64 * p[index]).min(1.0);
        corrected[index] = largest;
    }
    corrected
}

/// Benjamini and Hochberg's step-up correction: the expected share of false rejections among the rejected is at most the
/// level, of tests that are independent or depend positively on each other, as those against one reference (Benjamini
/// and Hochberg 1995, Journal of the Royal Statistical Society B 57).
///
/// The i-th smallest of m becomes the smallest of m p₍ⱼ₎ / j over j ≥ i. In the order given; each is in 0–1.
///
/// ```
/// use pathema_study::statistics::compare::benjamini_hochberg;
/// assert_eq!(benjamini_hochberg(&[0.5, 0.25, 0.0625]), [0.5, 0.375, 0.1875]);
/// ```
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let mut corrected = vec![0.0; p.len()];
    let mut smallest = 1.0f64;
    for (rank, index) in ascending(p).into_iter().enumerate().rev() {
        smallest = smallest.min(p[index] * (p.len() as f64 / (rank + 1) as f64));
        corrected[index] = smallest;
    }
    corrected
}

/// Places of the values, smallest first.
fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    order
}
